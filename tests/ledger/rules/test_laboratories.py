"""Laboratories' reports: numbers used again, and weights that are another stone's."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from ledger.custody import Finding, Graded
from ledger.drafts import Grades, Loss, Output
from ledger.limits import LIMITS
from ledger.signing import SignedRecord
from ledger.values import Hash32, ParcelId, to_hex
from tests.ledger.rules.cases import Stage, new_stage

POLISHED = "7102.39"
MEASURES = (6_500, 6_520, 4_010)
NUMBERS = itertools.count(1)
REUSED, MISMATCH, ALIKE = "report-number-reused", "report-weight-mismatch", "lookalike-stone"


def stone(stage: Stage, weight: int = 4_000, holder: str = "trader-be") -> ParcelId:
    """Return a polished stone that somebody holds."""
    return stage.polished(holder, weight, 1)


def found(stage: Stage) -> list[tuple[str, Hash32]]:
    """Return name and subject of what the last record raised."""
    return [(item.name, item.subject) for item in findings(stage)]


def findings(stage: Stage) -> list[Finding]:
    """Return what the last record raised."""
    return [item for item in stage.log[-1][2].items if isinstance(item, Finding)]


def graded(
    stage: Stage, parcel: ParcelId, number: str = "", by: str = "lab-be", **said: object
) -> SignedRecord:
    """Grade a stone at its book weight, with a number of its own, unless told otherwise."""
    return stage.grade(by, parcel, number or f"N{next(NUMBERS)}", **said)


def grades(measures: tuple[int, ...] = MEASURES, **other: str) -> Grades:
    """Return the grades of a stone."""
    return Grades(
        **{"shape": "round", "color": "G", "clarity": "VS1", **other},
        measurements_micrometres=measures,
    )


# Numbers.


def test_a_number_used_for_other_goods_is_found_with_both() -> None:
    stage = new_stage()
    one, other = stone(stage), stone(stage, 5_000)
    first = graded(stage, one, "R1")
    assert found(stage) == []
    again = graded(stage, other, "R1")
    assert found(stage) == [(REUSED, other), (REUSED, one)]
    about_other, about_one = findings(stage)
    assert to_hex(first.record_id) in about_other.evidence
    assert to_hex(first.record_id) in about_one.evidence
    assert {finding.record_id for finding in findings(stage)} == {again.record_id}


def test_a_third_use_is_held_against_the_first() -> None:
    stage = new_stage()
    stones = [stone(stage, 4_000 + 100 * at) for at in range(3)]
    for each in stones:
        graded(stage, each, "R1")
    assert found(stage) == [(REUSED, stones[2]), (REUSED, stones[0])]


def test_a_number_used_again_is_found_once_and_not_with_every_correction() -> None:
    stage = new_stage()
    graded(stage, stone(stage), "R1")
    again = graded(stage, stone(stage, 5_000), "R1")
    assert found(stage) != []
    stage.correct("lab-be", again, {"what.color": "H"})
    assert found(stage) == []


def test_beyond_the_bound_of_the_walk_goods_count_as_unrelated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel, "R1")
    again = sorted_out_again(stage, parcel)
    for steps, names in ((2, [REUSED] * 2), (3, [])):
        limits = replace(LIMITS, kinship_steps_max=steps)
        monkeypatch.setattr("ledger.rules.kinship.LIMITS", limits)
        fork = stage.branch()
        graded(fork, again, "R1", grades=grades(()))
        assert [name for name, _ in found(fork)] == names


def test_another_laboratory_has_numbers_of_its_own() -> None:
    stage = new_stage()
    graded(stage, stone(stage), "R1")
    other = stone(stage, 5_000)
    stage.state_that("auditor-ch", "origin", other, report_number="R1", countries=("BW",))
    assert found(stage) == []


def test_a_number_stated_again_of_the_same_parcel_is_none() -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel, "R1")
    stage.hand_over(parcel, "trader-be", "trader-ae")
    graded(stage, parcel, "R1")
    stage.state_that("lab-be", "origin", parcel, report_number="R1", countries=("BW",))
    assert found(stage) == []


def test_an_origin_analysis_has_a_number_too_and_one_without_has_none() -> None:
    stage = new_stage()
    one, other = stone(stage), stone(stage, 5_000)
    stage.state_that("lab-be", "origin", one, report_number="R1", countries=("BW",))
    graded(stage, other, "R1")
    assert found(stage) == [(REUSED, other), (REUSED, one)]
    for parcel in (one, other):
        stage.state_that("lab-be", "origin", parcel, countries=("BW",))
        assert found(stage) == []


def sorted_out_again(stage: Stage, parcel: ParcelId) -> ParcelId:
    """Put a stone among others and take one of its weight out again."""
    lot = stone(stage, 9_000)
    weight = stage.parcel(parcel).weight_millicarats
    outputs = [Output(9_000, 1, POLISHED), Output(weight, 1, POLISHED)]
    return stage.transform("trader-be", "mix", [lot, parcel], outputs)[1]


def test_a_stone_that_was_only_sorted_keeps_its_report() -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel, "R1")
    again = sorted_out_again(stage, parcel)
    graded(stage, again, "R1")
    assert found(stage) == []
    stage.state_that("lab-be", "origin", parcel, report_number="R1", countries=("BW",))
    assert found(stage) == []


def test_a_stone_that_was_cut_again_does_not_keep_its_report() -> None:
    stage = new_stage()
    parcel = stone(stage, holder="cutter-in")
    graded(stage, parcel, "R1")
    outputs = [Output(3_900, 1, POLISHED)]
    (again,) = stage.transform("cutter-in", "recut", [parcel], outputs, polishing=Loss(100))
    graded(stage, again, "R1", grades=grades((6_400, 6_420, 3_900)))
    assert found(stage) == [(REUSED, again), (REUSED, parcel)]


def test_a_stone_that_was_sorted_and_then_cut_again_does_not_keep_its_report() -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel, "R1")
    sorted_out = sorted_out_again(stage, parcel)
    stage.hand_over(sorted_out, "trader-be", "cutter-in")
    outputs = [Output(3_900, 1, POLISHED)]
    (again,) = stage.transform("cutter-in", "recut", [sorted_out], outputs, polishing=Loss(100))
    graded(stage, again, "R1", grades=grades((6_400, 6_420, 3_900)))
    assert found(stage) == [(REUSED, again), (REUSED, parcel)]


# Weights.


@pytest.mark.parametrize("weight", [3_074, 3_075, 3_077, 3_079, 3_500])
def test_any_difference_between_a_report_and_the_book_is_told_with_its_amount(weight: int) -> None:
    stage = new_stage()
    parcel = stone(stage, 3_078)
    graded(stage, parcel, weight_millicarats=weight)
    assert found(stage) == [(MISMATCH, parcel)]
    (finding,) = findings(stage)
    way = "more" if weight > 3_078 else "less"
    assert f"{abs(weight - 3_078)} millicarats {way} (weighing tolerance: 5)" in finding.evidence


def test_a_report_of_the_books_weight_is_no_finding() -> None:
    stage = new_stage()
    graded(stage, stone(stage, 3_078))
    assert found(stage) == []


@pytest.mark.parametrize(("weight", "is_over"), [(1, False), (4_005, False), (4_006, True)])
def test_one_stone_of_several_is_only_too_heavy_beyond_all_of_them(
    weight: int, is_over: bool
) -> None:
    stage = new_stage()
    parcel = stage.polished("trader-be", 4_000, 3)
    graded(stage, parcel, weight_millicarats=weight)
    assert found(stage) == [(MISMATCH, parcel)] * is_over


def test_a_statement_that_states_no_weight_compares_none() -> None:
    stage = new_stage()
    stage.state_that("lab-be", "origin", stone(stage), countries=("BW",))
    assert found(stage) == []


@pytest.mark.parametrize("received", [3_075, 3_077, 3_079, 3_083])
def test_a_graded_stone_that_its_recipient_finds_to_weigh_else_is_told(received: int) -> None:
    # A stone of 3.075 ct with the report of one of 3.078 ct: within what scales differ by.
    stage = new_stage()
    parcel = stone(stage, 3_078)
    report = graded(stage, parcel)
    stage.hand_over(parcel, "trader-be", "trader-ae", weight_millicarats=received)
    assert found(stage) == [(MISMATCH, parcel)]
    (finding,) = findings(stage)
    assert finding.evidence.startswith(f"{received / 1_000:.3f} ct as received, 3.078 ct as graded")
    assert to_hex(report.record_id) in finding.evidence


def test_a_stone_received_at_its_graded_weight_is_no_finding() -> None:
    stage = new_stage()
    parcel = stone(stage, 3_080)
    graded(stage, parcel, weight_millicarats=3_078)
    stage.hand_over(parcel, "trader-be", "trader-ae", weight_millicarats=3_078)
    assert found(stage) == []
    lot = stage.polished("trader-be", 4_000, 3)
    graded(stage, lot, weight_millicarats=1_000)
    stage.hand_over(lot, "trader-be", "trader-ae", weight_millicarats=3_999)
    assert found(stage) == []


def test_the_last_grading_is_the_one_that_counts() -> None:
    stage = new_stage()
    parcel = stone(stage, 3_078)
    graded(stage, parcel, weight_millicarats=3_070)
    last = graded(stage, parcel)
    kept = stage.state.read(Graded, parcel)
    assert kept == Graded(parcel, last.record_id, 3_078)
    stage.hand_over(parcel, "trader-be", "trader-ae")
    assert found(stage) == []


def test_only_what_is_accepted_is_held_against_a_report() -> None:
    stage = new_stage()
    parcel = stone(stage, 3_078)
    graded(stage, parcel)
    stage.offer(parcel, "trader-be", "trader-ae")
    refused = stage.answer(parcel, "trader-ae", "refuse", weight_millicarats=3_000)
    stage.say(refused, "trader-ae")
    assert found(stage) == []


def test_a_piece_that_is_not_weighed_again_is_no_other_stone() -> None:
    stage = new_stage()
    piece = stage.set_in([stone(stage, 3_078, "jeweller-fr")])
    graded(stage, piece)
    stage.hand_over(piece, "jeweller-fr", "trader-be", weight_millicarats=0)
    assert found(stage) == []
