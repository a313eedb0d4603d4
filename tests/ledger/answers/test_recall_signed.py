"""Recalls of a party: its records are found by reading the log, so many lines at a time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from ledger import drafts
from ledger.access import Reader, reader_of
from ledger.answers import QUESTIONS, Answers
from ledger.answers.recalls import KeptWalks
from ledger.drafts import Output
from ledger.limits import LIMITS
from ledger.values import to_hex
from tests.ledger.answers.counting import Counted
from tests.scene import ROUGH, Shown, jewel, shown
from tests.world import address_of

RECALLS = next(question for question in QUESTIONS if question.name == "recalls")
HASTY = "ledger.trace.recall.LIMITS"


def of(name: str) -> str:
    return to_hex(address_of(name))


def in_haste(monkeypatch: Any, lines: int, steps: int) -> None:
    """Let a turn take so many steps, and look through so many lines at once."""
    monkeypatch.setattr("ledger.answers.recall_signed._LINES_AT_ONCE", lines)
    monkeypatch.setattr(HASTY, replace(LIMITS, recall_steps_max=steps))


def pages(answers: Any, **asked: Any) -> list[Any]:
    found = [answers.ask("/v1/recalls", **asked)]
    while found[-1]["cursor"] is not None:
        found.append(answers.ask("/v1/recalls", cursor=found[-1]["cursor"], **asked))
    return found


def ids(found: list[Any]) -> list[tuple[int, str, str]]:
    return [
        (one["index"], one["parcelId"], one["affected"])
        for page in found
        for one in page["parcels"]
    ]


# -- turns -----------------------------------------------------------------------------------------


def test_a_page_looks_through_so_many_lines_and_says_how_far_it_came(
    jewel_shown: Shown, monkeypatch
) -> None:
    late = len(jewel_shown.scene.log) - 1
    whole = jewel_shown.answers.recalls(party=of("authority-ca"))
    assert (whole["parcels"], whole["scannedTo"]) == ([], whole["size"])
    in_haste(monkeypatch, lines=4, steps=1)
    counted = Counted(jewel_shown.book)
    answers, asked = Answers(counted), []
    page = answers.recalls(party=of("authority-ca"))
    come = [page["scannedTo"]]
    while page["cursor"] is not None:
        counted.asked.clear()
        page = answers.recalls(party=of("authority-ca"), cursor=page["cursor"])
        asked.append(counted.asked["rows"])
        assert page["parcels"] == []
        come.append(page["scannedTo"])
    assert max(asked) == 1
    assert come == sorted(set(come))
    assert len(come) > late // 4
    assert come[-1] == page["size"]


@pytest.mark.parametrize("steps", [1, 9, 30])
@pytest.mark.parametrize("lines", [1, 4, 256])
def test_pages_in_haste_tell_the_same(
    jewel_shown: Shown, monkeypatch, lines: int, steps: int
) -> None:
    for name in ("trader-be", "miner-bw", "jeweller-fr"):
        whole = ids(pages(jewel_shown.answers, party=of(name)))
        with monkeypatch.context() as patched:
            in_haste(patched, lines, steps)
            found = pages(jewel_shown.answers, party=of(name), limit=2)
            assert ids(found) == whole != []
            come = [page["scannedTo"] for page in found]
            assert come == sorted(come)
            for page, following in pairwise(found):
                later = [one["index"] for one in following["parcels"]]
                assert all(index >= page["scannedTo"] for index in later)


def test_a_walk_made_again_comes_to_where_its_page_had_come_by_reading(
    jewel_shown: Shown, monkeypatch
) -> None:
    asked = {"party": of("trader-be")}
    whole = ids(pages(jewel_shown.answers, **asked))
    monkeypatch.setattr("ledger.answers.recall_signed._LINES_AT_ONCE", 2)
    for steps in range(1, 60, 7):
        monkeypatch.setattr(HASTY, replace(LIMITS, recall_steps_max=steps))
        found = [jewel_shown.answers.ask("/v1/recalls", limit=2, **asked)]
        while (cursor := found[-1]["cursor"]) is not None:
            if len(found) % 2:  # every other page, what was kept is gone
                monkeypatch.setattr(jewel_shown.answers, "_walks", KeptWalks())
            found.append(jewel_shown.answers.ask("/v1/recalls", limit=2, cursor=cursor, **asked))
            if len(found) % 50 == 0:  # and then the walk may come all the way at once
                monkeypatch.setattr(HASTY, LIMITS)
        assert ids(found) == whole
        monkeypatch.setattr(HASTY, LIMITS)


def test_a_record_of_many_parcels_is_looked_at_in_as_many_turns_as_it_takes(
    fresh: Shown, monkeypatch
) -> None:
    scene = fresh.scene
    bag = scene.register(scene.sites["home"], 9_000, 9, zone="South")
    stones = scene.transform("miner-bw", "split", [bag], [Output(1_000, 1, ROUGH)] * 9)
    scene.certify(sorted(stones), "BW900001", "BE")
    fresh.catch_up()
    last = len(scene.log) - 1
    whole = ids(pages(fresh.answers, party=of("authority-bw")))
    assert whole == [(last, to_hex(stone), "all") for stone in sorted(stones)]
    in_haste(monkeypatch, lines=256, steps=1)
    counted = Counted(fresh.book)
    answers = Answers(counted)
    page = answers.recalls(party=of("authority-bw"))
    found, most = [page], 0
    while page["cursor"] is not None:
        counted.asked.clear()
        page = answers.recalls(party=of("authority-bw"), cursor=page["cursor"])
        most = max(most, counted.asked["last_mentions"])
        found.append(page)
    assert ids(found) == whole
    assert most == 1


def test_what_a_party_took_out_of_a_piece_is_called_back(fresh: Shown) -> None:
    scene, stone = fresh.scene, fresh.scene.parcels["stone"]
    ring = scene.set_in([stone])
    since = len(scene.log)
    scene.take_out(ring, [stone])
    fresh.catch_up()
    found = ids(pages(fresh.answers, party=of("jeweller-fr"), since=since))
    assert found == [(since, to_hex(ring), "all"), (since, to_hex(stone), "all")]


# -- its own goods, from below -------------------------------------------------------------------


def own(made: Shown, name: str, **asked: str) -> list[tuple[str, str]]:
    with made.book.view() as view:
        reader = reader_of(view, address_of(name), made.desk.clock.now_ms)
    assert isinstance(reader, Reader)
    answer: Any = made.answers.answer(RECALLS, asked, reader)
    assert (answer["isWhole"], answer["scannedTo"]) == (False, None)
    return [(one["parcelId"], one["affected"]) for one in answer["parcels"]]


def test_a_party_s_own_goods_are_affected_by_what_it_received_too(traded: Shown) -> None:
    stone = traded.hex("stone")
    assert own(traded, "jeweller-fr", party=of("jeweller-fr")) == [(stone, "all")]
    received = len(traded.scene.log) - 1
    late = {"party": of("jeweller-fr"), "since": str(received + 1)}
    assert own(traded, "jeweller-fr", **late) == []


def test_a_party_s_own_goods_are_told_of_an_agent_s_records_alone() -> None:
    scene = jewel("trade")
    scene.admit_agent("miner-bw", "scribe", "Registration")
    site = scene.sites["home"]
    scene.register(site, 700, 1, zone="South")
    record = drafts.registration(
        scene.speaker("miner-bw"), scene.moment(), site, 800, stones=1, zone="South"
    )
    (by_agent,) = scene.outputs(scene.say(record, "scribe"))
    with shown(scene) as made:
        assert own(made, "miner-bw", party=of("scribe")) == [(to_hex(by_agent), "all")]
        assert len(own(made, "miner-bw", party=of("miner-bw"))) == 2


def test_looking_for_a_party_s_records_has_a_bound_from_below(traded: Shown, monkeypatch) -> None:
    monkeypatch.setattr("ledger.answers.recalls.LIMITS", replace(LIMITS, page_walk_steps_max=1))
    ((_, affected),) = own(traded, "jeweller-fr", party=of("jeweller-fr"))
    assert affected == "all or none"


def test_what_was_taken_out_of_a_piece_that_is_called_back_is_found_from_below() -> None:
    scene = jewel("trade")
    stone = scene.parcels["stone"]
    ring = scene.set_in([stone])
    with shown(scene) as made:
        asked = {"parcel": to_hex(ring)}
        assert own(made, "jeweller-fr", **asked) == [(to_hex(ring), "all")]
        scene.take_out(ring, [stone])
        made.catch_up()
        assert own(made, "jeweller-fr", **asked) == [(to_hex(stone), "all")]
