"""Certificate: who may issue one, for which goods, under which number."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.drafts import Output, Paper
from ledger.records import Record
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
)
from tests.world import address_of

case = Cases()
ISSUER = ("authority-bw",)
DAY = 86_400
YEAR = 365 * DAY


def certifying(
    stage: Stage, parcels: list[ParcelId], by: str = "authority-bw", exporter: str = "trader-be",
    **paper: Any,
) -> Record:  # fmt: skip
    """Return a Certificate of parcels."""
    goods = [stage.goods(parcel) for parcel in parcels]
    values = {
        "number": f"{stage.speaker(by).country}100",
        "destination": "BE",
        "expires_at": stage.now_s + 60 * DAY,
        "values_us_cents": {one.hs_code: 90_000 for one in goods},
        **paper,
    }
    of = address_of(exporter)
    return drafts.certificate(stage.speaker(by), stage.moment(), of, goods, Paper(**values))


def refused(stage: Stage, parcels: list[ParcelId], by: str = "authority-be") -> Hash32:
    """Certify parcels, and have the importing authority refuse them."""
    certificate = stage.certify(parcels, "BW7", stage.speaker(by).country)
    arrival = {"authority-eu": "BE"}.get(by, stage.speaker(by).country)
    stage.clear(certificate, by, arrival, reason="seal")
    return certificate


# Who.


@case("party-unknown", "who.exporter")
def _an_exporter_that_is_nobody(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be")])
    if wrong:
        record = altered(record, {"who.exporter": address_of("nobody")})
    return Said(record, ISSUER)


@case("party-unknown", "who.importer")
def _an_importer_that_is_nobody(stage: Stage, wrong: bool) -> Said:
    importer = address_of("nobody" if wrong else "trader-ae")
    return Said(certifying(stage, [stage.give("trader-be")], importer=importer), ISSUER)


@case("role-for-kind", "what.authorRole")
def _a_trader_who_certifies(stage: Stage, wrong: bool) -> Said:
    stage.admit("authority-bw", "trader", "BW")
    record = certifying(stage, [stage.give("trader-be")])
    role = "trader" if wrong else "authority"
    return Said(altered(record, {"what.author_role": role}), ISSUER)


# Parcels.


@case("parcel-absent", "what.parcels.0")
def _a_parcel_that_is_none(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be")])
    return Said(altered(record, {"what.parcels": (SOME_HASH,)} if wrong else {}), ISSUER)


@case("not-custodian", "what.parcels.0")
def _a_parcel_that_the_exporter_does_not_hold(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    exporter = "trader-ae" if wrong else "trader-be"
    return Said(certifying(stage, [parcel], exporter=exporter), ISSUER)


@case("not-custodian", "what.parcels.0")
def _a_parcel_on_its_way_to_the_exporter(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    if not wrong:
        stage.say(stage.answer(parcel, "trader-ae"), "trader-ae")
    return Said(certifying(stage, [parcel], exporter="trader-ae"), ISSUER)


@case("parcel-spent", "what.parcels.0")
def _a_parcel_that_was_split(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    outputs = stage.transform("trader-be", "split", [parcel], [Output(4_000, 1), Output(6_000, 2)])
    return Said(certifying(stage, [parcel if wrong else outputs[0]]), ISSUER)


@case("parcel-frozen", "what.parcels.0")
def _a_parcel_that_was_stolen(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.say(stage.report_on(parcel, "trader-be", "theft"), "trader-be")
    if not wrong:
        stage.say(stage.report_on(parcel, "trader-be", "recovery"), "trader-be")
    return Said(certifying(stage, [parcel]), ISSUER)


@case("stale-previous", "what.states.0")
def _a_state_that_is_not_the_last(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    record = certifying(stage, [parcel])
    if wrong:
        stage.offer(parcel, "trader-be", "trader-ae")
    return Said(record, ISSUER)


@case("state-unknown", "what.original")
def _a_technical_one_of_what_is_no_certificate(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    original = refused(stage, [parcel])
    head = stage.parcel(parcel).head
    record = certifying(stage, [parcel], "authority-be", original=head if wrong else original)
    return Said(record, ("authority-be",))


@case("state-unknown", "what.original")
def _a_technical_one_of_other_parcels(stage: Stage, wrong: bool) -> Said:
    parcel, other = stage.give("trader-be"), stage.give("trader-be")
    original = refused(stage, [parcel])
    parcels = [parcel, other] if wrong else [parcel]
    return Said(certifying(stage, parcels, "authority-be", original=original), ("authority-be",))


@case("form", "what.parcels.0")
def _a_parcel_that_was_polished(stage: Stage, wrong: bool) -> Said:
    parcel = stage.polished("trader-be") if wrong else stage.give("trader-be")
    rough = stage.give("trader-be")
    record = certifying(stage, [parcel if not wrong else rough])
    if wrong:
        values = {"what.parcels": (parcel,), "what.states": (stage.parcel(parcel).head,)}
        record = altered(record, values)
    return Said(record, ISSUER)


# Time.


@case("time-ahead", "scene.occurredAt")
def _issued_in_more_than_five_minutes(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be")])
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(record, {"scene.occurred_at": at}), ISSUER)


@case("time-before", "scene.occurredAt")
def _issued_before_the_parcels_last_record(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be")])
    return Said(altered(record, {"scene.occurred_at": stage.now_s - wrong}), ISSUER)


@case("time-before", "scene.occurredAt")
def _a_technical_one_issued_before_the_refused_one(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.later(10)
    original = refused(stage, [parcel])
    record = certifying(stage, [parcel], "authority-be", original=original)
    at = stage.certificate(original).issued_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), ("authority-be",))


@case("period", "scene.expiresAt")
def _expired_in_the_second_of_its_issue(stage: Stage, wrong: bool) -> Said:
    expires_at = stage.now_s + (not wrong)
    return Said(certifying(stage, [stage.give("trader-be")], expires_at=expires_at), ISSUER)


# Numbers.


def _numbered(stage: Stage, number: str) -> Said:
    return Said(certifying(stage, [stage.give("trader-be")], number=number), ISSUER)


@case("certificate-number", "what.number")
def _a_number_with_a_hyphen(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "BW-100" if wrong else "BW100")


@case("certificate-number", "what.number")
def _a_number_with_a_space(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "BW 100" if wrong else "BW100")


@case("certificate-number", "what.number")
def _a_number_in_lower_case(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "bw100" if wrong else "BW1OO")


@case("certificate-number", "what.number")
def _a_number_of_its_prefix_alone(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "BW" if wrong else "BW0")


@case("certificate-number", "what.number")
def _a_number_of_21_characters_after_its_prefix(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "BW" + "1" * (20 + wrong))


@case("certificate-number", "what.number")
def _a_number_with_a_digit_of_another_script(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "BW\u0661" if wrong else "BW1")


@case("certificate-prefix", "what.number")
def _a_number_of_another_country(stage: Stage, wrong: bool) -> Said:
    return _numbered(stage, "ZA100" if wrong else "BW100")


@case("certificate-prefix", "what.number")
def _a_number_of_the_country_where_the_eu_certifies(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.clear(stage.certify([parcel], "BW1", "EU"), "authority-eu", "BE")
    number = "BE100" if wrong else "EU100"
    return Said(certifying(stage, [parcel], "authority-eu", number=number), ("authority-eu",))


@case("certificate-used", "what.number")
def _a_number_used_before(stage: Stage, wrong: bool) -> Said:
    stage.certify([stage.give("trader-be")], "BW99", "BE")
    return _numbered(stage, "BW99" if wrong else "BW099")


@case("certificate-used", "what.number")
def _a_number_used_before_by_one_that_is_closed(stage: Stage, wrong: bool) -> Said:
    stage.clear(stage.certify([stage.give("trader-be")], "BW99", "BE"))
    return _numbered(stage, "BW99" if wrong else "BW98")


# Countries, and open certificates.


@case("certificate-country", "what.parcels.0")
def _goods_that_are_elsewhere(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        stage.clear(stage.certify([parcel], "BW1", "BE"))
    return Said(certifying(stage, [parcel]), ISSUER)


@case("certificate-country", "what.parcels.0")
def _goods_outside_the_eu_certified_by_its_authority(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if not wrong:
        stage.clear(stage.certify([parcel], "BW1", "BE"))
    return Said(certifying(stage, [parcel], "authority-eu"), ("authority-eu",))


@case("certificate-country", "what.original")
def _a_technical_one_of_what_was_not_refused(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    if wrong:
        original = stage.certify([parcel], "BW7", "BE")
        stage.clear(original)
    else:
        original = refused(stage, [parcel])
    return Said(certifying(stage, [parcel], "authority-be", original=original), ("authority-be",))


@case("certificate-country", "what.original")
def _a_technical_one_of_what_another_authority_refused(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    original = refused(stage, [parcel], "authority-eu" if wrong else "authority-be")
    return Said(certifying(stage, [parcel], "authority-be", original=original), ("authority-be",))


@case("certificate-open", "what.parcels.0")
def _a_parcel_with_an_open_certificate(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.certify([parcel], "BW1", "BE")
    if not wrong:
        stage.clear(stage.parcel(parcel).certificate, reason="documents")
    return Said(certifying(stage, [parcel]), ISSUER)


@case("certificate-open", "what.parcels.0")
def _a_parcel_whose_certificate_has_its_last_second(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.certify([parcel], "BW1", "BE", expires_at=stage.now_s + 10)
    stage.later(10 if wrong else 11)
    stage.rest_ms = 999 if wrong else 0
    return Said(certifying(stage, [parcel]), ISSUER)


# Sums.


@case("certificate-sum", "amounts.weightsMillicarats.0")
def _a_sum_that_is_not_the_parcels(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be"), stage.give("trader-be")])
    return Said(altered(record, {"amounts.weights_millicarats": (20_000 + wrong,)}), ISSUER)


@case("certificate-sum", "what.hsCodes")
def _a_code_that_is_not_the_parcels(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, [stage.give("trader-be")])
    code = "7102.21" if wrong else "7102.31"
    return Said(altered(record, {"what.hs_codes": (code,)}), ISSUER)


@case("certificate-sum", "what.hsCodes")
def _a_code_that_is_left_out(stage: Stage, wrong: bool) -> Said:
    parcels = two_codes(stage)
    record = certifying(stage, parcels)
    values = {
        "what.hs_codes": ("7102.31",),
        "amounts.weights_millicarats": (4_000,),
        "amounts.values_us_cents": (1,),
    }
    return Said(altered(record, values if wrong else {}), ISSUER)


@case("certificate-sum", "amounts.weightsMillicarats.1")
def _sums_exchanged_between_two_codes(stage: Stage, wrong: bool) -> Said:
    record = certifying(stage, two_codes(stage))
    weights = (6_000, 4_001) if wrong else (6_000, 4_000)
    return Said(altered(record, {"amounts.weights_millicarats": weights}), ISSUER)


def two_codes(stage: Stage) -> list[ParcelId]:
    """Return two parcels of different codes."""
    outputs = [Output(4_000, 1), Output(6_000, 2, "7102.21")]
    return list(stage.transform("trader-be", "split", [stage.give("trader-be")], outputs))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_a_case_is_refused_by_its_rule_at_its_field(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_the_twin_of_a_case_is_accepted(told: Case) -> None:
    told.accept()
