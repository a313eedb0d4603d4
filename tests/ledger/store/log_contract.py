"""What every store must do with the log: heads, rows, tiles, views, turns."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from time import sleep

import pytest

from ledger.custody import SORTS
from ledger.errors import BadQuestion, HeadMoved, Unavailable
from ledger.merkle import TILE_WIDTH
from ledger.store.protocol import EMPTY_HEAD, Derived, Row, Store, View
from ledger.store.tiles import Tail, width_of
from ledger.values import NO_HASH, Hash32
from tests.ledger.store.material import HOLDERS, Scribe, commit, fingerprint_of, memory_of
from tests.reference_merkle import node

SIZES = (1, 2, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 65_792, 70_000)


class LogContract:
    """The suite for the log."""

    def test_an_empty_store_has_the_empty_trees_head_and_nothing_else(self, store: Store) -> None:
        with store.view() as view:
            assert view.head() == EMPTY_HEAD
            assert view.row(0) is None
            assert list(view.rows(0, 10)) == []
            assert view.index_of(NO_HASH) is None
            assert view.indices_of([NO_HASH]) == view.indices_of([]) == {}
            assert view.record(NO_HASH) is None
            assert view.mentions(NO_HASH) == ()
            assert view.parcels_of(HOLDERS[0], NO_HASH, 10) == []
            assert all(view.items_of(sort, b"", 10) == [] for sort in SORTS)
            assert all(view.read(sort, b"\1" * 8) is None for sort in SORTS)

    def test_what_was_committed_is_read_back(self, store: Store, scribe: Scribe) -> None:
        for count in (1, 5, 300, 1, 40):
            commit(store, scribe.group(count))
        with store.view() as view:
            assert view.head() == scribe.head
            assert list(view.rows(0, scribe.head.size)) == scribe.rows
            assert [view.row(index) for index in range(scribe.head.size)] == scribe.rows
            indices = {derived.record_id: derived.index for derived in scribe.derived}
            assert view.indices_of([NO_HASH, *indices, *indices]) == indices
            for derived in scribe.derived:
                assert view.index_of(derived.record_id) == derived.index
            for (sort, key), item in scribe.items.items():
                assert view.read(sort, key) == item
            for parcel in scribe.parcels:
                expected = [d.index for d in scribe.derived if parcel in d.mentions]
                assert view.mentions(parcel) == tuple(expected)
                assert view.count_mentions(parcel) == len(expected)
                for before in (0, 5, 300, 301, 400):
                    below = [index for index in reversed(expected) if index < before]
                    for limit in (0, 1, 2, 400):
                        assert view.last_mentions(parcel, before, limit) == tuple(below[:limit])

    def test_rows_are_those_asked_for_and_no_others(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(600))
        with store.view() as view:
            for start, stop in ((0, 0), (0, 1), (255, 257), (590, 2**62), (600, 700), (9, 3)):
                assert list(view.rows(start, stop)) == scribe.rows[start:stop]
            assert view.row(-1) is None
            assert view.row(600) is None

    def test_rows_may_be_left_half_read(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(600))
        with store.view() as view:
            assert next(view.rows(0, 600)) == scribe.rows[0]
        commit(store, scribe.group(1))

    def test_a_view_does_not_see_later_commits(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(300))
        before = dict(scribe.items)
        with store.view() as view:
            fingerprint = view.fingerprint()
            commit(store, scribe.group(300))
            assert view.head().size == 300
            assert len(list(view.rows(0, 600))) == 300
            assert view.row(300) is None
            assert view.index_of(scribe.derived[300].record_id) is None
            assert view.indices_of([scribe.derived[300].record_id]) == {}
            for sort, key in scribe.items:
                assert view.read(sort, key) == before.get((sort, key))
            for parcel in scribe.parcels:
                assert all(index < 300 for index in view.mentions(parcel))
                assert view.last_mentions(parcel, 600, 600) == view.mentions(parcel)[::-1]
                assert view.count_mentions(parcel) == len(view.mentions(parcel))
            assert view.fingerprint() == fingerprint
        with store.view() as view:
            assert view.head() == scribe.head
            assert view.fingerprint() != fingerprint

    def test_a_writer_reads_what_it_will_change(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(20))
        with store.write() as writer:
            assert writer.head() == scribe.head
            assert all(writer.read(sort, key) == item for (sort, key), item in scribe.items.items())
            assert writer.read_tile(0, 0, 20) == b"".join(scribe.leaves)

    def test_without_a_commit_nothing_changes(self, store: Store, scribe: Scribe) -> None:
        commit(store, scribe.group(10))
        fingerprint = fingerprint_of(store)
        with store.write() as writer:
            writer.clear_derived()
            writer.derive([Derived(0, NO_HASH)], [])
        with pytest.raises(HeadMoved), store.write() as writer:  # noqa: PT012 - as callers do
            writer.clear_derived()
            raise HeadMoved
        assert fingerprint_of(store) == fingerprint
        commit(store, scribe.group(1))

    def test_a_head_that_moved_refuses_the_whole_group(self, store: Store, scribe: Scribe) -> None:
        first, second = scribe.group(5), scribe.group(5)
        for group in (second, replace(first, old=replace(first.old, root=NO_HASH))):
            with pytest.raises(HeadMoved):
                commit(store, group)
        assert fingerprint_of(store) == fingerprint_of(memory_of([]))
        commit(store, first)
        with pytest.raises(HeadMoved):
            commit(store, first)
        with store.view() as view:
            assert view.head() == first.new
        commit(store, second)

    @pytest.mark.parametrize("at", [0, 3])
    def test_a_record_that_is_there_refuses_the_whole_group(
        self, store: Store, scribe: Scribe, at: int
    ) -> None:
        commit(store, scribe.group(5))
        fingerprint, head = fingerprint_of(store), scribe.head
        group = scribe.group(5)
        derived = [*group.derived]
        derived[4] = replace(derived[4], record_id=scribe.derived[at].record_id)
        with pytest.raises(BadQuestion):
            commit(store, replace(group, derived=derived))
        derived[4] = replace(derived[4], record_id=derived[0].record_id)
        with pytest.raises(BadQuestion):
            commit(store, replace(group, derived=derived))
        with store.view() as view:
            assert view.head() == head
            assert view.row(5) is None
        assert fingerprint_of(store) == fingerprint
        commit(store, group)

    def test_rows_that_do_not_follow_the_head_make_no_group(self, scribe: Scribe) -> None:
        group = scribe.group(3)
        for rows in (group.rows[1:], [*group.rows, Row(3, b"", b"")], group.rows[::-1]):
            with pytest.raises(ValueError, match="rows"):
                replace(group, rows=rows)
        with pytest.raises(ValueError, match="derived"):
            replace(group, derived=group.derived[:2])

    def test_a_writers_turn_ends_with_its_commit(self, store: Store, scribe: Scribe) -> None:
        group, following = scribe.group(1), scribe.group(1)
        with store.write() as writer:
            writer.commit(group)
            with pytest.raises(RuntimeError):
                writer.commit(following)
            with pytest.raises(RuntimeError):
                writer.clear_derived()
        with pytest.raises(RuntimeError):
            writer.commit(following)
        with store.write() as writer, pytest.raises(RuntimeError):
            writer.derive([], [])
        with store.write() as writer, pytest.raises(RuntimeError):
            writer.finish_rebuild()

    def test_tiles_are_those_of_the_tree_of_all_leaves(self, store: Store, scribe: Scribe) -> None:
        for size in SIZES:
            while scribe.head.size < size:
                count = min(2_000, size - scribe.head.size)
                commit(store, scribe.group(count, has_items=False))
            with store.view() as view:
                _check_tiles(view, scribe)

    def test_a_tile_that_the_tree_does_not_have_is_a_bad_question(
        self, store: Store, scribe: Scribe
    ) -> None:
        commit(store, scribe.group(258))
        with store.view() as view:
            for tile in ((0, 2, 1), (0, 1, 3), (1, 0, 2), (2, 0, 1), (0, 0, 257), (0, 0, 0)):
                with pytest.raises(BadQuestion):
                    view.read_tile(*tile)
            for tile in ((-1, 0, 1), (0, -1, 1)):
                with pytest.raises(BadQuestion):
                    view.read_tile(*tile)

    def test_the_edge_of_the_tree_is_taken_up_from_a_view(
        self, store: Store, scribe: Scribe
    ) -> None:
        for count in (1, 254, 1, 1, 300, 43):
            commit(store, scribe.group(count, has_items=False))
            with store.view() as view:
                tail = Tail.load(view)
            assert (tail.size, tail.root()) == (scribe.head.size, scribe.head.root)
            scribe.tail = tail

    def test_readers_see_whole_groups_while_a_writer_writes(
        self, store: Store, scribe: Scribe
    ) -> None:
        groups = [scribe.group(7) for _ in range(30)]
        heads = {EMPTY_HEAD, *(group.new for group in groups)}
        torn: list[str] = []
        done: list[bool] = []

        def look() -> None:
            while not done:
                with store.view() as view:
                    head = view.head()
                    if head not in heads or len(list(view.rows(0, 10_000))) != head.size:
                        torn.append(f"{head}")

        readers = [Thread(target=look) for _ in range(3)]
        for reader in readers:
            reader.start()
        try:
            for group in groups:
                commit(store, group)
        finally:
            done.append(True)
            for reader in readers:
                reader.join()
        assert torn == []

    def test_of_racing_writers_one_wins(self, store: Store, scribe: Scribe) -> None:
        group = scribe.group(1)
        outcomes: list[str] = []

        def race() -> None:
            try:
                commit(store, group)
                outcomes.append("won")
            except HeadMoved:
                outcomes.append("lost")

        racers = [Thread(target=race) for _ in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert sorted(outcomes) == ["lost"] * 7 + ["won"]

    def test_writers_take_turns(self, store: Store, scribe: Scribe) -> None:
        groups = [scribe.group(1) for _ in range(40)]
        inside: list[int] = []
        crowded: list[int] = []

        def write() -> None:
            while groups:
                with store.write() as writer:
                    inside.append(1)
                    sleep(0.0005)  # lets the others run
                    if len(inside) > 1:
                        crowded.append(len(inside))
                    if groups:
                        writer.commit(groups.pop(0))
                    inside.pop()

        writers = [Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert crowded == []
        with store.view() as view:
            assert view.head() == scribe.head

    def test_a_closed_store_refuses_all_work(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(Unavailable), store.view():
            pass
        with pytest.raises(Unavailable), store.write():
            pass


def _check_tiles(view: View, scribe: Scribe) -> None:
    """Compare every tile at every level with nodes computed from all leaves."""
    size, hashes, level = scribe.head.size, list(scribe.leaves), 0
    while hashes:
        for number in range((len(hashes) + TILE_WIDTH - 1) // TILE_WIDTH):
            expected = hashes[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
            assert width_of(size, level, number) == len(expected)
            found = view.read_tile(level, number, len(expected))
            assert found == b"".join(expected), f"tile {level}/{number} of {size}"
        for _ in range(8):
            pairs = zip(hashes[::2], hashes[1::2], strict=False)
            hashes = [Hash32(node(left, right)) for left, right in pairs]
        level += 1
