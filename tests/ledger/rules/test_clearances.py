"""Clearance: what an importing authority found, of a certificate here or on paper alone."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.custody import NO_CERTIFICATE, CertificateNumber, Finding, NumberSeries, series_key
from ledger.drafts import Found, Output
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
IMPORTER = ("authority-be",)
DAY = 86_400


def clearing(
    stage: Stage, certificate: Hash32, by: str = "authority-be", reason: str = "", **values: Any
) -> Record:
    """Return a Clearance of a certificate as declared, with fields set by Python path."""
    country = {"authority-eu": "BE"}.get(by, stage.speaker(by).country)
    arrival = drafts.as_declared(stage.certificate(certificate), country)
    record = drafts.clearance(stage.speaker(by), stage.moment(), arrival, reason=reason)
    return altered(record, {name.replace("__", "."): value for name, value in values.items()})


def certified(stage: Stage, destination: str = "BE", **paper: Any) -> Hash32:
    """Certify a parcel of a trader's."""
    return stage.certify([stage.give("trader-be")], "BW100", destination, **paper)


# Who.


@case("party-unknown", "who.exporter")
def _found_with_an_exporter_that_is_nobody(stage: Stage, wrong: bool) -> Said:
    exporter = address_of("nobody" if wrong else "trader-ae")
    return Said(clearing(stage, certified(stage), who__exporter=exporter), IMPORTER)


@case("party-unknown", "who.importer")
def _found_with_an_importer_that_is_nobody(stage: Stage, wrong: bool) -> Said:
    importer = address_of("nobody" if wrong else "trader-ae")
    return Said(clearing(stage, certified(stage), who__importer=importer), IMPORTER)


@case("country", "scene.arrivalCountry")
def _goods_that_arrive_in_another_country(stage: Stage, wrong: bool) -> Said:
    country = "FR" if wrong else "BE"
    return Said(clearing(stage, certified(stage), scene__arrival_country=country), IMPORTER)


@case("country", "scene.arrivalCountry")
def _goods_that_arrive_outside_the_eu(stage: Stage, wrong: bool) -> Said:
    country = "CH" if wrong else "FR"
    certificate = certified(stage, "EU")
    record = clearing(stage, certificate, "authority-eu", scene__arrival_country=country)
    return Said(record, ("authority-eu",))


# The certificate.


@case("state-unknown", "what.certificate")
def _a_certificate_that_is_none(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage)
    named = SOME_HASH if wrong else certificate
    return Said(clearing(stage, certificate, what__certificate=named), IMPORTER)


@case("state-unknown", "what.certificate")
def _a_record_of_another_kind_for_a_certificate(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage)
    named = stage.ledger_id if wrong else certificate
    return Said(clearing(stage, certificate, what__certificate=named), IMPORTER)


@case("time-ahead", "scene.occurredAt")
def _found_in_more_than_five_minutes(stage: Stage, wrong: bool) -> Said:
    at = stage.now_s + MINUTES_5 + wrong
    return Said(clearing(stage, certified(stage), scene__occurred_at=at), IMPORTER)


@case("time-before", "scene.occurredAt")
def _found_before_the_certificate_was_issued(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage)
    at = stage.certificate(certificate).issued_at - wrong
    return Said(clearing(stage, certificate, scene__occurred_at=at), IMPORTER)


@case("certificate-number", "what.number")
def _another_number_than_the_certificates(stage: Stage, wrong: bool) -> Said:
    number = "BW101" if wrong else "BW100"
    return Said(clearing(stage, certified(stage), what__number=number), IMPORTER)


@case("certificate-number", "what.number")
def _a_number_that_no_certificate_can_have(stage: Stage, wrong: bool) -> Said:
    arrival = drafts.Arrival("ZA-1" if wrong else "ZA1", "BE", 1, {"7102.31": Found(1, 1)})
    record = drafts.clearance(stage.speaker("authority-be"), stage.moment(), arrival)
    return Said(record, IMPORTER)


@case("certificate-not-open", "what.certificate")
def _a_certificate_that_was_cleared(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage)
    if wrong:
        stage.clear(certificate)
    return Said(clearing(stage, certificate), IMPORTER)


@case("certificate-not-open", "what.certificate")
def _a_certificate_that_was_refused(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage)
    if wrong:
        stage.clear(certificate, reason="value")
    return Said(clearing(stage, certificate), IMPORTER)


@case("certificate-not-open", "what.certificate")
def _a_certificate_that_is_void(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    certificate = stage.certify([parcel], "BW100", "BE")
    if wrong:
        stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    return Said(clearing(stage, certificate), IMPORTER)


@case("certificate-not-open", "what.certificate")
def _a_certificate_a_millisecond_after_its_last_second(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage, expires_at=stage.now_s + 10)
    stage.later(10 + wrong)
    stage.rest_ms = 0 if wrong else 999
    return Said(clearing(stage, certificate), IMPORTER)


@case("certificate-destination", "scene.authorCountry")
def _cleared_by_the_authority_of_another_country(stage: Stage, wrong: bool) -> Said:
    by = "authority-in" if wrong else "authority-be"
    return Said(clearing(stage, certified(stage), by), (by,))


@case("certificate-destination", "scene.authorCountry")
def _cleared_by_the_eu_where_its_member_is_the_destination(stage: Stage, wrong: bool) -> Said:
    certificate = certified(stage, "BE" if wrong else "EU")
    return Said(clearing(stage, certificate, "authority-eu"), ("authority-eu",))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_case_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_twin_of_a_case_is_accepted(told: Case) -> None:
    told.accept()


# What it changes.


def findings(stage: Stage) -> list[tuple[str, Hash32, str]]:
    """Return the findings that the last record raised."""
    items = stage.log[-1][2].items
    return [(one.name, one.subject, one.evidence) for one in items if isinstance(one, Finding)]


def way(stage: Stage) -> tuple[list[ParcelId], Hash32]:
    """Return parcels held, offered and frozen, and the certificate that they are under."""
    parcels = sorted(stage.give("trader-be") for _ in range(3))
    certificate = stage.certify(parcels, "BW100", "EU")
    stage.offer(parcels[1], "trader-be", "trader-ae")
    stage.say(stage.report_on(parcels[2], "trader-be", "theft"), "trader-be")
    return parcels, certificate


def test_a_confirmed_certificates_parcels_are_where_they_arrived() -> None:
    stage = new_stage()
    parcels, certificate = way(stage)
    before = [stage.parcel(parcel) for parcel in parcels]
    stage.clear(certificate, "authority-eu", "FR")
    known = stage.certificate(certificate)
    assert (known.state, known.cleared_in) == ("confirmed", "EU")
    assert known.closed_by == len(stage.log) - 1
    for parcel, was in zip(parcels, before, strict=True):
        book = stage.parcel(parcel)
        assert (book.country, book.certificate) == ("FR", NO_CERTIFICATE)
        assert (book.state, book.head, book.custodian) == (was.state, was.head, was.custodian)
    assert stage.log[-1][2].mentions == tuple(parcels)
    assert stage.log[-1][2].parcels == ()


def test_a_refused_certificates_parcels_are_where_they_were() -> None:
    stage = new_stage()
    parcels, certificate = way(stage)
    stage.clear(certificate, "authority-eu", "FR", reason="weight")
    assert stage.certificate(certificate).state == "refused"
    assert {stage.parcel(parcel).country for parcel in parcels} == {"BW"}
    assert not stage.certificate(certificate).is_open(stage.now_ms)
    stage.certify(parcels[:1], "BW101", "EU")
    assert stage.certificate(certificate).state == "refused"


def test_what_is_found_may_differ_from_what_is_declared() -> None:
    stage = new_stage()
    certificate = certified(stage)
    found = {"7102.21": Found(0, 0), "7102.31": Found(9_000, 1)}
    stage.clear(certificate, found=found, parcel_count=7)
    known = stage.certificate(certificate)
    assert known.weights_millicarats == (10_000,)
    assert known.state == "confirmed"


def test_a_certificate_on_paper_is_cleared_without_any_change_but_to_its_number() -> None:
    stage = new_stage()
    stage.clear_paper("ZA77", found={"7102.10": Found(5, 5)})
    index, changes = len(stage.log) - 1, stage.log[-1][2]
    assert stage.state.read(CertificateNumber, b"ZA77") == CertificateNumber("ZA77", NO_HASH, index)
    known = stage.state.read(NumberSeries, series_key("ZA", on_paper=True))
    assert known == NumberSeries("ZA", (2026,), ("77",), on_paper=True)
    assert (changes.parcels, changes.mentions, len(changes.items)) == ((), (), 2)
    assert findings(stage) == []


def test_an_arrival_refused_on_paper_puts_its_number_in_no_range() -> None:
    stage = new_stage()
    stage.clear_paper("ZA77", reason="documents", found={}, parcel_count=0)
    assert stage.state.read(NumberSeries, series_key("ZA", on_paper=True)) is None


# Findings about numbers.


def test_a_number_shown_twice_on_paper_is_flagged() -> None:
    stage = new_stage()
    stage.clear_paper("ZA77")
    shown = len(stage.log) - 1
    again = stage.clear_paper("ZA77", "authority-in").record_id
    why = f"number ZA77 was shown before, at entry {shown}"
    assert findings(stage) == [("certificate-number-reused", again, why)]
    known = stage.state.read(CertificateNumber, b"ZA77")
    assert known is not None
    assert known.first_shown == shown


@pytest.mark.parametrize("reason", ["", "seal"])
def test_a_number_shown_again_after_its_certificate_was_cleared_is_flagged(reason: str) -> None:
    stage = new_stage()
    certificate = certified(stage)
    stage.clear(certificate, reason=reason)
    assert findings(stage) == []
    shown = len(stage.log) - 1
    stage.clear_paper("BW100", "authority-in")
    why = f"number BW100 was shown before, at entry {shown}"
    assert findings(stage) == [("certificate-number-reused", certificate, why)]


def test_a_number_whose_certificate_is_void_is_flagged_when_it_is_shown() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    certificate = stage.certify([parcel], "BW100", "BE")
    stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    voided = len(stage.log) - 1
    stage.clear_paper("BW100")
    why = f"number BW100 is of a certificate that is void since entry {voided}"
    assert findings(stage) == [("certificate-number-reused", certificate, why)]


def test_the_paper_of_an_open_certificate_is_flagged_only_when_it_is_shown_again() -> None:
    stage = new_stage()
    certificate = certified(stage)
    stage.clear_paper("BW100")
    assert findings(stage) == []
    shown = len(stage.log) - 1
    stage.clear(certificate)
    why = f"number BW100 was shown before, at entry {shown}"
    assert findings(stage) == [("certificate-number-reused", certificate, why)]


@pytest.mark.parametrize(
    ("number", "is_low"), [("ZA4306", True), ("ZA4309", True), ("ZA4311", False)]
)
def test_a_number_of_an_earlier_years_range_shown_on_paper_is_flagged(
    number: str, is_low: bool
) -> None:
    stage = new_stage()
    for shown in ("ZA4300", "ZA4310"):
        stage.clear_paper(shown)
    stage.later((365 + 90) * DAY)
    signed = stage.clear_paper(number)
    why = f"number {number} is not above ZA4310, in use before 2027"
    assert findings(stage) == (
        [("certificate-number-range", signed.record_id, why)] if is_low else []
    )


def test_a_number_issued_late_in_a_year_may_be_shown_early_in_the_next() -> None:
    stage = new_stage()
    stage.clear_paper("ZA4310")
    stage.later((365 + 89) * DAY)
    stage.clear_paper("ZA4306")
    assert findings(stage) == []


def test_a_number_far_above_the_highest_shown_is_flagged_and_raises_no_range() -> None:
    stage = new_stage()
    stage.clear_paper("ZA10")
    signed = stage.clear_paper("ZA2000000")
    why = "number ZA2000000 is far above ZA10, the highest in use"
    assert findings(stage) == [("certificate-number-range", signed.record_id, why)]
    known = stage.state.read(NumberSeries, series_key("ZA", on_paper=True))
    assert known == NumberSeries("ZA", (2026,), ("10",), on_paper=True)


def test_what_others_say_of_papers_puts_no_countrys_own_numbers_out_of_range() -> None:
    stage = new_stage()
    stage.clear_paper("BW99999999999999999999")
    for number in ("BW1", "BW2"):
        certificate = stage.certify([stage.give("trader-be")], number, "BE")
        assert findings(stage) == []
        stage.clear(certificate)
        stage.later(400 * DAY)
    stage.clear_paper("BW99999999999999999998")
    assert [name for name, *_ in findings(stage)] == ["certificate-number-range"]
    stage.clear_paper("BW3")
    assert findings(stage) == []


def test_a_number_of_certificates_issued_here_is_compared_with_theirs() -> None:
    stage = new_stage()
    stage.certify([stage.give("trader-be")], "BW4310", "BE")
    stage.later((365 + 90) * DAY)
    signed = stage.clear_paper("BW4306")
    assert [name for name, *_ in findings(stage)] == ["certificate-number-range"]
    assert findings(stage)[0][1] == signed.record_id
