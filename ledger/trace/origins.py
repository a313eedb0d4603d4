"""What one parcel can be made of: an interval of millicarats per country and per site.

These are the answers; :mod:`ledger.trace.bounds` computes them through splits and mixes. An origin
that is not listed is certainly not in the parcel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.values import NO_HASH, SiteId

OTHER_SITES: Final = NO_HASH
"""In place of a site id: goods known by their country alone, of any site of it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of one origin a parcel holds, in millicarats of its book weight.

    Attributes:
        least: certainly in it.
        most: possibly in it, at most.
        pro_rata: the expected share if goods mix by weight; between the other two, and evidence
            of nothing.

    """

    least: int
    most: int
    pro_rata: int


NOTHING: Final = Bound(0, 0, 0)


@dataclass(frozen=True, slots=True)
class CountryBounds:
    """One country's part of a parcel.

    Attributes:
        country: ISO 3166-1 alpha-2.
        bound: of the whole country.
        sites: ascending by site id: the goods whose site is told apart and, as
            :data:`OTHER_SITES`, those known by the country alone.

    """

    country: str
    bound: Bound
    sites: tuple[tuple[SiteId, Bound], ...]

    def site(self, site: SiteId) -> Bound:
        """Bound what is of one site; it may also be among the goods known by country alone."""
        told_apart = dict(self.sites)
        own = told_apart.pop(site, NOTHING)
        others = told_apart.pop(OTHER_SITES, NOTHING)
        room = self.bound.most - sum(bound.least for bound in told_apart.values())
        return Bound(own.least, min(own.most + others.most, room), own.pro_rata)


@dataclass(frozen=True, slots=True)
class OriginBounds:
    """Everything that is known of one parcel's origin.

    Attributes:
        weight_millicarats: the parcel's book weight, > 0.
        countries: ascending; every ``most`` is above zero.
        contradicted: the records leave no composition for this parcel (for a single stone: no
            origin fits it). A finding; the bounds are then those of the split alone.

    """

    weight_millicarats: int
    countries: tuple[CountryBounds, ...]
    contradicted: bool = False

    def country(self, country: str) -> Bound:
        """Bound what is of ``country``."""
        found = self._of(country)
        return found.bound if found else NOTHING

    def site(self, country: str, site: SiteId) -> Bound:
        """Bound what is of ``site``, which lies in ``country``."""
        found = self._of(country)
        return found.site(site) if found else NOTHING

    def possible(self) -> tuple[str, ...]:
        """List the countries that may be in the parcel, ascending."""
        return tuple(part.country for part in self.countries)

    def certain(self, above_millicarats: int = 0) -> tuple[str, ...]:
        """List the countries of which more than ``above_millicarats`` is certainly in the parcel.

        Bounds take the book weights of parcels of several stones as exact; whoever judges by a
        small ``least`` gives the weighing tolerance here.
        """
        return tuple(
            part.country for part in self.countries if part.bound.least > above_millicarats
        )

    def _of(self, country: str) -> CountryBounds | None:
        return next((part for part in self.countries if part.country == country), None)


def registered(country: str, site: SiteId, weight_millicarats: int) -> OriginBounds:
    """Bound a parcel as its miner registers it: wholly of one site."""
    whole = Bound(weight_millicarats, weight_millicarats, weight_millicarats)
    return OriginBounds(weight_millicarats, (CountryBounds(country, whole, ((site, whole),)),))
