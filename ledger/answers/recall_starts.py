"""What a recall begins with: a parcel, mines, or whatever a party has put its name to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.access import ALL
from ledger.answers.asking import read_address, read_hash
from ledger.answers.reading import Reading
from ledger.answers.recall_signed import SignedBy, Signer
from ledger.answers.seeing import known_parcel
from ledger.answers.shapes.recalls import RecallSort
from ledger.custody import Agent, Parcel, Party, SiteState, Suspicion
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.store.protocol import View
from ledger.trace.descent import IsStart
from ledger.trace.kept import bounds_of
from ledger.trace.mined import MinedAt
from ledger.trace.recall import Starts, These
from ledger.trace.walk import Budget, read_operation
from ledger.values import Address, ParcelId, SiteId, to_hex


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a recall begins with.

    Attributes:
        sort, subject: what, and which.
        since: the first entry that counts.
        parcel: of a parcel; ``sites`` of a site, a zone or a country.
        signer: of a party or an agent; ``author`` is the party that it speaks for.
        countries: those of which the authorities are concerned.
        concerns_any: whether one of these countries is enough for an authority, or it takes all.

    """

    sort: RecallSort
    subject: str
    since: int
    countries: frozenset[str]
    concerns_any: bool = False
    parcel: Parcel | None = None
    sites: tuple[SiteId, ...] = ()
    signer: Address | None = None
    author: Address | None = None

    @property
    def text(self) -> str:
        """The question, without its page."""
        return f"recall {self.sort} {self.subject} {self.since}"

    def starts(self, reading: Reading) -> Starts:
        """Return where the walk begins."""
        if self.parcel is not None:
            return These((self.parcel,))
        if self.signer is not None:
            return SignedBy(reading, self.signer, self.since)
        return MinedAt(self.sites, self.since)

    def is_start(self, reading: Reading, budget: Budget) -> IsStart:
        """Return what tells, from below, whether the recall begins with what an operation made."""
        if self.parcel is not None:
            begun = self._with_taken_out(reading.view, self.parcel)
            return lambda _operation, made: made in begun
        if self.signer is not None:
            signer = Signer(reading, self.signer, self.since)
            return lambda operation, made: signer.begins_with(reading.view, operation, made, budget)
        sites = frozenset(self.sites)
        return lambda operation, _made: operation.index >= self.since and operation.site in sites

    @staticmethod
    def _with_taken_out(view: View, parcel: Parcel) -> frozenset[ParcelId]:
        """Return a parcel; if it was a piece, with what was taken out of it.

        Goods that are set in a piece are made into others after they were taken out, or never.
        """
        if parcel.form != "piece" or parcel.state != "spent":
            return frozenset((parcel.id,))
        return frozenset((parcel.id, *read_operation(view, parcel.made_by).inputs))


def is_concerned(reading: Reading, begun: Beginning) -> bool:
    """Tell whether a reader is told all that a recall reaches: an authority concerned is."""
    if reading.is_whole:
        return True
    fits = any if begun.concerns_any else all
    return bool(begun.countries) and fits(
        reading.reader.is_authority_of(country) for country in begun.countries
    )


def beginning(
    reading: Reading,
    parcel: str | None,
    site: str | None,
    zone: str | None,
    country: str | None,
    party: str | None,
    since: int | None,
) -> Beginning:
    """Read what a recall begins with.

    Raises:
        BadQuestion: it begins with nothing, or with several things.
        Unknown: there is no such thing, or none that the reader is told of.

    """
    given = [name for name in (parcel, site, zone, party) if name is not None]
    if len(given) > 1 or (not given and country is None) or (given and country and zone is None):
        expected = "one of parcel, site, zone (with or without its country), country and party"
        raise BadQuestion("query", expected)
    if parcel is not None and since is not None:
        raise BadQuestion("since", "nothing, for a parcel")
    if parcel is not None:
        return _of_parcel(reading, read_hash("parcel", parcel))
    if party is not None:
        return _of_party(reading, read_address("party", party), since)
    if site is not None:
        known = reading.view.read(SiteState, read_hash("site", site))
        if known is None:
            raise Unknown("site", site)
        return Beginning("site", site, since or 0, frozenset((known.country,)), sites=(known.id,))
    sites = [
        one
        for one in _all_sites(reading)
        if country in (None, one.country) and zone in (None, one.zone)
    ]
    named = " ".join(part for part in (country, zone) if part is not None)
    if not sites:
        raise Unknown("site", f"in {named}")
    return Beginning(
        "country" if zone is None else "zone",
        named,
        since or 0,
        frozenset(one.country for one in sites),
        sites=tuple(one.id for one in sites),
    )


def _all_sites(reading: Reading) -> Iterator[SiteState]:
    after, most = b"", LIMITS.page_rows_max
    while True:
        found = reading.view.items_of(SiteState, after, most)
        yield from (one for one in found if isinstance(one, SiteState))
        if len(found) < most:
            return
        after = found[-1].key


def _of_parcel(reading: Reading, parcel_id: ParcelId) -> Beginning:
    known, standing = known_parcel(reading, parcel_id, None)
    concerned = {known.country}
    if standing.book == ALL:
        concerned.update(bounds_of(reading.view, known).possible())
    return Beginning(
        "parcel", to_hex(parcel_id), 0, frozenset(concerned), concerns_any=True, parcel=known
    )


def _of_party(reading: Reading, address: Address, since: int | None) -> Beginning:
    agent = reading.view.read(Agent, address)
    speaks_for = agent.organisation if agent else address
    known = reading.view.read(Party, speaks_for)
    if known is None:
        raise Unknown("party", to_hex(address))
    doubt = reading.view.read(Suspicion, address)
    if since is None:
        since = doubt.since if doubt else 0
    return Beginning(
        "party",
        to_hex(address),
        since,
        frozenset(role.country for role in known.roles),
        concerns_any=True,
        signer=address,
        author=speaks_for,
    )
