"""What every store must do with the derived tables: items, pages, records, rebuilds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.custody import SORTS, Blended, CharterInForce, Item, Operation, Parcel
from ledger.errors import BadQuestion, Damaged
from ledger.store.protocol import Derived, Store, View
from ledger.values import NO_HASH, Hash32
from tests.ledger.store.material import (
    HOLDERS,
    Scribe,
    commit,
    fingerprint_of,
    memory_of,
    random_hash,
    random_parcel,
)
from tests.trials import dice


class DerivedContract:
    """The suite for the derived tables."""

    def test_items_come_in_pages_by_key(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(40))
        commit(store, scribe.group(40))
        with store.view() as view:
            for sort in SORTS:
                if sort is not CharterInForce:  # its one item has the empty key
                    for limit in (1, 3, 1000):
                        assert _paged(view, sort, limit) == scribe.of_sort(sort)
            for sort in (Operation, Blended):
                assert view.read(sort, b"") is None
                assert view.read(sort, b"\0" * 9) is None

    def test_a_holders_live_parcels_come_in_pages_in_the_order_of_making(
        self, store: Store, scribe: Scribe
    ) -> None:
        for count in (50, 1, 1, 100):
            commit(store, scribe.group(count))
        parcels = [item for item in scribe.items.values() if isinstance(item, Parcel)]
        with store.view() as view:
            for holder in HOLDERS:
                expected = [
                    parcel
                    for parcel in parcels
                    if parcel.is_live
                    and parcel.state != "set"  # its piece is looked up
                    and holder in (parcel.custodian, parcel.recipient)
                ]
                assert len(expected) > 3
                for limit in (1, 2, 7, 1000):
                    found: list[Parcel] = []
                    while page := view.parcels_of(holder, _last_id(found), limit):
                        assert len(page) <= limit
                        found += page
                    assert found == expected
            assert view.parcels_of(NO_HASH[:20], NO_HASH, 10) == []  # nobody is offered nothing

    def test_an_item_is_replaced_and_an_open_view_keeps_the_old_one(
        self, store: Store, scribe: Scribe
    ) -> None:
        parcel = random_parcel(scribe.dice, random_hash(scribe.dice), 0)
        moved = replace(parcel, state="held", custodian=HOLDERS[1], weight_millicarats=7)
        commit(store, replace(scribe.group(1), items=[parcel]))
        with store.view() as view:
            commit(store, replace(scribe.group(1), items=[moved]))
            assert view.read(Parcel, parcel.id) == parcel
        with store.view() as view:
            assert view.read(Parcel, parcel.id) == moved
            assert view.parcels_of(HOLDERS[1], NO_HASH, 9) == [moved]

    def test_records_are_read_from_their_envelopes(self, store: Store) -> None:
        scribe = Scribe(dice("store records"), has_envelopes=True)
        commit(store, scribe.group(30))
        with store.view() as view:
            commit(store, scribe.group(1))
            for record_id in list(scribe.records)[:30]:
                assert view.record(record_id) == scribe.records[record_id]
            assert view.record(list(scribe.records)[30]) is None
            assert view.record(NO_HASH[:31] + b"\xff") is None

    def test_an_envelope_of_no_record_is_damage(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(1))
        with store.view() as view, pytest.raises(Damaged, match="altered at envelope 0"):
            view.record(scribe.derived[0].record_id)

    def test_the_fingerprint_is_that_of_every_store_with_the_same_content(
        self, store: Store, scribe: Scribe
    ) -> None:
        groups = [scribe.group(count) for count in (1, 30, 2)]
        seen = set()
        for number, group in enumerate(groups):
            commit(store, group)
            assert fingerprint_of(store) == fingerprint_of(memory_of(groups[: number + 1]))
            seen.add(fingerprint_of(store))
        assert len(seen) == len(groups)

    def test_a_rebuild_gives_the_same_bytes(self, store: Store, scribe: Scribe) -> None:
        for count in (7, 200, 1):
            commit(store, scribe.group(count))
        fingerprint = fingerprint_of(store)
        items = list(scribe.items.values())
        with store.view() as old, store.write() as writer:
            writer.clear_derived()
            assert writer.read(Parcel, scribe.parcels[0]) is None
            assert writer.index_of(scribe.derived[0].record_id) is None
            assert writer.fingerprint() == fingerprint_of(memory_of([]))
            assert old.fingerprint() == fingerprint
            for start in range(0, len(scribe.derived), 50):
                writer.derive(scribe.derived[start : start + 50], [])
            for item in (*items, *items[:20]):
                writer.derive([], [item])
            assert writer.read(Parcel, scribe.parcels[0]) == scribe.items[Parcel, scribe.parcels[0]]
            assert writer.fingerprint() == fingerprint
            writer.finish_rebuild()
            assert old.fingerprint() == fingerprint
        assert fingerprint_of(store) == fingerprint
        with store.view() as view:
            assert list(view.rows(0, 208)) == scribe.rows
        commit(store, scribe.group(1))

    def test_a_rebuild_takes_no_record_twice(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(20))
        first, *others = scribe.derived
        for derived in ([first, replace(first, index=19)], [replace(first, index=19)]):
            with store.write() as writer:
                writer.clear_derived()
                if len(derived) == 1:
                    writer.derive([first, *others[:4]], [])
                with pytest.raises(BadQuestion, match="each once"):
                    writer.derive(derived, [])
        commit(store, scribe.group(1))

    def test_a_rebuild_mends_derived_tables(self, store: Store, scribe: Scribe) -> None:
        group = scribe.group(3)
        commit(store, replace(group, items=[], derived=[Derived(n, random_hash(scribe.dice))
                                                         for n in range(3)]))  # fmt: skip
        with store.write() as writer:
            writer.clear_derived()
            writer.derive(group.derived, group.items)
            writer.finish_rebuild()
        assert fingerprint_of(store) == fingerprint_of(memory_of([group]))


def _paged(view: View, sort: type[Item], limit: int) -> list[Item]:
    found: list[Item] = []
    while page := view.items_of(sort, found[-1].key if found else b"", limit):
        assert len(page) <= limit
        found += page
    return found


def _last_id(found: list[Parcel]) -> Hash32:
    return found[-1].id if found else NO_HASH
