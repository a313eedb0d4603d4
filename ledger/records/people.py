"""Who is who: Charter, Amendment, Admission, Revocation, KeyChange."""

from __future__ import annotations

from typing import Final

from ledger.records.fields import (
    EITHER,
    ROLES,
    ListSpec,
    Record,
    Sheet,
    address,
    author,
    author_country,
    author_role,
    choice,
    country,
    filled_but_for,
    filled_for,
    hash32,
    kind,
    occurred_at,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import Address, Hash32

ADMITTED_ROLES: Final = (*ROLES[1:], "agent")
AGENT_KINDS: Final = (
    "Site",
    "Registration",
    "Handoff",
    "Receipt",
    "Withdrawal",
    "Transformation",
    "Certificate",
    "Clearance",
    "Statement",
    "Setting",
    "Sale",
    "Report",
    "Correction",
)
MODES: Final = ("open", "trade")
MIRRORS: Final = ("forbidden", "allowed")
PARTS_PER_MILLION_MAX: Final = 100_000
RECOVERY_DELAY_SECONDS_MAX: Final = 365 * 24 * 3600
GOVERNORS: Final = ListSpec(least=1, most=16, ascending=True)
CHECKPOINT_KEYS: Final = ListSpec(least=1, most=8, ascending=True)
TABLES: Final = ListSpec(most=32, ascending=True)
TABLE_HASHES: Final = ListSpec(most=32, parallel_to="what.tables")

_BY_GOVERNOR = ("governor",)
_BY_OFFICE = ("governor", "authority")
_BY_PARTY = ROLES[1:]


@sheet
class CharterWho(Sheet):
    """The governors."""

    author: Address = author()
    governors: tuple[Address, ...] = address("parties that govern the ledger", items=GOVERNORS)
    salt: Hash32 = salt()


@sheet
class CharterWhat(Sheet):
    """Name, keys, tables and predecessor of the ledger."""

    author_role: str = author_role()
    origin: str = text(
        "the log's origin name, a C2SP key name, for ever",
        pattern=r"[!-*,-~]{1,100}",
        bytes_max=100,
    )
    mode: str = choice("who may read: every party, or those concerned", MODES)
    mirror: str = choice("may hand-overs be mirrored on a chain", MIRRORS)
    rules_version: int = uint("version of the rules in force, from 1")
    checkpoint_keys: tuple[str, ...] = text(
        "C2SP verifier keys of Ed25519 whose name is the origin",
        items=CHECKPOINT_KEYS,
        bytes_max=2048,
    )
    anchor_key: Address = address("key that signs anchors; zero = no anchoring", EITHER)
    tables: tuple[str, ...] = text(
        "names of the reference tables in force", EITHER, TABLES, pattern=r"[a-z0-9-]{1,40}"
    )
    table_hashes: tuple[Hash32, ...] = hash32("SHA-256 of each table's file", EITHER, TABLE_HASHES)
    predecessor: Hash32 = hash32("ledger that this one succeeds; zero = none", EITHER)
    predecessor_root: Hash32 = hash32("Merkle root of its last head; zero = none", EITHER)
    salt: Hash32 = salt()


@sheet
class CharterAmounts(Sheet):
    """Threshold, tolerances and delay."""

    threshold: int = uint("k: how many governors decide; 1 to their number")
    tolerance_millicarats: int = uint("absolute weighing tolerance", EITHER)
    tolerance_parts_per_million: int = uint(
        "relative weighing tolerance, 0 to 100000", EITHER, integer_max=PARTS_PER_MILLION_MAX
    )
    recovery_delay_seconds: int = uint(
        "delay before a recovered key takes effect, 1 to 31536000",
        integer_max=RECOVERY_DELAY_SECONDS_MAX,
    )
    predecessor_size: int = uint("size of the predecessor's last head; 0 = none", EITHER)
    salt: Hash32 = salt()


@sheet
class CharterScene(Sheet):
    """When."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("name", "operator", "governorNames", "contact", "document"),
    roles=_BY_GOVERNOR,
)
class Charter(Record):
    """Founds the ledger: index 0 and nowhere else; its record id is the ledger id."""

    who: CharterWho
    what: CharterWhat
    amounts: CharterAmounts
    scene: CharterScene
    details: Hash32


@sheet
class AmendmentWho(Sheet):
    """The governors from now on."""

    author: Address = author()
    governors: tuple[Address, ...] = address("parties that govern the ledger", items=GOVERNORS)
    salt: Hash32 = salt()


@sheet
class AmendmentWhat(Sheet):
    """Keys and tables of the ledger from now on."""

    author_role: str = author_role()
    mode: str = choice("who may read: every party, or those concerned", MODES)
    mirror: str = choice("may hand-overs be mirrored on a chain", MIRRORS)
    rules_version: int = uint("version of the rules in force, from 1")
    checkpoint_keys: tuple[str, ...] = text(
        "C2SP verifier keys of Ed25519 whose name is the origin",
        items=CHECKPOINT_KEYS,
        bytes_max=2048,
    )
    anchor_key: Address = address("key that signs anchors; zero = no anchoring", EITHER)
    tables: tuple[str, ...] = text(
        "names of the reference tables in force", EITHER, TABLES, pattern=r"[a-z0-9-]{1,40}"
    )
    table_hashes: tuple[Hash32, ...] = hash32("SHA-256 of each table's file", EITHER, TABLE_HASHES)
    previous: Hash32 = hash32("charter chain: the last Charter or Amendment")
    salt: Hash32 = salt()


@sheet
class AmendmentAmounts(Sheet):
    """Threshold, tolerances and delay from now on."""

    threshold: int = uint("k: how many governors decide; 1 to their number")
    tolerance_millicarats: int = uint("absolute weighing tolerance", EITHER)
    tolerance_parts_per_million: int = uint(
        "relative weighing tolerance, 0 to 100000", EITHER, integer_max=PARTS_PER_MILLION_MAX
    )
    recovery_delay_seconds: int = uint(
        "delay before a recovered key takes effect, 1 to 31536000",
        integer_max=RECOVERY_DELAY_SECONDS_MAX,
    )
    salt: Hash32 = salt()


@sheet
class AmendmentScene(Sheet):
    """When."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(details=("governorNames", "contact", "document"), roles=_BY_GOVERNOR)
class Amendment(Record):
    """Restates every charter value but origin and predecessor, from the next entry on."""

    who: AmendmentWho
    what: AmendmentWhat
    amounts: AmendmentAmounts
    scene: AmendmentScene
    details: Hash32


@sheet
class AdmissionWho(Sheet):
    """Who is admitted, by whom."""

    author: Address = author()
    party: Address = address("the party admitted; for a new one the address of its first key")
    salt: Hash32 = salt()


@sheet
class AdmissionWhat(Sheet):
    """In which role."""

    author_role: str = author_role()
    role: str = choice("the role given", ADMITTED_ROLES)
    kinds: tuple[str, ...] = choice(
        "kinds that an agent may sign; empty for every other role",
        AGENT_KINDS,
        filled_for("agent"),
        ListSpec(ascending=True),
    )
    previous: Hash32 = hash32("party chain of the party admitted; zero = none yet", EITHER)
    salt: Hash32 = salt()


@sheet
class AdmissionAmounts(Sheet):
    """Nothing to weigh or count."""

    salt: Hash32 = salt()


@sheet
class AdmissionScene(Sheet):
    """Where and until when."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    country: str = country("the party's country; EU for an authority only", eu=True)
    valid_until: int = uint("last second of validity; 0 = until revoked", EITHER)
    salt: Hash32 = salt()


@kind(
    details=(
        "name",
        "registrationNumber",
        "licence",
        "street",
        "contact",
        "website",
        "document",
    ),
    roles={
        "authority": _BY_GOVERNOR,
        **dict.fromkeys(ROLES[2:], _BY_OFFICE),
        "agent": _BY_PARTY,
    },
    correctable=("details",),
)
class Admission(Record):
    """Admits a party in a role and country, or renews it."""

    who: AdmissionWho
    what: AdmissionWhat
    amounts: AdmissionAmounts
    scene: AdmissionScene
    details: Hash32


@sheet
class RevocationWho(Sheet):
    """Whose role ends, by whom."""

    author: Address = author()
    party: Address = address("the party")
    salt: Hash32 = salt()


@sheet
class RevocationWhat(Sheet):
    """Which role ends."""

    author_role: str = author_role()
    role: str = choice("the role ended", ADMITTED_ROLES)
    compromised_since: int = uint(
        "index from which the party's records are suspect; 0 = none", EITHER
    )
    previous: Hash32 = hash32("party chain of the party")
    salt: Hash32 = salt()


@sheet
class RevocationAmounts(Sheet):
    """Nothing to weigh or count."""

    salt: Hash32 = salt()


@sheet
class RevocationScene(Sheet):
    """Where."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    country: str = country("the country of the role ended", eu=True)
    salt: Hash32 = salt()


@kind(
    details=("reason", "document"),
    roles={
        "authority": _BY_GOVERNOR,
        **dict.fromkeys(ROLES[2:], _BY_OFFICE),
        "agent": ROLES,
    },
    correctable=("details",),
)
class Revocation(Record):
    """Ends one role of a party, from its own index on."""

    who: RevocationWho
    what: RevocationWhat
    amounts: RevocationAmounts
    scene: RevocationScene
    details: Hash32


@sheet
class KeyChangeWho(Sheet):
    """Whose key, and which."""

    author: Address = author()
    party: Address = address("the party; equal to the author for rotate and object")
    new_key: Address = address("the key from now on; zero for object", filled_but_for("object"))
    salt: Hash32 = salt()


@sheet
class KeyChangeWhat(Sheet):
    """How the key changes."""

    operation: str = choice(
        "rotate, object by the party; recover (after a delay), override by governors",
        ("rotate", "recover", "object", "override"),
    )
    author_role: str = author_role()
    previous: Hash32 = hash32("party chain; zero for a governor's first", EITHER)
    salt: Hash32 = salt()


@sheet
class KeyChangeAmounts(Sheet):
    """Nothing to weigh or count."""

    salt: Hash32 = salt()


@sheet
class KeyChangeScene(Sheet):
    """When."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    salt: Hash32 = salt()


@kind(
    details=("reason", "document"),
    roles={
        "rotate": ROLES,
        "object": ROLES,
        "recover": _BY_GOVERNOR,
        "override": _BY_GOVERNOR,
    },
    correctable=("details",),
)
class KeyChange(Record):
    """Replaces a party's key, never its identity."""

    who: KeyChangeWho
    what: KeyChangeWhat
    amounts: KeyChangeAmounts
    scene: KeyChangeScene
    details: Hash32
