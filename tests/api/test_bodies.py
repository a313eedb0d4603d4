"""Reading bodies: those that never end, share a room, or come while the server stops."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from api.bodies import STOPPING, Room, Stopping, TooLarge, read_body
from api.problems import ProblemError

PATIENCE_SECONDS = 600.0


def arriving(*chunks: bytes, ends: bool = True, declared: str | None = None) -> Request:
    """Return a request whose body arrives in chunks, and then ends, or never does."""
    messages: list[Any] = [
        {"type": "http.request", "body": one, "more_body": True} for one in chunks
    ]
    if ends:
        messages.append({"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(messages)

    async def receive() -> Any:
        for message in waiting:
            return message
        await asyncio.sleep(3_600)
        raise AssertionError

    headers = [] if declared is None else [(b"content-length", declared.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def read(request: Request, most: int = 10, seconds: float = 5.0) -> bytes:
    return asyncio.run(read_body(request, most, seconds))


def test_a_body_is_read_whole() -> None:
    assert read(arriving(b"12345", b"67890")) == b"1234567890"
    assert read(arriving()) == b""


@pytest.mark.parametrize("declared", [None, "10"])
def test_a_body_of_one_byte_too_many_is_too_large(declared: str | None) -> None:
    with pytest.raises(TooLarge):
        read(arriving(b"12345", b"678901", declared=declared))


@pytest.mark.parametrize("declared", ["11", "9" * 400, "-1", "1e1", "\u0665", ""])
def test_a_length_that_is_too_large_or_no_number_is_not_read(declared: str) -> None:
    request = arriving(b"", declared=None)
    request.scope["headers"] = [(b"content-length", declared.encode())]
    with pytest.raises(TooLarge):
        read(request)


def test_a_body_that_never_ends_is_given_up() -> None:
    with pytest.raises(ProblemError) as slow:
        read(arriving(b"12", ends=False), seconds=0.01)
    assert slow.value.problem.name == "body-slow"


def test_a_caller_that_goes_away_is_told_nothing_and_nothing_is_done() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    with pytest.raises(ProblemError) as gone:
        read(request)
    assert gone.value.problem.name == "body-slow"


# -- a server that stops -------------------------------------------------------------------------


def test_a_body_on_its_way_is_given_up_when_the_server_stops() -> None:
    stopping = Stopping()

    async def read_and_stop() -> bytes:
        request = arriving(b"12", ends=False)
        request.scope["state"] = {STOPPING: stopping}
        reading = asyncio.create_task(read_body(request, 10, PATIENCE_SECONDS))
        await asyncio.sleep(0)  # it has begun
        stopping.tell()
        return await reading

    with pytest.raises(ProblemError) as given_up:
        asyncio.run(read_and_stop())
    assert given_up.value.problem.name == "unavailable"
    assert "stopping" in given_up.value.problem.detail


@pytest.mark.parametrize("ends", [True, False])
def test_of_a_server_that_stops_already_only_what_is_there_is_read(ends: bool) -> None:
    stopping = Stopping()
    stopping.tell()
    request = arriving(b"12", ends=ends)
    request.scope["state"] = {STOPPING: stopping}
    if ends:
        assert read(request, seconds=PATIENCE_SECONDS) == b"12"
    else:
        with pytest.raises(ProblemError) as given_up:
            read(request, seconds=PATIENCE_SECONDS)
        assert given_up.value.problem.name == "unavailable"


# -- a room that is shared -----------------------------------------------------------------------


class Sender:
    """A body that arrives in a room when the test says so."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> bytes:
        with self._room.share() as share:
            request = Request(
                {"type": "http", "method": "POST", "path": "/", "headers": []}, self._receive
            )
            return await read_body(request, 100, PATIENCE_SECONDS, share)

    async def _receive(self) -> Any:
        chunk = await self._chunks.get()
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    async def send(self, chunk: bytes) -> None:
        """Let a chunk arrive; an empty one is the end."""
        self._chunks.put_nowait(chunk)
        for _ in range(5):  # turns of the loop; nothing here waits for anything but a turn
            await asyncio.sleep(0)

    async def refusal(self) -> str:
        """Return by which problem it was refused."""
        with pytest.raises(ProblemError) as refused:
            await self.reading
        return refused.value.problem.name


def test_large_bodies_that_stand_still_give_their_room_to_a_smaller_one() -> None:
    async def go() -> None:
        room = Room(100)
        large = [Sender(room) for _ in range(4)]
        for number, sender in enumerate(large):
            await sender.send(b"x" * (22 + 2 * number))
        small = Sender(room)
        await small.send(b"y" * 10)
        await small.send(b"y" * 10)
        await small.send(b"")
        assert await small.reading == b"y" * 20
        assert await large[3].refusal() == "unavailable"
        for number, sender in enumerate(large[:3]):
            await sender.send(b"")
            assert await sender.reading == b"x" * (22 + 2 * number)

    asyncio.run(go())


def test_the_largest_body_gets_no_more_room_and_drives_nobody_out() -> None:
    async def go() -> None:
        room = Room(100)
        first, second = Sender(room), Sender(room)
        await first.send(b"x" * 50)
        await second.send(b"y" * 49)
        await second.send(b"y" * 2)
        assert await second.refusal() == "unavailable"
        await first.send(b"x" * 50)  # what it held is free again
        await first.send(b"")
        assert len(await first.reading) == 100

    asyncio.run(go())


def test_what_has_arrived_whole_is_not_driven_out() -> None:
    room = Room(10)
    with room.share() as whole, room.share() as small:
        whole.take(9)
        with pytest.raises(ProblemError):
            small.take(2)
        assert (whole.held, small.held) == (9, 0)
        small.take(1)
    with room.share() as following:
        following.take(10)
