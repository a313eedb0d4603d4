"""Private fields on their way in: kept with what is accepted, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest

from ledger import drafts
from ledger.book import Answer, NotDone
from ledger.canonical import Envelope
from ledger.canonical.private import join_private
from ledger.errors import AdamantError, Refusal, StoreFailed, Unavailable
from ledger.signing.private import PrivateField, private_to_plain, with_private
from ledger.store.private import Keeping, MemoryPrivate, PrivateStore
from ledger.values import Hash32
from tests.desk import Desk, journey
from tests.failing import Disk, FailingStore
from tests.world import World, address_of

CANARY = "canary of a name"


def admission(
    world: World, value: str = CANARY, by: str = "governor-1"
) -> tuple[Envelope, tuple[PrivateField, ...], bytes]:
    """Return an Admission of another trader with its name: envelope, fields, and what is sent."""
    record = drafts.admission(
        world.speaker("governor-1"), world.moment(), address_of("trader-ae"), "trader", "AE",
        previous=world.head_of(address_of("trader-ae")),
    )  # fmt: skip
    record, fields = with_private(record, {"name": value}, world.salt)
    envelope = world.sign(record, by)
    return envelope, fields, join_private(envelope.raw, private_to_plain(fields))


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def id_of(desk: Desk, envelope: Envelope) -> Hash32:
    return desk.world.read(envelope).record_id


def test_what_is_accepted_is_kept_and_the_log_holds_the_envelope_alone(desk: Desk) -> None:
    envelope, fields, body = admission(desk.world)
    desk.clock.now_ms = desk.world.now_ms
    with desk.open() as book:
        answer = book.append(body)
        assert book.append(envelope.raw).index == answer.index, "one record, with fields or without"
        assert [kept.field for kept in desk.private.of(answer.record_id)] == list(fields)
        assert desk.private.about(address_of("trader-ae"), 5) == [answer.record_id]
        assert desk.private.pending() == []
        with book.view() as view:
            row = view.row(answer.index)
    assert row is not None
    assert row.envelope == envelope.raw
    assert not desk.audit().faults


def test_fields_may_follow_a_record_that_was_accepted_without(desk: Desk) -> None:
    envelope, fields, body = admission(desk.world)
    desk.clock.now_ms = desk.world.now_ms
    with desk.open() as book:
        first = book.append(envelope.raw)
        assert desk.private.of(first.record_id) == []
        again = book.append(body)
        assert again.again
        assert [kept.field for kept in desk.private.of(first.record_id)] == list(fields)
        assert desk.private.pending() == []
        desk.private.erase(first.record_id, 0, 5)
        book.append(body)
        assert desk.private.of(first.record_id)[0].field is None, "erased is for ever"


def spoiled(body: bytes) -> bytes:
    """Return what is sent with another value than the record commits to."""
    return body.replace(CANARY.encode(), b"canary of a namf")


@pytest.mark.parametrize("atomic", [False, True])
def test_a_field_that_proves_nothing_refuses_its_record_and_keeps_nothing(
    desk: Desk, atomic: bool
) -> None:
    envelope, _, body = admission(desk.world)
    (other,) = desk.say_registrations(1)
    desk.clock.now_ms = desk.world.now_ms
    with desk.open() as book:
        lines = book.submit([spoiled(body), other], atomic=atomic).result(60)
        assert isinstance(lines[0], Refusal)
        assert (lines[0].rule, lines[0].field) == ("details", "private.name")
        assert isinstance(lines[1], NotDone if atomic else Answer)
    assert desk.private.of(id_of(desk, envelope)) == []


@pytest.mark.parametrize("atomic", [False, True])
def test_the_fields_of_a_record_that_the_rules_refuse_are_never_kept(
    desk: Desk, atomic: bool
) -> None:
    envelope, _, body = admission(desk.world, by="trader-be")
    kept: list[Keeping] = []
    desk.private = Watching(desk.private, kept.extend)
    desk.clock.now_ms = desk.world.now_ms
    with desk.open() as book:
        (line,) = book.submit([body], atomic=atomic).result(60)
    assert isinstance(line, Refusal)
    assert line.rule == "signer"
    assert not kept
    assert desk.private.of(id_of(desk, envelope)) == []


def test_a_book_that_keeps_no_private_fields_takes_no_record_with_some(desk: Desk) -> None:
    _, _, body = admission(desk.world)
    desk.private = None  # type: ignore[assignment]  # as whoever opens a book without
    with desk.open() as book:
        (line,) = book.submit([body]).result(60)
    assert isinstance(line, Refusal)
    assert (line.rule, line.field) == ("fields", "private")


class Watching:
    """A store of private values that tells of what it is to keep, before it does."""

    def __init__(self, store: PrivateStore, told: Callable[[Sequence[Keeping]], object]) -> None:
        self._store = store
        self._told = told

    def keep(self, keepings: Sequence[Keeping]) -> None:
        self._told(keepings)
        self._store.keep(keepings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_fields_are_kept_before_the_log_holds_their_record(desk: Desk) -> None:
    _, _, body = admission(desk.world)
    sizes: list[int] = []
    desk.private = Watching(desk.private, lambda _: sizes.append(desk.head().size))  # type: ignore[assignment]  # a store
    desk.clock.now_ms = desk.world.now_ms
    before = desk.head().size
    with desk.open() as book:
        book.append(body)
    assert sizes == [before]


class NeverConfirms(MemoryPrivate):
    """A store whose confirmations are lost, as a crash loses them."""

    def confirm(self, record_ids: Collection[Hash32]) -> None:
        pass


@pytest.mark.parametrize("step", ["commit-before", "commit-after"])
def test_after_a_crash_the_log_decides_what_stays(step: str) -> None:
    desk = Desk(journey(), private=NeverConfirms())
    desk.fill()
    envelope, fields, body = admission(desk.world)
    desk.clock.now_ms = desk.world.now_ms
    sound, disk = desk.store, Disk()
    desk.store = FailingStore(sound, disk)  # type: ignore[assignment]  # a store
    with desk.open() as book:
        disk.fails_at = step
        with pytest.raises(Unavailable):
            book.append(body)
    record_id = id_of(desk, envelope)
    assert desk.private.pending() == [record_id]
    desk.store = sound
    with desk.open():
        pass
    assert desk.private.pending() == []
    expected = list(fields) if step == "commit-after" else []
    assert [kept.field for kept in desk.private.of(record_id)] == expected


class Failing(MemoryPrivate):
    """A store that cannot keep."""

    def __init__(self, error: AdamantError) -> None:
        super().__init__()
        self._error = error

    def keep(self, _keepings: Sequence[Keeping]) -> None:
        raise self._error


def test_a_store_that_fails_ends_the_book_before_the_log_is_written(desk: Desk) -> None:
    _, _, body = admission(desk.world)
    desk.clock.now_ms = desk.world.now_ms
    before = desk.head()
    desk.private = Failing(StoreFailed("planted"))
    with desk.open() as book:
        with pytest.raises(Unavailable):
            book.append(body)
        assert isinstance(book.fault, StoreFailed)
    assert desk.head() == before


def test_a_store_that_is_busy_sends_the_group_back(desk: Desk) -> None:
    _, _, body = admission(desk.world)
    (other,) = desk.say_registrations(1)
    desk.clock.now_ms = desk.world.now_ms
    desk.private = Failing(Unavailable("busy"))
    with desk.open() as book:
        with pytest.raises(Unavailable, match="send it again"):
            book.append(body)
        assert isinstance(book.append(other), Answer)


def test_fields_count_against_the_room_of_the_queue(desk: Desk) -> None:
    envelope, fields, _ = admission(desk.world, "x" * 1_000)
    keeping = Keeping(id_of(desk, envelope), fields)
    assert keeping.size_bytes > 1_000
