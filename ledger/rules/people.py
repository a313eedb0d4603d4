"""Rules of Charter, Amendment, Admission, Revocation and KeyChange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ledger.checkpoint import VerifierKey
from ledger.custody import (
    NOBODY,
    Admitted,
    Agent,
    Changes,
    CharterInForce,
    Claim,
    Item,
    Party,
    Suspicion,
)
from ledger.errors import AdamantError
from ledger.records import Admission, Amendment, Charter, KeyChange, Revocation
from ledger.rules.case import Case, refuse
from ledger.rules.who import check_not_recovering, check_who
from ledger.values import EU, NO_HASH, Address, Milliseconds, is_within

KNOWN_RULES_VERSIONS = (1,)


def _check_period_end(case: Case, valid_until: int) -> None:
    if valid_until and valid_until < case.record.scene.occurred_at:
        raise refuse("period", "scene.validUntil", "0, or at least occurredAt", valid_until)


def _check_charter_values(record: Charter | Amendment, origin: str) -> None:
    """Check that charter values agree with each other.

    Raises:
        Refused: ``charter-values``.

    """
    what, amounts = record.what, record.amounts
    if amounts.threshold > len(record.who.governors):
        expected = f"at most {len(record.who.governors)}, the number of governors"
        raise refuse("charter-values", "amounts.threshold", expected, amounts.threshold)
    if what.rules_version not in KNOWN_RULES_VERSIONS:
        expected = f"one of {KNOWN_RULES_VERSIONS}"
        raise refuse("charter-values", "what.rulesVersion", expected, what.rules_version)
    for number, text in enumerate(what.checkpoint_keys):
        field = f"what.checkpointKeys.{number}"
        try:
            name = VerifierKey.parse(text).name
        except AdamantError:
            raise refuse("charter-values", field, "a C2SP verifier key", "another text") from None
        if name != origin:
            raise refuse("charter-values", field, "a key named by the origin", "another name")


def _charter_in_force(case: Case, record: Charter | Amendment, origin: str) -> CharterInForce:
    what, amounts = record.what, record.amounts
    before = case.state.read(CharterInForce, b"")
    return CharterInForce(
        ledger_id=before.ledger_id if before else case.signed.record_id,
        origin=origin,
        mode=what.mode,
        mirror=what.mirror,
        rules_version=what.rules_version,
        checkpoint_keys=what.checkpoint_keys,
        anchor_key=what.anchor_key,
        governors=record.who.governors,
        threshold=amounts.threshold,
        tolerance_millicarats=amounts.tolerance_millicarats,
        tolerance_parts_per_million=amounts.tolerance_parts_per_million,
        recovery_delay_seconds=amounts.recovery_delay_seconds,
        tables=what.tables,
        table_hashes=what.table_hashes,
        head=case.signed.record_id,
        head_at=record.scene.occurred_at,
    )


def _seat_governors(case: Case, governors: Iterable[Address]) -> list[Item]:
    """Make parties of the governors that are none yet.

    Raises:
        Refused: ``key-seen``.

    """
    items: list[Item] = []
    for governor in governors:
        claim = case.state.read(Claim, governor)
        if claim is None:
            items += [Party(governor, governor), Claim(governor, "party", governor)]
        elif claim.sort != "party":
            raise refuse("key-seen", "who.governors", "a party or a fresh address", governor)
    return items


def check_charter(case: Case, record: Charter) -> Changes:
    """Check the Charter at index 0, and found the ledger."""
    governors = record.who.governors
    if case.signed.signers != governors:
        raise refuse("governors", "signatures", "every governor", f"{len(case.signed.signers)}")
    if record.author != governors[0]:
        raise refuse("governors", "who.author", "the lowest governor", record.author)
    if record.what.author_role != "governor":
        raise refuse("role", "what.authorRole", "governor", record.what.author_role)
    _check_charter_values(record, record.what.origin)
    predecessor = (record.what.predecessor, record.what.predecessor_root)
    size = record.amounts.predecessor_size
    if len({predecessor[0] == NO_HASH, predecessor[1] == NO_HASH, size == 0}) > 1:
        expected = "id, root and size of a predecessor, or none of them"
        raise refuse("charter-values", "what.predecessor", expected, "some of them")
    case.check_time(())
    items = _seat_governors(case, governors)
    return Changes((_charter_in_force(case, record, record.what.origin), *items))


def check_amendment(case: Case, record: Amendment) -> Changes:
    """Check an Amendment, and put its values in force from the next entry on."""
    check_who(case)
    charter = case.charter
    _check_charter_values(record, charter.origin)
    if charter.mode == "trade" and record.what.mode == "open":
        raise refuse("charter-values", "what.mode", "trade, since it was trade", "open")
    items = _seat_governors(case, record.who.governors)
    case.check_head("what.previous", record.what.previous, charter.head)
    case.check_time((charter.head_at,))
    return Changes((_charter_in_force(case, record, charter.origin), *items))


def _check_country(record: Admission | Revocation) -> None:
    """Check that a role other than agent is given or ended where its author may.

    Raises:
        Refused: ``country``.

    """
    country, own = record.scene.country, record.scene.author_country
    if country == EU and record.what.role != "authority":
        raise refuse("country", "scene.country", "a country, for any role but authority", country)
    if record.what.author_role == "authority" and not is_within(country, own):
        raise refuse("country", "scene.country", f"a country within {own}", country)


def check_admission(case: Case, record: Admission) -> Changes:
    """Check an Admission, and give or renew the role."""
    author = check_who(case)
    if record.what.role == "agent":
        return _admit_agent(case, record, author)
    _check_country(record)
    claim = case.state.read(Claim, record.who.party)
    if claim is not None and claim.sort != "party":
        raise refuse("key-seen", "who.party", "a party or a fresh address", record.who.party)
    party = case.party(record.who.party) or Party(record.who.party, record.who.party)
    case.check_head("what.previous", record.what.previous, party.head)
    case.check_time((party.head_at,))
    _check_period_end(case, record.scene.valid_until)
    role = Admitted(
        record.what.role, record.scene.country, record.scene.valid_until, author.address
    )
    admitted = replace(
        party.with_role(role), head=case.signed.record_id, head_at=record.scene.occurred_at
    )
    fresh = () if claim else (Claim(party.address, "party", party.address),)
    return Changes((admitted, *fresh))


def _admit_agent(case: Case, record: Admission, author: Party) -> Changes:
    if record.scene.country != record.scene.author_country:
        expected = "the organisation's own country"
        raise refuse("country", "scene.country", expected, record.scene.country)
    agent = case.state.read(Agent, record.who.party)
    claim = case.state.read(Claim, record.who.party)
    if claim is not None and (agent is None or agent.organisation != author.address):
        raise refuse("key-seen", "who.party", "a fresh address", record.who.party)
    check_not_recovering(case, author)
    head, head_at = (agent.head, agent.head_at) if agent else (NO_HASH, 0)
    case.check_head("what.previous", record.what.previous, head)
    case.check_time((head_at,))
    _check_period_end(case, record.scene.valid_until)
    admitted = Agent(
        address=record.who.party,
        organisation=author.address,
        country=record.scene.country,
        kinds=record.what.kinds,
        valid_until=record.scene.valid_until,
        active=True,
        head=case.signed.record_id,
        head_at=record.scene.occurred_at,
    )
    fresh = () if claim else (Claim(admitted.address, "agent", author.address),)
    return Changes((admitted, *fresh))


def check_revocation(case: Case, record: Revocation) -> Changes:
    """Check a Revocation, and end the role from its own index on."""
    if record.what.role == "agent":
        return _revoke_agent(case, record)
    check_who(case, ("who.party", record.who.party))
    _check_country(record)
    party = case.known_party(record.who.party, "who.party")
    role, country = record.what.role, record.scene.country
    # A role that has run out can still be ended: `compromisedSince` may be needed then too.
    if (role, country) not in {(held.role, held.country) for held in party.roles}:
        raise refuse("not-admitted", "what.role", f"a role held in {country}", role)
    case.check_head("what.previous", record.what.previous, party.head)
    case.check_time((party.head_at,))
    _check_compromised(case, record)
    revoked = replace(
        party.without_role(role, country),
        head=case.signed.record_id,
        head_at=record.scene.occurred_at,
    )
    return Changes((revoked, *_suspect(case, record)))


def _revoke_agent(case: Case, record: Revocation) -> Changes:
    author, agent = case.author, case.state.read(Agent, record.who.party)
    if agent is None:
        raise refuse("party-unknown", "who.party", "an agent of this ledger", record.who.party)
    check_who(case)
    by_governor = record.what.author_role == "governor"
    if not by_governor and agent.organisation != author.address:
        raise refuse("admits", "who.party", "an agent of the author", record.who.party)
    if not agent.active or record.scene.country != agent.country:
        expected = f"an agent admitted in {record.scene.country}"
        raise refuse("not-admitted", "what.role", expected, "agent")
    case.check_head("what.previous", record.what.previous, agent.head)
    case.check_time((agent.head_at,))
    _check_compromised(case, record)
    ended = replace(
        agent, active=False, head=case.signed.record_id, head_at=record.scene.occurred_at
    )
    return Changes((ended, *_suspect(case, record)))


def _check_compromised(case: Case, record: Revocation) -> None:
    since = record.what.compromised_since
    if since > case.index:
        raise refuse("period", "what.compromisedSince", f"at most {case.index}", since)


def _suspect(case: Case, record: Revocation) -> tuple[Item, ...]:
    since = record.what.compromised_since
    if not since:
        return ()
    known = case.state.read(Suspicion, record.who.party)
    # Findings are named after the Revocation that goes back furthest: a later one that says less
    # must not rename those that were answered already.
    if known is not None and known.since <= since:
        return ()
    return (Suspicion(record.who.party, since, case.index),)


def check_key_change(case: Case, record: KeyChange) -> Changes:
    """Check a KeyChange, and change, announce or object."""
    check_who(case, ("who.party", record.who.party))
    party = case.known_party(record.who.party, "who.party")
    operation, new_key = record.what.operation, record.who.new_key
    # An override may name again the key whose announcement was objected to: a thief's objection
    # must not cost the owner that key.
    named_again = operation == "override" and new_key == party.objected_key
    if operation != "object" and not named_again and case.state.read(Claim, new_key) is not None:
        raise refuse("key-seen", "who.newKey", "a fresh address", new_key)
    _check_recovery(case, party, operation)
    if operation in ("rotate", "object") and record.who.party != record.author:
        raise refuse("party", "who.party", "the author", record.who.party)
    case.check_head("what.previous", record.what.previous, party.head)
    case.check_time((party.head_at,))
    changed = _with_key(case, party, operation, new_key)
    claim = () if operation == "object" else (Claim(new_key, "key", party.address),)
    return Changes(
        (
            replace(changed, head=case.signed.record_id, head_at=record.scene.occurred_at),
            *claim,
        )
    )


def _check_recovery(case: Case, party: Party, operation: str) -> None:
    pending = party.is_recovering(case.now_ms)
    if operation in ("rotate", "recover"):
        check_not_recovering(case, party)
    if operation == "object" and not pending:
        raise refuse("recovery-none", "what.operation", "an announced recovery", operation)
    if operation == "override" and not party.objected:
        raise refuse("recovery-none", "what.operation", "an objection before it", operation)
    if operation == "recover" and party.objected:
        expected = "an override by all governors, since the party objected"
        raise refuse("recovery-objected", "what.operation", expected, operation)


def _with_key(case: Case, party: Party, operation: str, new_key: Address) -> Party:
    settled = replace(
        party,
        signing_key=party.key_at(case.now_ms),
        next_key=NOBODY,
        next_key_from_ms=0,
    )
    if operation == "object":
        return replace(settled, objected=True, objected_key=party.next_key)
    if operation == "recover":
        delay_ms = case.charter.recovery_delay_seconds * 1000
        return replace(
            settled, next_key=new_key, next_key_from_ms=Milliseconds(case.now_ms + delay_ms)
        )
    # A rotation keeps the key objected to: a thief's rotation must not cost the owner that key.
    kept = settled.objected_key if operation == "rotate" else NOBODY
    return replace(settled, signing_key=new_key, objected_key=kept)
