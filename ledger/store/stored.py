"""What was stored, read back: records, items of state, and the fingerprint of derived tables.

Shared by all stores, so that each reads the same bytes the same way and names damage alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeVar

from ledger.canonical import read_envelope
from ledger.custody import NOBODY, SORTS, Item, Parcel, decode_item, encode_item, sort_number
from ledger.errors import Damaged, Refused
from ledger.records import Record
from ledger.values import Hash32, to_hex

ItemType = TypeVar("ItemType", bound=Item)

_RECORDS_CACHED: Final = 512
_INTEGER_BYTES: Final = 8


@lru_cache(maxsize=_RECORDS_CACHED)
def _parse(envelope: bytes) -> Record:
    return read_envelope(envelope).record


def read_record(index: int, envelope: bytes) -> Record:
    """Read the record of a stored envelope; the last few are remembered.

    Raises:
        Damaged: ``altered`` when it is not the envelope of any record.

    """
    try:
        return _parse(envelope)
    except Refused as refused:
        raise Damaged("altered", f"envelope {index}", str(refused)) from refused


def read_item(sort: type[ItemType], key: bytes, raw: bytes) -> ItemType:
    """Read an item of state from the bytes kept under ``key``.

    Raises:
        Damaged: ``altered`` when they are not those of an item of this sort and key.

    """
    try:
        item = decode_item(sort, raw)
        found = item.key
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Damaged("altered", _place(sort, key), str(error)) from error
    if found != key:
        raise Damaged("altered", _place(sort, key), "the item of another key")
    return item


def _place(sort: type[ItemType], key: bytes) -> str:
    return f"derived {sort.__name__} {to_hex(key)}"


def holders_of(parcel: Parcel) -> tuple[bytes, bytes | None, int]:
    """Return what a parcel is looked up by: custodian, recipient or None, and 1 while it lives."""
    recipient = None if parcel.recipient == NOBODY else parcel.recipient
    return parcel.custodian, recipient, int(parcel.is_live)


class Fingerprint:
    """SHA-256 over every row of the derived tables; rows are added in the order of the methods.

    Each row is its table's letter and its columns, each with its length before it, so no two lists
    of rows give the same bytes.
    """

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = sha256()

    def add_record(self, record_id: bytes, index: int) -> None:
        """Add a row of the records, which ascend by id."""
        self._add(b"r", (record_id, _integer(index)))

    def add_item(self, item: Item) -> None:
        """Add an item as :func:`encode_item` writes it; see :meth:`add_value`."""
        holders = holders_of(item) if isinstance(item, Parcel) else ()
        self.add_value(type(item), item.key, encode_item(item), holders)

    def add_value(
        self,
        sort: type[Item],
        key: bytes,
        value: bytes,
        holders: tuple[()] | tuple[bytes, bytes | None, int] = (),
    ) -> None:
        """Add a row of state; rows ascend by the sort's number, then by key."""
        columns = [_SORTS[sort], key, value]
        if holders:
            columns += [
                _integer(held) if isinstance(held, int) else held or b"" for held in holders
            ]
        self._add(b"i", columns)

    def add_mention(self, parcel: bytes, index: int) -> None:
        """Add a row of the mentions, which ascend by parcel, then by index."""
        self._add(b"m", (parcel, _integer(index)))

    def digest(self) -> Hash32:
        """Return the hash of all rows so far."""
        return Hash32(self._hash.digest())

    def _add(self, table: bytes, columns: Sequence[bytes]) -> None:
        parts = [table]
        for column in columns:
            length = len(column)
            parts += (_LENGTHS[length] if length < _LISTED else _integer(length), column)
        self._hash.update(b"".join(parts))


def _integer(value: int) -> bytes:
    return value.to_bytes(_INTEGER_BYTES, "big")


_LISTED: Final = 1_024
_LENGTHS: Final = tuple(map(_integer, range(_LISTED)))
_SORTS: Final[dict[type[Item], bytes]] = {sort: _integer(sort_number(sort)) for sort in SORTS}
