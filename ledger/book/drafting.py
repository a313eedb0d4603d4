"""A group of records being decided, one against the state that the one before it left.

A :class:`Draft` computes and returns; it writes nothing. What is refused leaves no trace in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ledger import entry as entries
from ledger.book.answers import Answer, Line, NotDone, make_answer
from ledger.custody import Changes, Overlay, State
from ledger.derivation import decide
from ledger.entry import Entry
from ledger.errors import Damaged, Refusal, Refused
from ledger.merkle import leaf_hash
from ledger.records.compiled import maker
from ledger.rules import touches
from ledger.signing import SignedRecord
from ledger.store.protocol import Derived, FullTile, Group, Head, Row, View
from ledger.store.tiles import Tail
from ledger.trace.kept import Blends
from ledger.values import Milliseconds, RecordId


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of the log as the writer left it; of use only at the head it belongs to."""

    head: Head
    tree: Tail

    @classmethod
    def load(cls, view: View) -> Edge:
        """Read the edge from the store.

        Raises:
            Damaged: the stored tree and the head do not belong together.

        """
        return cls(view.head(), Tail.load(view))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record that was accepted in this group, and what it changes."""

    signed: SignedRecord
    changes: Changes


_make_accepted: Final = maker(Accepted)
_make_entry: Final = maker(Entry)
_make_row: Final = maker(Row)
_make_derived: Final = maker(Derived)


class Draft:
    """The group so far.

    Args:
        view: the log that the group will be added to.
        state: its state, as the last record before the group left it.
        first_index: the index of the group's first record.
        now_ms: the time of all of the group's entries.
        known: answers of records that were accepted earlier in the group.
        blends: what was made or read of earlier operations.

    """

    def __init__(
        self,
        view: View,
        state: State,
        first_index: int,
        now_ms: Milliseconds,
        known: Mapping[RecordId, Answer] | None = None,
        blends: Blends | None = None,
    ) -> None:
        self._view = view
        self._overlay = Overlay(state)
        self._first_index = first_index
        self._now_ms = now_ms
        self._known = known or {}
        self._answers: dict[RecordId, Answer] = {}
        self._accepted: list[Accepted] = []
        self._blends = blends or Blends()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was accepted."""
        return not self._accepted

    def decide_each(self, records: Sequence[SignedRecord]) -> list[Line]:
        """Decide records on their own: a refusal stops nobody else."""
        stored = self._indices_of(records)
        return [self._decide(signed, stored) for signed in records]

    def decide_together(self, records: Sequence[SignedRecord], places: Sequence[int]) -> list[Line]:
        """Decide records that are all accepted or none: the first refusal undoes the others.

        Args:
            records: the records.
            places: the place of each in its batch, from 0.

        """
        next_index = self._first_index + len(self._accepted)
        trial = Draft(
            self._view, self._overlay, next_index, self._now_ms, self._answers, self._blends
        )
        stored = self._indices_of(records)
        lines: list[Line] = []
        for signed, place in zip(records, places, strict=True):
            line = trial._decide(signed, stored)
            if isinstance(line, Refusal):
                return [line if at == place else NotDone(place + 1) for at in places]
            lines.append(line)
        for accepted in trial._accepted:
            self._accept(accepted)
        return lines

    def _indices_of(self, records: Sequence[SignedRecord]) -> Mapping[RecordId, int]:
        """Return the indices of those records that the store holds already."""
        return self._view.indices_of([signed.record_id for signed in records])

    def _decide(self, signed: SignedRecord, stored: Mapping[RecordId, int]) -> Line:
        record_id = signed.record_id
        if record_id in stored:
            return self._stored_answer(signed, stored[record_id])
        first = self._answers.get(record_id) or self._known.get(record_id)
        if first is not None:
            return replace(first, again=True)
        index = self._first_index + len(self._accepted)
        try:
            changes = decide(self._overlay, signed, index, self._now_ms, self._blends)
        except Refused as refused:
            return refused.refusal
        self._accept(_make_accepted(signed, changes))
        return self._answers[record_id]

    def _accept(self, accepted: Accepted) -> None:
        signed, index = accepted.signed, self._first_index + len(self._accepted)
        self._accepted.append(accepted)
        self._overlay.apply(signed.record_id, signed.record, accepted.changes.items)
        self._answers[signed.record_id] = make_answer(
            "sequenced", index, signed.record_id, self._now_ms, accepted.changes.parcels
        )

    def _stored_answer(self, signed: SignedRecord, index: int) -> Answer:
        row = self._view.row(index)
        if row is None:
            raise Damaged("gap", f"entry {index}", "its record id is known")
        time = entries.decode(row.entry, f"entry {index}").recorded_at_ms
        parcels = touches(signed.record, signed.record_id)
        return Answer("sequenced", index, signed.record_id, time, parcels, again=True)

    def group(self, edge: Edge) -> tuple[Group, Edge]:
        """Chain the accepted records, grow the tree, and return what is to be written.

        Args:
            edge: the log's right edge; it is not changed.

        Returns:
            The group, and the right edge that it leaves when it has been written.

        """
        tree = edge.tree.copy()
        rows: list[Row] = []
        derived: list[Derived] = []
        tiles: list[FullTile] = []
        previous = edge.head.entry_hash
        for index, accepted in enumerate(self._accepted, self._first_index):
            signed = accepted.signed
            line = _make_entry(self._now_ms, previous, signed.root).encode()
            rows.append(_make_row(index, line, signed.envelope.raw))
            derived.append(_make_derived(index, signed.record_id, accepted.changes.mentions))
            tiles += tree.append(leaf_hash(line))
            previous = entries.hash_of(line)
        head = Head(tree.size, tree.root(), previous, self._now_ms)
        items = list(self._overlay.items())
        return Group(edge.head, head, rows, derived, items, tiles), Edge(head, tree)
