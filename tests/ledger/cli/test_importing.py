"""The import command: what it shows, writes and refuses, and that it never sends a row twice."""

from __future__ import annotations

import csv
import json

import pytest

from ledger.cli.documents import IMPORTED
from ledger.sheets.cells import harmless
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import Town
from tests.ledger.sheets.workbooks import sheet, workbook

GOOD = "Mine,Bag,Weight (ct),Pieces\nJwaneng,B-1,12.5,3\nJwaneng,B-2,0.75,1\n"
MIXED = f"{GOOD}Nowhere,B-3,1,1\nJwaneng,B-4,1.2345,x\nJwaneng,B-1,2,1\n"


@pytest.fixture
def bags(tmp_path):
    """Return where the spreadsheet lies."""
    return tmp_path / "bags.csv"


def bring_in(town, bags, *words, code=0):
    """Import as the miner; return the JSON document."""
    return town.json("import", str(bags), "--as", "miner-bw", *words, code=code)


def names_beside(bags):
    """Return the names of the files that lie beside a spreadsheet."""
    return {path.name for path in bags.parent.iterdir() if path.name.startswith(bags.name)}


def results_of(bags):
    """Return the lines of the result file."""
    with bags.with_name(f"{bags.name}.result.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_good_rows_are_recorded_and_their_parcels_told(town, bags):
    bags.write_text(GOOD)
    before = town.size()
    done = bring_in(town, bags)
    assert tuple(done) == IMPORTED
    assert (done["rows"], done["recorded"], done["bad"], done["refused"]) == (2, 2, 0, 0)
    assert town.size() == before + 2
    for row, weight in zip(done["results"], (12_500, 750), strict=True):
        (parcel,) = row["parcels"]
        assert town.json("show", parcel)["weightMillicarats"] == weight
    assert [row["parcels"] for row in results_of(bags)] == [
        row["parcels"][0] for row in done["results"]
    ]
    assert names_beside(bags) == {
        "bags.csv",
        "bags.csv.mapping.toml",
        "bags.csv.journal",
        "bags.csv.result.csv",
    }
    assert town.json("audit")["isClean"]


def test_bad_rows_are_all_named_and_the_others_are_in(town, bags):
    bags.write_text(MIXED)
    done = bring_in(town, bags, code=1)
    assert (done["recorded"], done["bad"]) == (2, 3)
    faults = [
        (row["line"], one["column"], one["came"])
        for row in done["results"]
        for one in row["faults"]
    ]
    assert faults == [
        (4, "Mine", "Nowhere"),
        (5, "Pieces", "x"),
        (5, "Weight (ct)", "1.2345"),
        (6, "Bag", "B-1"),
    ]
    assert [row["status"] for row in results_of(bags)] == [
        *["recorded"] * 2,
        *["bad"] * 4,  # one line for each fault
    ]


def test_people_are_shown_the_mapping_the_summary_and_every_fault(town, bags):
    bags.write_text(MIXED.replace("Pieces", "Pieces,Note").replace("Jwaneng,B-4", "Jwaneng,B\x1b4"))
    said = town.run("import", str(bags), "--as", "miner-bw", code=1)
    for words in (
        "weight  Weight (ct)",
        "columns not used  Note",
        "to sign           2 register",
        "to register       13.250 ct",
        "from the mines    Jwaneng 0x",
        "carats have at most three decimals, and nothing is rounded",
        "the same label as in line 2",
        "5 rows: 2 recorded, 3 bad",
    ):
        assert words in said.out
    assert "\x1b" not in said.out
    assert "the mapping was guessed" in said.err


def test_a_dry_run_signs_and_sends_nothing(town, bags):
    bags.write_text(MIXED)
    before = town.size()
    done = bring_in(town, bags, "--dry-run", code=1)
    assert (done["waiting"], done["bad"], done["recorded"]) == (2, 3, 0)
    assert (done["isDryRun"], done["resultFile"]) == (True, None)
    assert town.size() == before
    assert names_beside(bags) == {"bags.csv", "bags.csv.mapping.toml"}


def test_a_dry_run_needs_no_passphrase(town, bags):
    bags.write_text(GOOD)
    words = ("import", str(bags), "--as", "miner-bw", "--dry-run")
    assert town.json(*words, ADAMANT_PASSPHRASE="another")["waiting"] == 2


def test_a_strict_import_sends_nothing_if_a_row_is_bad(town, bags):
    bags.write_text(MIXED)
    before = town.size()
    done = bring_in(town, bags, "--strict", code=1)
    assert (done["waiting"], done["bad"]) == (2, 3)
    assert town.size() == before
    bags.write_text(GOOD)
    assert bring_in(town, bags, "--strict")["recorded"] == 2


def test_the_same_import_again_sends_nothing(town, bags):
    bags.write_text(MIXED)
    first = bring_in(town, bags, code=1)
    size = town.size()
    assert bring_in(town, bags, code=1) == first
    assert town.size() == size


def test_a_file_that_was_renamed_or_copied_is_not_signed_a_second_time(town, bags):
    bags.write_text(GOOD)
    bring_in(town, bags)
    size = town.size()
    copy = bags.with_name("copy.csv")
    copy.write_text(GOOD)
    words = ("import", str(copy), "--as", "miner-bw")
    for more in ((), ("--dry-run",)):
        assert "bags.csv.journal" in town.error(*words, *more, code=2)["said"]
    assert town.size() == size
    journal = str(bags.with_name("bags.csv.journal"))
    assert bring_in(town, copy, "--journal", journal)["recorded"] == 2
    assert town.size() == size
    again = bring_in(town, copy, "--journal", str(bags.with_name("twice")))
    assert again["recorded"] == 2
    assert town.size() == size + 2


@pytest.mark.parametrize("change", ["file", "mapping", "option", "party"])
def test_what_was_changed_after_rows_were_signed_is_refused(town, bags, change):
    bags.write_text(GOOD)
    bring_in(town, bags)
    size = town.size()
    words = ["--as", "miner-bw"]
    if change == "file":
        bags.write_text(f"{GOOD}Jwaneng,B-3,1,1\n")
    elif change == "mapping":
        mapping = bags.with_name("bags.csv.mapping.toml")
        mapping.write_text(mapping.read_text().replace('stones = "Pieces"\n', ""))
    elif change == "option":
        words += ["--at", "2026-01-01"]
    else:
        words = ["--as", "trader-be"]
    error = town.error("import", str(bags), *words, code=2)
    assert "--journal" in error["said"]
    assert "changed" in error["said"] or "another party" in error["said"]
    assert town.size() == size


def test_a_mapping_is_saved_changed_by_hand_and_read_again(town, bags):
    bags.write_text("Gross;Bag\n12,5;B-1\n")
    mapping = bags.with_name("mine.toml")
    mapping.write_text(
        'says = "register"\ndecimal = ","\n[columns]\nweight = "Gross"\nlabel = "Bag"\n'
        '[always]\nsite = "Jwaneng"\n'
    )
    done = bring_in(town, bags, "--mapping", str(mapping))
    assert done["mapping"]["always"] == {"site": "Jwaneng"}
    assert town.json("show", done["results"][0]["parcels"][0])["weightMillicarats"] == 12_500
    assert "bags.csv.mapping.toml" not in names_beside(bags)


def test_columns_that_cannot_be_guessed_are_asked_for(town, bags):
    bags.write_text("Gross,Bag\n12.5,B-1\n")
    said = town.error("import", str(bags), "--as", "miner-bw", code=2)["said"]
    assert "--as-kind" in said
    assert "Gross, Bag" in said
    words = ("import", str(bags), "--as", "miner-bw", "--as-kind", "register")
    assert "weight" in town.error(*words, code=2)["said"]
    written = bags.with_name("bags.csv.mapping.toml").read_text()
    assert '# no field is given by "Gross"' in written
    assert '# weight = ""' in written


def test_a_workbook_is_brought_in_by_the_name_of_its_sheet(town, bags):
    rows = [["Mine", "Bag", "Carats"], ["Jwaneng", "B-1", 12.5], ["Jwaneng", "B-2", 0.1 + 0.2]]
    path = bags.with_suffix(".xlsx")
    path.write_bytes(workbook({"Bags": sheet(rows), "More": sheet([["x"]])}))
    assert "'Bags', 'More'" in town.error("import", str(path), "--as", "miner-bw", code=2)["said"]
    done = bring_in(town, path, "--sheet", "Bags", code=1)
    assert (done["recorded"], done["bad"]) == (1, 1)
    assert done["results"][1]["faults"][0]["came"] == "0.30000000000000004"
    assert bring_in(town, path, code=1) == done  # the mapping says which sheet


def test_registered_split_and_handed_over_in_one_sheet(town, bags):
    bags.write_text(
        "what,site,ct,label,parcel,outputs,to,seal\n"
        "register,Jwaneng,3,New,,,,\n"
        "split,,,,New,1::Left; 2::Right,,\n"
        "handoff,,,,Right,,jeweller-fr,K-1\n"
    )
    done = bring_in(town, bags)
    assert [len(row["parcels"]) for row in done["results"]] == [1, 2, 0]
    right = done["results"][1]["parcels"][1]
    assert town.json("show", right)["state"] == "offered"
    town.run("receive", right, "--weight", "2", "--as", "jeweller-fr")


def admit_agent(town, *kinds):
    """Have the miner admit a key that signs records of these kinds for it."""
    named = [word for kind in kinds for word in ("--kind", kind)]
    words = ("admit", "spare-1", "--role", "agent", "--country", "BW", *named)
    town.run(*words, "--as", "miner-bw")


def test_what_the_ledger_refuses_is_named_by_row_and_sent_again_next_time(town, bags):
    bags.write_text(GOOD)
    admit_agent(town, "Handoff")
    words = ("import", str(bags), "--as", "spare-1")
    done = town.json(*words, code=1)
    assert (done["refused"], done["recorded"]) == (2, 0)
    assert {row["refused"]["rule"] for row in done["results"]} == {"agent-scope"}
    assert [row["status"] for row in results_of(bags)] == ["refused", "refused"]
    assert "2 refused by the ledger" in town.run(*words, code=1).out
    admit_agent(town, "Registration")
    again = town.json(*words)
    assert again["recorded"] == 2
    assert [row["recordId"] for row in again["results"]] == [
        row["recordId"] for row in done["results"]
    ]


def test_an_agent_brings_in_for_its_party(town, bags):
    bags.write_text(GOOD)
    admit_agent(town, "Registration")
    done = town.json("import", str(bags), "--as", "spare-1")
    assert done["recorded"] == 2
    assert town.json("show", done["results"][0]["parcels"][0])["custodian"] == json.loads(
        town.run("--json", "keys", "show", "miner-bw").out
    ).get("address")


def test_who_may_not_speak_has_every_row_named(town, bags):
    bags.write_text(GOOD)
    done = town.json("import", str(bags), "--as", "trader-be", code=1)
    assert [row["faults"][0]["reason"].split(":")[0] for row in done["results"]] == [
        "role-for-kind",
        "role-for-kind",
    ]


def test_two_signers_are_one_too_many(town, bags):
    bags.write_text(GOOD)
    words = ("import", str(bags), "--as", "miner-bw", "--as", "spare-1")
    assert "one key" in town.error(*words, code=2)["said"]


@pytest.mark.parametrize("raw", [b"", b"weight\n1\xe9,2\n", b"PK\x03\x04rest"])
def test_what_is_no_table_is_refused(town, bags, raw):
    bags.write_bytes(raw)
    assert "FILE" in town.error("import", str(bags), "--as", "miner-bw", code=2)["said"]


def test_a_file_that_is_not_there_is_refused(town, bags):
    assert "bags.csv" in town.error("import", str(bags), "--as", "miner-bw", code=2)["said"]


def test_what_came_cannot_be_a_formula_in_the_result(town, bags):
    bags.write_text("Mine,Bag,ct\nJwaneng,B-1,=1+1\nJwaneng,B-2,@x\n")
    bring_in(town, bags, code=1)
    assert [row["came"] for row in results_of(bags)] == [harmless("=1+1"), harmless("@x")]


@pytest.mark.long
def test_an_import_through_a_server_is_that_of_the_folder(town, bags):
    bags.write_text(MIXED)
    with server_of(town) as server:
        distant = Town(town.path, server.url)
        dry = bring_in(distant, bags, "--dry-run", code=1)
        assert (dry["waiting"], dry["bad"]) == (2, 3)
        done = bring_in(distant, bags, code=1)
        assert (done["recorded"], done["bad"]) == (2, 3)
        assert bring_in(town, bags, code=1) == done  # beside the server, by its folder
        assert server.stop() == 0
    assert town.json("audit")["isClean"]
    assert bring_in(town, bags, code=1) == done


@pytest.mark.long
def test_when_the_server_is_gone_the_same_command_goes_on(town, bags):
    bags.write_text(GOOD)
    distant = Town(town.path, "http://127.0.0.1:9")
    error = distant.error("import", str(bags), "--as", "miner-bw", code=4)
    assert error["sort"] == "unavailable"
    assert bring_in(town, bags)["recorded"] == 2
