"""HTTP written by hand over a socket, for what no client library would send."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30.0
HALF_CLOSE_SECONDS = 0.1
_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back before the server closed: one response after the other."""

    raw: bytes

    @property
    def responses(self) -> list[bytes]:
        """Every response from its status on, but for interim ones (100 Continue)."""
        parts = self.raw.split(b"HTTP/1.1 ")[1:]
        return [part for part in parts if not part.startswith(b"1")]

    @property
    def statuses(self) -> list[int]:
        """The status of every response."""
        return [int(response[:3]) for response in self.responses]

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document of the first response; empty if it is none."""
        head, _, body = (self.responses or [b""])[0].partition(b"\r\n\r\n")
        if b"content-type: application/problem+json" not in head.lower():
            return {}
        plain: dict[str, Any] = json.loads(body)
        return plain


def post(path: str, *headers: str, body: bytes = b"") -> bytes:
    """Write a POST request that asks to close the connection, with no headers but those given."""
    head = "\r\n".join((f"POST {path} HTTP/1.1", "Host: here", "Connection: close", *headers))
    return head.encode("latin-1") + b"\r\n\r\n" + body


def chunk(data: bytes) -> bytes:
    """Write one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def talk(url: str, pieces: Iterable[bytes], *, half_close: bool = False) -> Reply:
    """Send pieces until all are sent or an answer comes; return what came until the end.

    Args:
        url: the server.
        pieces: what to send, in order.
        half_close: whether to say, if no answer comes soon, that nothing more follows.

    """
    host, port = urlsplit(url).hostname, urlsplit(url).port
    with socket.create_connection((host or "", port or 0), timeout=SECONDS) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                if select.select([connection], [], [], 0)[0]:
                    break
            if half_close:
                select.select([connection], [], [], HALF_CLOSE_SECONDS)
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it answered and closed already
        return Reply(read_all(connection))


def read_all(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(_PIECE_BYTES):
            received += piece
    except ConnectionResetError:
        pass
    return received
