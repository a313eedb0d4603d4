"""Reading state, and laying changes over it.

Rules read through :class:`State`. :class:`Overlay` holds changes in memory over another state, so
that each record of a group is checked against what the one before it left; over :class:`Nothing` it
is a whole ledger's state in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from ledger.custody.items import CharterInForce, Item, Parcel
from ledger.records import Record
from ledger.values import Hash32, ParcelId

ItemType = TypeVar("ItemType")


class State(Protocol):
    """What rules may ask."""

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the item of a sort under a key, or None."""

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""

    def made_by(self, parcel: ParcelId) -> int | None:
        """Return the index of the record that made a parcel, or None: what walks upstream ask."""


class Nothing:
    """The state before the Charter."""

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:  # noqa: ARG002
        """Return None."""
        return None

    def record(self, record_id: Hash32) -> Record | None:  # noqa: ARG002
        """Return None."""
        return None

    def made_by(self, parcel: ParcelId) -> int | None:  # noqa: ARG002
        """Return None."""
        return None


class Overlay:
    """Changes in memory over another state."""

    def __init__(self, base: State) -> None:
        self._base = base
        self._items: dict[tuple[type[Item], bytes], Item] = {}
        self._records: dict[Hash32, Record] = {}

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the changed item, or the one underneath."""
        item = self._items.get((sort, key))  # type: ignore[arg-type]  # only Items are ever asked
        return self._base.read(sort, key) if item is None else item  # type: ignore[return-value]

    def record(self, record_id: Hash32) -> Record | None:
        """Return a record accepted here, or underneath."""
        return self._records.get(record_id) or self._base.record(record_id)

    def made_by(self, parcel: ParcelId) -> int | None:
        """Return the index of the record that made a parcel, here or underneath."""
        item = self._items.get((Parcel, parcel))
        return item.made_by if isinstance(item, Parcel) else self._base.made_by(parcel)

    def apply(self, record_id: Hash32, record: Record, items: Iterable[Item]) -> None:
        """Lay the changes of one accepted record over the state."""
        self._records[record_id] = record
        for item in items:
            self._items[type(item), item.key] = item

    def items(self) -> Iterator[Item]:
        """Yield the changed items in the order in which they were first changed."""
        yield from self._items.values()


def charter_of(state: State) -> CharterInForce | None:
    """Return the charter in force, or None before the Charter."""
    return state.read(CharterInForce, b"")
