"""What a Correction changes: present values, years, certificates, reports; and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import drafts
from ledger.custody import Corrected, Finding, Lookalikes, ReportNumber, YearOutput, year_key
from ledger.drafts import Output
from ledger.records import Statement
from ledger.trace.corrections import record_now
from ledger.values import NO_HASH, Hash32
from tests.ledger.rules.cases import SOME_HASH, Stage, new_stage
from tests.ledger.rules.test_corrections import DAY, LABEL, certified, graded, registered
from tests.world import address_of


def test_values_add_up_over_corrections_and_the_last_one_counts() -> None:
    stage = new_stage()
    signed = registered(stage)
    day = stage.now_s - 3 * DAY
    stage.correct("miner-bw", signed, {"amounts.label": "A", "scene.periodTo": str(day)})
    last = stage.correct("miner-bw", signed, {"amounts.label": ""}, details=SOME_HASH)
    now = record_now(stage.state, signed.record_id)
    assert now is not None
    assert (now.amounts.label, now.scene.period_to, now.details) == ("", day, SOME_HASH)
    kept = stage.state.read(Corrected, signed.record_id)
    assert kept is not None
    assert kept.correction == last.record_id
    assert stage.state.record(signed.record_id) == signed.record


def test_details_that_a_correction_leaves_zero_stay_as_they_are() -> None:
    stage = new_stage()
    signed = registered(stage)
    stage.correct("miner-bw", signed, {}, details=SOME_HASH)
    stage.correct("miner-bw", signed, LABEL)
    now = record_now(stage.state, signed.record_id)
    assert now is not None
    assert (now.details, now.amounts.label) == (SOME_HASH, "Bag 8")


def test_a_correction_speaks_of_the_goods_of_what_it_corrects_and_moves_none() -> None:
    stage = new_stage()
    bag = stage.give("trader-be")
    outputs = [Output(4_000, 1), Output(6_000, 2)]
    made = stage.transform("trader-be", "split", [bag], outputs)
    split, before = stage.log[-1][1], [stage.parcel(parcel) for parcel in (bag, *made)]
    stage.correct("trader-be", split, {"amounts.labels.1": "coarse"})
    changes = stage.log[-1][2]
    assert (changes.parcels, changes.mentions) == ((), (bag, *made))
    assert [stage.parcel(parcel) for parcel in (bag, *made)] == before
    stone = stage.polished("trader-be", 4_000, 1)
    stage.correct("lab-be", stage.grade("lab-be", stone, "R1"), {"what.shape": "oval"})
    assert stage.log[-1][2].mentions == (stone,)


def test_an_endorsed_certificate_is_as_its_corrections_say() -> None:
    stage = new_stage()
    certificate, parcel = certified(stage)
    before = stage.certificate(certificate)
    later = before.expires_at + DAY
    values = {
        "amounts.valuesUsCents.0": "123",
        "scene.expiresAt": str(later),
        "scene.provenance": "ZA",
        "scene.destination": "EU",
    }
    stage.correct("authority-bw", certificate, values)
    assert stage.log[-1][2].mentions == (parcel,)
    assert stage.certificate(certificate) == replace(
        before, values_us_cents=(123,), expires_at=later, provenance="ZA", destination="EU"
    )
    stage.correct("authority-bw", certificate, {"scene.destination": "IN"})
    now = stage.certificate(certificate)
    assert (now.destination, now.expires_at) == ("IN", later)
    stage.correct("authority-bw", certificate, {}, details=SOME_HASH)
    assert [type(item) for item in stage.log[-1][2].items] == [Corrected]


def test_a_certificate_is_cleared_where_its_endorsement_sends_it() -> None:
    stage = new_stage()
    certificate, _ = certified(stage)
    stage.correct("authority-bw", certificate, {"scene.destination": "IN"})
    stage.clear(certificate, "authority-in")
    assert stage.certificate(certificate).state == "confirmed"
    stage.correct("authority-bw", certificate, {"amounts.valuesUsCents.0": "5"})
    assert stage.certificate(certificate).state == "confirmed"


def test_an_expired_certificate_is_open_again_once_its_expiry_is_corrected() -> None:
    stage = new_stage()
    certificate, _ = certified(stage)
    stage.later(61 * DAY)
    assert not stage.certificate(certificate).is_open(stage.now_ms)
    stage.correct("authority-bw", certificate, {"scene.expiresAt": str(stage.now_s + DAY)})
    assert stage.certificate(certificate).is_open(stage.now_ms)


def test_a_certificate_that_another_took_the_place_of_is_never_open_again() -> None:
    stage = new_stage()
    certificate, parcel = certified(stage)
    stage.later(61 * DAY)
    other = stage.certify([parcel], "BW1000", "BE")
    stage.correct("authority-bw", certificate, {"scene.expiresAt": str(stage.now_s + DAY)})
    assert not stage.certificate(certificate).is_open(stage.now_ms)
    assert stage.certificate(other).is_open(stage.now_ms)


def test_a_clearance_corrected_changes_no_certificate_and_speaks_of_its_goods() -> None:
    stage = new_stage()
    certificate, parcel = certified(stage)
    cleared, before = stage.clear(certificate), stage.certificate(certificate)
    stage.correct("authority-be", cleared, {"amounts.valuesUsCents.0": "0"})
    changes = stage.log[-1][2]
    assert ([type(item) for item in changes.items], changes.mentions) == ([Corrected], (parcel,))
    assert stage.certificate(certificate) == before


@pytest.mark.parametrize("lacks", ["role", "country"])
def test_what_an_office_attested_is_corrected_in_that_office(lacks: str) -> None:
    stage = new_stage()
    certificate, _ = certified(stage)
    role, country = ("miner", "BW") if lacks == "role" else ("authority", "ZA")
    stage.admit("authority-bw", role, country)
    speaker = drafts.Speaker(address_of("authority-bw"), role, country)
    moment = stage.moment()
    later = {"scene.expiresAt": str(stage.certificate(certificate).expires_at + DAY)}
    wrong = drafts.correction(speaker, moment, certificate, later)
    refusal = stage.refusal_of(wrong, "authority-bw")
    assert refusal is not None
    field = "what.authorRole" if lacks == "role" else "scene.authorCountry"
    assert (refusal.rule, refusal.field) == ("correction-author", field)
    private = drafts.correction(speaker, moment, certificate, {}, details=SOME_HASH)
    stage.say(private, "authority-bw")


def yearly(stage: Stage, year: int) -> int:
    """Return what a site yielded in a year, by the book."""
    output = stage.state.read(YearOutput, year_key(stage.site, year))
    return output.weight_millicarats if output else 0


def test_a_corrected_period_counts_for_the_year_that_it_ends_in() -> None:
    stage = new_stage()
    stage.later(30 * DAY)
    this = datetime.fromtimestamp(stage.now_s, UTC).year
    stage.register(stage.site, 500, 1)
    signed = registered(stage)
    assert (yearly(stage, this), yearly(stage, this - 1)) == (10_500, 0)
    ended = int(datetime(this - 1, 12, 31, tzinfo=UTC).timestamp())
    stage.correct(
        "miner-bw", signed, {"scene.periodFrom": str(ended - DAY), "scene.periodTo": str(ended)}
    )
    assert (yearly(stage, this), yearly(stage, this - 1)) == (500, 10_000)
    stage.correct("miner-bw", signed, {"scene.periodTo": str(stage.now_s - DAY)})
    assert (yearly(stage, this), yearly(stage, this - 1)) == (10_500, 0)
    stage.correct("miner-bw", signed, {"scene.periodTo": str(stage.now_s - 2 * DAY)})
    assert [item for item in stage.log[-1][2].items if isinstance(item, YearOutput)] == []


def test_a_correction_that_brings_a_year_over_its_capacity_is_found_with_site_and_goods() -> None:
    stage = new_stage()
    stage.later(30 * DAY)
    stage.site = stage.open_site(yearly_capacity_millicarats=10_000)
    this = datetime.fromtimestamp(stage.now_s, UTC).year
    ended = int(datetime(this - 1, 12, 31, tzinfo=UTC).timestamp())
    stage.register(stage.site, 1, 1, mined=(ended, ended))
    signed = registered(stage)
    (parcel,) = stage.outputs(signed)
    values = {"scene.periodFrom": str(ended), "scene.periodTo": str(ended)}
    stage.correct("miner-bw", signed, values)
    found = [item for item in stage.log[-1][2].items if isinstance(item, Finding)]
    assert [(one.name, one.subject) for one in found] == [
        ("over-capacity", stage.site),
        ("over-capacity", parcel),
    ]
    assert str(this - 1) in found[0].evidence


def used(stage: Stage, number: str) -> Hash32:
    """Return by which Statement the laboratory's number is used; zeros: by none any more."""
    known = stage.state.read(ReportNumber, address_of("lab-be") + number.encode())
    return known.statement if known else NO_HASH


def test_a_corrected_number_frees_the_one_before_and_takes_its_own() -> None:
    stage = new_stage()
    first, second = graded(stage, "R1"), graded(stage, "R2", 5_000)
    stage.correct("lab-be", first, {"what.reportNumber": "R3"})
    assert (used(stage, "R1"), used(stage, "R3")) == (NO_HASH, first.record_id)
    stage.correct("lab-be", second, {"what.reportNumber": "R1"})
    assert (used(stage, "R1"), used(stage, "R2")) == (second.record_id, NO_HASH)
    found = [item for item in stage.log[-1][2].items if isinstance(item, Finding)]
    assert found == []


def test_a_number_that_another_statement_uses_stays_with_it() -> None:
    stage = new_stage()
    first, second = graded(stage, "R1"), graded(stage, "R2", 5_000)
    stage.correct("lab-be", second, {"what.reportNumber": "R1"})
    found = [item.name for item in stage.log[-1][2].items if isinstance(item, Finding)]
    assert found == ["report-number-reused"] * 2
    assert (used(stage, "R1"), used(stage, "R2")) == (first.record_id, NO_HASH)
    stage.correct("lab-be", second, {"what.reportNumber": "R2"})
    assert (used(stage, "R1"), used(stage, "R2")) == (first.record_id, second.record_id)


def likenesses(stage: Stage) -> dict[str, tuple[Hash32, ...]]:
    """Return which Statements are remembered under which likeness."""
    kept = [item for item in stage.state.items() if isinstance(item, Lookalikes)]
    return {item.likeness: item.statements for item in kept if item.statements}


def test_a_corrected_grade_moves_a_stone_among_others() -> None:
    stage = new_stage()
    signed = graded(stage)
    assert likenesses(stage) == {"round|G|VS1|4000": (signed.record_id,)}
    stage.correct("lab-be", signed, {"what.color": "H"})
    assert likenesses(stage) == {"round|H|VS1|4000": (signed.record_id,)}
    stage.correct("lab-be", signed, {"amounts.measurementsMicrometres.2": "4011"})
    kept = stage.state.read(Lookalikes, b"round|H|VS1|4000")
    assert kept is not None
    assert kept.measurements_micrometres == (6_500, 6_520, 4_011)
    stage.correct("lab-be", signed, {"what.clarity": ""})
    assert likenesses(stage) == {}
    stage.correct("lab-be", signed, {"what.clarity": "IF"})
    assert likenesses(stage) == {"round|H|IF|4000": (signed.record_id,)}


def test_an_older_gradings_correction_leaves_the_later_one_where_it_is() -> None:
    stage = new_stage()
    first = graded(stage)
    assert isinstance(first.record, Statement)
    second = stage.grade("lab-be", first.record.what.parcel, "R2")
    stage.correct("lab-be", first, {"what.color": "H"})
    assert likenesses(stage) == {"round|G|VS1|4000": (second.record_id,)}


def test_a_correction_that_names_a_value_twice_over_is_found_by_its_path() -> None:
    stage = new_stage()
    signed = registered(stage)
    kept = [stage.correct("miner-bw", signed, {"amounts.label": f"Bag {at}"}) for at in range(12)]
    corrected = stage.state.read(Corrected, signed.record_id)
    assert corrected is not None
    assert (corrected.paths, corrected.values) == (("amounts.label",), ("Bag 11",))
    assert corrected.correction == kept[-1].record_id
