"""Parties, agents and keys; sites; the charter."""

from __future__ import annotations

from ledger.answers.asking import Cursors, read_limit
from ledger.answers.parcels import findings_about, shown, somebody
from ledger.answers.reading import Reading, withheld
from ledger.answers.seeing import book_of_holder, findings_seen, known_parcel
from ledger.answers.shapes import (
    CharterAnswer,
    OfficeShown,
    ParcelShown,
    PartiesAnswer,
    PartyAnswer,
    PartyShown,
    RoleShown,
    SiteAnswer,
    SitesAnswer,
    SiteShown,
    SuspicionShown,
    YearShown,
)
from ledger.answers.wire import members_of
from ledger.custody import NEVER, Agent, Claim, Parcel, Party, SiteState, Suspicion, YearOutput
from ledger.errors import BadQuestion, Damaged, Unknown
from ledger.limits import LIMITS
from ledger.values import (
    ADDRESS_BYTES,
    HASH_BYTES,
    NO_HASH,
    Address,
    Hash32,
    ParcelId,
    SiteId,
    to_hex,
)


def party(reading: Reading, address: Address, limit: int | None, cursor: str) -> PartyAnswer:
    """Answer who an address is: a party, an agent of one, or a key that one changed to."""
    rows = read_limit(limit)
    cursors = Cursors(f"party {to_hex(address)}")
    after = _read_after(reading, cursors, cursor)
    claim = reading.view.read(Claim, address)
    if claim is None:
        raise Unknown("party", to_hex(address))
    if claim.sort == "agent":
        return _agent(reading, address)
    if claim.sort == "key":
        return _key(reading, claim)
    held = _held(reading, address, ParcelId(after), rows + 1)
    more = cursors.write(held[rows - 1].id) if len(held) > rows else None
    parcels = tuple(shown(parcel, book_of_holder(reading, parcel)) for parcel in held[:rows])
    return _party(reading, address, parcels, more)


def _read_after(reading: Reading, cursors: Cursors, cursor: str) -> Hash32:
    """Read behind which parcel a page begins.

    Anybody can write a cursor; where goods that the reader is not told of stand is not told by one.

    Raises:
        BadQuestion: the page before did not give this cursor.

    """
    if not cursor:
        return NO_HASH
    after = ParcelId(Hash32(cursors.read(cursor, HASH_BYTES)))
    try:
        known_parcel(reading, after, None)
    except Unknown:
        raise BadQuestion("cursor", "the cursor that the page before gave") from None
    return after


def _held(reading: Reading, address: Address, after: ParcelId, most: int) -> list[Parcel]:
    """Return what an address holds or is offered, of which the reader is shown the book."""
    reader = reading.reader
    if reading.is_whole or address == reader.party:
        return reading.view.parcels_of(address, after, most)
    # An office may concern goods of any holder. Whoever has none is concerned by what it holds or
    # is offered itself: how much the other has must not be told by how long this takes.
    has_office = reader.has_role("authority") or reader.party in reading.charter.governors
    walked = address if has_office else reader.party
    kept: list[Parcel] = []
    for _ in range(LIMITS.walk_steps_max // LIMITS.page_rows_max):
        held = reading.view.parcels_of(walked, after, LIMITS.page_rows_max)
        kept += [
            parcel
            for parcel in held
            if address in (parcel.custodian, parcel.recipient) and book_of_holder(reading, parcel)
        ]
        if len(kept) >= most or len(held) < LIMITS.page_rows_max:
            break
        after = held[-1].id
    return kept[:most]


def _party(
    reading: Reading, address: Address, parcels: tuple[ParcelShown, ...], cursor: str | None
) -> PartyAnswer:
    known = reading.view.read(Party, address)
    if known is None:
        raise Damaged("gap", f"party {to_hex(address)}", "its address is claimed")
    recovering = known.is_recovering(reading.now_ms)
    return PartyAnswer(
        address=address,
        sort="party",
        party=address,
        is_governor=address in reading.charter.governors,
        signing_key=known.key_at(reading.now_ms),
        next_key=known.next_key if recovering else None,
        next_key_from_ms=known.next_key_from_ms if recovering else None,
        roles=tuple(
            RoleShown(
                role.role, role.country, role.valid_until, role.admitted_by,
                is_in_force=role.holds(reading.now_ms),
            )
            for role in known.roles
        ),
        kinds=(),
        head=None if known.head == NO_HASH else known.head,
        head_at=known.head_at,
        suspicion=_suspicion(reading, address),
        parcels=parcels,
        cursor=cursor,
        as_of=reading.as_of,
    )  # fmt: skip


def _agent(reading: Reading, address: Address) -> PartyAnswer:
    known = reading.view.read(Agent, address)
    if known is None:
        raise Damaged("gap", f"agent {to_hex(address)}", "its address is claimed")
    in_time = known.valid_until == 0 or reading.now_ms // 1000 <= known.valid_until
    role = RoleShown(
        "agent", known.country, known.valid_until, known.organisation, known.active and in_time
    )
    return PartyAnswer(
        address=address,
        sort="agent",
        party=known.organisation,
        is_governor=False,
        signing_key=None,
        next_key=None,
        next_key_from_ms=None,
        roles=(role,),
        kinds=known.kinds,
        head=known.head,
        head_at=known.head_at,
        suspicion=_suspicion(reading, address),
        parcels=(),
        cursor=None,
        as_of=reading.as_of,
    )


def _key(reading: Reading, claim: Claim) -> PartyAnswer:
    return PartyAnswer(
        address=claim.address,
        sort="key",
        party=claim.owner,
        is_governor=False,
        signing_key=None,
        next_key=None,
        next_key_from_ms=None,
        roles=(),
        kinds=(),
        head=None,
        head_at=0,
        suspicion=None,
        parcels=(),
        cursor=None,
        as_of=reading.as_of,
    )


def parties(reading: Reading, limit: int | None, cursor: str) -> PartiesAnswer:
    """Answer with the ledger's parties, by address."""
    rows = read_limit(limit)
    cursors = Cursors("parties")
    after = cursors.read(cursor, ADDRESS_BYTES) if cursor else b""
    known = reading.view.items_of(Party, after, rows + 1)
    page = [party for party in known[:rows] if isinstance(party, Party)]
    return PartiesAnswer(
        parties=tuple(_party_shown(reading, party) for party in page),
        cursor=cursors.write(page[-1].address) if len(known) > rows else None,
        as_of=reading.as_of,
    )


def _party_shown(reading: Reading, party: Party) -> PartyShown:
    return PartyShown(
        address=party.address,
        is_governor=party.address in reading.charter.governors,
        roles=tuple(
            OfficeShown(role.role, role.country)
            for role in party.roles
            if role.holds(reading.now_ms)
        ),
    )


def _suspicion(reading: Reading, address: Address) -> SuspicionShown | None:
    known = reading.view.read(Suspicion, address)
    return SuspicionShown(known.since, known.index) if known else None


def site_shown(site: SiteState) -> SiteShown:
    """Show a site in short."""
    return SiteShown(
        site_id=site.id,
        country=site.country,
        zone=site.zone,
        site_type=site.site_type,
        label=site.label,
        licence=site.licence,
        is_closed=site.closed,
    )


def site(reading: Reading, site_id: SiteId) -> SiteAnswer:
    """Answer what a site's last Site record states, and what was registered from it."""
    known = reading.view.read(SiteState, site_id)
    if known is None:
        raise Unknown("site", to_hex(site_id))
    last = reading.line(reading.index_of(known.head))
    sheets = reading.sheets(last)
    weighs = "amounts" in sheets
    return SiteAnswer(
        **members_of(site_shown(known)),
        operators=known.operators if "who" in sheets else None,
        yearly_capacity_millicarats=known.yearly_capacity_millicarats if weighs else None,
        valid_until=known.valid_until,
        head=known.head,
        head_at=known.head_at,
        last=reading.said(last, sheets),
        years=_years(reading, site_id) if weighs else None,
        findings=findings_seen(reading, findings_about(reading, site_id), NEVER),
        withheld=withheld(sheets),
        as_of=reading.as_of,
    )


def _years(reading: Reading, site_id: SiteId) -> tuple[YearShown, ...]:
    outputs = reading.view.items_of(YearOutput, site_id, LIMITS.page_rows_max)
    return tuple(
        YearShown(output.year, output.weight_millicarats)
        for output in outputs
        if isinstance(output, YearOutput) and output.site == site_id
    )


def sites(reading: Reading, limit: int | None, cursor: str) -> SitesAnswer:
    """Answer with the ledger's sites, by id."""
    rows = read_limit(limit)
    cursors = Cursors("sites")
    after = cursors.read(cursor, HASH_BYTES) if cursor else b""
    known = reading.view.items_of(SiteState, after, rows + 1)
    page = [site for site in known[:rows] if isinstance(site, SiteState)]
    return SitesAnswer(
        sites=tuple(map(site_shown, page)),
        cursor=cursors.write(page[-1].id) if len(known) > rows else None,
        as_of=reading.as_of,
    )


def charter(reading: Reading) -> CharterAnswer:
    """Answer with the charter values in force."""
    known = reading.charter
    return CharterAnswer(
        **{**members_of(known), "anchor_key": somebody(known.anchor_key)}, as_of=reading.as_of
    )
