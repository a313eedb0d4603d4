"""A wire to an app in this process that a test can pull at, and both clients to speak over it.

``Wire`` carries each request to the app of a scene; what comes back can be changed or lost.
``Both`` makes clients of one sort; the awaited one is run to its end call by call, so that one
suite tells of both.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.client import AsyncClient, Client, InMemory, Pin, Remembered
from ledger.limits import ClientLimits
from ledger.values import Hash32, to_hex
from tests.scene import ADDRESS, Shown
from tests.world import ORIGIN, secret_of

LOG_KEY = SignerKey(ORIGIN, secret_of("log"))
STRANGER = SignerKey(ORIGIN, secret_of("a stranger's log"))
AT_ONCE = ClientLimits(pause_seconds=0.0)

Change = Callable[[httpx2.Request, httpx2.Response], httpx2.Response | None]


@dataclass
class Wire:
    """Carries requests to an app.

    Args:
        made: whose app; may be changed for another's on the way.
        changes: each may put another response in the place of the app's, or raise.

    """

    made: Shown
    changes: list[Change] = field(default_factory=list)
    sent: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        came = self.made.client.request(
            request.method, request.url.raw_path.decode(), content=request.content, headers=headers
        )
        whole = {name: value for name, value in came.headers.items() if name in ("retry-after",)}
        response = httpx2.Response(came.status_code, content=came.content, headers=whole)
        for change in self.changes:
            response = change(request, response) or response
        return response

    def paths(self, start: str) -> list[str]:
        """Return the paths that were asked for and begin so."""
        paths = [request.url.path for request in self.sent]
        return [path for path in paths if path.startswith(start)]

    def rewrite(self, start: str, **members: object) -> None:
        """Answer with other members where a path begins so."""
        self.changes.append(rewriting(start, lambda plain: plain | members))


def rewriting(start: str, rewrite: Callable[[dict[str, Any]], object]) -> Change:
    """Change the JSON of what a path that begins so answers."""

    def change(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response | None:
        if not request.url.path.startswith(start) or response.status_code >= 400:
            return None
        plain = rewrite(json.loads(response.content))
        return httpx2.Response(response.status_code, content=json.dumps(plain).encode())

    return change


def losing(start: str, count: int) -> Change:
    """Lose the first answers to what begins so; the app has done all that was asked."""
    left = [count]

    def change(request: httpx2.Request, _response: httpx2.Response) -> None:
        if request.url.path.startswith(start) and left[0]:
            left[0] -= 1
            raise httpx2.ReadError("the line went dead", request=request)

    return change


def signed_note(size: int, root: Hash32, key: SignerKey = LOG_KEY) -> dict[str, object]:
    """Return the members of a checkpoint, signed."""
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root), [key]).encode().decode()
    return {"origin": ORIGIN, "size": size, "root": to_hex(root), "note": note}


class Both:
    """Makes clients of one sort, and closes them."""

    def __init__(self, *, is_awaited: bool) -> None:
        self.is_awaited = is_awaited
        self._runner = asyncio.Runner()
        self._open: list[Any] = []

    def client(
        self,
        handler: Callable[[httpx2.Request], httpx2.Response],
        remembered: Remembered,
        **more: Any,
    ) -> Any:
        """Return a client that speaks over a handler; its methods are those of ``Client``."""
        sort = AsyncClient if self.is_awaited else Client
        more = {"limits": AT_ONCE, **more}
        made = sort(ADDRESS, remembered, transport=httpx2.MockTransport(handler), **more)
        self._open.append(made)
        return Waiting(made, self._runner) if self.is_awaited else made

    def close(self) -> None:
        """Close every client."""
        for made in self._open:
            closing = made.close()
            if closing is not None:
                self._runner.run(closing)
        self._runner.close()


class Waiting:
    """An awaited client whose every method is run to its end."""

    def __init__(self, client: AsyncClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            result = found(*given, **named)
            if inspect.iscoroutine(result):
                return self._runner.run(result)
            return self._drain(result) if inspect.isasyncgen(result) else result

        return call

    def _drain(self, pages: AsyncIterator[Any]) -> Iterator[Any]:
        def following() -> Coroutine[Any, Any, Any]:
            async def take() -> Any:
                return await anext(pages)

            return take()

        while True:
            try:
                page = self._runner.run(following())
            except StopAsyncIteration:
                return
            yield page


def pinned(made: Shown, *keys: SignerKey) -> InMemory:
    """Return a fresh memory of a scene's ledger."""
    return InMemory(Pin(made.scene.ledger_id, tuple(str(key.verifier_key) for key in keys)))
