"""Admission and Revocation: roles given and ended."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.custody import Agent, Suspicion
from ledger.drafts import Moment, Speaker
from ledger.values import NO_HASH, Hash32
from tests.ledger.rules.cases import (
    MINUTES_5,
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


# Admissions.


@case("country", "scene.country")
def _an_authority_admits_abroad(stage: Stage, wrong: bool) -> Said:
    country = "NL" if wrong else "BE"
    return Said(stage.admitting("authority-be", "new", "trader", country), ("authority-be",))


@case("country", "scene.country")
def _the_authority_of_the_eu_admits_outside_it(stage: Stage, wrong: bool) -> Said:
    country = "GB" if wrong else "BE"
    return Said(stage.admitting("authority-eu", "new", "trader", country), ("authority-eu",))


@case("country", "scene.country")
def _a_trader_of_the_eu_as_such(stage: Stage, wrong: bool) -> Said:
    country = "EU" if wrong else "FR"
    return Said(stage.admitting("governor-1", "new", "trader", country), ("governor-1",))


@case("country", "scene.country")
def _an_agent_in_another_country(stage: Stage, wrong: bool) -> Said:
    country = "AE" if wrong else "BE"
    record = stage.admitting("trader-be", "agent", "agent", country, kinds=("Handoff",))
    return Said(record, ("trader-be",))


@case("country", "scene.country")
def _an_agent_of_the_eu_for_a_trader(stage: Stage, wrong: bool) -> Said:
    by = "trader-be" if wrong else "authority-eu"
    return Said(stage.admitting(by, "agent", "agent", "EU", kinds=("Site",)), (by,))


@case("key-seen", "who.party")
def _a_party_at_the_address_of_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    name = "agent" if wrong else "new"
    return Said(
        stage.admitting("governor-1", name, "trader", "FR", previous=NO_HASH), GOVERNORS[:1]
    )


@case("key-seen", "who.party")
def _a_party_at_the_address_of_a_rotated_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("rotate", "trader-be", "trader-be-2")
    name = "trader-be-2" if wrong else "trader-be"
    return Said(stage.admitting("governor-1", name, "trader", "FR"), GOVERNORS[:1])


@case("key-seen", "who.party")
def _a_party_at_the_address_of_an_announced_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    name = "trader-be-2" if wrong else "new"
    return Said(stage.admitting("governor-1", name, "trader", "FR"), GOVERNORS[:1])


@case("key-seen", "who.party")
def _an_agent_at_the_address_of_a_party(stage: Stage, wrong: bool) -> Said:
    name = "trader-ae" if wrong else "new"
    record = stage.admitting("trader-be", name, "agent", "BE", kinds=("Handoff",))
    return Said(record, ("trader-be",))


@case("key-seen", "who.party")
def _an_agent_at_the_address_of_its_organisation(stage: Stage, wrong: bool) -> Said:
    name = "trader-be" if wrong else "new"
    record = stage.admitting("trader-be", name, "agent", "BE", kinds=("Handoff",))
    return Said(record, ("trader-be",))


@case("key-seen", "who.party")
def _an_agent_at_the_address_of_a_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("rotate", "trader-be", "trader-be-2")
    name = "trader-be-2" if wrong else "new"
    record = stage.admitting("trader-be", name, "agent", "BE", kinds=("Handoff",))
    return Said(record, ("trader-be-2",))


@case("key-seen", "who.party")
def _an_agent_that_another_organisation_revoked(stage: Stage, wrong: bool) -> Said:
    of = "trader-ae" if wrong else "trader-be"
    stage.admit_agent(of, "agent", "Handoff")
    country = stage.speaker(of).country
    stage.say(stage.revoking(of, "agent", "agent", country), of)
    record = stage.admitting("trader-be", "agent", "agent", "BE", kinds=("Handoff",))
    return Said(record, ("trader-be",))


@case("recovery-pending", "who")
def _an_agent_admitted_while_a_recovery_is_announced(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    if not wrong:
        stage.change_key("object", "trader-be")
    record = stage.admitting("trader-be", "agent", "agent", "BE", kinds=("Handoff",))
    return Said(record, ("trader-be",))


@case("stale-previous", "what.previous")
def _an_admission_that_misses_the_one_before(stage: Stage, wrong: bool) -> Said:
    more = {"previous": NO_HASH} if wrong else {}
    return Said(stage.admitting("governor-1", "trader-be", "cutter", "BE", **more), GOVERNORS[:1])


@case("stale-previous", "what.previous")
def _a_first_admission_that_names_one_before(stage: Stage, wrong: bool) -> Said:
    previous = WRONG_HASH if wrong else NO_HASH
    record = stage.admitting("governor-1", "new", "cutter", "BE", previous=previous)
    return Said(record, GOVERNORS[:1])


@case("stale-previous", "what.previous")
def _an_agent_admitted_again_from_the_start(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    more = {"previous": NO_HASH} if wrong else {}
    record = stage.admitting("trader-be", "agent", "agent", "BE", kinds=("Receipt",), **more)
    return Said(record, ("trader-be",))


@case("time-before", "scene.occurredAt")
def _an_admission_before_the_one_before(stage: Stage, wrong: bool) -> Said:
    moment = stage.moment(stage.party("trader-be").head_at - wrong)
    record = stage.admitting("governor-1", "trader-be", "cutter", "BE", moment)
    return Said(record, GOVERNORS[:1])


@case("time-ahead", "scene.occurredAt")
def _an_admission_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    moment = stage.moment(stage.now_s + MINUTES_5 + wrong)
    return Said(stage.admitting("governor-1", "new", "cutter", "BE", moment), GOVERNORS[:1])


@case("period", "scene.validUntil")
def _an_admission_valid_until_before_it_begins(stage: Stage, wrong: bool) -> Said:
    until = stage.now_s - wrong
    record = stage.admitting("governor-1", "new", "cutter", "BE", valid_until=until)
    return Said(record, GOVERNORS[:1])


@case("period", "scene.validUntil")
def _an_agent_valid_until_before_it_begins(stage: Stage, wrong: bool) -> Said:
    until = stage.now_s - wrong
    record = stage.admitting(
        "trader-be", "agent", "agent", "BE", kinds=("Receipt",), valid_until=until
    )
    return Said(record, ("trader-be",))


# Revocations.


@case("party-unknown", "who.party")
def _a_revocation_of_a_stranger(stage: Stage, wrong: bool) -> Said:
    name = "stranger" if wrong else "trader-be"
    return Said(stage.revoking("governor-1", name, "trader", "BE"), GOVERNORS[:1])


@case("party-unknown", "who.party")
def _a_revocation_of_an_agent_as_a_trader(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    role = "trader" if wrong else "agent"
    return Said(stage.revoking("governor-1", "agent", role, "BE"), GOVERNORS[:1])


@case("admits", "who.party")
def _a_revocation_of_the_agent_of_another(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae" if wrong else "trader-be", "agent", "Handoff")
    country = "AE" if wrong else "BE"
    return Said(stage.revoking("trader-be", "agent", "agent", country), ("trader-be",))


@case("admits", "who.party")
def _an_authority_revokes_the_agent_of_a_trader(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    by = "authority-be" if wrong else "governor-1"
    return Said(stage.revoking(by, "agent", "agent", "BE"), (by,))


@case("party-unknown", "who.party")
def _a_revocation_of_an_agent_that_never_was(stage: Stage, wrong: bool) -> Said:
    if not wrong:
        stage.admit_agent("trader-be", "agent", "Handoff")
    return Said(stage.revoking("trader-be", "agent", "agent", "BE"), ("trader-be",))


@case("party-unknown", "who.party")
def _a_revocation_of_a_party_as_an_agent(stage: Stage, wrong: bool) -> Said:
    role = "agent" if wrong else "trader"
    return Said(stage.revoking("governor-1", "trader-be", role, "BE"), GOVERNORS[:1])


@case("not-admitted", "what.role")
def _an_agent_revoked_twice(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    if wrong:
        stage.say(stage.revoking("trader-be", "agent", "agent", "BE"), "trader-be")
    return Said(stage.revoking("trader-be", "agent", "agent", "BE"), ("trader-be",))


@case("not-admitted", "what.role")
def _a_role_revoked_twice(stage: Stage, wrong: bool) -> Said:
    if wrong:
        stage.revoke("trader-be")
    return Said(stage.revoking("authority-be", "trader-be", "trader", "BE"), ("authority-be",))


@case("not-admitted", "what.role")
def _a_role_never_held(stage: Stage, wrong: bool) -> Said:
    role = "cutter" if wrong else "trader"
    return Said(stage.revoking("authority-be", "trader-be", role, "BE"), ("authority-be",))


@case("not-admitted", "what.role")
def _a_role_held_in_another_country(stage: Stage, wrong: bool) -> Said:
    country = "NL" if wrong else "BE"
    return Said(stage.revoking("authority-eu", "trader-be", "trader", country), ("authority-eu",))


@case("country", "scene.country")
def _an_authority_revokes_abroad(stage: Stage, wrong: bool) -> Said:
    by = "authority-in" if wrong else "authority-be"
    return Said(stage.revoking(by, "trader-be", "trader", "BE"), (by,))


@case("stale-previous", "what.previous")
def _a_revocation_of_a_party_whose_chain_went_on(stage: Stage, wrong: bool) -> Said:
    record = stage.revoking("governor-1", "trader-be", "trader", "BE")
    if wrong:
        stage.admit("trader-be", "cutter", "BE")
    return Said(record, GOVERNORS[:1])


@case("stale-previous", "what.previous")
def _a_revocation_of_an_agent_whose_chain_went_on(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    record = stage.revoking("trader-be", "agent", "agent", "BE")
    if wrong:
        stage.admit_agent("trader-be", "agent", "Handoff", "Receipt")
    return Said(record, ("trader-be",))


@case("time-before", "scene.occurredAt")
def _a_revocation_before_the_admission(stage: Stage, wrong: bool) -> Said:
    record = stage.revoking("governor-1", "trader-be", "trader", "BE")
    at = stage.party("trader-be").head_at - wrong
    return Said(altered(record, {"scene.occurred_at": at}), GOVERNORS[:1])


@case("time-before", "scene.occurredAt")
def _an_agent_revoked_before_its_admission(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    record = stage.revoking("trader-be", "agent", "agent", "BE")
    return Said(altered(record, {"scene.occurred_at": stage.now_s - wrong}), ("trader-be",))


@case("period", "what.compromisedSince")
def _a_party_compromised_after_its_revocation(stage: Stage, wrong: bool) -> Said:
    since = len(stage.log) + wrong
    record = stage.revoking("governor-1", "trader-be", "trader", "BE", compromised_since=since)
    return Said(record, GOVERNORS[:1])


@case("period", "what.compromisedSince")
def _an_agent_compromised_after_its_revocation(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    since = len(stage.log) + wrong
    record = stage.revoking("trader-be", "agent", "agent", "BE", compromised_since=since)
    return Said(record, ("trader-be",))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


# What these records change.


def test_a_second_admission_of_one_role_and_country_replaces_the_first() -> None:
    stage = new_stage()
    stage.admit("trader-be", valid_until=stage.now_s + WEEK)
    stage.admit("trader-be", "cutter", "BE")
    roles = [(role.role, role.country, role.valid_until) for role in stage.party("trader-be").roles]
    assert roles == [("cutter", "BE", 0), ("trader", "BE", stage.now_s + WEEK)]


def test_a_role_that_has_run_out_can_be_revoked() -> None:
    stage = new_stage()
    stage.admit("trader-be", valid_until=stage.now_s + 1)
    stage.later(WEEK)
    stage.revoke("trader-be", compromised_since=5)
    assert stage.party("trader-be").roles == ()
    assert stage.state.read(Suspicion, address_of("trader-be")) is not None


def test_an_agent_that_has_run_out_can_be_revoked() -> None:
    stage = new_stage()
    stage.admit_agent("trader-be", "agent", "Handoff", valid_until=stage.now_s + 1)
    stage.later(WEEK)
    stage.say(stage.revoking("trader-be", "agent", "agent", "BE"), "trader-be")
    agent = stage.state.read(Agent, address_of("agent"))
    assert agent is not None
    assert not agent.active


def test_an_agent_admitted_in_one_role_of_its_organisation_is_revoked_in_another() -> None:
    stage = new_stage()
    stage.admit("trader-be", "cutter", "BE")
    stage.admit_agent("trader-be", "agent", "Handoff")
    speaker = Speaker(address_of("trader-be"), "cutter", "BE")
    record = drafts.revocation(
        speaker, stage.moment(), address_of("agent"), "agent", "BE",
        previous=stage.head_of(address_of("agent")),
    )  # fmt: skip
    stage.check(record, "trader-be")


def test_the_earliest_index_of_suspicion_is_kept() -> None:
    stage = new_stage()
    for since, role in ((9, "trader"), (5, "cutter"), (7, "lab")):
        stage.admit("trader-be", role, "BE")
        stage.revoke("trader-be", role, "BE", compromised_since=since)
        if since == 5:
            index = len(stage.log) - 1
    suspicion = stage.state.read(Suspicion, address_of("trader-be"))
    assert suspicion is not None
    assert (suspicion.since, suspicion.index) == (5, index)


def test_of_two_revocations_from_one_index_on_the_first_is_kept() -> None:
    stage = new_stage()
    stage.revoke("trader-be", compromised_since=5)
    first = len(stage.log) - 1
    stage.admit("trader-be", "cutter", "BE")
    stage.revoke("trader-be", "cutter", "BE", compromised_since=5)
    suspicion = stage.state.read(Suspicion, address_of("trader-be"))
    assert suspicion is not None
    assert (suspicion.since, suspicion.index) == (5, first)


def test_revoking_an_authority_does_not_revoke_those_it_admitted() -> None:
    stage = new_stage()
    stage.say(stage.admitting("authority-be", "new", "trader", "BE"), "authority-be")
    stage.revoke("authority-be")
    assert stage.party("new").holds("trader", "BE", stage.now_ms)


def test_a_moment_is_no_part_of_who_may_speak() -> None:
    stage = new_stage()
    stage.admit("trader-be", valid_until=stage.now_s + 1)
    stage.later(WEEK)
    early = Moment(stage.now_s - WEEK, stage.salt)
    record = stage.admitting("trader-be", "agent", "agent", "BE", early, kinds=("Handoff",))
    refusal = stage.refusal_of(record, "trader-be")
    assert refusal is not None
    assert refusal.rule == "role"
