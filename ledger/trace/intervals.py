"""Closed intervals of whole millicarats over a tree: a parcel, its countries, their sites.

A :class:`Box` is a flat list of rows: each country's row, and behind it the rows of its sites; a
:class:`Span` is one country's part. In what is really there, a country holds the sum of its sites,
and the countries together weigh what the parcel weighs.

Every function here only removes values that no such composition can take: what comes out is
sound when what goes in is sound (``docs/spec/bounds.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """One country's part of the rows.

    Attributes:
        start: the country's own row; its sites' rows follow.
        end: the row behind the last site.
        has_others: the first site's row stands for goods known by their country alone, which may
            be of any of its sites.

    """

    start: int
    end: int
    has_others: bool

    @property
    def sites(self) -> slice:
        """The rows of the country's sites."""
        return slice(self.start + 1, self.end)


@dataclass(frozen=True, slots=True)
class Box:
    """The least and the most of every row, in millicarats."""

    least: tuple[int, ...]
    most: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether a row has no value left, so that no composition fits."""
        return any(least > most for least, most in zip(self.least, self.most, strict=True))


@dataclass(frozen=True, slots=True)
class Stone:
    """What is known of one stone, which is wholly of one site.

    Attributes:
        drawn: what the operation may have given to it, for the balance with the other outputs:
            up to the weighing tolerance of its book weight may stem from other goods.
        whole: what it is: each row none or all of its book weight.

    """

    drawn: Box
    whole: Box


def _share(
    least: Sequence[int], most: Sequence[int], low: int, high: int
) -> tuple[list[int], list[int]]:
    """Tighten rows whose sum lies between ``low`` and ``high``, all from the values given."""
    missing = low - sum(most)
    spare = high - sum(least)
    return (
        [max(lower, missing + upper) for lower, upper in zip(least, most, strict=True)],
        [min(upper, spare + lower) for lower, upper in zip(least, most, strict=True)],
    )


def settle(box: Box, spans: Sequence[Span], weight: int) -> Box:
    """Tighten a box by its own sums: sites make up countries, countries the parcel.

    One pass up and one down: on a tree of sums nothing is left to tighten by them afterwards.
    """
    low = [max(box.least[span.start], sum(box.least[span.sites])) for span in spans]
    high = [min(box.most[span.start], sum(box.most[span.sites])) for span in spans]
    low, high = _share(low, high, weight, weight)
    least: list[int] = []
    most: list[int] = []
    for span, lower, upper in zip(spans, low, high, strict=True):
        below = _share(box.least[span.sites], box.most[span.sites], lower, upper)
        least += (lower, *below[0])
        most += (upper, *below[1])
    return Box(tuple(least), tuple(most))


def part(box: Box, spans: Sequence[Span], total: int, weight: int) -> Box:
    """Bound a part that weighs ``weight`` of goods that weigh ``total`` and lie in ``box``."""
    rest = total - weight
    return settle(
        Box(
            tuple([max(0, least - rest) for least in box.least]),
            tuple([min(most, weight) for most in box.most]),
        ),
        spans,
        weight,
    )


def one_stone(box: Box, spans: Sequence[Span], weight: int, slack: int) -> Stone | None:
    """Use that a parcel is one stone; None when no origin fits it.

    Args:
        box: settled bounds of what the stone may have drawn.
        spans: the countries' parts of the rows.
        weight: the stone's book weight, > 0.
        slack: by how much the book weight may exceed what the stone drew of its own origin, from
            0 to ``weight`` - 1.

    """
    sites = _possible_sites(box, spans, weight, slack)
    possible = set(sites)
    countries = [
        span.start for span in spans if possible.intersection(range(span.start + 1, span.end))
    ]
    possible.update(countries)
    sole = {level[0] for level in (sites, countries) if len(level) == 1}
    drawn = settle(_drawn(box, spans, possible, sole, weight, slack), spans, weight)
    if not possible or drawn.is_empty:
        return None
    rows = range(len(box.least))
    whole = Box(
        tuple([weight if row in sole else 0 for row in rows]),
        tuple([weight if row in possible else 0 for row in rows]),
    )
    return Stone(drawn, whole)


def _possible_sites(box: Box, spans: Sequence[Span], weight: int, slack: int) -> list[int]:
    """List the rows of the sites that one stone can be wholly of.

    The stone drew at least ``weight - slack`` of its own site, so at most ``slack`` of all others.
    What it drew of a site may be told apart in that site's row, or not, in the country's others.
    """
    sites: list[int] = []
    for span in spans:
        others = box.most[span.start + 1] if span.has_others else 0
        for row in range(span.start + 1, span.end):
            is_others = span.has_others and row == span.start + 1
            if box.most[row] + (0 if is_others else others) + slack >= weight:
                sites.append(row)
    for span in spans:
        if box.least[span.start] > slack:
            sites = [row for row in sites if span.start < row < span.end]
            for row in range(span.start + 1 + span.has_others, span.end):
                if box.least[row] > slack:
                    sites = [site for site in sites if site == row]
    return sites


def _drawn(
    box: Box,
    spans: Sequence[Span],
    possible: AbstractSet[int],
    sole: AbstractSet[int],
    weight: int,
    slack: int,
) -> Box:
    """Bound what the stone drew: little of what it is not, most of what it must be."""
    least, most = list(box.least), list(box.most)
    for span in spans:
        others = box.most[span.start + 1] if span.has_others else 0
        for row in range(span.start, span.end):
            is_others = span.has_others and row == span.start + 1
            # Whatever site of the country the stone is of, it may have drawn from the others.
            if row not in possible and not (is_others and span.start in possible):
                most[row] = min(most[row], slack)
            if row in sole:
                hidden = 0 if is_others or row == span.start else others
                least[row] = max(least[row], weight - slack - hidden)
    return Box(tuple(least), tuple(most))
