from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import pytest

from ledger import drafts
from ledger.answers import Answers
from ledger.answers.asking import Cursors
from ledger.book import Book
from ledger.custody import Parcel
from ledger.drafts import Loss, Output
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.store.protocol import Published, View
from ledger.values import to_hex
from tests.ledger.answers.counting import Counted
from tests.scene import LABEL, ROUGH, Scene, Shown
from tests.world import address_of

NOWHERE = "0x" + "12" * 32


@dataclass
class AsPublished:
    """A book whose last checkpoint is an earlier one."""

    book: Book
    published: Published
    fault: Exception | None = None
    private: None = None

    def view(self) -> AbstractContextManager[View]:
        return self.book.view()


def test_a_parcel_is_answered_as_the_book_has_it(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.parcel(jewel_shown.hex("stone"))
    with jewel_shown.book.view() as view:
        kept = view.read(Parcel, jewel_shown.scene.parcels["stone"])
    assert kept is not None
    assert answer["parcelId"] == to_hex(kept.id)
    assert "token" not in answer, "a link is minted, and follows from no id"
    assert (answer["state"], answer["form"], answer["hsCode"]) == ("held", "polished", "7102.39")
    assert (answer["weightMillicarats"], answer["stones"]) == (1_850, 1)
    assert answer["custodian"] == to_hex(address_of("jeweller-fr"))
    assert (answer["recipient"], answer["frozenBy"], answer["usedBy"]) == (None, None, None)
    assert answer["label"] == LABEL
    assert answer["head"] == to_hex(kept.head) == answer["last"]["recordId"]
    assert answer["headAt"] == answer["last"]["occurredAt"]


def test_an_answer_says_who_declared_it_and_how_sure_it_is(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.parcel(jewel_shown.hex("stone"))
    last, made = answer["last"], answer["made"]
    assert (last["kind"], last["operation"], last["role"]) == ("Receipt", "accept", "jeweller")
    assert last["author"] == to_hex(address_of("jeweller-fr"))
    assert last["signers"] == [last["author"]]
    assert last["status"] == made["status"] == "checkpointed"
    assert (made["kind"], made["operation"], made["country"]) == ("Transformation", "polish", "IN")
    size = jewel_shown.desk.head().size
    assert answer["asOf"] == {"size": size, "checkpointSize": size, "anchoredSize": 0}


def test_what_no_checkpoint_covers_is_sequenced_alone(fresh: Shown) -> None:
    published = fresh.book.published
    fresh.scene.offer(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
    fresh.catch_up()
    answers = Answers(AsPublished(fresh.book, published), fresh.desk.clock)
    answer = answers.parcel(fresh.hex("stone"))
    assert (answer["made"]["status"], answer["last"]["status"]) == ("checkpointed", "sequenced")
    assert answer["asOf"]["checkpointSize"] == published.size == answer["asOf"]["size"] - 1
    assert answer["recipient"] == to_hex(address_of("trader-be"))


def test_a_spent_parcel_names_the_record_that_used_it_up(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.parcel(jewel_shown.hex("rough"))
    assert answer["state"] == "spent"
    assert answer["usedBy"] == jewel_shown.answers.parcel(jewel_shown.hex("stone"))["made"]["index"]


@pytest.mark.parametrize("ask", ["parcel", "history", "story", "trace", "descendants"])
def test_a_parcel_that_is_none_is_unknown(jewel_shown: Shown, ask: str) -> None:
    with pytest.raises(Unknown):
        getattr(jewel_shown.answers, ask)(NOWHERE)


def steps_of(answer) -> list[str]:
    return [f"{step['kind']} {step['operation']}".strip() for step in answer["steps"]]


def test_a_history_is_the_parcels_own_chain(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.history(jewel_shown.hex("stone"))
    assert steps_of(answer) == ["Receipt accept", "Handoff sale", "Transformation polish"]
    assert (answer["cursor"], answer["isCut"]) == (None, False)


def test_a_story_goes_on_to_the_mines(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.story(jewel_shown.hex("stone"))
    assert steps_of(answer)[-1] == "Registration"
    assert steps_of(answer).count("Registration") == 2
    indices = [step["index"] for step in answer["steps"]]
    assert indices == sorted(set(indices), reverse=True)


def test_a_step_holds_the_record_as_it_was_signed(jewel_shown: Shown) -> None:
    (step,) = jewel_shown.answers.history(jewel_shown.hex("stone"), limit=1)["steps"]
    signed = jewel_shown.scene.log[step["index"]][1]
    assert step["recordId"] == to_hex(signed.record_id)
    assert step["record"] == jewel_shown.answers.record(step["recordId"])["envelope"]["record"]
    assert step["recordedAtMs"] == jewel_shown.desk.clock.now_ms
    assert step["occurredAt"] == signed.record.scene.occurred_at
    assert step["parcels"] == [jewel_shown.hex("stone")]


def test_mentions_stand_in_a_history_and_change_nothing(fresh: Shown) -> None:
    scene, stone = fresh.scene, fresh.scene.parcels["stone"]
    described = scene.goods(stone).previous
    for by in ("lab-be", "trader-ae"):
        scene.report("dispute", stone, by, state=described)
    scene.offer(stone, "jeweller-fr", "trader-be")
    fresh.catch_up()
    answer = fresh.answers.history(fresh.hex("stone"))
    assert steps_of(answer)[:3] == ["Handoff sale", "Report dispute", "Report dispute"]
    assert [step["isMention"] for step in answer["steps"]] == [False, True, True] + [False] * 3
    assert "Report dispute" not in steps_of(fresh.answers.story(fresh.hex("stone")))
    for limit in range(1, 7):
        assert paged(fresh.answers.history, fresh.hex("stone"), limit) == answer["steps"]


def long_told(scene: Scene, times: int) -> None:
    """Offer the stone and take it back, again and again, with disputes between."""
    stone = scene.parcels["stone"]
    for number in range(times):
        scene.offer(stone, "jeweller-fr", "trader-be")
        for _ in range(number % 3):
            scene.report("dispute", stone, "lab-be", state=scene.goods(stone).previous)
        goods = scene.goods(stone)
        scene.say(
            drafts.withdrawal(scene.speaker("jeweller-fr"), scene.moment(), goods), "jeweller-fr"
        )


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 62, 63, 64])
def test_pages_of_a_long_history_are_the_whole(fresh: Shown, limit: int) -> None:
    long_told(fresh.scene, 20)
    fresh.catch_up()
    whole = fresh.answers.history(fresh.hex("stone"), 1_000)
    assert (len(whole["steps"]), whole["cursor"]) == (62, None)
    assert [step["isMention"] for step in whole["steps"]].count(True) == 19
    assert paged(fresh.answers.history, fresh.hex("stone"), limit) == whole["steps"]


def test_a_late_page_of_a_history_costs_as_much_as_an_early_one(fresh: Shown) -> None:
    long_told(fresh.scene, 60)
    fresh.catch_up()
    counted = Counted(fresh.book)
    answers, costs, cursor = Answers(counted, fresh.desk.clock), [], ""
    while cursor is not None:
        before = counted.asked.total()
        cursor = answers.history(fresh.hex("stone"), 5, cursor)["cursor"]
        costs.append(counted.asked.total() - before)
    assert len(costs) > 30
    assert max(costs[:-1]) <= costs[0] + 5


def place(fresh: Shown, below: int, goes_on: int) -> str:
    """Return a cursor of the stone's history; negative numbers count from the log's end."""
    size = len(fresh.scene.log)
    indices = [index + size if index < 0 else index for index in (below, goes_on)]
    question = Cursors(f"history {fresh.hex('stone')}")
    return question.write(b"".join(index.to_bytes(8, "big") for index in indices))


@pytest.mark.parametrize(
    ("below", "goes_on"),
    [(2**64 - 1, 0), (10**6, 5), (-2, -1), (-2, -2), (-1, 2**64 - 1), (-1, 1), (3, 0xFFFF)],
)
def test_a_cursor_that_leads_off_the_chain_is_refused(
    fresh: Shown, below: int, goes_on: int
) -> None:
    cursor = place(fresh, below, goes_on)
    with pytest.raises(BadQuestion):
        fresh.answers.history(fresh.hex("stone"), 100, cursor)


def test_a_cursor_says_where_the_chain_goes_on(fresh: Shown) -> None:
    fresh.scene.offer(fresh.scene.parcels["rest"], "trader-be", "trader-ae")
    fresh.catch_up()
    whole = fresh.answers.history(fresh.hex("stone"))["steps"]
    for goes_on, steps in ((-2, whole), (0, [])):
        told = fresh.answers.history(fresh.hex("stone"), 100, place(fresh, -1, goes_on))
        assert (told["steps"], told["cursor"]) == (steps, None)


def test_a_cursor_of_another_length_is_refused(jewel_shown: Shown) -> None:
    question = Cursors(f"history {jewel_shown.hex('stone')}")
    for place in (b"", bytes(8), bytes(15), bytes(17)):
        with pytest.raises(BadQuestion):
            jewel_shown.answers.history(jewel_shown.hex("stone"), 1, question.write(place))


def test_a_story_is_followed_within_its_own_bound(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fresh.answers.story(fresh.hex("stone"))
    limits = replace(LIMITS, story_walk_steps_max=8)
    monkeypatch.setattr("ledger.answers.parcels.LIMITS", limits)
    told = fresh.answers.story(fresh.hex("stone"))
    assert (told["isCut"], told["cursor"]) == (True, None)
    assert 0 < len(told["steps"]) < len(whole["steps"])
    assert told["steps"] == whole["steps"][: len(told["steps"])]


def paged(ask, parcel: str, limit: int, part: str = "steps") -> list:
    """Return what all pages hold together."""
    together, cursor = [], ""
    while True:
        answer = ask(parcel, limit, cursor)
        assert len(answer[part]) <= limit
        together += answer[part]
        cursor = answer["cursor"]
        if cursor is None:
            return together


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 12, 13, 14])
def test_pages_of_a_story_are_the_whole_story(jewel_shown: Shown, limit: int) -> None:
    whole = jewel_shown.answers.story(jewel_shown.hex("stone"))["steps"]
    assert paged(jewel_shown.answers.story, jewel_shown.hex("stone"), limit) == whole


def test_pages_stay_as_they_are_while_the_ledger_grows(fresh: Shown) -> None:
    parcel = fresh.hex("stone")
    whole = fresh.answers.history(parcel)["steps"]
    first = fresh.answers.history(parcel, 1)
    fresh.scene.offer(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
    fresh.catch_up()
    rest = fresh.answers.history(parcel, 100, first["cursor"])
    assert first["steps"] + rest["steps"] == whole


def test_the_cursor_of_another_parcel_is_refused(jewel_shown: Shown) -> None:
    cursor = jewel_shown.answers.history(jewel_shown.hex("stone"), 1)["cursor"]
    with pytest.raises(BadQuestion):
        jewel_shown.answers.history(jewel_shown.hex("rough"), 1, cursor)
    with pytest.raises(BadQuestion):
        jewel_shown.answers.story(jewel_shown.hex("stone"), 1, cursor)


def test_descendants_are_shown_with_their_holders_of_today(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.descendants(jewel_shown.hex("first"))
    assert [step["operation"] for step in answer["operations"]] == ["mix", "split", "polish"]
    made = {child["parcelId"]: child for step in answer["operations"] for child in step["made"]}
    stone = made[jewel_shown.hex("stone")]
    assert (stone["state"], stone["custodian"]) == ("held", to_hex(address_of("jeweller-fr")))
    assert made[jewel_shown.hex("rest")]["custodian"] == to_hex(address_of("trader-be"))
    assert answer["parcel"]["state"] == "spent"
    whole = answer["operations"]
    for limit in (1, 2, 3):
        found = paged(
            jewel_shown.answers.descendants, jewel_shown.hex("first"), limit, "operations"
        )
        assert found == whole


def test_goods_that_nobody_worked_on_have_no_descendants(jewel_shown: Shown) -> None:
    assert jewel_shown.answers.descendants(jewel_shown.hex("stone"))["operations"] == []


def test_findings_stand_beside_the_parcel_they_are_about(fresh: Shown) -> None:
    scene = fresh.scene
    (tiny,) = scene.transform(
        "trader-be", "reweigh", [scene.parcels["rest"]], [Output(16_400, 4, ROUGH)]
    )
    scene.hand_over(tiny, "trader-be", "cutter-in")
    (polished,) = scene.transform(
        "cutter-in", "polish", [tiny], [Output(16_000, 4, "7102.39")], polishing=Loss(400)
    )
    fresh.catch_up()
    (finding,) = fresh.answers.parcel(to_hex(polished))["findings"]
    assert finding["name"] == "implausible-yield"
    assert finding["subject"] == to_hex(polished)
    assert "16.000 ct polished from 16.400 ct" in finding["evidence"]
    assert fresh.answers.parcel(fresh.hex("stone"))["findings"] == []
