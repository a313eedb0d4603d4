"""What the ledger keeps of parties, sites and parcels: the state that rules read and change.

Every item is derived from records alone, frozen, and kept under a key of bytes. Chains are named by
their *head*, the id of the last record that advanced them. Weights are millicarats, signed times
seconds, recorded times milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from ledger.values import (
    NO_ADDRESS,
    NO_HASH,
    Address,
    Hash32,
    Milliseconds,
    ParcelId,
    SiteId,
    form_of,
    is_within,
)

ParcelState = Literal["held", "offered", "spent", "frozen", "set", "sold"]
NOBODY: Final = NO_ADDRESS
NEVER: Final = -1
NO_CERTIFICATE: Final = Hash32(b"")
"""Empty, not zeros: most parcels never have one, and each is kept."""


@dataclass(frozen=True, slots=True)
class CharterInForce:
    """The charter values in force: the Charter's, as the last Amendment restates them."""

    ledger_id: Hash32
    origin: str
    mode: str
    mirror: str
    rules_version: int
    checkpoint_keys: tuple[str, ...]
    anchor_key: Address
    governors: tuple[Address, ...]
    threshold: int
    tolerance_millicarats: int
    tolerance_parts_per_million: int
    recovery_delay_seconds: int
    tables: tuple[str, ...]
    table_hashes: tuple[Hash32, ...]
    head: Hash32
    head_at: int

    @property
    def key(self) -> bytes:
        """The one charter in force has the empty key."""
        return b""

    def tolerance(self, weight_millicarats: int) -> int:
        """Return the weighing tolerance for a weight, in millicarats (records §3.1)."""
        relative = weight_millicarats * self.tolerance_parts_per_million // 1_000_000
        return max(self.tolerance_millicarats, relative)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A role that a party holds in a country until ``valid_until`` (0 = until revoked)."""

    role: str
    country: str
    valid_until: int
    admitted_by: Address

    def holds(self, now_ms: int) -> bool:
        """Tell whether it is in force; its last second is included."""
        return self.valid_until == 0 or now_ms // 1000 <= self.valid_until


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation or person; its address is that of its first key, for ever.

    Attributes:
        signing_key: its key, but for a recovery that has come into effect.
        roles: its admissions that are not revoked, in ascending order.
        next_key: the key announced by a recovery, or nobody's.
        next_key_from_ms: when the announced key takes effect.
        objected: whether the party ever objected to a recovery.
        objected_key: the key that it objected to, until an override; or nobody's.

    """

    address: Address
    signing_key: Address
    roles: tuple[Admitted, ...] = ()
    head: Hash32 = NO_HASH
    head_at: int = 0
    next_key: Address = NOBODY
    next_key_from_ms: int = 0
    objected: bool = False
    objected_key: Address = NOBODY

    @property
    def key(self) -> bytes:
        """The party's address."""
        return self.address

    def is_recovering(self, now_ms: int) -> bool:
        """Tell whether a recovery is announced and not yet in effect."""
        return self.next_key != NOBODY and now_ms < self.next_key_from_ms

    def key_at(self, now_ms: int) -> Address:
        """Return the key in force."""
        if self.next_key != NOBODY and now_ms >= self.next_key_from_ms:
            return self.next_key
        return self.signing_key

    def holds(self, role: str, country: str, now_ms: int) -> bool:
        """Tell whether the party holds a role in a country now."""
        for held in self.roles:
            if held.role == role and held.country == country and held.holds(now_ms):
                return True
        return False

    def with_role(self, role: Admitted) -> Party:
        """Return the party with a role given or renewed."""
        others = [r for r in self.roles if (r.role, r.country) != (role.role, role.country)]
        ordered = sorted([*others, role], key=lambda r: (r.role, r.country))
        return replace(self, roles=tuple(ordered))

    def without_role(self, role: str, country: str) -> Party:
        """Return the party with a role ended."""
        kept = tuple(r for r in self.roles if (r.role, r.country) != (role, country))
        return replace(self, roles=kept)


@dataclass(frozen=True, slots=True)
class Agent:
    """A key that a party admits to sign for it; no party itself."""

    address: Address
    organisation: Address
    country: str
    kinds: tuple[str, ...]
    valid_until: int
    active: bool
    head: Hash32
    head_at: int

    @property
    def key(self) -> bytes:
        """The agent's address."""
        return self.address

    def may_sign(self, kind: str, now_ms: int) -> bool:
        """Tell whether the agent may sign a kind now."""
        in_time = self.valid_until == 0 or now_ms // 1000 <= self.valid_until
        return self.active and in_time and kind in self.kinds


@dataclass(frozen=True, slots=True)
class Claim:
    """An address once seen as party, agent or key: it never becomes another."""

    address: Address
    sort: Literal["party", "agent", "key"]
    owner: Address

    @property
    def key(self) -> bytes:
        """The address."""
        return self.address


@dataclass(frozen=True, slots=True)
class SiteState:
    """A mine or diggings, as its last Site record states it."""

    id: SiteId
    country: str
    zone: str
    site_type: str
    licence: str
    label: str
    operators: tuple[Address, ...]
    yearly_capacity_millicarats: int
    valid_until: int
    closed: bool
    head: Hash32
    head_at: int

    @property
    def key(self) -> bytes:
        """The site id."""
        return self.id


@dataclass(frozen=True, slots=True)
class YearOutput:
    """What has been registered from a site for one calendar year (UTC)."""

    site: SiteId
    year: int
    weight_millicarats: int

    @property
    def key(self) -> bytes:
        """The site id and the year."""
        return year_key(self.site, self.year)


def year_key(site: SiteId, year: int) -> bytes:
    """Return the key of a site's output of a year."""
    return site + year.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One or more stones kept together.

    Attributes:
        custodian: who holds it; a spent or sold parcel keeps its last one.
        recipient: to whom it is offered, or nobody.
        hs_code: its code; "" for a piece.
        country: where it is, derived from records.
        head, head_at: its chain's last record, and when that occurred.
        reporter: who froze it, or nobody; ``seized`` if as an authority.
        made_by: index of the record that made it; ``position`` its place among the outputs.
        blended_by: index of the last operation that bears on its origin bounds, at ``position``
            of that operation's outputs (0 for a Receipt).
        spent_by: index of the record that used it up, or NEVER; while it is set, of its Setting.
        certificate: the Certificate last issued for it, which may be open, expired, refused or
            void; NO_CERTIFICATE once it was confirmed, and of what is spent.

    """

    id: ParcelId
    state: ParcelState
    custodian: Address
    weight_millicarats: int
    stones: int
    hs_code: str
    country: str
    head: Hash32
    head_at: int
    made_by: int
    position: int
    blended_by: int
    recipient: Address = NOBODY
    reporter: Address = NOBODY
    seized: bool = False
    spent_by: int = NEVER
    certificate: Hash32 = NO_CERTIFICATE

    @property
    def key(self) -> bytes:
        """The parcel id."""
        return self.id

    @property
    def form(self) -> str:
        """Rough, polished or piece."""
        return form_of(self.hs_code)

    @property
    def is_live(self) -> bool:
        """Tell whether the goods still exist as this parcel."""
        return self.state not in ("spent", "sold")

    def is_in(self, area: str) -> bool:
        """Tell whether the parcel is in a country, or in the EU."""
        return is_within(self.country, area)


@dataclass(frozen=True, slots=True)
class Operation:
    """A record that makes parcels, or lowers the weight of one: an edge of the ancestry.

    Attributes:
        name: registration, split, mix, cut, polish, recut, reweigh, receipt, setting (what comes
            out is a piece) or unsetting (what comes out are the parcels that it was made of, which
            this operation did not make).
        site: where a registration was mined, or zeros.
        country: the site's country for a registration, else the author's.
        inputs, input_weights_millicarats: what goes in, with its book weights.
        inputs_made_by: for each input, the index of the record that made it: the way upstream.
        outputs, weights_millicarats, stones: what comes out.

    """

    index: int
    record_id: Hash32
    name: str
    author: Address
    occurred_at: int
    recorded_at_ms: Milliseconds
    country: str
    site: SiteId
    inputs: tuple[ParcelId, ...]
    input_weights_millicarats: tuple[int, ...]
    inputs_made_by: tuple[int, ...]
    outputs: tuple[ParcelId, ...]
    weights_millicarats: tuple[int, ...]
    stones: tuple[int, ...]
    loss_millicarats: int

    @property
    def key(self) -> bytes:
        """The index, 8 bytes big-endian."""
        return operation_key(self.index)


def operation_key(index: int) -> bytes:
    """Return the key of the operation of a record's index."""
    return index.to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A party whose records from ``since`` on are suspect: a Revocation said so at ``index``."""

    party: Address
    since: int
    index: int

    @property
    def key(self) -> bytes:
        """The party's address."""
        return self.party


@dataclass(frozen=True, slots=True)
class Finding:
    """A plausibility warning about an accepted record; never a refusal.

    Attributes:
        id: SHA-256 of canonical JSON ``[name, record id, subject id]``.
        name: what was noticed.
        record_id: the record that raised it.
        subject: the parcel or site it is about.
        evidence: what was compared, in words and numbers.

    """

    id: Hash32
    name: str
    index: int
    record_id: Hash32
    subject: Hash32
    evidence: str

    @property
    def key(self) -> bytes:
        """The subject, then the finding's id: a subject's findings lie together."""
        return self.subject + self.id


@dataclass(frozen=True, slots=True)
class Blended:
    """An operation's origin bounds: canonical JSON of a ``trace.bounds.Blend``, unread here."""

    index: int
    blend: str

    @property
    def key(self) -> bytes:
        """The index, 8 bytes big-endian."""
        return operation_key(self.index)
