"""What every request passes on its way in and every response on its way out.

A request gets an id, or keeps the one it came with. HEAD is answered as GET without the body.
Security headers go with every response: no script runs but that of the page for signing, nothing is
framed, nothing is guessed. A failure that nobody foresaw becomes a problem document here, and one
line in the log; so does a request that a server at its end waits for no longer.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from typing import Final, TypeAlias

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.clients import Clients
from api.metrics import Metrics, route_of
from api.pages import policy
from api.problems import problem
from api.responses import IS_HEAD, REQUEST_ID, Tellers

REQUEST_ID_HEADER: Final = "x-request-id"
CUT_SHORT: Final = "the server is stopping; whether anything was done is unknown: ask by record id"
RawHeader: TypeAlias = tuple[bytes, bytes]
"""A header's name, in lower case, and its value."""

_RAW_ID_HEADER: Final = REQUEST_ID_HEADER.encode()
_ID_BYTES: Final = 16
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_log = structlog.get_logger(__name__)


def security_headers(style_hash: str) -> dict[str, str]:
    """Return the headers of every response; ``style_hash`` is that of the one stylesheet."""
    return {
        "content-security-policy": policy(style_hash),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-cache",
    }


class Doorway:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        tellers: Tellers,
        headers: dict[str, str],
        metrics: Metrics | None = None,
        log_client: Clients | None = None,
    ) -> None:
        self._app = app
        self._tellers = tellers
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._metrics = metrics
        self._log_client = log_client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(scope, send, self._headers)
        # Whatever is logged on the way bears the request's id.
        before = structlog.contextvars.bind_contextvars(request_id=passing.id)
        try:
            await self._serve(passing, receive)
        finally:
            structlog.contextvars.reset_contextvars(**before)

    async def _serve(self, passing: _Passing, receive: Receive) -> None:
        began, scope = time.perf_counter(), passing.scope
        try:
            await self._app(scope, receive, passing.send)
        except Exception as error:  # the last to catch it: a caller must be told something
            if passing.status:
                raise
            response = self._tellers.tell_error(Request(scope), error)
            await response(scope, receive, passing.send)
        except asyncio.CancelledError:  # the server stops, and has waited long enough
            if passing.status:
                raise
            stopping = problem("unavailable", CUT_SHORT)
            response = self._tellers.tell_error(Request(scope), stopping)
            await response(scope, receive, passing.send)
        finally:
            self._note(passing, time.perf_counter() - began)

    def _note(self, passing: _Passing, seconds: float) -> None:
        """Log a request, and count it."""
        scope, more = passing.scope, {}
        if self._log_client is not None:
            more["client"] = str(self._log_client.of(scope).address)
        _log.info(
            "request",
            request_id=passing.id,
            method=passing.method,
            route=route_of(scope),
            status=passing.status,
            milliseconds=round(1000 * seconds),
            **more,
        )
        if self._metrics is not None:
            self._metrics.count_request(scope, passing.method, passing.status, seconds)


class _Passing:
    """One request on its way."""

    def __init__(self, scope: Scope, send: Send, headers: list[RawHeader]) -> None:
        given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        self.id = given if _ID.fullmatch(given) else secrets.token_hex(_ID_BYTES)
        self.method = scope["method"]
        self.status = 0
        self._send = send
        self._headers = headers
        # A copy: whoever called still knows that it was HEAD, and expects no body.
        is_head = self.method == "HEAD"
        method = "GET" if is_head else self.method
        self.scope = {**scope, "method": method, REQUEST_ID: self.id, IS_HEAD: is_head}

    async def send(self, message: Message) -> None:
        """Send a message of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._headers_of(message)
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _headers_of(self, message: Message) -> list[RawHeader]:
        """Return a response's headers, its request's id, and whichever of ours it has not."""
        own = [header for header in message["headers"] if header[0] != _RAW_ID_HEADER]
        names = {name for name, _ in own}
        more = [header for header in self._headers if header[0] not in names]
        return [*own, (_RAW_ID_HEADER, self.id.encode()), *more]
