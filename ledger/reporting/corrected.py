"""A record as it stands after its Corrections, as far as the log reaches up to a size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from ledger.canonical.correcting import named_values, with_values
from ledger.custody import Corrected
from ledger.errors import Damaged
from ledger.records import Correction, Record
from ledger.store.protocol import View
from ledger.values import NO_HASH, Hash32, to_hex

AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass(frozen=True, slots=True)
class Standing(Generic[AnyRecord]):
    """A record with its Corrections.

    Attributes:
        record: as it reads with them.
        by: the last of them, or None.
        details_of: the record whose private fields are its own: the last Correction that replaced
            them, or itself.

    """

    record: AnyRecord
    by: Hash32 | None
    details_of: Hash32


def as_it_stands(
    view: View, record_id: Hash32, record: AnyRecord, size: int
) -> Standing[AnyRecord]:
    """Return a record with its Corrections below an index.

    What all of them come to is kept with the latest, so that at the head their number costs
    nothing: only for an earlier size, or to tell which of them has the private fields, are they
    followed back.

    Raises:
        Damaged: the chain of Corrections is broken.

    """
    known = view.read(Corrected, record_id)
    if known is None:
        return Standing(record, None, record_id)
    index = view.index_of(known.correction)
    if index is not None and index < size:
        values = dict(zip(known.paths, known.values, strict=True))
        made = cast("AnyRecord", with_values(record, values, known.details))
        is_own = known.details == NO_HASH
        details_of = record_id if is_own else _details_of(view, record_id, known.correction)
        return Standing(made, known.correction, details_of)
    return _as_it_stood(view, record_id, record, known.correction, size)


def _details_of(view: View, record_id: Hash32, latest: Hash32) -> Hash32:
    for _, at, correction in _chain(view, record_id, latest):
        if correction.details != NO_HASH:
            return at
    return record_id


def _as_it_stood(
    view: View, record_id: Hash32, record: AnyRecord, latest: Hash32, size: int
) -> Standing[AnyRecord]:
    values: dict[str, str] = {}
    by: Hash32 | None = None
    details, details_of = NO_HASH, record_id
    for index, at, correction in _chain(view, record_id, latest):
        if index >= size:
            continue
        by = by or at
        # The latest comes first: what it says stays.
        values = {path: value for path, value, _ in named_values(correction)} | values
        if details == NO_HASH and correction.details != NO_HASH:
            details, details_of = correction.details, at
    if by is None:
        return Standing(record, None, record_id)
    return Standing(cast("AnyRecord", with_values(record, values, details)), by, details_of)


def _chain(
    view: View, record_id: Hash32, latest: Hash32
) -> Iterator[tuple[int, Hash32, Correction]]:
    """Yield the Corrections of a record, the latest first: index, id and record of each.

    There may be any number of them; each stands before the one that names it, so they do end.
    """
    at, before = latest, view.head().size
    while at != record_id:
        record, index = view.record(at), view.index_of(at)
        if not isinstance(record, Correction) or index is None or index >= before:
            raise Damaged("gap", f"record {to_hex(at)}", "a Correction is named, and is not there")
        yield index, at, record
        at, before = record.what.state, index
