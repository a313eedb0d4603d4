"""Single records that come together, and go to the book together."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, MutableMapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from api.gathering import Gathering
from ledger.book import Line, NotDone, Reached
from ledger.book.book import UNKNOWN
from ledger.errors import StoreFailed, Unavailable
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.protocol import Published
from ledger.values import Hash32
from tests.desk import Desk
from tests.scene import Shown, jewel, shown

MOST = 4
SECONDS = 60.0


class Handed:
    """What was handed over, call by call; the line of an envelope says what it was."""

    def __init__(self, error: Exception | None = None, *, is_late: bool = False) -> None:
        self.calls: list[tuple[list[bytes], Reached]] = []
        self._error = error
        self._is_late = is_late

    async def __call__(self, raws: Sequence[bytes], wait: Reached) -> Future[tuple[Line, ...]]:
        self.calls.append((list(raws), wait))
        await asyncio.sleep(0)
        if self._error is not None and not self._is_late:
            raise self._error
        promised: Future[tuple[Line, ...]] = Future()
        if self._error is not None:
            promised.set_exception(self._error)
        else:
            promised.set_result(tuple(NotDone(int(raw)) for raw in raws))
        return promised


def gather(handed: Handed, *asked: tuple[int, Reached]) -> list[Line | BaseException]:
    """Submit envelopes in one turn of a loop; return what became of each."""

    async def submit() -> list[Line | BaseException]:
        gathering = Gathering(handed, MOST)
        promises = (gathering.submit(b"%d" % number, wait) for number, wait in asked)
        return await asyncio.gather(*promises, return_exceptions=True)

    return asyncio.run(submit())


def test_what_comes_in_one_turn_goes_together_and_each_gets_its_own_line() -> None:
    handed = Handed()
    lines = gather(handed, (3, "checkpointed"), (1, "checkpointed"), (2, "checkpointed"))
    assert handed.calls == [([b"3", b"1", b"2"], "checkpointed")]
    assert lines == [NotDone(3), NotDone(1), NotDone(2)]


def test_what_comes_a_turn_later_goes_with_them_and_what_comes_too_late_goes_next() -> None:
    handed = Handed()

    async def submit() -> list[Line]:
        gathering = Gathering(handed, MOST)
        coming = []
        for number, turns in ((1, 1), (2, 1), (3, 40), (4, 0)):
            coming.append(asyncio.create_task(gathering.submit(b"%d" % number, "sequenced")))
            for _ in range(turns):
                await asyncio.sleep(0)
        return await asyncio.gather(*coming)

    assert asyncio.run(submit()) == [NotDone(number) for number in (1, 2, 3, 4)]
    assert [raws for raws, _ in handed.calls] == [[b"1", b"2", b"3"], [b"4"]]


def test_one_alone_goes_without_waiting_for_another() -> None:
    handed = Handed()
    assert gather(handed, (7, "sequenced")) == [NotDone(7)]
    assert handed.calls == [([b"7"], "sequenced")]


def test_those_who_wait_for_something_else_go_apart() -> None:
    handed = Handed()
    lines = gather(handed, (1, "checkpointed"), (2, "sequenced"), (3, "checkpointed"))
    assert handed.calls == [([b"1", b"3"], "checkpointed"), ([b"2"], "sequenced")]
    assert lines == [NotDone(1), NotDone(2), NotDone(3)]


def test_no_more_go_together_than_are_to() -> None:
    handed = Handed()
    lines = gather(handed, *((number, "checkpointed") for number in range(2 * MOST + 1)))
    assert [len(raws) for raws, _ in handed.calls] == [MOST, MOST, 1]
    assert lines == [NotDone(number) for number in range(2 * MOST + 1)]


def test_what_comes_after_the_answer_goes_for_itself() -> None:
    handed = Handed()

    async def submit() -> None:
        gathering = Gathering(handed, MOST)
        await gathering.submit(b"1", "checkpointed")
        await gathering.submit(b"2", "checkpointed")

    asyncio.run(submit())
    assert [raws for raws, _ in handed.calls] == [[b"1"], [b"2"]]


def test_what_comes_while_others_are_read_goes_together_when_they_are() -> None:
    calls: list[list[bytes]] = []

    async def submit() -> list[Line]:
        is_begun, may_end = asyncio.Event(), asyncio.Event()

        async def hand_over(raws: Sequence[bytes], _wait: Reached) -> Future[tuple[Line, ...]]:
            calls.append(list(raws))
            is_begun.set()
            await may_end.wait()
            promised: Future[tuple[Line, ...]] = Future()
            promised.set_result(tuple(NotDone(int(raw)) for raw in raws))
            return promised

        gathering = Gathering(hand_over, MOST)
        promises = [asyncio.create_task(gathering.submit(b"1", "checkpointed"))]
        await is_begun.wait()
        for number in (2, 3):
            promises.append(asyncio.create_task(gathering.submit(b"%d" % number, "checkpointed")))
            await asyncio.sleep(0)
        may_end.set()
        return await asyncio.gather(*promises)

    assert asyncio.run(submit()) == [NotDone(1), NotDone(2), NotDone(3)]
    assert calls == [[b"1"], [b"2", b"3"]]


@pytest.mark.parametrize("is_late", [False, True])
def test_a_failure_is_told_to_each(is_late: bool) -> None:
    error = Unavailable("the ledger is closed")
    handed = Handed(error, is_late=is_late)
    assert gather(handed, (1, "sequenced"), (2, "sequenced")) == [error, error]


def test_a_failure_ends_nothing_for_those_who_come_later() -> None:
    error = Unavailable("the queue is full")
    told = gather(Handed(error), *((number, "sequenced") for number in range(MOST + 1)))
    assert told == [error] * (MOST + 1)


def test_who_gives_up_takes_nothing_from_the_others() -> None:
    handed = Handed()

    async def submit() -> Line:
        gathering = Gathering(handed, MOST)
        first = asyncio.create_task(gathering.submit(b"1", "checkpointed"))
        second = asyncio.create_task(gathering.submit(b"2", "checkpointed"))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(SECONDS):
            return await second

    assert asyncio.run(submit()) == NotDone(2)
    assert handed.calls == [([b"1", b"2"], "checkpointed")]


def test_loops_gather_each_their_own() -> None:
    """Whoever hands over in another loop could never be answered in this one."""
    handed, barrier = Handed(), threading.Barrier(2)
    gathering, lines = Gathering(handed, MOST), {}

    def run(number: int) -> None:
        async def submit() -> Line:
            promise = asyncio.ensure_future(gathering.submit(b"%d" % number, "checkpointed"))
            await asyncio.sleep(0)  # it is gathered, and not handed over
            barrier.wait(SECONDS)
            async with asyncio.timeout(SECONDS):
                return await promise

        lines[number] = asyncio.run(submit())

    threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lines == {1: NotDone(1), 2: NotDone(2)}
    assert sorted(raws for raws, _ in handed.calls) == [[b"1"], [b"2"]]


# -- through the door --------------------------------------------------------------------------


class Submitted:
    """A book's ``submit``, how many envelopes each call brought, and in which thread."""

    def __init__(self, submit: Callable[..., Any]) -> None:
        self._submit = submit
        self.counts: list[int] = []
        self.threads: set[int] = set()

    def __call__(self, raws: Sequence[bytes], **named: Any) -> Any:
        self.counts.append(len(raws))
        self.threads.add(threading.get_ident())
        return self._submit(raws, **named)


async def post(made: Shown, raw: bytes) -> tuple[int, dict[str, Any]]:
    """Post a record by hand, so that several come in one turn; return status and answer."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/records", "raw_path": b"/v1/records", "root_path": "", "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "server": ("here", 80),
        "client": ("there", 1),
    }  # fmt: skip
    told: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    await made.client.app(scope, receive, send)
    return told[0]["status"], json.loads(b"".join(one.get("body", b"") for one in told))


def post_all(made: Shown, raws: Sequence[bytes]) -> list[tuple[int, dict[str, Any]]]:
    async def post_each() -> list[tuple[int, dict[str, Any]]]:
        return await asyncio.gather(*(post(made, raw) for raw in raws))

    return asyncio.run(post_each())


def test_records_that_come_together_are_answered_each_by_itself(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = fresh.registrations(3)
    submitted = Submitted(fresh.book.submit)
    monkeypatch.setattr(fresh.book, "submit", submitted)
    answers = post_all(fresh, [first, b"{}", second, first, third])
    assert submitted.counts == [5]
    assert threading.get_ident() not in submitted.threads, "they were read in the event loop"
    assert [status for status, _ in answers] == [201, 400, 201, 200, 201]
    told = [answer for _, answer in answers]
    assert told[1]["rule"] == "kind"
    assert told[3] == told[0]
    assert {told[at]["status"] for at in (0, 2, 3, 4)} == {"checkpointed"}
    assert len({told[at]["recordId"] for at in (0, 2, 4)}) == 3


def test_a_longer_record_keeps_none_from_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(jewel(), gathered_record_bytes_max=1_500) as made:
        short, other = made.registrations(2)
        assert len(short) < 1_500
        submitted = Submitted(made.book.submit)
        monkeypatch.setattr(made.book, "submit", submitted)
        answers = post_all(made, [short, b"{" + b" " * 1_500, other])
    assert sorted(submitted.counts) == [1, 2]
    assert [status for status, _ in answers] == [201, 400, 201]


class Spoilable(MemoryCheckpoints):
    """A store of checkpoints that fails from when the test says so."""

    is_spoiled = False

    def claim(self, old: Published | None, size: int, root: Hash32) -> None:
        if self.is_spoiled:
            raise StoreFailed("planted")
        super().claim(old, size, root)


def test_what_was_refused_is_told_so_even_if_the_outcome_of_the_others_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, checkpoints = jewel(), Spoilable()
    with shown(scene, Desk(scene, checkpoints=checkpoints)) as made:
        first, second = made.registrations(2)
        foreign = first.replace(b"0x", b"0y")
        submitted = Submitted(made.book.submit)
        monkeypatch.setattr(made.book, "submit", submitted)
        checkpoints.is_spoiled = True
        answers = post_all(made, [first, b"{}", second, foreign])
    assert submitted.counts == [4]
    assert [status for status, _ in answers] == [503, 400, 503, 400]
    told = [answer for _, answer in answers]
    assert (told[0]["detail"], told[2]["detail"]) == (UNKNOWN, UNKNOWN)
    assert told[1]["rule"] == "kind"
