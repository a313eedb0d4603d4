"""Two verdicts on the same goods: which rules, records, rows and tables make the difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import BadQuestion
from ledger.values import Hash32
from ledger.verdicts.comparing import compare
from ledger.verdicts.judging import judge
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tables import read_table
from ledger.verdicts.verdict import Verdict
from tests.verdict_cases import REFERENCE, moment, read_facts, shipped_definitions, shipped_shelf

SHELF, DEFINITIONS = shipped_shelf(), shipped_definitions()
NOLA = """
rough 3.000 x2 CF
origin CF/Nola mined 2013-01-01..2013-03-31
stay CF 2013-03-31..
"""
SURAT = """
polished 0.530 x1 IN
origin RU mined 2021-01-01..2021-12-31
seen AE 2024-02-15
polished IN 2024-10-10
"""


def judged(text: str, definition: str, day: str, shelf: Shelf = SHELF, size: int = 0) -> Verdict:
    facts = read_facts("goods", text)
    return judge(facts, DEFINITIONS[definition], shelf, moment(day), size)


def test_two_days_are_told_apart_by_the_rows_that_decided() -> None:
    found = compare(judged(NOLA, "kp-2003", "2014-06-01"), judged(NOLA, "kp-2003", "2017-06-01"))
    assert not found.is_same
    assert found.asked == ("as_of",)
    changed = {one.rule: one for one in found.rules}["KP-standing"]
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before.value, changed.after.value) == ("fail", "pass")
    (table,) = [one for one in found.tables if one.name == "kp-measures"]
    assert (table.rows_before, table.before) == (("CF-2013",), table.after)
    assert "kp-2003 as of 2014-06-01: fail." in found.words[0]
    assert any("CF-2013" in words for words in found.words[1:])


def test_two_definitions_are_told_apart_by_what_decides_in_each() -> None:
    found = compare(judged(SURAT, "us-2024", "2025-01-15"), judged(SURAT, "ca-2024", "2025-01-15"))
    assert found.asked == ("definition",)
    alone = {(one.rule, one.before is None, one.after is None) for one in found.rules}
    assert ("CA-SEMA-3.15-0.5ct", True, False) in alone
    assert ("US-DET-0.5ct", False, True) in alone


def test_a_record_that_came_later_is_named() -> None:
    before = judged(SURAT.replace("seen AE 2024-02-15\n", ""), "us-2024", "2025-01-15", size=9)
    found = compare(before, judged(SURAT, "us-2024", "2025-01-15", size=10))
    assert (before.value, found.after.value) == ("cannot tell", "pass")
    assert found.asked == ("size",)
    assert "Statement" in {ground.kind for ground in found.grounds_after}
    assert "from the first 9 entries" in found.words[0]


def test_another_version_of_a_table_is_named() -> None:
    raw = (REFERENCE / "data" / "kp-measures.csv").read_bytes()
    less = b"".join(line for line in raw.splitlines(keepends=True) if b"CF-2013," not in line)
    shelf = Shelf({**SHELF.tables, "kp-measures": read_table("kp-measures", less)})
    before = judged(NOLA, "kp-2003", "2014-06-01")
    found = compare(before, judged(NOLA, "kp-2003", "2014-06-01", shelf))
    assert (found.before.value, found.after.value) == ("fail", "pass")
    assert found.asked == ("tables",)
    (table,) = found.tables
    assert table.before != table.after
    assert any("is another version" in words for words in found.words)


def test_a_verdict_does_not_differ_from_itself() -> None:
    verdict = judged(NOLA, "kp-2003", "2014-06-01")
    found = compare(verdict, verdict)
    assert found.is_same
    assert (found.asked, found.rules, found.tables) == ((), (), ())
    assert (found.grounds_before, found.grounds_after) == ((), ())


def test_verdicts_on_different_goods_are_not_compared() -> None:
    verdict = judged(NOLA, "kp-2003", "2014-06-01")
    with pytest.raises(BadQuestion):
        compare(verdict, replace(verdict, parcel=Hash32(bytes(32))))
