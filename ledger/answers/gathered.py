"""What facts for verdicts are gathered from: one reading's view of the ledger."""

from __future__ import annotations

from typing import TypeVar

from ledger import entry as entries
from ledger.answers.mentions import only_speaks
from ledger.answers.reading import Line, Reading
from ledger.custody import Suspicion
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.values import Address, Hash32, ParcelId
from ledger.verdicts.gathering.known import speaks_only

ItemType = TypeVar("ItemType")


class Gathered:
    """A reading as :class:`ledger.verdicts.gathering.Known`; lines are read once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._lines: dict[int, Line] = {}
        self._records: dict[Hash32, Record | None] = {}

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return an item of state."""
        return self._reading.view.read(sort, key)

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record."""
        if record_id not in self._records:
            self._records[record_id] = self._reading.view.record(record_id)
        return self._records[record_id]

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""
        return self._reading.view.index_of(record_id)

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel, ascending."""
        return self._reading.view.mentions(parcel)

    def recorded_at(self, index: int) -> int:
        """Return the ledger's own time of an entry, milliseconds."""
        row = self._reading.view.row(index)
        if row is None:
            raise Damaged("gap", f"entry {index}", "a record is known to stand there")
        return entries.decode(row.entry, f"entry {index}").recorded_at_ms

    def record_at(self, index: int) -> tuple[Hash32, Record]:
        """Return the record at an index, and its id."""
        line = self._line(index)
        return line.signed.record_id, line.record

    def only_speaks(self, index: int) -> bool:
        """Tell whether the record at an index judges nothing."""
        if index in self._lines:
            return speaks_only(self._lines[index].record)
        return only_speaks(self._reading.view, index)

    def signers(self, index: int) -> tuple[Address, ...]:
        """Return whose keys signed the record at an index."""
        return self._line(index).signed.signers

    def suspicions(self) -> tuple[Suspicion, ...]:
        """Return whose records are suspect."""
        found: list[Suspicion] = []
        after = b""
        while items := self._reading.view.items_of(Suspicion, after, LIMITS.page_rows_max):
            found += [item for item in items if isinstance(item, Suspicion)]
            after = items[-1].key
        return tuple(found)

    def _line(self, index: int) -> Line:
        if index not in self._lines:
            self._lines[index] = self._reading.line(index)
        return self._lines[index]


def known_of(reading: Reading) -> Gathered:
    """Return what a reading knows."""
    return Gathered(reading)
