"""What a connection in a transaction sees of the log and its derived tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar, cast

import apsw

from ledger.custody import SORTS, Blended, Item, Operation, Parcel, sort_number
from ledger.database.health import Health
from ledger.database.statements import statements
from ledger.errors import Damaged
from ledger.records import Record
from ledger.records.compiled import maker
from ledger.store import tiles
from ledger.store.protocol import Head, Row
from ledger.store.sqlite.layout import LOG, PACKAGE
from ledger.store.stored import Fingerprint, read_item, read_record
from ledger.values import Address, Hash32, Milliseconds, ParcelId

ItemType = TypeVar("ItemType")

_ROWS_AT_ONCE: Final = 256
_make_row: Final = maker(Row)
_LEVEL_SHIFT: Final = 56
_INDEX_BYTES: Final = 8

BY_INDEX: Final[dict[type[Item], str]] = {Operation: "operation", Blended: "blend"}
"""Sorts whose key is a record's index: they lie in tables of their own, in the log's order."""


def tile_id(level: int, number: int) -> int:
    """Return the key of a full tile in its table."""
    return level << _LEVEL_SHIFT | number


def to_index(key: bytes) -> int:
    """Return the record's index that the key of such an item is."""
    return int.from_bytes(key, "big")


def _to_key(index: int) -> bytes:
    return index.to_bytes(_INDEX_BYTES, "big")


class SqliteView:
    """A view of a store in SQLite, for as long as its connection is lent."""

    def __init__(self, connection: apsw.Connection, health: Health) -> None:
        self._connection = connection
        self._health = health
        self._sql = statements(PACKAGE, LOG.name)
        self._is_over = False
        self._head = self._read_head()  # the first read fixes what the transaction sees

    def head(self) -> Head:
        """Return the head."""
        return self._head

    def row(self, index: int) -> Row | None:
        """Return one line of the log."""
        found = self._one("read_row", index)
        return Row(index, *found) if found else None

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the lines from ``start`` up to but not including ``stop``, ascending."""
        stop = min(stop, self._head.size)
        for first in range(max(0, start), stop, _ROWS_AT_ONCE):
            for found in self._all("read_rows", first, min(stop, first + _ROWS_AT_ONCE)):
                yield _make_row(*found)

    def last_index(self) -> int:
        """Return the index of the last line of the log; -1 when it is empty."""
        found = self._one("read_last_index")
        return -1 if found is None or found[0] is None else int(found[0])

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""
        found = self._one("read_index", record_id)
        return found[1] if found else None

    def indices_of(self, record_ids: Sequence[Hash32]) -> dict[Hash32, int]:
        """Return the indices of those among many records that were accepted."""
        self._check_use()
        asked = [(record_id,) for record_id in record_ids]
        with self._health:
            return dict(self._connection.executemany(self._sql["read_index"], asked))

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel, ascending."""
        return tuple(index for (index,) in self._all("read_mentions", parcel))

    def last_mentions(self, parcel: ParcelId, before: int, limit: int) -> tuple[int, ...]:
        """Return the last ``limit`` of a parcel's mentions below an index, descending."""
        return tuple(index for (index,) in self._all("last_mentions", parcel, before, limit))

    def count_mentions(self, parcel: ParcelId) -> int:
        """Return how many records speak of a parcel."""
        found = self._one("count_mentions", parcel)
        return int(found[0]) if found else 0

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the item of a sort under a key, or None."""
        asked: Any = sort  # only Items are ever asked
        name = BY_INDEX.get(asked)
        if asked is Parcel:
            found = self._one("read_parcel", key)
        elif name is None:
            found = self._one("read_item", sort_number(asked), key)
        elif len(key) == _INDEX_BYTES:
            found = self._one(f"read_{name}", int.from_bytes(key, "big"))
        else:
            found = None
        if found is None:
            return None
        with self._health:
            return read_item(asked, key, found[0])  # type: ignore[no-any-return]  # of its own sort

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""
        index = self.index_of(record_id)
        if index is None:
            return None
        with self._health:
            row = self.row(index)
            if row is None:
                raise Damaged("gap", f"entry {index}", "a record is there by its id alone")
            return read_record(index, row.envelope)

    def parcels_of(self, holder: Address, after: ParcelId, limit: int) -> list[Parcel]:
        """Return live parcels held by or offered to a party, in the order of their making."""
        found = self._all("parcels_of", holder, after, limit)
        return [cast("Parcel", self._read_item(Parcel, key, value)) for key, value in found]

    def items_of(self, sort: type[Item], after: bytes, limit: int) -> list[Item]:
        """Return items of a sort by key, from after the key ``after`` on."""
        if sort is Parcel:
            found = self._all("page_parcels", after, limit)
        elif sort in BY_INDEX:
            index = to_index(after) if after else -1
            rows = self._all(f"page_{BY_INDEX[sort]}s", index, limit)
            found = [(_to_key(at), value) for at, value in rows]
        else:
            found = self._all("page_items", sort_number(sort), after, limit)
        return [self._read_item(sort, key, value) for key, value in found]

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return at least ``width`` hashes of a tile, full or not, of the tree at this head."""
        with self._health:
            return tiles.read_tile(self, self._head.size, level, number, width)

    def full_tile(self, level: int, number: int) -> bytes | None:
        """Return the hashes of a full tile, for :func:`tiles.read_tile`."""
        found = self._one("read_tile", tile_id(level, number))
        return found[0] if found else None

    def tile_roots(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return roots of full tiles, for :func:`tiles.read_tile`."""
        found = self._all("read_tile_roots", tile_id(level, start), tile_id(level, stop))
        return [root for (root,) in found]

    def count_tiles(self) -> int:
        """Return how many full tiles are stored."""
        found = self._one("count_tiles")
        return int(found[0]) if found else 0

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Return the bytes of entries, for :func:`tiles.read_tile`."""
        return [entry for (entry,) in self._all("read_entries", start, stop)]

    def fingerprint(self) -> Hash32:
        """Return SHA-256 over every row of the derived tables, in one order for all stores."""
        self._check_sorts()
        self._check_look_ups()
        fingerprint = Fingerprint()
        fingerprint.add("records", self._each("all_records"))
        for sort in SORTS:
            if sort is Parcel:
                rows = self._each("all_parcels")
            elif sort in BY_INDEX:
                found = self._each(f"all_{BY_INDEX[sort]}s")
                rows = ((_to_key(index), value) for index, value in found)
            else:
                rows = self._each("all_items", sort_number(sort))
            fingerprint.add(sort.__name__, rows)
        fingerprint.add("mentions", self._each("all_mentions"))
        return fingerprint.digest()

    def end(self) -> None:
        """Refuse whatever is asked from here on: the connection goes to another."""
        self._is_over = True

    def _check_sorts(self) -> None:
        """Refuse rows of state that no question would ever meet."""
        known = {sort_number(sort) for sort in SORTS if sort is not Parcel and sort not in BY_INDEX}
        found = {number for (number,) in self._all("all_sorts")}
        if not found <= known:
            with self._health:
                numbers = ", ".join(map(str, sorted(found - known)))
                raise Damaged("altered", "table state", f"rows of no sort that it holds: {numbers}")

    def _check_look_ups(self) -> None:
        """Refuse rows that are there and are not found by their id."""
        for table in ("records", "parcels"):
            found = self._one(f"lost_{table}")
            if found is not None and found[0]:
                detail = f"{found[0]} rows are not found by it"
                with self._health:
                    raise Damaged("altered", f"index {table}_by_id", detail)

    def _read_head(self) -> Head:
        found = self._one("read_head")
        if found is None:
            with self._health:
                raise Damaged("gap", "head")
        size, root, entry_hash, recorded_at_ms = found
        return Head(size, Hash32(root), Hash32(entry_hash), Milliseconds(recorded_at_ms))

    def _read_item(self, sort: type[Item], key: bytes, value: bytes) -> Item:
        with self._health:
            return read_item(sort, key, value)

    def _one(self, name: str, *values: Any) -> tuple[Any, ...] | None:  # noqa: ANN401 - SQL's values
        if self._is_over:
            self._check_use()
        with self._health:
            return self._connection.execute(self._sql[name], values).fetchone()

    def _all(self, name: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - SQL's values
        self._check_use()
        with self._health:
            return self._connection.execute(self._sql[name], values).fetchall()

    def _each(self, name: str, *values: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - SQL's values
        self._check_use()
        with self._health:
            yield from self._connection.execute(self._sql[name], values)

    def _check_use(self) -> None:
        if self._is_over:
            raise RuntimeError("a view or a writer was used after its end")
