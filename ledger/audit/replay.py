"""The ledger decided again, record by record, beside the log: what the rules say today.

What records leave is written to an empty store, as by a rebuild; the log itself is read where it
stands. As soon as one entry cannot be decided, the state behind it is not known and is followed no
further; the ids of records are still noted, so that duplicates are seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from ledger.audit.report import FaultList, Figures
from ledger.audit.tables import compare_tables
from ledger.checkpoint import VerifierKey
from ledger.custody import Changes, Finding, Nothing, Operation, Overlay, Parcel, charter_of
from ledger.derivation import decide
from ledger.errors import Damaged, Refused
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.signing import SignedRecord
from ledger.store.protocol import Derived, View, Writer
from ledger.store.stored import read_record
from ledger.trace.kept import Blends
from ledger.values import Hash32, Milliseconds

ItemType = TypeVar("ItemType")


class _Left:
    """The state that the records so far have left."""

    def __init__(self, scratch: Writer, log: View) -> None:
        self._scratch = scratch
        self._log = log

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return the item of a sort under a key, or None."""
        return self._scratch.read(sort, key)

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None: its envelope was checked on the way here."""
        index = self._scratch.index_of(record_id)
        row = None if index is None else self._log.row(index)
        return None if row is None else read_record(row.index, row.envelope)


class Replay:
    """The state after the entries so far.

    Args:
        scratch: a writer of an empty store, which has begun a rebuild; of no use afterwards.
        log: the log under audit.
        faults: where faults are noted.
        figures: where is counted.

    """

    def __init__(self, scratch: Writer, log: View, faults: FaultList, figures: Figures) -> None:
        self.follows = True
        self._scratch = scratch
        self._left = _Left(scratch, log)
        self._faults = faults
        self._figures = figures
        self._overlay, self._blends = Overlay(Nothing()), Blends()
        self._accepted: list[Derived] = []
        self._indices: dict[Hash32, int] = {}  # of this page, and where the scratch store has none

    @contextmanager
    def page(self, record_ids: Sequence[Hash32]) -> Iterator[None]:
        """Decide records on top of the scratch store, which holds what they leave afterwards.

        Args:
            record_ids: of all records on the page, decided or not.

        """
        self._indices.update(self._scratch.indices_of(record_ids))
        self._overlay, self._blends = Overlay(self._left), Blends()
        yield
        accepted, self._accepted = self._accepted, []
        if accepted:
            self._scratch.derive(accepted, list(self._overlay.items()))
        for derived in accepted:
            self._indices.pop(derived.record_id, None)

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of the first entry with this record, one of the page's; or None."""
        return self._indices.get(record_id)

    def checkpoint_keys(self) -> tuple[VerifierKey, ...]:
        """Return the log keys of the charter in force, as far as the state is followed."""
        charter = charter_of(self._overlay)
        return tuple(map(VerifierKey.parse, charter.checkpoint_keys)) if charter else ()

    def note(self, index: int, record_id: Hash32) -> None:
        """Remember at which entry a record stands, whether it can be decided or not."""
        self._indices[record_id] = index

    def decide(self, index: int, signed: SignedRecord, now_ms: Milliseconds) -> bool:
        """Decide a record again; False, and a fault noted, when it is not accepted."""
        place = f"entry {index}"
        changes = self._faults.attempt(place, lambda: self._changes(index, signed, now_ms))
        if changes is None:
            self.follows = False
            return False
        self._count(index, changes)
        self._overlay.apply(signed.record_id, signed.record, changes.items)
        self._accepted.append(Derived(index, signed.record_id, changes.mentions))
        return True

    def _changes(self, index: int, signed: SignedRecord, now_ms: int) -> Changes:
        try:
            return decide(self._overlay, signed, index, now_ms, self._blends)
        except Refused as refused:
            raise Damaged("altered", f"entry {index}", f"refused: {refused}") from None

    def _count(self, index: int, changes: Changes) -> None:
        figures = self._figures
        figures.decided += 1
        for item in changes.items:
            if isinstance(item, Finding):
                figures.findings += 1
                if len(figures.first_findings) < LIMITS.page_rows:
                    figures.first_findings.append(item)
            elif isinstance(item, Operation):
                figures.lost_millicarats += item.loss_millicarats
                if not item.inputs:
                    figures.registered_millicarats += sum(item.weights_millicarats)
            elif isinstance(item, Parcel):
                is_made = item.made_by == index  # by this record: there was none before
                before = None if is_made else self._overlay.read(Parcel, item.id)
                figures.held_millicarats += _held(item) - (_held(before) if before else 0)

    def compare(self, view: View) -> None:
        """Compare the derived tables of a store with those that its records leave."""
        compare_tables(view, self._scratch, self._faults)


def _held(parcel: Parcel) -> int:
    # What is set in a piece is counted by the piece; what was sold left the trade, not the earth.
    return 0 if parcel.state in ("spent", "set") else parcel.weight_millicarats
