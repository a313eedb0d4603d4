from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.book import Answer, rebuild
from ledger.custody import Operation, Parcel
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Row
from tests.desk import Desk, journey
from tests.planting import Plan, Planted


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def forget(desk: Desk) -> None:
    """Empty the derived tables."""
    with desk.store.write() as writer:
        writer.clear_derived()
        writer.derive([], [])
        writer.finish_rebuild()


def test_the_derived_tables_are_made_again_byte_for_byte(desk: Desk) -> None:
    before = desk.fingerprint()
    forget(desk)
    assert desk.fingerprint() != before
    assert rebuild(desk.store) == before == desk.fingerprint()


@pytest.mark.parametrize("rows", [1, 7, 25])
def test_they_are_the_same_in_pages_of_any_size(
    desk: Desk, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, told = desk.fingerprint(), list[tuple[int, int]]()
    monkeypatch.setattr("ledger.book.rebuilding.LIMITS", replace(LIMITS, reread_rows=rows))
    assert rebuild(desk.store, lambda done, of: told.append((done, of))) == before
    assert told[-1] == (25, 25)
    assert len(told) == -(-25 // rows)


def test_a_rebuilt_ledger_goes_on(desk: Desk) -> None:
    forget(desk)
    rebuild(desk.store)
    raws = desk.say_registrations(2)
    with desk.open() as book:
        assert all(isinstance(line, Answer) for line in book.submit(raws).result(60))
    assert desk.audit().faults == ()


def test_an_empty_store_is_rebuilt_to_nothing() -> None:
    store = MemoryStore()
    with store.view() as view:
        nothing = view.fingerprint()
    assert rebuild(store) == nothing


def test_an_entry_that_cannot_be_decided_again_changes_nothing(desk: Desk) -> None:
    before = desk.fingerprint()
    with desk.store.view() as view:
        rows = list(view.rows(0, 25))
    doubled = Plan({20: Row(20, rows[19].entry, rows[19].envelope)})
    with pytest.raises(Damaged, match="duplicate at entry 20: the record of entry 19 again"):
        rebuild(Planted(desk.store, doubled))
    with pytest.raises(Damaged, match="gap at entries 0 to 24: 24 of them"):
        rebuild(Planted(desk.store, Plan({20: None})))
    with pytest.raises(Damaged, match="do not belong together"):
        rebuild(Planted(desk.store, Plan({20: Row(20, rows[19].entry, rows[20].envelope)})))
    assert desk.fingerprint() == before


def test_operations_and_parcels_are_there_again(desk: Desk) -> None:
    forget(desk)
    rebuild(desk.store)
    with desk.store.view() as view:
        assert len(view.items_of(Operation, b"", 100)) == 6
        assert len(view.items_of(Parcel, b"", 100)) == 6
