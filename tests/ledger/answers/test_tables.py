"""What is answered about reference tables and definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.answers import Answers
from ledger.errors import BadQuestion, TableMissing
from ledger.reference import Library, Shelf, shipped
from ledger.values import to_hex
from tests.ledger.reference.test_library import FIRST, NAME, OURS, SECOND, amend, founded, hashes


def one(answers: Answers, **given: int) -> dict:
    """Return what is said of the table that the charters of these tests name."""
    found = answers.ask("/v1/tables", **given)["tables"]
    return next(table for table in found if table["name"] == NAME)


def test_each_version_says_who_chose_it_and_whether_it_is_here(tmp_path: Path) -> None:
    desk = founded(FIRST)
    with desk.open() as book:
        answers = Answers(book, desk.clock, library=Library(tmp_path))
        shown = {"name": NAME, "sha256": to_hex(FIRST.sha256), "sort": "table",
                 "isAdopted": True, "isShipped": False, "isHere": False, "bytes": None}  # fmt: skip
        assert one(answers) == shown
        Shelf(tmp_path).add(FIRST)
        assert one(answers) == {**shown, "isHere": True, "bytes": len(FIRST.raw)}
        names = [table["name"] for table in answers.ask("/v1/tables")["tables"]]
        assert names == sorted(shipped())


def test_a_past_size_says_what_counted_then(tmp_path: Path) -> None:
    desk = founded(FIRST)
    amend(desk, hashes(SECOND))
    with desk.open() as book:
        answers = Answers(book, desk.clock, library=Library(tmp_path))
        assert one(answers, size=2)["sha256"] == to_hex(FIRST.sha256)
        assert one(answers, size=3)["sha256"] == one(answers)["sha256"] == to_hex(SECOND.sha256)
        assert answers.ask("/v1/tables", size=2)["charterIndex"] == 0
        assert answers.ask("/v1/tables")["charterIndex"] == 2


def test_a_file_is_given_by_its_hash_or_as_it_counts(tmp_path: Path) -> None:
    Shelf(tmp_path).add(FIRST)
    desk = founded(FIRST)
    with desk.open() as book:
        answers = Answers(book, desk.clock, library=Library(tmp_path))
        path = f"/v1/tables/{NAME}"
        assert answers.ask(path)["text"].encode() == FIRST.raw
        ours = answers.ask(path, sha256=to_hex(OURS.sha256))
        assert ours["text"].encode() == OURS.raw
        assert (ours["table"]["isAdopted"], ours["table"]["isShipped"]) == (False, True)
        with pytest.raises(BadQuestion):
            answers.ask(path, sha256=to_hex(OURS.sha256), size=1)


def test_a_version_whose_file_is_missing_is_said_to_be_missing_and_not_replaced() -> None:
    desk = founded(FIRST)
    with desk.open() as book:
        answers = Answers(book, desk.clock)
        with pytest.raises(TableMissing, match=FIRST.sha256.hex()):
            answers.ask(f"/v1/tables/{NAME}")
