"""KeyChange: rotated, recovered, objected to, overridden."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.custody import Claim
from ledger.values import NO_HASH, Address, Hash32
from tests.ledger.rules.cases import (
    Case,
    Cases,
    Said,
    Stage,
    altered,
    name_of,
    new_stage,
)
from tests.world import GOVERNORS, WEEK, address_of

case = Cases()
WRONG_HASH = Hash32(b"\x09" * 32)
THREE = tuple(sorted(address_of(name) for name in GOVERNORS))


def amendment(stage: Stage, values: dict[str, object] | None = None, **more: Any) -> Said:
    """Return an Amendment that k governors sign."""
    charter = stage.charter()
    given = {"governors": THREE, "threshold": 2, "checkpoint_keys": charter.checkpoint_keys}
    constitution = drafts.Constitution(**{**given, **more})
    record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
    return Said(altered(record, values or {}), GOVERNORS[:2])


# Keys.


@case("party-unknown", "who.party")
def _a_recovery_of_a_stranger(stage: Stage, wrong: bool) -> Said:
    name = "stranger" if wrong else "trader-be"
    return Said(stage.changing_key("governor-1", "recover", name, "key"), GOVERNORS[:2])


@case("party-unknown", "who.party")
def _a_recovery_of_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    name = "agent" if wrong else "trader-be"
    return Said(stage.changing_key("governor-1", "recover", name, "key"), GOVERNORS[:2])


@case("key-seen", "who.newKey")
def _a_rotation_to_the_address_of_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    key = "agent" if wrong else "new"
    return Said(stage.changing_key("trader-be", "rotate", "trader-be", key), ("trader-be", key))


@case("key-seen", "who.newKey")
def _a_rotation_to_the_address_of_a_party(stage: Stage, wrong: bool) -> Said:
    key = "trader-ae" if wrong else "new"
    return Said(stage.changing_key("trader-be", "rotate", "trader-be", key), ("trader-be", key))


@case("key-seen", "who.newKey")
def _a_rotation_back_to_the_first_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("rotate", "trader-be", "trader-be-2")
    key = "trader-be" if wrong else "new"
    record = stage.changing_key("trader-be", "rotate", "trader-be", key)
    return Said(record, ("trader-be-2", key))


@case("key-seen", "who.newKey")
def _a_recovery_to_the_key_in_force(stage: Stage, wrong: bool) -> Said:
    key = "trader-be" if wrong else "new"
    return Said(stage.changing_key("governor-1", "recover", "trader-be", key), GOVERNORS[:2])


@case("key-seen", "who.newKey")
def _an_override_to_a_key_announced_for_another(stage: Stage, wrong: bool) -> Said:
    for name in ("trader-be", "trader-ae"):
        stage.change_key("recover", name, f"{name}-2")
        stage.change_key("object", name)
    key = "trader-ae-2" if wrong else "trader-be-2"
    return Said(stage.changing_key("governor-1", "override", "trader-be", key), GOVERNORS)


@case("key-seen", "who.newKey")
def _a_second_override_to_the_announced_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    if wrong:
        stage.change_key("override", "trader-be", "trader-be-2")
    return Said(stage.changing_key("governor-1", "override", "trader-be", "trader-be-2"), GOVERNORS)


@case("key-seen", "who.newKey")
def _a_rotation_to_the_key_objected_to(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    key = "trader-be-2" if wrong else "new"
    return Said(stage.changing_key("trader-be", "rotate", "trader-be", key), ("trader-be", key))


@case("recovery-pending", "who")
def _a_rotation_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    if not wrong:
        stage.change_key("object", "trader-be")
    return Said(stage.changing_key("trader-be", "rotate", "trader-be", "new"), ("trader-be", "new"))


@case("recovery-pending", "who")
def _a_second_announcement_a_second_early(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK - wrong)
    return Said(stage.changing_key("governor-1", "recover", "trader-be", "new"), GOVERNORS[:2])


@case("recovery-none", "what.operation")
def _an_objection_to_nothing(stage: Stage, wrong: bool) -> Said:
    if not wrong:
        stage.change_key("recover", "trader-be", "trader-be-2")
    return Said(stage.changing_key("trader-be", "object", "trader-be"), ("trader-be",))


@case("recovery-none", "what.operation")
def _a_second_objection(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    if wrong:
        stage.change_key("object", "trader-be")
    return Said(stage.changing_key("trader-be", "object", "trader-be"), ("trader-be",))


@case("recovery-none", "what.operation")
def _an_objection_after_the_recovery_took_effect(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK - (not wrong))
    signer = "trader-be-2" if wrong else "trader-be"
    return Said(stage.changing_key("trader-be", "object", "trader-be"), (signer,))


@case("recovery-none", "what.operation")
def _an_override_of_nothing(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    if not wrong:
        stage.change_key("object", "trader-be")
    return Said(stage.changing_key("governor-1", "override", "trader-be", "new"), GOVERNORS)


@case("recovery-objected", "what.operation")
def _a_recovery_after_an_objection(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    operation = "recover" if wrong else "override"
    signers = GOVERNORS[: 2 if wrong else 3]
    return Said(stage.changing_key("governor-1", operation, "trader-be", "new"), signers)


@case("recovery-objected", "what.operation")
def _a_recovery_long_after_an_override(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    stage.change_key("override", "trader-be", "trader-be-3")
    stage.later(100 * WEEK)
    operation = "recover" if wrong else "override"
    signers = GOVERNORS[: 2 if wrong else 3]
    return Said(stage.changing_key("governor-1", operation, "trader-be", "new"), signers)


@case("party", "who.party")
def _a_rotation_of_another_party(stage: Stage, wrong: bool) -> Said:
    name = "trader-ae" if wrong else "trader-be"
    return Said(stage.changing_key("trader-be", "rotate", name, "new"), ("trader-be", "new"))


@case("party", "who.party")
def _an_objection_for_another_party(stage: Stage, wrong: bool) -> Said:
    for name in ("trader-be", "trader-ae"):
        stage.change_key("recover", name, f"{name}-2")
    name = "trader-ae" if wrong else "trader-be"
    return Said(stage.changing_key("trader-be", "object", name), ("trader-be",))


@case("stale-previous", "what.previous")
def _a_key_change_that_misses_an_admission(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("trader-be", "rotate", "trader-be", "new")
    if wrong:
        stage.admit("trader-be", "cutter", "BE")
    return Said(record, ("trader-be", "new"))


@case("stale-previous", "what.previous")
def _a_key_change_of_a_governor_whose_chain_is_empty(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("governor-1", "rotate", "governor-1", "new")
    previous = WRONG_HASH if wrong else NO_HASH
    return Said(altered(record, {"what.previous": previous}), ("governor-1", "new"))


@case("time-before", "scene.occurredAt")
def _a_key_change_before_the_admission(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("trader-be", "rotate", "trader-be", "new")
    at = stage.party("trader-be").head_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), ("trader-be", "new"))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


# What these records change.


def test_the_delay_of_a_recovery_is_that_of_the_charter_at_its_announcement() -> None:
    stage = new_stage()
    stage.change_key("recover", "trader-be", "trader-be-2")
    said = amendment(stage, recovery_delay_seconds=1)
    stage.say(said.record, *said.signers)
    stage.later(WEEK - 1)
    assert stage.party("trader-be").is_recovering(stage.now_ms + 999)
    stage.later(1)
    assert stage.party("trader-be").key_at(stage.now_ms) == address_of("trader-be-2")


def test_a_recovery_in_effect_outlives_a_later_recovery_that_is_objected_to() -> None:
    stage = new_stage()
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK)
    stage.change_key("recover", "trader-be", "trader-be-3")
    stage.change_key("object", "trader-be", signers=("trader-be-2",))
    stage.later(WEEK)
    assert stage.party("trader-be").key_at(stage.now_ms) == address_of("trader-be-2")


def test_an_override_takes_effect_at_once_and_may_name_the_key_objected_to() -> None:
    stage = new_stage()
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    stage.change_key("override", "trader-be", "trader-be-2")
    assert stage.party("trader-be").key_at(stage.now_ms) == address_of("trader-be-2")
    stage.check(stage.changing_key("trader-be", "rotate", "trader-be", "x"), "trader-be-2", "x")


def test_a_rotation_by_the_thief_does_not_cost_the_owner_the_key_objected_to() -> None:
    stage = new_stage()
    stage.change_key("recover", "trader-be", "owner")
    stage.change_key("object", "trader-be")
    stage.change_key("rotate", "trader-be", "thief")
    stage.change_key("override", "trader-be", "owner")
    assert stage.party("trader-be").key_at(stage.now_ms) == address_of("owner")


def test_a_key_keeps_the_party_that_it_was_announced_for() -> None:
    stage = new_stage()
    stage.change_key("recover", "trader-be", "trader-be-2")
    claim = stage.state.read(Claim, address_of("trader-be-2"))
    assert claim == Claim(address_of("trader-be-2"), "key", Address(address_of("trader-be")))
