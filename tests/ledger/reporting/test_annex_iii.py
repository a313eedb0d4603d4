"""Figures are sums of what was said, corrections included, and come apart into their entries."""

import dataclasses

import pytest

from ledger.drafts import Found, Output
from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.reporting import contributions, lines_of, read_participant, read_period
from ledger.reporting.annex_iii import read_figure
from ledger.reporting.periods import half_label, labelled, quarter_label
from ledger.values import NO_HASH, Hash32
from tests.ledger.reporting.border import (
    DAY,
    INDUSTRIAL,
    ROUGH,
    START,
    UNSORTED,
    asked,
    empty,
    viewed,
)


def _lines(view, country, **period):
    return {
        line.figure.name: line
        for line in lines_of(contributions(view, asked(view, country, **period)))
    }


def _told(lines):
    return {
        name: (line.records, line.weight_millicarats, line.value_us_cents)
        for name, line in lines.items()
    }


def test_production_is_summed_by_code_and_half_year_of_the_period_mined():
    world = empty()
    world.bag(1_000, UNSORTED)
    world.bag(2_000, UNSORTED, mined=(START - 9 * DAY, START - DAY))  # of the half-year before
    world.bag(4_000, INDUSTRIAL)
    with viewed(world) as view:
        assert _told(_lines(view, "BW", half=1)) == {
            "production:BW:2026-H1:-:BW:7102.10": (1, 1_000, None),
            "production:BW:2026-H1:-:BW:7102.21": (1, 4_000, None),
            "production:BW:2026-H1:-:BW:7102.31": (1, 12_500, None),  # the jewel's own
        }
        assert _lines(view, "BW", half=2) == {}
        assert list(_lines(view, "CA", half=1)) == ["production:CA:2026-H1:-:CA:7102.31"]


def test_what_only_reads_like_a_country_in_a_text_counts_for_none():
    world = empty()
    evil = '"authorCountry":"BW"'
    world.register(world.sites["abroad"], 700, 1, by="miner-ca", label=evil)
    world.bag(300, label='"authorCountry":"CA"')
    with viewed(world) as view:
        abroad, home = _told(_lines(view, "CA", half=1)), _told(_lines(view, "BW", half=1))
        assert abroad["production:CA:2026-H1:-:CA:7102.31"] == (2, 8_700, None)
        assert home["production:BW:2026-H1:-:BW:7102.31"] == (2, 12_800, None)


def test_the_last_second_of_a_period_is_in_it_and_the_first_after_it_is_in_the_next():
    world = empty()
    world.bag(1_000, UNSORTED, mined=(START - 9 * DAY, START - 1))
    world.bag(2_000, UNSORTED, mined=(START - 9 * DAY, START))
    with viewed(world) as view:
        told = _told(_lines(view, "BW", half=1))
        assert told["production:BW:2026-H1:-:BW:7102.10"] == (1, 2_000, None)


def test_what_is_registered_long_after_it_was_mined_counts_when_it_was_mined():
    world = empty()
    mined = (world.now_s - DAY, world.now_s)
    world.later(200 * DAY)
    world.bag(1_000, UNSORTED, mined=mined)
    with viewed(world) as view:
        assert "production:BW:2026-H1:-:BW:7102.10" in _lines(view, "BW", half=1)
        assert _lines(view, "BW", half=2) == {}


def test_a_shipment_that_straddles_two_quarters_is_an_export_of_one_and_an_import_of_the_other():
    world = empty()
    bag = world.bag(1_000)
    certificate = world.certify([bag], "BW1", "BE", expires_at=world.now_s + 200 * DAY)
    world.later(100 * DAY)
    world.clear(certificate)
    with viewed(world) as view:
        flows = {
            (country, quarter): {
                name.split(":")[0] for name in _lines(view, country, quarter=quarter)
            }
            for country in ("BW", "EU")
            for quarter in (1, 2)
        }
        assert flows == {
            ("BW", 1): {"exports", "issued"}, ("BW", 2): set(),
            ("EU", 1): set(), ("EU", 2): {"imports", "received"},
        }  # fmt: skip


def test_a_corrected_period_moves_a_registration_to_another_half_year():
    world = empty()
    bag = world.bag(1_000, UNSORTED)
    registration = world.parcel(bag).head
    before = str(START - DAY)
    world.correct(registration, "miner-bw", {"scene.periodFrom": before, "scene.periodTo": before})
    with viewed(world) as view:
        assert "production:BW:2026-H1:-:BW:7102.10" not in _lines(view, "BW", half=1)
        # As the log stood before the Correction, it counted.
        earlier = dataclasses.replace(asked(view, "BW", half=1), size=view.head().size - 1)
        told = _told({one.figure.name: one for one in lines_of(contributions(view, earlier))})
        assert told["production:BW:2026-H1:-:BW:7102.10"] == (1, 1_000, None)


def test_what_is_known_of_prices_is_said_of_how_much_it_is():
    world = empty()
    committed = Hash32(bytes([1]) * 32)  # to private fields
    world.bag(1_000, UNSORTED, details=committed)
    world.bag(3_000, UNSORTED, details=committed)
    with viewed(world) as view:
        question = asked(view, "BW", half=1)
        priced = [one.record_id for one in contributions(view, question)][1]
        known = dataclasses.replace(
            question, price_of=lambda record: 77_00 if record == priced else None
        )
        line = next(
            one for one in lines_of(contributions(view, known)) if one.figure.hs_code == UNSORTED
        )
        assert (line.weight_millicarats, line.valued_millicarats) == (4_000, 1_000)
        assert line.value_us_cents == 77_00


def test_of_a_record_without_private_fields_no_price_is_asked():
    world = empty()
    world.bag(1_000, UNSORTED)
    with viewed(world) as view:
        asked_for: list[bytes] = []
        question = dataclasses.replace(asked(view, "BW", half=1), price_of=asked_for.append)
        assert lines_of(contributions(view, question))
        assert asked_for == []


def test_a_price_is_that_of_the_last_correction_of_private_fields():
    world = empty()
    bag = world.bag(1_000, UNSORTED)
    registration = world.parcel(bag).head
    committed = Hash32(bytes([1]) * 32)
    later = world.correct(registration, "miner-bw", {}, details=committed)
    world.correct(registration, "miner-bw", {"amounts.label": "a"}, latest=later)
    with viewed(world) as view:
        question = asked(view, "BW", half=1)
        for size in (question.size, question.size - 1, question.size - 2):
            asked_for: list[bytes] = []
            at = dataclasses.replace(question, size=size, price_of=asked_for.append)
            lines_of(contributions(view, at))
            assert asked_for == ([later] if size >= question.size - 1 else [])


def test_any_number_of_corrections_is_followed_at_any_size():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE", origins=("BW",))
    latest = NO_HASH
    count = LIMITS.chain_records_max + 2
    for value in range(1, count + 1):
        values = {"amounts.valuesUsCents.0": f"{value}"}
        latest = world.correct(certificate, "authority-bw", values, latest=latest)
    with viewed(world) as view:
        question = asked(view, "BW", quarter=1)
        for size, value in ((question.size, count), (question.size - count + 1, 1)):
            made = list(contributions(view, dataclasses.replace(question, size=size)))
            assert {one.value_us_cents for one in made} == {value}
            assert (made[0].corrected_by == latest) == (size == question.size)


def test_exports_and_imports_are_summed_by_partner_origin_code_and_quarter():
    world = empty()
    loose, dust = world.bag(1_000), world.bag(500, INDUSTRIAL)
    paper = {"values_us_cents": {ROUGH: 900_00, INDUSTRIAL: 10_00}, "origins": ("BW",)}
    certificate = world.certify([loose, dust], "BW1", "BE", **paper)
    world.later(DAY)
    found = {ROUGH: Found(998, 890_00), INDUSTRIAL: Found(500, 10_00)}
    world.clear(certificate, found=found)
    with viewed(world) as view:
        assert _told(_lines(view, "BW", quarter=1)) == {
            "exports:BW:2026-Q1:EU:BW:7102.21": (1, 500, 10_00),
            "exports:BW:2026-Q1:EU:BW:7102.31": (1, 1_000, 900_00),
            "issued:BW:2026-Q1:EU:-:-": (1, 1_500, 910_00),
        }
        assert _told(_lines(view, "EU", quarter=1)) == {
            "imports:EU:2026-Q1:BW:BW:7102.21": (1, 500, 10_00),
            "imports:EU:2026-Q1:BW:BW:7102.31": (1, 998, 890_00),
            "received:EU:2026-Q1:BW:-:-": (1, 1_498, 900_00),
        }
        assert _lines(view, "BW", quarter=2) == {}


def test_an_endorsement_changes_value_and_destination():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE", origins=("BW",))
    values = {"amounts.valuesUsCents.0": "4200", "scene.destination": "IN"}
    correction = world.correct(certificate, "authority-bw", values)
    with viewed(world) as view:
        assert _told(_lines(view, "BW", quarter=1)) == {
            "exports:BW:2026-Q1:IN:BW:7102.31": (1, 1_000, 42_00),
            "issued:BW:2026-Q1:IN:-:-": (1, 1_000, 42_00),
        }
        made = contributions(view, asked(view, "BW", quarter=1))
        assert {one.corrected_by for one in made} == {correction}


@pytest.mark.parametrize(
    ("origins", "counted"),
    [((), "mixed"), (("BW", "CA"), "mixed-named"), (("BW",), "BW")],
)
def test_mixed_origin_is_told_apart_named_or_not(origins, counted):
    world = empty()
    world.certify([world.bag(1_000)], "BW1", "AE", origins=origins)
    with viewed(world) as view:
        assert f"exports:BW:2026-Q1:AE:{counted}:7102.31" in _lines(view, "BW", quarter=1)


def test_goods_that_never_left_are_no_export_and_goods_worked_on_abroad_are_one():
    world = empty()
    home, abroad = world.bag(1_000), world.bag(2_000)
    world.certify([home], "BW1", "BE")
    world.certify([abroad], "BW2", "BE")
    world.hand_over(abroad, "miner-bw", "trader-be")
    world.transform("miner-bw", "reweigh", [home], [Output(1_000, 1, ROUGH)])
    world.transform("trader-be", "reweigh", [abroad], [Output(2_000, 1, ROUGH)])
    with viewed(world) as view:
        told = _told(_lines(view, "BW", quarter=1))
        assert told["void:BW:2026-Q1:EU:-:-"][:2] == (1, 1_000)
        assert told["issued:BW:2026-Q1:EU:-:-"][:2] == (1, 2_000)
        assert told["exports:BW:2026-Q1:EU:mixed:7102.31"][:2] == (1, 2_000)


def test_refused_goods_that_go_back_on_a_technical_certificate_are_no_trade():
    world = empty()
    bag = world.bag(1_000)
    refused = world.certify([bag], "BW1", "BE")
    world.clear(refused, reason="seal")
    world.certify([bag], "BE1", "BW", by="authority-be", original=refused)
    with viewed(world) as view:
        assert _told(_lines(view, "EU", quarter=1)) == {
            "technical:EU:2026-Q1:BW:-:-": (1, 1_000, 100_000),
            "refused:EU:2026-Q1:BW:-:-": (1, 1_000, 100_000),
        }
        assert "exports:BW:2026-Q1:EU:mixed:7102.31" in _lines(view, "BW", quarter=1)


def test_what_stays_within_the_european_union_is_no_trade_of_it():
    world = empty()
    bag = world.bag(1_000)
    certificate = world.certify([bag], "BW1", "BE")
    world.clear(certificate)
    inner = world.certify([bag], "BE1", "BE", by="authority-be")
    with viewed(world) as view:
        told = _told(_lines(view, "EU", quarter=1))
        assert told["within:EU:2026-Q1:EU:-:-"] == (1, 1_000, 100_000)
        assert not any(name.startswith(("exports", "issued", "void")) for name in told)
    world.clear(inner)
    world.clear_paper("FR5", found={ROUGH: Found(7, 1_00)})
    with viewed(world) as view:
        told = _told(_lines(view, "EU", quarter=1))
        assert told["arrived:EU:2026-Q1:EU:-:-"] == (2, 1_007, 100_100)
        assert told["received:EU:2026-Q1:BW:-:-"] == (1, 1_000, 100_000)
        imports = [name for name in told if name.startswith(("imports", "received", "paper"))]
        assert all(":BW:" in name for name in imports)


def test_goods_that_came_back_are_counted_as_returned():
    world = empty()
    bag = world.bag(1_000)
    refused = world.certify([bag], "BW1", "BE")
    world.clear(refused, reason="seal")
    technical = world.certify([bag], "BE1", "BW", by="authority-be", original=refused)
    world.clear(technical, "authority-bw")
    with viewed(world) as view:
        told = _told(_lines(view, "BW", quarter=1))
        assert told["returned:BW:2026-Q1:EU:-:-"][:2] == (1, 1_000)
        assert not any(name.startswith("imports") for name in told)


def test_a_certificate_seen_on_paper_alone_is_an_import_from_whom_its_number_names():
    world = empty()
    world.clear_paper("AO7", found={ROUGH: Found(5_000, 1_000_00)})
    with viewed(world) as view:
        assert _told(_lines(view, "EU", quarter=1)) == {
            "imports:EU:2026-Q1:AO:unstated:7102.31": (1, 5_000, 1_000_00),
            "received:EU:2026-Q1:AO:-:-": (1, 5_000, 1_000_00),
            "paper:EU:2026-Q1:AO:-:-": (1, 5_000, 1_000_00),
        }


def test_a_report_can_be_resumed_after_any_record():
    world = empty()
    for number in range(1, 6):
        world.certify([world.bag(1_000)], f"BW{number}", "BE")
    with viewed(world) as view:
        question = asked(view, "BW")
        whole = list(contributions(view, question))
        assert len(whole) > 10
        for one in whole:
            rest = [other for other in whole if other.index > one.index]
            assert list(contributions(view, question, one.index)) == rest


def test_a_member_of_the_european_union_is_no_participant_of_its_own():
    with pytest.raises(BadQuestion, match="EU: its members, BE among them"):
        read_participant("country", "BE")
    assert read_participant("country", "EU") == "EU"
    with pytest.raises(BadQuestion):
        read_participant("country", "XX")


def test_periods_begin_and_end_where_calendars_say():
    for which in (1, 2, 3, 4):
        period = read_period(2026, None, which)
        assert quarter_label(period.since) == quarter_label(period.until - 1) == period.label
        assert quarter_label(period.until) != period.label
    assert [half_label(read_period(2026, half, None).since) for half in (1, 2)] == [
        "2026-H1",
        "2026-H2",
    ]
    assert read_period(2026, None, None).until == read_period(2027, 1, None).since


def test_a_label_names_its_period_and_what_is_none_is_refused_by_its_field():
    for period in (read_period(2026, 2, None), read_period(2026, None, 3)):
        assert labelled("figure", period.label) == period
    for label in ("2026", "2026-H3", "2026-Q0", "0001-Q1", "2026-q1", "2026-Q1 "):
        with pytest.raises(BadQuestion) as refused:
            labelled("figure", label)
        assert refused.value.field == "figure"


@pytest.mark.parametrize(
    "given", [(2026, 3, None), (2026, None, 5), (2026, None, 0), (2026, 1, 1), (1, None, None)]
)
def test_what_is_no_period_is_refused(given):
    with pytest.raises(BadQuestion):
        read_period(*given)


@pytest.mark.parametrize("text", ["", "exports", "exports:BW:2026-Q1:EU:BW", "gifts:a:b:c:d:e"])
def test_what_names_no_figure_is_refused(text):
    with pytest.raises(BadQuestion):
        read_figure(text)
