"""Sale: goods that leave the trade, and come back."""

from __future__ import annotations

import pytest

from tests.ledger.rules.cases import SOME_HASH, Case, Cases, Said, Stage, altered, name_of
from tests.ledger.rules.test_pieces import (
    JEWELLER,
    as_jeweller,
    jewel,
    ring,
    second_jeweller,
    selling,
)
from tests.world import WEEK

case = Cases()


@case("recovery-pending", "who")
def _sold_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    stage.change_key("recover", "jeweller-fr", "jeweller-fr-2")
    stage.later(WEEK - wrong)
    return Said(selling(stage, parcel), ("jeweller-fr" if wrong else "jeweller-fr-2",))


@case("parcel-absent", "what.parcel")
def _a_parcel_sold_that_is_none(stage: Stage, wrong: bool) -> Said:
    record = selling(stage, jewel(stage))
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), JEWELLER)


@case("not-custodian", "what.parcel")
def _goods_sold_that_another_holds(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("cutter-in" if wrong else "jeweller-fr")
    return Said(selling(stage, parcel), JEWELLER)


@case("not-custodian", "what.parcel")
def _goods_taken_back_that_another_sold(stage: Stage, wrong: bool) -> Said:
    second_jeweller(stage)
    parcel = jewel(stage)
    if not wrong:
        stage.hand_over(parcel, "jeweller-fr", "trader-be")
        stage.say(as_jeweller(selling(stage, parcel, "sale", "trader-be")), "trader-be")
    else:
        stage.sell(parcel)
    return Said(as_jeweller(selling(stage, parcel, "return", "trader-be")), ("trader-be",))


@case("parcel-held", "what.parcel")
def _goods_taken_back_that_were_not_sold(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    if not wrong:
        stage.sell(parcel)
    return Said(selling(stage, parcel, "return"), JEWELLER)


@case("parcel-set", "what.parcel")
def _a_set_stone_sold_by_itself(stage: Stage, wrong: bool) -> Said:
    piece, parcel = ring(stage)
    return Said(selling(stage, parcel if wrong else piece), JEWELLER)


@case("parcel-sold", "what.parcel")
def _goods_sold_twice(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    stage.sell(parcel)
    if not wrong:
        stage.sell(parcel, operation="return")
    return Said(selling(stage, parcel), JEWELLER)


@case("parcel-sold", "what.parcel")
def _the_theft_of_sold_goods(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    if wrong:
        stage.sell(parcel)
    return Said(stage.report_on(parcel, *JEWELLER, "theft"), JEWELLER)


@case("stale-previous", "what.previous")
def _sold_by_an_old_record(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    previous = SOME_HASH if wrong else stage.parcel(parcel).head
    return Said(selling(stage, parcel, what__previous=previous), JEWELLER)


@case("form", "what.parcel")
def _rough_sold_to_a_consumer(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("jeweller-fr") if wrong else jewel(stage)
    return Said(selling(stage, parcel), JEWELLER)


@case("book-weight", "amounts.weightMillicarats")
def _sold_at_another_weight(stage: Stage, wrong: bool) -> Said:
    record = selling(stage, jewel(stage), amounts__weight_millicarats=4_000 + wrong)
    return Said(record, JEWELLER)


@case("book-stones", "amounts.stones")
def _sold_with_another_count(stage: Stage, wrong: bool) -> Said:
    return Said(selling(stage, jewel(stage), amounts__stones=3 + wrong), JEWELLER)


@case("time-before", "scene.occurredAt")
def _sold_before_it_was_received(stage: Stage, wrong: bool) -> Said:
    parcel = jewel(stage)
    at = stage.parcel(parcel).head_at - wrong
    return Said(selling(stage, parcel, scene__occurred_at=at), JEWELLER)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_case_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_twin_of_a_case_is_accepted(told: Case) -> None:
    told.accept()
