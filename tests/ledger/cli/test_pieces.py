"""Stones set in a piece, sold, returned and taken out again, by hand."""

from __future__ import annotations

import pytest

from tests.ledger.cli.test_borders import admitted
from tests.ledger.cli.town import Town


@pytest.fixture
def shop(town: Town) -> tuple[Town, list[str]]:
    """A town whose jeweller holds two polished stones."""
    bag = town.register("4.1", 2)
    town.hand_over(bag, "miner-bw", "cutter-in")
    stones = town.work(
        *("polish", bag, "--into", "1.1:1", "--into", "0.9:1", "--lose", "polishing=rest"),
        by="cutter-in",
    )
    for stone in stones:
        town.hand_over(stone, "cutter-in", "jeweller-fr")
    return town, sorted(stones)


def test_stones_go_where_their_piece_goes_until_they_are_taken_out(shop) -> None:
    town, stones = shop
    made = town.json("set", *stones, "--label", "Ring 7", "--as", "jeweller-fr")["made"]
    assert [(one["weightMillicarats"], one["stones"], one["label"]) for one in made] == [
        (2_000, 2, "Ring 7")
    ]
    ring = made[0]["parcelId"]
    assert {town.json("show", stone)["state"] for stone in stones} == {"set"}
    sold = town.run("sell", ring[:12], "--private", "priceUsCents=250000", "--as", "jeweller-fr")
    assert "sells 2.000 ct to a consumer" in sold.out
    assert town.json("show", ring)["state"] == "sold"
    assert town.error("unset", ring, "--as", "jeweller-fr", code=1)["rule"] == "parcel-sold"
    town.run("take-back", ring, "--as", "jeweller-fr")
    town.run("unset", ring, "--as", "jeweller-fr")
    assert {town.json("show", stone)["state"] for stone in stones} == {"held"}
    assert town.json("show", ring)["state"] == "spent"
    assert town.json("audit")["isClean"]


def test_only_a_piece_can_be_taken_apart(shop) -> None:
    town, stones = shop
    assert town.error("unset", stones[0], "--as", "jeweller-fr", code=2)["field"] == "PIECE"


def test_what_laboratories_and_traders_state_is_told_in_words(shop) -> None:
    town, stones = shop
    admitted(town, "lab-be", "lab", "BE")
    stone, other = stones
    (town.path.parent / "report.pdf").write_bytes(b"the report itself")
    town.run(
        *("state", "grading", stone, "--report", "2216843", "--shape", "round", "--color", "G"),
        *("--clarity", "VS1", "--weight", "1.100", "--measures", "6.50x6.52x4.01"),
        *("--file", "report.pdf", "--as", "lab-be"),
    )
    words = ("state", "origin", stone, "--from", "BW", "--from", "CA", "--report", "O7")
    town.run(*words, "--as", "lab-be")
    town.run(
        *("state", "location", other, "--in", "FR", "--on", "2026-01-02"), "--as", "jeweller-fr"
    )
    town.run("state", "warranty", other, "--as", "jeweller-fr")
    said = town.json("state", "document", other, "report.pdf", "--as", "jeweller-fr")
    told = town.run("history", stone).out + town.run("history", other).out
    for sentence in (
        "grades the stone in report 2216843: round, G, VS1, 1.100 ct as weighed",
        "finds in report O7 that the goods can be from Botswana or Canada",
        "attests that the goods were in France on 2 January 2026",
        "gives the trade's warranty wdc-sow-2",
        "the document itself is kept outside the ledger",
    ):
        assert sentence in told, sentence
    checked = town.run("document", "check", "report.pdf", said["recordId"])
    assert "is the document that the record names" in checked.out
    (town.path.parent / "report.pdf").write_bytes(b"another report")
    assert not town.json("document", "check", "report.pdf", said["recordId"], code=1)["same"]
    handed = town.json("show", stone)["made"]["recordId"]
    assert town.error("document", "check", "report.pdf", handed, code=2)["field"] == "RECORD"


@pytest.mark.parametrize("measures", ["6.5", "6.5x6.5", "6.5x6.5x", "ax2x3", "1.2345x1x1"])
def test_measures_are_three_numbers_of_millimetres(shop, measures) -> None:
    town, stones = shop
    words = ("state", "grading", stones[0], "--report", "1", "--shape", "oval", "--weight", "1.1")
    assert town.error(*words, "--measures", measures, code=2)["field"] == "--measures"


def test_a_record_is_corrected_by_its_author_and_both_values_are_shown(shop) -> None:
    town, stones = shop
    admitted(town, "lab-be", "lab", "BE")
    words = ("--report", "2216843", "--shape", "round", "--color", "G", "--weight", "1.1")
    graded = town.json("state", "grading", stones[0], *words, "--as", "lab-be")["recordId"]
    field = ("--field", "what.color=F")
    first = town.json("correct", graded, *field, "--as", "lab-be")
    second = town.json("correct", graded, "--field", "what.color=E", "--as", "lab-be")
    shown = [
        (one["field"], one["was"], one["became"], one["index"])
        for one in town.json("show", graded)["corrections"]
    ]
    assert shown == [
        ("what.color", "G", "F", first["index"]),
        ("what.color", "F", "E", second["index"]),
    ]
    told = town.run("show", graded).out
    assert "Colour: G -> F" in told
    assert "Colour: F -> E" in told
    assert town.error("correct", graded, *field, "--as", "jeweller-fr", code=1)["sort"] == "refused"
    for wrong in ("what.parcel=0x1", "color=F", "what.color"):
        error = town.error("correct", graded, "--field", wrong, "--as", "lab-be", code=2)
        assert error["field"] == "--field"
    assert town.error("correct", graded, code=2)["field"] == "--field, --private"


def test_private_fields_are_corrected_as_those_of_the_kind_corrected(shop) -> None:
    town, stones = shop
    sold = town.json(*("sell", stones[0], "--private", "invoiceNumber=R-1", "--as", "jeweller-fr"))[
        "recordId"
    ]
    corrected = town.json(
        *("correct", sold, "--private", "invoiceNumber=R-2", "--as", "jeweller-fr")
    )["recordId"]
    assert "R-2" in town.run("private", "show", corrected).out
    (one,) = town.json("show", sold)["corrections"]
    assert one["field"] == "details"
    assert one["was"] != one["became"]


def test_a_finding_is_answered_by_its_id(shop) -> None:
    town, stones = shop
    admitted(town, "lab-be", "lab", "BE")
    words = ("--report", "1", "--shape", "round", "--weight", "1.101", "--as", "lab-be")
    town.run("state", "grading", stones[0], *words)
    found = town.json("show", stones[0])["findings"]
    (finding,) = [one for one in found if one["name"] == "report-weight-mismatch"]
    town.run(
        *("answer", finding["findingId"], stones[0], "--private", "text=Weighed in the piece."),
        *("--as", "jeweller-fr"),
    )
    found = town.json("show", stones[0])["findings"]
    (answered,) = [one for one in found if one["name"] == "report-weight-mismatch"]
    assert [one["role"] for one in answered["answers"]] == ["jeweller"]


def test_a_report_without_a_place_in_a_trade_ledger_names_parcel_and_record(shop) -> None:
    town, stones = shop
    admitted(town, "lab-be", "lab", "BE")
    head = town.json("show", stones[0])["head"]
    words = ("--report", "1", "--shape", "round", "--weight", "1.1", "--of", head)
    assert town.run("state", "grading", stones[0], *words, "--as", "lab-be").code == 0
