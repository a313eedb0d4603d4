"""The client for programs that wait for each answer."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

import httpx2

from ledger.client.asking import Clock, Manner, Token, nobody, system_clock
from ledger.client.connecting import Gathering, Unfit, connection, loss_of
from ledger.client.core import Core
from ledger.client.exchange import Came, Pause, Request, Steps
from ledger.client.pages import Pages
from ledger.client.remembering import Remembered
from ledger.limits import ClientLimits

P = ParamSpec("P")
T = TypeVar("T")


def _one(ask: Callable[Concatenate[Core, P], Steps[T]]) -> Callable[Concatenate[Client, P], T]:
    """Make a method that does a piece of the core's work."""

    @functools.wraps(ask)
    def method(self: Client, /, *given: P.args, **named: P.kwargs) -> T:
        return self.run(ask(self.core, *given, **named))

    return method


def _pages(
    ask: Callable[Concatenate[Core, P], Pages[T]],
) -> Callable[Concatenate[Client, P], Iterator[T]]:
    """Make a method that yields pages."""

    @functools.wraps(ask)
    def method(self: Client, /, *given: P.args, **named: P.kwargs) -> Iterator[T]:
        pages = ask(self.core, *given, **named)
        while not pages.is_over:
            yield self.run(pages.take())

    return method


class Client:
    """Asks a server, checks what it proves, and remembers it.

    Args:
        url: the server's address.
        remembered: which ledger is meant, and how far it had come.
        token: returns the token that opens reading, or None.
        clock: returns milliseconds since 1970-01-01 UTC; for signing in, and for evidence.
        limits: how often it asks again, and how long it waits.
        transport: what sends; the network by default.

    Raises:
        BadQuestion: the address is none.

    """

    def __init__(
        self,
        url: str,
        remembered: Remembered,
        *,
        token: Token = nobody,
        clock: Clock = system_clock,
        limits: ClientLimits | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._limits = limits or ClientLimits()
        self._http = httpx2.Client(transport=transport, **connection(url, self._limits))
        self.remembered = remembered
        self.core = Core(Manner(url.rstrip("/"), token, clock, self._limits), remembered)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        sort: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def run(self, steps: Steps[T]) -> T:
        """Do a piece of work: send what it asks for, and hand it what comes."""
        came: Came | None = None
        while True:
            try:
                wanted = steps.send(came)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(wanted, Pause):
                time.sleep(wanted.seconds)
                came = None
            else:
                came = self._exchange(wanted)

    def _exchange(self, request: Request) -> Came:
        gathering = Gathering(self._limits)
        try:
            with self._http.stream(
                request.method,
                request.path,
                params=request.query,
                headers=request.headers,
                content=request.body or None,
            ) as response:
                gathering.begin(response)
                for chunk in response.iter_bytes():
                    gathering.add(chunk)
                return gathering.reply(response)
        except (httpx2.HTTPError, Unfit) as error:
            return loss_of(error)

    status = _one(Core.status)
    charter = _one(Core.charter)
    checkpoint = _one(Core.checkpoint)
    chain = _one(Core.chain)
    anchors = _pages(Core.anchors)
    parcel = _one(Core.parcel)
    history = _pages(Core.history)
    story = _pages(Core.story)
    trace = _pages(Core.trace)
    descendants = _pages(Core.descendants)
    recalls = _pages(Core.recalls)
    rejudged = _pages(Core.rejudged)
    stone = _one(Core.stone)
    links = _one(Core.links)
    link = _one(Core.link)
    mint_link = _one(Core.mint_link)
    end_link = _one(Core.end_link)
    party = _one(Core.party)
    holdings = _pages(Core.holdings)
    site = _one(Core.site)
    parties = _pages(Core.parties)
    sites = _pages(Core.sites)
    record = _one(Core.record)
    entries = _pages(Core.entries)
    inclusion = _one(Core.inclusion)
    consistency = _one(Core.consistency)
    send = _one(Core.send)
    send_all = _one(Core.send_all)
    sign_in = _one(Core.sign_in)
