"""Answers to an offer: Receipt and Withdrawal."""

from __future__ import annotations

import pytest

from ledger import drafts
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
    new_stage,
)
from tests.world import address_of

case = Cases()
BOOK = 10_000
"""The book weight of every parcel here; its tolerance is 10 (1,000 parts per million)."""


def offered(stage: Stage, stones: int = 3, weight: int = BOOK) -> ParcelId:
    """Return a parcel that a trader of Belgium offers to one of the Emirates."""
    parcel = stage.give("trader-be", weight, stones)
    stage.offer(parcel, "trader-be", "trader-ae")
    return parcel


def answered(stage: Stage, operation: str = "accept", book: int = 3, **values: int) -> Said:
    """Return a Receipt of ``book`` stones by the right party, and by both where both sign."""
    record = stage.answer(offered(stage, book), "trader-ae", operation, **values)
    both = ("trader-ae", "trader-be") if operation == "acceptShort" else ("trader-ae",)
    return Said(record, both)


@case("parcel-absent", "what.parcel")
def _a_receipt_of_no_parcel(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    parcel = SOME_HASH if wrong else said.record.what.parcel
    return Said(altered(said.record, {"what.parcel": parcel}), said.signers)


@case("parcel-held", "what.parcel")
def _a_receipt_of_an_offer_that_was_taken_back(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    if wrong:
        goods = stage.goods(said.record.what.parcel)
        stage.say(drafts.withdrawal(stage.speaker("trader-be"), stage.moment(), goods), "trader-be")
    return said


@case("parcel-held", "what.parcel")
def _a_second_receipt(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    if wrong:
        stage.say(stage.answer(said.record.what.parcel, "trader-ae"), "trader-ae")
    return said


@case("parcel-frozen", "what.parcel")
def _a_receipt_of_goods_stolen_on_the_way(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    if wrong:
        parcel = said.record.what.parcel
        stage.say(stage.report_on(parcel, "trader-be", "theft"), "trader-be")
    return said


@case("not-recipient", "who.author")
def _a_receipt_by_another_than_the_recipient(stage: Stage, wrong: bool) -> Said:
    by = "lab-be" if wrong else "trader-ae"
    return Said(stage.answer(offered(stage), by), (by,))


@case("not-recipient", "who.author")
def _a_receipt_by_the_sender(stage: Stage, wrong: bool) -> Said:
    by = "trader-be" if wrong else "trader-ae"
    return Said(stage.answer(offered(stage), by), (by,))


@case("not-recipient", "who.sender")
def _a_receipt_that_names_another_sender(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    sender = address_of("lab-be" if wrong else "trader-be")
    return Said(altered(said.record, {"who.sender": sender}), said.signers)


@case("not-recipient", "who.sender")
def _a_short_receipt_signed_by_another_sender(stage: Stage, wrong: bool) -> Said:
    said = answered(stage, "acceptShort", weight_millicarats=1)
    sender = "lab-be" if wrong else "trader-be"
    return Said(altered(said.record, {"who.sender": address_of(sender)}), ("trader-ae", sender))


@case("not-recipient", "who.sender")
def _a_short_receipt_that_names_its_author_as_sender(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae", "agent", "Receipt")
    said = answered(stage, "acceptShort", weight_millicarats=1)
    if not wrong:
        return said
    record = altered(said.record, {"who.sender": address_of("trader-ae")})
    return Said(record, ("trader-ae", "agent"))


@case("stale-previous", "what.previous")
def _a_receipt_of_an_earlier_offer(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    parcel = said.record.what.parcel
    if wrong:
        goods = stage.goods(parcel)
        stage.say(drafts.withdrawal(stage.speaker("trader-be"), stage.moment(), goods), "trader-be")
        stage.offer(parcel, "trader-be", "trader-ae")
    return said


@case("emptiness", "amounts.weightMillicarats")
def _accepted_without_weighing(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "accept" if wrong else "refuse", weight_millicarats=0)


@case("emptiness", "amounts.weightMillicarats")
def _accepted_short_without_weighing(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "acceptShort", weight_millicarats=0 if wrong else 1)


@case("weight-over", "amounts.weightMillicarats")
def _a_millicarat_above_the_tolerance(stage: Stage, wrong: bool) -> Said:
    return answered(stage, weight_millicarats=BOOK + 10 + wrong)


@case("weight-over", "amounts.weightMillicarats")
def _a_short_receipt_that_is_too_heavy(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "acceptShort", weight_millicarats=BOOK + 10 + wrong)


@case("weight-over", "amounts.weightMillicarats")
def _a_millicarat_above_the_absolute_tolerance_of_a_light_parcel(stage: Stage, wrong: bool) -> Said:
    record = stage.answer(offered(stage, 1, 999), "trader-ae", weight_millicarats=1_004 + wrong)
    return Said(record, ("trader-ae",))


@case("weight-short", "amounts.weightMillicarats")
def _a_millicarat_below_the_tolerance(stage: Stage, wrong: bool) -> Said:
    return answered(stage, weight_millicarats=BOOK - 10 - wrong)


@case("weight-short", "amounts.weightMillicarats")
def _a_relative_tolerance_is_rounded_down(stage: Stage, wrong: bool) -> Said:
    weight = 10_999 - 10 - wrong
    record = stage.answer(offered(stage, 1, 10_999), "trader-ae", weight_millicarats=weight)
    return Said(record, ("trader-ae",))


@case("weight-short", "amounts.weightMillicarats")
def _much_too_light_for_one_signature(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "accept" if wrong else "acceptShort", weight_millicarats=1)


@case("stones-over", "amounts.stones")
def _one_stone_more_than_the_book(stage: Stage, wrong: bool) -> Said:
    return answered(stage, stones=3 + wrong)


@case("stones-over", "amounts.stones")
def _a_short_receipt_of_more_stones(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "acceptShort", weight_millicarats=1, stones=3 + wrong)


@case("stones-short", "amounts.stones")
def _one_stone_fewer_than_the_book(stage: Stage, wrong: bool) -> Said:
    return answered(stage, stones=3 - wrong)


@case("stones-short", "amounts.stones")
def _fewer_stones_for_one_signature(stage: Stage, wrong: bool) -> Said:
    return answered(stage, "accept" if wrong else "acceptShort", stones=1)


@case("stones-short", "amounts.stones")
def _a_count_of_one_where_none_is_no_count(stage: Stage, wrong: bool) -> Said:
    return answered(stage, stones=int(wrong))


@case("time-before", "scene.occurredAt")
def _received_before_it_was_offered(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), said.signers)


@case("time-ahead", "scene.occurredAt")
def _received_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    said = answered(stage)
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(said.record, {"scene.occurred_at": at}), said.signers)


@case("time-before", "scene.occurredAt")
def _refused_before_it_was_offered(stage: Stage, wrong: bool) -> Said:
    said = answered(stage, "refuse", weight_millicarats=0)
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), said.signers)


# Withdrawal.


def withdrawn(stage: Stage, by: str = "trader-be", *, offer: bool = True) -> Said:
    """Return the Withdrawal of an offer, or of a parcel that is not offered."""
    parcel = offered(stage) if offer else stage.give("trader-be")
    record = drafts.withdrawal(stage.speaker(by), stage.moment(), stage.goods(parcel))
    return Said(record, (by,))


@case("parcel-absent", "what.parcel")
def _a_withdrawal_of_no_parcel(stage: Stage, wrong: bool) -> Said:
    said = withdrawn(stage)
    parcel = SOME_HASH if wrong else said.record.what.parcel
    return Said(altered(said.record, {"what.parcel": parcel}), said.signers)


@case("not-custodian", "what.parcel")
def _a_withdrawal_by_the_recipient(stage: Stage, wrong: bool) -> Said:
    return withdrawn(stage, "trader-ae" if wrong else "trader-be")


@case("parcel-held", "what.parcel")
def _a_withdrawal_where_nothing_was_offered(stage: Stage, wrong: bool) -> Said:
    return withdrawn(stage, offer=not wrong)


@case("not-custodian", "what.parcel")
def _a_withdrawal_after_the_goods_were_accepted(stage: Stage, wrong: bool) -> Said:
    said = withdrawn(stage)
    if wrong:
        stage.say(stage.answer(said.record.what.parcel, "trader-ae"), "trader-ae")
    return said


@case("stale-previous", "what.previous")
def _a_withdrawal_of_an_earlier_offer(stage: Stage, wrong: bool) -> Said:
    said = withdrawn(stage)
    if wrong:
        parcel = said.record.what.parcel
        stage.say(stage.answer(parcel, "trader-ae", "refuse"), "trader-ae")
        stage.offer(parcel, "trader-be", "trader-ae")
    return said


@case("time-before", "scene.occurredAt")
def _withdrawn_before_it_was_offered(stage: Stage, wrong: bool) -> Said:
    said = withdrawn(stage)
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), said.signers)


@case("time-ahead", "scene.occurredAt")
def _withdrawn_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    said = withdrawn(stage)
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(said.record, {"scene.occurred_at": at}), said.signers)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


def test_a_recovery_announced_for_the_sender_freezes_no_answer() -> None:
    stage = new_stage()
    parcel = offered(stage)
    stage.change_key("recover", "trader-be", "trader-be-2")
    short = stage.answer(parcel, "trader-ae", "acceptShort", weight_millicarats=1)
    stage.check(short, "trader-ae", "trader-be")
    withdrawal = drafts.withdrawal(stage.speaker("trader-be"), stage.moment(), stage.goods(parcel))
    stage.check(withdrawal, "trader-be")
    stage.check(stage.report_on(parcel, "trader-be", "theft"), "trader-be")


def test_a_short_receipt_lowers_weight_and_count() -> None:
    stage = new_stage()
    said = answered(stage, "acceptShort", weight_millicarats=7_000, stones=2)
    stage.say(said.record, *said.signers)
    book = stage.book(said.record.what.parcel)
    assert (book.weight_millicarats, book.stones) == (7_000, 2)
    assert (book.state, book.custodian) == ("held", address_of("trader-ae"))


def test_fewer_stones_at_the_same_weight_leave_an_operation() -> None:
    stage = new_stage()
    said = answered(stage, "acceptShort", stones=2)
    stage.say(said.record, *said.signers)
    book = stage.book(said.record.what.parcel)
    assert (book.weight_millicarats, book.stones) == (BOOK, 2)
    assert book.blended_by == len(stage.log) - 1


def test_a_short_receipt_that_is_not_short_is_taken() -> None:
    stage = new_stage()
    said = answered(stage, "acceptShort", weight_millicarats=BOOK + 10, stones=3)
    stage.check(said.record, *said.signers)


def test_the_recipient_may_answer_in_another_of_its_roles_and_countries() -> None:
    stage = new_stage()
    parcel = offered(stage)
    stage.admit("trader-ae", "jeweller", "FR")
    record = stage.answer(parcel, "trader-ae")
    values = {"what.author_role": "jeweller", "scene.author_country": "FR"}
    stage.check(altered(record, values), "trader-ae")


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(BOOK + 11, "at most 10010"), (BOOK - 11, "at least 9990, or acceptShort, or refuse")],
)
def test_a_refused_weight_is_told_the_bound(weight: int, expected: str) -> None:
    said = answered(stage := new_stage(), weight_millicarats=weight)
    refusal = stage.refusal_of(said.record, *said.signers)
    assert refusal is not None
    assert (refusal.expected, refusal.came) == (expected, str(weight))
