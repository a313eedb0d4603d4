"""The log as it grows: server-sent events of entries and checkpoints."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from api import create_app
from api.bodies import STOPPING, Stopping
from api.conventions import Conventions
from api.sessions import Sessions
from ledger.limits import StreamLimits
from tests.api.problem_check import problem_of
from tests.scene import ADDRESS, OPERATORS, Shown

PATH = "/v1/entries/stream"
BEARER = {"authorization": f"Bearer {OPERATORS}"}
SECONDS = 30.0
FAST = {"poll_seconds": 0.005, "heartbeat_seconds": 60.0}


class Listening:
    """A client that listens at a door of its own, in the test's own loop."""

    def __init__(self, app: Any, query: str = "", **headers: str) -> None:
        self._app = app
        self.stopping = Stopping()
        self._is_gone = asyncio.Event()
        self.may_take = asyncio.Event()
        self.may_take.set()
        self._came: asyncio.Queue[bytes] = asyncio.Queue()
        self._text = b""
        self.status, self.headers = 0, {}
        fields = {**BEARER, **{name.replace("_", "-"): text for name, text in headers.items()}}
        self._scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": PATH, "raw_path": PATH.encode(), "root_path": "",
            "query_string": query.encode(), "server": ("here", 80), "client": ("192.0.2.1", 1),
            "headers": [(name.encode(), text.encode()) for name, text in fields.items()],
            "state": {STOPPING: self.stopping},
        }  # fmt: skip
        self.task: asyncio.Task[None] = asyncio.create_task(self._go())

    async def _go(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, object]:
        await self._is_gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): text.decode() for name, text in message["headers"]}
        await self.may_take.wait()
        await self._came.put(message.get("body", b""))

    def leave(self) -> None:
        """Go away."""
        self._is_gone.set()

    def rest(self) -> bytes:
        """Return all that came and was not read."""
        while not self._came.empty():
            self._text += self._came.get_nowait()
        return self._text

    async def block(self) -> dict[str, str]:
        """Return the fields of the next event or comment."""
        while b"\n\n" not in self._text:
            self._text += await self._came.get()
        text, _, self._text = self._text.partition(b"\n\n")
        return dict(line.split(": ", 1) for line in text.decode().split("\n"))

    async def event(self) -> tuple[str, int | None, Any]:
        """Return name, id and data of the next event."""
        while "event" not in (block := await self.block()):
            pass
        number = int(block["id"]) if "id" in block else None
        return block["event"], number, json.loads(block["data"])


def run(made: Shown, test: Callable[[Any], Awaitable[None]], **limits: Any) -> None:
    """Run a test in a loop, with a door of its own to the same ledger."""
    conventions = Conventions(streams=StreamLimits(**{**FAST, **limits}))
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock, operator_token=OPERATORS)
    app = create_app(made.book, made.answers, sessions=sessions, conventions=conventions)

    async def bounded() -> None:
        async with asyncio.timeout(SECONDS):
            await test(app)

    asyncio.run(bounded())


def test_each_new_entry_is_told_once_and_in_order_and_so_is_its_checkpoint(fresh: Shown) -> None:
    raws = fresh.registrations(5)
    size = fresh.desk.head().size

    async def listen(app: Any) -> None:
        client = Listening(app)
        assert (await client.block())["retry"] == "3000"
        assert client.headers["content-type"].startswith("text/event-stream")
        assert client.headers["cache-control"] == "private, no-store"
        assert client.headers["vary"] == "authorization"
        assert client.headers["x-request-id"]
        assert "content-length" not in client.headers
        told: list[tuple[str, int | None, Any]] = []
        for raw in raws:
            await asyncio.to_thread(fresh.book.append, raw)
        while not told or told[-1][0] != "checkpoint" or told[-1][2]["size"] < size + 5:
            told.append(await client.event())
        entries = [(number, plain) for name, number, plain in told if name == "entry"]
        assert [number for number, _ in entries] == list(range(size, size + 5))
        for number, plain in entries:
            shown = fresh.client.get(f"/v1/entries/{number}").json()
            assert {**plain, "status": "checkpointed"} == shown
        assert next(number for name, number, _ in told if name == "checkpoint") is None
        assert (
            told[-1][2]
            == fresh.client.get("/v1/checkpoint", headers={"accept": "application/json"}).json()
        )
        client.leave()
        await client.task

    run(fresh, listen)


@pytest.mark.parametrize("field", ["header", "query"])
def test_a_stream_goes_on_after_the_last_event_that_came(jewel_shown: Shown, field: str) -> None:
    size = jewel_shown.desk.head().size

    async def listen(app: Any) -> None:
        if field == "header":
            client = Listening(app, "start=0", last_event_id="6")
        else:
            client = Listening(app, "start=7")
        numbers = [(await client.event())[1] for _ in range(size - 7)]
        assert numbers == list(range(7, size))
        client.leave()
        await client.task

    run(jewel_shown, listen, page_rows=3)


@pytest.mark.parametrize(
    "asked",
    [
        {"last-event-id": "x"}, {"last-event-id": "-1"}, {"last-event-id": "9999"},
        {"last-event-id": "1e3"},
    ],
)  # fmt: skip
def test_an_id_that_no_event_had_is_refused(jewel_shown: Shown, asked: dict[str, str]) -> None:
    response = jewel_shown.client.get(PATH, headers=asked)
    assert problem_of(response)["rule"] == "bad-question"
    for query in ("start=x", "start=9999", "limit=5", "start=1&start=1"):
        assert problem_of(jewel_shown.client.get(f"{PATH}?{query}"))["rule"] == "bad-question"


def test_the_head_of_a_stream_alone_is_an_answer_that_ends(jewel_shown: Shown) -> None:
    response = jewel_shown.client.head(PATH)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"].startswith("text/event-stream")


def test_strangers_and_ended_sessions_are_told_nothing(traded: Shown) -> None:
    assert problem_of(traded.client.get(PATH))["rule"] == "sign-in-needed"
    made_up = {"authorization": "Bearer made-up"}
    assert problem_of(traded.client.get(PATH, headers=made_up))["rule"] == "session-ended"


def test_a_reader_of_a_trade_ledger_is_told_what_it_may_read_of_each_line(traded: Shown) -> None:
    size = traded.desk.head().size
    bearer = traded.sign_in("jeweller-fr")
    pages = traded.client.get(f"/v1/entries?limit={size}", headers=bearer).json()["entries"]
    assert {row["recordId"] is None for row in pages} == {True, False}

    async def listen(_app: Any) -> None:
        client = Listening(traded.client.app, "start=0", **bearer)
        assert [(await client.event())[2] for _ in range(size)] == pages
        client.leave()
        await client.task

    run(traded, listen)


def test_a_stream_ends_with_the_session_it_was_opened_by(fresh: Shown) -> None:
    bearer = fresh.sign_in("miner-bw")
    (raw,) = fresh.registrations(1)

    async def listen(_app: Any) -> None:
        client = Listening(fresh.client.app, **bearer)
        await client.block()
        await asyncio.to_thread(fresh.client.post, "/v1/sign-out", headers=bearer)
        await asyncio.to_thread(fresh.book.append, raw)
        assert await client.event() == ("end", None, {"rule": "session-ended"})
        await client.task

    run(fresh, listen)


def test_where_nothing_happens_a_comment_shows_that_the_stream_lives(jewel_shown: Shown) -> None:
    async def listen(app: Any) -> None:
        client = Listening(app)
        await client.block()
        assert await client.block() == {"": "still here"}
        client.leave()
        await client.task

    run(jewel_shown, listen, heartbeat_seconds=0.02)


def test_all_streams_end_whole_when_the_server_stops(jewel_shown: Shown) -> None:
    async def listen(app: Any) -> None:
        clients = [Listening(app) for _ in range(5)]
        for client in clients:
            await client.block()
            client.stopping.tell()
        for client in clients:
            await client.task

    run(jewel_shown, listen, poll_seconds=3_600.0, heartbeat_seconds=3_600.0)


def test_a_stream_that_still_catches_up_ends_too_when_the_server_stops(jewel_shown: Shown) -> None:
    async def listen(app: Any) -> None:
        client = Listening(app, "start=0")
        await client.event()
        client.stopping.tell()
        await client.task
        told = client.rest()
        assert told.count(b"event: entry") <= 3  # those on their way
        assert b"event: checkpoint" not in told

    run(jewel_shown, listen, page_rows=1)


def test_who_comes_back_is_told_the_checkpoint_that_it_may_have_missed(jewel_shown: Shown) -> None:
    size = jewel_shown.desk.head().size

    async def listen(app: Any) -> None:
        for client in (
            Listening(app, last_event_id=f"{size - 1}"),
            Listening(app, f"start={size}"),
        ):
            name, number, told = await client.event()
            assert (name, number, told["size"]) == ("checkpoint", None, size)
            client.leave()
            await client.task

    run(jewel_shown, listen)


def test_there_are_so_many_streams_and_places_are_given_back(jewel_shown: Shown) -> None:
    async def listen(app: Any) -> None:
        clients = [Listening(app) for _ in range(3)]
        for client in clients[:3]:
            await client.block()
        refused = Listening(app)
        await refused.task
        assert refused.status == 503
        assert refused.headers["retry-after"]
        clients[0].leave()
        await clients[0].task
        again = Listening(app)
        await again.block()
        assert again.status == 200
        for client in (*clients[1:], again):
            client.leave()
            await client.task

    run(jewel_shown, listen, streams_a_client_max=3)
    run(jewel_shown, listen, streams_max=3)


def test_who_takes_nothing_is_dropped_and_nothing_is_kept_for_it(jewel_shown: Shown) -> None:
    reads: list[str] = []
    answer = jewel_shown.answers.answer

    async def listen(app: Any) -> None:
        client = Listening(app, "start=0")
        client.may_take.clear()
        await client.task
        assert client.status == 200
        assert client._came.empty()  # noqa: SLF001 - nothing was taken

    def counted(question: Any, given: Any, reader: Any) -> Any:
        reads.append(question.name)
        return answer(question, given, reader)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jewel_shown.answers, "answer", counted)
        run(jewel_shown, listen, take_seconds_max=0.05, page_rows=1)
    assert len(reads) <= 2, "it was read on though nobody took what was read"
