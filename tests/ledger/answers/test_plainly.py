"""The plain words beside a stone say no more than what the records bear."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ledger import drafts
from ledger.answers import Answers
from ledger.drafts import Output
from ledger.store.protocol import Published, View
from tests.scene import ROUGH, Shown
from tests.world import address_of

SEALED, WAITING = "under a signed checkpoint of", "is being made"


@dataclass
class Behind:
    """A book whose last checkpoint is an earlier one."""

    shown: Shown
    published: Published
    fault: Exception | None = None
    private: None = None

    def view(self) -> AbstractContextManager[View]:
        return self.shown.book.view()


def disputed_since(made: Shown) -> dict[str, Any]:
    """Return what is shown of a stone that was disputed after the last checkpoint."""
    behind = Behind(made, made.book.published)
    goods = made.scene.goods(made.scene.parcels["stone"])
    made.scene.report("dispute", goods.parcel, "lab-be", state=goods.previous)
    made.catch_up()
    answers = Answers(behind, made.desk.clock, links=made.links)  # type: ignore[arg-type]  # it is read alone
    return answers.stone(made.token("stone"))


def proven(answer: dict[str, Any]) -> str:
    return "\n".join(answer["words"]["proven"])


def test_a_story_is_under_a_checkpoint_when_all_of_it_is(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.stone(jewel_shown.token("stone"))
    assert {step["status"] for step in answer["steps"]} == {"checkpointed"}
    assert SEALED in proven(answer)
    assert WAITING not in proven(answer)


def test_a_story_of_which_others_said_something_since_is_not_under_the_checkpoint(
    fresh: Shown,
) -> None:
    """A dispute is later than the last record of the goods themselves, which is under it."""
    answer = disputed_since(fresh)
    assert answer["proof"]["status"] == "checkpointed"
    assert answer["steps"][-1]["status"] == "sequenced"
    assert SEALED not in proven(answer)
    assert WAITING in proven(answer)


def test_a_record_that_an_agent_signed_is_not_said_to_bear_its_partys_key(fresh: Shown) -> None:
    scene = fresh.scene
    scene.admit_agent("jeweller-fr", "desk-fr", "Handoff")
    goods = scene.goods(scene.parcels["stone"])
    recipient = address_of("trader-be")
    jeweller, moment = scene.speaker("jeweller-fr"), scene.moment()
    scene.say(drafts.handoff(jeweller, moment, goods, recipient, "BE"), "desk-fr")
    fresh.catch_up()
    answer = fresh.answers.stone(fresh.token("stone"))
    assert answer["state"] == "offered"
    assert "signed by the party that makes it, or by an agent" in proven(answer)
    assert "the key of the party" not in proven(answer)


def claimed(answer: dict[str, Any]) -> str:
    return "\n".join(answer["words"]["claimed"])


def mixed_with_a_little_of_canada(shown: Shown) -> tuple[str, str]:
    """Mix 12 ct of Botswana with 1 ct of Canada; return the links of a stone, and of the rest."""
    scene = shown.scene
    large = scene.register(scene.sites["home"], 12_000, 3, zone="South")
    small = scene.register(scene.sites["abroad"], 1_000, 1, by="miner-ca")
    scene.hand_over(small, "miner-ca", "miner-bw")
    (mixed,) = scene.transform(
        "miner-bw", "mix", sorted([large, small]), [Output(13_000, 4, ROUGH)]
    )
    stone, rest = scene.transform(
        "miner-bw", "split", [mixed], [Output(5_000, 1, ROUGH), Output(8_000, 3, ROUGH)]
    )
    shown.catch_up()
    return shown.token_of(stone), shown.token_of(rest)


def test_a_country_of_the_story_that_a_stone_cannot_be_from_is_explained(fresh: Shown) -> None:
    stone, rest = mixed_with_a_little_of_canada(fresh)
    answer = fresh.answers.stone(stone)
    assert answer["mined"]["countries"] == ["Botswana"]
    assert "a miner in Canada" in fresh.client.get(f"/stones/{stone}").text.replace("A m", "a m")
    why = "Goods from Canada were in the mix; by the weights and counts on record this stone cannot"
    assert why in claimed(answer)
    assert "were in the mix" not in claimed(fresh.answers.stone(rest))


def test_of_one_mine_there_is_one_miner_and_one_site(fresh: Shown) -> None:
    one, several = fresh.token("first"), fresh.token("stone")
    assert "in this place: the miner declares it, at a site" in claimed(fresh.answers.stone(one))
    assert "places: the miners declare it" in claimed(fresh.answers.stone(several))
    assert "declared by the miner<" in fresh.client.get(f"/stones/{one}").text
    assert "declared by the miners<" in fresh.client.get(f"/stones/{several}").text


def test_one_statement_is_told_as_one(fresh: Shown) -> None:
    scene = fresh.scene
    parcel = scene.register(scene.sites["home"], 1_000, 1, zone="South")
    fresh.catch_up()
    told = proven(fresh.answers.stone(fresh.token_of(parcel)))
    assert "One statement tells this story here. It was signed" in told
    assert "It is in the log, under a signed checkpoint" in told
    assert "changes or drops it afterwards" in told


def test_rough_held_abroad_is_said_not_to_have_crossed_a_border(fresh: Shown) -> None:
    scene = fresh.scene
    parcel = scene.register(scene.sites["home"], 1_000, 1, zone="South")
    scene.hand_over(parcel, "miner-bw", "trader-be")
    fresh.catch_up()
    page = fresh.client.get(f"/stones/{fresh.token_of(parcel)}").text
    assert "it has not left Botswana: no border crossing is recorded" in page
