"""Rules of Setting and Sale: stones set in a piece and taken out again, goods sold and returned.

Set parcels follow their piece: it is handed over, reported and sold, they are not, and whoever
holds the piece holds them. The piece weighs what they weigh together, for as long as it exists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final, get_args

from ledger.custody import NEVER, Changes, Operation, Parcel, ParcelState, Party, operation_key
from ledger.records import Sale, Setting
from ledger.rules.case import Case, refuse
from ledger.rules.goods import (
    check_custodian,
    check_state,
    custodian_of,
    known_parcel,
    make_operation,
)
from ledger.rules.who import check_not_recovering, check_who
from ledger.signing import output_id
from ledger.values import ParcelId

SETTING, UNSETTING = "setting", "unsetting"
"""The names of their operations."""
_STATES: Final = get_args(ParcelState)
"""In the order of their refusals."""
_Named = tuple[str, Parcel, Collection[str]]
"""A parcel, the field that names it, and the states that it may be in."""


def check_setting(case: Case, record: Setting) -> Changes:
    """Check a Setting, and set the parcels in a piece or take them out of theirs."""
    author = check_who(case)
    check_not_recovering(case, author)
    if record.what.operation == "set":
        return _set(case, record, author)
    return _unset(case, record, author)


def _known(case: Case, record: Setting) -> tuple[Parcel, ...]:
    return tuple(
        [
            known_parcel(case, parcel, f"what.parcels.{at}")
            for at, parcel in enumerate(record.what.parcels)
        ]
    )


def _check_states(named: Sequence[_Named]) -> None:
    """Check what state each parcel is in: one state is asked of all before the next."""
    for state in _STATES:
        for field, parcel, allowed in named:
            if parcel.state == state:
                check_state(parcel, allowed, field)


def _set(case: Case, record: Setting, author: Party) -> Changes:
    parcels = _known(case, record)
    for at, parcel in enumerate(parcels):
        check_custodian(case, parcel, author, f"what.parcels.{at}")
    _check_states([(f"what.parcels.{at}", one, ("held",)) for at, one in enumerate(parcels)])
    for at, (parcel, previous) in enumerate(zip(parcels, record.what.previous, strict=True)):
        case.check_head(f"what.previous.{at}", previous, parcel.head)
    for at, parcel in enumerate(parcels):
        if parcel.form != "polished":
            raise refuse("form", f"what.parcels.{at}", "a polished parcel", parcel.form)
    _check_amounts(record, parcels)
    case.check_time(parcel.head_at for parcel in parcels)
    record_id, occurred_at = case.signed.record_id, record.scene.occurred_at
    stones_set = tuple(
        [
            replace(one, state="set", head=record_id, head_at=occurred_at, spent_by=case.index)
            for one in parcels
        ]
    )
    piece = Parcel(
        id=output_id(record_id, 0),
        state="held",
        custodian=author.address,
        weight_millicarats=record.amounts.weight_millicarats,
        stones=record.amounts.stones,
        hs_code="",
        country=record.scene.author_country,
        head=record_id,
        head_at=occurred_at,
        made_by=case.index,
        position=0,
        blended_by=case.index,
    )
    operation = make_operation(case, SETTING, parcels, (piece,))
    touched = (*_ids(parcels), piece.id)
    return Changes((*stones_set, piece, operation), parcels=touched)


def _unset(case: Case, record: Setting, author: Party) -> Changes:
    piece = known_parcel(case, record.what.piece, "what.piece")
    parcels = _known(case, record)
    check_custodian(case, piece, author, "what.piece")
    named: list[_Named] = [("what.piece", piece, ("held",))]
    named += [(f"what.parcels.{at}", one, ("set",)) for at, one in enumerate(parcels)]
    _check_states(named)
    case.check_head("what.piecePrevious", record.what.piece_previous, piece.head)
    for at, (parcel, previous) in enumerate(zip(parcels, record.what.previous, strict=True)):
        is_own = custodian_of(case, parcel) == author.address
        case.check_head(f"what.previous.{at}", previous, parcel.head, is_told=is_own)
    if piece.form != "piece":
        raise refuse("form", "what.piece", "a piece", piece.form)
    if record.what.parcels != _parcels_in(case, piece):
        raise refuse("piece-parcels", "what.parcels", "exactly the parcels in the piece", "others")
    _check_amounts(record, parcels)
    case.check_time([piece.head_at, *(parcel.head_at for parcel in parcels)])
    record_id, occurred_at = case.signed.record_id, record.scene.occurred_at
    spent = replace(piece, state="spent", head=record_id, head_at=occurred_at, spent_by=case.index)
    taken_out = tuple(
        [
            replace(
                one,
                state="held",
                custodian=author.address,
                country=piece.country,
                head=record_id,
                head_at=occurred_at,
                spent_by=NEVER,
            )
            for one in parcels
        ]
    )
    operation = make_operation(case, UNSETTING, (piece,), taken_out)
    touched = (piece.id, *_ids(parcels))
    return Changes((spent, *taken_out, operation), parcels=touched)


def _parcels_in(case: Case, piece: Parcel) -> tuple[ParcelId, ...]:
    """Return the parcels set in a piece, ascending, as its Setting named them."""
    made = case.state.read(Operation, operation_key(piece.made_by))
    return made.inputs if made is not None else ()


def _ids(parcels: Iterable[Parcel]) -> tuple[ParcelId, ...]:
    return tuple([parcel.id for parcel in parcels])


def _check_amounts(record: Setting, parcels: Sequence[Parcel]) -> None:
    weight = sum(parcel.weight_millicarats for parcel in parcels)
    counts = [parcel.stones for parcel in parcels]
    _check_book(record, weight, sum(counts) if all(counts) else 0)


def _check_book(record: Setting | Sale, weight_millicarats: int, stones: int) -> None:
    amounts = record.amounts
    if amounts.weight_millicarats != weight_millicarats:
        came = amounts.weight_millicarats
        raise refuse("book-weight", "amounts.weightMillicarats", weight_millicarats, came)
    if amounts.stones != stones:
        raise refuse("book-stones", "amounts.stones", stones, amounts.stones)


def check_sale(case: Case, record: Sale) -> Changes:
    """Check a Sale, and let the goods leave the trade or come back to who sold them."""
    author = check_who(case)
    check_not_recovering(case, author)
    before, after = ("held", "sold") if record.what.operation == "sale" else ("sold", "held")
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    check_custodian(case, parcel, author, "what.parcel")
    check_state(parcel, (before,), "what.parcel")
    case.check_head("what.previous", record.what.previous, parcel.head)
    if parcel.form == "rough":
        raise refuse("form", "what.parcel", "a polished parcel or a piece", parcel.form)
    _check_book(record, parcel.weight_millicarats, parcel.stones)
    case.check_time((parcel.head_at,))
    moved = replace(
        parcel,
        state=after,  # type: ignore[arg-type]  # of the two above
        head=case.signed.record_id,
        head_at=record.scene.occurred_at,
    )
    return Changes((moved,), parcels=(parcel.id,))
