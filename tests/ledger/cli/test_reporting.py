"""The report command writes figures that come apart, and a file that proves itself."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from ledger.canonical import read_envelope
from ledger.cli.documents import KEPT, REPORTED
from ledger.cli.reporting import _Folder
from ledger.entry import decode
from ledger.errors import BadQuestion
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.signing import record_id
from ledger.values import Hash32
from tests.ledger.cli.process import server_of

YEAR = str(datetime.now(UTC).year)


def rows_of(path):
    """Return the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def busy(town):
    """Return a town in which goods were mined and handed over."""
    for weight in ("12.50", "2.25"):
        town.register(weight)
    bag = town.register("7.00")
    town.hand_over(bag, "miner-bw", "trader-be")
    return town


def test_figures_are_the_sums_of_their_entries(busy, tmp_path):
    asked = ("report", "annex-iii", "--country", "BW", "--year", YEAR)
    done = busy.json(*asked, "--out", str(tmp_path / "out"))
    assert tuple(done) == REPORTED
    assert sorted(done["files"]) == sorted(one.name for one in (tmp_path / "out").iterdir())
    (figure,) = rows_of(tmp_path / "out" / "figures.csv")
    entries = rows_of(tmp_path / "out" / "entries.csv")
    assert {one["figure"] for one in entries} == {figure["figure"]}
    assert int(figure["weightMillicarats"]) == sum(int(one["weightMillicarats"]) for one in entries)
    assert figure["weightMillicarats"] == "21750"
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report == busy.json(*asked)
    assert "21.750" in busy.run(*asked).out
    assert "value" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.long
def test_a_server_and_its_folder_write_the_same_report(busy, tmp_path):
    asked = ("report", "annex-iii", "--country", "BW", "--year", YEAR, "--out")
    busy.run(*asked, str(tmp_path / "folder"))
    with server_of(busy) as server:
        there = ("--ledger", server.url, "--reader", "authority-bw")
        busy.run(*asked, str(tmp_path / "served"), *there)
    for name in ("figures.csv", "entries.csv", "report.html"):
        assert (tmp_path / "folder" / name).read_bytes() == (
            tmp_path / "served" / name
        ).read_bytes()


def test_reconciliation_of_a_country_without_certificates_is_empty(busy, tmp_path):
    asked = ("report", "reconciliation", "--country", "BW", "--year", YEAR)
    assert busy.json(*asked)["certificates"] == []
    busy.run(*asked, "--out", str(tmp_path / "out"))
    assert rows_of(tmp_path / "out" / "certificates.csv") == []
    assert "0 rows" in busy.run(*asked).out


def test_an_importers_sheet_says_what_is_recorded_and_what_is_blank(busy, tmp_path):
    bag = busy.register("1.00", 1)
    said = busy.run("report", "importer", "eu", bag).out
    assert "(to be filled in by the importer)" in said
    assert "not legal advice" in said
    busy.run("report", "importer", "eu", bag, "--out", str(tmp_path / "out"))
    rows = rows_of(tmp_path / "out" / "sheet.csv")
    assert {row["isBlank"] for row in rows} == {"true", "false"}
    assert busy.json("report", "importer", "eu", bag)["jurisdiction"] == "eu"
    paper = PdfReader(tmp_path / "out" / "sheet.pdf")
    printed = " ".join("".join(page.extract_text() for page in paper.pages).split())
    assert "Facts for a Due Diligence Statement on Diamond Origin" in printed
    assert "1.000 ct by the book" in printed
    assert "It is not legal advice" in printed


@pytest.mark.parametrize("country", ["FR", "XX", "bw"])
def test_what_is_no_participant_is_refused(busy, country):
    error = busy.error("report", "annex-iii", "--country", country, "--year", YEAR, code=2)
    assert error["field"] in ("country", "--country")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadQuestion, match="--out"):
        _Folder(tmp_path / "file")


def test_the_file_of_five_years_proves_itself(busy, tmp_path):
    out = tmp_path / "kept"
    done = busy.json("report", "five-year", "trader-be", "--out", str(out))
    assert tuple(done) == KEPT
    rows = rows_of(out / "records.csv")
    assert [row["kind"] for row in rows] == ["Handoff", "Receipt"]
    assert done["records"] == 2
    ledger_id = Hash32(bytes.fromhex(busy.json("status")["ledgerId"][2:]))
    for row in rows:
        raw = (out / row["envelope"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == row["sha256"]
        assert "0x" + record_id(read_envelope(raw).record, ledger_id).hex() == row["recordId"]
        proof = json.loads((out / row["proof"]).read_text("utf-8"))
        entry = bytes.fromhex(proof["entry"][2:])
        assert decode(entry).recorded_at_ms == int(row["recordedAtMs"])
        verify_inclusion(
            leaf_hash(entry),
            proof["index"],
            proof["size"],
            [bytes.fromhex(one[2:]) for one in proof["proof"]],
            bytes.fromhex(proof["root"][2:]),
        )
    assert (out / "checkpoint.note").read_text("utf-8") == busy.json("checkpoint")["note"]
    said = (out / "README.txt").read_text("utf-8")
    assert "5 years" in said
    assert "unconfirmed" in said
    assert sorted(one.name for one in tmp_path.iterdir() if "draft" in one.name) == []


def test_a_file_of_years_before_has_nothing_of_today(busy, tmp_path):
    until = ("--until", "2020-01-01", "--out", str(tmp_path / "kept"))
    assert busy.json("report", "five-year", "trader-be", *until)["records"] == 0


def test_a_folder_that_is_there_is_left_as_it_is(busy, tmp_path):
    (tmp_path / "kept").mkdir()
    out = ("--out", str(tmp_path / "kept"))
    error = busy.error("report", "five-year", "trader-be", *out, code=2)
    assert error["field"] == "--out"
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.long
def test_production_has_a_value_as_far_as_its_private_prices_are_shown(busy, tmp_path):
    price = ("--private", "priceUsCents=123400", "--private", "seller=A seller")
    busy.json("register", "--weight", "5", "--as", "miner-bw", *price)
    asked = ("report", "annex-iii", "--country", "BW", "--year", YEAR)
    told = busy.json(*asked)
    (figure,) = told["figures"]
    assert (figure["valueUsCents"], figure["valuedMillicarats"]) == (123_400, 5_000)
    assert "it is stated for 5.000 of 26.750 carats" in told["notes"][-1]
    with server_of(busy) as server:
        # The price was not shown to the authority.
        there = ("--ledger", server.url, "--reader", "authority-bw")
        (seen,) = busy.json(*asked, *there)["figures"]
    assert (seen["valueUsCents"], seen["valuedMillicarats"]) == (None, 0)
    busy.run("report", "five-year", "miner-bw", "--out", str(tmp_path / "kept"))
    rows = rows_of(tmp_path / "kept" / "private.csv")
    assert {(row["name"], row["value"]) for row in rows} == {
        ("priceUsCents", "123400"),
        ("seller", "A seller"),
    }


def test_the_file_of_five_years_has_what_corrects_its_records(busy, tmp_path):
    bag = busy.register("3.00")
    words = ("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    handoff = busy.json(*words)["recordId"]
    seal = ("--field", "amounts.seal=S-1", "--as", "miner-bw")
    corrected = busy.json("correct", handoff, *seal)["recordId"]
    busy.run("report", "five-year", "trader-be", "--out", str(tmp_path / "kept"))
    rows = rows_of(tmp_path / "kept" / "records.csv")
    assert [row["kind"] for row in rows] == ["Handoff", "Receipt", "Handoff", "Correction"]
    assert rows[-1]["recordId"] == corrected


def test_a_shipment_refused_without_counting_its_goods_is_told_too(busy):
    words = ("--paper", "ZA00123", "--refuse", "documents")
    busy.run("clear", *words, "--as", "authority-bw")
    said = busy.run("report", "reconciliation", "--country", "BW", "--year", YEAR).out
    assert "ZA00123" in said
    assert "1 row" in said
