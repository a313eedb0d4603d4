"""Laboratories' reports: numbers used again, weights that are another stone's, stones alike."""

from __future__ import annotations

import itertools

import pytest

from ledger.custody import Finding, Graded, Lookalikes
from ledger.drafts import Grades, Loss, Output
from ledger.limits import LIMITS
from ledger.rules.laboratories import alike_within
from ledger.signing import SignedRecord
from ledger.values import Hash32, ParcelId, to_hex
from tests.ledger.rules.cases import Stage, new_stage
from tests.trials import dice, trials

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


# Likeness.


@pytest.mark.parametrize(
    ("weight", "within"),
    [
        (999, (0, 0)),
        (1_000, (1, 10)),
        (1_999, (1, 10)),
        (2_000, (2, 20)),
        (3_000, (3, 30)),
        (4_999, (4, 30)),
        (5_000, (5, 30)),
        (60_000, (5, 30)),
    ],
)
def test_heavier_stones_are_alike_within_more(weight: int, within: tuple[int, int]) -> None:
    assert alike_within(weight) == within


@pytest.mark.parametrize("weight", [900, 1_000, 3_000, 5_000])
@pytest.mark.parametrize("beyond", [0, 1])
@pytest.mark.parametrize("way", [-1, 1])
def test_stones_are_alike_up_to_the_bounds_and_not_beyond(
    weight: int, beyond: int, way: int
) -> None:
    millicarats, micrometres = alike_within(weight)
    stage = new_stage()
    one = stone(stage, weight)
    others = [stone(stage, weight + way * (millicarats + beyond)), stone(stage, weight)]
    if way < 0:
        # The stone that is graded last says how far apart: here the heavier one.
        one, others[0] = others[0], one
    graded(stage, one)
    graded(stage, others[0])
    assert found(stage) == ([(ALIKE, others[0]), (ALIKE, one)] if not beyond else [])
    fresh = new_stage()
    near = tuple(each + way * (micrometres + beyond) for each in MEASURES)
    for parcel, measures in ((stone(fresh, weight), MEASURES), (stone(fresh, weight), near)):
        graded(fresh, parcel, grades=grades(measures))
    assert [name for name, _ in found(fresh)] == [ALIKE] * (2 * (not beyond))


def test_what_is_alike_is_told_with_the_statement_of_the_other() -> None:
    stage = new_stage()
    stones = [stone(stage) for _ in range(3)]
    reports = [graded(stage, each) for each in stones]
    last, *before = findings(stage)
    assert [last.subject, *(one.subject for one in before)] == [stones[2], *stones[:2]]
    assert "weight within 4 millicarats, measurements within 30 micrometres" in last.evidence
    assert last.evidence.endswith(f"{to_hex(reports[0].record_id)} and 1 more")
    assert all(one.evidence.endswith(to_hex(reports[2].record_id)) for one in before)


@pytest.mark.parametrize("other", [{"shape": "oval"}, {"color": "H"}, {"clarity": "VS2"}])
def test_stones_of_other_grades_are_not_alike(other: dict[str, str]) -> None:
    stage = new_stage()
    graded(stage, stone(stage))
    graded(stage, stone(stage), grades=grades(**other))
    assert found(stage) == []


@pytest.mark.parametrize(
    "said", [grades(()), grades(color=""), grades(clarity="")], ids=["size", "colour", "clarity"]
)
def test_a_grading_that_says_too_little_is_like_none_and_not_remembered(said: Grades) -> None:
    stage = new_stage()
    for _ in range(2):
        graded(stage, stone(stage), grades=said)
        assert found(stage) == []
    assert not any(isinstance(item, Lookalikes) for item in stage.state.items())


def test_a_stone_graded_again_is_not_like_itself() -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel)
    graded(stage, parcel)
    assert found(stage) == []


def test_a_stone_is_not_like_what_it_was_made_from() -> None:
    stage = new_stage()
    parcel = stone(stage)
    graded(stage, parcel)
    again = sorted_out_again(stage, parcel)
    graded(stage, again)
    assert found(stage) == []
    graded(stage, parcel)
    assert found(stage) == []
    recut = stone(stage, holder="cutter-in")
    graded(stage, recut)
    outputs = [Output(3_999, 1, POLISHED)]
    (after,) = stage.transform("cutter-in", "recut", [recut], outputs, polishing=Loss(1))
    graded(stage, after)
    assert (ALIKE, recut) not in found(stage)
    assert (ALIKE, after) in found(stage)


def test_two_stones_of_one_lot_are_not_made_from_each_other() -> None:
    stage = new_stage()
    lot = stage.polished("trader-be", 8_000, 2)
    outputs = [Output(4_000, 1, POLISHED), Output(4_000, 1, POLISHED)]
    one, other = stage.transform("trader-be", "split", [lot], outputs)
    graded(stage, one)
    graded(stage, other)
    assert found(stage) == [(ALIKE, other), (ALIKE, one)]


def test_several_stones_graded_together_are_not_compared() -> None:
    stage = new_stage()
    graded(stage, stone(stage))
    graded(stage, stage.polished("trader-be", 4_000, 2), weight_millicarats=4_000)
    assert found(stage) == []


def test_the_latest_of_a_likeness_are_remembered() -> None:
    stage = new_stage()
    count = LIMITS.lookalikes_max + 2
    stones = [stone(stage) for _ in range(count)]
    reports = [graded(stage, each) for each in stones]
    kept = stage.state.read(Lookalikes, b"round|G|VS1|4000")
    assert kept is not None
    assert kept.statements == tuple(one.record_id for one in reports[2:])
    assert len(kept.measurements_micrometres) == 3 * LIMITS.lookalikes_max
    assert len(findings(stage)) == LIMITS.lookalikes_max + 1


def test_a_corrected_grade_can_show_that_stones_are_alike() -> None:
    stage = new_stage()
    one, other = stone(stage), stone(stage)
    graded(stage, one)
    report = graded(stage, other, grades=grades(color="H"))
    assert found(stage) == []
    corrected = stage.correct("lab-be", report, {"what.color": "G"})
    assert found(stage) == [(ALIKE, other), (ALIKE, one)]
    assert {each.record_id for each in findings(stage)} == {corrected.record_id}
    stage.correct("lab-be", report, {"what.reportNumber": "R9"})
    assert found(stage) == []


def test_neighbours_are_found_exactly_as_by_comparing_all_with_all() -> None:
    luck = dice("rules.lookalikes")
    for _ in range(trials("rules.lookalikes")):
        stage = new_stage()
        seen: list[tuple[ParcelId, int, tuple[int, ...]]] = []
        for _ in range(40):
            weight = luck.randint(1_995, 2_006)
            measures = tuple(each + luck.randint(-25, 25) for each in MEASURES)
            parcel = stone(stage, weight)
            graded(stage, parcel, grades=grades(measures))
            near = [one for one, *of in seen if are_near((weight, measures), (of[0], of[1]))]
            alike = {subject for name, subject in found(stage) if name == ALIKE}
            assert alike == ({*near, parcel} if near else set())
            seen.append((parcel, weight, measures))


def are_near(one: tuple[int, tuple[int, ...]], other: tuple[int, tuple[int, ...]]) -> bool:
    """Tell whether two stones are alike by what is measured of them."""
    millicarats, micrometres = alike_within(one[0])
    apart = (abs(a - b) for a, b in zip(one[1], other[1], strict=True))
    return abs(one[0] - other[0]) <= millicarats and max(apart) <= micrometres
