"""Transformation: inputs become outputs and named losses, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.drafts import Loss, Output, Work, transformation
from ledger.limits import LIMITS
from ledger.values import ParcelId
from tests.ledger.rules.cases import (
    MINUTES_5,
    SOME_HASH,
    Case,
    Cases,
    Said,
    Stage,
    altered,
    name_of,
)

case = Cases()
TRADER, CUTTER = ("trader-be",), ("cutter-in",)
HALVES = (Output(4_000, 1), Output(6_000, 2))
POLISHED = "7102.39"


def split(stage: Stage, outputs: Sequence[Output] = HALVES, **losses: Loss) -> Said:
    """Return the split of one parcel of 10 carats and 3 stones."""
    parcel = stage.give("trader-be")
    return Said(stage.working("trader-be", "split", [parcel], list(outputs), **losses), TRADER)


def mix(stage: Stage, parcels: list[ParcelId], *outputs: Output) -> Said:
    """Return the mix of parcels that a trader holds."""
    return Said(stage.working("trader-be", "mix", parcels, list(outputs)), TRADER)


def cut(stage: Stage, operation: str, *outputs: Output, stones: int = 3, **losses: Loss) -> Said:
    """Return what a cutter makes of one parcel of rough of 10 carats."""
    parcel = stage.give("cutter-in", 10_000, stones)
    record = stage.working("cutter-in", operation, [parcel], list(outputs), **losses)
    return Said(record, CUTTER)


def frozen(stage: Stage, parcel: ParcelId) -> ParcelId:
    """Report a parcel as lost."""
    stage.say(stage.report_on(parcel, "trader-be", "loss"), "trader-be")
    return parcel


def offered(stage: Stage, parcel: ParcelId) -> ParcelId:
    """Offer a parcel."""
    stage.offer(parcel, "trader-be", "trader-ae")
    return parcel


def spent(stage: Stage, parcel: ParcelId) -> ParcelId:
    """Split a parcel."""
    stage.transform("trader-be", "split", [parcel], list(HALVES))
    return parcel


@case("recovery-pending", "who")
def _work_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    said = split(stage)
    stage.change_key("recover", "trader-be", "trader-be-2")
    if not wrong:
        stage.change_key("object", "trader-be")
    return said


@case("parcel-absent", "what.inputs.0")
def _an_input_that_is_none(stage: Stage, wrong: bool) -> Said:
    said = split(stage)
    inputs = (SOME_HASH,) if wrong else said.record.what.inputs
    return Said(altered(said.record, {"what.inputs": inputs}), TRADER)


@case("not-custodian", "what.inputs.0")
def _an_input_that_another_holds(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-ae" if wrong else "trader-be")
    return Said(stage.working("trader-be", "split", [parcel], list(HALVES)), TRADER)


@case("parcel-offered", "what.inputs.0")
def _an_input_on_its_way(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        offered(stage, parcel)
    return Said(stage.working("trader-be", "split", [parcel], list(HALVES)), TRADER)


@case("parcel-spent", "what.inputs.0")
def _an_input_spent_before(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        spent(stage, parcel)
    return Said(stage.working("trader-be", "split", [parcel], list(HALVES)), TRADER)


@case("parcel-frozen", "what.inputs.0")
def _an_input_that_is_lost(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        frozen(stage, parcel)
    return Said(stage.working("trader-be", "split", [parcel], list(HALVES)), TRADER)


@case("stale-previous", "what.previous.0")
def _work_on_goods_that_went_on(stage: Stage, wrong: bool) -> Said:
    said = split(stage)
    if wrong:
        parcel = offered(stage, said.record.what.inputs[0])
        stage.say(stage.answer(parcel, "trader-ae", "refuse"), "trader-ae")
    return said


@case("stale-previous", "what.previous.1")
def _only_the_second_of_two_inputs_went_on(stage: Stage, wrong: bool) -> Said:
    said = mix(stage, [stage.give("trader-be"), stage.give("trader-be")], Output(20_000, 6))
    if wrong:
        parcel = offered(stage, said.record.what.inputs[1])
        stage.say(stage.answer(parcel, "trader-ae", "refuse"), "trader-ae")
    return said


# Form and shape.


@case("form", "what.hsCodes.1")
def _a_split_that_polishes(stage: Stage, wrong: bool) -> Said:
    code = POLISHED if wrong else "7102.21"
    return split(stage, (Output(4_000, 1), Output(6_000, 2, code)))


@case("form", "what.hsCodes.0")
def _a_cut_that_polishes(stage: Stage, wrong: bool) -> Said:
    return cut(stage, "cut", Output(10_000, 3, POLISHED if wrong else "7102.31"))


@case("form", "what.hsCodes.0")
def _a_polish_that_gives_rough(stage: Stage, wrong: bool) -> Said:
    return cut(stage, "polish", Output(10_000, 3, "7102.31" if wrong else POLISHED))


@case("form", "what.inputs.0")
def _polished_goods_polished_again(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("cutter-in")
    operation = "polish" if wrong else "recut"
    record = stage.working("cutter-in", operation, [parcel], [Output(4_000, 3, POLISHED)])
    return Said(record, CUTTER)


@case("form", "what.inputs.0")
def _rough_recut(stage: Stage, wrong: bool) -> Said:
    return cut(stage, "recut" if wrong else "polish", Output(10_000, 3, POLISHED))


@case("form", "what.inputs.1")
def _rough_mixed_with_polished(stage: Stage, wrong: bool) -> Said:
    first = stage.polished("cutter-in")
    other = stage.polished("cutter-in")
    if wrong:
        other = next(p for p in (stage.give("cutter-in", 4_000) for _ in range(99)) if p > first)
    record = stage.working("cutter-in", "mix", [first, other], [Output(8_000, 6, POLISHED)])
    return Said(record, CUTTER)


@case("form", "what.hsCodes.0")
def _a_reweigh_to_another_code(stage: Stage, wrong: bool) -> Said:
    output = Output(10_000, 3, "7102.10" if wrong else "7102.31")
    record = stage.working("trader-be", "reweigh", [stage.give("trader-be")], [output])
    return Said(record, TRADER)


@case("shape", "what.hsCodes")
def _a_split_into_one(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(10_000, 3),) if wrong else HALVES)


@case("shape", "what.inputs")
def _a_split_of_two(stage: Stage, wrong: bool) -> Said:
    parcels = [stage.give("trader-be"), stage.give("trader-be")]
    outputs = [Output(10_000, 3), Output(10_000, 3)]
    operation = "split" if wrong else "mix"
    return Said(stage.working("trader-be", operation, parcels, outputs), TRADER)


@case("shape", "what.inputs")
def _a_mix_of_one(stage: Stage, wrong: bool) -> Said:
    operation = "mix" if wrong else "split"
    record = stage.working("trader-be", operation, [stage.give("trader-be")], list(HALVES))
    return Said(record, TRADER)


@case("shape", "what.hsCodes")
def _a_reweigh_into_two(stage: Stage, wrong: bool) -> Said:
    outputs = list(HALVES) if wrong else [Output(10_000, 3)]
    record = stage.working("trader-be", "reweigh", [stage.give("trader-be")], outputs)
    return Said(record, TRADER)


@case("shape", "what.inputs")
def _a_reweigh_of_two(stage: Stage, wrong: bool) -> Said:
    parcels = [stage.give("trader-be"), stage.give("trader-be")]
    operation = "reweigh" if wrong else "mix"
    record = stage.working("trader-be", operation, parcels, [Output(20_000, 6)])
    return Said(record, TRADER)


# Weights.

MOST = LIMITS.integer_max


@case("overflow", "amounts")
def _inputs_of_more_than_an_integer_holds(stage: Stage, wrong: bool) -> Said:
    parcels = [stage.give("trader-be", MOST - 5, 1), stage.give("trader-be", 5 + wrong, 1)]
    inputs = [replace(stage.goods(parcel), weight_millicarats=5) for parcel in parcels]
    work = Work([Output(MOST - 1, 1), Output(1, 1)])
    record = transformation(stage.speaker("trader-be"), stage.moment(), "mix", inputs, work)
    return Said(altered(record, {"amounts.input_weight_millicarats": MOST}), TRADER)


@case("overflow", "amounts")
def _outputs_and_losses_of_more_than_an_integer_holds(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be", MOST, 3)
    outputs = [Output(MOST - 6, 1), Output(5, 2)]
    return Said(
        stage.working("trader-be", "split", [parcel], outputs, missing=Loss(1 + wrong)), TRADER
    )


@case("overflow", "amounts")
def _inputs_of_more_stones_than_an_integer_holds(stage: Stage, wrong: bool) -> Said:
    parcels = [stage.give("trader-be", 5, MOST - 5), stage.give("trader-be", 5, 5 + wrong)]
    return mix(stage, parcels, Output(10, MOST))


@case("overflow", "amounts")
def _more_stones_made_and_lost_than_an_integer_holds(stage: Stage, wrong: bool) -> Said:
    return cut(
        stage, "cut", Output(4_000, MOST - 6), Output(5_000, 5), polishing=Loss(1_000, 1 + wrong)
    )


@case("overflow", "amounts")
def _more_stones_than_an_integer_holds_of_an_uncounted_parcel(stage: Stage, wrong: bool) -> Said:
    outputs = (Output(4_000, MOST - 1), Output(6_000, 1 + wrong))
    return cut(stage, "cut", *outputs, stones=0)


@case("book-weight", "amounts.inputWeightMillicarats")
def _an_input_weight_other_than_the_books(stage: Stage, wrong: bool) -> Said:
    said = split(stage)
    values = {"amounts.input_weight_millicarats": 10_000 + wrong}
    return Said(altered(said.record, values), TRADER)


@case("balance", "amounts.weightsMillicarats")
def _a_millicarat_made_up(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(4_000 + wrong, 1), Output(6_000, 2)))


@case("balance", "amounts.weightsMillicarats")
def _a_millicarat_lost_and_not_named(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(4_000, 1), Output(5_999 - wrong, 2)), sorting=Loss(1))


@case("balance", "amounts.weightsMillicarats")
def _a_loss_that_did_not_happen(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(4_000, 1), Output(6_000, 1)), missing=Loss(int(wrong), 1))


# Stones.


@case("stones-balance", "amounts.stones")
def _a_stone_made_up_by_a_split(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(4_000, 1), Output(6_000, 2 + wrong)))


@case("stones-balance", "amounts.stones")
def _a_stone_lost_and_not_named(stage: Stage, wrong: bool) -> Said:
    losses = {"sorting": Loss(1_000)} if wrong else {"sorting": Loss(1_000, 1)}
    return split(stage, (Output(4_000, 1), Output(5_000, 1)), **losses)


@case("stones-balance", "amounts.lossStones")
def _more_stones_lost_than_went_in(stage: Stage, wrong: bool) -> Said:
    lost = Loss(0, 4 if wrong else 1)
    return split(stage, (Output(4_000, 1), Output(6_000, 1)), missing=lost)


@case("stones-balance", "amounts.lossStones")
def _more_stones_lost_by_a_cut_than_went_in(stage: Stage, wrong: bool) -> Said:
    lost = Loss(1_000, 3 + wrong)
    return cut(stage, "cut", Output(9_000, 2), breakage=lost)


@case("stones-balance", "amounts.lossStones")
def _more_stones_lost_than_went_in_and_no_output_counted(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be", stones=3 if wrong else 0)
    outputs = [Output(4_000), Output(6_000)]
    record = stage.working("trader-be", "split", [parcel], outputs, missing=Loss(0, 4))
    return Said(record, TRADER)


@case("stones-balance", "amounts.stones")
def _a_stone_that_is_lost_and_still_there(stage: Stage, wrong: bool) -> Said:
    lost = Loss(0, 1)
    return split(stage, (Output(4_000, 1), Output(6_000, 1 + wrong)), missing=lost)


@case("stones-balance", "amounts.stones")
def _a_cut_that_makes_fewer_stones(stage: Stage, wrong: bool) -> Said:
    return cut(stage, "cut", Output(10_000, 2 if wrong else 3))


@case("stones-balance", "amounts.stones")
def _a_polish_that_makes_more_stones(stage: Stage, wrong: bool) -> Said:
    outputs = [Output(5_000, 2, POLISHED), Output(5_000, 2 if wrong else 1, POLISHED)]
    return cut(stage, "polish", *outputs)


@case("stones-balance", "amounts.stones")
def _a_recut_that_makes_more_stones(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("cutter-in")
    output = Output(4_000, 3 + wrong, POLISHED)
    return Said(stage.working("cutter-in", "recut", [parcel], [output]), CUTTER)


@case("stones-balance", "amounts.stones")
def _a_reweigh_that_counts_anew(stage: Stage, wrong: bool) -> Said:
    output = Output(10_000, 3 - wrong)
    return Said(stage.working("trader-be", "reweigh", [stage.give("trader-be")], [output]), TRADER)


@case("stones-counted", "amounts.stones.1")
def _an_output_that_is_not_counted(stage: Stage, wrong: bool) -> Said:
    return split(stage, (Output(4_000, 3), Output(6_000, 0)) if wrong else HALVES)


@case("stones-counted", "amounts.stones.0")
def _counts_lost_in_a_mix_of_counted_parcels(stage: Stage, wrong: bool) -> Said:
    parcels = [stage.give("trader-be"), stage.give("trader-be", stones=3 if wrong else 0)]
    return mix(stage, parcels, Output(20_000, 0))


# Time.


@case("time-before", "scene.occurredAt")
def _work_before_the_goods_came(stage: Stage, wrong: bool) -> Said:
    said = split(stage)
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), TRADER)


@case("time-before", "scene.occurredAt")
def _work_before_the_later_of_two_inputs_came(stage: Stage, wrong: bool) -> Said:
    early = stage.give("trader-be")
    stage.later(100)
    late = stage.give("trader-be")
    stage.later(100)
    said = mix(stage, [early, late], Output(20_000, 6))
    at = stage.book(late).head_at - wrong
    return Said(altered(said.record, {"scene.occurred_at": at}), TRADER)


@case("time-ahead", "scene.occurredAt")
def _work_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(split(stage).record, {"scene.occurred_at": at}), TRADER)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()
