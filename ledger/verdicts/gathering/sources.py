"""Where the goods of a parcel can have been mined: its bounds, and what the registrations say.

A site that the bounds tell apart is an origin. Other goods of its country, over the limit of sites
or of a site whose zone was changed, are told apart by zone. ``least`` counts only what exceeds the
weighing tolerance of the heaviest goods that were weighed in the ancestry (``docs/spec/bounds.md``:
book weights of several stones are taken as exact).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.custody import CharterInForce, Operation, SiteState
from ledger.limits import LIMITS
from ledger.records import Registration
from ledger.trace.origins import NOTHING, OTHER_SITES, Bound, CountryBounds, OriginBounds
from ledger.values import SiteId
from ledger.verdicts.facts import Ground, Origin
from ledger.verdicts.gathering.ancestry import Ancestry, Origins
from ledger.verdicts.gathering.known import Past
from ledger.verdicts.gathering.steps import step_at

_Place = tuple[str, SiteId | None, str]
"""Country, site or None, zone: what makes an origin."""


@dataclass(slots=True)
class _Mined:
    """What the registrations of one origin say together."""

    since: int
    until: int
    indices: list[int] = field(default_factory=list)
    grounds: list[tuple[Ground, ...]] = field(default_factory=list)

    def take(self, since: int, until: int, index: int, grounds: tuple[Ground, ...]) -> None:
        """Widen the period by one registration."""
        self.since, self.until = min(self.since, since), max(self.until, until)
        self.indices.append(index)
        if grounds:
            # The first and the last; and one that is suspect, which nobody may hide between them.
            suspect = [one for one in self.grounds[1:-1] if _is_suspect(one)]
            suspect += [one for one in self.grounds[1:][-1:] if _is_suspect(one)]
            self.grounds = [*self.grounds[:1], *suspect[:1], grounds]

    def told(self) -> tuple[Ground, ...]:
        """Return what the first and the last registration rest on."""
        return tuple(ground for grounds in self.grounds for ground in grounds)


def _is_suspect(grounds: tuple[Ground, ...]) -> bool:
    return any(ground.is_suspect for ground in grounds)


@dataclass(frozen=True, slots=True)
class Sources:
    """The origins of a parcel.

    Attributes:
        origins: ascending by key.
        bits: the origins as bits, in this order.
        of_registration: by index of a registration: the bit of its origin, if that is possible.
        least_by_country: as in the facts.
        is_cut: whether there are more origins than are told.

    """

    origins: tuple[Origin, ...]
    bits: Origins
    of_registration: Mapping[int, int]
    least_by_country: tuple[tuple[str, int], ...]
    is_cut: bool


def sources_of(past: Past, ancestry: Ancestry, bounds: OriginBounds) -> Sources:
    """Return where a parcel's goods can have been mined."""
    countries = {part.country: part for part in bounds.countries}
    mined = _mined(past, ancestry, countries)
    if ancestry.is_cut:
        _add_unseen(past, ancestry, countries, mined)
    allowed = _allowance(past.charter(), ancestry)
    places = sorted(mined, key=lambda place: (place[0], place[1] or b"", place[2]))
    told = places[: LIMITS.facts_origins_max]
    sharing = Counter(place[:2] for place in places)
    origins = [
        _origin(
            place,
            mined[place],
            _weighed(countries[place[0]], place, is_alone=sharing[place[:2]] == 1),
            bounds.weight_millicarats,
            0 if ancestry.subject.stones == 1 else allowed,
            is_only=len(places) == 1,
        )
        for place in told
    ]
    ordered = sorted(zip(origins, told, strict=True), key=lambda pair: pair[0].key)
    bits = Origins((origin.country, origin.site, origin.key) for origin, _ in ordered)
    of_registration = {
        index: 1 << at for at, (_, place) in enumerate(ordered) for index in mined[place].indices
    }
    least = _least_by_country(bounds, 0 if ancestry.subject.stones == 1 else allowed)
    found = tuple(origin for origin, _ in ordered)
    return Sources(found, bits, of_registration, least, len(told) < len(places))


def _mined(
    past: Past, ancestry: Ancestry, countries: Mapping[str, CountryBounds]
) -> dict[_Place, _Mined]:
    """Collect the registrations by origin, of those origins that the bounds leave room for."""
    told = {country: dict(part.sites) for country, part in countries.items()}
    found: list[tuple[Operation, str, int, int, tuple[Ground, ...]]] = []
    zones: dict[SiteId, set[str]] = {}
    for operation in ancestry.registrations():
        known = told.get(operation.country)
        if known is None or (operation.site not in known and OTHER_SITES not in known):
            continue
        zone, since, until, grounds = _registered(past, operation)
        zones.setdefault(operation.site, set()).add(zone)
        found.append((operation, zone, since, until, grounds))
    mined: dict[_Place, _Mined] = {}
    for operation, zone, since, until, grounds in found:
        is_apart = operation.site in told[operation.country] and len(zones[operation.site]) == 1
        place = (operation.country, operation.site if is_apart else None, zone)
        one = mined.setdefault(place, _Mined(since, until))
        one.take(since, until, operation.index, grounds)
    return mined


def _registered(past: Past, operation: Operation) -> tuple[str, int, int, tuple[Ground, ...]]:
    """Return zone, period and grounds of a registration; the widest period where it is not read."""
    if past.may_read():
        index, record = past.record(operation.record_id)
        step = step_at(past, index, operation.record_id, record)
        if isinstance(step.record, Registration):
            first, scene = record.scene, step.record.scene
            # A Correction makes doubt of the period, and does not undo what was said at first.
            since = min(first.period_from, scene.period_from)
            return scene.zone, since, max(first.period_to, scene.period_to), step.grounds
    return _zone_now(past, operation.site), 0, operation.occurred_at, ()


def _zone_now(past: Past, site: SiteId) -> str:
    state = past.known.read(SiteState, site)
    return state.zone if state else ""


def _add_unseen(
    past: Past,
    ancestry: Ancestry,
    countries: Mapping[str, CountryBounds],
    mined: dict[_Place, _Mined],
) -> None:
    """Add the origins whose registrations lie behind the bound of the walk."""
    until = ancestry.subject.head_at
    for country, part in countries.items():
        for site, _ in part.sites:
            is_told = site != OTHER_SITES
            place = (
                country,
                site if is_told else None,
                _zone_now(past, site) if is_told else "",
            )
            mined.setdefault(place, _Mined(0, until)).since = 0


def _allowance(charter: CharterInForce, ancestry: Ancestry) -> int:
    heaviest = max(
        (sum(operation.input_weights_millicarats) for operation in ancestry.operations),
        default=0,
    )
    return charter.tolerance(max(heaviest, ancestry.subject.weight_millicarats))


def _weighed(part: CountryBounds, place: _Place, *, is_alone: bool) -> Bound:
    """Bound one origin; of those that share a bound, none is certain."""
    _, site, _ = place
    if site is not None:
        bound = part.site(site)
    else:
        others = dict(part.sites).get(OTHER_SITES, NOTHING)
        bound = Bound(others.least, part.bound.most, 0)
    return bound if is_alone and (site or _is_of_others_alone(part)) else Bound(0, bound.most, 0)


def _is_of_others_alone(part: CountryBounds) -> bool:
    return [site for site, _ in part.sites] == [OTHER_SITES]


def _origin(
    place: _Place, mined: _Mined, bound: Bound, weight: int, allowed: int, *, is_only: bool
) -> Origin:
    country, site, zone = place
    return Origin(
        country=country,
        site=site,
        zone=zone,
        mined_from=mined.since,
        mined_to=mined.until,
        least=weight if is_only else max(0, bound.least - allowed),
        most=weight if is_only else bound.most,
        grounds=mined.told(),
    )


def is_contradicted(bounds: OriginBounds, countries: tuple[str, ...]) -> bool:
    """Tell whether some goods certainly are of a country that is none of these."""
    return any(country not in countries for country, _ in _least_by_country(bounds, 0))


def _least_by_country(bounds: OriginBounds, allowed: int) -> tuple[tuple[str, int], ...]:
    weight = bounds.weight_millicarats
    if len(bounds.countries) == 1:
        return ((bounds.countries[0].country, weight),)
    least = ((part.country, part.bound.least - allowed) for part in bounds.countries)
    return tuple((country, amount) for country, amount in least if amount > 0)
