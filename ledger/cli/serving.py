"""The command that serves a ledger over HTTP until it is stopped."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ledger.answers import Answers
from ledger.book import Book
from ledger.cli.options import Context
from ledger.cli.outcome import DAMAGED
from ledger.cli.session import session_of
from ledger.config import (
    LedgerFolder,
    LogLevel,
    OpenLedger,
    Settings,
    collect_seldom,
    leave_no_core_file,
    locked,
    log_as_json,
    log_event,
    open_ledger,
    system_clock,
)
from ledger.errors import BadQuestion
from ledger.limits import DoorLimits
from ledger.reference import Library
from ledger.store.protocol import Published
from ledger.values import to_hex

if TYPE_CHECKING:
    import uvicorn

    from ledger.anchor.told import Anchors

commands = typer.Typer()
PANEL: Final = "Keep a ledger"
BACKLOG: Final = 512
GRACE_SECONDS: Final = 20
WEBHOOKS_TOLD: Final = "webhooks.json"
WAIT_SECONDS: Final = 2.0
"""How long a server waits for a command that is at work in the folder."""
_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


def _answers(opened: OpenLedger, anchors: Anchors | None) -> Answers:
    links, library = opened.stores.links, Library(opened.folder.tables)
    return Answers(opened.book, system_clock, links=links, anchors=anchors, library=library)


@commands.command(rich_help_panel=PANEL)
def serve(
    context: Context,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Address to listen on; the settings' own if not said."
        ),
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, max=65_535, help="Port to listen on; 0 = any that is free."
        ),
    ] = None,
    log_level: Annotated[LogLevel | None, typer.Option(help="Least important line to log.")] = None,
) -> None:
    """Serve the ledger over HTTP: the API under /v1, pages of stones under /stones.

    Settings stand in the folder's ledger.toml or in the environment (ADAMANT_HOST, ADAMANT_PORT,
    ADAMANT_PUBLIC_ADDRESSES, ADAMANT_LOG_LEVEL, ADAMANT_CHECKPOINTS). Logs are lines of JSON on
    stderr. While it runs, other commands on this folder go through it. It stops, with all it took
    in published, by Ctrl-C or SIGTERM.

    Example: adamant serve --port 8420
    """
    session = session_of(context)
    folder = session.folder
    folder.check_is_made()
    settings = folder.settings()
    log_as_json(log_level or settings.log_level)
    leave_no_core_file()
    with (
        _listen(host or settings.host, settings.port if port is None else port) as listener,
        locked(folder, WAIT_SECONDS),
    ):
        address, bound_port = listener.getsockname()[:2]
        url = f"http://{f'[{address}]' if ':' in address else address}:{bound_port}"
        if not _is_loopback(address):
            log_event("other machines can reach this ledger", level="warning", url=url)
        server = _Server(url)
        with (
            open_ledger(folder, on_fatal=server.end, on_published=server.tell_published) as opened,
            _anchors(folder, settings, opened.book) as anchors,
        ):
            from api import create_app  # loaded here: no other command needs it
            from api.conventions import Conventions, door_limits
            from api.sessions import Sessions, fresh_token

            answers = _answers(opened, anchors)
            addresses = settings.public_addresses or (url,)
            token = fresh_token()
            sessions = Sessions(answers, addresses, clock=system_clock, operator_token=token)
            conventions = Conventions.of(settings)
            limits = door_limits(settings)
            app = create_app(opened.book, answers, limits, sessions, conventions)
            collect_seldom()
            with server.told_by_signals(), _webhooks(folder, settings, opened.book):
                folder.write_server(url, token)
                try:
                    session.out.either({"url": url, "pid": os.getpid()}, f"serving {url}")
                    server.run(app, listener, limits)
                finally:
                    folder.remove_server()
    if server.has_failed:
        raise typer.Exit(DAMAGED)


@contextmanager
def _anchors(folder: LedgerFolder, settings: Settings, book: Book) -> Iterator[Anchors | None]:
    """Anchor the ledger meanwhile, if its settings name a chain; else tell of the anchors it has.

    Raises:
        RefusesToStart: a key is missing, the local chain, or what it needs.
        BadQuestion: a setting has not its form.

    """
    if settings.chain == "none" and not folder.anchors.exists():
        yield None
        return
    from ledger.config.anchoring import anchored  # loaded here: most have no chain

    with anchored(folder, settings, book) as anchors:
        yield anchors


@contextmanager
def _webhooks(folder: LedgerFolder, settings: Settings, book: Book) -> Iterator[None]:
    """Tell whom the settings name of what is published, meanwhile.

    Raises:
        BadQuestion: a setting has not its form.
        RefusesToStart: the secret, or how far they were told, cannot be read.

    """
    if not settings.webhooks:
        yield
        return
    from ledger.webhooks import Webhooks, read_or_make_secret  # loaded here: most have none

    secret = read_or_make_secret(folder.path / settings.webhook_secret)
    told = folder.path / WEBHOOKS_TOLD
    hooks = Webhooks(book, settings.webhooks, secret, told, settings.webhook_networks)
    hooks.start()
    try:
        yield
    finally:
        hooks.close()


def _listen(host: str, port: int) -> socket.socket:
    """Bind a socket to where the server is to listen.

    Raises:
        BadQuestion: the address is none of this machine's, or taken.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        expected = f"a free address of this machine ({error.strerror})"
        raise BadQuestion("--host, --port", expected) from None
    # Connections inherit it; asyncio sets it only where it made the socket itself. Without it the
    # second half of an answer waits 40 ms until the client has acknowledged the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Server:
    """The HTTP server, from its address to its end."""

    def __init__(self, url: str) -> None:
        self.has_failed = False
        self._is_to_stop = False
        self._url = url
        self._server: uvicorn.Server | None = None

    def run(self, app: Callable[..., Any], listener: socket.socket, limits: DoorLimits) -> None:
        """Serve an ASGI application until a signal, or the book's own end, stops it."""
        import uvicorn  # loaded here: no other command needs it

        from api.connections import protocol_of, raise_descriptor_limit

        fit = raise_descriptor_limit(limits.connections_max)
        if fit < limits.connections_max:
            log_event("fewer connections fit than the settings say", level="warning", fit=fit)
        config = uvicorn.Config(
            app,
            http=protocol_of(fit, limits),
            log_config=None,  # the application logs each request itself
            access_log=False,
            proxy_headers=False,  # which proxies are believed is said in the settings
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        if self._is_to_stop:
            return
        try:
            log_event("serving", url=self._url)
            self._server.run(sockets=[listener])
        finally:
            log_event("stopped", url=self._url)

    @contextmanager
    def told_by_signals(self) -> Iterator[None]:
        """Stop when a signal asks for it.

        uvicorn listens to signals only while it runs, and hands each one on once it has stopped. By
        then there is nothing left to stop, and the ledger behind it is still to be closed in order.
        """
        before = {number: signal.signal(number, self._stop) for number in _STOPS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self._is_to_stop = True
        if self._server is not None:
            self._server.should_exit = True

    def end(self, error: Exception) -> None:
        """Stop, since the book has ended; called in a thread of the book."""
        self.has_failed = True
        log_event("ledger stopped", level="error", fault=type(error).__name__, said=str(error))
        self._stop()

    def tell_published(self, published: Published) -> None:
        """Log a checkpoint; called in a thread of the book."""
        log_event("checkpoint", size=published.size, root=to_hex(published.root))
