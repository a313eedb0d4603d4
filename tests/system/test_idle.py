"""A server whose every file descriptor idle connections would take, if it let them."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ledger.config import LedgerFolder
from tests.system.auditing import faults_of
from tests.system.crew import Crew, found
from tests.system.raw_http import SECONDS
from tests.system.serving import Server
from tests.trials import dice

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not hasattr(resource, "prlimit"), reason="another process's limits are set on Linux alone"
    ),
]

DESCRIPTORS = 256
CLIENTS = 40
IDLE = 300
GET = (
    "GET /v1/sites HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n"
)


def connect(server: Server) -> socket.socket:
    parts = urlsplit(server.url())
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=SECONDS)


def rest(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


@contextmanager
def few_descriptors(folder: LedgerFolder) -> Iterator[Server]:
    """Start a server that may have few descriptors, and leave none behind."""
    server = Server.of(folder)
    try:
        limits = (DESCRIPTORS, DESCRIPTORS)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, limits)
        server.url()
        yield server
    finally:
        server.end()


def test_idle_connections_take_no_descriptors_from_who_reads(tmp_path: Path) -> None:
    folder = found(tmp_path / "ledger", Crew(dice("system.idle")))
    with few_descriptors(folder) as server, ExitStack() as opened:
        clients = [opened.enter_context(connect(server)) for _ in range(CLIENTS)]
        for _ in range(IDLE):
            opened.enter_context(connect(server))
        asked = GET.format(server.token()).encode()
        for client in clients:
            client.sendall(asked)
        for client in clients:
            assert rest(client).startswith(b"HTTP/1.1 200 ")
        opened.close()
        assert server.stop() == 0, server.said()
    assert faults_of(folder) == []
