"""Reading the bodies of requests: how long they may be, how long they may take, what they share.

A body is counted while it arrives, so that one that is too large, declared or not, never fills the
memory; and it has a time to arrive in. It is given up before that when the server stops, or when
the room that it shares with others is full and it holds the most of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

from api.problems import ProblemError, problem

STOPPING: Final = "adamant.stopping"
"""Under what name a request's state holds the :class:`Stopping` of its server, if it has one."""

GiveUp = Callable[[ProblemError], None]


class TooLarge(Exception):
    """A body has more bytes than are taken."""


class Stopping:
    """That a server has begun to stop: who waits for a client of it waits no longer."""

    def __init__(self) -> None:
        self._is_told = False
        self._waiting: set[GiveUp] = set()

    def tell(self) -> None:
        """Tell all who wait, and all who are going to; safe to call again."""
        self._is_told = True
        for give_up in list(self._waiting):
            give_up(_stopping())

    @contextmanager
    def heard_by(self, give_up: GiveUp) -> Iterator[None]:
        """Call ``give_up`` when the server stops in the meantime, or has begun to."""
        if self._is_told:
            give_up(_stopping())
        self._waiting.add(give_up)
        try:
            yield
        finally:
            self._waiting.discard(give_up)


def _stopping() -> ProblemError:
    return problem("unavailable", "the server is stopping; nothing was done")


class Room:
    """Room in memory, for bodies that share it.

    When it is full, the body on its way that holds the most gives way, unless the one that asks for
    more would then hold as much: however large and slow some are, smaller ones get through.

    Args:
        bytes_max: how many bytes fit.

    """

    def __init__(self, bytes_max: int) -> None:
        self._left = bytes_max
        self._shares: set[Share] = set()

    @contextmanager
    def share(self) -> Iterator[Share]:
        """Yield one body's share of the room; at the end all of it is given back."""
        share = Share(self)
        self._shares.add(share)
        try:
            yield share
        finally:
            self._shares.discard(share)
            self._left += share.held

    def make(self, count: int, share: Share) -> None:
        """Give a share so many bytes more.

        Raises:
            ProblemError: ``unavailable``; there is no more room.

        """
        while count > self._left:
            arriving = [one for one in self._shares if one.give_up is not None]
            largest = max(arriving, key=lambda one: one.held, default=share)
            if largest.held <= share.held + count:
                raise _no_room()
            self._left += largest.leave()
        self._left -= count
        share.held += count


def _no_room() -> ProblemError:
    return problem("unavailable", "too much arrives at once; try again later")


class Share:
    """What one body holds of a room.

    Attributes:
        held: how many bytes.
        give_up: ends its arrival; None while there is none.

    """

    def __init__(self, room: Room) -> None:
        self.held = 0
        self.give_up: GiveUp | None = None
        self._room = room
        self._has_left = False

    def take(self, count: int) -> None:
        """Take so many bytes more.

        Raises:
            ProblemError: ``unavailable``.

        """
        if self._has_left:
            raise _no_room()
        self._room.make(count, self)

    def leave(self) -> int:
        """Give the body up, and its bytes back; return how many they are."""
        if self.give_up is not None:
            self.give_up(_no_room())
        held, self.held, self.give_up, self._has_left = self.held, 0, None, True
        return held

    @contextmanager
    def arriving(self, give_up: GiveUp) -> Iterator[None]:
        """Let the body be given up in the meantime."""
        self.give_up = give_up
        try:
            yield
        finally:
            self.give_up = None


class _Arrival:
    """The time in which a body has to arrive, and why it was given up if it did not."""

    def __init__(self, seconds_max: float) -> None:
        self._seconds_max = seconds_max
        self._why: ProblemError | None = None
        self.time = asyncio.timeout(seconds_max)

    def give_up(self, why: ProblemError) -> None:
        if not self.time.expired():
            self._why = why
            self.time.reschedule(0)

    @property
    def why(self) -> ProblemError:
        expected = f"the whole body within {self._seconds_max:g} seconds"
        return self._why or problem("body-slow", expected=expected)


async def read_body(
    request: Request, bytes_max: int, seconds_max: float, share: Share | None = None
) -> bytes:
    """Read a body.

    Args:
        request: whose body.
        bytes_max: how long it may be.
        seconds_max: how long it may take to arrive.
        share: its share of a room, asked for each part before it is held.

    Raises:
        TooLarge: it has, or declares, more than ``bytes_max`` bytes.
        ProblemError: ``body-slow``; or ``unavailable``, when there is no room for it or the server
            stops.

    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > bytes_max:
        raise TooLarge
    chunks: list[bytes] = []
    left = bytes_max
    arrival = _Arrival(seconds_max)
    try:
        async with arrival.time:
            with _heard(request, arrival, share):
                async for chunk in request.stream():
                    left -= len(chunk)
                    if left < 0:
                        raise TooLarge
                    if share is not None:
                        share.take(len(chunk))
                    chunks.append(chunk)
    except (TimeoutError, ClientDisconnect):
        raise arrival.why from None
    return b"".join(chunks)


@contextmanager
def _heard(request: Request, arrival: _Arrival, share: Share | None) -> Iterator[None]:
    """Let a server that stops, and a room that is full, end an arrival."""
    stopping = request.scope.get("state", {}).get(STOPPING)
    with ExitStack() as hearing:
        if isinstance(stopping, Stopping):
            hearing.enter_context(stopping.heard_by(arrival.give_up))
        if share is not None:
            hearing.enter_context(share.arriving(arrival.give_up))
        yield
