"""What was stored, read back: records, items of state, and the fingerprint of derived tables.

Shared by all stores, so that each reads the same bytes the same way and names damage alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Final, TypeAlias, TypeVar

import msgspec

from ledger.canonical import read_envelope
from ledger.custody import NOBODY, Item, Parcel, decode_item, encode_item
from ledger.errors import Damaged, Refused
from ledger.records import Record
from ledger.values import Hash32, to_hex

ItemType = TypeVar("ItemType", bound=Item)
Row: TypeAlias = "tuple[bytes | int | None, ...]"
"""A row of a derived table, without the columns that only say which table it is in."""

_RECORDS_CACHED: Final = 512


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
    """Return what a parcel is looked up by: custodian, recipient or None, and 1 while it lives.

    A set parcel is not looked up: its piece is, and whoever holds that holds what is in it.
    """
    recipient = None if parcel.recipient == NOBODY else parcel.recipient
    return parcel.custodian, recipient, int(parcel.is_live and parcel.state != "set")


class Fingerprint:
    """SHA-256 over every row of the derived tables, table by table.

    Names of tables and rows, which are lists of columns, are written as MessagePack, in which each
    value says what it is and how long: no two lists of tables give the same bytes.
    """

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add a table and all its rows, which ascend by their first columns."""
        self._hash.update(_ENCODER.encode(table))
        written = map(_ENCODER.encode, rows)
        while page := b"".join(islice(written, _ROWS_AT_ONCE)):
            self._hash.update(page)

    def digest(self) -> Hash32:
        """Return the hash of all tables so far."""
        return Hash32(self._hash.digest())


def row_of(item: Item) -> Row:
    """Return the columns of an item's row: its key, its bytes, and what it is looked up by."""
    beside = holders_of(item) if isinstance(item, Parcel) else ()
    return (item.key, encode_item(item), *beside)


_ROWS_AT_ONCE: Final = 1_024
_ENCODER: Final = msgspec.msgpack.Encoder()
