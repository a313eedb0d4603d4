"""The ledger appended again, record by record, to a scratch store: what the rules say today.

As soon as one entry cannot be decided, the state behind it is not known and is followed no further;
the ids of records are still noted, so that duplicates are seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger import entry as entries
from ledger.audit.report import FaultList, Figures
from ledger.audit.tables import compare_tables
from ledger.checkpoint import VerifierKey
from ledger.custody import Changes, Finding, Nothing, Operation, Overlay, Parcel, charter_of
from ledger.derivation import Remembered, decide
from ledger.errors import BadQuestion, Damaged, Refused
from ledger.limits import LIMITS
from ledger.merkle import leaf_hash
from ledger.signing import SignedRecord
from ledger.store.protocol import EMPTY_HEAD, Derived, FullTile, Group, Head, Row, Store, View
from ledger.store.tiles import Tail
from ledger.trace.kept import Blends
from ledger.values import Hash32, Milliseconds


class Replay:
    """The state after the entries so far.

    Args:
        scratch: an empty store, in which the ledger is made again.
        faults: where faults are noted.
        figures: where is counted.

    Raises:
        BadQuestion: the scratch store is not empty.

    """

    def __init__(self, scratch: Store, faults: FaultList, figures: Figures) -> None:
        self.follows = True
        self._scratch = scratch
        self._faults = faults
        self._figures = figures
        self._head = EMPTY_HEAD
        self._tree = Tail()
        self._view: View | None = None
        self._overlay, self._blends = Overlay(Nothing()), Blends()
        self._accepted: list[tuple[Row, Derived, Milliseconds]] = []
        self._indices: dict[Hash32, int] = {}  # of records that the scratch store does not hold
        with scratch.view() as view:
            if view.head() != EMPTY_HEAD:
                raise BadQuestion("scratch", "an empty store")

    @contextmanager
    def page(self) -> Iterator[None]:
        """Decide records on top of the scratch store, which holds the accepted ones afterwards."""
        with self._scratch.view() as view:
            self._view = view
            self._overlay, self._blends = Overlay(Remembered(view)), Blends()
            yield
        self._commit()

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of the first entry with this record, or None."""
        noted = self._indices.get(record_id)
        return self._view.index_of(record_id) if noted is None and self._view else noted

    def checkpoint_keys(self) -> tuple[VerifierKey, ...]:
        """Return the log keys of the charter in force, as far as the state is followed."""
        charter = charter_of(self._overlay)
        return tuple(map(VerifierKey.parse, charter.checkpoint_keys)) if charter else ()

    def note(self, index: int, record_id: Hash32) -> None:
        """Remember at which entry a record stands, whether it can be decided or not."""
        self._indices[record_id] = index

    def decide(self, row: Row, signed: SignedRecord, now_ms: Milliseconds) -> bool:
        """Decide a record again; False, and a fault noted, when it is not accepted."""
        place = f"entry {row.index}"
        changes = self._faults.attempt(place, lambda: self._changes(row, signed, now_ms))
        if changes is None:
            self.follows = False
            return False
        self._count(row.index, changes)
        self._overlay.apply(signed.record_id, signed.record, changes.items)
        derived = Derived(row.index, signed.record_id, changes.mentions)
        self._accepted.append((row, derived, now_ms))
        return True

    def _changes(self, row: Row, signed: SignedRecord, now_ms: int) -> Changes:
        try:
            return decide(self._overlay, signed, row.index, now_ms, self._blends)
        except Refused as refused:
            raise Damaged("altered", f"entry {row.index}", f"refused: {refused}") from None

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

    def _commit(self) -> None:
        """Move what was accepted into the scratch store."""
        accepted, self._accepted = self._accepted, []
        if not accepted:
            return
        tiles: list[FullTile] = []
        for row, derived, _ in accepted:
            tiles += self._tree.append(leaf_hash(row.entry))
            self._indices.pop(derived.record_id, None)
        last, _, time = accepted[-1]
        new = Head(self._tree.size, self._tree.root(), entries.hash_of(last.entry), time)
        rows, lookups, _ = zip(*accepted, strict=True)
        with self._scratch.write() as writer:
            writer.commit(Group(self._head, new, rows, lookups, list(self._overlay.items()), tiles))
        self._head = new

    def compare(self, view: View) -> None:
        """Compare the derived tables of a store with those that its records leave."""
        with self._scratch.view() as recomputed:
            compare_tables(view, recomputed, self._faults)


def _held(parcel: Parcel) -> int:
    return 0 if parcel.state == "spent" else parcel.weight_millicarats
