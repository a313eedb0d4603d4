"""Connections over real sockets: too many, idle ones, slow ones, and answers that nobody takes."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import ApiSettings
from api.connections import CONNECTIONS_MAX, protocol_of, raise_descriptor_limit
from tests.api.problem_check import check_document

PATIENCE_SECONDS = 0.2
SECONDS = 30.0
LARGE_BYTES = 32 * 1024 * 1024
GET = b"GET / HTTP/1.1\r\nHost: here\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request; ``/large`` with more than any buffer between two sockets holds."""
    size = LARGE_BYTES if scope["path"] == "/large" else 2
    await Response(b"x" * size)(scope, receive, send)


@contextmanager
def serving(connections_max: int, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[str]:
    settings = ApiSettings(client_seconds_max=patience_seconds)
    protocol = protocol_of(connections_max, settings)
    config = uvicorn.Config(
        answer, http=protocol, lifespan="off", log_config=None, timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
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


def test_a_connection_too_many_is_told_so_and_closed_and_the_others_are_served() -> None:
    with serving(3, SECONDS) as url, ExitStack() as opened:
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


def test_a_connection_that_sends_nothing_is_closed() -> None:
    with serving(3) as url, connect(url) as connection:
        assert rest(connection) == b""


def test_a_head_that_does_not_end_is_not_waited_for_the_second_time_either() -> None:
    with serving(3) as url, connect(url) as connection:
        connection.sendall(GET + b"\r\n" + GET)
        assert rest(connection).count(b"HTTP/1.1 200 ") == 1


def test_an_answer_that_nobody_takes_is_given_up() -> None:
    with serving(1) as url, connect(url) as connection:
        connection.sendall(GET.replace(b"/", b"/large", 1) + b"\r\n")
        while httpx2.get(url).status_code == 503:  # until its place is free again
            pass
        assert len(rest(connection)) < LARGE_BYTES


def test_a_client_that_goes_on_is_served_for_as_long_as_it_likes() -> None:
    until = time.monotonic() + 3
    with serving(1, patience_seconds=1) as url, httpx2.Client() as client:
        client.get(url)
        while time.monotonic() < until:  # on one connection: there is no room for a second
            assert client.get(url).status_code == 200


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


def test_the_limit_of_the_system_is_that_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, fit in ((1_024, 512), (3, 1), (1_000_000, CONNECTIONS_MAX), (-1, CONNECTIONS_MAX)):
        monkeypatch.setattr(resource, "getrlimit", lambda _name, limit=limit: (limit, limit))
        assert raise_descriptor_limit() == fit
