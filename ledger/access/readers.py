"""Readers: whoever asks, and what signed records say of them at the time of asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ledger.custody import NOBODY, Agent, Claim, Party, State, charter_of
from ledger.values import Address, is_within


@dataclass(frozen=True, slots=True)
class Office:
    """A role in force, and its country."""

    role: str
    country: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks.

    Attributes:
        sort: a stranger; the operator, on the ledger's own folder; or a party that signed in.
        party: the party, or nobody.
        signer: the key that signed in: the party's own, or an agent's; or nobody's.
        offices: the party's roles that are in force.

    """

    sort: Literal["stranger", "operator", "party"]
    party: Address = NOBODY
    signer: Address = NOBODY
    offices: tuple[Office, ...] = ()
    is_agent: bool = False

    @property
    def is_auditor(self) -> bool:
        """Tell whether it is an admitted auditor."""
        return self.has_role("auditor")

    def has_role(self, role: str) -> bool:
        """Tell whether it holds a role, in whatever country."""
        return any(office.role == role for office in self.offices)

    def is_authority_of(self, country: str) -> bool:
        """Tell whether it is an authority of a country; of the EU's, if its country is in the EU.

        An authority of ``EU`` is one of every country of the EU; what concerns ``EU`` concerns the
        authority of each of these.
        """
        return any(
            office.role == "authority"
            and (is_within(country, office.country) or is_within(office.country, country))
            for office in self.offices
        )


STRANGER: Final = Reader("stranger")
OPERATOR: Final = Reader("operator")


def reader_of(state: State, signer: Address, now_ms: int) -> Reader | None:
    """Return the reader that an address is, or None when it may not sign in.

    It must be the key in force of a party that holds a role now or governs the ledger; or an agent
    of such a party, admitted and in time.
    """
    claim = state.read(Claim, signer)
    if claim is None:
        return None
    if claim.sort == "agent":
        agent = state.read(Agent, signer)
        is_late = agent is not None and 0 < agent.valid_until < now_ms // 1000
        if agent is None or not agent.active or is_late:
            return None
        return _reader(state, agent.organisation, signer, now_ms, is_agent=True)
    party = state.read(Party, claim.owner)
    if party is None or party.key_at(now_ms) != signer:
        return None
    return _reader(state, party.address, signer, now_ms, is_agent=False)


def _reader(
    state: State, address: Address, signer: Address, now_ms: int, *, is_agent: bool
) -> Reader | None:
    party, charter = state.read(Party, address), charter_of(state)
    held = party.roles if party else ()
    offices = tuple(Office(one.role, one.country) for one in held if one.holds(now_ms))
    if not offices and (charter is None or address not in charter.governors):
        return None
    return Reader("party", address, signer, offices, is_agent)
