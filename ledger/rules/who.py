"""The group *who*, for every kind: known parties, signers, agents, governors, roles.

Write authority comes from signed records alone. Validity is judged by the entry's own time, never
by the time that an author claims (``docs/spec/signatures.md``).
"""

from __future__ import annotations

from typing import Final

from ledger.custody import Agent, Party
from ledger.rules.case import Case, refuse
from ledger.signing import signature_count
from ledger.values import Address, to_hex

# These need the party's key itself, as does any signature as governor.
KEY_ITSELF: Final = frozenset(("Charter", "Amendment", "Admission", "Revocation", "KeyChange"))
_FIELD: Final = "signatures"


def _is_key_of(case: Case, party: Party, signer: Address) -> bool:
    """Tell whether an address is a party's key in force."""
    return signer == party.key_at(case.now_ms)


def _may_sign_for(case: Case, party: Party, signer: Address) -> bool:
    """Tell whether an address is a party's key or one of its agents, in scope or not."""
    if _is_key_of(case, party, signer):
        return True
    agent = case.state.read(Agent, signer)
    return agent is not None and agent.organisation == party.address


def _check_signers_of(case: Case, *signing: tuple[Party, Address]) -> None:
    """Check who signed for whom: all of them by one rule, then by the next.

    Raises:
        Refused: ``signer`` or ``agent-scope``.

    """
    others = [pair for pair in signing if not _is_key_of(case, *pair)]
    for party, signer in others:
        if not _may_sign_for(case, party, signer):
            expected = "the current key, or an agent, of " + to_hex(party.address)
            raise refuse("signer", _FIELD, expected, signer)
    kind = case.record.KIND.name
    needs_key = kind in KEY_ITSELF or case.record.what.author_role == "governor"
    for _, signer in others:
        agent = case.state.read(Agent, signer)
        if needs_key or agent is None or not agent.may_sign(kind, case.now_ms):
            raise refuse("agent-scope", _FIELD, f"an agent that may sign {kind} now", signer)


def _check_pair(case: Case, first: Party, second: Party) -> None:
    """Check that two parties signed, one each, in whichever order their addresses put them."""
    one, other = case.signed.signers
    if not _may_sign_for(case, first, one):
        one, other = other, one
    _check_signers_of(case, (first, one), (second, other))


def _check_rotation(case: Case, author: Party) -> None:
    """Check that the key in force and the key that follows it signed."""
    one, other = case.signed.signers
    new_key = case.record.who.new_key
    if new_key not in (one, other):
        stranger = other if _may_sign_for(case, author, one) else one
        raise refuse("signer", _FIELD, "the old key and the new key", stranger)
    _check_signers_of(case, (author, one if other == new_key else other))


def _governors_needed(case: Case) -> int:
    everyone = case.record.operation == "override" and case.record.KIND.name == "KeyChange"
    return len(case.charter.governors) if everyone else case.charter.threshold


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _check_governors(case: Case) -> None:
    """Check that exactly the governors needed signed, with their current keys.

    Raises:
        Refused: ``governors``.

    """
    keys = {}
    for governor in case.charter.governors:
        party = case.party(governor)
        if party is not None:
            keys[party.key_at(case.now_ms)] = governor
    needed, signers = _governors_needed(case), case.signed.signers
    signed_by = {keys[signer] for signer in signers if signer in keys}
    if len(signers) != needed or len(signed_by) != needed:
        came = f"{_count(len(signed_by), 'governor')} among {_count(len(signers), 'signer')}"
        raise refuse("governors", _FIELD, f"exactly {_count(needed, 'governor')}", came)
    if case.record.author not in signed_by:
        raise refuse("governors", "who.author", "one of the governors that signed", "another")


def _check_signers(case: Case, author: Party) -> None:
    record = case.record
    said = (record.KIND.name, record.operation)
    if signature_count(record) is None:
        _check_governors(case)
    elif said == ("KeyChange", "rotate"):
        _check_rotation(case, author)
    elif said == ("Receipt", "acceptShort"):
        sender = case.known_party(record.who.sender, "who.sender")
        _check_pair(case, author, sender)
    else:
        _check_signers_of(case, (author, case.signed.signers[0]))


def _check_role(case: Case, author: Party) -> None:
    record = case.record
    role, country = record.what.author_role, record.scene.author_country
    if role == "governor":
        holds = case.is_governor(author.address)
    else:
        holds = author.holds(role, country, case.now_ms)
    if not holds:
        place = f" in {country}" if country else ""
        raise refuse("role", "what.authorRole", f"a role in force{place}", role)
    allowed = record.KIND.roles
    operation = record.operation
    if role not in allowed.get(operation, allowed.get("", ())):
        what = f"{record.KIND.name} {operation}".strip()
        raise refuse("role-for-kind", "what.authorRole", f"a role that may author {what}", role)


def check_who(case: Case, *named: tuple[str, Address]) -> Party:
    """Check author, parties named, signers and role; the start of the group *who*.

    Args:
        case: the record before the rules.
        named: (field, address) of each party named that must be one.

    Returns:
        The author.

    Raises:
        Refused: ``party-unknown``, ``signer``, ``agent-scope``, ``governors``, ``role`` or
            ``role-for-kind``.

    """
    author = case.author
    for field, address in named:
        case.known_party(address, field)
    _check_signers(case, author)
    _check_role(case, author)
    return author


def check_not_recovering(case: Case, party: Party) -> None:
    """Check that no recovery is announced for a party.

    Raises:
        Refused: ``recovery-pending``.

    """
    if party.is_recovering(case.now_ms):
        until = party.next_key_from_ms // 1000
        expected = f"no announced recovery (one takes effect at {until})"
        raise refuse("recovery-pending", "who", expected, party.address)
