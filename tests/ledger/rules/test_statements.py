"""Statement, and Reports that answer: what is said of goods and moves nothing."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.custody import Answered, Parcel
from ledger.drafts import Grades, Output, Spoken
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
from tests.world import address_of

case = Cases()
LAB = ("lab-be",)
ROUND = Grades("round", "G", "VS1", (6_500, 6_520, 4_010))
SPOKEN = {
    "grading": {"report_number": "R1", "grades": ROUND, "weight_millicarats": 4_000},
    "origin": {"countries": ("BW",)},
    "location": {"countries": ("BE",), "as_of": 1},
    "warranty": {"text_id": "wdc-sow-2"},
    "document": {"document": SOME_HASH},
}
SPEAKERS = {
    "grading": "lab-be",
    "origin": "auditor-ch",
    "location": "authority-be",
    "warranty": "trader-be",
    "document": "lab-be",
}


def saying(
    stage: Stage, operation: str, parcel: ParcelId, state: Hash32 = NO_HASH, by: str = ""
) -> Record:
    """Return a Statement about a parcel, as its last record left it unless told otherwise."""
    head = stage.state.read(Parcel, parcel)
    at = state if state != NO_HASH or head is None else head.head
    speaker = stage.speaker(by or SPEAKERS[operation])
    spoken = Spoken(parcel, at)
    return drafts.statement(speaker, stage.moment(), operation, spoken, **SPOKEN[operation])


@case("party-unknown", "who.author")
def _a_statement_of_nobody(stage: Stage, wrong: bool) -> Said:
    record = saying(stage, "document", stage.give("trader-be"))
    author = address_of("nobody") if wrong else record.author
    return Said(altered(record, {"who.author": author}), LAB)


@case("role-for-kind", "what.authorRole")
def _a_grading_by_a_trader(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("trader-be")
    by = "trader-be" if wrong else "lab-be"
    return Said(saying(stage, "grading", parcel, by=by), (by,))


@case("parcel-absent", "what.parcel")
def _a_statement_about_no_parcel(stage: Stage, wrong: bool) -> Said:
    record = saying(stage, "document", stage.give("trader-be"))
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), LAB)


@case("state-unknown", "what.state")
def _a_statement_about_a_record_of_other_goods(stage: Stage, wrong: bool) -> Said:
    parcel, other = stage.give("trader-be"), stage.give("trader-be")
    return Said(
        saying(stage, "document", parcel, stage.parcel(other if wrong else parcel).head), LAB
    )


@case("state-unknown", "what.state")
def _a_statement_about_no_record(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    state = SOME_HASH if wrong else stage.parcel(parcel).head
    return Said(saying(stage, "document", parcel, state), LAB)


@case("state-unknown", "what.state")
def _a_statement_about_another_statement(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    head = stage.parcel(parcel).head
    said = stage.say(saying(stage, "document", parcel), *LAB)
    return Said(saying(stage, "document", parcel, said.record_id if wrong else head), LAB)


@case("time-ahead", "scene.occurredAt")
def _a_statement_from_the_future(stage: Stage, wrong: bool) -> Said:
    record = saying(stage, "document", stage.give("trader-be"))
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(record, {"scene.occurred_at": at}), LAB)


@case("time-before", "scene.occurredAt")
def _a_statement_before_what_it_describes(stage: Stage, wrong: bool) -> Said:
    record = saying(stage, "document", stage.give("trader-be"))
    return Said(altered(record, {"scene.occurred_at": stage.now_s - wrong}), LAB)


@case("period", "scene.asOf")
def _a_location_later_than_the_statement(stage: Stage, wrong: bool) -> Said:
    record = saying(stage, "location", stage.give("trader-be"))
    return Said(altered(record, {"scene.as_of": stage.now_s + wrong}), ("authority-be",))


@case("parcel-absent", "what.parcel")
def _an_answer_about_no_parcel(stage: Stage, wrong: bool) -> Said:
    record = answering(stage, stage.give("trader-be"))
    parcel = SOME_HASH if wrong else record.what.parcel
    return Said(altered(record, {"what.parcel": parcel}), LAB)


def answering(stage: Stage, parcel: ParcelId = NO_HASH) -> Record:
    """Return the answer to a finding, about a parcel or about none."""
    state = stage.parcel(parcel).head if parcel != NO_HASH else NO_HASH
    return drafts.report(
        stage.speaker("lab-be"), stage.moment(), "answer", parcel, state=state, finding=SOME_HASH
    )


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_wrong_statement_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_nearest_right_statement_is_accepted(told: Case) -> None:
    told.accept()


@pytest.mark.parametrize("operation", SPOKEN)
def test_a_statement_moves_nothing_and_is_found_under_its_parcel(operation: str) -> None:
    stage = new_stage()
    parcel = stage.polished("trader-be", 4_000, 1)
    before = stage.parcel(parcel)
    stage.say(saying(stage, operation, parcel), SPEAKERS[operation])
    changes = stage.log[-1][2]
    assert stage.parcel(parcel) == before
    assert (changes.parcels, changes.mentions) == ((), (parcel,))


def test_any_record_of_the_chain_may_be_described_and_of_no_other() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    chain = [signed.record_id for _, signed, changes in stage.log if parcel in changes.parcels]
    stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    assert len(chain) == 3
    for state in (*chain, stage.parcel(parcel).head):
        stage.check(saying(stage, "document", parcel, state), *LAB)
    child = stage.log[-1][2].parcels[-1]
    assert stage.refusal_of(saying(stage, "document", child, chain[0]), *LAB) is not None


@pytest.mark.parametrize("parcel", [False, True])
def test_an_answer_is_found_under_the_finding_that_it_names(parcel: bool) -> None:
    stage = new_stage()
    about = stage.give("trader-be") if parcel else NO_HASH
    signed = stage.say(answering(stage, about), *LAB)
    index = len(stage.log) - 1
    kept = Answered(SOME_HASH, address_of("lab-be"), index, signed.record_id)
    assert stage.state.read(Answered, kept.key) == kept
    assert stage.log[-1][2].mentions == ((about,) if parcel else ())


def test_of_each_partys_answers_the_last_stands() -> None:
    stage = new_stage()
    for _ in range(3):
        last = stage.say(answering(stage), *LAB)
    stage.answer_finding("auditor-ch", SOME_HASH)
    kept = [item for item in stage.state.items() if isinstance(item, Answered)]
    assert [item.author for item in kept] == [address_of("lab-be"), address_of("auditor-ch")]
    assert kept[0].record_id == last.record_id


def test_a_dispute_answers_nothing() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    record = drafts.report(
        stage.speaker("lab-be"), stage.moment(), "dispute", parcel, state=stage.parcel(parcel).head
    )
    stage.say(record, *LAB)
    assert stage.log[-1][2].items == ()
