"""The connections beneath HTTP: how many there may be, and how long one keeps the server waiting.

A connection costs a file descriptor from the moment it is made, so its count and its patience are
bounded before there is a request. uvicorn's own ``limit_concurrency`` only answers requests, with
503, and never closes a connection that sends none; its keep-alive time ends with the first byte of
a next request, whole or not. Therefore:

* A connection beyond the limit is told 503 and closed at once.
* An upgrade to another protocol is not taken up: the request is answered as if it asked for none
  (RFC 9110 §7.8).
* When the server stops, whoever reads a body is told, and gives it up.
* A connection that waits for its client (for the head of a request, or for an answer to be taken)
  is looked at once in a while; one that was already waiting for the same at the look before is cut,
  unless its client has taken so much of an answer in between that a long one may take longer.
  The body of a request has a time of its own (:func:`api.bodies.read_body`).
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from api.bodies import STOPPING, Stopping
from api.problems import MEDIA_TYPE, Problem
from api.responses import as_json
from ledger.limits import DoorLimits

DESCRIPTORS_A_CONNECTION: Final = 2
"""How many descriptors are left alone for each that a connection may take."""

TAKEN_BYTES_MIN: Final = 512 * 1024
"""How much of an answer, held whole, its client is to take between two looks."""

_USUAL: Final = DoorLimits()


def raise_descriptor_limit(connections_max: int = _USUAL.connections_max) -> int:
    """Let this process open as many files as the machine allows; return how many connections fit.

    Far fewer than there are descriptors: files, readers and whatever else is opened need some.

    Args:
        connections_max: how many are wanted at most.

    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (OSError, ValueError):
            pass  # a system may allow less than it says; the limit in force then counts
    if soft == resource.RLIM_INFINITY:
        return connections_max
    return max(1, min(connections_max, soft // DESCRIPTORS_A_CONNECTION))


def protocol_of(connections_max: int, limits: DoorLimits | None = None) -> type[H11Protocol]:
    """Return the protocol that a server speaks on each of its connections.

    Args:
        connections_max: how many connections there may be at a time.
        limits: how long a client may keep one of them waiting.

    """
    kept = limits or DoorLimits()

    class Connection(_Bounded):
        """One connection of this server."""

        most = connections_max
        limits = kept
        stopping = Stopping()

    return Connection


class _Bounded(H11Protocol):
    """A connection that keeps its place only while its client goes on."""

    most: int
    limits: DoorLimits
    stopping: Stopping

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self.app_state = {**self.app_state, STOPPING: self.stopping}  # each request gets it
        self._look: asyncio.TimerHandle | None = None
        self._was_waiting = True  # for the head of its first request
        self._seen: RequestResponseCycle | None = None
        self._has_resumed = False
        self._left_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, or send it away when there are too many."""
        super().connection_made(transport)
        self._look = self.loop.call_later(self.limits.client_seconds_max, self.look_at_it)
        if len(self.connections) > self.most:
            transport.write(_too_many(self.limits.retry_after_seconds))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Begin to stop; called of every connection when the server does."""
        super().shutdown()
        self.stopping.tell()

    def _should_upgrade(self) -> bool:
        return False

    def resume_writing(self) -> None:
        """Go on with an answer that is made as it is taken."""
        self._has_resumed = True
        super().resume_writing()

    def _is_waiting(self) -> bool:
        before, self._left_bytes = self._left_bytes, self.transport.get_write_buffer_size()
        has_resumed, self._has_resumed = self._has_resumed, False
        if self._left_bytes > 0:
            return not has_resumed and before - self._left_bytes < TAKEN_BYTES_MIN
        return self.cycle is None or self.cycle.response_complete

    def look_at_it(self) -> None:
        """Cut the connection if its client keeps it waiting for what it waited for last time."""
        is_waiting = self._is_waiting()
        if is_waiting and self._was_waiting and self._seen is self.cycle:
            self.transport.abort()
            return
        self._was_waiting, self._seen = is_waiting, self.cycle
        self._look = self.loop.call_later(self.limits.client_seconds_max, self.look_at_it)


def _too_many(retry_after_seconds: int) -> bytes:
    body = as_json(Problem("unavailable", "too many connections; try again later").document())
    head = (
        "HTTP/1.1 503 Service Unavailable",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body)}",
        f"retry-after: {retry_after_seconds}",
        "connection: close",
        "",
        "",
    )
    return "\r\n".join(head).encode() + body
