"""Walks that wait for the next page of a recall: which are kept, and which are made again."""

from __future__ import annotations

from dataclasses import replace

from ledger.answers import Answers
from ledger.answers.recalls import KeptWalks
from ledger.limits import LIMITS
from ledger.trace.recall import Place, These, Walk
from tests.ledger.answers.counting import Counted
from tests.ledger.answers.test_recalls import every_page, rows
from tests.scene import Shown


def test_walks_are_kept_as_long_as_there_is_room(monkeypatch, jewel_shown: Shown) -> None:
    monkeypatch.setattr("ledger.answers.recalls.LIMITS", replace(LIMITS, recalls_kept_max=2))
    kept, walks = KeptWalks(), [Walk(These(()), 9) for _ in range(3)]
    keys = [("recall", 9, Place(number, 0), 0) for number in range(3)]
    for key, walk in zip(keys, walks, strict=True):
        kept.keep(key, walk)
    assert kept.take(keys[0]) is None
    assert kept.take(keys[2]) is walks[2]
    assert kept.take(keys[2]) is None  # one walk goes one way
    monkeypatch.setattr("ledger.answers.recalls.LIMITS", replace(LIMITS, recall_width_max=0))
    with jewel_shown.book.view() as view:
        wide = Walk(These((jewel_shown.scene.parcel(jewel_shown.scene.parcels["first"]),)), 99)
        wide.take(view, 1)
    assert wide.width == 1
    kept.keep(keys[0], wide)
    kept.keep(keys[2], walks[2])  # this one costs nothing to be made again
    assert kept.take(keys[2]) is None
    assert kept.take(keys[0]) is wide  # wider than all may be: it would not get on otherwise


def test_walks_that_cost_least_go_first_and_what_nobody_asks_for_goes_in_time(
    monkeypatch, jewel_shown: Shown
) -> None:
    monkeypatch.setattr("ledger.answers.recalls.LIMITS", replace(LIMITS, recalls_kept_max=2))
    kept = KeptWalks()

    def walk_of(cost: int) -> Walk:
        made = Walk(These(()), 9)
        made.cost = cost
        return made

    keys = [("recall", 9, Place(number, 0), 0) for number in range(20)]
    dear = walk_of(50)
    kept.keep(keys[0], dear)
    for key in keys[1:5]:  # many that have only begun
        kept.keep(key, walk_of(10))
    assert kept.take(keys[0]) is dear
    kept.keep(keys[0], dear)
    for key in keys[1:]:
        kept.keep(key, walk_of(10))
    assert kept.take(keys[0]) is None


def test_a_walk_knows_what_it_cost(jewel_shown: Shown) -> None:
    first = jewel_shown.scene.parcel(jewel_shown.scene.parcels["first"])
    walk, again = Walk(These((first,)), 99), Walk(These((first,)), 99)
    with jewel_shown.book.view() as view:
        assert len(walk.take(view, 2)) == 2
        cost = walk.cost
        assert cost >= 2
        assert again.skip_to(view, walk.place)
        walk.take(view, 9)
    assert walk.cost > cost
    assert again.cost >= cost - 1


def test_a_walk_that_was_not_kept_is_made_again_up_to_its_place(
    jewel_shown: Shown, monkeypatch
) -> None:
    asked = {"parcel": jewel_shown.hex("first")}
    whole = rows(jewel_shown.answers.recalls(**asked))
    monkeypatch.setattr(KeptWalks, "take", lambda _self, _key: None)
    assert every_page(jewel_shown.answers, 2, **asked) == whole


def test_a_walk_that_is_kept_looks_nothing_up_again(jewel_shown: Shown) -> None:
    counted = Counted(jewel_shown.book)
    answers = Answers(counted)
    page = answers.recalls(site=jewel_shown.site("home"), limit=3)
    counted.asked.clear()
    answers.recalls(site=jewel_shown.site("home"), limit=9, cursor=page["cursor"])
    kept = counted.asked["read"]
    counted.asked.clear()
    Answers(counted).recalls(site=jewel_shown.site("home"), limit=9, cursor=page["cursor"])
    assert kept < counted.asked["read"]
