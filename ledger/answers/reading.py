"""What every answer reads from: one consistent view, one checkpoint, one moment.

The checkpoint is taken before the view, so that what it covers is in the view; and how far the log
is anchored before the checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from ledger.access import ALL, NONE, OPERATOR, Reader, facts_of, is_whole_for, sheets_shown
from ledger.anchor.told import Anchors
from ledger.answers.shapes import AsOf, Said, Status
from ledger.custody import NEVER, CharterInForce, Parcel, Suspicion, as_held, charter_of
from ledger.derivation import reread
from ledger.entry import Entry
from ledger.errors import Damaged, Unknown
from ledger.records import SHEETS, Record
from ledger.signing import SignedRecord
from ledger.store.private import PrivateStore
from ledger.store.protocol import Published, View
from ledger.values import Address, Hash32, ParcelId, to_hex


class Source(Protocol):
    """Where answers come from: an open :class:`~ledger.book.Book`, or a folder only read."""

    @property
    def published(self) -> Published:
        """The last checkpoint that may be shown."""

    @property
    def fault(self) -> Exception | None:
        """Why the ledger takes no records any more, or None."""

    @property
    def private(self) -> PrivateStore | None:
        """The store of private fields, or None where none are kept."""

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log, read again and found in order: its entry, and the signed record."""

    index: int
    raw: bytes
    entry: Entry
    signed: SignedRecord

    @property
    def record(self) -> Record:
        """The record."""
        return self.signed.record


@dataclass(frozen=True, slots=True)
class Reading:
    """One question's view of the ledger.

    Attributes:
        view: what is stored.
        published: the last checkpoint.
        charter: the charter in force.
        now_ms: the time of asking.
        reader: who asks.
        anchors: those of the ledger, if it has a chain.

    """

    view: View
    published: Published
    charter: CharterInForce
    now_ms: int
    as_of: AsOf
    reader: Reader = OPERATOR
    anchors: Anchors | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the reader is shown every record whole."""
        return is_whole_for(self.charter.mode, self.reader)

    def sheets(self, line: Line, until: int = NEVER) -> tuple[str, ...]:
        """Return which sheets of a record the reader is shown.

        Args:
            line: the record.
            until: the last index up to which what was said of these goods is of goods that the
                reader holds or held, or of their ancestors.

        """
        if self.is_whole:
            return ALL
        if self.reader.sort != "party":
            return NONE
        is_of_line = line.index <= until
        facts = facts_of(self.view, line.record, line.signed.signers, is_of_line=is_of_line)
        return sheets_shown(self.charter.mode, self.reader, facts)

    def status(self, index: int) -> Status:
        """Say how sure an entry is."""
        if index < self.as_of.anchored_size:
            return "anchored"
        return "checkpointed" if index < self.published.size else "sequenced"

    def line(self, index: int) -> Line:
        """Read an entry that must be there.

        Raises:
            Damaged: it is not, or not what the ledger wrote.

        """
        row = self.view.row(index)
        if row is None:
            raise Damaged("gap", f"entry {index}", "an item of state names it")
        entry, signed = reread(index, row.entry, row.envelope, self.charter.ledger_id)
        return Line(index, row.entry, entry, signed)

    def index_of(self, record_id: Hash32) -> int:
        """Return the index of a record that must be there.

        Raises:
            Damaged: it is not.

        """
        index = self.view.index_of(record_id)
        if index is None:
            raise Damaged("gap", f"record {to_hex(record_id)}", "an item of state names it")
        return index

    def known_parcel(self, parcel: ParcelId) -> Parcel:
        """Return a parcel that was asked for.

        Raises:
            Unknown: there is none.

        """
        known = self.view.read(Parcel, parcel)
        if known is None:
            raise Unknown("parcel", to_hex(parcel))
        return as_held(self.view, known)

    def is_suspected(self, index: int, *addresses: Address) -> bool:
        """Tell whether a record is one of those that a Revocation calls suspect."""
        suspicions = (self.view.read(Suspicion, address) for address in set(addresses))
        return any(known is not None and index >= known.since for known in suspicions)

    def said(self, line: Line, sheets: tuple[str, ...]) -> Said:
        """Say who said a line, when, and how sure that is; *what* and *scene* must be shown."""
        record, signers = line.record, line.signed.signers
        shows_who = "who" in sheets
        return Said(
            index=line.index,
            record_id=line.signed.record_id,
            kind=record.KIND.name,
            operation=record.operation,
            author=record.author if shows_who else None,
            role=record.what.author_role,
            country=record.scene.author_country,
            signers=signers if shows_who else None,
            occurred_at=record.scene.occurred_at,
            recorded_at_ms=line.entry.recorded_at_ms,
            status=self.status(line.index),
            is_suspected=self.is_suspected(line.index, record.author, *signers)
            if shows_who
            else None,
            withheld=withheld(sheets),
        )


def withheld(sheets: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sheets that are not among those shown."""
    return tuple(place for place in SHEETS if place not in sheets)


@contextmanager
def reading(
    source: Source, now_ms: int, reader: Reader = OPERATOR, anchors: Anchors | None = None
) -> Iterator[Reading]:
    """Open what one question reads from.

    Raises:
        Damaged: the ledger has no charter.

    """
    anchored_size = 0 if anchors is None else anchors.anchored.size
    published = source.published
    with source.view() as view:
        charter = charter_of(view)
        if charter is None:
            raise Damaged("gap", "charter in force", "the ledger has no charter")
        as_of = AsOf(view.head().size, published.size, anchored_size)
        yield Reading(view, published, charter, now_ms, as_of, reader, anchors)
