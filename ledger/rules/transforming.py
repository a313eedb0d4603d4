"""Rules of Transformation: inputs become outputs and named losses, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, get_args

from ledger.custody import NO_CERTIFICATE, Changes, Parcel, ParcelState, Party
from ledger.limits import LIMITS
from ledger.records import Transformation
from ledger.rules.borders import voided
from ledger.rules.case import Case, refuse
from ledger.rules.goods import check_custodian, check_state, known_parcel, make_operation
from ledger.rules.who import check_not_recovering, check_who
from ledger.signing import output_id
from ledger.values import form_of

_MANY: Final = LIMITS.list_elements_max
_STATES: Final = get_args(ParcelState)
"""In the order of their refusals."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an operation takes and gives: numbers of parcels, and form in and out ("" = any)."""

    inputs: tuple[int, int]
    outputs: tuple[int, int]
    form_in: str = ""
    form_out: str = ""


SHAPES: Final = {
    "split": Shape((1, 1), (2, _MANY)),
    "mix": Shape((2, _MANY), (1, _MANY)),
    "reweigh": Shape((1, 1), (1, 1)),
    "cut": Shape((1, _MANY), (1, _MANY), "rough", "rough"),
    "polish": Shape((1, _MANY), (1, _MANY), "rough", "polished"),
    "recut": Shape((1, _MANY), (1, _MANY), "polished", "polished"),
}
"""Source: ``docs/spec/records.md``, "What a Transformation may do"."""


def check_transformation(case: Case, record: Transformation) -> Changes:
    """Check a Transformation, spend its inputs and make its outputs."""
    author = check_who(case)
    check_not_recovering(case, author)
    inputs = _held_inputs(case, record, author)
    for at, (parcel, previous) in enumerate(zip(inputs, record.what.previous, strict=True)):
        case.check_head(f"what.previous.{at}", previous, parcel.head)
    _check_form(record, inputs)
    _check_shape(record)
    _check_weights(record, inputs)
    _check_stones(record, inputs)
    case.check_time(parcel.head_at for parcel in inputs)
    return _transform(case, record, inputs)


def _held_inputs(case: Case, record: Transformation, author: Party) -> tuple[Parcel, ...]:
    """Return the inputs, each held by the author; one rule is asked of all before the next.

    Raises:
        Refused: ``parcel-absent``, ``not-custodian``, or the state that a parcel is in.

    """
    fields = [f"what.inputs.{at}" for at in range(len(record.what.inputs))]
    inputs = tuple(
        known_parcel(case, parcel, field)
        for parcel, field in zip(record.what.inputs, fields, strict=True)
    )
    for parcel, field in zip(inputs, fields, strict=True):
        check_custodian(case, parcel, author, field)
    for state in _STATES:
        for parcel, field in zip(inputs, fields, strict=True):
            if parcel.state == state:
                check_state(parcel, ("held",), field)
    return inputs


def _check_form(record: Transformation, inputs: tuple[Parcel, ...]) -> None:
    shape = SHAPES[record.what.operation]
    wanted = shape.form_in or inputs[0].form
    for at, parcel in enumerate(inputs):
        if parcel.form != wanted or parcel.form == "piece":
            raise refuse("form", f"what.inputs.{at}", f"a parcel of {wanted}", parcel.form)
    wanted_out = shape.form_out or wanted
    for at, code in enumerate(record.what.hs_codes):
        if form_of(code) != wanted_out:
            raise refuse("form", f"what.hsCodes.{at}", f"a code of {wanted_out}", code)
    if record.what.operation == "reweigh" and record.what.hs_codes[0] != inputs[0].hs_code:
        expected = f"the same code, {inputs[0].hs_code}"
        raise refuse("form", "what.hsCodes.0", expected, record.what.hs_codes[0])


def _check_shape(record: Transformation) -> None:
    shape = SHAPES[record.what.operation]
    for field, (least, most), came in (
        ("what.inputs", shape.inputs, len(record.what.inputs)),
        ("what.hsCodes", shape.outputs, len(record.what.hs_codes)),
    ):
        if not least <= came <= most:
            expected = f"{least}" if least == most else f"{least} to {most}"
            raise refuse("shape", field, f"{expected} for {record.what.operation}", came)


def _check_weights(record: Transformation, inputs: tuple[Parcel, ...]) -> None:
    amounts = record.amounts
    book = sum(parcel.weight_millicarats for parcel in inputs)
    out, lost = sum(amounts.weights_millicarats), sum(amounts.loss_weights_millicarats)
    stones_in = sum(parcel.stones for parcel in inputs)
    stones_out = sum(amounts.stones) + sum(amounts.loss_stones)
    if max(book, out + lost, stones_in, stones_out) > LIMITS.integer_max:
        raise refuse("overflow", "amounts", f"sums of at most {LIMITS.integer_max}", "a larger sum")
    stated = amounts.input_weight_millicarats
    if stated != book:
        raise refuse("book-weight", "amounts.inputWeightMillicarats", book, stated)
    if out + lost != book:
        expected = f"outputs and losses of {book}"
        raise refuse("balance", "amounts.weightsMillicarats", expected, out + lost)


def _check_stones(record: Transformation, inputs: tuple[Parcel, ...]) -> None:
    if any(parcel.stones == 0 for parcel in inputs):
        return
    amounts = record.amounts
    book = sum(parcel.stones for parcel in inputs)
    out, lost = sum(amounts.stones), sum(amounts.loss_stones)
    if lost > book:
        raise refuse("stones-balance", "amounts.lossStones", f"at most {book}, as went in", lost)
    for at, stones in enumerate(amounts.stones):
        if stones == 0:
            raise refuse("stones-counted", f"amounts.stones.{at}", "a count, as the inputs", 0)
    makes_more = record.what.operation == "cut"
    if out + lost < book or (out + lost > book and not makes_more):
        expected = f"{'at least ' if makes_more else ''}{book - lost} stones"
        raise refuse("stones-balance", "amounts.stones", expected, out)


def _transform(case: Case, record: Transformation, inputs: tuple[Parcel, ...]) -> Changes:
    record_id, at = case.signed.record_id, record.scene.occurred_at
    spent = tuple(
        replace(
            parcel,
            state="spent",
            head=record_id,
            head_at=at,
            spent_by=case.index,
            certificate=NO_CERTIFICATE,
        )
        for parcel in inputs
    )
    countries = {parcel.country for parcel in inputs}
    country = countries.pop() if len(countries) == 1 else record.scene.author_country
    made = tuple(
        Parcel(
            id=output_id(record_id, position),
            state="held",
            custodian=record.author,
            weight_millicarats=record.amounts.weights_millicarats[position],
            stones=record.amounts.stones[position],
            hs_code=code,
            country=country,
            head=record_id,
            head_at=at,
            made_by=case.index,
            position=position,
            blended_by=case.index,
        )
        for position, code in enumerate(record.what.hs_codes)
    )
    operation = make_operation(case, record.what.operation, inputs, made)
    touched = (*(parcel.id for parcel in inputs), *(parcel.id for parcel in made))
    return Changes((*spent, *made, operation, *voided(case, inputs)), parcels=touched)
