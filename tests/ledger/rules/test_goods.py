"""Handoff, and what becomes of the goods that it offers."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.custody import NOBODY, Operation
from ledger.drafts import Output
from ledger.limits import LIMITS
from ledger.values import NO_HASH, ParcelId
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
from tests.world import GOVERNORS, WEEK, address_of

case = Cases()
MINER = ("miner-bw",)
BOOK = 10_000
"""The book weight of every parcel here; its tolerance is 10 (1,000 parts per million)."""


# Handoff.


@case("recovery-pending", "who")
def _offered_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.change_key("recover", "trader-be", "trader-be-2")
    if not wrong:
        stage.change_key("object", "trader-be")
    return Said(stage.offering(parcel, "trader-be", "trader-ae"), ("trader-be",))


@case("recovery-pending", "who")
def _offered_a_millisecond_before_the_recovery_takes_effect(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK - wrong)
    stage.rest_ms = 999 if wrong else 0
    signer = "trader-be" if wrong else "trader-be-2"
    return Said(stage.offering(parcel, "trader-be", "trader-ae"), (signer,))


@case("self", "who.recipient")
def _offered_to_oneself(stage: Stage, wrong: bool) -> Said:
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-be")
    recipient = address_of("trader-be" if wrong else "trader-ae")
    country = "BE" if wrong else "AE"
    values = {"who.recipient": recipient, "scene.recipient_country": country}
    return Said(altered(record, values), ("trader-be",))


@case("recipient", "who.recipient")
def _offered_to_an_auditor(stage: Stage, wrong: bool) -> Said:
    to = "auditor-ch" if wrong else "lab-be"
    return Said(stage.offering(stage.give("trader-be"), "trader-be", to), ("trader-be",))


@case("recipient", "who.recipient")
def _offered_to_an_authority(stage: Stage, wrong: bool) -> Said:
    to = "authority-be" if wrong else "jeweller-fr"
    return Said(stage.offering(stage.give("trader-be"), "trader-be", to), ("trader-be",))


@case("recipient", "who.recipient")
def _offered_in_a_country_where_the_recipient_holds_no_role(stage: Stage, wrong: bool) -> Said:
    country = "BE" if wrong else "AE"
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae", country)
    return Said(record, ("trader-be",))


@case("recipient", "who.recipient")
def _offered_a_millisecond_after_the_recipients_last_second(stage: Stage, wrong: bool) -> Said:
    stage.admit("trader-ae", valid_until=stage.now_s + 10)
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    stage.later(10 + wrong)
    stage.rest_ms = 0 if wrong else 999
    return Said(record, ("trader-be",))


@case("parcel-absent", "what.parcel")
def _a_parcel_that_is_none(stage: Stage, wrong: bool) -> Said:
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), ("trader-be",))


@case("not-custodian", "what.parcel")
def _a_parcel_that_another_holds(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-ae" if wrong else "trader-be")
    return Said(stage.offering(parcel, "trader-be", "lab-be"), ("trader-be",))


@case("not-custodian", "what.parcel")
def _a_parcel_that_is_only_offered_to_the_author(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-ae")
    stage.offer(parcel, "trader-ae", "trader-be")
    if not wrong:
        stage.say(stage.answer(parcel, "trader-be"), "trader-be")
    return Said(stage.offering(parcel, "trader-be", "lab-be"), ("trader-be",))


@case("parcel-offered", "what.parcel")
def _a_parcel_that_is_offered_already(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "lab-be")
    if not wrong:
        stage.say(stage.answer(parcel, "lab-be", "refuse"), "lab-be")
    return Said(stage.offering(parcel, "trader-be", "trader-ae"), ("trader-be",))


@case("parcel-spent", "what.parcel")
def _a_parcel_that_was_split(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    outputs = stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    offered = parcel if wrong else outputs[1]
    return Said(stage.offering(offered, "trader-be", "trader-ae"), ("trader-be",))


@case("parcel-frozen", "what.parcel")
def _a_parcel_that_was_stolen(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.say(stage.report_on(parcel, "trader-be", "theft"), "trader-be")
    if not wrong:
        stage.say(stage.report_on(parcel, "trader-be", "recovery"), "trader-be")
    return Said(stage.offering(parcel, "trader-be", "trader-ae"), ("trader-be",))


@case("stale-previous", "what.previous")
def _an_offer_held_back_while_the_parcel_went_on(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = stage.offering(parcel, "trader-be", "trader-ae")
    if wrong:
        stage.offer(parcel, "trader-be", "lab-be")
        stage.say(stage.answer(parcel, "lab-be", "refuse"), "lab-be")
    return Said(record, ("trader-be",))


@case("book-weight", "amounts.weightMillicarats")
def _a_weight_other_than_the_books(stage: Stage, wrong: bool) -> Said:
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    return Said(altered(record, {"amounts.weight_millicarats": BOOK - wrong}), ("trader-be",))


@case("book-stones", "amounts.stones")
def _a_count_other_than_the_books(stage: Stage, wrong: bool) -> Said:
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    return Said(altered(record, {"amounts.stones": 0 if wrong else 3}), ("trader-be",))


@case("book-stones", "amounts.stones")
def _a_count_where_the_book_has_none(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be", stones=0)
    record = stage.offering(parcel, "trader-be", "trader-ae")
    return Said(altered(record, {"amounts.stones": int(wrong)}), ("trader-be",))


@case("time-before", "scene.occurredAt")
def _offered_before_it_was_received(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = stage.offering(parcel, "trader-be", "trader-ae")
    at = stage.book(parcel).head_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), ("trader-be",))


@case("time-ahead", "scene.occurredAt")
def _offered_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(record, {"scene.occurred_at": at}), ("trader-be",))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


# What these records change.


def test_an_offer_leaves_custody_with_the_sender() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    book = stage.book(parcel)
    assert (book.state, book.custodian) == ("offered", address_of("trader-be"))
    assert book.recipient == address_of("trader-ae")


def test_an_offer_taken_back_is_held_and_can_be_offered_again() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    record = drafts.withdrawal(stage.speaker("trader-be"), stage.moment(), stage.goods(parcel))
    stage.say(record, "trader-be")
    assert (stage.book(parcel).state, stage.book(parcel).recipient) == ("held", NOBODY)
    stage.offer(parcel, "trader-be", "lab-be")


def received(stage: Stage, **values: int) -> tuple[ParcelId, Any]:
    """Have a parcel of 3 stones received as told; return it and its book."""
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    stage.say(stage.answer(parcel, "trader-ae", **values), "trader-ae")
    return parcel, stage.book(parcel)


def test_a_receipt_at_the_book_weight_makes_no_operation() -> None:
    stage = new_stage()
    _, book = received(stage)
    assert book.blended_by == book.made_by
    assert not [item for item in stage.log[-1][2].items if isinstance(item, Operation)]


def test_a_heavier_receipt_within_tolerance_keeps_the_book_weight() -> None:
    _, book = received(new_stage(), weight_millicarats=BOOK + 10)
    assert (book.weight_millicarats, book.blended_by) == (BOOK, book.made_by)


def test_a_lighter_receipt_books_the_loss_in_transit() -> None:
    stage = new_stage()
    parcel, book = received(stage, weight_millicarats=BOOK - 10, stones=3)
    assert (book.weight_millicarats, book.stones) == (BOOK - 10, 3)
    (operation,) = [item for item in stage.log[-1][2].items if isinstance(item, Operation)]
    assert (operation.name, operation.loss_millicarats) == ("receipt", 10)
    assert operation.inputs == operation.outputs == (parcel,)
    assert (operation.input_weights_millicarats, operation.weights_millicarats) == (
        (BOOK,),
        (BOOK - 10,),
    )
    assert book.blended_by == len(stage.log) - 1
    assert operation.site == NO_HASH


def test_a_receipt_that_does_not_count_keeps_the_count() -> None:
    _, book = received(new_stage(), stones=0)
    assert book.stones == 3


def test_a_count_received_where_the_book_has_none_changes_nothing() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be", stones=0)
    stage.offer(parcel, "trader-be", "trader-ae")
    stage.say(stage.answer(parcel, "trader-ae", stones=7), "trader-ae")
    assert stage.book(parcel).stones == 0


def test_rough_stays_in_the_country_of_its_site_and_polished_goes_with_its_holder() -> None:
    stage = new_stage()
    assert stage.book(stage.give("trader-ae")).country == "BW"
    polished = stage.polished("jeweller-fr")
    assert stage.book(polished).country == "FR"
    stage.hand_over(polished, "jeweller-fr", "trader-ae")
    assert stage.book(polished).country == "AE"


def test_a_refusal_may_state_any_weight_and_leaves_the_book_alone() -> None:
    stage = new_stage()
    for weight in (0, 1, BOOK, LIMITS.integer_max):
        parcel = stage.give("trader-be")
        stage.offer(parcel, "trader-be", "trader-ae")
        before = stage.book(parcel)
        record = stage.answer(parcel, "trader-ae", "refuse", weight_millicarats=weight, stones=99)
        stage.say(record, "trader-ae")
        after = stage.book(parcel)
        assert (after.state, after.recipient, after.custodian) == ("held", NOBODY, before.custodian)
        assert (after.weight_millicarats, after.stones) == (BOOK, 3)


def test_the_names_of_governors_are_no_custodians() -> None:
    stage = new_stage()
    record = stage.offering(stage.give("trader-be"), "trader-be", "trader-ae")
    refusal = stage.refusal_of(
        altered(record, {"who.recipient": address_of(GOVERNORS[0])}), "trader-be"
    )
    assert refusal is not None
    assert refusal.rule == "recipient"
