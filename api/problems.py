"""Problem documents (RFC 9457): one table of every error that this API gives, and how it is told.

A problem's ``type`` is the path under which it is explained (``/problems/balance``), and does not
change. Besides the standard's members a problem has ``rule`` (the same name), ``field``,
``expected`` and ``came``: what the rule asked of which field, and what it found. ``came`` is empty
where nothing passed typed parsing; input that could not be read is never echoed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.refusals import REFUSALS
from ledger.errors import (
    BadQuestion,
    ChainRefused,
    ClockAhead,
    ClockBehind,
    Damaged,
    Diverged,
    HeadMoved,
    LinkEnded,
    NotYours,
    ProofError,
    Refusal,
    Refused,
    RefusesToStart,
    Reverted,
    SignInNeeded,
    SignInRefused,
    StoreFailed,
    Unavailable,
    Unknown,
)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PATH: Final = "/problems/"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One sort of error.

    Attributes:
        group: by who can act on it; for refusals, the group of the rule.
        status: its HTTP status.
        title: what is wrong, in a sentence; the same every time.

    """

    name: str
    group: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        """The path under which it is explained."""
        return TYPE_PATH + self.name


def _types() -> dict[str, ProblemType]:
    found = {
        name: ProblemType(name, group, status, words)
        for name, (group, status, words) in REFUSALS.items()
    }
    for group, name, status, title in _OTHERS:
        found[name] = ProblemType(name, group, status, title)
    return found


_OTHERS: Final = (
    ("question", "bad-question", 400, "Something in the path or the query has not its form."),
    ("question", "unknown", 404, "The ledger knows no such thing."),
    ("question", "link-ended", 410, "The link to this page was ended."),
    ("reader", "sign-in-needed", 401, "Only a party of this ledger may ask this, signed in."),
    ("reader", "not-yours", 403, "This is for another party to do."),
    (
        "reader",
        "session-ended",
        401,
        "The token opens nothing any more: sign in again.",
    ),
    ("reader", "sign-in-message", 400, "This is no sign-in message (EIP-4361) that is taken here."),
    ("reader", "sign-in-signature", 400, "The message is not signed by the address in it."),
    ("reader", "sign-in-domain", 403, "The message signs in to another server."),
    ("reader", "sign-in-time", 403, "The message is not of this time."),
    ("reader", "sign-in-nonce", 403, "The nonce is not this server's, was used, or has run out."),
    (
        "reader",
        "sign-in-party",
        403,
        "The key is none in force of a party with a role, or its agent.",
    ),
    ("question", "proof", 400, "What was given as a proof proves nothing."),
    ("request", "no-such-path", 404, "There is nothing at this path."),
    ("request", "method", 405, "This path does not take this method."),
    ("request", "media-type", 415, "The body is declared as something that is not taken here."),
    ("request", "body-size", 413, "The body is larger than is taken here."),
    ("request", "body-slow", 408, "The body took too long to arrive, or did not arrive whole."),
    ("request", "rate-limited", 429, "Too much was asked or sent in too short a time; wait."),
    ("request", "request", 400, "The request cannot be understood."),
    ("batch", "batch-empty", 400, "The batch has no records."),
    ("batch", "batch-truncated", 400, "The last line of the batch is not whole; nothing was done."),
    ("batch", "batch-records", 413, "The batch has more records than are taken at once."),
    ("batch", "not-done", 422, "Another record of the same atomic batch was refused."),
    ("ledger", "unavailable", 503, "The ledger cannot take this now; it may later."),
    ("ledger", "clock-behind", 503, "The ledger's clock is behind its last entry."),
    ("ledger", "clock-ahead", 503, "The ledger's clock has leapt ahead while it was open."),
    ("ledger", "head-moved", 503, "Another writer was first; nothing was written."),
    ("ledger", "damaged", 500, "Stored data is not what it must be; the operator must look."),
    ("ledger", "store-failed", 503, "A disk or database failed; the ledger must start again."),
    ("ledger", "refuses-to-start", 503, "The operator must settle something before it starts."),
    ("server", "internal", 500, "The server failed in a way that it should not."),
)

PROBLEMS: Final = _types()
"""Every problem by name."""

_FAMILIES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (BadQuestion, "bad-question"),
    (LinkEnded, "link-ended"),
    (Unknown, "unknown"),
    (NotYours, "not-yours"),
    (SignInNeeded, "sign-in-needed"),
    (ProofError, "proof"),
    (ClockAhead, "clock-ahead"),
    (ClockBehind, "clock-behind"),
    (Unavailable, "unavailable"),
    (HeadMoved, "head-moved"),
    (Damaged, "damaged"),
    (StoreFailed, "store-failed"),
    (RefusesToStart, "refuses-to-start"),
    # Of chains, which no request asks: whoever meets one of these met a fault of ours.
    (ChainRefused, "internal"),
    (Reverted, "internal"),
    (Diverged, "internal"),
)
"""Which problem a family of errors is; the first that fits."""

FOR_OPERATORS: Final = frozenset(("damaged", "store-failed", "refuses-to-start", "internal"))
"""What somebody must look at: told in full to the log, and not to whoever happened to ask."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it is told.

    Attributes:
        name: its sort, one of :data:`PROBLEMS`.
        detail: what is wrong here, in a sentence.
        field, expected, came: see the module.
        more: further members.
        headers: HTTP headers that go with it.

    """

    name: str
    detail: str = ""
    field: str = ""
    expected: str = ""
    came: str = ""
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def sort(self) -> ProblemType:
        """Its sort."""
        return PROBLEMS[self.name]

    def document(self) -> dict[str, Any]:
        """Write it as the members of a problem document."""
        sort = self.sort
        return {
            "type": sort.uri,
            "title": sort.title,
            "status": sort.status,
            "detail": self.detail or self._sentence() or sort.title,
            "rule": self.name,
            "field": self.field,
            "expected": self.expected,
            "came": self.came,
            **self.more,
        }

    def _sentence(self) -> str:
        if not self.expected:
            return ""
        return f"{self.field}: expected {self.expected}" if self.field else self.expected


class ProblemError(Exception):
    """A request cannot be served as it is; raised by the door itself."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.name)
        self.problem = problem


def problem(name: str, detail: str = "", **more: Any) -> ProblemError:  # noqa: ANN401 - members
    """Make the error that tells a problem of the door's own."""
    return ProblemError(Problem(name, detail, **more))


def of_refusal(refusal: Refusal, **more: Any) -> Problem:  # noqa: ANN401 - members
    """Tell a refusal."""
    name = refusal.rule if refusal.rule in PROBLEMS else "internal"
    return Problem(
        name, str(refusal), refusal.field, refusal.expected, refusal.came, more=dict(more)
    )


def of_error(error: Exception) -> Problem | None:
    """Tell an error of the ledger; None when it is none that was raised on purpose."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, Refused):
        return of_refusal(error.refusal)
    if isinstance(error, BadQuestion):
        return Problem("bad-question", str(error), error.field, error.expected)
    if isinstance(error, SignInRefused):
        return _of_sign_in(error)
    for family, name in _FAMILIES:
        if isinstance(error, family):
            return Problem(name, "" if name in FOR_OPERATORS else str(error))
    return None


_SIGN_IN: Final = {
    "signature": "sign-in-signature",
    "signer": "sign-in-signature",
    "party": "sign-in-party",
}


def _of_sign_in(refused: SignInRefused) -> Problem:
    name = _SIGN_IN.get(refused.reason, "sign-in-message")
    return Problem(name, "", refused.reason, refused.detail)
