"""Who may speak: known parties, signers, agents, governors, roles."""

from __future__ import annotations

import pytest

from ledger import drafts
from ledger.drafts import Speaker
from ledger.signing import sign_record
from ledger.values import Address, Hash32, to_hex
from tests.ledger.rules.cases import Case, Cases, Said, Stage, altered, name_of, new_stage
from tests.world import WEEK, address_of, secret_of

case = Cases()
NOBODY_KNOWN = Address(b"\x07" * 20)
KINDS = ("Handoff", "Receipt", "Withdrawal")


def handoff(stage: Stage, by: str = "trader-be") -> Said:
    """Return a Handoff that is right in every way."""
    return Said(stage.offering(stage.give(by), by, "trader-ae"), (by,))


# Parties that must be known.


@case("party-unknown", "who.author")
def _the_author_was_never_admitted(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    author = address_of("stranger") if wrong else said.record.author
    return Said(altered(said.record, {"who.author": author}), said.signers)


@case("party-unknown", "who.author")
def _the_author_is_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", *KINDS)
    said = handoff(stage)
    author = address_of("agent") if wrong else said.record.author
    return Said(altered(said.record, {"who.author": author}), ("agent",))


@case("party-unknown", "who.author")
def _the_author_is_named_by_a_rotated_key(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    stage.change_key("rotate", "trader-be", "trader-be-2")
    author = address_of("trader-be-2") if wrong else said.record.author
    return Said(altered(said.record, {"who.author": author}), ("trader-be-2",))


@case("party-unknown", "who.recipient")
def _the_recipient_was_never_admitted(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    recipient = address_of("stranger" if wrong else "trader-ae")
    return Said(altered(said.record, {"who.recipient": recipient}), said.signers)


@case("party-unknown", "who.recipient")
def _the_recipient_is_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae", "agent", *KINDS)
    said = handoff(stage)
    recipient = address_of("agent" if wrong else "trader-ae")
    return Said(altered(said.record, {"who.recipient": recipient}), said.signers)


@case("party-unknown", "who.sender")
def _the_sender_was_never_admitted(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    record = stage.answer(parcel, "trader-ae")
    sender = address_of("stranger" if wrong else "trader-be")
    return Said(altered(record, {"who.sender": sender}), ("trader-ae",))


@case("party-unknown", "who.sender")
def _the_second_signer_of_a_short_receipt_was_never_admitted(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-be")
    stage.offer(parcel, "trader-be", "trader-ae")
    record = stage.answer(parcel, "trader-ae", "acceptShort", weight_millicarats=9_000)
    sender = "stranger" if wrong else "trader-be"
    return Said(altered(record, {"who.sender": address_of(sender)}), ("trader-ae", sender))


# Who signs for a party.


@case("signer", "signatures")
def _a_stranger_signs(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    return Said(said.record, ("stranger" if wrong else "trader-be",))


@case("signer", "signatures")
def _another_party_signs(stage: Stage, wrong: bool) -> Said:
    return Said(handoff(stage).record, ("trader-ae" if wrong else "trader-be",))


@case("signer", "signatures")
def _an_agent_of_another_party_signs(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae" if wrong else "trader-be", "agent", *KINDS)
    return Said(handoff(stage).record, ("agent",))


@case("signer", "signatures")
def _the_old_key_signs_after_a_rotation(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    stage.change_key("rotate", "trader-be", "trader-be-2")
    return Said(said.record, ("trader-be" if wrong else "trader-be-2",))


@case("signer", "signatures")
def _the_first_key_signs_after_two_rotations(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    stage.change_key("rotate", "trader-be", "trader-be-2")
    stage.change_key("rotate", "trader-be", "trader-be-3", ("trader-be-2", "trader-be-3"))
    return Said(said.record, ("trader-be-2" if wrong else "trader-be-3",))


@case("signer", "signatures")
def _the_announced_key_signs_a_millisecond_early(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-ae")
    stage.offer(parcel, "trader-ae", "trader-be")
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK - wrong)
    stage.rest_ms = 999 if wrong else 0
    return Said(stage.answer(parcel, "trader-be"), ("trader-be-2",))


@case("signer", "signatures")
def _the_old_key_signs_when_the_recovery_takes_effect(stage: Stage, wrong: bool) -> Said:
    parcel = stage.give("trader-ae")
    stage.offer(parcel, "trader-ae", "trader-be")
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.later(WEEK - (not wrong))
    stage.rest_ms = 0 if wrong else 999
    return Said(stage.answer(parcel, "trader-be"), ("trader-be",))


@case("signer", "signatures")
def _the_announced_key_signs_after_an_objection(stage: Stage, wrong: bool) -> Said:
    said = handoff(stage)
    stage.change_key("recover", "trader-be", "trader-be-2")
    stage.change_key("object", "trader-be")
    stage.later(2 * WEEK)
    return Said(said.record, ("trader-be-2" if wrong else "trader-be",))


@case("signer", "signatures")
def _a_rotation_without_the_new_key(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("trader-be", "rotate", "trader-be", "trader-be-2")
    return Said(record, ("trader-be", "stranger" if wrong else "trader-be-2"))


@case("signer", "signatures")
def _a_rotation_without_the_old_key(stage: Stage, wrong: bool) -> Said:
    record = stage.changing_key("trader-be", "rotate", "trader-be", "trader-be-2")
    return Said(record, ("stranger" if wrong else "trader-be", "trader-be-2"))


@case("signer", "signatures")
def _an_objection_by_the_announced_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("recover", "trader-be", "trader-be-2")
    record = stage.changing_key("trader-be", "object", "trader-be")
    return Said(record, ("trader-be-2" if wrong else "trader-be",))


def short(stage: Stage, sender: str, recipient: str) -> Said:
    """Return a short Receipt that both sides sign."""
    parcel = stage.give(sender)
    stage.offer(parcel, sender, recipient)
    record = stage.answer(parcel, recipient, "acceptShort", weight_millicarats=9_000)
    return Said(record, (recipient, sender))


@case("signer", "signatures")
def _a_short_receipt_not_signed_by_the_sender(stage: Stage, wrong: bool) -> Said:
    said = short(stage, "trader-be", "trader-ae")
    return Said(said.record, ("trader-ae", "stranger" if wrong else "trader-be"))


@case("signer", "signatures")
def _a_short_receipt_not_signed_by_the_recipient(stage: Stage, wrong: bool) -> Said:
    said = short(stage, "trader-be", "trader-ae")
    return Said(said.record, ("stranger" if wrong else "trader-ae", "trader-be"))


@case("signer", "signatures")
def _a_short_receipt_signed_twice_by_the_recipient(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae" if wrong else "trader-be", "agent", "Receipt")
    return Said(short(stage, "trader-be", "trader-ae").record, ("trader-ae", "agent"))


@case("signer", "signatures")
def _a_stranger_beside_an_agent_out_of_scope(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae", "agent", "Handoff" if wrong else "Receipt")
    said = short(stage, "trader-be", "trader-ae")
    return Said(said.record, ("agent", "stranger" if wrong else "trader-be"))


# Agents.


@case("agent-scope", "signatures")
def _an_agent_for_other_kinds(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Receipt" if wrong else "Handoff")
    return Said(handoff(stage).record, ("agent",))


@case("agent-scope", "signatures")
def _an_agent_a_millisecond_after_its_last_second(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff", valid_until=stage.now_s + 10)
    said = handoff(stage)
    stage.later(10 + wrong)
    stage.rest_ms = 0 if wrong else 999
    return Said(said.record, ("agent",))


@case("agent-scope", "signatures")
def _an_agent_that_was_revoked(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    if wrong:
        stage.say(stage.revoking("trader-be", "agent", "agent", "BE"), "trader-be")
    return Said(handoff(stage).record, ("agent",))


@case("agent-scope", "signatures")
def _an_agent_admitted_again_for_fewer_kinds(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    stage.admit_agent("trader-be", "agent", *(("Receipt",) if wrong else ("Handoff", "Receipt")))
    return Said(handoff(stage).record, ("agent",))


@case("agent-scope", "signatures")
def _an_agent_admits_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff", "Report")
    record = stage.admitting("trader-be", "agent-2", "agent", "BE", kinds=("Handoff",))
    return Said(record, ("agent" if wrong else "trader-be",))


@case("agent-scope", "signatures")
def _an_agent_rotates_the_key(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    record = stage.changing_key("trader-be", "rotate", "trader-be", "trader-be-2")
    return Said(record, ("agent" if wrong else "trader-be", "trader-be-2"))


@case("agent-scope", "signatures")
def _an_agent_objects_to_a_recovery(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    stage.change_key("recover", "trader-be", "trader-be-2")
    record = stage.changing_key("trader-be", "object", "trader-be")
    return Said(record, ("agent" if wrong else "trader-be",))


@case("agent-scope", "signatures")
def _an_agent_speaks_in_the_role_governor(stage: Stage, wrong: bool) -> Said:
    stage.admit("governor-1", "trader", "BE")
    speaker = Speaker(address_of("governor-1"), "trader", "BE")
    agent = drafts.admission(
        speaker, stage.moment(), address_of("agent"), "agent", "BE", kinds=("Report",)
    )
    stage.say(agent, "governor-1")
    parcel = stage.give("trader-be")
    if wrong:
        speaker = stage.speaker("governor-1")
    state = stage.parcel(parcel).head
    return Said(drafts.report(speaker, stage.moment(), "dispute", parcel, state=state), ("agent",))


@case("agent-scope", "signatures")
def _an_agent_out_of_scope_signs_for_the_sender(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff" if wrong else "Receipt")
    return Said(short(stage, "trader-be", "trader-ae").record, ("trader-ae", "agent"))


@case("agent-scope", "signatures")
def _an_agent_out_of_scope_signs_for_the_recipient(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-ae", "agent", "Handoff" if wrong else "Receipt")
    return Said(short(stage, "trader-be", "trader-ae").record, ("agent", "trader-be"))


# The cases, and what no case shows.


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


def test_a_record_signed_for_another_ledger_is_refused_as_signed_by_a_stranger() -> None:
    stage = new_stage()
    record = handoff(stage).record
    envelope = sign_record(record, Hash32(b"\x01" * 32), [secret_of("trader-be")])
    signed = stage.read(envelope)
    assert signed.signers != (address_of("trader-be"),)
    assert stage.refusal_of_signed(signed) == ("signer", "signatures")


@pytest.mark.parametrize("pair", [("trader-be", "trader-ae"), ("trader-ae", "trader-be")])
@pytest.mark.parametrize("agents", [(), ("sender",), ("recipient",), ("sender", "recipient")])
def test_a_short_receipt_is_signed_by_both_sides_in_either_order_of_addresses(
    pair: tuple[str, str], agents: tuple[str, ...]
) -> None:
    sender, recipient = pair
    stage, signers = new_stage(), []
    for side, party in (("sender", sender), ("recipient", recipient)):
        if side in agents:
            stage.admit_agent(party, f"agent of {party}", "Receipt")
        signers.append(f"agent of {party}" if side in agents else party)
    stage.check(short(stage, sender, recipient).record, *signers)


@pytest.mark.parametrize("stranger", [f"stranger {n}" for n in range(6)])
def test_a_rotation_needs_the_new_key_in_either_order_of_addresses(stranger: str) -> None:
    stage = new_stage()
    record = stage.changing_key("trader-be", "rotate", "trader-be", "fresh")
    refusal = stage.refusal_of(record, "trader-be", stranger)
    assert refusal is not None
    assert (refusal.rule, refusal.came) == ("signer", to_hex(address_of(stranger)))


def test_both_orders_of_addresses_stand_among_these() -> None:
    strangers = [address_of(f"stranger {n}") for n in range(6)]
    assert len({stranger < address_of("trader-be") for stranger in strangers}) == 2


def test_an_unknown_address_is_named_in_the_refusal() -> None:
    stage = new_stage()
    record = altered(handoff(stage).record, {"who.recipient": NOBODY_KNOWN})
    refusal = stage.refusal_of(record, "trader-be")
    assert refusal is not None
    assert refusal.came == "0x" + NOBODY_KNOWN.hex()
