"""A record as it stands after its Corrections, as far as the log reaches up to a size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from ledger.canonical.correcting import corrected
from ledger.custody import Corrected
from ledger.errors import Damaged
from ledger.limits import LIMITS
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

    Raises:
        Damaged: the chain of Corrections is broken, or longer than any can be.

    """
    known = view.read(Corrected, record_id)
    chain = [] if known is None else list(_chain(view, record_id, known.correction, size))
    if not chain:
        return Standing(record, None, record_id)
    replaced = [at for at, correction in chain if correction.details != NO_HASH]
    ordered = [correction for _, correction in reversed(chain)]
    made = cast("AnyRecord", corrected(record, ordered))
    return Standing(made, chain[0][0], replaced[0] if replaced else record_id)


def _chain(
    view: View, record_id: Hash32, last: Hash32, size: int
) -> Iterator[tuple[Hash32, Correction]]:
    """Yield the Corrections of a record below an index, the latest first."""
    at = last
    for _ in range(LIMITS.chain_records_max):
        if at == record_id:
            return
        record, index = view.record(at), view.index_of(at)
        if not isinstance(record, Correction) or index is None:
            raise Damaged("gap", f"record {to_hex(at)}", "a Correction is named, and is not there")
        if index < size:
            yield at, record
        at = record.what.state
    raise Damaged("gap", f"record {to_hex(record_id)}", "its Corrections come to no end")
