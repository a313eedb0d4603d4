"""Reading state, and laying changes over it.

Rules read through :class:`State`. :class:`Overlay` holds changes in memory over another state, so
that each record of a group is checked against what the one before it left; over :class:`Nothing` it
is a whole ledger's state in memory. What it was told by the state underneath it does not ask again:
most records of a group meet the same charter, parties and sites.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from ledger.custody.items import CharterInForce, Operation, Parcel, operation_key
from ledger.custody.sorts import Item
from ledger.records import Record
from ledger.values import Hash32

ItemType = TypeVar("ItemType")
_UNREAD: Final = object()


class State(Protocol):
    """What rules may ask."""

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the item of a sort under a key, or None."""

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""


class Nothing:
    """The state before the Charter."""

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:  # noqa: ARG002
        """Return None."""
        return None

    def record(self, record_id: Hash32) -> Record | None:  # noqa: ARG002
        """Return None."""
        return None


class Overlay:
    """Changes in memory over another state, for as long as nobody changes that."""

    def __init__(self, base: State) -> None:
        self._base = base
        self._items: dict[tuple[object, bytes], object] = {}  # changed here, or read underneath
        self._records: dict[Hash32, Record | None] = {}
        self._changed: dict[tuple[type[Item], bytes], Item] = {}

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the changed item, or the one underneath."""
        place = (sort, key)
        item = self._items.get(place, _UNREAD)
        if item is _UNREAD:
            item = self._items[place] = self._base.read(sort, key)
        return item  # type: ignore[return-value]  # kept under its own sort

    def record(self, record_id: Hash32) -> Record | None:
        """Return a record accepted here, or underneath."""
        if record_id not in self._records:
            self._records[record_id] = self._base.record(record_id)
        return self._records[record_id]

    def apply(self, record_id: Hash32, record: Record, items: Iterable[Item]) -> None:
        """Lay the changes of one accepted record over the state."""
        self._records[record_id] = record
        for item in items:
            place = (type(item), item.key)
            self._items[place] = self._changed[place] = item

    def items(self) -> Iterator[Item]:
        """Yield the changed items in the order in which they were first changed."""
        yield from self._changed.values()


def charter_of(state: State) -> CharterInForce | None:
    """Return the charter in force, or None before the Charter."""
    return state.read(CharterInForce, b"")


def as_held(state: State, parcel: Parcel) -> Parcel:
    """Return a parcel with its custodian of today: of a set one, whoever holds its piece.

    A piece may go far with its parcels; their own rows are not written again each time.
    """
    if parcel.state != "set":
        return parcel
    setting = state.read(Operation, operation_key(parcel.spent_by))
    piece = None if setting is None else state.read(Parcel, setting.outputs[0])
    return parcel if piece is None else replace(parcel, custodian=piece.custodian)
