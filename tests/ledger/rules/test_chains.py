"""Every record that advances a chain becomes its head, with its own time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.custody import Agent, CharterInForce, Parcel, Party, SiteState
from ledger.drafts import Output, withdrawal
from ledger.rules import touches
from tests.ledger.rules.cases import Said, Stage, altered, new_stage
from tests.ledger.rules.test_people import amendment
from tests.ledger.rules.test_sites import stating
from tests.world import GOVERNORS, address_of

Saying = Callable[[Stage], Said]


def recovering(stage: Stage) -> Stage:
    stage.change_key("recover", "trader-be", "trader-be-2")
    return stage


def objected(stage: Stage) -> Stage:
    recovering(stage).change_key("object", "trader-be")
    return stage


def with_agent(stage: Stage) -> Stage:
    stage.admit_agent("trader-be", "agent", "Handoff")
    return stage


PARTY: dict[str, Saying] = {
    "Admission": lambda s: Said(
        s.admitting("governor-1", "trader-be", "cutter", "BE"), GOVERNORS[:1]
    ),
    "Revocation": lambda s: Said(
        s.revoking("governor-1", "trader-be", "trader", "BE"), GOVERNORS[:1]
    ),
    "rotate": lambda s: Said(
        s.changing_key("trader-be", "rotate", "trader-be", "new"), ("trader-be", "new")
    ),
    "recover": lambda s: Said(
        s.changing_key("governor-1", "recover", "trader-be", "new"), GOVERNORS[:2]
    ),
    "object": lambda s: Said(
        recovering(s).changing_key("trader-be", "object", "trader-be"), ("trader-be",)
    ),
    "override": lambda s: Said(
        objected(s).changing_key("governor-1", "override", "trader-be", "new"), GOVERNORS
    ),
}
AGENT: dict[str, Saying] = {
    "Admission": lambda s: Said(
        s.admitting("trader-be", "agent", "agent", "BE", kinds=("Report",)), ("trader-be",)
    ),
    "second Admission": lambda s: Said(
        with_agent(s).admitting("trader-be", "agent", "agent", "BE", kinds=("Report",)),
        ("trader-be",),
    ),
    "Revocation": lambda s: Said(
        with_agent(s).revoking("trader-be", "agent", "agent", "BE"), ("trader-be",)
    ),
}
SITE: dict[str, Saying] = {
    "change": lambda s: Said(stating(s, "change"), ("authority-bw",)),
    "close": lambda s: Said(stating(s, "close"), ("authority-bw",)),
}


def said_later(stage: Stage, saying: Saying) -> tuple[bytes, int]:
    """Say something a while later; return its id and when it is said to have occurred."""
    said = saying(stage)
    stage.later(100)
    record = altered(said.record, {"scene.occurred_at": stage.now_s - 7})
    return stage.say(record, *said.signers).record_id, stage.now_s - 7


@pytest.mark.parametrize("name", PARTY)
def test_a_record_about_a_party_becomes_the_head_of_its_chain(name: str) -> None:
    stage = new_stage()
    expected = said_later(stage, PARTY[name])
    party = stage.state.read(Party, address_of("trader-be"))
    assert party is not None
    assert (party.head, party.head_at) == expected


@pytest.mark.parametrize("name", AGENT)
def test_a_record_about_an_agent_becomes_the_head_of_a_chain_of_its_own(name: str) -> None:
    stage = new_stage()
    before = stage.party("trader-be").head
    expected = said_later(stage, AGENT[name])
    agent = stage.state.read(Agent, address_of("agent"))
    assert agent is not None
    assert (agent.head, agent.head_at) == expected
    assert stage.party("trader-be").head == before


@pytest.mark.parametrize("name", SITE)
def test_a_record_about_a_site_becomes_the_head_of_its_chain(name: str) -> None:
    stage = new_stage()
    expected = said_later(stage, SITE[name])
    site = stage.state.read(SiteState, stage.site)
    assert site is not None
    assert (site.head, site.head_at) == expected


def test_an_amendment_becomes_the_head_of_the_charters_chain() -> None:
    stage = new_stage()
    expected = said_later(stage, amendment)
    charter = stage.state.read(CharterInForce, b"")
    assert charter is not None
    assert (charter.head, charter.head_at) == expected


def test_every_record_that_touches_a_parcel_becomes_the_head_of_its_chain() -> None:
    stage = new_stage()
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "lab-be")
    goods = stage.goods(parcel)
    stage.say(withdrawal(stage.speaker("trader-be"), stage.moment(), goods), "trader-be")
    for operation in ("theft", "recovery"):
        stage.later()
        stage.say(stage.report_on(parcel, "trader-be", operation), "trader-be")
    stage.later()
    stage.transform("trader-be", "split", [parcel], [Output(1, 1), Output(9_999, 2)])
    jewel = stage.polished("jeweller-fr")
    stage.later()
    piece = stage.set_in([jewel])
    for operation in ("sale", "return"):
        stage.later()
        stage.sell(piece, operation=operation)
    stage.later()
    stage.take_out(piece, [jewel])
    for _, signed, changes in stage.log:
        touched = [item for item in changes.items if isinstance(item, Parcel)]
        assert tuple(item.id for item in touched) == touches(signed.record, signed.record_id)
        for item in touched:
            at = signed.record.scene.occurred_at
            assert (item.head, item.head_at) == (signed.record_id, at)
