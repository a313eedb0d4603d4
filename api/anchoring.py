"""What a caller may wait for beyond the book: that a chain holds the checkpoint for good.

A chain takes its time, may be down, or there may be none; so an answer is held back for a while and
no longer, and says what was reached. The record is in the ledger either way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import cast

from api.requests import choice_of
from ledger.anchor.waiting import Anchored
from ledger.book import Line, Reached, Status, as_anchored, size_needed


class Waited:
    """What one request waits for, and for how long in all.

    Args:
        status: what must be reached before it is answered.
        anchored: how far the log is anchored; None where that is not waited for.
        seconds_max: for how long it is.

    """

    def __init__(self, status: Status, anchored: Anchored | None, seconds_max: float) -> None:
        self.of_book: Reached = "sequenced" if status == "sequenced" else "checkpointed"
        self._anchored = anchored
        self._seconds_max = seconds_max

    @property
    def is_for_anchor(self) -> bool:
        """Whether an anchor is waited for."""
        return self._anchored is not None

    async def reach(self, lines: Iterable[Line]) -> None:
        """Wait until what was accepted is anchored, or time is up."""
        if self._anchored is None:
            return
        promise = self._anchored.promise(size_needed(lines))
        try:
            await asyncio.wait_for(asyncio.wrap_future(promise), self._seconds_max)
        except TimeoutError:
            pass  # the answer says what was reached
        finally:
            promise.cancel()

    def reached(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return lines of the book with what is reached of each by now."""
        return lines if self._anchored is None else as_anchored(lines, self._anchored.size)


def waited(query: dict[str, str], anchored: Anchored | None, seconds_max: float) -> Waited:
    """Read what a request waits for.

    Args:
        query: the request's parameters.
        anchored: how far the log is anchored; None where nothing is, so that nobody waits for it.
        seconds_max: for how long a request waits for an anchor.

    Raises:
        BadQuestion: ``wait`` is something else.

    """
    status = cast("Status", choice_of(query, "wait", "checkpointed", "sequenced", "anchored"))
    return Waited(status, anchored if status == "anchored" else None, seconds_max)
