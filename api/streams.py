"""The log as it grows: server-sent events, one for each entry and one for each checkpoint.

* An event ``entry`` holds what ``/v1/entries`` shows of one line to the same reader; its id is the
  line's index, so that ``Last-Event-ID`` goes on after the last that came. An event ``checkpoint``
  holds what ``/v1/checkpoint`` answers, has no id, and comes after every entry that it covers. A
  stream that begins at a place that its client named tells the last one too, again if need be.
* A stream reads the ledger only as fast as its client takes what was read before: nothing is kept
  for a slow one, and one that takes nothing for a while is dropped. What it missed it asks for when
  it comes back.
* Who reads is asked again for every page: a stream ends with the session it was opened by.
* There are so many streams, and so many of one client. All end when the server stops.

Source: HTML Living Standard, §9.2 "Server-sent events".
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.bodies import STOPPING, Stopping
from api.caching import FOR_ONE_READER
from api.clients import Clients
from api.problems import ProblemError, of_error, problem
from api.requests import check_names, query_of
from api.responses import IS_HEAD, as_json
from api.sessions import Sessions
from ledger.access import STRANGER
from ledger.answers import QUESTIONS, Answers, Plain
from ledger.answers.asking import read_integer
from ledger.book import Book
from ledger.errors import AdamantError, BadQuestion
from ledger.limits import StreamLimits

EVENTS: Final = "text/event-stream"
LAST_ID: Final = "last-event-id"
_ENTRIES: Final = next(question for question in QUESTIONS if question.name == "entries")
_CHECKPOINT: Final = next(question for question in QUESTIONS if question.name == "checkpoint")
_READERS_AT_ONCE: Final = 4
_log = structlog.get_logger(__name__)
T = TypeVar("T")


def event(name: str, plain: Plain, number: int | None = None) -> bytes:
    """Write one event; JSON has no line ends, so that its data are one line."""
    head = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (head, name.encode(), as_json(plain))


class Streams:
    """Endpoints that tell of the log as it grows; and the places that all streams share.

    Attributes:
        answers, sessions: as they were given.

    Args:
        book: whose log it is.
        answers: answers what each event holds.
        sessions: says who asks.
        clients: tells clients, of whom each has so many streams at most.
        limits: how many streams, and how patient they are.

    """

    def __init__(
        self,
        book: Book,
        answers: Answers,
        sessions: Sessions,
        clients: Clients,
        limits: StreamLimits,
    ) -> None:
        self._book = book
        self.answers = answers
        self.sessions = sessions
        self._clients = clients
        self._limits = limits
        self._turns = asyncio.Semaphore(_READERS_AT_ONCE)
        self._open: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return self._open.total()

    async def entries(self, request: Request) -> Response:
        """Open a stream of entries and checkpoints."""
        start = await self._start_of(request)
        await self._page(request, start, 1)  # whoever may not read is told so before it begins
        return Streamed(self, request, EVENTS, partial(self.chunks, request, start))

    async def _start_of(self, request: Request) -> int:
        query = query_of(request)
        check_names(query, "start")
        size = await run_in_threadpool(self._size)
        given = request.headers.get(LAST_ID, "")
        if given:  # what a client that lost its connection says by itself goes before its address
            start = read_integer(LAST_ID, given) + 1
        elif "start" in query:
            start = read_integer("start", query["start"])
        else:
            start = size
        if start > size:
            raise BadQuestion(LAST_ID if given else "start", f"no more than there is: {size}")
        return start

    @staticmethod
    def _is_resumed(request: Request) -> bool:
        return bool(request.headers.get(LAST_ID)) or "start" in request.query_params

    def _size(self) -> int:
        with self._book.view() as view:
            return view.head().size

    async def _page(self, request: Request, start: int, limit: int) -> list[Any]:
        """Return what the reader is shown of the lines from ``start`` on."""
        given = {"start": str(start), "limit": str(limit)}

        def read() -> list[Any]:
            reader = self.sessions.reader(request)
            page: Any = self.answers.answer(_ENTRIES, given, reader)
            rows: list[Any] = page["entries"]
            return rows

        return await self.in_turn(read)

    async def in_turn(self, read: Callable[[], T]) -> T:
        """Read the ledger in a thread, when others have had their turn."""
        async with self._turns:
            return await run_in_threadpool(read)

    async def _checkpoint(self) -> Plain:
        return await self.in_turn(lambda: self.answers.answer(_CHECKPOINT, {}, STRANGER))

    @contextmanager
    def place(self, request: Request) -> Iterator[None]:
        """Hold one of the places that there are.

        Raises:
            ProblemError: ``unavailable``; there is none.

        """
        key = self._clients.of(request.scope).key
        limits = self._limits
        if self.count >= limits.streams_max or self._open[key] >= limits.streams_a_client_max:
            raise problem("unavailable", "too many streams are open; try again later")
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            self._open += Counter()  # drops clients of which none is left

    async def chunks(
        self, request: Request, start: int, ending: asyncio.Event
    ) -> AsyncIterator[bytes]:
        """Yield what goes to a client, until something ends it; comments where nothing happens."""
        limits = self._limits
        # Who names where to begin may have missed the last one, which has no id to go on after.
        checkpoint_told = 0 if self._is_resumed(request) else self._book.published.size
        yield b"retry: %d\n: the log from %d on\n\n" % (limits.retry_milliseconds, start)
        try:
            while not ending.is_set():
                seen = self._state
                # Asked for before the entries, and told after them: all that it covers is told.
                checkpoint: Any = None
                if self._book.published.size > checkpoint_told:
                    checkpoint = await self._checkpoint()
                while rows := await self._page(request, start, limits.page_rows):
                    if ending.is_set():
                        return
                    yield b"".join(event("entry", row, row["index"]) for row in rows)
                    start += len(rows)
                if checkpoint is not None:
                    checkpoint_told = checkpoint["size"]
                    yield event("checkpoint", checkpoint)
                if not await self._changed(seen, ending):
                    yield b": still here\n\n"
        except (AdamantError, ProblemError) as error:
            told = of_error(error)
            yield event("end", {"rule": told.name if told else "internal"})

    @property
    def _state(self) -> tuple[int, int, bool]:
        book = self._book
        return book.sequenced_size, book.published.size, book.fault is not None

    async def _changed(self, seen: tuple[int, int, bool], ending: asyncio.Event) -> bool:
        """Wait until the log has grown or the stream is to end; False if neither comes to pass."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.heartbeat_seconds
        while loop.time() < until:
            if ending.is_set() or self._state != seen:
                return True
            try:
                async with asyncio.timeout(self._limits.poll_seconds):
                    await ending.wait()
            except TimeoutError:
                continue
        return False

    @property
    def take_seconds_max(self) -> float:
        """How long a client may take for what is sent at a time."""
        return self._limits.take_seconds_max


class Streamed(Response):
    """One stream, from its head to its end.

    Args:
        streams: among which it takes a place.
        request: what it answers.
        media_type: what its chunks are.
        chunks: yields what goes to the client, until there is no more or it is told to end.

    """

    def __init__(
        self,
        streams: Streams,
        request: Request,
        media_type: str,
        chunks: Callable[[asyncio.Event], AsyncIterator[bytes]],
    ) -> None:
        headers = {
            "cache-control": FOR_ONE_READER,
            "vary": "authorization",
            "x-accel-buffering": "no",  # nginx then hands on what comes when it comes
        }
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._streams = streams
        self._request = request
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if scope.get(IS_HEAD):
            await send(self._head())
            await send({"type": "http.response.body", "body": b""})
            return
        ending = asyncio.Event()
        with ExitStack() as held:
            held.enter_context(self._streams.place(self._request))
            stopping = scope.get("state", {}).get(STOPPING)
            if isinstance(stopping, Stopping):
                held.enter_context(stopping.heard_by(lambda _why: ending.set()))
            gone = asyncio.create_task(_gone(receive, ending))
            held.callback(gone.cancel)
            await send(self._head())
            await self._send_all(send, ending, gone)

    def _head(self) -> Message:
        return {"type": "http.response.start", "status": 200, "headers": self.raw_headers}

    async def _send_all(self, send: Send, ending: asyncio.Event, gone: asyncio.Task[None]) -> None:
        chunks = self._chunks(ending)
        try:
            async for chunk in chunks:
                if gone.done():
                    return
                async with asyncio.timeout(self._streams.take_seconds_max):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            _log.info("a slow reader of a stream is dropped")
            return  # the server cuts an answer that is not whole
        finally:
            await chunks.aclose()  # type: ignore[attr-defined]  # a generator's
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive, ending: asyncio.Event) -> None:
    """End a stream when its client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    ending.set()
