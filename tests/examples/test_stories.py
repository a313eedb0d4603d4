"""The nine stories: what each says was worked out by hand; what each prints stands beside it."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

import examples.stories
from examples.stories import STORIES, story
from examples.stories.telling import Teller

TOLD = Path(examples.stories.__file__).parent / "told"
FINDINGS = {
    "f_counterfeit_inscription": {"report-number-reused", "report-weight-mismatch"},
    "g_over_capacity": {"over-capacity"},
    "h_number_again": {"certificate-number-reused"},
}


@functools.cache
def told(name: str) -> Teller:
    """Tell a story, once."""
    teller = Teller(lambda _: None)
    story(name).tell(teller)
    return teller


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_was_worked_out_by_hand(name: str) -> None:
    assert told(name).values == dict(story(name).EXPECTED)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_prints_what_stands_beside_it(name: str) -> None:
    assert (TOLD / f"{name}.txt").read_text() == "\n".join([*told(name).lines, ""])


@pytest.mark.parametrize("name", FINDINGS)
def test_a_story_of_fraud_shows_what_is_to_be_found(name: str) -> None:
    assert told(name).found >= FINDINGS[name]


def test_four_parcels_of_one_country_get_four_answers_for_four_reasons() -> None:
    expected = story("a_nola").EXPECTED
    assert [values[0] for values in expected.values()] == ["fail", "pass", "fail", "pass"]
    reasons = [line for line in told("a_nola").lines if "KP-standing" in line]
    assert len(set(reasons)) == len(expected)
