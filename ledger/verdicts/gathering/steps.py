"""The records about one parcel, in the log's order: its own chain, certificates, and what was said.

A parcel's chain is followed from its head backwards; certificates and statements speak of it
without advancing it. A certificate brings the record that closed it with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.custody import NEVER, CertificateState, Parcel
from ledger.limits import LIMITS
from ledger.records import Certificate, Clearance, Record, Registration, Setting, Transformation
from ledger.values import Hash32, ParcelId
from ledger.verdicts.facts import Ground
from ledger.verdicts.gathering.known import Past, speaks_only


@dataclass(frozen=True, slots=True)
class Step:
    """One record about a parcel.

    Attributes:
        index, record_id: which.
        record: as its Corrections restate it.
        ground: what it is as evidence.
        grounds: the same, and its Corrections.

    """

    index: int
    record_id: Hash32
    record: Record
    grounds: tuple[Ground, ...]

    @property
    def ground(self) -> Ground:
        """The record itself, as evidence."""
        return self.grounds[0]

    @property
    def at(self) -> int:
        """When it occurred, seconds."""
        return self.record.scene.occurred_at  # type: ignore[no-any-return]  # of every kind


def steps_of(past: Past, parcel: Parcel) -> list[Step]:
    """Return the records about a parcel, ascending, each once."""
    found: dict[int, Step] = {}
    for index, record_id, record in (*_chain(past, parcel), *_spoken(past, parcel.id)):
        if index not in found and not isinstance(record, Clearance):
            found[index] = step_at(past, index, record_id, record)
            if isinstance(record, Certificate):
                closed = _closing(past, record_id)
                if closed is not None:
                    found[closed.index] = closed
    return [found[index] for index in sorted(found)]


def step_at(past: Past, index: int, record_id: Hash32, record: Record) -> Step:
    """Return a record as a step."""
    if speaks_only(record):
        return Step(index, record_id, record, (past.ground(index, record_id, record),))
    restated, corrections = past.corrected(record_id, record)
    return Step(index, record_id, restated, (past.ground(index, record_id, record), *corrections))


def _chain(past: Past, parcel: Parcel) -> Iterator[tuple[int, Hash32, Record]]:
    """Yield the records of a parcel's own chain, the latest first."""
    at: Hash32 | None = parcel.head
    while at is not None and past.may_read():
        index, record = past.record(at)
        if index < past.size:
            yield index, at, record
        at = _before(record, parcel.id)


def _before(record: Record, parcel: ParcelId) -> Hash32 | None:
    """Return what stands before a record in a parcel's own chain; None for what made the parcel."""
    what = record.what
    if isinstance(record, Registration):
        return None
    if isinstance(record, Transformation):
        taken = what.inputs
    elif isinstance(record, Setting):
        if what.operation == "unset" and parcel == what.piece:
            return what.piece_previous  # type: ignore[no-any-return]  # a record id
        taken = what.parcels
    else:
        return what.previous  # type: ignore[no-any-return]  # a record id
    return what.previous[taken.index(parcel)] if parcel in taken else None


def _spoken(past: Past, parcel: ParcelId) -> Iterator[tuple[int, Hash32, Record]]:
    """Yield what was said of a parcel.

    Any party may dispute goods, answer findings and correct what it said, as often as it likes.
    None of this judges, so none of it costs a step; the first few disputes are told.
    """
    disputes = 0
    for index in past.known.mentions(parcel):
        if index >= past.size:
            return
        if past.known.only_speaks(index):
            if not past.may_pass():
                return
            if disputes < LIMITS.facts_disputes_max:
                found = past.known.record_at(index)
                if found[1].operation == "dispute":
                    disputes += 1
                    yield index, *found
            continue
        if not past.may_read():
            return
        yield index, *past.known.record_at(index)


def _closing(past: Past, certificate: Hash32) -> Step | None:
    """Return the Clearance that closed a certificate, if one did."""
    state = past.known.read(CertificateState, certificate)
    if state is None or not NEVER < state.closed_by < past.size or not past.may_read():
        return None
    record_id, record = past.known.record_at(state.closed_by)
    if not isinstance(record, Clearance):
        return None
    return step_at(past, state.closed_by, record_id, record)
