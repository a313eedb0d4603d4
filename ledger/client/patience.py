"""Asking again: when, how often, and after what pause.

A request is sent again when nothing came back, or when the server says that it cannot take it now
(429, 502, 503, 504). Everything that a ledger is asked, or handed, may be sent again as it is: a
question changes nothing, and a record is known by its id. What a rule refused stays refused, and is
never sent again.

The pause doubles each time, up to a bound, and a random part of up to a half is taken off, so that
many clients do not come back at once. A server's ``Retry-After`` (RFC 9110 §10.2.3) is waited for
in full; one that is longer than a client waits ends the trying.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from ledger.client.exchange import Came, Lost, Reply, Request, Steps, exchange, pause
from ledger.limits import ClientLimits

RETRIED: Final = frozenset((429, 502, 503, 504))
_NOT_READ: Final = 429
"""The one of these that says that the request was not even looked at."""


class Backoff:
    """The pauses of one piece of work.

    Args:
        limits: how often and how long.
        dice: returns a number from 0 up to 1.
        clock: returns milliseconds since 1970-01-01 UTC.

    """

    def __init__(
        self, limits: ClientLimits, dice: Callable[[], float], clock: Callable[[], int]
    ) -> None:
        self._limits = limits
        self._dice = dice
        self._clock = clock
        self._attempts = 1

    def next_pause_seconds(self, retry_after: str = "") -> float | None:
        """Return how long to wait before the next attempt; None when there is to be none.

        Args:
            retry_after: the header's value, or "".

        """
        asked = self._asked_seconds(retry_after)
        is_over = self._attempts >= self._limits.attempts_max
        if is_over or asked > self._limits.retry_after_seconds_max:
            return None
        doubled: float = self._limits.pause_seconds * 2 ** (self._attempts - 1)
        self._attempts += 1
        usual = min(doubled, self._limits.pause_seconds_max) * (1 - self._dice() / 2)
        return max(usual, asked)

    def _asked_seconds(self, retry_after: str) -> float:
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after[:9])
        try:
            until_ms = parsedate_to_datetime(retry_after).timestamp() * 1000
        except (ValueError, OverflowError):
            return 0.0  # no header, or none that says anything
        return max(0.0, (until_ms - self._clock()) / 1000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came in the end.

    Attributes:
        came: the last reply, or the last loss.
        is_unknown: whether an attempt may have been acted on without its answer having come; an
            answer to a later attempt may settle that.

    """

    came: Came
    is_unknown: bool


def patiently(request: Request, backoff: Backoff) -> Steps[Outcome]:
    """Send a request until it is answered, or trying is over."""
    is_unknown = False
    while True:
        came = yield from exchange(request)
        if not _is_worth_again(came):
            is_lost = isinstance(came, Lost) and came.is_sent
            return Outcome(came, is_unknown or is_lost)
        is_unknown = is_unknown or _may_have_acted(came)
        seconds = backoff.next_pause_seconds(came.retry_after if isinstance(came, Reply) else "")
        if seconds is None:
            return Outcome(came, is_unknown)
        yield from pause(seconds)


def _is_worth_again(came: Came) -> bool:
    return came.is_worth_again if isinstance(came, Lost) else came.status in RETRIED


def _may_have_acted(came: Came) -> bool:
    return came.is_sent if isinstance(came, Lost) else came.status != _NOT_READ
