"""Stones that are alike in grades, weight and measures, though none was made from another."""

from __future__ import annotations

import pytest

from ledger.custody import Lookalikes
from ledger.drafts import Grades, Loss, Output
from ledger.limits import LIMITS
from ledger.rules.laboratories import alike_within
from ledger.values import ParcelId, to_hex
from tests.ledger.rules.cases import new_stage
from tests.ledger.rules.test_laboratories import (
    ALIKE,
    MEASURES,
    POLISHED,
    findings,
    found,
    graded,
    grades,
    sorted_out_again,
    stone,
)
from tests.trials import dice, trials


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


def test_a_stone_is_not_compared_with_several_graded_together() -> None:
    stage = new_stage()
    graded(stage, stage.polished("trader-be", 4_000, 2), weight_millicarats=4_000)
    graded(stage, stone(stage))
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


def test_one_stone_is_held_against_as_many_as_one_likeness_has() -> None:
    stage = new_stage()
    for weight in (5_000, 5_001):
        for _ in range(LIMITS.lookalikes_max):
            graded(stage, stone(stage, weight))
    graded(stage, stone(stage, 5_002))
    assert len(findings(stage)) == 1 + LIMITS.lookalikes_max


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
