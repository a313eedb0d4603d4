"""Report: freezing, lifting, and speaking about a parcel."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.custody import NOBODY
from ledger.drafts import Output
from ledger.records import Record
from ledger.values import NO_HASH, Hash32, ParcelId
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
CUSTODIAN = ("trader-be",)


def reported(stage: Stage, parcel: ParcelId, by: str, operation: str) -> None:
    """Report on a parcel; the Report is accepted."""
    record = stage.report_on(parcel, by, operation)
    stage.say(record, *(GOVERNORS[:2] if by in GOVERNORS else (by,)))


# Freezing.


@case("parcel-absent", "what.parcel")
def _the_theft_of_no_parcel(stage: Stage, wrong: bool) -> Said:
    record = stage.report_on(stage.give("trader-be"), "trader-be", "theft")
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), CUSTODIAN)


@case("parcel-absent", "what.parcel")
def _the_seizure_of_no_parcel(stage: Stage, wrong: bool) -> Said:
    record = stage.report_on(stage.give("trader-be"), "authority-bw", "seizure")
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), ("authority-bw",))


@case("not-custodian", "what.parcel")
def _a_theft_reported_by_another(stage: Stage, wrong: bool) -> Said:
    by = "trader-ae" if wrong else "trader-be"
    return Said(stage.report_on(stage.give("trader-be"), by, "theft"), (by,))


@case("not-custodian", "what.parcel")
def _a_loss_on_the_way_reported_by_the_recipient(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    by = "trader-ae" if wrong else "trader-be"
    return Said(stage.report_on(parcel, by, "loss"), (by,))


@case("parcel-frozen", "what.parcel")
def _a_loss_of_goods_reported_stolen(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    reported(stage, parcel, "trader-be", "theft")
    if not wrong:
        reported(stage, parcel, "trader-be", "recovery")
    return Said(stage.report_on(parcel, "trader-be", "loss"), CUSTODIAN)


@case("parcel-spent", "what.parcel")
def _the_theft_of_goods_that_were_split(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        stage.transform("trader-be", "split", [parcel], [Output(1_000, 1), Output(9_000, 2)])
    return Said(stage.report_on(parcel, "trader-be", "theft"), CUSTODIAN)


@case("parcel-spent", "what.parcel")
def _the_seizure_of_goods_that_were_split(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        stage.transform("trader-be", "split", [parcel], [Output(1_000, 1), Output(9_000, 2)])
    return Said(stage.report_on(parcel, "authority-bw", "seizure"), ("authority-bw",))


@case("parcel-frozen", "what.parcel")
def _a_second_seizure(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("miner-bw")
    if wrong:
        reported(stage, parcel, "authority-bw", "seizure")
    else:
        reported(stage, parcel, "miner-bw", "loss")
    return Said(stage.report_on(parcel, "authority-bw", "seizure"), ("authority-bw",))


@case("country", "scene.authorCountry")
def _a_seizure_in_another_country(stage: Stage, wrong: bool) -> Said:
    by = "authority-be" if wrong else "authority-bw"
    return Said(stage.report_on(stage.give("trader-be"), by, "seizure"), (by,))


@case("country", "scene.authorCountry")
def _a_seizure_in_a_country_outside_the_eu(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("trader-ae" if wrong else "jeweller-fr")
    return Said(stage.report_on(parcel, "authority-eu", "seizure"), ("authority-eu",))


@case("country", "scene.authorCountry")
def _a_seizure_abroad_of_goods_that_were_spent(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        stage.transform("trader-be", "split", [parcel], [Output(1_000, 1), Output(9_000, 2)])
    by = "authority-be" if wrong else "authority-bw"
    return Said(stage.report_on(parcel, by, "seizure"), (by,))


@case("stale-previous", "what.previous")
def _a_theft_reported_before_the_offer_was_seen(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = stage.report_on(parcel, "trader-be", "theft")
    if wrong:
        stage.offer(parcel, "trader-be", "trader-ae")
    return Said(record, CUSTODIAN)


@case("time-before", "scene.occurredAt")
def _a_theft_before_the_goods_came(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = stage.report_on(parcel, "trader-be", "theft")
    at = stage.book(parcel).head_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), CUSTODIAN)


@case("time-ahead", "scene.occurredAt")
def _a_theft_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    record = stage.report_on(stage.give("trader-be"), "trader-be", "theft")
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(record, {"scene.occurred_at": at}), CUSTODIAN)


# Lifting.


@case("parcel-absent", "what.parcel")
def _the_release_of_no_parcel(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    reported(stage, parcel, "trader-be", "theft")
    record = stage.report_on(parcel, "governor-1", "release")
    named = SOME_HASH if wrong else parcel
    return Said(altered(record, {"what.parcel": named}), GOVERNORS[:2])


@case("parcel-held", "what.parcel")
def _the_recovery_of_goods_that_were_not_lost(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if not wrong:
        reported(stage, parcel, "trader-be", "loss")
    return Said(stage.report_on(parcel, "trader-be", "recovery"), CUSTODIAN)


@case("parcel-offered", "what.parcel")
def _the_release_of_goods_on_their_way(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    if not wrong:
        reported(stage, parcel, "trader-be", "theft")
    return Said(stage.report_on(parcel, "governor-1", "release"), GOVERNORS[:2])


@case("not-reporter", "who.author")
def _the_recovery_by_another_than_who_reported(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    reported(stage, parcel, "trader-be", "theft")
    by = "trader-ae" if wrong else "trader-be"
    return Said(stage.report_on(parcel, by, "recovery"), (by,))


@case("not-reporter", "who.author")
def _the_custodian_recovers_what_was_seized(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("miner-bw")
    reported(stage, parcel, "miner-bw", "theft")
    reported(stage, parcel, "authority-bw", "seizure")
    by = "miner-bw" if wrong else "authority-bw"
    return Said(stage.report_on(parcel, by, "recovery"), (by,))


@case("not-reporter", "who.author")
def _another_authority_recovers_what_was_seized(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("jeweller-fr")
    stage.admit("authority-fr", "authority", "FR")
    reported(stage, parcel, "authority-eu", "seizure")
    by = "authority-be" if wrong else "authority-eu"
    return Said(stage.report_on(parcel, by, "recovery"), (by,))


@case("stale-previous", "what.previous")
def _a_recovery_that_misses_the_seizure(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("miner-bw")
    reported(stage, parcel, "miner-bw", "theft")
    record = stage.report_on(parcel, "governor-1", "release")
    if wrong:
        reported(stage, parcel, "authority-bw", "seizure")
    return Said(record, GOVERNORS[:2])


@case("time-before", "scene.occurredAt")
def _a_recovery_before_the_theft(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    reported(stage, parcel, "trader-be", "theft")
    record = stage.report_on(parcel, "trader-be", "recovery")
    return Said(altered(record, {"scene.occurred_at": stage.now_s - wrong}), CUSTODIAN)


# Speaking.


def spoken(stage: Stage, operation: str, parcel: ParcelId, state: Hash32, by: str) -> Record:
    """Return a dispute, or the answer to a finding."""
    finding = SOME_HASH if operation == "answer" else NO_HASH
    return drafts.report(
        stage.speaker(by), stage.moment(), operation, parcel, state=state, finding=finding
    )


@case("parcel-absent", "what.parcel")
def _a_dispute_about_no_parcel(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    named, state = SOME_HASH if wrong else parcel, stage.book(parcel).head
    return Said(spoken(stage, "dispute", named, state, "auditor-ch"), ("auditor-ch",))


@case("parcel-absent", "what.parcel")
def _an_answer_about_no_parcel(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    named, state = SOME_HASH if wrong else parcel, stage.book(parcel).head
    return Said(spoken(stage, "answer", named, state, "trader-be"), CUSTODIAN)


@case("state-unknown", "what.state")
def _a_dispute_about_a_record_that_is_none(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    state = SOME_HASH if wrong else stage.book(parcel).head
    return Said(spoken(stage, "dispute", parcel, state, "auditor-ch"), ("auditor-ch",))


@case("state-unknown", "what.state")
def _a_dispute_about_the_record_of_another_parcel(stage: Stage, wrong: bool) -> Said:
    parcel, other = stage.give("trader-be"), stage.give("trader-be")
    state = stage.book(other if wrong else parcel).head
    return Said(spoken(stage, "dispute", parcel, state, "auditor-ch"), ("auditor-ch",))


@case("state-unknown", "what.state")
def _an_answer_that_describes_a_dispute(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    head = stage.book(parcel).head
    dispute = stage.say(spoken(stage, "dispute", parcel, head, "auditor-ch"), "auditor-ch")
    state = dispute.record_id if wrong else head
    return Said(spoken(stage, "answer", parcel, state, "trader-be"), CUSTODIAN)


@case("state-unknown", "what.state")
def _a_dispute_that_describes_an_admission(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    state = stage.party("trader-be").head if wrong else stage.book(parcel).head
    return Said(spoken(stage, "dispute", parcel, state, "trader-be"), CUSTODIAN)


@case("state-unknown", "what.state")
def _a_dispute_that_describes_the_registration_of_an_ancestor(stage: Stage, wrong: bool) -> Said:
    parcel = stage.register(stage.site, 10_000, 3)
    registration = stage.book(parcel).head
    outputs = stage.transform("miner-bw", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    named = outputs[0] if wrong else parcel
    return Said(spoken(stage, "dispute", named, registration, "miner-bw"), ("miner-bw",))


@case("time-before", "scene.occurredAt")
def _a_dispute_before_what_it_describes(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = spoken(stage, "dispute", parcel, stage.book(parcel).head, "auditor-ch")
    at = stage.book(parcel).head_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), ("auditor-ch",))


@case("time-ahead", "scene.occurredAt")
def _an_answer_ahead_of_time_about_no_parcel(stage: Stage, wrong: bool) -> Said:
    record = spoken(stage, "answer", NO_HASH, NO_HASH, "trader-be")
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(record, {"scene.occurred_at": at}), CUSTODIAN)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


def test_freezing_ends_an_open_offer_for_good() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    reported(stage, parcel, "trader-be", "loss")
    assert (stage.book(parcel).state, stage.book(parcel).recipient) == ("frozen", NOBODY)
    reported(stage, parcel, "trader-be", "recovery")
    book = stage.book(parcel)
    assert (book.state, book.custodian) == ("held", address_of("trader-be"))
    assert (book.recipient, book.reporter, book.seized) == (NOBODY, NOBODY, False)


def test_k_governors_release_what_anyone_froze() -> None:
    stage = new_stage()
    for reporter, operation in (("miner-bw", "theft"), ("authority-bw", "seizure")):
        parcel = stage.give("miner-bw")
        reported(stage, parcel, reporter, operation)
        reported(stage, parcel, "governor-1", "release")
        book = stage.book(parcel)
        assert (book.state, book.reporter, book.seized) == ("held", NOBODY, False)


def test_what_was_seized_and_released_can_be_seized_again() -> None:
    stage = new_stage()
    parcel = stage.give("miner-bw")
    for _ in range(2):
        reported(stage, parcel, "authority-bw", "seizure")
        reported(stage, parcel, "authority-bw", "recovery")


def test_the_reporter_recovers_goods_in_another_role() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    reported(stage, parcel, "trader-be", "theft")
    stage.admit("trader-be", "jeweller", "FR")
    stage.revoke("trader-be")
    record = stage.report_on(parcel, "trader-be", "recovery")
    values = {"what.author_role": "jeweller", "scene.author_country": "FR"}
    stage.check(altered(record, values), "trader-be")


def test_a_dispute_freezes_nothing_and_advances_nothing() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    before = stage.book(parcel)
    for by in ("auditor-ch", "governor-1", "miner-za"):
        stage.say(spoken(stage, "dispute", parcel, before.head, by), by)
        assert stage.log[-1][2].items == ()
        assert stage.log[-1][2].mentions == (parcel,)
    assert stage.book(parcel) == before


def test_a_dispute_may_describe_any_record_of_the_parcels_chain() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    chain = [signed for _, signed, changes in stage.log if parcel in changes.parcels]
    assert [signed.record.KIND.name for signed in chain] == [
        "Registration",
        "Handoff",
        "Receipt",
        "Transformation",
    ]
    for signed in chain:
        stage.check(spoken(stage, "dispute", parcel, signed.record_id, "lab-be"), "lab-be")


def test_an_output_is_described_by_the_transformation_that_made_it() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    outputs = stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    made = stage.book(outputs[1]).head
    stage.check(spoken(stage, "dispute", outputs[1], made, "lab-be"), "lab-be")


def test_an_announced_recovery_lets_its_party_report() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.change_key("recover", "trader-be", "trader-be-2")
    reported(stage, parcel, "trader-be", "theft")
    stage.later(WEEK)
    record = stage.report_on(parcel, "trader-be", "recovery")
    stage.check(record, "trader-be-2")
