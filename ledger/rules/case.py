"""One record before the rules: what it says, who signed it, when, and the state it meets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.custody import (
    CharterInForce,
    Parcel,
    Party,
    SiteState,
    State,
    charter_of,
)
from ledger.errors import Refusal, Refused
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.signing import SignedRecord
from ledger.values import Address, Hash32, ParcelId, SiteId, to_hex


def shown(value: object) -> str:
    """Write a value that passed typed parsing for a refusal: escaped, and at most 80 characters."""
    if isinstance(value, bytes):
        text = to_hex(value)
    elif isinstance(value, int):
        text = str(value)
    else:
        text = json.dumps(str(value))
    most = LIMITS.refusal_value_characters_max
    return text if len(text) <= most else text[: most - 1] + "…"


def refuse(rule: str, field: str, expected: object, came: object) -> Refused:
    """Make the error that refuses a record by a rule; plain ``str`` is taken as words."""
    words = [text if isinstance(text, str) else shown(text) for text in (expected, came)]
    return Refused(Refusal(rule, field, words[0], words[1]))


@dataclass(frozen=True, slots=True)
class Case:
    """A signed record before the rules.

    Attributes:
        state: the state left by the record before.
        signed: the record, with its id and who signed.
        record: the record itself, checked.
        index: the index that it would have.
        now_ms: the time that its entry would bear.

    """

    state: State
    signed: SignedRecord
    record: Record
    index: int
    now_ms: int

    @property
    def charter(self) -> CharterInForce:
        """The charter in force; only asked after index 0."""
        charter = charter_of(self.state)
        if charter is None:
            raise refuse("charter-first", "", "a Charter at index 0", "another kind")
        return charter

    def party(self, address: Address) -> Party | None:
        """Return a party, or None."""
        return self.state.read(Party, address)

    def known_party(self, address: Address, field: str) -> Party:
        """Return a party that must be one.

        Raises:
            Refused: ``party-unknown``.

        """
        party = self.party(address)
        if party is None:
            raise refuse("party-unknown", field, "a party of this ledger", address)
        return party

    @property
    def author(self) -> Party:
        """The author, who must be a party."""
        return self.known_party(self.record.author, "who.author")

    def is_governor(self, address: Address) -> bool:
        """Tell whether a party is a governor now."""
        return address in self.charter.governors

    def site(self, site: SiteId) -> SiteState | None:
        """Return a site, or None."""
        return self.state.read(SiteState, site)

    def parcel(self, parcel: ParcelId) -> Parcel | None:
        """Return a parcel, or None."""
        return self.state.read(Parcel, parcel)

    def check_time(self, since: Iterable[int], earliest: str = "") -> None:
        """Check when the record says that it happened.

        Args:
            since: when the records that it names happened.
            earliest: says in words what is expected, where the author may not be told the time.

        Raises:
            Refused: ``time-ahead`` or ``time-before``.

        """
        at = self.record.scene.occurred_at
        if at * 1000 > self.now_ms + LIMITS.ahead_seconds_max * 1000:
            expected = f"at most {self.now_ms // 1000 + LIMITS.ahead_seconds_max}"
            raise refuse("time-ahead", "scene.occurredAt", expected, at)
        first = max(since, default=0)
        if at < first:
            raise refuse("time-before", "scene.occurredAt", earliest or f"at least {first}", at)

    def check_head(self, field: str, came: Hash32, head: Hash32, *, is_told: bool = True) -> None:
        """Check that a pointer names the head of its chain.

        Args:
            field: where the pointer stands.
            came: what it names.
            head: the last record of the chain.
            is_told: whether the author may be told that record's id.

        Raises:
            Refused: ``stale-previous``.

        """
        if came != head:
            expected = head if is_told else "the last record of its chain"
            raise refuse("stale-previous", field, expected, came)
