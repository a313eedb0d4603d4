"""What a Certificate changes, whom it tells what, and what is noticed about its number."""

from __future__ import annotations

import hashlib

import pytest

from ledger.custody import (
    NO_CERTIFICATE,
    CertificateLink,
    CertificateNumber,
    Finding,
    NumberSeries,
    Parcel,
)
from ledger.drafts import Loss, Output
from ledger.errors import Refused
from ledger.records import Record
from ledger.values import NO_HASH, Hash32, ParcelId
from tests.ledger.rules.cases import SOME_HASH, Stage, altered, new_stage
from tests.ledger.rules.test_certificates import (
    DAY,
    ISSUER,
    YEAR,
    certifying,
    refused,
    two_codes,
)
from tests.world import address_of


def findings(stage: Stage) -> list[tuple[str, Hash32, str]]:
    """Return the findings that the last record raised."""
    items = stage.log[-1][2].items
    return [(one.name, one.subject, one.evidence) for one in items if isinstance(one, Finding)]


def test_a_certificate_is_open_on_its_parcels_and_advances_no_chain() -> None:
    stage = new_stage()
    parcels = sorted(two_codes(stage))
    before = [stage.parcel(parcel) for parcel in parcels]
    record = certifying(stage, parcels, origins=("ZA", "BW"), importer=address_of("trader-ae"))
    signed = stage.say(record, *ISSUER)
    known = stage.certificate(signed.record_id)
    assert (known.state, known.number, known.parcels) == ("open", "BW100", tuple(parcels))
    assert known.hs_codes == ("7102.21", "7102.31")
    assert known.weights_millicarats == (6_000, 4_000)
    assert known.origins == ("BW", "ZA")
    assert (known.exporter, known.importer) == (address_of("trader-be"), address_of("trader-ae"))
    assert (known.country, known.provenance, known.destination) == ("BW", "BW", "BE")
    for parcel, was in zip(parcels, before, strict=True):
        assert stage.parcel(parcel).certificate == signed.record_id
        assert (stage.parcel(parcel).head, stage.parcel(parcel).state) == (was.head, was.state)
    changes = stage.log[-1][2]
    assert (changes.parcels, changes.mentions) == ((), tuple(parcels))
    number = stage.state.read(CertificateNumber, b"BW100")
    assert number == CertificateNumber("BW100", signed.record_id)


def test_its_link_is_the_hash_of_two_salts_and_the_first_to_use_them_keeps_it() -> None:
    stage = new_stage()
    first = certifying(stage, [stage.give("trader-be")])
    signed = stage.say(first, *ISSUER)
    salts = first.who.salt + first.amounts.salt
    token = hashlib.sha256(salts).digest()[:16]
    other = certifying(stage, [stage.give("trader-be")], number="BW101")
    copied = altered(other, {"who.salt": first.who.salt, "amounts.salt": first.amounts.salt})
    stage.say(copied, *ISSUER)
    assert stage.state.read(CertificateLink, token) == CertificateLink(token, signed.record_id)


def test_a_hand_over_and_a_theft_leave_a_certificate_open() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    certificate = stage.certify([parcel], "BW1", "AE")
    stage.hand_over(parcel, "trader-be", "trader-ae")
    stage.say(stage.report_on(parcel, "trader-ae", "theft"), "trader-ae")
    assert stage.certificate(certificate).is_open(stage.now_ms)
    assert stage.parcel(parcel).certificate == certificate


@pytest.mark.parametrize("is_expired", [False, True])
def test_a_transformation_of_one_parcel_voids_it_for_all(is_expired: bool) -> None:
    stage = new_stage()
    parcel, other = stage.give("trader-be"), stage.give("trader-be")
    certificate = stage.certify([parcel, other], "BW1", "AE")
    stage.later(61 * DAY if is_expired else 1)
    outputs = [Output(4_000, 1), Output(6_000, 2)]
    made = stage.transform("trader-be", "split", [parcel], outputs)
    known = stage.certificate(certificate)
    assert (known.state, known.closed_by) == ("void", len(stage.log) - 1)
    for one in (parcel, *made):
        assert stage.parcel(one).certificate == NO_CERTIFICATE
    assert stage.parcel(other).state == "held"
    stage.certify([other], "BW2", "AE")


def test_a_transformation_writes_no_row_of_what_it_does_not_take() -> None:
    stage = new_stage()
    pairs = [sorted((stage.give("trader-be"), stage.give("trader-be"))) for _ in range(3)]
    for at, pair in enumerate(pairs):
        stage.certify(pair, f"BW{at}", "AE")
    inputs = sorted(pair[0] for pair in pairs)
    (made,) = stage.transform("trader-be", "mix", inputs, [Output(30_000, 9)])
    written = [item.id for item in stage.log[-1][2].items if isinstance(item, Parcel)]
    assert sorted(written) == sorted([*inputs, made])


def test_another_certificate_voids_one_that_has_expired() -> None:
    stage = new_stage()
    parcel, other = stage.give("trader-be"), stage.give("trader-be")
    first = stage.certify([parcel, other], "BW1", "AE", expires_at=stage.now_s + 10)
    stage.later(11)
    second = stage.certify([parcel], "BW2", "AE")
    assert stage.certificate(first).state == "void"
    assert stage.parcel(parcel).certificate == second
    stage.certify([other], "BW3", "AE")
    assert stage.certificate(second).is_open(stage.now_ms)


def test_goods_in_a_country_of_the_eu_may_be_certified_by_that_country_or_by_the_eu() -> None:
    for by in ("authority-be", "authority-eu"):
        stage = new_stage()
        parcel = stage.give("trader-be")
        stage.clear(stage.certify([parcel], "BW1", "BE"))
        stage.say(certifying(stage, [parcel], by, destination="AE"), by)


def test_goods_that_come_back_on_a_technical_certificate_are_where_they_are_cleared() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    original = refused(stage, [parcel])
    assert stage.parcel(parcel).country == "BW"
    record = certifying(stage, [parcel], "authority-be", original=original, destination="BW")
    back = stage.say(record, "authority-be").record_id
    assert stage.certificate(back).original == original
    stage.clear(back, "authority-bw")
    assert stage.certificate(back).state == "confirmed"
    assert stage.parcel(parcel).country == "BW"


def sent_back(stage: Stage, parcel: ParcelId, original: Hash32) -> Record:
    return certifying(
        stage, [parcel], "authority-be", original=original, destination="BW", number="BE200"
    )


@pytest.mark.parametrize("since", ["sent back", "sent elsewhere", "on its way", "run out"])
def test_goods_that_went_on_by_another_certificate_are_not_sent_back(since: str) -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    original = refused(stage, [parcel])
    if since == "sent back":
        record = certifying(stage, [parcel], "authority-be", original=original, destination="BW")
        stage.clear(stage.say(record, "authority-be").record_id, "authority-bw")
    else:
        again = stage.certify([parcel], "BW700", "IN")
        if since == "sent elsewhere":
            stage.clear(again, "authority-in")
        stage.later(61 * DAY if since == "run out" else 1)
    rule = "certificate-open" if since == "on its way" else "certificate-country"
    with pytest.raises(Refused) as told:
        stage.check(sent_back(stage, parcel, original), "authority-be")
    assert (told.value.refusal.rule, told.value.refusal.field) == (rule, "what.parcels.0")


def test_goods_whose_way_back_ran_out_may_be_sent_back_again_one_by_one() -> None:
    stage = new_stage()
    parcels = sorted((stage.give("trader-be"), stage.give("trader-be")))
    original = refused(stage, parcels)
    values = {"original": original, "destination": "BW", "expires_at": stage.now_s + 10}
    stage.say(certifying(stage, parcels, "authority-be", **values), "authority-be")
    stage.later(11)
    stage.say(sent_back(stage, parcels[0], original), "authority-be")
    other = certifying(
        stage, parcels[1:], "authority-be", original=original, destination="BW", number="BE201"
    )
    stage.say(other, "authority-be")


# What is told of a parcel's book to an authority.


def test_an_authority_of_elsewhere_is_told_neither_a_head_nor_a_time() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.later(100)
    record = certifying(stage, [parcel], "authority-be")
    wrong = altered(record, {"what.states": (SOME_HASH,)})
    with pytest.raises(Refused) as told:
        stage.check(wrong, "authority-be")
    assert told.value.refusal.expected == "the last record of its chain"
    early = altered(record, {"scene.occurred_at": stage.now_s - 101})
    with pytest.raises(Refused) as told:
        stage.check(early, "authority-be")
    assert told.value.refusal.expected == "no earlier than what it speaks of"


# Findings about numbers.


def numbered(stage: Stage, number: str) -> Hash32:
    return stage.certify([stage.give("trader-be")], number, "BE")


@pytest.mark.parametrize(
    ("number", "is_low"), [("BW4305", True), ("BW4306", True), ("BW4307", False)]
)
def test_a_number_of_an_earlier_years_range_is_flagged(number: str, is_low: bool) -> None:
    stage = new_stage()
    numbered(stage, "BW4200")
    numbered(stage, "BW004306")
    stage.later(YEAR)
    certificate = numbered(stage, number)
    why = f"number {number} is not above BW4306, in use before 2027"
    assert findings(stage) == [("certificate-number-range", certificate, why)] * is_low


def test_numbers_of_one_year_may_come_in_any_order() -> None:
    stage = new_stage()
    for number in ("BW30", "BW10", "BW20"):
        numbered(stage, number)
        assert findings(stage) == []
    assert stage.state.read(NumberSeries, b"BW") == NumberSeries("BW", (2026,), ("30",))


@pytest.mark.parametrize("number", ["1000010", "1000011"])
def test_a_number_far_above_the_highest_is_flagged(number: str) -> None:
    stage = new_stage()
    numbered(stage, "BW10")
    certificate = numbered(stage, f"BW{number}")
    why = f"number BW{number} is far above BW10, the highest in use"
    expected = [("certificate-number-range", certificate, why)]
    assert findings(stage) == expected * (number == "1000011")


def test_numbers_with_letters_and_the_first_of_a_country_are_in_no_range() -> None:
    stage = new_stage()
    numbered(stage, "BW99999999999999999999")
    assert findings(stage) == []
    stage.later(YEAR)
    numbered(stage, "BWA1")
    assert findings(stage) == []


def test_a_number_that_was_shown_on_paper_before_it_was_issued_is_flagged() -> None:
    stage = new_stage()
    stage.clear_paper("BW55")
    shown = len(stage.log) - 1
    certificate = numbered(stage, "BW55")
    why = f"number BW55 was shown before, at entry {shown}"
    assert findings(stage) == [("certificate-number-reused", certificate, why)]
    known = stage.state.read(CertificateNumber, b"BW55")
    assert known == CertificateNumber("BW55", certificate, shown)


def test_losing_weight_on_a_certified_way_changes_no_certificate() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    certificate = stage.certify([parcel], "BW1", "BE")
    stage.hand_over(parcel, "trader-be", "trader-ae", weight_millicarats=9_995)
    assert stage.certificate(certificate).weights_millicarats == (10_000,)
    stage.transform("trader-ae", "reweigh", [parcel], [Output(9_990, 3)], weighing=Loss(5))
    assert stage.certificate(certificate).state == "void"
    assert NO_HASH not in {stage.certificate(certificate).id}


def test_a_number_that_is_none_is_told_escaped() -> None:
    stage = new_stage()
    with pytest.raises(Refused) as told:
        numbered(stage, "BW\u00e91")
    assert told.value.refusal.rule == "certificate-number"
    assert told.value.refusal.came == '"BW\\u00e91"'
