"""What facts are gathered from: records, where they stand, and what was corrected since.

:class:`Past` shows the ledger as it was before some entry, though the state that it reads is that
of the last one: whatever stands at that entry or behind it is not seen. How many records it reads
is bounded; :attr:`Past.is_cut` tells when that bound was met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Protocol

from ledger.custody import Agent, CharterInForce, Corrected, Party, State, Suspicion, charter_of
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.records import (
    SHEETS,
    Amendment,
    Charter,
    Correction,
    Receipt,
    Record,
    Report,
    Revocation,
)
from ledger.values import Address, Hash32, ParcelId, from_hex, to_hex
from ledger.verdicts.facts import Ground

TALK: Final = ("dispute", "answer")
"""The Reports by which no definition judges."""


class Known(State, Protocol):
    """Accepted records and the state that they left; nothing written later is seen in it."""

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record, or None."""

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel, ascending."""

    def recorded_at(self, index: int) -> int:
        """Return the ledger's own time of an entry, milliseconds."""

    def record_at(self, index: int) -> tuple[Hash32, Record]:
        """Return the record at an index, and its id."""

    def only_speaks(self, index: int) -> bool:
        """Tell whether :func:`speaks_only` of the record at an index, without reading more."""

    def signers(self, index: int) -> tuple[Address, ...]:
        """Return whose keys signed the record at an index."""

    def suspicions(self) -> tuple[Suspicion, ...]:
        """Return whose records are suspect."""


def speaks_only(record: Record) -> bool:
    """Tell whether a record judges nothing: anybody may make such records without end.

    That is a Report that disputes goods or answers a finding. A Correction is found by what it
    corrects.
    """
    if isinstance(record, Report):
        return record.what.operation in TALK
    return isinstance(record, Correction)


class Budget:
    """How many records and operations may still be looked at."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> bool:
        """Spend some; False when they are used up."""
        self.left -= steps
        return self.left >= 0


class Past:
    """The ledger before one entry."""

    def __init__(self, known: Known, size: int, budget: Budget) -> None:
        self.known = known
        self.size = size
        self.budget = budget
        self.is_cut = False
        self._talk = Budget(LIMITS.facts_talk_max)
        self._suspect: dict[Address, list[tuple[Address, int]]] = {}
        for item in known.suspicions():
            since = _suspect_since(known, item, size)
            if since is not None:
                agent = known.read(Agent, item.party)
                speaker = agent.organisation if agent else item.party
                self._suspect.setdefault(speaker, []).append((item.party, since))

    def record(self, record_id: Hash32) -> tuple[int, Record]:
        """Return an accepted record and its index.

        Raises:
            Damaged: another record names it, and it is not there.

        """
        index, record = self.known.index_of(record_id), self.known.record(record_id)
        if index is None or record is None:
            raise Damaged("gap", f"record {to_hex(record_id)}", "another record names it")
        return index, record

    def may_read(self) -> bool:
        """Tell whether another record may be read; if not, remember that something is missing."""
        if self.budget.spend():
            return True
        self.is_cut = True
        return False

    def may_pass(self) -> bool:
        """Tell whether another record that judges nothing may be passed over."""
        if self._talk.spend():
            return True
        self.is_cut = True
        return False

    def ground(self, index: int, record_id: Hash32, record: Record) -> Ground:
        """Return what a fact rests on."""
        return Ground(
            record_id=record_id,
            index=index,
            kind=record.KIND.name,
            operation=record.operation,
            role=record.what.author_role,
            country=record.scene.author_country,
            occurred_at=record.scene.occurred_at,
            recorded_at_ms=self.known.recorded_at(index),
            is_suspect=self._is_suspect(index, record),
        )

    def _is_suspect(self, index: int, record: Record) -> bool:
        """Tell whether a party or an agent in doubt is behind a record.

        A party is behind whatever is said for it; an agent behind what it signed alone.
        """
        speakers = [record.author]
        if isinstance(record, Receipt) and record.what.operation == "acceptShort":
            speakers.append(record.who.sender)  # who agrees to it by a signature
        for speaker in speakers:
            for address, since in self._suspect.get(speaker, ()):
                if index >= since and (address == speaker or address in self.known.signers(index)):
                    return True
        return False

    def corrected(self, record_id: Hash32, record: Record) -> tuple[Record, tuple[Ground, ...]]:
        """Return a record as its Corrections restate it, and what these rest on, oldest first."""
        latest = self.known.read(Corrected, record_id)
        found: list[tuple[int, Hash32, Correction]] = []
        at = latest.correction if latest else record_id
        while at != record_id and self.may_read():
            index, correction = self.record(at)
            if not isinstance(correction, Correction):
                raise Damaged("altered", f"record {to_hex(at)}", "it is said to correct another")
            if index < self.size:
                found.append((index, at, correction))
            at = correction.what.state
        for _, _, correction in reversed(found):
            record = _restated(record, correction)
        return record, tuple(self.ground(*one) for one in reversed(found))

    def charter(self) -> CharterInForce:
        """Return the charter in force, with the tolerances of that time."""
        charter = charter_of(self.known)
        if charter is None:
            raise Damaged("gap", "charter in force", "the ledger has no charter")
        index, record = self.record(charter.head)
        while isinstance(record, Amendment) and index >= self.size:
            index, record = self.record(record.what.previous)
        if not isinstance(record, (Amendment, Charter)):
            raise Damaged("altered", f"entry {index}", "no charter")
        return replace(
            charter,
            tolerance_millicarats=record.amounts.tolerance_millicarats,
            tolerance_parts_per_million=record.amounts.tolerance_parts_per_million,
        )


def _suspect_since(known: Known, item: Suspicion, size: int) -> int | None:
    """Return from where on a party's records were suspect before an entry; None: they were not."""
    if item.index < size:
        return item.since
    since = None
    for index, record in _party_chain(known, item.party):
        if index < size and isinstance(record, Revocation) and record.what.compromised_since:
            suspect = record.what.compromised_since
            since = suspect if since is None else min(since, suspect)
    return since


def _party_chain(known: Known, party: Address) -> Iterator[tuple[int, Record]]:
    holder = known.read(Party, party) or known.read(Agent, party)
    at = holder.head if holder else None
    while at is not None:
        record, index = known.record(at), known.index_of(at)
        if record is None or index is None:
            return
        yield index, record
        at = getattr(record.what, "previous", None)


def _restated(record: Record, correction: Correction) -> Record:
    """Return a record with the values that a Correction states."""
    changed = {}
    for place in SHEETS[1:]:
        stated = getattr(correction, place)
        sheet = getattr(record, place)
        for name, value in zip(stated.fields, stated.values, strict=True):
            sheet = _with_value(sheet, name, value)
        changed[place] = sheet
    return replace(record, **changed)  # type: ignore[type-var]  # every kind is a dataclass


def _with_value(sheet: object, name: str, text: str) -> object:
    wire, _, place = name.partition(".")
    field = next(field for field in type(sheet).FIELDS if field.wire == wire)  # type: ignore[attr-defined]  # every sheet has them
    value: object = text
    if field.spec.wire_type == "uint64":
        value = int(text)
    elif field.spec.wire_type != "string":
        value = from_hex(text, len(text) // 2 - 1)
    if place:
        elements = list(getattr(sheet, field.name))
        elements[int(place)] = value
        value = tuple(elements)
    return replace(sheet, **{field.name: value})  # type: ignore[type-var]  # a frozen dataclass
