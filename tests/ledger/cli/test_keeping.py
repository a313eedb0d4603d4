"""What an audit says of a ledger that is not as it must be, and of notes that do not belong."""

from pathlib import Path

import pytest

from ledger.audit import Fault, Figures, Report
from ledger.cli.keeping import figures_of, verdict_document
from ledger.merkle import EMPTY_ROOT


def partly_decided() -> Report:
    """Return the report of an audit that decided 8 of 10 records."""
    figures = Figures(entries=10, decided=8, uncovered=10, registered_millicarats=5)
    return Report(10, EMPTY_ROOT, figures, (Fault("altered", "entry 8", ""),))


def test_sums_over_a_part_of_the_records_are_not_given():
    figures = verdict_document(partly_decided(), partly_decided().faults)["figures"]
    sums = ("uncoveredEntries", "registeredMillicarats", "lostMillicarats", "heldMillicarats")
    assert {figures[name] for name in sums} == {None}


def test_an_audit_that_stopped_says_how_far_it_came_and_no_false_sums():
    told = dict(figures_of(partly_decided()))
    assert told["weights"] == "not checked past entry 7"
    assert told["checkpoints"] == "0 verified; not checked past entry 7"
    none = dict(figures_of(Report(0, EMPTY_ROOT, Figures(), ())))
    assert none["weights"] == "not checked"


@pytest.mark.parametrize("command", ["recover", "audit"])
def test_what_is_no_checkpoint_is_the_slip_of_who_brings_it(town, command):
    Path("junk.note").write_text("junk")
    option = ("--checkpoint",) if command == "audit" else ()
    error = town.error(command, *option, "junk.note", code=2)
    assert "a signed checkpoint" in error["expected"]


def test_a_checkpoint_of_another_ledger_is_no_fault_of_this_one(town):
    note = town.json("checkpoint")["note"]
    Path("other.note").write_text(note.replace("town.example/ledger", "other.example/log", 1))
    error = town.error("audit", "--checkpoint", "other.note", code=2)
    assert "town.example/ledger" in error["expected"]
    assert "other.example/log" in error["expected"]


def test_a_ledger_that_needs_no_recovery_is_not_called_damaged(town):
    town.run("checkpoint", "--out", "last.note")
    error = town.error("recover", "last.note", code=2)
    assert error["said"].startswith("nothing to recover")


def test_a_log_that_was_lost_is_to_be_restored_and_was_founded(town):
    (Path(town.ledger) / "log.db").unlink()
    said = town.error("status", code=5)["said"]
    assert "log.db is missing" in said
    assert "restore" in said


def test_findings_are_listed_so_that_they_can_be_looked_up(town):
    bag = town.register("2000000")
    (site,) = town.json("show", "sites")["sites"]
    figures = town.json("audit")["figures"]
    (found,) = figures["firstFindings"]
    assert (figures["findings"], found["name"]) == (1, "over-capacity")
    assert found["subject"] == site["siteId"]
    assert town.json("show", str(found["index"]))["parcels"] == [bag]
    assert site["siteId"] in town.run("audit").out


def test_a_copy_without_the_logs_key_answers_and_takes_nothing_in(town):
    bag = town.register()
    before = town.json("checkpoint")
    (Path(town.ledger) / "log.key").unlink()
    assert town.json("show", bag)["parcelId"] == bag
    assert town.json("trace", bag)["checked"]["isSound"]
    assert town.json("checkpoint")["note"] == before["note"]
    assert not town.json("status")["takesRecords"]
    error = town.error("register", "--weight", "5", "--as", "miner-bw", code=5)
    assert "takes nothing in" in error["said"]
    assert town.json("audit")["isClean"]
