"""What is noticed about goods when somebody asks, each with its evidence and an id."""

from __future__ import annotations

from ledger.rules.findings import finding_id
from ledger.verdicts.noticing import NAMES, Noticed, at_least_kilometres, noticed
from ledger.verdicts.shelf import Shelf
from tests.verdict_cases import moment, read_facts, shipped_shelf

SHELF = shipped_shelf()
MINED = "rough 1.000 x1 BW\norigin BW mined 2019-01-01..2019-06-30\n"


def told(text: str, day: str) -> list[Noticed]:
    return list(noticed(read_facts("goods", text), SHELF, moment(day)))


def names(text: str, day: str) -> list[str]:
    return [one.name for one in told(text, day)]


def test_goods_of_which_all_is_in_order_are_left_alone() -> None:
    text = MINED + "stay BW 2019-06-30..2020-01-10\ncert BW1 BW>EU 2020-01-10 cleared 2020-01-15"
    assert names(text + "\nsaid warranty 2020-01-11 text wdc-sow-1", "2026-01-01") == []


def test_a_border_crossed_without_a_certificate_is_noticed_from_that_moment() -> None:
    text = MINED + "nocert BW>ZA 2020-01-10"
    assert names(text, "2020-01-09") == []
    (one,) = told(text, "2020-01-10")
    assert one.name == "border-without-certificate"
    assert "from BW to ZA on 2020-01-10" in one.evidence
    assert one.finding_id == finding_id(one.name, one.grounds[0].record_id, one.subject)


def test_a_certificate_that_nobody_confirms_is_noticed_after_thirty_days() -> None:
    text = MINED + "cert BW1 BW>EU 2020-01-10 $"
    late = text.replace("$", "to 2020-06-01")
    assert names(late, "2020-02-09") == []
    (one,) = told(late, "2020-02-10")
    assert (one.name, one.subject) == ("confirmation-missing", one.grounds[0].record_id)
    assert "31 days" in one.evidence
    assert names(text.replace("$", "cleared 2020-02-20"), "2020-02-15") == ["confirmation-missing"]
    assert names(text.replace("$", "cleared 2020-02-20"), "2020-03-01") == []
    assert names(text.replace("$", "void"), "2020-03-01") == []


def test_standing_is_judged_on_the_day_of_the_certificate() -> None:
    text = "rough 1.000 x1 CF\norigin CF/Nola mined 2013-01-01..2013-03-31\ncert CF1 CF>EU $"
    assert names(text.replace("$", "2013-05-22 arrived"), "2014-01-01") == []
    (one,) = told(text.replace("$", "2013-05-23 arrived"), "2014-01-01")
    assert one.name == "not-in-good-standing"
    assert "CF-2013 (no-exports)" in one.evidence
    assert {used.name: used.rows for used in one.tables}["kp-measures"] == ("CF-2013",)
    assert names(text.replace("$", "2017-06-01 arrived"), "2018-01-01") == []
    bria = text.replace("Nola", "Bria").replace("$", "2017-06-01 arrived")
    assert names(bria, "2018-01-01") == ["not-in-good-standing"]
    for spelled in ("NOLA", "Nóla", "Nola_(Sangha)"):
        same = text.replace("Nola", spelled).replace("$", "2017-06-01 arrived")
        assert names(same, "2018-01-01") == []
    unnamed = text.replace("Nola", "Bria").replace("$", "2020-06-01 arrived")
    assert names(unnamed, "2020-07-01") == []


def test_a_country_that_takes_no_part_is_noticed_whichever_end_it_is() -> None:
    (one,) = told(MINED + "cert BW1 BW>PK 2020-01-10 arrived", "2020-02-01")
    assert "PK was no participant" in one.evidence


def test_a_warranty_in_an_older_wording_is_noticed() -> None:
    text = MINED + "said warranty $ text wdc-sow-1"
    assert names(text.replace("$", "2024-09-20"), "2025-01-01") == []
    (one,) = told(text.replace("$", "2024-09-21"), "2025-01-01")
    facts = read_facts("goods", text.replace("$", "2024-09-21"))
    assert (one.name, one.subject) == ("warranty-out-of-date", facts.parcel)
    assert names(text.replace("$", "2024-09-21 ancestor"), "2025-01-01") == []


def test_goods_that_travel_faster_than_anything_flies_are_noticed() -> None:
    text = MINED + "seen BW 2020-01-01\nseen AE $"
    (one,) = told(text.replace("$", "2020-01-01T02:00:00"), "2020-02-01")
    assert one.name == "impossible-travel"
    assert "2 hours later, in AE" in one.evidence
    assert one.is_unconfirmed
    assert names(text.replace("$", "2020-01-02"), "2020-02-01") == []
    assert names(text.replace("$", "2020-01-01T02:00:00 perhaps"), "2020-02-01") == []


def test_neighbours_are_never_too_far_apart() -> None:
    rows = {row["country"]: row for row in SHELF.tables["places"].rows}
    assert at_least_kilometres(rows["BW"], rows["BW"]) == 0
    assert at_least_kilometres(rows["BW"], rows["ZA"]) == 0
    assert 3000 < at_least_kilometres(rows["BW"], rows["AE"]) < 6500


def test_without_tables_only_records_speak() -> None:
    text = MINED + "nocert BW>ZA 2020-01-10\nsaid warranty 2024-09-21 text wdc-sow-1"
    facts = read_facts("goods", text)
    found = noticed(facts, Shelf({}), moment("2025-01-01"))
    assert [one.name for one in found] == ["border-without-certificate"]
    assert {one.name for one in found} <= set(NAMES)
