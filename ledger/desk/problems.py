"""A server's problem documents (RFC 9457) as the ledger's errors: the API's table, backwards."""

from __future__ import annotations

from typing import Any, Final

from ledger.errors import (
    AdamantError,
    BadQuestion,
    LinkEnded,
    Refusal,
    Refused,
    Unavailable,
    Unknown,
)

_ASKED_WRONGLY: Final = frozenset(
    """
    bad-question proof method media-type body-size body-slow request
    batch-empty batch-truncated batch-records
    """.split()
)
_NO_SUCH_PATH: Final = "no-such-path"
_TOO_SOON: Final = 429
_SERVER_FAULTS_FROM: Final = 500


def refusal_of(problem: dict[str, Any]) -> Refusal:
    """Return what a problem says that a rule refused."""
    names = ("rule", "field", "expected", "came")
    return Refusal(*(str(problem.get(name, "")) for name in names))


def error_of(status: int, problem: object) -> AdamantError | None:
    """Return the error that a problem document tells; None when it is none of a ledger's.

    Args:
        status: the HTTP status.
        problem: the body, as JSON reads it.

    """
    if not isinstance(problem, dict) or not isinstance(rule := problem.get("rule"), str):
        return None
    detail = str(problem.get("detail", "")) or rule
    if rule == _NO_SUCH_PATH:
        return None
    if rule == "link-ended":
        return LinkEnded()
    if rule == "unknown":
        sort, _, name = detail.removeprefix("no ").partition(" ")
        return Unknown(sort, name)
    if rule in _ASKED_WRONGLY:
        refusal = refusal_of(problem)
        return BadQuestion(refusal.field or "request", refusal.expected or detail)
    if status >= _SERVER_FAULTS_FROM or status == _TOO_SOON:
        return Unavailable(f"the server says: {detail}")
    return Refused(refusal_of(problem))
