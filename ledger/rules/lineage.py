"""Which parcels a record makes or advances, read off the record alone."""

from __future__ import annotations

from ledger.records import (
    FREEZING,
    LIFTING,
    Handoff,
    Receipt,
    Record,
    Registration,
    Report,
    Sale,
    Setting,
    Transformation,
    Withdrawal,
)
from ledger.signing import output_id
from ledger.values import Hash32, ParcelId


def outputs_of(record: Record, record_id: Hash32) -> tuple[ParcelId, ...]:
    """Return the ids of the parcels that a record makes, by position."""
    if isinstance(record, Registration):
        return (output_id(record_id, 0),)
    if isinstance(record, Transformation):
        return tuple(output_id(record_id, at) for at in range(len(record.what.hs_codes)))
    if isinstance(record, Setting) and record.what.operation == "set":
        return (output_id(record_id, 0),)
    return ()


def touches(record: Record, record_id: Hash32) -> tuple[ParcelId, ...]:
    """Return the parcels whose chains a record advances or begins, inputs first."""
    if isinstance(record, (Handoff, Receipt, Withdrawal, Sale)):
        return (record.what.parcel,)
    if isinstance(record, Setting):
        piece = outputs_of(record, record_id)
        return (
            (*record.what.parcels, *piece) if piece else (record.what.piece, *record.what.parcels)
        )
    if isinstance(record, Report) and record.what.operation in (*FREEZING, *LIFTING):
        return (record.what.parcel,)
    inputs = record.what.inputs if isinstance(record, Transformation) else ()
    return (*inputs, *outputs_of(record, record_id))
