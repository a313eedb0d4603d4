"""The connections beneath HTTP: how many there may be, and how long one keeps the server waiting.

A connection costs a file descriptor from the moment it is made, so its count and its patience are
bounded before there is a request. uvicorn's own ``limit_concurrency`` only answers requests, with
503, and never closes a connection that sends none; its keep-alive time ends with the first byte of
a next request, whole or not. Therefore:

* A connection beyond the limit is told 503 and closed at once.
* A connection that waits for its client (for the head of a request, or for an answer to be taken)
  is looked at once in a while; one that was already waiting for the same at the look before is cut.
  The body of a request has a time of its own (:func:`api.requests.read_body`).
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from api.problems import MEDIA_TYPE, Problem
from api.responses import as_json
from api.settings import ApiSettings

CONNECTIONS_MAX: Final = 4_096
DESCRIPTORS_A_CONNECTION: Final = 2
"""How many descriptors are left alone for each that a connection may take."""


def raise_descriptor_limit() -> int:
    """Let this process open as many files as the machine allows; return how many connections fit.

    Far fewer than there are descriptors: files, readers and whatever else is opened need some.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (OSError, ValueError):
            pass  # a system may allow less than it says; the limit in force then counts
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return max(1, min(CONNECTIONS_MAX, soft // DESCRIPTORS_A_CONNECTION))


def protocol_of(connections_max: int, settings: ApiSettings | None = None) -> type[H11Protocol]:
    """Return the protocol that a server speaks on each of its connections.

    Args:
        connections_max: how many connections there may be at a time.
        settings: how long a client may keep one of them waiting.

    """
    seconds = (settings or ApiSettings()).client_seconds_max

    class Connection(_Bounded):
        """One connection of this server."""

        limit = connections_max
        look_seconds = seconds

    return Connection


class _Bounded(H11Protocol):
    """A connection that keeps its place only while its client goes on."""

    limit: int
    look_seconds: float

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self._look: asyncio.TimerHandle | None = None
        self._was_waiting = True  # for the head of its first request
        self._seen: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, or send it away when there are too many."""
        super().connection_made(transport)
        self._look = self.loop.call_later(self.look_seconds, self._look_at_it)
        if len(self.connections) > self.limit:
            transport.write(_too_many())
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _look_at_it(self) -> None:
        """Cut the connection if its client keeps it waiting for what it waited for last time."""
        is_waiting = (
            self.cycle is None
            or self.cycle.response_complete
            or self.transport.get_write_buffer_size() > 0
        )
        if is_waiting and self._was_waiting and self._seen is self.cycle:
            self.transport.abort()
            return
        self._was_waiting, self._seen = is_waiting, self.cycle
        self._look = self.loop.call_later(self.look_seconds, self._look_at_it)


def _too_many() -> bytes:
    body = as_json(Problem("unavailable", "too many connections; try again later").document())
    head = (
        "HTTP/1.1 503 Service Unavailable",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body)}",
        f"retry-after: {ApiSettings().retry_after_seconds}",
        "connection: close",
        "",
        "",
    )
    return "\r\n".join(head).encode() + body
