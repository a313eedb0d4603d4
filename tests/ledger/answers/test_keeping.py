from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from ledger.answers import Answers
from ledger.answers.keeping import KeptStones
from ledger.answers.shapes import AsOf
from ledger.errors import Unknown
from ledger.limits import LIMITS
from tests.ledger.answers.counting import Counted
from tests.scene import Shown


class Maker:
    """Makes answers, and counts how many."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self):
        self.made += 1
        return f"answer {self.made}"


def test_a_stone_is_read_once_while_the_log_stands(fresh: Shown) -> None:
    counted = Counted(fresh.book)
    answers = Answers(counted, fresh.desk.clock, links=fresh.links)  # type: ignore[arg-type]  # its views count
    token = fresh.token("stone")
    first = answers.stone(token)
    looked_up = counted.asked.total()
    assert answers.stone(token) == first
    assert counted.asked.total() - looked_up < 5 < looked_up
    fresh.scene.offer(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
    fresh.catch_up()
    later = answers.stone(token)
    assert (first["state"], later["state"]) == ("held", "offered")
    assert later["asOf"]["size"] == first["asOf"]["size"] + 1


def test_what_somebody_does_with_an_answer_is_not_kept(jewel_shown: Shown) -> None:
    token = jewel_shown.token("stone")
    jewel_shown.answers.stone(token)["steps"].clear()
    assert jewel_shown.answers.stone(token)["steps"]


def test_a_moved_head_checkpoint_or_anchor_forgets_what_was_kept() -> None:
    kept, make = KeptStones(), Maker()
    for moment in (AsOf(5, 4), AsOf(5, 4), AsOf(5, 5), AsOf(6, 5), AsOf(6, 5, 3)):
        kept.answer(b"one", moment, make)
    assert (make.made, len(kept)) == (4, 1)


def test_who_reads_at_an_earlier_moment_is_answered_and_forgets_nothing() -> None:
    kept, make = KeptStones(), Maker()
    kept.answer(b"one", AsOf(6, 6), make)
    assert kept.answer(b"one", AsOf(5, 5), make) == "answer 2"
    assert kept.answer(b"one", AsOf(6, 6), make) == "answer 1"


def test_only_the_last_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(LIMITS, stone_answers_kept_max=2)
    monkeypatch.setattr("ledger.answers.keeping.LIMITS", limits)
    kept, make = KeptStones(), Maker()
    for prefix in (b"one", b"two", b"one", b"three", b"one"):
        kept.answer(prefix, AsOf(5, 5), make)
    assert (make.made, len(kept)) == (3, 2)
    kept.answer(b"two", AsOf(5, 5), make)
    assert make.made == 4


def test_what_cannot_be_answered_is_not_kept() -> None:
    def make():
        raise Unknown("stone", "ab")

    kept = KeptStones()
    with pytest.raises(Unknown):
        kept.answer(b"one", AsOf(5, 5), make)
    assert len(kept) == 0


def test_many_threads_get_the_answer_of_their_own_moment() -> None:
    kept, wrong = KeptStones(), []

    def ask(start: int) -> None:
        for size in range(start, start + 200):
            as_of = AsOf(size // 7 + 1, size // 7)
            prefix = b"%d" % (size % 5)
            found = kept.answer(prefix, as_of, lambda: (prefix, as_of))  # noqa: B023 - called at once
            if found != (prefix, as_of):
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(start,)) for start in (0, 3, 50, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
