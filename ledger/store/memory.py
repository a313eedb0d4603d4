"""A store in memory: for tests, trials and checking a ledger again; nothing outlives the process.

Each value keeps the versions it had, named by the size of the log that they came with, so that an
open view sees what it saw at first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from ledger.custody import SORTS, Item, Parcel
from ledger.errors import BadQuestion, HeadMoved, Unavailable
from ledger.merkle import TILE_WIDTH
from ledger.records import Record
from ledger.store import tiles
from ledger.store.protocol import EMPTY_HEAD, Derived, FullTile, Group, Head, Row
from ledger.store.stored import Fingerprint, holders_of, read_record, row_of
from ledger.values import Address, Hash32, ParcelId

ItemType = TypeVar("ItemType")


class _Tables:
    """The derived tables."""

    def __init__(self) -> None:
        self.indices: dict[Hash32, int] = {}
        self.mentions: dict[ParcelId, list[int]] = {}
        self._items: dict[type[Item], dict[bytes, list[tuple[int, Item]]]] = {
            sort: {} for sort in SORTS
        }

    def write(self, version: int, derived: Sequence[Derived], items: Sequence[Item]) -> None:
        for found in derived:
            self.indices[found.record_id] = found.index
            for parcel in dict.fromkeys(found.mentions):
                self.mentions.setdefault(parcel, []).append(found.index)
        for item in items:
            self._items[type(item)].setdefault(item.key, []).append((version, item))

    def read(self, sort: type[Item], key: bytes, version: int) -> Item | None:
        for written, item in reversed(self._items[sort].get(key, ())):
            if written <= version:
                return item
        return None

    def all(self, sort: type[Item], version: int) -> Iterator[Item]:
        for key in sorted(self._items[sort]):
            item = self.read(sort, key, version)
            if item is not None:
                yield item

    def in_order_of_making(self, version: int) -> list[Parcel]:
        """Return all parcels; a value that was first written earlier stands first."""
        found = [self.read(Parcel, key, version) for key in tuple(self._items[Parcel])]
        return [parcel for parcel in found if isinstance(parcel, Parcel)]


class _Log:
    """Everything that a store holds; the head is set last, so a view never sees half a group."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.tiles: dict[tuple[int, int], FullTile] = {}
        self.tables = _Tables()
        self.head = EMPTY_HEAD


def _is_held(parcel: Parcel, holder: Address) -> bool:
    custodian, recipient, live = holders_of(parcel)
    return bool(live) and holder in (custodian, recipient)


class MemoryView:
    """A view of a store in memory."""

    def __init__(self, log: _Log) -> None:
        self._head = log.head
        self._log = log
        self._tables = log.tables
        self._derived_size: float = self._head.size  # tables tell of entries below it

    def head(self) -> Head:
        """Return the head."""
        return self._head

    def row(self, index: int) -> Row | None:
        """Return one line of the log."""
        return self._log.rows[index] if 0 <= index < self._head.size else None

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the lines from ``start`` up to but not including ``stop``, ascending."""
        yield from self._log.rows[max(0, start) : max(0, min(stop, self._head.size))]

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""
        index = self._tables.indices.get(record_id)
        return index if index is not None and index < self._derived_size else None

    def indices_of(self, record_ids: Sequence[Hash32]) -> dict[Hash32, int]:
        """Return the indices of those among many records that were accepted."""
        found = {record_id: self.index_of(record_id) for record_id in record_ids}
        return {record_id: index for record_id, index in found.items() if index is not None}

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel, ascending."""
        found = self._tables.mentions.get(parcel, ())
        return tuple(sorted(index for index in found if index < self._derived_size))

    def last_mentions(self, parcel: ParcelId, before: int, limit: int) -> tuple[int, ...]:
        """Return the last ``limit`` of a parcel's mentions below an index, descending."""
        found = [index for index in self.mentions(parcel) if index < before]
        return tuple(found[::-1][:limit])

    def count_mentions(self, parcel: ParcelId) -> int:
        """Return how many records speak of a parcel."""
        return len(self.mentions(parcel))

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the item of a sort under a key, or None."""
        return self._tables.read(sort, key, self._head.size)  # type: ignore[arg-type,return-value]  # only Items are ever asked

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""
        index = self.index_of(record_id)
        return None if index is None else read_record(index, self._log.rows[index].envelope)

    def parcels_of(self, holder: Address, after: ParcelId, limit: int) -> list[Parcel]:
        """Return live parcels held by or offered to a party, in the order of their making."""
        made = self._tables.in_order_of_making(self._head.size)
        start = next((at + 1 for at, parcel in enumerate(made) if parcel.id == after), 0)
        return [parcel for parcel in made[start:] if _is_held(parcel, holder)][:limit]

    def items_of(self, sort: type[Item], after: bytes, limit: int) -> list[Item]:
        """Return items of a sort by key, from after the key ``after`` on."""
        return self._all(sort, after)[:limit]

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return at least ``width`` hashes of a tile, full or not, of the tree at this head."""
        return tiles.read_tile(self, self._head.size, level, number, width)

    def full_tile(self, level: int, number: int) -> bytes | None:
        """Return the hashes of a full tile, for :func:`tiles.read_tile`."""
        tile = self._log.tiles.get((level, number))
        return tile.hashes if tile else None

    def tile_roots(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return roots of full tiles, for :func:`tiles.read_tile`."""
        numbers = range(start, stop)
        return [self._log.tiles[level, n].root for n in numbers if (level, n) in self._log.tiles]

    def count_tiles(self) -> int:
        """Return how many full tiles are stored, without those that were filled since."""
        return sum(
            (number + 1) * TILE_WIDTH ** (level + 1) <= self._head.size
            for level, number in tuple(self._log.tiles)
        )

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of entries, for :func:`tiles.read_tile`."""
        return [row.entry for row in self.rows(start, stop)]

    def fingerprint(self) -> Hash32:
        """Return SHA-256 over every row of the derived tables, in one order for all stores."""
        fingerprint, tables = Fingerprint(), self._tables
        records = sorted((index, record_id) for record_id, index in tables.indices.items())
        fingerprint.add("records", [row for row in records if row[0] < self._derived_size])
        for sort in SORTS:
            if sort is Parcel:
                made = tables.in_order_of_making(self._head.size)
                numbered = [(number, *row_of(parcel)) for number, parcel in enumerate(made, 1)]
                fingerprint.add(sort.__name__, numbered)
            else:
                fingerprint.add(sort.__name__, map(row_of, tables.all(sort, self._head.size)))
        spoken_of = [
            (parcel, at) for parcel in sorted(tables.mentions) for at in self.mentions(parcel)
        ]
        fingerprint.add("mentions", spoken_of)
        return fingerprint.digest()

    def _all(self, sort: type[Item], after: bytes) -> list[Item]:
        return [item for item in self._tables.all(sort, self._head.size) if item.key > after]


class MemoryWriter(MemoryView):
    """The one writer of a store in memory."""

    def __init__(self, log: _Log) -> None:
        super().__init__(log)
        self._turn_is_over = False

    def commit(self, group: Group) -> None:
        """Write a group."""
        self._check_turn()
        if group.old != self._log.head:
            raise HeadMoved(f"the head is at {self._log.head.size}, not {group.old.size}")
        self._check_absent(group.derived)
        self._log.rows += group.rows
        self._log.tiles.update({(tile.level, tile.number): tile for tile in group.tiles})
        self._tables.write(group.new.size, group.derived, group.items)
        self._log.head = group.new
        self._turn_is_over = True

    def clear_derived(self) -> None:
        """Empty the derived tables, for this writer alone until the rebuild is finished."""
        self._check_turn()
        self._tables = _Tables()
        self._derived_size = math.inf  # all that is in them is its own

    def derive(self, derived: Sequence[Derived], items: Sequence[Item]) -> None:
        """Write to the emptied tables."""
        self._check_rebuild()
        self._check_absent(derived)
        self._tables.write(self._head.size, derived, items)

    def finish_rebuild(self) -> None:
        """Let everyone see the rebuilt tables."""
        self._check_rebuild()
        self._log.tables = self._tables
        self._turn_is_over = True

    def end(self) -> None:
        """End the writer's turn."""
        self._turn_is_over = True

    def _check_absent(self, derived: Sequence[Derived]) -> None:
        ids = {found.record_id for found in derived}
        if len(ids) < len(derived) or not ids.isdisjoint(self._tables.indices):
            raise BadQuestion("group", "records that the log does not hold yet, each once")

    def _check_turn(self) -> None:
        if self._turn_is_over:
            raise RuntimeError("this writer's turn is over")

    def _check_rebuild(self) -> None:
        self._check_turn()
        if self._tables is self._log.tables:
            raise RuntimeError("a rebuild begins with clear_derived")


class MemoryStore:
    """A ledger's records in memory."""

    def __init__(self) -> None:
        self._log = _Log()
        self._turn = Lock()
        self._is_closed = False

    @contextmanager
    def view(self) -> Iterator[MemoryView]:
        """Open a consistent view; any thread, at any time."""
        self._check_open()
        yield MemoryView(self._log)

    view_aside = view

    @contextmanager
    def write(self) -> Iterator[MemoryWriter]:
        """Take the lock, then let the caller read and commit; without a commit nothing changes."""
        with self._turn:
            self._check_open()
            writer = MemoryWriter(self._log)
            try:
                yield writer
            finally:
                writer.end()

    def close(self) -> None:
        """Refuse all further work."""
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the store is closed")
