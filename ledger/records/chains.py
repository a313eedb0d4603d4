"""Following chains backwards: what a record names as the record before it."""

from __future__ import annotations

from ledger.records.fields import Record
from ledger.records.goods import Handoff, Receipt, Transformation, Withdrawal
from ledger.records.pieces import Sale, Setting
from ledger.records.sayings import Report
from ledger.values import Hash32, ParcelId


def previous_of(record: Record, parcel: ParcelId) -> tuple[Hash32, ...]:
    """Return the records that stand before a record in the story of a parcel.

    One for a record that advances the parcel's chain; those of all inputs for the Transformation or
    the Setting that made it; none for the Registration that made it.
    """
    if isinstance(record, Setting):
        if parcel in record.what.parcels:
            return (record.what.previous[record.what.parcels.index(parcel)],)
        is_unset = record.what.operation == "unset"
        return (record.what.piece_previous,) if is_unset else record.what.previous
    if isinstance(record, Transformation):
        if parcel in record.what.inputs:
            return (record.what.previous[record.what.inputs.index(parcel)],)
        return record.what.previous
    if isinstance(record, (Handoff, Receipt, Withdrawal, Sale, Report)):
        return (record.what.previous,)
    return ()
