"""Setting and Sale: stones in pieces, and goods that leave the trade or come back."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.records import Record
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
JEWELLER = ("jeweller-fr",)


def setting(
    stage: Stage, parcels: list[ParcelId], by: str = "jeweller-fr", **values: Any
) -> Record:
    """Return a Setting of parcels, with fields set by Python path."""
    goods = [stage.goods(parcel) for parcel in parcels]
    record = drafts.setting(stage.speaker(by), stage.moment(), goods, label="ring")
    return altered(record, {name.replace("__", "."): value for name, value in values.items()})


def unsetting(
    stage: Stage, piece: ParcelId, parcels: list[ParcelId], by: str = "jeweller-fr", **values: Any
) -> Record:
    """Return a Setting that takes parcels out of a piece, with fields set by Python path."""
    goods = [stage.goods(parcel) for parcel in parcels]
    of = stage.goods(piece)
    record = drafts.unsetting(stage.speaker(by), stage.moment(), of, goods)
    return altered(record, {name.replace("__", "."): value for name, value in values.items()})


def selling(
    stage: Stage, parcel: ParcelId, operation: str = "sale", by: str = "jeweller-fr", **values: Any
) -> Record:
    """Return a Sale, with fields set by Python path."""
    speaker, moment = stage.speaker(by), stage.moment()
    record = drafts.sale(speaker, moment, stage.goods(parcel), operation=operation)
    return altered(record, {name.replace("__", "."): value for name, value in values.items()})


def jewel(stage: Stage, weight: int = 4_000, stones: int = 3) -> ParcelId:
    """Return a polished parcel that the jeweller holds."""
    return stage.polished("jeweller-fr", weight, stones)


def ring(stage: Stage) -> tuple[ParcelId, ParcelId]:
    """Return a piece that the jeweller holds, and the parcel in it."""
    parcel = jewel(stage)
    return stage.set_in([parcel]), parcel


def second_jeweller(stage: Stage) -> None:
    """Admit the trader of Belgium as a jeweller too."""
    stage.admit("trader-be", "jeweller", "BE")


def as_jeweller(record: Record) -> Record:
    """Let a record of the trader of Belgium be said as a jeweller."""
    return altered(record, {"what.author_role": "jeweller"})


# Setting.


@case("recovery-pending", "who")
def _set_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    stage.change_key("recover", "jeweller-fr", "jeweller-fr-2")
    if not wrong:
        stage.change_key("object", "jeweller-fr")
    return Said(setting(stage, [parcel]), JEWELLER)


@case("recovery-pending", "who")
def _taken_out_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    stage.change_key("recover", "jeweller-fr", "jeweller-fr-2")
    if not wrong:
        stage.change_key("object", "jeweller-fr")
    return Said(unsetting(stage, piece, [parcel]), JEWELLER)


@case("role-for-kind", "what.authorRole")
def _set_by_a_cutter(stage: Stage, wrong: bool) -> Said:
    stage.admit("jeweller-fr", "cutter", "FR")
    role = "cutter" if wrong else "jeweller"
    return Said(setting(stage, [jewel(stage)], what__author_role=role), JEWELLER)


@case("parcel-absent", "what.parcels.0")
def _a_parcel_set_that_is_none(stage: Stage, wrong: bool) -> Said:
    record = setting(stage, [jewel(stage)])
    parcels = (SOME_HASH,) if wrong else record.what.parcels
    return Said(altered(record, {"what.parcels": parcels}), JEWELLER)


@case("parcel-absent", "what.piece")
def _a_piece_that_is_none(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    named = SOME_HASH if wrong else piece
    return Said(unsetting(stage, piece, [parcel], what__piece=named), JEWELLER)


@case("not-custodian", "what.parcels.0")
def _a_parcel_set_that_another_holds(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("cutter-in" if wrong else "jeweller-fr")
    return Said(setting(stage, [parcel]), JEWELLER)


@case("not-custodian", "what.piece")
def _taken_out_of_a_piece_that_another_holds(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if wrong:
        stage.hand_over(piece, "jeweller-fr", "trader-be")
    return Said(unsetting(stage, piece, [parcel]), JEWELLER)


@case("not-custodian", "what.parcel")
def _set_goods_offered_by_who_set_them_and_gave_the_piece_on(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    stage.hand_over(piece, "jeweller-fr", "trader-be")
    if not wrong:
        stage.hand_over(piece, "trader-be", "jeweller-fr")
        stage.take_out(piece, [parcel])
    return Said(stage.offering(parcel, "jeweller-fr", "trader-ae"), JEWELLER)


@case("parcel-set", "what.parcel")
def _set_goods_offered(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if not wrong:
        stage.take_out(piece, [parcel])
    return Said(stage.offering(parcel, "jeweller-fr", "trader-ae"), JEWELLER)


@case("parcel-set", "what.parcel")
def _set_goods_offered_by_who_holds_the_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    stage.hand_over(piece, "jeweller-fr", "trader-be")
    offered = parcel if wrong else piece
    return Said(stage.offering(offered, "trader-be", "trader-ae"), ("trader-be",))


@case("parcel-set", "what.parcel")
def _the_theft_of_a_set_stone(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    return Said(stage.report_on(parcel if wrong else piece, *JEWELLER, "theft"), JEWELLER)


@case("parcel-set", "what.inputs.0")
def _a_set_stone_cut_again(stage: Stage, wrong: bool) -> Said:
    stage.admit("jeweller-fr", "cutter", "FR")
    piece, parcel = ring(stage)
    if not wrong:
        stage.take_out(piece, [parcel])
    record = stage.working("jeweller-fr", "recut", [parcel], [drafts.Output(4_000, 3, "7102.39")])
    return Said(altered(record, {"what.author_role": "cutter"}), JEWELLER)


@case("parcel-set", "what.parcels.0")
def _a_stone_set_twice(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if not wrong:
        stage.take_out(piece, [parcel])
    return Said(setting(stage, [parcel]), JEWELLER)


@case("parcel-held", "what.parcels.0")
def _a_parcel_taken_out_that_is_in_no_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    return Said(unsetting(stage, piece, [jewel(stage) if wrong else parcel]), JEWELLER)


@case("parcel-offered", "what.piece")
def _taken_out_of_a_piece_on_its_way(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if wrong:
        stage.offer(piece, "jeweller-fr", "trader-be")
    return Said(unsetting(stage, piece, [parcel]), JEWELLER)


@case("parcel-frozen", "what.piece")
def _taken_out_of_a_stolen_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if wrong:
        stage.say(stage.report_on(piece, *JEWELLER, "theft"), *JEWELLER)
    return Said(unsetting(stage, piece, [parcel]), JEWELLER)


@case("parcel-sold", "what.piece")
def _taken_out_of_a_sold_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    stage.sell(piece)
    if not wrong:
        stage.sell(piece, operation="return")
    return Said(unsetting(stage, piece, [parcel]), JEWELLER)


@case("stale-previous", "what.previous.0")
def _set_by_an_old_record_of_a_parcel(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    record = setting(stage, [parcel])
    if wrong:
        for operation in ("theft", "recovery"):
            stage.say(stage.report_on(parcel, *JEWELLER, operation), *JEWELLER)
    return Said(record, JEWELLER)


@case("stale-previous", "what.piecePrevious")
def _taken_out_by_an_old_record_of_the_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    previous = SOME_HASH if wrong else stage.parcel(piece).head
    return Said(unsetting(stage, piece, [parcel], what__piece_previous=previous), JEWELLER)


@case("stale-previous", "what.previous.0")
def _taken_out_by_an_old_record_of_the_parcel(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    previous = SOME_HASH if wrong else stage.parcel(parcel).head
    return Said(unsetting(stage, piece, [parcel], what__previous=(previous,)), JEWELLER)


@case("form", "what.parcels.0")
def _rough_set(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("jeweller-fr") if wrong else jewel(stage)
    return Said(setting(stage, [parcel]), JEWELLER)


@case("form", "what.parcels.0")
def _a_piece_set_in_a_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    if not wrong:
        stage.take_out(piece, [parcel])
    return Said(setting(stage, [piece if wrong else parcel]), JEWELLER)


@case("form", "what.piece")
def _taken_out_of_what_is_no_piece(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    return Said(unsetting(stage, jewel(stage) if wrong else piece, [parcel]), JEWELLER)


@case("form", "what.inputs.0")
def _a_piece_cut_again(stage: Stage, wrong: bool) -> Said:
    stage.admit("jeweller-fr", "cutter", "FR")
    piece, parcel = ring(stage)
    if not wrong:
        stage.take_out(piece, [parcel])
    work = [drafts.Output(4_000, 3, "7102.39")]
    record = stage.working("jeweller-fr", "recut", [piece if wrong else parcel], work)
    return Said(altered(record, {"what.author_role": "cutter"}), JEWELLER)


@case("piece-parcels", "what.parcels")
def _some_of_the_parcels_taken_out(stage: Stage, wrong: bool) -> Said:
    parcels = sorted([jewel(stage), jewel(stage)])
    piece = stage.set_in(parcels)
    return Said(unsetting(stage, piece, parcels[:1] if wrong else parcels), JEWELLER)


@case("piece-parcels", "what.parcels")
def _the_parcels_of_another_piece_taken_out(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    _, other = ring(stage)
    return Said(unsetting(stage, piece, [other if wrong else parcel]), JEWELLER)


@case("piece-parcels", "what.parcels")
def _one_parcel_more_taken_out(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    _, other = ring(stage)
    return Said(unsetting(stage, piece, [parcel, other] if wrong else [parcel]), JEWELLER)


@case("book-weight", "amounts.weightMillicarats")
def _set_at_another_weight(stage: Stage, wrong: bool) -> Said:
    parcels = [jewel(stage), jewel(stage)]
    record = setting(stage, parcels, amounts__weight_millicarats=8_000 + wrong)
    return Said(record, JEWELLER)


@case("book-weight", "amounts.weightMillicarats")
def _taken_out_at_another_weight(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    record = unsetting(stage, piece, [parcel], amounts__weight_millicarats=4_000 - wrong)
    return Said(record, JEWELLER)


@case("book-stones", "amounts.stones")
def _set_with_another_count(stage: Stage, wrong: bool) -> Said:
    return Said(setting(stage, [jewel(stage)], amounts__stones=3 - wrong), JEWELLER)


@case("book-stones", "amounts.stones")
def _counted_where_a_parcel_is_not(stage: Stage, wrong: bool) -> Said:
    parcels = [jewel(stage, 4_000, 0), jewel(stage)]
    return Said(setting(stage, parcels, amounts__stones=3 if wrong else 0), JEWELLER)


@case("time-ahead", "scene.occurredAt")
def _set_in_more_than_five_minutes(stage: Stage, wrong: bool) -> Said:
    at = stage.now_s + MINUTES_5 + wrong
    return Said(setting(stage, [jewel(stage)], scene__occurred_at=at), JEWELLER)


@case("time-before", "scene.occurredAt")
def _set_before_a_parcel_was_received(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    at = stage.parcel(parcel).head_at - wrong
    return Said(setting(stage, [parcel], scene__occurred_at=at), JEWELLER)


@case("time-before", "scene.occurredAt")
def _taken_out_before_the_piece_was_received(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    second_jeweller(stage)
    stage.later(100)
    stage.hand_over(piece, "jeweller-fr", "trader-be")
    at = stage.now_s - wrong
    record = as_jeweller(unsetting(stage, piece, [parcel], "trader-be", scene__occurred_at=at))
    return Said(record, ("trader-be",))


# Receipts of pieces.


@case("book-weight", "amounts.weightMillicarats")
def _a_piece_received_at_another_weight(stage: Stage, wrong: bool) -> Said:
    piece, _ = ring(stage)
    stage.offer(piece, "jeweller-fr", "trader-be")
    weight = 3_999 if wrong else 0
    return Said(stage.answer(piece, "trader-be", weight_millicarats=weight), ("trader-be",))


@case("book-weight", "amounts.weightMillicarats")
def _a_piece_received_heavier_within_the_tolerance(stage: Stage, wrong: bool) -> Said:
    piece, _ = ring(stage)
    stage.offer(piece, "jeweller-fr", "trader-be")
    weight = 4_000 + wrong
    return Said(stage.answer(piece, "trader-be", weight_millicarats=weight), ("trader-be",))


@case("book-stones", "amounts.stones")
def _a_piece_received_with_another_count(stage: Stage, wrong: bool) -> Said:
    piece, _ = ring(stage)
    stage.offer(piece, "jeweller-fr", "trader-be")
    return Said(stage.answer(piece, "trader-be", stones=3 - wrong), ("trader-be",))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_case_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_twin_of_a_case_is_accepted(told: Case) -> None:
    told.accept()
