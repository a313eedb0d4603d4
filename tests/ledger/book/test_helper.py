"""A helper answers as one would oneself, or not at all; it ends with its book."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.book import Answer
from ledger.book.following import Last, Line, leaves_of
from ledger.book.helper import LEAST, Helper, signed_of
from ledger.book.reading import Reader
from ledger.entry import Entry, hash_of
from ledger.errors import Damaged, Refusal
from ledger.merkle import leaf_hash
from ledger.signing import SignedRecord, read_signed
from ledger.values import NO_HASH, Milliseconds
from tests.desk import Desk, journey

pytestmark = pytest.mark.long  # it starts processes

READY_SECONDS_MAX = 60.0


def read_all(raws: list[bytes], desk: Desk) -> list[SignedRecord]:
    """Read envelopes without a helper."""
    return [read_signed(raw, desk.world.ledger_id) for raw in raws]


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(journey())


@pytest.fixture(scope="module")
def raws(desk: Desk) -> list[bytes]:
    return desk.say_registrations(LEAST + 50)


@pytest.fixture(scope="module")
def lines(desk: Desk, raws: list[bytes]) -> list[Line]:
    """Return the records as lines of a log, from its beginning on."""
    written: list[Line] = []
    previous = NO_HASH
    for index, signed in enumerate(read_all(raws, desk)):
        entry = Entry(Milliseconds(7), previous, signed.root).encode()
        written.append((index, entry, signed.envelope.raw))
        previous = hash_of(entry)
    return written


def ready(helper: Helper) -> Helper:
    """Wait until a helper answers."""
    until = time.monotonic() + READY_SECONDS_MAX
    while helper.signed(NO_HASH, [b""] * LEAST, LEAST) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return helper


@pytest.fixture
def helper() -> Iterator[Helper]:
    """Yield a helper that is ready."""
    helper = ready(Helper(cores=2))
    yield helper
    helper.close()


def test_leaves_are_those_that_one_computes_oneself(helper, desk, lines) -> None:
    ledger_id = desk.world.ledger_id
    expected = [leaf_hash(entry) for _, entry, _ in lines]
    assert helper.leaves(ledger_id, Last(), lines) == expected
    assert leaves_of(ledger_id, Last(), lines) == expected


def test_lines_that_do_not_follow_are_left_to_whoever_asks(helper, desk, lines) -> None:
    ledger_id, changed = desk.world.ledger_id, list(lines)
    changed[70] = (70, lines[71][1], lines[70][2])
    assert helper.leaves(ledger_id, Last(), changed) is None
    with pytest.raises(Damaged, match="altered at entry 70"):
        leaves_of(ledger_id, Last(), changed)
    assert helper.leaves(ledger_id, Last(), lines) is not None


def test_ids_and_signers_are_those_that_one_finds_oneself(helper, desk, raws) -> None:
    ledger_id = desk.world.ledger_id
    asked = [
        *raws,
        b"no envelope",
        raws[3].replace(b'"signatures":["0x', b'"signatures":["0x00', 1),
    ]
    found = helper.signed(ledger_id, iter(asked), len(asked))
    assert found == signed_of(ledger_id, asked)
    expected = [(one.record_id, one.root, one.signers) for one in read_all(raws, desk)]
    assert found == [*expected, None, None]


def test_a_few_records_are_not_worth_asking_for(helper, desk, raws, lines) -> None:
    few = LEAST - 1
    assert helper.signed(desk.world.ledger_id, raws[:few], few) is None
    assert helper.leaves(desk.world.ledger_id, Last(), lines[:few]) is None


def test_who_asks_while_it_is_at_work_does_the_work_itself(helper, desk, raws, lines) -> None:
    asked = []

    def ask_too() -> Iterator[bytes]:
        for raw in raws:
            asked.append(helper.leaves(desk.world.ledger_id, Last(), lines))
            yield raw

    assert helper.signed(desk.world.ledger_id, ask_too(), len(raws)) is not None
    assert asked == [None] * len(raws)


def test_a_helper_that_was_killed_is_asked_no_more(helper, desk, raws) -> None:
    assert helper.process is not None
    os.kill(helper.process.pid, signal.SIGKILL)
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None


@contextmanager
def stopped(helper: Helper) -> Iterator[None]:
    """Stop the helper's process, as a debugger or a machine that sleeps would."""
    assert helper.process is not None
    process = helper.process
    os.kill(process.pid, signal.SIGSTOP)
    yield
    assert process.poll() is not None  # it was ended, stopped as it was


def test_a_helper_that_is_stopped_keeps_nobody_waiting(monkeypatch, desk) -> None:
    monkeypatch.setattr("ledger.book.helper._ANSWER_SECONDS_MAX", 1.0)
    for count, size in ((LEAST, 10), (500, 4_000)):  # a question that the pipe holds, and a longer
        helper = ready(Helper(cores=2))
        with stopped(helper):
            assert helper.leaves(NO_HASH, Last(), [(0, b"", b"x" * size)] * count) is None
            helper.close()


def test_a_helper_that_ended_while_another_came_for_its_turn_is_not_started_again(
    helper, desk, raws
) -> None:
    turn = helper._turn  # noqa: SLF001 - whoever held it ends the helper, just before it is lent

    class Turn:
        release = turn.release

        def acquire(self, *, blocking: bool) -> bool:
            helper._end()  # noqa: SLF001 - as above
            return turn.acquire(blocking=blocking)

    helper._turn = Turn()  # noqa: SLF001 - as above
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None
    assert helper.process is None
    helper._turn = turn  # noqa: SLF001 - as above


def test_an_answer_of_another_length_is_no_answer(helper, desk, raws, monkeypatch) -> None:
    monkeypatch.setattr(
        "ledger.book.helper.Connection.recv", lambda _: [None] * (len(raws) + 1), raising=True
    )
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None
    assert helper.process is None


def test_a_question_that_breaks_off_does_not_answer_the_next(helper, desk, raws) -> None:
    def breaks_off() -> Iterator[bytes]:
        yield from raws[:-1]
        raise RuntimeError("the question broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        helper.signed(desk.world.ledger_id, breaks_off(), len(raws))
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None


def test_its_process_ends_when_its_pipe_is_closed(helper) -> None:
    process = helper.process
    assert process is not None
    helper._connection.close()  # noqa: SLF001 - as the end of the book's process does
    assert process.wait(READY_SECONDS_MAX) == 0


def test_on_one_core_there_is_none(desk, raws) -> None:
    helper = Helper(cores=1)
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None
    assert helper.process is None


def test_closing_ends_a_helper_that_was_never_ready(desk, raws) -> None:
    helper = Helper(cores=2)
    assert helper.signed(desk.world.ledger_id, raws, len(raws)) is None
    process = helper.process
    helper.close()
    helper.close()
    assert process is not None
    assert process.returncode is not None


def test_a_reader_says_the_same_with_and_without_a_helper(helper, desk, raws) -> None:
    asked = [*raws[:70], b"{}", *raws[70:]]
    asked[5] = raws[5].replace(b'"signatures":["0x', b'"signatures":["0x00', 1)
    asked[9] = raws[9].replace(b'"signatures":[', b'"signatures":["0x' + b"11" * 65 + b'",', 1)
    closed = Helper()
    closed.close()
    found = list(Reader(desk.world.ledger_id, helper).read(asked))
    assert found == list(Reader(desk.world.ledger_id, closed).read(asked))
    refused = [place for place, each in enumerate(found) if isinstance(each, Refusal)]
    assert refused == [5, 9, 70]


def children() -> set[str]:
    """Return the ids of this process's own processes."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}


def test_a_book_with_helpers_takes_records_in_and_leaves_no_process_behind() -> None:
    desk, before = Desk(journey()).fill(), children()
    with desk.open() as book:
        for _ in range(3):
            raws = desk.say_registrations(LEAST)
            desk.clock.now_ms = desk.world.now_ms
            lines = book.submit(raws).result(READY_SECONDS_MAX)
            assert all(isinstance(line, Answer) for line in lines)
    assert children() <= before
    assert desk.audit().is_clean
