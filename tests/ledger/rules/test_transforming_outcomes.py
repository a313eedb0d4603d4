"""Transformation: many inputs at fault, and what an accepted one makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.custody import Operation
from ledger.drafts import Loss, Output
from ledger.signing import output_id
from ledger.values import Hash32, ParcelId
from tests.ledger.rules.cases import (
    SOME_HASH,
    altered,
    new_stage,
)
from tests.ledger.rules.test_transforming import cut, frozen, mix, offered, spent
from tests.world import WEEK, address_of

POLISHED = "7102.39"


# One rule after the other, whichever parcel is at fault.

FAULTS = {"parcel-offered": offered, "parcel-spent": spent, "parcel-frozen": frozen}
ORDER = ("parcel-absent", "parcel-offered", "parcel-spent", "parcel-frozen", "stale-previous")


@pytest.mark.parametrize("later", ["parcel-spent", "parcel-frozen"])
@pytest.mark.parametrize("earlier", ["parcel-offered", "parcel-spent"])
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_inputs_the_state_that_is_asked_first_is_the_answer(
    earlier: str, later: str, swapped: bool
) -> None:
    stage = new_stage()
    first, second = sorted([stage.give("trader-be"), stage.give("trader-be")])
    if swapped:
        first, second = second, first
    FAULTS[later](stage, first)
    FAULTS[earlier](stage, second)
    record = mix(stage, [first, second], Output(20_000, 6)).record
    refusal = stage.refusal_of(record, "trader-be")
    assert refusal is not None
    assert refusal.rule == min(earlier, later, key=ORDER.index)
    if earlier != later:
        assert refusal.field == f"what.inputs.{record.what.inputs.index(second)}"


@pytest.mark.parametrize("swapped", [False, True])
def test_an_input_that_is_none_is_named_before_one_that_another_holds(swapped: bool) -> None:
    stage = new_stage()
    absent = SOME_HASH
    foreign = next(
        p for p in (stage.give("trader-ae") for _ in range(99)) if (p < absent) != swapped
    )
    record = mix(stage, [foreign, stage.give("trader-be")], Output(20_000, 6)).record
    inputs = tuple(sorted([foreign, absent]))
    refusal = stage.refusal_of(altered(record, {"what.inputs": inputs}), "trader-be")
    assert refusal is not None
    assert (refusal.rule, refusal.field) == (
        "parcel-absent",
        f"what.inputs.{inputs.index(absent)}",
    )


# What is accepted, and what it changes.


@pytest.mark.parametrize("lost", [0, 1, 2])
@pytest.mark.parametrize("made", [0, 1, 7])
def test_a_cut_makes_at_least_the_stones_that_survive(lost: int, made: int) -> None:
    stage = new_stage()
    outputs = [Output(4_000, 1), Output(5_000, 2 - lost + made)]
    if outputs[1].stones > 0:
        said = cut(stage, "cut", *outputs, cleaving=Loss(1_000, lost))
        stage.check(said.record, *said.signers)


@pytest.mark.parametrize("stones", [(0, 0), (5, 0), (0, 9), (70, 70)])
def test_uncounted_inputs_give_outputs_counted_or_not(stones: tuple[int, int]) -> None:
    stage = new_stage()
    parcels = [stage.give("trader-be"), stage.give("trader-be", stones=0)]
    outputs = [Output(8_000, stones[0]), Output(12_000, stones[1])]
    said = mix(stage, parcels, *outputs)
    stage.check(said.record, *said.signers)


def test_sorting_moves_goods_between_the_codes_of_rough() -> None:
    stage = new_stage()
    codes = ("7102.10", "7102.21", "7102.31")
    outputs = [Output(w, 1, code) for w, code in zip((4_000, 5_000, 1_000), codes, strict=True)]
    made = stage.transform("trader-be", "split", [stage.give("trader-be")], outputs)
    assert [stage.book(parcel).hs_code for parcel in made] == list(codes)


def test_512_inputs_become_512_outputs() -> None:
    stage = new_stage()
    pieces = [Output(1, 1) for _ in range(512)]
    split_up = stage.transform("miner-bw", "split", [stage.register(stage.site, 512, 512)], pieces)
    made = stage.transform("miner-bw", "mix", list(split_up), pieces)
    assert len(set(made)) == 512
    assert sum(stage.book(parcel).weight_millicarats for parcel in made) == 512


def test_inputs_are_spent_and_outputs_held_by_the_author() -> None:
    stage = new_stage()
    parcels = [stage.give("trader-be"), stage.give("trader-be")]
    work = stage.working(
        "trader-be", "mix", parcels, [Output(9_000, 2), Output(10_500, 4)], missing=Loss(500)
    )
    signed, index = stage.say(work, "trader-be"), len(stage.log) - 1
    for parcel in parcels:
        book = stage.book(parcel)
        assert (book.state, book.spent_by, book.head) == ("spent", index, signed.record_id)
        assert book.custodian == address_of("trader-be")
    made = [stage.book(output_id(signed.record_id, at)) for at in range(2)]
    assert [book.weight_millicarats for book in made] == [9_000, 10_500]
    assert [(book.position, book.made_by, book.blended_by) for book in made] == [
        (0, index, index),
        (1, index, index),
    ]
    (operation,) = [item for item in stage.log[-1][2].items if isinstance(item, Operation)]
    assert operation.inputs == tuple(sorted(parcels))
    assert operation.input_weights_millicarats == (10_000, 10_000)
    assert operation.loss_millicarats == 500
    assert stage.log[-1][2].parcels == (*operation.inputs, *operation.outputs)


def test_outputs_are_where_their_inputs_are_or_else_where_the_author_is() -> None:
    stage = new_stage()
    stage.say(stage.admitting("governor-1", "trader-be", "cutter", "BE"), "governor-1")
    here = stage.polished("trader-be")
    there = stage.polished("jeweller-fr")
    alike = stage.transform(
        "trader-be", "split", [here], [Output(1_000, 1, POLISHED), Output(3_000, 2, POLISHED)]
    )
    assert {stage.book(parcel).country for parcel in alike} == {"BE"}
    polished = stage.polished("cutter-in")
    rough = stage.give("cutter-in")
    assert (stage.book(polished).country, stage.book(rough).country) == ("BW", "BW")
    stage.hand_over(there, "jeweller-fr", "cutter-in")
    mixed = stage.transform("cutter-in", "mix", [there, polished], [Output(8_000, 6, POLISHED)])
    assert stage.book(mixed[0]).country == "IN"


def test_a_parcel_already_offered_by_a_recovering_party_stays_offered() -> None:
    stage = new_stage()
    parcel = offered(stage, stage.give("trader-be"))
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK)
    assert stage.book(parcel).state == "offered"


def test_the_order_of_inputs_is_that_of_their_ids() -> None:
    stage = new_stage()
    parcels: list[ParcelId] = [stage.give("trader-be") for _ in range(5)]
    record = mix(stage, parcels[::-1], Output(50_000, 15)).record
    assert record.what.inputs == tuple(sorted(parcels))
    assert all(isinstance(previous, bytes) for previous in record.what.previous)
    heads: tuple[Hash32, ...] = tuple(stage.book(parcel).head for parcel in record.what.inputs)
    assert record.what.previous == heads


def test_a_loss_of_weight_alone_is_no_loss_of_stones() -> None:
    stage = new_stage()
    parcel = stage.give("cutter-in")
    (output,) = stage.transform(
        "cutter-in", "cut", [parcel], [Output(9_000, 3)], sawing=Loss(1_000)
    )
    assert stage.book(output).stones == 3


@pytest.mark.parametrize("operation", ["split", "mix", "reweigh", "cut", "polish", "recut"])
def test_a_piece_is_never_an_input(operation: str) -> None:
    stage = new_stage()
    pieces = [stage.give("cutter-in") for _ in range(1 + (operation == "mix"))]
    for parcel in pieces:
        # A piece is made by a Setting, which this rules version does not take.
        stage.place(replace(stage.book(parcel), hs_code=""))
    outputs = [Output(5_000, 3)] * (2 * len(pieces))
    record = stage.working("cutter-in", operation, pieces, outputs)
    refusal = stage.refusal_of(record, "cutter-in")
    assert refusal is not None
    assert (refusal.rule, refusal.field) == ("form", "what.inputs.0")


@pytest.mark.parametrize(
    ("operation", "output", "expected", "came"),
    [
        ("reweigh", Output(10_001, 3), "outputs and losses of 10000", "10001"),
        ("reweigh", Output(10_000, 4), "3 stones", "4"),
        ("split", Output(10_000, 3), "2 to 512 for split", "1"),
        ("mix", Output(10_000, 3), "2 to 512 for mix", "1"),
    ],
)
def test_a_refusal_says_what_was_expected_and_what_came(
    operation: str, output: Output, expected: str, came: str
) -> None:
    stage = new_stage()
    record = stage.working("trader-be", operation, [stage.give("trader-be")], [output])
    refusal = stage.refusal_of(record, "trader-be")
    assert refusal is not None
    assert (refusal.expected, refusal.came) == (expected, came)
