"""What a failure at each step leaves: nobody is told a thing that does not hold afterwards."""

from __future__ import annotations

import pytest

from ledger.book import Answer
from ledger.book.publishing import Publisher
from ledger.checkpoint import Checkpoint
from ledger.errors import ClockBehind, HeadMoved, RefusesToStart, StoreFailed, Unavailable
from tests.desk import LOG_KEY, Desk, journey
from tests.failing import STEPS, Disk, FailingCheckpoints, FailingStore

AFTER_COMMIT = STEPS[STEPS.index("commit-after") :]


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def fail_at(desk: Desk, step: str, raws: list[bytes]) -> tuple[list[Exception], bool]:
    """Open the book over stores that fail at a step, send records, and let it end.

    Returns:
        Why the book ended, and whether the records were acknowledged.

    """
    disk, fatal = Disk(), list[Exception]()
    store, checkpoints = desk.store, desk.checkpoints
    desk.store, desk.checkpoints = FailingStore(store, disk), FailingCheckpoints(checkpoints, disk)
    try:
        with desk.open(on_fatal=fatal.append) as book:
            disk.fails_at = step
            acknowledged = book.submit(raws).exception(60) is None
            with pytest.raises(Unavailable, match=f"planted at {step}"):
                book.append(raws[0])
            assert isinstance(book.fault, StoreFailed)
    finally:
        desk.store, desk.checkpoints = store, checkpoints
    assert disk.met == [step]
    return fatal, acknowledged


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_ends_the_book_and_a_fresh_start_finds_all_in_order(
    desk: Desk, step: str
) -> None:
    size = desk.head().size
    raws = desk.say_registrations(3)
    fatal, acknowledged = fail_at(desk, step, raws)
    assert [type(error) for error in fatal] == [StoreFailed]
    assert not acknowledged
    assert (desk.head().size > size) == (step in AFTER_COMMIT)
    with desk.open() as book:
        lines = [book.append(raw) for raw in raws]
    assert [line.index for line in lines] == [size, size + 1, size + 2]
    assert lines[0].again == (step in AFTER_COMMIT)
    assert desk.audit().faults == ()


@pytest.mark.parametrize("step", STEPS)
def test_a_promise_that_is_broken_says_that_the_outcome_is_unknown(desk: Desk, step: str) -> None:
    (raw,) = desk.say_registrations(1)
    disk = Disk()
    desk.store = FailingStore(desk.store, disk)
    desk.checkpoints = FailingCheckpoints(desk.checkpoints, disk)
    with desk.open() as book:
        disk.fails_at = step
        with pytest.raises(Unavailable, match="ask by record id"):
            book.append(raw)


@pytest.mark.parametrize("step", AFTER_COMMIT[1:])
def test_a_failed_publication_does_not_take_back_what_was_sequenced(desk: Desk, step: str) -> None:
    (raw,) = desk.say_registrations(1)
    disk = Disk()
    store, checkpoints = desk.store, desk.checkpoints
    desk.store, desk.checkpoints = FailingStore(store, disk), FailingCheckpoints(checkpoints, disk)
    with desk.open() as book:
        disk.fails_at = step
        answer = book.append(raw, wait="sequenced")
    desk.store, desk.checkpoints = store, checkpoints
    assert answer.status == "sequenced"
    with desk.open() as book:
        again = book.append(raw)
    assert (again.index, again.again, again.status) == (answer.index, True, "checkpointed")


@pytest.mark.parametrize("step", ["claim-after", "keep-before"])
def test_a_claim_without_a_note_is_finished_before_anything_else(desk: Desk, step: str) -> None:
    raws = desk.say_registrations(2)
    fail_at(desk, step, raws[:1])
    claimed = desk.checkpoints.latest()
    assert claimed is not None
    assert claimed.note is None
    told: list[int] = []
    with desk.open(on_published=lambda published: told.append(published.size)) as book:
        assert book.published.size == claimed.size
        book.append(raws[1])
    note = desk.checkpoints.note_at(claimed.size)
    assert note is not None
    assert Checkpoint(LOG_KEY.name, claimed.size, claimed.root).format().encode() in note
    assert told == [claimed.size + 1]


def test_a_note_that_is_kept_but_was_not_shown_stays_as_it_is(desk: Desk) -> None:
    fail_at(desk, "keep-after", desk.say_registrations(1))
    kept = desk.checkpoints.latest()
    with desk.open() as book:
        assert book.published == kept


def test_a_head_that_somebody_else_moved_ends_the_book(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    store = FailingStore(desk.store)

    class Moved(Disk):
        def step(self, name: str) -> None:
            if name == "commit-before":
                raise HeadMoved("by somebody else")

    desk.store = FailingStore(store, Moved())
    with desk.open() as book:
        with pytest.raises(Unavailable, match="ask by record id"):
            book.append(raw)
        assert isinstance(book.fault, HeadMoved)
    desk.store = store
    with desk.open() as book:
        assert not book.append(raw).again


def test_another_publisher_of_the_same_log_ends_the_book(desk: Desk) -> None:
    raws = desk.say_registrations(2)
    first, fatal = FailingCheckpoints(desk.checkpoints), list[Exception]()
    other = Publisher(desk.store, desk.checkpoints, [LOG_KEY], desk.world.ledger_id)
    desk.checkpoints = first
    with desk.open(on_fatal=fatal.append) as book:
        first.before_claim = other.publish
        with pytest.raises(Unavailable):
            book.append(raws[0])
    assert [type(error) for error in fatal] == [HeadMoved]


def test_a_clock_a_little_behind_gives_the_last_time_again(desk: Desk) -> None:
    raws = desk.say_registrations(2)
    with desk.open() as book:
        last = book.append(raws[0]).recorded_at_ms
        desk.clock.now_ms = last - 5_000
        assert book.append(raws[1]).recorded_at_ms == last
    assert desk.audit().faults == ()


def test_a_clock_far_behind_ends_the_book_and_writes_nothing(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    size, fatal = desk.head().size, list[Exception]()
    with desk.open(on_fatal=fatal.append) as book:
        desk.clock.now_ms -= 5_001
        with pytest.raises(ClockBehind, match="5001 ms behind"):
            book.append(raw)
        with pytest.raises(Unavailable, match="behind the last entry"):
            book.append(raw)
    assert [type(error) for error in fatal] == [ClockBehind]
    assert desk.head().size == size
    with pytest.raises(RefusesToStart, match="behind the last entry"):
        desk.open()
    desk.clock.now_ms += 1
    with desk.open() as book:
        assert isinstance(book.append(raw), Answer)


def test_who_is_told_of_the_end_may_close_the_book(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    disk = Disk()
    desk.store = FailingStore(desk.store, disk)
    book = desk.open(on_fatal=lambda _: book.close())
    disk.fails_at = "lock"
    with pytest.raises(Unavailable):
        book.append(raw)
    book.close()
