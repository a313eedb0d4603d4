"""What a client does, however it is driven: it asks, checks the form of what comes, and decodes it.

Problem documents become the ledger's errors; what has not the form of an answer is ``Unavailable``:
whatever answered is no server of a ledger.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ledger.answers import find
from ledger.client.decoding import from_wire
from ledger.client.exchange import Came, Reply, Request, Steps
from ledger.client.patience import RETRIED, Backoff, patiently
from ledger.desk import Plain
from ledger.desk.forms import has_form, read_json
from ledger.desk.problems import error_of
from ledger.errors import AdamantError, Unavailable
from ledger.limits import ClientLimits

Shape = TypeVar("Shape")
Token = Callable[[], str | None]
"""Returns the token that opens reading, or None; called for every question."""

Clock = Callable[[], int]
"""Returns milliseconds since 1970-01-01 UTC."""

_SUCCESS: Final = range(200, 300)


def system_clock() -> int:
    """Return the time here."""
    return time.time_ns() // 1_000_000


def nobody() -> None:
    """Return no token: ask as a stranger."""


@dataclass(slots=True)
class Manner:
    """How a client works.

    Attributes:
        url: the server's address.
        token: opens reading.
        clock: tells the time here.
        limits: how often it asks again.
        dice: returns a number from 0 up to 1.

    """

    url: str
    token: Token = nobody
    clock: Clock = system_clock
    limits: ClientLimits = field(default_factory=ClientLimits)
    dice: Callable[[], float] = random.random

    def backoff(self) -> Backoff:
        """Return the pauses of one piece of work."""
        return Backoff(self.limits, self.dice, self.clock)


class Asking:
    """Asks questions of the API's table."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner

    def now_ms(self) -> int:
        """Return the time here, milliseconds since 1970-01-01 UTC."""
        return self._manner.clock()

    def plain(self, path: str, query: Mapping[str, str]) -> Steps[Plain]:
        """Ask a question; return its answer as plain values that have its shape's form.

        Raises:
            BadQuestion: it is not well formed.
            Unknown: the ledger knows no such thing.
            Refused: ``sign-in-needed``, or the token is none.
            Unavailable: no answer, or none of a ledger.

        """
        headers = self._authorization()
        request = Request("GET", path, tuple(query.items()), headers)
        outcome = yield from patiently(request, self._manner.backoff())
        plain = self.read(self.whole(outcome.came))
        if not has_form(plain, find(path)[0].shape):
            raise self.stranger()
        answer: Plain = plain
        return answer

    def post(self, path: str, body: Mapping[str, str] | None) -> Steps[Plain]:
        """Send something small that is no record, once."""
        raw = b"" if body is None else _json(body)
        headers = (("content-type", "application/json"),) if raw else ()
        came = yield Request("POST", path, (), headers, raw)
        plain = self.read(self.whole(came))
        if not isinstance(plain, dict):
            raise self.stranger()
        return plain

    def do(self, method: str, path: str, shape: type[Any] | None = None) -> Steps[Plain]:
        """Have the server do something that is no record, once; raises as :meth:`plain` does.

        Args:
            method: POST or DELETE.
            path: what it is done to.
            shape: what the answer is made of; None for an empty one.

        """
        raw = self.whole((yield Request(method, path, (), self._authorization())))
        plain = self.read(raw) if shape is not None else {}
        if shape is not None and not has_form(plain, shape):
            raise self.stranger()
        answer: Plain = plain
        return answer

    def _authorization(self) -> tuple[tuple[str, str], ...]:
        token = self._manner.token()
        return (("authorization", f"Bearer {token}"),) if token else ()

    # -- reading what came -------------------------------------------------------------------

    def whole(self, came: Came | None) -> bytes:
        """Return the body of a reply that is no problem."""
        if isinstance(came, Reply) and came.status in _SUCCESS:
            return came.body
        raise self.failure(came)

    def failure(self, came: Came | None) -> AdamantError:
        """Return the error of what came in the place of an answer."""
        if not isinstance(came, Reply):
            said = came.said if came else "nothing was sent"
            return Unavailable(f"no answer from {self._manner.url}: {said}")
        try:
            told = self.problem(came.status, read_json(came.body))
        except ValueError:
            told = self.stranger()
        if came.status in RETRIED and not isinstance(told, Unavailable):
            return Unavailable(f"{self._manner.url} answers with status {came.status}")
        return told

    def problem(self, status: int, plain: object) -> AdamantError:
        """Return the error that a problem document tells."""
        return error_of(status, plain) or self.stranger()

    def read(self, raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
        """Read JSON."""
        try:
            return read_json(raw)
        except ValueError:
            raise self.stranger() from None

    def made(self, plain: Any, shape: type[Shape]) -> Shape:  # noqa: ANN401 - any JSON value
        """Decode an answer."""
        try:
            return from_wire(plain, shape)
        except ValueError:
            raise self.stranger() from None

    def stranger(self) -> Unavailable:
        """Return the error of what is no answer of a ledger."""
        return Unavailable(f"{self._manner.url} does not answer as a server of a ledger does")


def _json(body: Mapping[str, str]) -> bytes:
    return json.dumps(body).encode()
