"""A history as linear inequalities over whole numbers, which every world that it allows fulfils.

Columns are amounts in millicarats, per holding and *share* (a site, a country, or all that is
neither); rows are the sentences of ``docs/spec/bounds.md``, "What is true". A single stone is
wholly of one site: it gets a column per share that is 1 for its own and 0 for others, of which the
program only knows that they lie between 0 and 1 and sum to 1. Every column is bounded, by what is
kept of its parcel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.trace.origins import OTHER_SITES, OriginBounds
from ledger.values import SiteId
from ledger.verdicts.tightening.history import Draw, History, Holding

Share = tuple[str, SiteId | None]
"""A country's site, or (site None) the whole country; :data:`REST` is all that is no other share.

A site of zeros stands for the sites of a country that no registration of the history names.
"""

REST: Final[Share] = ("", None)


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= sum of coefficient x column <= high``."""

    low: int
    high: int
    terms: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Program:
    """Columns with their bounds, rows, and which columns say what is in a holding.

    Attributes:
        low, high: of each column.
        rows: all of them.
        holds: of a holding and a share: its column and what that is multiplied by.
        stones: the columns that are 0 or 1.

    """

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    holds: dict[tuple[int, Share], tuple[int, int]] = field(default_factory=dict)
    stones: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many columns and coefficients there are."""
        return len(self.low) + sum(len(row.terms) for row in self.rows)

    def column(self, low: int, high: int) -> int:
        """Add a column."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def amount(self, holding: int, shares: Iterable[Share]) -> tuple[tuple[int, int], ...]:
        """Return the terms that say how much of some shares is in a holding."""
        found = ((holding, share) for share in shares)
        return tuple(self.holds[key] for key in found if key in self.holds)


def shares_of(history: History) -> tuple[Share, ...]:
    """Return the sites of a history, ascending; a country's others last of it, if it has any."""
    sites = {(country, site) for country, site in history.mined.values()}
    for number, holding in enumerate(history.holdings):
        if number not in history.mined:
            sites |= {
                (part.country, site) for part in holding.kept.countries for site, _ in part.sites
            }
    return tuple(sorted(sites))


def two_shares(share: Share) -> tuple[Share, ...]:
    """Return the division of all goods in a share and the rest."""
    return (share, REST)


def count_columns(history: History, shares: Sequence[Share]) -> int:
    """Tell how many columns a program would have at most."""
    return len(shares) * (2 * len(history.holdings) + len(history.draws))


def program_of(history: History, shares: Sequence[Share]) -> Program:
    """Write a history down as a program over a division of all goods."""
    program = Program()
    drawn: dict[tuple[int, Share], tuple[int, int]] = {}
    made = {number for draw in history.draws for number in draw.outputs}
    for number, holding in enumerate(history.holdings):
        _hold(program, number, holding, shares)
        if holding.slack is None or number not in made:
            for share in shares:
                if (number, share) in program.holds:
                    drawn[number, share] = program.holds[number, share]
        else:
            _draw_stone(program, number, holding, shares, drawn)
    for draw in history.draws:
        for share in shares:
            _balance(program, history, draw, share, drawn)
    return program


def room(kept: OriginBounds, share: Share, shares: Sequence[Share]) -> tuple[int, int]:
    """Return the least and the most of a share in a parcel, by what is kept of it."""
    country, site = share
    if share == REST:
        least, most = room(kept, shares[0], shares)
        return kept.weight_millicarats - most, kept.weight_millicarats - least
    if site is None:
        bound = kept.country(country)
        return bound.least, bound.most
    if site == OTHER_SITES:
        part = next((part for part in kept.countries if part.country == country), None)
        others = dict(part.sites).get(OTHER_SITES) if part else None
        return (0, others.most) if others else (0, 0)
    bound = kept.site(country, site)
    return bound.least, bound.most


def _hold(program: Program, number: int, holding: Holding, shares: Sequence[Share]) -> None:
    """Add what a holding is: columns for the shares that it has room for, and their sum."""
    unit = 1 if holding.slack is None else holding.weight
    columns = []
    for share in shares:
        least, most = room(holding.kept, share, shares)
        if most > 0:
            column = program.column(-(-least // unit), most // unit)
            program.holds[number, share] = (column, unit)
            columns.append(column)
            if holding.slack is not None and program.low[column] < program.high[column]:
                program.stones.append(column)
    whole = holding.weight // unit
    program.rows.append(Row(whole, whole, tuple((column, 1) for column in columns)))


def _draw_stone(
    program: Program,
    number: int,
    holding: Holding,
    shares: Sequence[Share],
    drawn: dict[tuple[int, Share], tuple[int, int]],
) -> None:
    """Add what one stone drew: most of it of what it is."""
    weight, slack = holding.weight, holding.slack or 0
    columns = []
    for share in shares:
        own = program.holds.get((number, share))
        most = weight if own else slack
        column = program.column(0, most)
        drawn[number, share] = (column, 1)
        columns.append(column)
        if own:
            terms = ((column, 1), (own[0], slack - weight))
            program.rows.append(Row(0, slack, terms))
    program.rows.append(Row(weight, weight, tuple((column, 1) for column in columns)))


def _balance(
    program: Program,
    history: History,
    draw: Draw,
    share: Share,
    drawn: dict[tuple[int, Share], tuple[int, int]],
) -> None:
    """What the outputs drew of a share and what is lost of it is what the inputs hold of it."""
    given = [program.holds[key] for n in draw.inputs if (key := (n, share)) in program.holds]
    taken = [drawn[key] for n in draw.outputs if (key := (n, share)) in drawn]
    terms = [*taken, *((column, -unit) for column, unit in given)]
    weighed_in = sum(history.holdings[number].weight for number in draw.inputs)
    loss = weighed_in - sum(history.holdings[number].weight for number in draw.outputs)
    if terms:
        program.rows.append(Row(-loss, 0, tuple(terms)))
