"""Small single records, handed to the book together when they come together.

A record that goes alone takes a thread to be read, wakes the writer, is flushed, claimed and
signed, and wakes whoever sent it: most of that is done once for as many records as share it. So
what comes while turns of the event loop bring more, or while others are read, goes to one thread,
then to the queue as one portion, and is answered at one time: who is answered together sends the
next together. Nothing waits for time to pass; one alone goes after three turns of a loop that has
nothing else to do. Each gets a line of its own; none is refused for another's fault, and one that
was refused is told so even if what became of the others is unknown.

Only what is read quickly is gathered (``DoorLimits.gathered_record_bytes_max``), and not much of
it: nobody's record waits for the reading of much that others sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future as Promise
from contextlib import contextmanager
from contextvars import Context
from typing import Any, Final, TypeAlias

from ledger.book import Line, Reached
from ledger.book.queueing import Promised

HandOver: TypeAlias = Callable[[Sequence[bytes], Reached], Awaitable[Promise[tuple[Line, ...]]]]
"""Reads envelopes that owe each other nothing, and queues them; promises a line for each."""

_TURNS_WITHOUT_ANOTHER: Final = 2
"""After the one in which the last record was seen. A request takes a few turns from its first byte
to here; of 64 at once, not all the same ones."""

_Key: TypeAlias = tuple[asyncio.AbstractEventLoop, Reached]
_Waiting: TypeAlias = tuple[bytes, asyncio.Future[Line]]


class Gathering:
    """Gathers records that come while others are read.

    Args:
        hand_over: what is done with them; one call at a time in each loop, for each thing that is
            waited for.
        records_max: how many are handed over at most in one call.

    """

    def __init__(self, hand_over: HandOver, records_max: int) -> None:
        self._hand_over = hand_over
        self._records_max = records_max
        self._waiting: dict[_Key, deque[_Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, raw: bytes, wait: Reached) -> Line:
        """Hand an envelope over, with whatever else has come by then; return its line.

        Raises:
            AdamantError: as of the handing over.

        """
        key = (asyncio.get_running_loop(), wait)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = deque()
            self._begin_soon(key, waiting, 0, 0)
        promise: asyncio.Future[Line] = key[0].create_future()
        waiting.append((raw, promise))
        return await promise

    def _begin_soon(self, key: _Key, waiting: deque[_Waiting], seen: int, turns: int) -> None:
        # In a context of its own: it is no more one request's than another's.
        key[0].call_soon(self._begin, key, waiting, seen, turns, context=Context())

    def _begin(self, key: _Key, waiting: deque[_Waiting], seen: int, turns: int) -> None:
        """Begin when enough has come, or turns of the loop bring nothing more."""
        count = len(waiting)
        turns = 0 if count > seen else turns + 1
        if turns < _TURNS_WITHOUT_ANOTHER and count < self._records_max:
            self._begin_soon(key, waiting, count, turns)
        else:
            self._start(key[0], self._read(key, waiting))

    def _start(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
        task = loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, key: _Key, waiting: deque[_Waiting]) -> None:
        """Hand over until nothing waits; what comes meanwhile goes with the next."""
        try:
            while waiting:
                count = min(len(waiting), self._records_max)
                raws, promises = zip(*(waiting.popleft() for _ in range(count)), strict=True)
                with _told_of_failure(promises):
                    promised = await self._hand_over(raws, key[1])
                    self._start(key[0], _keep(promises, promised))
        finally:
            del self._waiting[key]
            for _, promise in waiting:
                promise.cancel()


async def _keep(
    promises: Sequence[asyncio.Future[Line]], promised: Promise[tuple[Line, ...]]
) -> None:
    """Keep promises; who waits no longer is passed over."""
    with _told_of_failure(promises):
        try:
            lines = await asyncio.wrap_future(promised)
        except Exception:
            if isinstance(promised, Promised):
                _tell((promises[place], line) for place, line in promised.refusals.items())
            raise
        _tell(zip(promises, lines, strict=True))


def _tell(lines: Iterable[tuple[asyncio.Future[Line], Line]]) -> None:
    for promise, line in lines:
        if not promise.done():
            promise.set_result(line)


@contextmanager
def _told_of_failure(promises: Sequence[asyncio.Future[Line]]) -> Iterator[None]:
    """Break promises that cannot be kept."""
    try:
        yield
    except asyncio.CancelledError:
        for promise in promises:
            promise.cancel()
        raise
    except Exception as error:  # whatever it is, each of them is told
        for promise in promises:
            if not promise.done():
                promise.set_exception(error)
