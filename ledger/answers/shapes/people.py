"""Shapes of what is said about parties, sites and the charter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.answers.shapes.goods import FindingShown, ParcelShown, Said
from ledger.answers.shapes.log import AsOf, Names
from ledger.values import Address, Hash32, RecordId, SiteId


@dataclass(frozen=True, slots=True)
class RoleShown:
    """A role that a party holds in a country.

    Attributes:
        valid_until: its last second; 0 = until revoked.
        is_in_force: whether it holds at the time of asking.

    """

    role: str
    country: str
    valid_until: int
    admitted_by: Address
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class SuspicionShown:
    """Records from ``since`` on are suspect: a Revocation said so at ``index``."""

    since: int
    index: int


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """Who an address is.

    Attributes:
        sort: a party; an agent, which signs for one; or a key that a party changed to.
        party: the party itself, or whose agent or key it is.
        signing_key: the key in force; null for an agent or a key.
        next_key: the key that a recovery announced, with when it takes effect.
        kinds: what an agent may sign.
        head: the id of its chain's last record: the ``previous`` of the next one; null before one.
        parcels: what it holds, and what is offered to it, by parcel id; of those, the ones whose
            book this reader is shown.

    """

    address: Address
    sort: Literal["party", "agent", "key"]
    party: Address
    is_governor: bool
    signing_key: Address | None
    next_key: Address | None
    next_key_from_ms: int | None
    roles: tuple[RoleShown, ...]
    kinds: tuple[str, ...]
    head: RecordId | None
    head_at: int
    suspicion: SuspicionShown | None
    parcels: tuple[ParcelShown, ...]
    cursor: str | None
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfficeShown:
    """A role that is in force."""

    role: str
    country: str


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party, in short.

    Attributes:
        roles: those in force; none if all ended.

    """

    address: Address
    is_governor: bool
    roles: tuple[OfficeShown, ...]


@dataclass(frozen=True, slots=True)
class PartiesAnswer:
    """Parties, by address.

    Attributes:
        names: of a page's parties, every one that this reader may see.

    """

    parties: tuple[PartyShown, ...]
    cursor: str | None
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A mine or diggings, in short."""

    site_id: SiteId
    country: str
    zone: str
    site_type: str
    label: str
    licence: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class YearShown:
    """What was registered from a site for one calendar year (UTC)."""

    year: int
    weight_millicarats: int


@dataclass(frozen=True, slots=True)
class SiteAnswer(SiteShown):
    """A mine or diggings, as its last Site record states it.

    Attributes:
        operators: the miners that may register there; none = any miner of the country.
        yearly_capacity_millicarats: as declared; 0 = none declared.
        valid_until: last second of the licence; 0 = until closed.
        years: what was registered from it.
        withheld: the sheets of that record that this reader is not shown: of *who*, the operators;
            of *amounts*, capacity and years; null then.

    """

    operators: tuple[Address, ...] | None
    yearly_capacity_millicarats: int | None
    valid_until: int
    head: RecordId
    head_at: int
    last: Said
    years: tuple[YearShown, ...] | None
    findings: tuple[FindingShown, ...]
    withheld: tuple[str, ...]
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SitesAnswer:
    """Sites, by id."""

    sites: tuple[SiteShown, ...]
    cursor: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class CharterAnswer:
    """The charter values in force: the Charter's, as the last Amendment restates them.

    Attributes:
        threshold: how many governors decide.
        head: the last Charter or Amendment: the ``previous`` of the next one.

    """

    ledger_id: Hash32
    origin: str
    mode: str
    mirror: str
    rules_version: int
    checkpoint_keys: tuple[str, ...]
    anchor_key: Address | None
    governors: tuple[Address, ...]
    threshold: int
    tolerance_millicarats: int
    tolerance_parts_per_million: int
    recovery_delay_seconds: int
    tables: tuple[str, ...]
    table_hashes: tuple[Hash32, ...]
    head: RecordId
    head_at: int
    as_of: AsOf
    names: Names = field(default_factory=dict)
