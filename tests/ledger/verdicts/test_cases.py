"""The hand-reasoned table: definition, facts and day give the value and the deciding rule."""

from __future__ import annotations

import pytest

from ledger.verdicts.judging import judge
from tests.verdict_cases import FOLDER, Case, read_cases, shipped_definitions, shipped_shelf

CASES = [case for file in sorted(FOLDER.glob("*.toml")) for case in read_cases(file)]
SHELF, DEFINITIONS = shipped_shelf(), shipped_definitions()


@pytest.mark.parametrize("case", CASES, ids=[case.place for case in CASES])
def test_a_case_is_judged_as_reasoned_by_hand(case: Case) -> None:
    verdict = judge(case.facts, DEFINITIONS[case.definition], SHELF, case.as_of)
    told = "\n".join(f"{one.value} {one.rule} {one.origin}: {one.words}" for one in verdict.reasons)
    assert verdict.value == case.value, f"{case.why}\n{told}"
    deciding = {reason.rule: reason.value for reason in verdict.deciding}
    assert deciding.get(case.rule) is not None, f"{case.why}\n{told}"
    if case.value == "fail":
        assert "fail" in {one.value for one in verdict.deciding if one.rule == case.rule}


def test_there_are_enough_cases_of_every_definition_and_value() -> None:
    assert len(CASES) >= 150
    assert {case.definition for case in CASES} == set(DEFINITIONS)
    for value in ("pass", "fail", "cannot tell"):
        assert sum(case.value == value for case in CASES) >= 40


def test_every_case_says_why() -> None:
    assert [case.place for case in CASES if not case.why] == []
