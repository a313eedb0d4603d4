"""Reference tables: listed, shown, checked, kept, adopted and missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.reference import file_of, shipped
from ledger.values import to_hex
from tests.ledger.cli.process import server_of
from tests.ledger.cli.test_serving import afar

BOTH = ("--as", "governor-1", "--as", "governor-2")
NAME = "kp-measures"
OURS = shipped()[NAME]
OTHER = file_of(NAME, OURS.raw.replace(b"the first compliant zone", b"the first zone"))


@pytest.fixture
def other() -> Path:
    """Return a file of another version, in the folder where the test stands."""
    path = Path(f"{NAME}.csv")
    path.write_bytes(OTHER.raw)
    return path


def version(town, name: str = NAME, *words: str) -> dict:
    found = town.json("tables", "list", *words)["tables"]
    return next(one for one in found if one["name"] == name)


def test_a_ledger_is_founded_with_the_tables_that_come_with_the_package(town):
    charter = town.json("tables", "list")
    assert {one["name"]: one["sha256"] for one in charter["tables"]} == {
        name: to_hex(file.sha256) for name, file in shipped().items()
    }
    assert all(one["isAdopted"] and one["isHere"] for one in charter["tables"])
    kept = {path.stem for path in (Path(town.ledger) / "tables").iterdir()}
    assert kept == {file.sha256.hex() for file in shipped().values()}
    assert "adopted" in town.run("tables", "list").out


def test_a_ledger_may_be_founded_without_and_says_of_each_that_it_is_not_adopted(town, tmp_path):
    elsewhere = str(tmp_path / "elsewhere")
    governors = [word for number in (1, 2) for word in ("--governor", f"governor-{number}")]
    town.run("init", *governors, "--no-tables", ADAMANT_LEDGER=elsewhere)
    found = town.json("tables", "list", ADAMANT_LEDGER=elsewhere)["tables"]
    assert len(found) == len(shipped())
    assert not any(one["isAdopted"] for one in found)
    assert "not adopted by this ledger" in town.run("tables", "list", ADAMANT_LEDGER=elsewhere).out
    assert not (tmp_path / "elsewhere" / "tables").exists()


def test_an_amendment_adopts_another_version_and_the_past_stays_what_it_was(town, other):
    size = town.size()
    town.run("amend", "--table", f"{NAME}={other}", *BOTH)
    assert version(town)["sha256"] == to_hex(OTHER.sha256)
    assert version(town, NAME, "--size", str(size))["sha256"] == to_hex(OURS.sha256)
    assert town.run("tables", "show", NAME).out.encode() == OTHER.raw
    assert town.run("tables", "show", NAME, "--size", str(size)).out.encode() == OURS.raw
    town.run("amend", "--table", NAME, *BOTH)
    assert version(town)["sha256"] == to_hex(OURS.sha256)
    read = town.json("tables", "show", NAME, "--sha256", OTHER.sha256.hex())
    assert (read["text"].encode(), read["table"]["isAdopted"]) == (OTHER.raw, False)


def test_a_table_that_is_dropped_counts_on_as_the_packages_and_is_not_adopted(town):
    town.run("amend", "--drop-table", NAME, *BOTH)
    assert not version(town)["isAdopted"]
    assert version(town, "places")["isAdopted"]
    error = town.error("amend", "--drop-table", NAME, *BOTH, code=2)
    assert error["field"] == "--drop-table"


def test_another_amendment_restates_the_tables(town, other):
    town.run("amend", "--table", f"{NAME}={other}", *BOTH)
    town.run("amend", "--recovery-days", "8", *BOTH)
    assert version(town)["sha256"] == to_hex(OTHER.sha256)


@pytest.mark.parametrize(
    ("said", "field"),
    [("kp-gossip", "--table"), (f"{NAME}=gone.csv", "gone.csv"), (f"{NAME}=notes.txt", "notes.txt"),
     (f"definition-x={NAME}.csv", f"{NAME}.csv")],
)  # fmt: skip
def test_what_is_no_table_is_not_adopted(town, other, said, field):
    size = town.size()
    assert town.error("amend", "--table", said, *BOTH, code=2)["field"] == field
    assert town.size() == size


def test_a_file_is_checked_and_its_fault_is_named_by_line_and_column(town, other):
    found = town.json("tables", "check", str(other))
    assert found == {"name": NAME, "sha256": to_hex(OTHER.sha256), "bytes": len(OTHER.raw)}
    other.write_bytes(OTHER.raw.replace(b"2013-05-23,day", b"2013-05-32,day"))
    error = town.error("tables", "check", str(other), code=2)
    assert error["field"] == f"{NAME}, line 2, column from"
    assert town.error("amend", "--table", f"{NAME}={other}", *BOTH, code=2)["field"]


def test_a_definition_is_a_table_too(town):
    Path("kp-2003.toml").write_bytes(shipped()["definition-kp-2003"].raw + b"# a remark\n")
    named = town.json("tables", "check", "kp-2003.toml")
    assert named["name"] == "definition-kp-2003"
    town.run("amend", "--table", "definition-kp-2003=kp-2003.toml", *BOTH)
    assert version(town, "definition-kp-2003")["sha256"] == named["sha256"]


def test_what_is_exported_is_adopted_again_as_it_was(town):
    files = town.json("tables", "export", "out")["files"]
    assert {Path(file).read_bytes() for file in files} == {one.raw for one in shipped().values()}
    for file in files:
        name = Path(file).stem
        assert town.json("tables", "check", file)["sha256"] == to_hex(shipped()[name].sha256)


def test_an_audit_misses_a_file_and_finds_one_that_was_changed(town, other):
    town.run("amend", "--table", f"{NAME}={other}", *BOTH)
    path = Path(town.ledger) / "tables" / f"{OTHER.sha256.hex()}.csv"
    path.unlink()
    report = town.json("audit")
    assert report["isClean"]
    assert report["missingTables"] == [{"name": NAME, "sha256": to_hex(OTHER.sha256)}]
    assert OTHER.sha256.hex() in town.run("audit").err + town.run("audit").out
    assert "missing" in town.run("tables", "list").out
    assert town.error("tables", "show", NAME, code=4)["said"].find(OTHER.sha256.hex()) > 0
    path.write_bytes(OURS.raw)
    (fault,) = town.json("audit", code=1)["faults"]
    assert (fault["kind"], fault["place"]) == ("altered", f"tables/{path.name}")


@pytest.mark.long
def test_an_amendment_at_a_server_waits_until_its_operator_has_the_file(town, other):
    with server_of(town) as server:
        distant = afar(town, server.url)
        error = distant.error("amend", "--table", f"{NAME}={other}", *BOTH, code=2)
        assert OTHER.sha256.hex() in error["expected"]
        assert town.json("tables", "add", str(other))["isFresh"]
        assert not town.json("tables", "add", str(other))["isFresh"]
        distant.run("amend", "--table", f"{NAME}={other}", *BOTH)
        assert version(distant)["sha256"] == to_hex(OTHER.sha256)
        assert distant.run("tables", "show", NAME).out.encode() == OTHER.raw
        assert server.stop() == 0
