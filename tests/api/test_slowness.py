"""Batches whose senders are slow, or never take their answer: others do not wait for them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from api.responses import as_json
from ledger.limits import LIMITS
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Writer
from tests.desk import Desk
from tests.scene import Shown, jewel, shown

LINES = b"application/x-ndjson"
SECONDS = 60.0


class Posting:
    """A batch posted by hand: what the server waits for comes when the test says so."""

    path = "/v1/records/batch"
    media_type = LINES

    def __init__(self, made: Shown, body: bytes, query: str = "") -> None:
        self._app = made.client.app
        self._body = body
        self._query = query.removeprefix("?").encode()
        self.may_end, self.may_take = asyncio.Event(), asyncio.Event()
        self.may_end.set()
        self.may_take.set()
        self.has_arrived, self.is_answered = asyncio.Event(), asyncio.Event()
        self.status, self.answer = 0, b""
        self._is_over = False

    async def go(self) -> int:
        """Post it, and return the status."""
        headers = [(b"content-type", self.media_type)]
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": self.path, "raw_path": self.path.encode(), "root_path": "",
            "query_string": self._query, "headers": headers, "server": ("here", 80),
            "client": ("there", 1),
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)
        return self.status

    async def _receive(self) -> dict[str, object]:
        if not self.has_arrived.is_set():
            self.has_arrived.set()
            return {"type": "http.request", "body": self._body, "more_body": True}
        if self._is_over:
            await asyncio.Event().wait()  # the client stays; nothing more comes
        await self.may_end.wait()
        self._is_over = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.answer += message.get("body", b"")
        self.is_answered.set()
        await self.may_take.wait()


class PostingOne(Posting):
    """A single record, posted likewise."""

    path = "/v1/records"
    media_type = b"application/json"


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_batches_that_do_not_end_keep_no_turn_from_others(query: str) -> None:
    with shown(jewel(), batches_at_once_max=1) as made:
        raws = made.registrations(2)

        async def post() -> None:
            slow = Posting(made, raws[0], query)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            assert await Posting(made, raws[1], query).go() == 200
            slow.may_end.set()
            assert await waiting == 200

        asyncio.run(post())


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_answers_that_nobody_takes_keep_no_turn_from_others(query: str) -> None:
    with shown(jewel(), batches_at_once_max=1) as made:
        raws = made.registrations(2)

        async def post() -> None:
            deaf = Posting(made, raws[0], query)
            deaf.may_take.clear()
            waiting = asyncio.create_task(deaf.go())
            await deaf.is_answered.wait()
            assert await Posting(made, raws[1], query).go() == 200
            deaf.may_take.set()
            assert await waiting == 200

        asyncio.run(post())


def test_batches_that_arrive_share_a_bounded_room_and_give_it_back() -> None:
    with shown(jewel(), arriving_bytes_max=2_000) as made:
        first, second, third = made.registrations(3)
        assert len(first + second) < 1_999 < 2_001 < len(first + second + third)

        async def post() -> None:
            slow, large = Posting(made, first), Posting(made, second + b"\n" + third)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            assert await large.go() == 503
            assert json.loads(large.answer)["rule"] == "unavailable"
            slow.may_end.set()
            assert await waiting == 200
            assert await Posting(made, second + b"\n" + third).go() == 200

        asyncio.run(post())


def test_single_records_that_arrive_share_the_room_of_batches() -> None:
    with shown(jewel(), arriving_bytes_max=2_000) as made:
        first, second, third = made.registrations(3)

        async def post() -> None:
            slow, large = PostingOne(made, first), Posting(made, second + b"\n" + third)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            assert await large.go() == 503
            slow.may_end.set()
            assert await waiting == 201
            assert await Posting(made, second + b"\n" + third).go() == 200

        asyncio.run(post())


def test_a_batch_that_does_not_end_gives_its_room_to_a_smaller_one() -> None:
    with shown(jewel(), arriving_bytes_max=2_000) as made:
        first, second, third = made.registrations(3)
        head = made.desk.head().size

        async def post() -> None:
            slow = Posting(made, first + b"\n" + second)
            slow.may_end.clear()
            waiting = asyncio.create_task(slow.go())
            await slow.has_arrived.wait()
            assert await Posting(made, third).go() == 200
            assert await waiting == 503
            assert json.loads(slow.answer)["rule"] == "unavailable"

        asyncio.run(post())
        assert made.desk.head().size == head + 1


class Gated(MemoryStore):
    """A store whose writer waits before a gate until the test opens it."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def write(self) -> AbstractContextManager[Writer]:
        assert self.gate.wait(SECONDS)
        return super().write()


def test_a_record_waits_for_its_turn_and_not_for_the_end_of_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The writer takes one record at a time here, and a step of a batch has three."""
    limits = replace(LIMITS, group_records_max=1)
    monkeypatch.setattr("ledger.book.queueing.LIMITS", limits)
    scene, store = jewel(), Gated()
    with shown(scene, Desk(scene, store), batch_step_records=3) as made:
        *batch, single = made.registrations(10)
        submitted = Counted(made.book.submit)
        monkeypatch.setattr(made.book, "submit", submitted)
        store.gate.clear()

        async def post() -> tuple[list[int], int]:
            async with asyncio.timeout(SECONDS):
                many, one = Posting(made, b"\n".join(batch)), Posting(made, single)
                posting = [asyncio.create_task(many.go())]
                await submitted.reached(2)  # a step that is worked on, and the one ahead of it
                posting.append(asyncio.create_task(one.go()))
                await submitted.reached(3)
                store.gate.set()
                assert [await each for each in posting] == [200, 200]
            return indices_of(many), *indices_of(one)

        of_batch, of_single = asyncio.run(post())
    assert len(of_batch) == 9
    assert of_batch == sorted(of_batch)
    assert of_single < of_batch[2], "it waited for more than the turn of one record"


class Counted:
    """A function, and how often it has returned."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._returned = threading.Semaphore(0)
        self._seen = 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        result = self._function(*given, **named)
        self._returned.release()
        return result

    async def reached(self, count: int) -> None:
        """Wait until it has returned so often."""
        while self._seen < count:
            self._seen += self._returned.acquire(blocking=False)
            await asyncio.sleep(0.001)


def indices_of(posting: Posting) -> list[int]:
    """Return the indices that an answer tells, line by line."""
    return [json.loads(line)["index"] for line in posting.answer.splitlines()]


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_answers_are_not_written_in_the_event_loop(fresh: Shown, monkeypatch, query: str) -> None:
    writers: list[int] = []

    def write(plain: object) -> bytes:
        writers.append(threading.get_ident())
        return as_json(plain)

    monkeypatch.setattr("api.sending.as_json", write)
    body = b"\n".join(fresh.registrations(2))

    async def post() -> int:
        assert await Posting(fresh, body, query).go() == 200
        return threading.get_ident()

    loop_thread = asyncio.run(post())
    assert len(writers) == 2
    assert loop_thread not in writers


# -- long single records -----------------------------------------------------------------------


class Slow:
    """A book's ``submit`` that waits before a gate until the test opens it."""

    def __init__(self, made: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate, self.begun = threading.Event(), 0
        self._submit = made.book.submit
        monkeypatch.setattr(made.book, "submit", self)

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.begun += 1
        assert self.gate.wait(SECONDS)
        return self._submit(*given, **named)

    async def reached(self, count: int) -> None:
        """Wait until it was called so often."""
        while self.begun < count:
            await asyncio.sleep(0.001)


def long_record(size_bytes: int) -> bytes:
    """Return a long record, which is refused when it is read."""
    return b"{".ljust(size_bytes)


async def turns_of_the_loop() -> None:
    """Let whatever needs nothing but turns of the loop be done."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_long_records_take_no_thread_from_others_while_they_wait_to_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More long records than the framework has threads, and none of them is read."""
    with shown(jewel(), long_records_at_once_max=2) as made:
        slow = Slow(made, monkeypatch)

        async def post() -> None:
            transport = httpx2.ASGITransport(app=made.client.app)
            async with (
                httpx2.AsyncClient(transport=transport, base_url="http://here") as client,
                asyncio.timeout(SECONDS),
            ):
                many = [PostingOne(made, long_record(5_000)) for _ in range(60)]
                posting = [asyncio.create_task(each.go()) for each in many]
                try:
                    await slow.reached(2)
                    await turns_of_the_loop()
                    assert (await client.get("/readyz")).status_code == 200
                    assert slow.begun == 2
                finally:
                    slow.gate.set()
                assert {await each for each in posting} == {400}

        # In another loop likewise: no turn belongs to the first.
        for _ in range(2):
            slow.begun = 0
            slow.gate.clear()
            asyncio.run(post())


def test_a_long_record_keeps_no_turn_while_it_waits_for_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, store = jewel(), Gated()
    limits = {"long_records_at_once_max": 1, "gathered_record_bytes_max": 0}
    with shown(scene, Desk(scene, store), **limits) as made:
        raws = made.registrations(2)
        submitted = Counted(made.book.submit)
        monkeypatch.setattr(made.book, "submit", submitted)
        store.gate.clear()

        async def post() -> None:
            posting = [asyncio.create_task(PostingOne(made, raw).go()) for raw in raws]
            try:
                async with asyncio.timeout(SECONDS):
                    await submitted.reached(2)
            finally:
                store.gate.set()
            assert [await each for each in posting] == [201, 201]

        asyncio.run(post())


def test_a_long_record_keeps_its_share_of_the_room_until_it_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with shown(jewel(), arriving_bytes_max=15_000) as made:
        slow = Slow(made, monkeypatch)

        async def post() -> None:
            async with asyncio.timeout(SECONDS):
                two = [PostingOne(made, long_record(6_000)) for _ in range(2)]
                posting = [asyncio.create_task(each.go()) for each in two]
                try:
                    await slow.reached(2)
                    third = PostingOne(made, long_record(6_000))
                    assert await third.go() == 503
                    assert json.loads(third.answer)["rule"] == "unavailable"
                finally:
                    slow.gate.set()
                assert [await each for each in posting] == [400, 400]
                assert await PostingOne(made, long_record(12_000)).go() == 400

        asyncio.run(post())


def test_a_long_record_that_waits_to_be_read_gives_way_to_a_smaller_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with shown(jewel(), arriving_bytes_max=15_000, long_records_at_once_max=1) as made:
        slow = Slow(made, monkeypatch)

        async def post() -> None:
            async with asyncio.timeout(SECONDS):
                read = asyncio.create_task(PostingOne(made, long_record(6_000)).go())
                try:
                    await slow.reached(1)
                    large = PostingOne(made, long_record(6_000))
                    waiting = asyncio.create_task(large.go())
                    await turns_of_the_loop()
                    smaller = asyncio.create_task(PostingOne(made, long_record(5_000)).go())
                    assert await waiting == 503
                    assert json.loads(large.answer)["rule"] == "unavailable"
                    assert not smaller.done()
                finally:
                    slow.gate.set()
                assert [await read, await smaller] == [400, 400]
                assert slow.begun == 2

        asyncio.run(post())
