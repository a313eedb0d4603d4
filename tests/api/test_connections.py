"""Connections over real sockets: too many, idle ones, slow ones, and answers that nobody takes."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.connections import TAKEN_BYTES_MIN, protocol_of, raise_descriptor_limit
from ledger.limits import DoorLimits
from tests.api.problem_check import check_document

SECONDS = 30.0
UNBOUNDED_SECONDS = 3_600.0
"""The server's own looks never come; a test has it look when it is time."""
LARGE_BYTES = 32 * 1024 * 1024
CONNECTIONS_MAX = DoorLimits().connections_max
GET = b"GET / HTTP/1.1\r\nHost: here\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request; some with more than any buffer between two sockets holds."""
    if scope["path"] == "/parts":
        parts = (b"x" * (LARGE_BYTES // 32) for _ in range(32))
        await StreamingResponse(parts)(scope, receive, send)
        return
    size = LARGE_BYTES if scope["path"] == "/large" else 2
    await Response(b"x" * size)(scope, receive, send)


@dataclass
class Serving:
    """A server in a thread of this process, and its connections."""

    server: uvicorn.Server
    url: str

    @property
    def connections(self) -> list[Any]:
        """The connections that there are."""
        return list(self.server.server_state.connections)

    def look(self) -> None:
        """Have the server look at all its connections, as it does once in a while."""
        for connection in self.connections:
            looked = threading.Event()

            def look_and_tell(connection: Any = connection, looked: Any = looked) -> None:
                connection.look_at_it()
                looked.set()

            connection.loop.call_soon_threadsafe(look_and_tell)
            assert looked.wait(SECONDS)

    def wait_until(self, is_reached: Callable[[list[Any]], object]) -> None:
        """Wait until something holds of the connections."""
        until = time.monotonic() + SECONDS
        while not is_reached(self.connections):
            assert time.monotonic() < until
            time.sleep(0.005)


@contextmanager
def serving(connections_max: int, patience_seconds: float = UNBOUNDED_SECONDS) -> Iterator[Serving]:
    limits = DoorLimits(client_seconds_max=patience_seconds)
    protocol = protocol_of(connections_max, limits)
    config = uvicorn.Config(
        answer, http=protocol, lifespan="off", log_config=None, timeout_keep_alive=600
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Serving(server, url)
        finally:
            server.should_exit = True
            thread.join()


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=SECONDS)


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other side ends the connection."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def answer_of(connection: socket.socket) -> bytes:
    """Return one answer of two bytes, and leave the connection open."""
    received = b""
    while not received.endswith(b"\r\n\r\nxx"):
        piece = connection.recv(65_536)
        assert piece, received
        received += piece
    return received


def test_a_connection_too_many_is_told_so_and_closed_and_the_others_are_served() -> None:
    with serving(3) as served, ExitStack() as opened:
        url = served.url
        held = [opened.enter_context(connect(url)) for _ in range(3)]
        for _ in range(20):
            with connect(url) as one_more:
                head, _, body = rest(one_more).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 ")
            assert b"content-length: %d\r\n" % len(body) in head
            check_document(httpx2.Response(503, content=body).json())
        for connection in held:
            connection.sendall(GET + b"Connection: close\r\n\r\n")
            assert rest(connection).startswith(b"HTTP/1.1 200 ")
        assert httpx2.get(url).status_code == 200


def test_a_connection_that_sends_nothing_is_closed_by_and_by() -> None:
    with serving(3, patience_seconds=0.1) as served, connect(served.url) as connection:
        assert rest(connection) == b""


def test_a_head_that_does_not_end_is_not_waited_for_the_second_time_either() -> None:
    with serving(3) as served, connect(served.url) as connection:
        connection.sendall(GET + b"\r\n" + GET)
        assert answer_of(connection).count(b"HTTP/1.1 200 ") == 1
        served.look()
        assert len(served.connections) == 1
        served.look()
        assert rest(connection) == b""


@pytest.mark.parametrize("path", [b"/large", b"/parts"])
def test_an_answer_that_nobody_takes_is_given_up(path: bytes) -> None:
    with serving(1) as served, connect(served.url) as connection:
        connection.sendall(GET.replace(b"/", path, 1) + b"\r\n")
        served.wait_until(lambda found: found and found[0].transport.get_write_buffer_size() > 0)
        served.look()
        assert len(served.connections) == 1
        served.look()
        served.wait_until(lambda found: not found)  # its place is free again
        assert httpx2.get(served.url).status_code == 200
        assert len(rest(connection)) < LARGE_BYTES


def has_resumed(connection: Any) -> bool:
    """Tell whether an answer went on since the last look."""
    return bool(connection._has_resumed)  # noqa: SLF001 - seen by no other way


def has_left(connection: Any, left_bytes: int) -> bool:
    """Tell whether as much as is asked for has left a connection since the last look."""
    now_bytes: int = connection.transport.get_write_buffer_size()
    return has_resumed(connection) or left_bytes - now_bytes >= TAKEN_BYTES_MIN


@pytest.mark.parametrize("path", [b"/large", b"/parts"])
def test_a_long_answer_that_is_taken_slowly_is_given_up_only_when_it_is_taken_no_longer(
    path: bytes,
) -> None:
    with serving(1) as served, connect(served.url) as connection:
        # Little is to be on its way at a time: what is not taken is to be seen at the server.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.sendall(GET.replace(b"/", path, 1) + b"\r\n")
        served.wait_until(lambda found: found and found[0].transport.get_write_buffer_size() > 0)
        (held,) = served.connections
        for _ in range(2):
            served.look()
            left_bytes = held.transport.get_write_buffer_size()
            while not has_left(held, left_bytes):
                assert connection.recv(65_536)
                served.wait_until(
                    lambda _: held.transport.get_write_buffer_size() > 0 or has_resumed(held)
                )
        served.look()
        assert served.connections == [held]
        for _ in range(9):  # what has left the server last may be on its way for a while
            served.look()
        served.wait_until(lambda found: not found)


def test_a_client_that_goes_on_is_served_for_as_long_as_it_likes() -> None:
    with serving(1) as served, httpx2.Client() as client:
        for _ in range(20):  # on one connection: there is no room for a second
            assert client.get(served.url).status_code == 200
            served.look()
            assert len(served.connections) == 1


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"anything"])
def test_an_upgrade_is_not_taken_up_and_nothing_is_logged_of_it(
    protocol: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    more = b"Connection: Upgrade\r\nUpgrade: %s\r\nSec-WebSocket-Version: 13\r\n\r\n" % protocol
    with serving(3) as served, connect(served.url) as connection:
        connection.sendall(GET + more)
        assert answer_of(connection).startswith(b"HTTP/1.1 200 ")
    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == []


def test_connections_leave_most_descriptors_to_the_ledger() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        assert 1 <= raise_descriptor_limit() <= CONNECTIONS_MAX
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert raised == (hard, hard)
        assert raise_descriptor_limit() <= (hard // 2 if hard > 0 else CONNECTIONS_MAX)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_settings_say_how_many_connections_are_wanted() -> None:
    assert raise_descriptor_limit(7) == 7


def test_the_limit_of_the_system_is_that_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, fit in ((1_024, 512), (3, 1), (1_000_000, CONNECTIONS_MAX), (-1, CONNECTIONS_MAX)):
        monkeypatch.setattr(resource, "getrlimit", lambda _name, limit=limit: (limit, limit))
        assert raise_descriptor_limit() == fit
