"""The publisher signs nothing that it has not read again and found in order."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import entry as entries
from ledger.book.book import PUBLISH_TRIES_AT_CLOSE
from ledger.book.publishing import Publisher
from ledger.checkpoint import SignerKey, open_checkpoint
from ledger.custody import CharterInForce
from ledger.database import SETTINGS
from ledger.errors import Damaged, RefusesToStart, Unavailable
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Published, Row, Store
from ledger.store.sqlite import SqliteStore
from ledger.values import Hash32, Milliseconds
from tests.desk import LOG_KEY, Desk, journey, long_journey
from tests.failing import FailingStore
from tests.planting import Plan, Planted, Tables
from tests.world import ORIGIN, secret_of

PUBLISHED = 20


def ahead(whole: Desk) -> tuple[Desk, MemoryCheckpoints]:
    """Return a ledger with entries beyond its checkpoint store, which is at ``PUBLISHED``."""
    shorter = Desk(whole.world).fill(PUBLISHED)
    assert isinstance(shorter.checkpoints, MemoryCheckpoints)
    return whole, shorter.checkpoints


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def publisher(desk: Desk, checkpoints: MemoryCheckpoints, plan: Plan) -> Publisher:
    """Return a publisher that reads a store with planted damage."""
    return Publisher(Planted(desk.store, plan), checkpoints, [LOG_KEY], desk.world.ledger_id)


def rows(desk: Desk) -> list[Row]:
    """Return all lines of the log."""
    with desk.store.view() as view:
        return list(view.rows(0, desk.head().size))


def test_what_is_in_order_is_published(desk: Desk) -> None:
    whole, checkpoints = ahead(desk)
    published = publisher(whole, checkpoints, Plan()).publish()
    assert (published.size, published.root) == (25, desk.head().root)
    assert checkpoints.latest() == published
    opened = open_checkpoint(published.note or b"", [LOG_KEY.verifier_key])
    assert opened.checkpoint.size == 25


def test_publishing_again_signs_nothing_more(desk: Desk) -> None:
    whole, checkpoints = ahead(desk)
    one = publisher(whole, checkpoints, Plan())
    assert one.publish() == one.publish()
    assert len(checkpoints.claims(PUBLISHED, 10)) == 1


def other_time(row: Row) -> Row:
    line = entries.decode(row.entry)
    return replace(row, entry=replace(line, recorded_at_ms=Milliseconds(0)).encode())


def other_root(row: Row) -> Row:
    line = entries.decode(row.entry)
    return replace(row, entry=replace(line, root=Hash32(bytes(32))).encode())


def other_link(row: Row) -> Row:
    line = entries.decode(row.entry)
    return replace(row, entry=replace(line, previous=Hash32(bytes(32))).encode())


def other_sort(row: Row) -> Row:
    line = entries.decode(row.entry)
    return replace(row, entry=replace(line, sort=entries.Sort.MAP).encode())


def other_envelope(row: Row) -> Row:
    return replace(row, envelope=row.envelope[:-2] + b" }")


def other_signature(row: Row) -> Row:
    at = row.envelope.index(b'"signatures":["0x') + len(b'"signatures":["0x')
    digit = b"1" if row.envelope[at : at + 1] != b"1" else b"2"
    return replace(row, envelope=row.envelope[:at] + digit + row.envelope[at + 1 :])


CHANGES = (other_time, other_root, other_link, other_sort, other_envelope, other_signature)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("index", [PUBLISHED, 22, 24])
def test_an_entry_that_is_not_what_was_written_is_not_signed(
    desk: Desk, change: Callable[[Row], Row], index: int
) -> None:
    whole, checkpoints = ahead(desk)
    plan = Plan({index: change(rows(desk)[index])})
    with pytest.raises(Damaged, match=r"(altered|reorder) at (entry|head)"):
        publisher(whole, checkpoints, plan).publish()
    latest = checkpoints.latest()
    assert latest is not None
    assert latest.size == PUBLISHED


@pytest.mark.parametrize("index", [PUBLISHED - 1, PUBLISHED, 22, 24])
def test_a_missing_entry_is_not_signed(desk: Desk, index: int) -> None:
    whole, checkpoints = ahead(desk)
    with pytest.raises(Damaged, match=r"gap|truncated"):
        publisher(whole, checkpoints, Plan({index: None})).publish()


@pytest.mark.parametrize(
    "changes",
    [
        {"root": Hash32(bytes(32))},
        {"entry_hash": Hash32(bytes(32))},
        {"recorded_at_ms": Milliseconds(1)},
        {"size": 24},
        {"size": 26},
    ],
    ids=["root", "hash", "time", "shorter", "longer"],
)
def test_a_head_that_the_entries_do_not_give_is_not_signed(
    desk: Desk, changes: dict[str, object]
) -> None:
    whole, checkpoints = ahead(desk)
    plan = Plan(head=replace(desk.head(), **changes))
    with pytest.raises(Damaged):
        publisher(whole, checkpoints, plan).publish()


def test_another_root_than_the_published_one_is_a_fork(desk: Desk) -> None:
    checkpoints = MemoryCheckpoints()
    checkpoints.claim(None, PUBLISHED, Hash32(bytes(32)))
    checkpoints.keep(PUBLISHED, b"")
    with pytest.raises(Damaged, match="forked at checkpoint 20"):
        publisher(desk, checkpoints, Plan()).publish()


def test_a_claim_that_is_not_the_logs_is_not_finished(desk: Desk) -> None:
    for size in (PUBLISHED, 25, 30):
        checkpoints = MemoryCheckpoints()
        checkpoints.claim(None, size, Hash32(bytes(32)))
        with pytest.raises(Damaged, match=f"forked at checkpoint {size}"):
            publisher(desk, checkpoints, Plan()).publish()
        assert checkpoints.note_at(size) is None


def test_a_log_shorter_than_what_was_published_is_not_signed(desk: Desk) -> None:
    shorter = Desk(desk.world).fill(PUBLISHED)
    assert isinstance(desk.checkpoints, MemoryCheckpoints)
    with pytest.raises(Damaged, match="truncated at entry 20: 25 were published"):
        publisher(shorter, desk.checkpoints, Plan()).publish()


def test_a_checkpoint_store_that_was_emptied_is_not_written_to(desk: Desk) -> None:
    with pytest.raises(Damaged, match="truncated at checkpoint store"):
        publisher(desk, MemoryCheckpoints(), Plan()).publish()


def test_tiles_that_are_not_the_entries_are_not_proved_from() -> None:
    whole = Desk(long_journey()).fill()
    for size in (300, 519):
        shorter = Desk(whole.world).fill(size)
        assert isinstance(shorter.checkpoints, MemoryCheckpoints)
        with whole.store.view() as view:
            tile = view.read_tile(0, 0, 256)
        plan = Plan(tiles={(0, 0): tile[32:] + tile[:32]}, roots={(0, 0): bytes(32)})
        with pytest.raises(Damaged):
            publisher(whole, shorter.checkpoints, plan).publish()


def test_a_key_of_another_name_or_none_signs_nothing(desk: Desk) -> None:
    whole, checkpoints = ahead(desk)
    for signers in ([], [SignerKey(ORIGIN, secret_of("stranger"))]):
        one = Publisher(whole.store, checkpoints, signers, desk.world.ledger_id)
        with pytest.raises(RefusesToStart, match="names none of the log's keys"):
            one.publish()
    assert checkpoints.note_at(25) is None


def test_an_origin_altered_in_the_derived_tables_is_not_claimed_or_signed(desk: Desk) -> None:
    whole, checkpoints = ahead(desk)
    ids = {index: signed.record_id for index, (_, signed, _) in enumerate(desk.world.log)}
    with whole.store.view() as view:
        tables = Tables.of(view, ids)
    charter = tables.items[CharterInForce, b""]
    assert isinstance(charter, CharterInForce)
    tables.items[CharterInForce, b""] = replace(charter, origin="ledger.example/another")
    tables.put(whole.store)
    published = publisher(whole, checkpoints, Plan()).publish()
    opened = open_checkpoint(published.note or b"", [LOG_KEY.verifier_key])
    assert opened.checkpoint.origin == ORIGIN


def test_a_doubt_of_the_publisher_ends_the_book_and_nothing_is_claimed(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    plan, fatal = Plan(), list[Exception]()
    store = desk.store
    desk.store = Planted(store, plan)
    with desk.open(on_fatal=fatal.append) as book:
        before = book.published
        plan.rows[25] = rows(Desk(desk.world).fill())[24]
        with pytest.raises(Unavailable, match="ask by record id"):
            book.append(raw)
        assert book.published == before
    assert isinstance(fatal[0], Damaged)
    assert isinstance(before, Published)
    assert desk.checkpoints.latest() == before


def test_a_listener_that_fails_does_not_end_the_book(desk: Desk) -> None:
    raws, heard, fatal = desk.say_registrations(2), list[int](), list[Exception]()

    def fail(published: Published) -> None:
        heard.append(published.size)
        raise OSError("its disk is full")

    with desk.open(on_fatal=fatal.append, on_published=fail) as book:
        answers = [book.append(raw, timeout_seconds=60) for raw in raws]
        assert [answer.status for answer in answers] == ["checkpointed"] * 2
        assert book.fault is None
    assert heard == [26, 27]
    assert fatal == []


def test_stores_that_are_too_busy_for_a_while_delay_the_publisher_and_do_not_end_the_book(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.book.PUBLISH_PAUSE_SECONDS", 0)
    (raw,) = desk.say_registrations(1)
    desk.store = busy = Busy(desk.store)
    with desk.open() as book:
        busy.refusals_left = 3
        assert book.append(raw, timeout_seconds=60).status == "checkpointed"
        assert busy.refusals_left == 0


def test_stores_that_stay_too_busy_end_the_book_only_when_it_closes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.book.PUBLISH_PAUSE_SECONDS", 0)
    first, second = desk.say_registrations(2)
    desk.store = busy = Busy(desk.store)
    with desk.open() as book:
        busy.refusals_left = sys.maxsize
        waiting = book.submit([first])
        assert busy.has_refused_often.wait(60)
        assert book.append(second, wait="sequenced", timeout_seconds=60).status == "sequenced"
        assert book.fault is None
        book.close()
        with pytest.raises(Unavailable, match="ask by record id"):
            waiting.result(60)
    busy.refusals_left = 0
    with desk.open() as book:
        assert book.published.size == 27


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_readers_that_hold_every_view_do_not_keep_the_publisher_from_its_work(
    tmp_path: Path, kind: str
) -> None:
    settings = replace(SETTINGS, readers=2, reader_wait_ms=1)
    store = MemoryStore() if kind == "memory" else SqliteStore.create(tmp_path / "l.db", settings)
    desk = Desk(journey(), store).fill()
    (raw,) = desk.say_registrations(1)
    with closing(store), desk.open() as book, book.view(), book.view():
        assert book.append(raw, timeout_seconds=60).status == "checkpointed"


class Busy(FailingStore):
    """A store that has no view to lend to the publisher for a while."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.refusals_left = 0
        self.refused = 0
        self.has_refused_often = threading.Event()

    @contextmanager
    def view_aside(self) -> Iterator[Any]:
        if self.refusals_left:
            self.refusals_left -= 1
            self.refused += 1
            if self.refused > 3 * PUBLISH_TRIES_AT_CLOSE:
                self.has_refused_often.set()
            raise Unavailable("too many read")
        with super().view_aside() as view:
            yield view
