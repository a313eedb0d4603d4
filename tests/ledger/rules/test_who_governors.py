"""Who may speak: governors together, and parties in their roles."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.drafts import Speaker
from ledger.values import Address, Hash32
from tests.ledger.rules.cases import Case, Cases, Said, Stage, altered, name_of, new_stage
from tests.world import GOVERNORS, WEEK, address_of

case = Cases()
NOBODY_KNOWN = Address(b"\x07" * 20)
KINDS = ("Handoff", "Receipt", "Withdrawal")


def handoff(stage: Stage, by: str = "trader-be") -> Said:
    """Return a Handoff that is right in every way."""
    return Said(stage.offering(stage.give(by), by, "trader-ae"), (by,))


# Governors.


def authority(stage: Stage) -> Said:
    """Return the Admission of an authority."""
    return Said(stage.admitting("governor-1", "new", "authority", "ZA"), GOVERNORS[:2])


@case("governors", "signatures")
def _one_governor_too_few(stage: Stage, wrong: bool) -> Said:
    return Said(authority(stage).record, GOVERNORS[:1] if wrong else GOVERNORS[:2])


@case("governors", "signatures")
def _one_governor_too_many(stage: Stage, wrong: bool) -> Said:
    return Said(authority(stage).record, GOVERNORS if wrong else GOVERNORS[:2])


@case("governors", "signatures")
def _another_party_among_the_governors(stage: Stage, wrong: bool) -> Said:
    other = "trader-be" if wrong else "governor-3"
    return Said(authority(stage).record, ("governor-1", other))


@case("governors", "who.author")
def _the_author_is_not_among_the_governors_that_sign(stage: Stage, wrong: bool) -> Said:
    return Said(authority(stage).record, GOVERNORS[1:] if wrong else GOVERNORS[:2])


@case("governors", "signatures")
def _the_old_key_of_a_governor(stage: Stage, wrong: bool) -> Said:
    stage.change_key("rotate", "governor-2", "governor-2-new")
    return Said(authority(stage).record, ("governor-1", f"governor-2{'' if wrong else '-new'}"))


@case("governors", "signatures")
def _a_governor_that_an_amendment_left_out(stage: Stage, wrong: bool) -> Said:
    charter = stage.charter()
    names = GOVERNORS[:2] if wrong else GOVERNORS
    constitution = drafts.Constitution(
        tuple(address_of(name) for name in names), 2, charter.checkpoint_keys
    )
    record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
    stage.say(record, *GOVERNORS[:2])
    return Said(authority(stage).record, ("governor-1", "governor-3"))


@case("governors", "signatures")
def _the_agent_of_a_governor(stage: Stage, wrong: bool) -> Said:
    stage.admit("governor-2", "trader", "BE")
    speaker = Speaker(address_of("governor-2"), "trader", "BE")
    agent = drafts.admission(
        speaker, stage.moment(), address_of("agent"), "agent", "BE", kinds=("Report",)
    )
    stage.say(agent, "governor-2")
    record = stage.report_on(frozen(stage), "governor-1", "release")
    return Said(record, ("governor-1", "agent" if wrong else "governor-2"))


def frozen(stage: Stage) -> Hash32:
    """Return a parcel that was reported stolen."""
    parcel = stage.give("trader-be")
    stage.say(stage.report_on(parcel, "trader-be", "theft"), "trader-be")
    return parcel


@case("governors", "signatures")
def _a_release_by_one_governor(stage: Stage, wrong: bool) -> Said:
    record = stage.report_on(frozen(stage), "governor-1", "release")
    return Said(record, GOVERNORS[: 1 if wrong else 2])


@case("governors", "signatures")
def _a_recovery_by_all_governors(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("governor-1", "recover", "trader-be", "trader-be-2")
    return Said(record, GOVERNORS[: 3 if wrong else 2])


@case("governors", "signatures")
def _an_override_by_k_governors(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    record = stage.changing_key("governor-1", "override", "trader-be", "trader-be-3")
    return Said(record, GOVERNORS[: 2 if wrong else 3])


@case("governors", "signatures")
def _an_authority_revoked_by_one_governor(stage: Stage, wrong: bool) -> Said:
    record = stage.revoking("governor-1", "authority-be", "authority", "BE")
    return Said(record, GOVERNORS[: 1 if wrong else 2])


@case("governors", "signatures")
def _an_auditor_admitted_by_one_governor(stage: Stage, wrong: bool) -> Said:
    record = stage.admitting("governor-1", "new", "auditor", "ZA")
    return Said(record, GOVERNORS[: 1 if wrong else 2])


# Roles.


@case("role", "what.authorRole")
def _a_role_a_millisecond_after_its_last_second(stage: Stage, wrong: bool) -> Said:
    stage.admit("trader-be", valid_until=stage.now_s + 10)
    said = handoff(stage)
    stage.later(10 + wrong)
    stage.rest_ms = 0 if wrong else 999
    return said


@case("role", "what.authorRole")
def _a_role_that_was_revoked(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    if wrong:
        stage.revoke("trader-be")
    return said


@case("role", "what.authorRole")
def _a_role_that_was_revoked_and_not_given_again(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    stage.revoke("trader-be")
    if not wrong:
        stage.admit("trader-be")
    return said


@case("role", "what.authorRole")
def _a_role_in_another_country(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    return Said(
        altered(said.record, {"scene.author_country": "AE" if wrong else "BE"}), ("trader-be",)
    )


@case("role", "what.authorRole")
def _a_role_that_another_holds(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    return Said(
        altered(said.record, {"what.author_role": "jeweller" if wrong else "trader"}),
        ("trader-be",),
    )


@case("role", "what.authorRole")
def _an_authority_of_the_eu_that_names_one_country(stage: Stage, wrong: bool) -> Said:
    record = stage.admitting("authority-eu", "new", "trader", "FR")
    country = "FR" if wrong else "EU"
    return Said(altered(record, {"scene.author_country": country}), ("authority-eu",))


@case("role", "what.authorRole")
def _a_governor_that_is_none_any_more(stage: Stage, wrong: bool) -> Said:
    if wrong:
        charter = stage.charter()
        constitution = drafts.Constitution(
            tuple(address_of(name) for name in GOVERNORS[1:]), 2, charter.checkpoint_keys
        )
        record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
        stage.say(record, *GOVERNORS[:2])
    return Said(stage.admitting("governor-1", "new", "trader", "ZA"), ("governor-1",))


@case("role-for-kind", "what.authorRole")
def _an_auditor_hands_goods_over(stage: Stage, wrong: bool) -> Said:
    stage.admit("trader-be", "auditor", "BE")
    said = handoff(stage)
    return Said(
        altered(said.record, {"what.author_role": "auditor" if wrong else "trader"}), ("trader-be",)
    )


@case("role-for-kind", "what.authorRole")
def _a_trader_reports_a_seizure(stage: Stage, wrong: bool) -> Said:
    stage.admit("authority-be", "trader", "BE")
    parcel = stage.polished("jeweller-fr")
    stage.hand_over(parcel, "jeweller-fr", "trader-be")
    record = stage.report_on(parcel, "authority-be", "seizure")
    return Said(
        altered(record, {"what.author_role": "trader" if wrong else "authority"}), ("authority-be",)
    )


@case("role-for-kind", "what.authorRole")
def _a_trader_admits_a_trader(stage: Stage, wrong: bool) -> Said:
    record = stage.admitting("trader-be" if wrong else "authority-be", "new", "trader", "BE")
    return Said(record, ("trader-be" if wrong else "authority-be",))


@case("role-for-kind", "what.authorRole")
def _an_authority_admits_an_authority(stage: Stage, wrong: bool) -> Said:
    record = stage.admitting("authority-be", "new", "authority" if wrong else "auditor", "BE")
    return Said(record, ("authority-be",))


@case("role-for-kind", "what.authorRole")
def _a_governor_admits_an_agent(stage: Stage, wrong: bool) -> Said:
    by = "governor-1" if wrong else "authority-be"
    return Said(stage.admitting(by, "new", "agent", "BE", kinds=("Site",)), (by,))


@case("role-for-kind", "what.authorRole")
def _a_trader_revokes_a_trader(stage: Stage, wrong: bool) -> Said:
    by = "trader-be" if wrong else "authority-be"
    return Said(stage.revoking(by, "trader-be", "trader", "BE"), (by,))


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


def test_the_rotated_key_of_a_governor_governs() -> None:
    stage = new_stage()
    stage.change_key("rotate", "governor-1", "governor-1-new")
    stage.check(authority(stage).record, "governor-1-new", "governor-2")


def test_a_governor_whose_recovery_is_in_effect_signs_with_the_recovered_key() -> None:
    stage = new_stage()
    stage.change_key("recover", "governor-3", "governor-3-new", GOVERNORS[:2])
    stage.later(WEEK)
    stage.check(authority(stage).record, "governor-1", "governor-3-new")
    refusal = stage.refusal_of(authority(stage).record, "governor-1", "governor-3")
    assert refusal is not None
    assert refusal.rule == "governors"


def test_an_amendment_changes_how_many_governors_sign_from_the_next_entry_on() -> None:
    stage = new_stage()
    charter = stage.charter()
    constitution = drafts.Constitution(charter.governors, 3, charter.checkpoint_keys)
    record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
    stage.say(record, *GOVERNORS[:2])
    stage.check(authority(stage).record, *GOVERNORS)
    refusal = stage.refusal_of(authority(stage).record, *GOVERNORS[:2])
    assert refusal is not None
    assert refusal.rule == "governors"
