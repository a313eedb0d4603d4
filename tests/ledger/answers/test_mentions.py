from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.answers import Answers
from ledger.limits import LIMITS
from tests.ledger.answers.counting import Counted
from tests.scene import Scene, Shown

MANY = 70


def dispute(scene: Scene, by: str, count: int = 1) -> None:
    goods = scene.goods(scene.parcels["stone"])
    for _ in range(count):
        scene.report("dispute", goods.parcel, by, state=goods.previous)


def disputes_of(made: Shown) -> tuple[list[str], int, bool]:
    stone = made.answers.stone(made.token("stone"))
    roles = [step["role"] for step in stone["steps"] if step["title"] == "Disputed"]
    return roles, stone["mentionsLeftOut"], stone["stepsLeftOut"]


def test_one_party_cannot_bury_what_an_authority_says(fresh: Shown) -> None:
    dispute(fresh.scene, "authority-be")
    dispute(fresh.scene, "lab-be", MANY)
    dispute(fresh.scene, "trader-ae")
    fresh.catch_up()
    roles, left_out, steps_left_out = disputes_of(fresh)
    assert roles == ["authority", *["lab"] * LIMITS.mentions_per_author_max, "trader"]
    assert left_out == MANY - LIMITS.mentions_per_author_max
    assert steps_left_out
    text = fresh.client.get(f"/stones/{fresh.token('stone')}").text
    assert f"{left_out} more disputes and answers about these goods are not listed" in text
    assert "The last" not in text


def test_authorities_come_first_where_not_all_are_shown(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute(fresh.scene, "authority-be")
    for by in ("lab-be", "trader-ae", "cutter-in"):
        dispute(fresh.scene, by)
    fresh.catch_up()
    limits = replace(LIMITS, stone_lines_max=2)
    monkeypatch.setattr("ledger.answers.mentions.LIMITS", limits)
    assert disputes_of(fresh) == (["authority", "cutter"], 2, True)


def test_what_is_shown_whole_leaves_nothing_out(fresh: Shown) -> None:
    dispute(fresh.scene, "lab-be")
    fresh.catch_up()
    assert disputes_of(fresh) == (["lab"], 0, False)
    assert "not listed here" not in fresh.client.get(f"/stones/{fresh.token('stone')}").text


def test_a_flood_is_counted_and_not_read(fresh: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute(fresh.scene, "lab-be", MANY)
    fresh.catch_up()
    limits = replace(LIMITS, mentions_read_max=5)
    monkeypatch.setattr("ledger.answers.mentions.LIMITS", limits)
    counted = Counted(fresh.book)
    answers = Answers(counted, fresh.desk.clock, links=fresh.links)  # type: ignore[arg-type]  # its views count
    stone = answers.stone(fresh.token("stone"))
    assert stone["mentionsLeftOut"] == MANY - LIMITS.mentions_per_author_max
    # The verdicts look at each once, and at no more than a page may read.
    assert counted.asked["row"] < 6 * len(stone["steps"]) + 3 * MANY
    assert counted.asked["row"] < LIMITS.page_walk_steps_max


def test_a_page_of_a_history_reads_no_more_mentions_than_it_shows(fresh: Shown) -> None:
    dispute(fresh.scene, "lab-be", MANY)
    fresh.catch_up()
    asked: list[tuple[int, int]] = []
    whole, cursor = [], ""
    counted = Counted(fresh.book)
    answers = Answers(counted, fresh.desk.clock)  # type: ignore[arg-type]  # its views count
    while True:
        page = answers.history(fresh.hex("stone"), 9, cursor)
        whole += page["steps"]
        asked.append((counted.asked["mentions"], counted.asked["last_mentions"]))
        cursor = page["cursor"]
        if cursor is None:
            break
    assert asked[-1] == (0, len(asked))
    assert sum(step["isMention"] for step in whole) == MANY
    assert whole == fresh.answers.history(fresh.hex("stone"), 1_000)["steps"]


def test_disputes_drive_no_statement_out_of_what_is_read(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    stone = fresh.scene.parcels["stone"]
    fresh.scene.state_that("lab-be", "origin", stone, countries=("BW",))
    for by in ("trader-ae", "cutter-in", "trader-be"):
        dispute(fresh.scene, by, 5)
    fresh.catch_up()
    monkeypatch.setattr("ledger.answers.mentions.LIMITS", replace(LIMITS, mentions_read_max=5))
    page = fresh.answers.trace(fresh.hex("stone"))
    assert "Statement" in [one["kind"] for one in page["spoken"]]
    assert page["spokenLeftOut"] == 16 - len(page["spoken"])
