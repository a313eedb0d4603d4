"""What a mirror must have told of a record, worked out from the ledger alone.

The events are those of ``contracts/interfaces/ICustodyRegistry.sol``, in the order in which one
call logs them. Texts of closed lists are words of 32 bytes, countries of two, zeros behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ledger.anchor.artifacts import Told
from ledger.canonical import read_envelope
from ledger.records import (
    Admission,
    Amendment,
    Handoff,
    KeyChange,
    Receipt,
    Record,
    Registration,
    Revocation,
    Transformation,
    Withdrawal,
)
from ledger.rules import outputs_of
from ledger.store.protocol import View
from ledger.values import Hash32

_WORD_BYTES: Final = 32
_COUNTRY_BYTES: Final = 2
_Events: TypeAlias = list[Told]
_Said: TypeAlias = Any  # a record; each function knows of which kind


def expected_events(view: View, record: Record, record_id: Hash32) -> _Events | None:
    """Return what a mirror tells of a record; None where it can tell nothing of it.

    Args:
        view: the ledger, which holds the record.
        record: the record.
        record_id: its id.

    """
    make = _MAKERS.get(type(record))
    return None if make is None else make(view, record, record_id)


def _admission(_: View, record: _Said, at: Hash32) -> _Events:
    values = {**_office(record, at), "validUntil": record.scene.valid_until}
    return [Told("Admitted", values)]


def _revocation(_: View, record: _Said, at: Hash32) -> _Events:
    return [Told("Revoked", _office(record, at))]


def _office(record: _Said, at: Hash32) -> dict[str, Any]:
    return {
        "party": record.who.party,
        "author": record.who.author,
        "record": at,
        "role": _word(record.what.role),
        "country": _country(record.scene.country),
    }


def _key_change(_: View, record: _Said, at: Hash32) -> _Events:
    who, operation = record.who, _word(record.what.operation)
    values = {"party": who.party, "newKey": who.new_key, "record": at, "operation": operation}
    return [Told("KeyChanged", values)]


def _amendment(_: View, record: _Said, at: Hash32) -> _Events:
    governors, threshold = record.who.governors, record.amounts.threshold
    values = {"record": at, "governors": tuple(governors), "threshold": threshold}
    return [Told("Amended", values)]


def _registration(_: View, record: _Said, at: Hash32) -> _Events:
    values = {
        "parcel": outputs_of(record, at)[0],
        "miner": record.who.author,
        "record": at,
        "weightMillicarats": record.amounts.weight_millicarats,
        "stones": record.amounts.stones,
        "hsCode": _word(record.what.hs_code),
    }
    return [Told("Registered", values)]


def _handoff(_: View, record: _Said, at: Hash32) -> _Events:
    values = {
        "parcel": record.what.parcel,
        "sender": record.who.author,
        "recipient": record.who.recipient,
        "record": at,
        "weightMillicarats": record.amounts.weight_millicarats,
        "stones": record.amounts.stones,
    }
    return [Told("HandedOff", values)]


def _receipt(view: View, record: _Said, at: Hash32) -> _Events | None:
    """Weight and count are the book's from there on: the offer's, or less."""
    offer = _record(view, record.what.previous)
    if not isinstance(offer, Handoff):
        return None
    weight, stones = offer.amounts.weight_millicarats, offer.amounts.stones
    if record.what.operation != "refuse":
        weight = min(weight, record.amounts.weight_millicarats)
        stones = record.amounts.stones or stones if stones else stones
    values = {
        "parcel": record.what.parcel,
        "sender": record.who.sender,
        "recipient": record.who.author,
        "record": at,
        "operation": _word(record.what.operation),
        "weightMillicarats": weight,
        "stones": stones,
    }
    return [Told("Received", values)]


def _withdrawal(_: View, record: _Said, at: Hash32) -> _Events:
    values = {"parcel": record.what.parcel, "sender": record.who.author, "record": at}
    return [Told("Withdrawn", values)]


def _transformation(_: View, record: _Said, at: Hash32) -> _Events:
    what, amounts, author = record.what, record.amounts, record.who.author
    spent = [
        Told("Spent", {"parcel": parcel, "custodian": author, "record": at})
        for parcel in what.inputs
    ]
    outputs = zip(
        outputs_of(record, at),
        amounts.weights_millicarats,
        amounts.stones,
        what.hs_codes,
        strict=True,
    )
    made = [
        Told(
            "Made",
            {
                "parcel": parcel,
                "custodian": author,
                "record": at,
                "weightMillicarats": weight,
                "stones": stones,
                "hsCode": _word(code),
            },
        )
        for parcel, weight, stones, code in outputs
    ]
    values = {
        "record": at,
        "author": author,
        "operation": _word(what.operation),
        "inputWeightMillicarats": amounts.input_weight_millicarats,
        "lossWeightMillicarats": sum(amounts.loss_weights_millicarats),
    }
    return [*spent, *made, Told("Transformed", values)]


def _record(view: View, record_id: Hash32) -> Record | None:
    index = view.index_of(record_id)
    row = None if index is None else view.row(index)
    return None if row is None else read_envelope(row.envelope).record


def _word(text: str) -> bytes:
    return text.encode().ljust(_WORD_BYTES, b"\0")


def _country(text: str) -> bytes:
    return text.encode().ljust(_COUNTRY_BYTES, b"\0")


_MAKERS: Final[dict[type[Record], Callable[[View, _Said, Hash32], _Events | None]]] = {
    Admission: _admission,
    Revocation: _revocation,
    KeyChange: _key_change,
    Amendment: _amendment,
    Registration: _registration,
    Handoff: _handoff,
    Receipt: _receipt,
    Withdrawal: _withdrawal,
    Transformation: _transformation,
}
