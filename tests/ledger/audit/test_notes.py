"""Damage planted in the checkpoint store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.audit import audit
from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.errors import HeadMoved
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Published, chain_claim
from ledger.values import Hash32
from tests.desk import LOG_KEY, Desk, journey
from tests.world import ORIGIN, secret_of

STRANGER = SignerKey(ORIGIN, secret_of("stranger"))


class Shelf(MemoryCheckpoints):
    """A checkpoint store that shows what the test puts there."""

    def __init__(self, kept: list[Published]) -> None:
        super().__init__()
        self.kept: list[Published] = []
        for one in kept:  # chained as its maker would, who knows the public rule
            before = self.kept[-1] if self.kept else None
            self.kept.append(replace(one, chain=chain_claim(before, one.size, one.root)))

    def latest(self) -> Published | None:
        return self.kept[-1] if self.kept else None

    def claims(self, after: int, limit: int) -> list[Published]:
        return [one for one in self.kept if one.size > after][:limit]


@pytest.fixture
def desk() -> Desk:
    """Return a ledger with a checkpoint for each of its last records."""
    desk = Desk(journey()).fill(10)
    with desk.open() as book:
        for raw in desk.raws(10):
            book.append(raw)
    return desk


def kept(desk: Desk) -> list[Published]:
    """Return all kept checkpoints."""
    return desk.checkpoints.claims(-1, 1_000)


def found(desk: Desk, shelf: list[Published]) -> list[tuple[str, str]]:
    """Return kind and place of each fault."""
    report = audit(desk.store, Shelf(shelf), MemoryStore())
    return [(fault.kind, fault.place) for fault in report.faults]


def signed(size: int, root: Hash32, *signers: SignerKey) -> Published:
    """Return a checkpoint as the store keeps it."""
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root), signers or [LOG_KEY])
    return Published(size, root, note.encode())


def test_a_checkpoint_store_as_it_was_is_clean(desk: Desk) -> None:
    shelf = kept(desk)
    assert [one.size for one in shelf] == [0, 1, *range(10, 26)]
    assert found(desk, shelf) == []
    assert desk.audit().figures.checkpoints == len(shelf)


@pytest.mark.parametrize("at", [0, 1, 9, -1])
def test_any_altered_note_is_named(desk: Desk, at: int) -> None:
    shelf = kept(desk)
    one = shelf[at]
    for bit in range(0, 8 * len(one.note or b""), 37):
        note = bytearray(one.note or b"")
        note[bit // 8] ^= 1 << bit % 8
        shelf[at] = Published(one.size, one.root, bytes(note))
        assert found(desk, shelf) == [("altered", f"checkpoint {one.size}")], bit


@pytest.mark.parametrize("at", [9, -1])
def test_a_row_that_its_note_contradicts_is_named(desk: Desk, at: int) -> None:
    shelf = kept(desk)
    shelf[at] = Published(shelf[at].size, Hash32(bytes(32)), shelf[at].note)
    assert ("altered", f"checkpoint {shelf[at].size}") in found(desk, shelf)


def test_a_checkpoint_of_a_stranger_is_named(desk: Desk) -> None:
    shelf = kept(desk)
    shelf[9] = signed(shelf[9].size, shelf[9].root, STRANGER)
    assert found(desk, shelf) == [("altered", f"checkpoint {shelf[9].size}")]


def test_a_signed_checkpoint_with_another_root_is_a_fork_named_once(desk: Desk) -> None:
    shelf = kept(desk)
    for at in (9, 12):
        shelf[at] = signed(shelf[at].size, Hash32(bytes(32)))
    assert found(desk, shelf) == [("forked", f"checkpoint {shelf[9].size}")]


def test_a_claim_with_another_root_is_a_fork(desk: Desk) -> None:
    shelf = kept(desk)
    shelf[-1] = Published(25, Hash32(bytes(32)), None)
    assert found(desk, shelf) == [("forked", "checkpoint 25")]


def test_a_claim_that_waits_for_its_note_is_no_fault(desk: Desk) -> None:
    shelf = kept(desk)
    shelf[-1] = Published(25, shelf[-1].root, None)
    assert found(desk, shelf) == []


def test_a_checkpoint_beyond_the_log_is_a_truncated_log(desk: Desk) -> None:
    shelf = [*kept(desk), signed(40, Hash32(bytes(32)))]
    assert found(desk, shelf) == [("truncated", "checkpoint 40")]


def test_a_note_that_is_listed_nowhere_is_a_gap(desk: Desk) -> None:
    class Forgetful(Shelf):
        def claims(self, after: int, limit: int) -> list[Published]:
            return [one for one in super().claims(after, limit) if one.size != 25]

    report = audit(desk.store, Forgetful(kept(desk)), MemoryStore())
    assert [(fault.kind, fault.place) for fault in report.faults] == [("gap", "checkpoint 25")]


def test_checkpoints_in_another_order_are_reordered(desk: Desk) -> None:
    class Muddled(Shelf):
        def claims(self, after: int, limit: int) -> list[Published]:
            page = super().claims(after, limit)
            return [*page[:5], page[6], page[5], *page[7:]] if len(page) > 7 else page

    report = audit(desk.store, Muddled(kept(desk)), MemoryStore())
    assert [(fault.kind, fault.place) for fault in report.faults] == [
        ("reorder", "checkpoint store")
    ]


def test_an_empty_checkpoint_store_is_truncated(desk: Desk) -> None:
    assert found(desk, []) == [("truncated", "checkpoint store")]


def test_the_shelf_is_a_checkpoint_store_for_the_rest() -> None:
    shelf = Shelf([])
    with pytest.raises(HeadMoved):
        shelf.claim(Published(1, Hash32(bytes(32)), None), 2, Hash32(bytes(32)))
