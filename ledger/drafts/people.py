"""Drafts of the records that say who is who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.drafts.base import Moment, Sheets, Speaker, draft
from ledger.records import Record
from ledger.values import NO_ADDRESS, NO_HASH, Address, Hash32


@dataclass(frozen=True, slots=True)
class Constitution:
    """The values that a Charter sets and an Amendment restates."""

    governors: tuple[Address, ...]
    threshold: int
    checkpoint_keys: tuple[str, ...]
    mode: str = "open"
    mirror: str = "forbidden"
    rules_version: int = 1
    anchor_key: Address = NO_ADDRESS
    tables: Mapping[str, Hash32] = field(default_factory=dict)
    tolerance_millicarats: int = 5
    tolerance_parts_per_million: int = 1000
    recovery_delay_seconds: int = 7 * 24 * 3600

    def _what(self) -> dict[str, object]:
        names = sorted(self.tables)
        return {
            "mode": self.mode,
            "mirror": self.mirror,
            "rulesVersion": self.rules_version,
            "checkpointKeys": sorted(self.checkpoint_keys),
            "anchorKey": self.anchor_key,
            "tables": names,
            "tableHashes": [self.tables[name] for name in names],
        }

    def _amounts(self) -> dict[str, object]:
        return {
            "threshold": self.threshold,
            "toleranceMillicarats": self.tolerance_millicarats,
            "tolerancePartsPerMillion": self.tolerance_parts_per_million,
            "recoveryDelaySeconds": self.recovery_delay_seconds,
        }

    def charter(self, origin: str, moment: Moment, details: Hash32 = NO_HASH) -> Record:
        """Draft the Charter of a ledger without a predecessor."""
        governors = sorted(self.governors)
        none = {"predecessor": NO_HASH, "predecessorRoot": NO_HASH}
        sheets: Sheets = {
            "who": {"governors": governors},
            "what": {"origin": origin, **self._what(), **none},
            "amounts": {**self._amounts(), "predecessorSize": 0},
        }
        return draft("Charter", Speaker(governors[0], "governor"), moment, sheets, details)

    def amendment(
        self, proposer: Address, previous: Hash32, moment: Moment, details: Hash32 = NO_HASH
    ) -> Record:
        """Draft an Amendment that puts these values in force."""
        sheets: Sheets = {
            "who": {"governors": sorted(self.governors)},
            "what": {**self._what(), "previous": previous},
            "amounts": self._amounts(),
        }
        return draft("Amendment", Speaker(proposer, "governor"), moment, sheets, details)


def admission(
    speaker: Speaker,
    moment: Moment,
    party: Address,
    role: str,
    country: str,
    *,
    previous: Hash32 = NO_HASH,
    kinds: Sequence[str] = (),
    valid_until: int = 0,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Admission of a party in a role, or of an agent for ``kinds``."""
    sheets: Sheets = {
        "who": {"party": party},
        "what": {"role": role, "kinds": sorted(kinds), "previous": previous},
        "scene": {"country": country, "validUntil": valid_until},
    }
    return draft("Admission", speaker, moment, sheets, details)


def revocation(
    speaker: Speaker,
    moment: Moment,
    party: Address,
    role: str,
    country: str,
    *,
    previous: Hash32,
    compromised_since: int = 0,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Revocation of a role."""
    sheets: Sheets = {
        "who": {"party": party},
        "what": {"role": role, "compromisedSince": compromised_since, "previous": previous},
        "scene": {"country": country},
    }
    return draft("Revocation", speaker, moment, sheets, details)


def key_change(
    speaker: Speaker,
    moment: Moment,
    operation: str,
    party: Address,
    *,
    previous: Hash32,
    new_key: Address = NO_ADDRESS,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a KeyChange: rotate, recover, object or override."""
    sheets: Sheets = {
        "who": {"party": party, "newKey": new_key},
        "what": {"operation": operation, "previous": previous},
    }
    return draft("KeyChange", speaker, moment, sheets, details)
