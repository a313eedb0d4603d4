"""An importer's sheet says what is recorded, by whom, and what is blank; it states nothing."""

import pytest

from ledger.errors import Unknown
from ledger.reporting.importing import ITEMS_MAX, importer_sheet, said_by
from ledger.reporting.jurisdictions import JURISDICTIONS, jurisdiction
from ledger.values import Hash32
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin, Saying

US = jurisdiction("us")
PARCEL = Hash32(bytes([7]) * 32)


def ground(index: int = 3, **more: object) -> Ground:
    values = {
        "record_id": PARCEL, "index": index, "kind": "Registration", "operation": "",
        "role": "miner", "country": "BW", "occurred_at": 0, "recorded_at_ms": 0, **more,
    }  # fmt: skip
    return Ground(**values)


def origin(country: str, least: int = 0, most: int = 1_000) -> Origin:
    return Origin(country, None, "", 0, 0, least, most, (ground(),))


def crossing(**more: object) -> Crossing:
    values = {
        "sort": "certificate", "number": "BW1", "issuer": "BW", "destination": "EU",
        "issued_at": 0, "expires_at": 1, "cleared_at": None, "state": "open",
        "named_origins": (), "is_technical": False, "may_concern": frozenset(("BW",)),
        "concerns": frozenset(("BW",)), "grounds": (ground(),), **more,
    }  # fmt: skip
    return Crossing(**values)


def facts(**more: object) -> Facts:
    values = {
        "parcel": PARCEL, "form": "rough", "hs_code": "7102.31", "weight_millicarats": 1_000,
        "stones": 2, "tolerance_millicarats": 5, "country": "BE", "origins": (origin("BW"),),
        **more,
    }  # fmt: skip
    return Facts(**values)


def told(sheet):
    return [(item.label, item.value) for item in sheet.items if item.basis == "recorded"]


def test_who_says_so_stands_beside_each_fact():
    sheet = importer_sheet(US, facts(), "pass")
    (item,) = [one for one in sheet.items if one.label == "origin"]
    assert item.value == "BW: up to 1.000 ct, mined 1970-01-01 to 1970-01-01"
    assert [said_by(one) for one in item.grounds] == ["miner of BW, Registration, entry 3"]
    doubted = ground(kind="Statement", operation="origin", is_suspect=True)
    assert said_by(doubted) == "miner of BW, Statement origin, entry 3, under suspicion"


@pytest.mark.parametrize(
    ("stones", "amount"),
    [(2, "between 0.000 and 1.000 ct"), (1, "the whole stone, or nothing of it")],
)
def test_of_mixed_goods_every_possible_origin_is_named_and_no_share(stones, amount):
    mixed = facts(stones=stones, origins=(origin("BW"), origin("CA")))
    values = [value for label, value in told(importer_sheet(US, mixed, "cannot tell"))
              if label == "possible origin"]  # fmt: skip
    assert [value.split(", mined")[0] for value in values] == [f"BW: {amount}", f"CA: {amount}"]
    assert not any("%" in value for _, value in told(importer_sheet(US, mixed, "pass")))


def test_a_sheet_says_that_it_is_about_one_parcel_and_no_shipment():
    notice = importer_sheet(US, facts(), "pass").notice
    assert "one parcel: a shipment may hold others" in notice
    assert "not legal advice" in notice


def test_records_that_contradict_each_other_leave_no_origin():
    sheet = importer_sheet(US, facts(is_contradicted=True), "cannot tell")
    values = dict(told(sheet))
    assert "contradict" in values["country of origin"]
    assert "origin" not in values


@pytest.mark.parametrize(
    ("more", "label", "value"),
    [
        (
            {},
            "Kimberley Process certificate",
            "BW1: BW to EU, 1970-01-01; origin plain mixed; open",
        ),
        ({"sort": "none"}, "crossed without certificate", "BW to EU, 1970-01-01"),
        (
            {"sort": "paper", "named_origins": ("BW", "CA")},
            "Kimberley Process certificate",
            "BW1: BW to EU, 1970-01-01; origin BW, CA; on paper alone",
        ),
        (
            {"number": ""},
            "Kimberley Process certificate",
            "number not shown: BW to EU, 1970-01-01; origin plain mixed; open",
        ),
    ],
)  # fmt: skip
def test_a_crossing_is_told_with_or_without_its_certificate(more, label, value):
    sheet = importer_sheet(US, facts(crossings=(crossing(**more),)), "pass")
    assert (label, value) in told(sheet)


def test_a_sheet_has_an_end_and_says_that_there_is_more():
    sayings = tuple(
        Saying("warranty", True, "wdc-sow-2", "", None, (), 0, 0, "rough", ground(at))
        for at in range(ITEMS_MAX)
    )
    long = importer_sheet(US, facts(sayings=sayings), "pass")
    assert long.has_more
    assert len(long.items) == ITEMS_MAX + len(US.blanks)
    assert not importer_sheet(US, facts(), "pass").has_more
    assert importer_sheet(US, facts(is_whole=False), "pass").has_more


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("pass", "the records bear the statement out"),
        ("fail", "the records speak against the statement"),
        ("cannot tell", "the records do not decide"),
    ],
)
def test_only_a_pass_gives_ground_for_signing(value, words):
    conclusion = importer_sheet(US, facts(), value).conclusion
    assert words in conclusion
    assert ("no ground for signing" in " ".join(conclusion.split())) == (value != "pass")


def test_the_text_to_sign_follows_the_goods_and_stands_only_where_one_is_prescribed():
    loose, unsorted = (US.wording_for(code) for code in ("7102.39", "7102.10"))
    assert loose.startswith("I certify that the non-industrial diamonds")
    assert unsorted == US.wording_for("")  # of a piece: jewellery
    assert unsorted.startswith("I certify that the diamond jewelry and unsorted diamonds")
    assert US.wording_for("7102.21") == ""
    for one in JURISDICTIONS.values():
        assert bool(one.wording) == (one.id == "us")
        assert one.sources
        assert one.blanks


def test_a_jurisdiction_that_is_not_there_is_unknown():
    with pytest.raises(Unknown):
        jurisdiction("zz")
