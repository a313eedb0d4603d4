"""Clients that send single records over HTTP, each the next one as soon as it is answered.

``python -m benchmarks.clients URL COUNT`` reads envelopes from stdin, a line each, sends them over
COUNT connections and writes how many seconds that took.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

_LENGTH: Final = b"content-length:"
_CREATED: Final = b"HTTP/1.1 201"


class Client(asyncio.Protocol):
    """One connection, with one request on its way at a time."""

    def __init__(self, lines: Iterator[bytes], head: bytes, done: asyncio.Future[None]) -> None:
        self._lines = lines
        self._head = head
        self._done = done
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first record."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a TCP connection
        self._transport = transport
        self._send()

    def _send(self) -> None:
        line = next(self._lines, None)
        if line is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(line), line))

    def data_received(self, data: bytes) -> None:
        """Send the next record when the answer is whole."""
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end or len(body) < _length_of(head):
            return
        if not head.startswith(_CREATED):
            self._done.set_exception(RuntimeError(f"answered {self._came!r}"))
            return
        self._came = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless all is sent."""
        if not self._done.done():
            self._done.set_exception(exc or RuntimeError("the server closed the connection"))


def _length_of(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[at:].split(b"\r\n", 1)[0])


async def send(url: str, lines: list[bytes], count: int) -> float:
    """Send lines over so many connections; return seconds."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    head = (
        f"POST {parts.path}?{parts.query} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
        "content-type: application/json\r\ncontent-length: "
    ).encode()
    loop, left = asyncio.get_running_loop(), iter(lines)
    begin = time.perf_counter()
    promises = []
    for _ in range(count):
        done = loop.create_future()
        promises.append(done)
        await loop.create_connection(
            lambda done=done: Client(left, head, done),  # type: ignore[misc]  # the default binds the loop's value
            host,
            port,
        )
    await asyncio.gather(*promises)
    return time.perf_counter() - begin


if __name__ == "__main__":
    sent = sys.stdin.buffer.read().splitlines()
    sys.stdout.write(f"{asyncio.run(send(sys.argv[1], sent, int(sys.argv[2])))}\n")
