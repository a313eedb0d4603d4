"""Clients that keep a server waiting, in a process of their own.

    python -m tests.system.slow_sockets URL COUNT

A quarter each: connections that send nothing, heads and bodies that come byte by byte, and answers
that nobody takes. It says ``ready`` when all are open, goes on until its stdin ends, and opens
whatever the server cuts once more.
"""

from __future__ import annotations

import itertools
import resource
import selectors
import socket
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

PACE_SECONDS = 5.0
SORTS = ("idle", "head", "body", "deaf")
_HOST = b"Host: slow\r\n"
_FIRST = {
    "idle": b"",
    "head": b"GET /v1/status HTTP/1.1\r\n" + _HOST + b"X-Slow: ",
    "body": b"POST /v1/records/batch HTTP/1.1\r\n" + _HOST
    + b"Content-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n",
    "deaf": b"GET /openapi.json HTTP/1.1\r\n" + _HOST + b"\r\n",
}  # fmt: skip
_DRIBBLES = ("head", "body")
_SMALL_BYTES = 4_096


@dataclass
class Slow:
    """One of them."""

    sort: str
    address: tuple[str, int]
    connection: socket.socket | None = None

    def go_on(self) -> None:
        """Open it, or send the next byte."""
        try:
            if self.connection is None:
                self.open()
            elif self.sort in _DRIBBLES:
                self.connection.send(b"x")
            elif self._is_cut():
                self.close()
        except OSError:
            self.close()

    def open(self) -> None:
        """Open it, and send what it begins with."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BYTES)
        made.settimeout(30)
        made.connect(self.address)
        made.sendall(_FIRST[self.sort])
        if self.sort == "deaf":
            made.recv(1, socket.MSG_PEEK)  # until its answer has begun
        made.setblocking(False)
        self.connection = made

    def _is_cut(self) -> bool:
        assert self.connection is not None
        try:
            return self.connection.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Close it; it is opened again in its next turn."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def say(word: str, every: list[Slow]) -> None:
    """Tell how many are open."""
    sys.stdout.write(f"{word} {sum(one.connection is not None for one in every)}\n")
    sys.stdout.flush()


def main() -> None:
    """Keep a server waiting until nobody wants it any more."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    parts = urlsplit(sys.argv[1])
    address = (parts.hostname or "", parts.port or 0)
    sorts = itertools.islice(itertools.cycle(SORTS), int(sys.argv[2]))
    every = [Slow(sort, address) for sort in sorts]
    for one in every:
        one.go_on()
    say("ready", every)
    stdin = selectors.DefaultSelector()
    stdin.register(sys.stdin, selectors.EVENT_READ)
    for one in itertools.cycle(every):
        if stdin.select(0):
            break
        one.go_on()
        time.sleep(PACE_SECONDS / len(every))
    say("open", every)


if __name__ == "__main__":
    main()
