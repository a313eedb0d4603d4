"""The plain words beside a stone say no more than what the records bear."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ledger import drafts
from ledger.answers import Answers
from ledger.store.protocol import Published, View
from tests.scene import Shown
from tests.world import address_of

SEALED, WAITING = "under a signed checkpoint of", "is being made"


@dataclass
class Behind:
    """A book whose last checkpoint is an earlier one."""

    shown: Shown
    published: Published
    fault: Exception | None = None

    def view(self) -> AbstractContextManager[View]:
        return self.shown.book.view()


def disputed_since(made: Shown) -> dict[str, Any]:
    """Return what is shown of a stone that was disputed after the last checkpoint."""
    behind = Behind(made, made.book.published)
    goods = made.scene.goods(made.scene.parcels["stone"])
    made.scene.report("dispute", goods.parcel, "lab-be", state=goods.previous)
    made.catch_up()
    answers = Answers(behind, made.desk.clock)  # type: ignore[arg-type]  # it is read alone
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
