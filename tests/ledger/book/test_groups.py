"""Many callers at once: groups, duplicates in flight, and checkpoints that cover many groups."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from ledger.book import Answer, Book, Line, WatchedClock
from ledger.book.drafting import Edge
from ledger.book.queueing import Batch, Portion, portions_of
from ledger.book.sequencing import sequence
from ledger.database import SETTINGS
from ledger.errors import ClockAhead, Refusal, Unavailable
from ledger.limits import LIMITS
from ledger.signing import read_signed
from ledger.store.protocol import Store
from ledger.store.sqlite import SqliteStore
from tests.desk import LOG_KEY, Clock, Desk, journey
from tests.failing import FailingCheckpoints, FailingStore
from tests.trials import trials


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


class Gate:
    """Holds a thread of the book until the test opens it; tells when it has arrived."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> None:
        self.arrived.set()
        assert self.opened.wait(60)


def only(promise: Future[tuple[Line, ...]]) -> Line:
    """Return the one line of an answer."""
    (line,) = promise.result(60)
    return line


def test_records_that_wait_together_are_committed_together(desk: Desk) -> None:
    gate, store = Gate(), FailingStore(desk.store)
    desk.store, store.before_turn = store, gate
    raws = desk.say_registrations(20)
    with desk.open() as book:
        first = book.submit(raws[:1])
        assert gate.arrived.wait(60)
        others = [book.submit([raw]) for raw in raws[1:]]
        gate.opened.set()
        lines = [only(promise) for promise in (first, *others)]
    assert [len(group.rows) for group in store.groups] == [1, 19]
    assert all(isinstance(line, Answer) and not line.again for line in lines)
    assert len({row.entry[1:9] for row in store.groups[1].rows}) == 1  # one time for a group


def test_a_group_takes_no_more_than_its_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = replace(LIMITS, group_records_max=8)
    monkeypatch.setattr("ledger.book.queueing.LIMITS", fewer)
    store = FailingStore(desk.store)
    desk.store = store
    raws = desk.say_registrations(20)
    with desk.open() as book:
        book.submit(raws[:10]).result(60)
        book.submit(raws[10:], atomic=True).result(60)
    assert sorted(len(group.rows) for group in store.groups) == [2, 8, 10]  # atomic ones stay whole


def test_a_duplicate_in_flight_waits_and_gets_the_first_answer(desk: Desk) -> None:
    gate, store = Gate(), FailingStore(desk.store)
    desk.store, store.before_turn = store, gate
    (raw,) = desk.say_registrations(1)
    with desk.open() as book:
        book.submit([b""]).result(60)
        promises = [book.submit([raw]) for _ in range(8)]
        assert gate.arrived.wait(60)
        assert not any(promise.done() for promise in promises)
        gate.opened.set()
        lines = [only(promise) for promise in promises]
    assert [line.again for line in lines if isinstance(line, Answer)] == [False] + 7 * [True]
    assert len({line.index for line in lines if isinstance(line, Answer)}) == 1


def test_a_group_for_which_the_lock_cannot_be_had_is_sent_back_and_the_book_goes_on(
    tmp_path: Path,
) -> None:
    path, told = tmp_path / "log.db", list[Exception]()
    with closing(SqliteStore.create(path, replace(SETTINGS, busy_ms=1))) as store:
        desk = Desk(journey(), store).fill()
        (raw,) = desk.say_registrations(1)
        with desk.open(on_fatal=told.append) as book:
            with closing(apsw.Connection(str(path))) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(Unavailable, match=r"another process.*send it again"):
                    book.append(raw, timeout_seconds=60)
            assert not book.append(raw, timeout_seconds=60).again
            assert (book.fault, told) == (None, [])


@pytest.mark.long
def test_many_threads_get_one_answer_each_and_the_audit_is_clean(desk: Desk) -> None:
    raws = desk.say_registrations(trials("book.threads_records"))
    with desk.open() as book, ThreadPoolExecutor(16) as threads:
        lines = list(threads.map(book.append, raws + raws[::-1]))
    assert sorted(line.index for line in lines if not line.again) == list(
        range(len(desk.world.log) - len(raws), len(desk.world.log))
    )
    assert sum(line.again for line in lines) == len(raws)
    assert len({(line.record_id, line.index) for line in lines}) == len(raws)
    assert {line.status for line in lines} == {"checkpointed"}
    assert desk.audit().faults == ()


@pytest.mark.long
def test_of_many_who_spend_one_parcel_exactly_one_wins(desk: Desk) -> None:
    for _ in range(trials("book.races")):
        desk.say_registrations(1)
        start, parcel = len(desk.world.log) - 1, desk.world.log[-1][2].parcels[0]
        raws = []
        for number in range(64):
            rival = desk.world.fork()
            rival.salts_given += 1_000 * number
            raws.append(rival.offer(parcel, "miner-bw", "trader-be").envelope.raw)
        with desk.open() as book, ThreadPoolExecutor(64) as threads:
            book.append(desk.raws(start)[0])
            lines = list(threads.map(lambda raw: only(book.submit([raw])), raws))
        winners = [line for line in lines if isinstance(line, Answer)]
        losers = {line.rule for line in lines if isinstance(line, Refusal)}
        assert len(winners) == 1
        assert losers == {"parcel-offered"}
        desk.world.append(read_back(desk, winners[0].index))


def read_back(desk: Desk, index: int):
    """Return the envelope at an index, as it is stored."""
    with desk.store.view() as view:
        row = view.row(index)
    assert row is not None
    return read_signed(row.envelope, desk.world.ledger_id).envelope


def test_one_checkpoint_covers_all_that_was_sequenced_meanwhile(desk: Desk) -> None:
    gate, checkpoints = Gate(), FailingCheckpoints(desk.checkpoints)
    desk.checkpoints, checkpoints.before_claim = checkpoints, gate
    raws = desk.say_registrations(10)
    kept = len(checkpoints.claims(-1, 1000))
    with desk.open() as book:
        first = book.submit(raws[:1])
        assert gate.arrived.wait(60)
        for raw in raws[1:-1]:
            assert isinstance(only(book.submit([raw], wait="sequenced")), Answer)
        last = book.submit(raws[-1:])
        assert not first.done()
        gate.opened.set()
        assert isinstance(only(last), Answer)
        assert isinstance(only(first), Answer)
    assert len(checkpoints.claims(-1, 1000)) in (kept + 2, kept + 3)


def group_of(desk: Desk, raws: list[bytes]) -> list[Portion]:
    """Return a group of records as the writer takes them."""
    signed = [(at, read_signed(raw, desk.world.ledger_id)) for at, raw in enumerate(raws)]
    return list(portions_of(Batch(len(raws), "sequenced"), signed, atomic=False))


def edge_of(store: Store) -> Edge:
    """Return the right edge of a store's log."""
    with store.view() as view:
        return Edge.load(view)


def test_a_cached_edge_is_dropped_when_the_head_has_moved(desk: Desk) -> None:
    raws = desk.say_registrations(4)
    stale = edge_of(desk.store)
    moved = sequence(desk.store, group_of(desk, raws[:2]), stale, desk.clock)
    after = sequence(desk.store, group_of(desk, raws[2:]), stale, desk.clock)
    assert moved.edge.head.size + 2 == after.edge.head.size
    assert after.edge.head == desk.head() == edge_of(desk.store).head


def test_a_group_in_which_nothing_is_accepted_leaves_the_edge(desk: Desk) -> None:
    edge = edge_of(desk.store)
    done = sequence(desk.store, group_of(desk, desk.raws(3, 6)), edge, desk.clock)
    assert done.edge is edge
    assert all(isinstance(line, Answer) and line.again for line in done.lines[0])


def test_a_clock_that_leaps_ahead_of_the_time_that_passed_ends_the_book() -> None:
    desk, passed, told = Desk(journey()).fill(), Clock(0), []
    first, second, third = desk.say_registrations(3)
    day_ms = LIMITS.clock_ahead_ms_max
    watched = WatchedClock(desk.clock, passed)
    with Book.open(
        desk.store, desk.checkpoints, [LOG_KEY], watched, on_fatal=told.append
    ) as book:  # fmt: skip
        desk.clock.now_ms, passed.now_ms = desk.clock.now_ms + 9 * day_ms, 8 * day_ms
        assert book.append(first).index == 25
        desk.clock.now_ms += 1
        with pytest.raises(ClockAhead):
            book.append(second)
        with pytest.raises(Unavailable):
            book.append(third)
    assert [type(one) for one in told] == [ClockAhead]
    assert desk.head().size == 26
