"""Parcels' bounds as lists of rows, the form in which :mod:`ledger.trace.bounds` computes.

Countries ascend, and sites within each; a country's row stands before the rows of its sites.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.trace.intervals import Box, Span
from ledger.trace.origins import OTHER_SITES, Bound, CountryBounds, OriginBounds
from ledger.values import SiteId

Origins = tuple[tuple[str, tuple[SiteId, ...]], ...]
"""Countries and the sites below each, both ascending: what the rows stand for."""

_Amounts = tuple[int, int, int]
_NONE: _Amounts = (0, 0, 0)


def spans_of(origins: Origins) -> list[Span]:
    """Give each country's part of the rows."""
    spans = []
    end = 0
    for _, sites in origins:
        start, end = end, end + 1 + len(sites)
        spans.append(Span(start, end, OTHER_SITES in sites[:1]))
    return spans


def gather(inputs: Sequence[OriginBounds], sites_max: int) -> tuple[Origins, Box, tuple[int, ...]]:
    """Sum parcels: what the rows stand for, their least and most, their pro-rata amounts.

    At most ``sites_max`` sites stay told apart, those of which most can be there, ties by country
    and site; the goods of the others join those that are known by their country alone.
    """
    countries: dict[str, _Amounts] = {}
    sites: dict[tuple[str, SiteId], _Amounts] = {}
    for parcel in inputs:
        for part in parcel.countries:
            countries[part.country] = _sum(countries.get(part.country, _NONE), part.bound)
            for site, bound in part.sites:
                key = (part.country, site)
                sites[key] = _sum(sites.get(key, _NONE), bound)
    sites = _fewer_sites(sites, sites_max)
    below: dict[str, list[SiteId]] = {country: [] for country in sorted(countries)}
    for country, site in sorted(sites):
        below[country].append(site)
    origins = tuple((country, tuple(names)) for country, names in below.items())
    rows: list[_Amounts] = []
    for country, names in origins:
        rows += (countries[country], *(sites[country, site] for site in names))
    least, most, pro_rata = zip(*rows, strict=True)
    return origins, Box(least, most), pro_rata


def _sum(amounts: _Amounts, bound: Bound) -> _Amounts:
    least, most, pro_rata = amounts
    return least + bound.least, most + bound.most, pro_rata + bound.pro_rata


def _fewer_sites(
    sites: dict[tuple[str, SiteId], _Amounts], sites_max: int
) -> dict[tuple[str, SiteId], _Amounts]:
    named = [key for key in sites if key[1] != OTHER_SITES]
    if len(named) <= sites_max:
        return sites
    named.sort(key=lambda key: (-sites[key][1], key))
    kept = dict(sites)
    for country, site in named[sites_max:]:
        others = kept.get((country, OTHER_SITES), _NONE)
        kept[country, OTHER_SITES] = _sum(others, Bound(*kept.pop((country, site))))
    return kept


def assemble(origins: Origins, box: Box, pro_rata: Sequence[int]) -> tuple[CountryBounds, ...]:
    """Turn rows back into bounds; what is certainly not there is left out."""
    bounds = [Bound(*row) for row in zip(box.least, box.most, pro_rata, strict=True)]
    countries = []
    for (country, names), span in zip(origins, spans_of(origins), strict=True):
        if bounds[span.start].most > 0:
            sites = zip(names, bounds[span.sites], strict=True)
            found = tuple((site, bound) for site, bound in sites if bound.most > 0)
            countries.append(CountryBounds(country, bounds[span.start], found))
    return tuple(countries)
