"""What a recall begins with: a parcel, mines, or whatever a party has put its name to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast

from ledger.access import ALL
from ledger.answers.asking import read_address, read_hash
from ledger.answers.reading import Reading
from ledger.answers.seeing import known_parcel
from ledger.answers.shapes.recalls import RecallSort
from ledger.canonical import read_envelope
from ledger.custody import (
    Agent,
    CertificateState,
    Operation,
    Parcel,
    Party,
    SiteState,
    Suspicion,
)
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.records import Clearance, Correction, Record
from ledger.rules import outputs_of, touches
from ledger.signing import read_signed, record_id
from ledger.store.protocol import View
from ledger.trace.kept import bounds_of
from ledger.trace.mined import MinedAt
from ledger.trace.recall import Ledger, Starts, These, Turn
from ledger.trace.story import own_steps
from ledger.values import NO_HASH, Address, Hash32, ParcelId, SiteId, to_hex

_ROWS_AT_ONCE: Final = 256
_EARLIER_MAX: Final = 100
"""How many records about a parcel are looked at for an earlier one by the same party."""


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

    @property
    def is_start(self) -> Callable[[Operation, ParcelId], bool]:
        """What tells, from below, whether the recall begins with what an operation made."""
        sites = frozenset(self.sites)
        parcel_id = self.parcel.id if self.parcel else None

        def is_start(operation: Operation, made: ParcelId) -> bool:
            if parcel_id is not None:
                return made == parcel_id
            if operation.index < self.since:
                return False
            return operation.author == self.author if self.author else operation.site in sites

        return is_start


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


class SignedBy:
    """The goods of every record by a party or an agent, by index; found by reading the log.

    Goods that it made are recalled from their making, others from its first record about them: what
    it moved, graded, certified or reported. Goods that it used up are not, but for what came of it.
    """

    def __init__(self, reading: Reading, address: Address, since: int) -> None:
        agent = reading.view.read(Agent, address)
        self._agent = address if agent else None
        self._author = agent.organisation if agent else address
        self._ledger_id = reading.charter.ledger_id
        # An author stands in the bytes of its record, so that most lines need not be read.
        self._written = to_hex(self._author).encode()
        self._since = since
        self._at = since
        self._found: deque[tuple[int, tuple[ParcelId, ...]]] = deque()

    def until(self, ledger: Ledger, index: int, turn: Turn) -> int | None:
        """Return the index of the party's next record about goods if it is at most ``index``."""
        view = cast("View", ledger)  # every ledger that answers read is one
        while not self._found and self._at <= index:
            turn.spend(_ROWS_AT_ONCE // 8)
            stop = min(index + 1, self._at + _ROWS_AT_ONCE)
            for row in view.rows(self._at, stop):
                if self._written in row.envelope:
                    self._look_at(view, row.index, row.envelope, turn)
            self._at = stop
        return self._found[0][0] if self._found and self._found[0][0] <= index else None

    def take(self) -> tuple[ParcelId, ...]:
        """Return the goods of the next record."""
        return self._found.popleft()[1]

    def _look_at(self, view: View, index: int, envelope: bytes, turn: Turn) -> None:
        record = read_envelope(envelope).record
        if record.author != self._author or not self._has_signed(envelope):
            return
        made = outputs_of(record, record_id(record, self._ledger_id))
        goods = made or tuple(
            parcel
            for parcel in dict.fromkeys(_spoken_of(view, record))
            if not self._was_earlier(view, parcel, index, turn)
        )
        if goods:
            self._found.append((index, goods))

    def _has_signed(self, envelope: bytes) -> bool:
        if self._agent is None:
            return True
        return self._agent in read_signed(envelope, self._ledger_id).signers

    def _was_earlier(self, view: View, parcel_id: ParcelId, index: int, turn: Turn) -> bool:
        """Tell whether an earlier record of the party is about a parcel, or none is to be told."""
        known = view.read(Parcel, parcel_id)
        if known is None:
            return True
        spoken = view.last_mentions(parcel_id, index, _EARLIER_MAX)
        own = own_steps(view, parcel_id, known.head, _EARLIER_MAX)
        turn.owe(2 * (len(spoken) + len(own)))
        chain = (step.index for step in own if step.index < index)
        return any(self._is_by(view, at) for at in (*spoken, *chain) if at >= self._since)

    def _is_by(self, view: View, index: int) -> bool:
        row = view.row(index)
        if row is None or self._written not in row.envelope:
            return False
        is_author = read_envelope(row.envelope).record.author == self._author
        return is_author and self._has_signed(row.envelope)


def _spoken_of(view: View, record: Record) -> Iterator[ParcelId]:
    """Yield the goods that a record which makes none advances or speaks of."""
    what = record.what
    if isinstance(record, Correction):
        corrected = view.record(what.record)
        if corrected is not None and not isinstance(corrected, Correction):
            made = outputs_of(corrected, what.record)
            yield from made or _spoken_of(view, corrected)
        return
    if isinstance(record, Clearance):
        certificate = view.read(CertificateState, what.certificate)
        yield from certificate.parcels if certificate else ()
        return
    yield from touches(record, NO_HASH)
    spoken = (getattr(what, "parcel", NO_HASH), *getattr(what, "parcels", ()))
    yield from (ParcelId(Hash32(parcel)) for parcel in spoken if parcel != NO_HASH)
