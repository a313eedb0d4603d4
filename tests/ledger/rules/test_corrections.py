"""Correction: who may say it, of what, and what its values change."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.drafts import Grades, Output
from ledger.signing import SignedRecord
from ledger.values import Hash32, ParcelId
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
MINER, LAB = ("miner-bw",), ("lab-be",)
ROUND = Grades("round", "G", "VS1", (6_500, 6_520, 4_010))
DAY = 86_400


def registered(stage: Stage, **more: object) -> SignedRecord:
    """Return a Registration, its goods mined during the ten days before."""
    mined = (stage.now_s - 10 * DAY, stage.now_s - DAY)
    stage.register(stage.site, 10_000, 3, **{"mined": mined, "label": "Bag 7", **more})
    return stage.log[-1][1]


def graded(stage: Stage, number: str = "R1", weight: int = 4_000) -> SignedRecord:
    """Return the grading of a stone."""
    return stage.grade("lab-be", stage.polished("trader-be", weight, 1), number)


def correcting(stage: Stage, signed: SignedRecord, values: dict[str, str]) -> Said:
    """Return a miner's Correction."""
    return Said(stage.correction_of("miner-bw", signed, values), MINER)


@case("party-unknown", "who.author")
def _a_correction_by_nobody(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    author = address_of("nobody") if wrong else said.record.author
    return Said(altered(said.record, {"who.author": author}), MINER)


@case("role", "what.authorRole")
def _a_correction_in_a_role_that_is_not_held(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    role = "trader" if wrong else "miner"
    return Said(altered(said.record, {"what.author_role": role}), MINER)


@case("stale-previous", "what.state")
def _a_correction_that_overlooks_another(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    said = correcting(stage, signed, {"amounts.label": "Bag 8"})
    if wrong:
        stage.correct("miner-bw", signed, {"amounts.label": "Bag 9"})
    return said


@case("stale-previous", "what.state")
def _a_correction_that_names_no_latest(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    return Said(altered(said.record, {"what.state": SOME_HASH}) if wrong else said.record, MINER)


@case("state-unknown", "what.record")
def _a_correction_of_no_record(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    lost = {"what.record": SOME_HASH, "what.state": SOME_HASH}
    return Said(altered(said.record, lost if wrong else {}), MINER)


@case("state-unknown", "what.record")
def _a_correction_of_a_correction(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    first = stage.correct("miner-bw", signed, {"amounts.label": "Bag 8"})
    return correcting(stage, first if wrong else signed, {"amounts.label": "Bag 9"})


@case("state-unknown", "what.record")
def _a_correction_of_the_charter(stage: Stage, wrong: bool) -> Said:
    of = stage.ledger_id if wrong else stage.log[1][1].record_id
    speaker = stage.speaker("governor-1")
    record = drafts.correction(speaker, stage.moment(), of, {}, details=SOME_HASH)
    return Said(record, ("governor-1",))


@case("time-ahead", "scene.occurredAt")
def _a_correction_from_the_future(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(said.record, {"scene.occurred_at": at}), MINER)


@case("time-before", "scene.occurredAt")
def _a_correction_before_what_it_corrects(stage: Stage, wrong: bool) -> Said:
    said = correcting(stage, registered(stage), {"amounts.label": "Bag 8"})
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), MINER)


@case("time-before", "scene.occurredAt")
def _a_correction_before_the_one_that_it_follows(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    stage.later()
    stage.correct("miner-bw", signed, {"amounts.label": "Bag 8"})
    said = correcting(stage, signed, {"amounts.label": "Bag 9"})
    return Said(altered(said.record, {"scene.occurred_at": stage.now_s - wrong}), MINER)


@case("correction-author", "who.author")
def _a_correction_by_another(stage: Stage, wrong: bool) -> Said:
    by = "trader-be" if wrong else "miner-bw"
    record = stage.correction_of(by, registered(stage), {"amounts.label": "Bag 8"})
    return Said(record, (by,))


def _field(wrong_values: dict[str, str], right: dict[str, str], at: str) -> None:
    """Declare the case of a Registration's field that may not be corrected like this."""
    first = next(iter(wrong_values))

    def make(stage: Stage, wrong: bool) -> Said:
        return correcting(stage, registered(stage), wrong_values if wrong else right)

    make.__name__ = f"_{first}_as_{wrong_values[first]}".replace(" ", "_")
    case("correction-field", at)(make)


LABEL = {"amounts.label": "Bag 8"}
_field({"amounts.weightMillicarats": "9000"}, LABEL, "amounts.fields.0")
_field({"amounts.labels": "Bag 8"}, LABEL, "amounts.fields.0")
_field({"amounts.label.0": "Bag 8"}, LABEL, "amounts.fields.0")
_field({"amounts.salt": "0x00"}, LABEL, "amounts.fields.0")
_field({"what.hsCode": "7102.21"}, LABEL, "what.fields.0")
_field({"scene.authorCountry": "BE"}, LABEL, "scene.fields.0")
_field({"scene.periodTo": "1e3"}, {"scene.periodFrom": "1"}, "scene.fields.0")
_field({"scene.periodTo": ""}, {"scene.periodFrom": "1"}, "scene.fields.0")
_field({"scene.periodTo": "01"}, {"scene.periodFrom": "1"}, "scene.fields.0")
_field({"scene.periodTo": "-1"}, {"scene.periodFrom": "1"}, "scene.fields.0")
_field({"scene.periodFrom": "0"}, {"scene.periodFrom": "1"}, "scene.fields.0")
_field({"scene.periodFrom": "9999999999999999"}, {"scene.periodFrom": "1"}, "scene.fields.0")


@case("correction-field", "scene.fields.0")
def _a_period_that_ends_after_it_was_registered(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    return correcting(stage, signed, {"scene.periodTo": str(stage.now_s + wrong)})


@case("correction-field", "scene.fields.0")
def _a_period_that_begins_after_its_end(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    return correcting(stage, signed, {"scene.periodFrom": str(stage.now_s - DAY + wrong)})


@case("correction-field", "scene.fields.0")
def _a_period_out_of_order_with_one_corrected_before(stage: Stage, wrong: bool) -> Said:
    signed = registered(stage)
    stage.correct("miner-bw", signed, {"scene.periodTo": str(stage.now_s - 5 * DAY)})
    return correcting(stage, signed, {"scene.periodFrom": str(stage.now_s - 5 * DAY + wrong)})


@case("correction-field", "what.fields.0")
def _a_grading_without_a_number(stage: Stage, wrong: bool) -> Said:
    values = {"what.reportNumber": "" if wrong else "R2"}
    return Said(stage.correction_of("lab-be", graded(stage), values), LAB)


@case("correction-field", "what.fields.0")
def _a_grading_of_no_such_colour(stage: Stage, wrong: bool) -> Said:
    values = {"what.color": "C" if wrong else ""}
    return Said(stage.correction_of("lab-be", graded(stage), values), LAB)


@case("correction-field", "amounts.fields.0")
def _a_fourth_measurement(stage: Stage, wrong: bool) -> Said:
    values = {f"amounts.measurementsMicrometres.{2 + wrong}": "4000"}
    return Said(stage.correction_of("lab-be", graded(stage), values), LAB)


@case("correction-field", "amounts.fields.0")
def _a_measurement_of_nothing(stage: Stage, wrong: bool) -> Said:
    values = {"amounts.measurementsMicrometres.1": "0" if wrong else "1"}
    return Said(stage.correction_of("lab-be", graded(stage), values), LAB)


@case("correction-field", "what.fields.0")
def _a_shape_of_a_document(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("trader-be", 4_000, 1)
    if wrong:
        signed = stage.state_that("lab-be", "document", parcel, document=SOME_HASH)
    else:
        signed = stage.grade("lab-be", parcel, "R1")
    return Said(stage.correction_of("lab-be", signed, {"what.shape": "oval"}), LAB)


@case("correction-field", "amounts.fields.1")
def _the_label_of_a_third_output_of_two(stage: Stage, wrong: bool) -> Said:
    bag = stage.give("trader-be")
    stage.transform("trader-be", "split", [bag], [Output(4_000, 1), Output(6_000, 2)])
    values = {"amounts.labels.0": "fine", f"amounts.labels.{1 + wrong}": "coarse"}
    record = stage.correction_of("trader-be", stage.log[-1][1], values)
    return Said(record, ("trader-be",))


def certified(stage: Stage, holder: str = "miner-bw") -> tuple[Hash32, ParcelId]:
    """Return a certificate of Botswana for goods on their way to Belgium, and the goods."""
    parcel = stage.give(holder, 5_000, 2)
    return stage.certify([parcel], f"BW{len(stage.log)}", "BE"), parcel


@case("correction-field", "scene.fields.0")
def _a_certificate_that_expires_when_it_is_issued(stage: Stage, wrong: bool) -> Said:
    certificate, _ = certified(stage)
    at = stage.certificate(certificate).issued_at
    values = {"scene.expiresAt": str(at + (not wrong))}
    return Said(stage.correction_of("authority-bw", certificate, values), ("authority-bw",))


@case("correction-field", "amounts.fields.0")
def _a_certificate_of_nothings_worth(stage: Stage, wrong: bool) -> Said:
    certificate, _ = certified(stage)
    values = {"amounts.valuesUsCents.0": "0" if wrong else "1"}
    return Said(stage.correction_of("authority-bw", certificate, values), ("authority-bw",))


@case("correction-field", "scene.fields.0")
def _a_certificate_to_no_country(stage: Stage, wrong: bool) -> Said:
    certificate, _ = certified(stage)
    values = {"scene.destination": "XX" if wrong else "EU"}
    return Said(stage.correction_of("authority-bw", certificate, values), ("authority-bw",))


@case("correction-field", "what.fields.0")
def _another_number_for_a_certificate(stage: Stage, wrong: bool) -> Said:
    certificate, _ = certified(stage)
    values = {"what.number": "BW99"} if wrong else {"scene.provenance": "ZA"}
    return Said(stage.correction_of("authority-bw", certificate, values), ("authority-bw",))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_wrong_correction_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_nearest_right_correction_is_accepted(told: Case) -> None:
    told.accept()


def test_the_latest_correction_is_told_to_the_author_of_the_record_alone() -> None:
    stage = new_stage()
    signed = registered(stage)
    late = correcting(stage, signed, LABEL).record
    latest = stage.correct("miner-bw", signed, {"amounts.label": "Bag 9"})
    own = stage.refusal_of(late, *MINER)
    assert own is not None
    assert own.expected == "0x" + latest.record_id.hex()
    other = drafts.correction(stage.speaker("trader-be"), stage.moment(), signed.record_id, LABEL)
    refusal = stage.refusal_of(other, "trader-be")
    assert refusal is not None
    assert (refusal.rule, "0x" in refusal.expected) == ("stale-previous", False)
