"""Narrower bounds of origin, from everything that is known of a parcel and its relatives.

Bounds as they are kept look at each operation once, in the order of the log. What a later split
tells of its siblings, and what mixing relatives again takes back, they do not see. On demand, the
whole connected history is written down as one linear program, and asked for the most and the least
of each origin. A solver proposes, whole numbers decide (:mod:`ledger.verdicts.tightening.solving`),
so that bounds can only become narrower where that is proved. ``docs/spec/bounds.md``, "Tightening",
gives the method, its limits, and how often it is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.custody import Parcel
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.values import to_hex
from ledger.verdicts.facts import Facts, Origin
from ledger.verdicts.gathering import Known, charter_then, parcel_then
from ledger.verdicts.tightening.history import History, history_of
from ledger.verdicts.tightening.program import (
    Program,
    Share,
    count_columns,
    program_of,
    shares_of,
    two_shares,
)
from ledger.verdicts.tightening.solving import HighsSolver, Solver, upper_bound

__all__ = ["Interval", "Questions", "tightened"]


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the most of something in a holding, proved; millicarats."""

    least: int
    most: int


class Questions:
    """One history, and what may be asked of it: how much of an origin is in a holding.

    Args:
        history: the history; with a contradiction in it nothing is answered.
        make_solver: what proposes bounds; they are proved whoever proposes them.

    """

    def __init__(
        self, history: History, make_solver: Callable[[Program], Solver] = HighsSolver
    ) -> None:
        self._history = history
        self._make_solver = make_solver
        self._shares = shares_of(history)
        self._is_contradicted = any(held.kept.contradicted for held in history.holdings)
        self._programs: dict[tuple[Share, ...], tuple[Program, Solver]] = {}

    def ask(self, holding: int, share: Share) -> Interval | None:
        """Bound a site or (site None) a country in a holding; None where nothing is proved.

        Of one stone the least is zero or its weight, and so is the most.
        """
        asked = self._program_for(share)
        if asked is None:
            return None
        program, solver, shares = asked
        terms = program.amount(holding, shares)
        most = self._most(program, solver, terms)
        fewest = self._most(program, solver, [(column, -factor) for column, factor in terms])
        if most is None or fewest is None:
            return None
        held = self._history.holdings[holding]
        if held.slack is None:
            return Interval(max(0, -fewest), most)
        is_certain, is_possible = fewest < 0, most >= held.weight
        return Interval(held.weight * is_certain, held.weight * is_possible)

    def _program_for(self, share: Share) -> tuple[Program, Solver, tuple[Share, ...]] | None:
        if self._is_contradicted:
            return None
        country, site = share
        division = self._shares
        asked: tuple[Share, ...] = (share,)
        if count_columns(self._history, division) > LIMITS.tightening_columns_max:
            division = two_shares(share)
            if count_columns(self._history, division) > LIMITS.tightening_columns_max:
                return None
        elif site is None:
            asked = tuple(one for one in division if one[0] == country)
        if division not in self._programs:
            program = program_of(self._history, division)
            self._programs = {division: (program, self._make_solver(program))}
        return *self._programs[division], asked

    @staticmethod
    def _most(program: Program, solver: Solver, terms: Sequence[tuple[int, int]]) -> int | None:
        if not terms:
            return 0
        multipliers = solver.multipliers(terms)
        return None if multipliers is None else upper_bound(program, terms, multipliers)


def tightened(
    known: Known,
    facts: Facts,
    size: int | None = None,
    make_solver: Callable[[Program], Solver] = HighsSolver,
) -> Facts:
    """Narrow the origins of a parcel by its whole connected history.

    Args:
        known: the ledger.
        facts: what was gathered of the parcel from the same ledger and ``size``.
        size: only entries below it are looked at; all of them, if not said.
        make_solver: what proposes bounds.

    Returns:
        The facts; ``is_tightened`` where an origin could be narrowed, ``is_contradicted`` where
        the whole history leaves none.

    """
    end = LIMITS.checkpoint_leaves_max if size is None else size
    parts = tuple(tightened(known, part, size, make_solver) for part in facts.parts)
    is_tightened = any(part.is_tightened for part in parts)
    facts = replace(facts, parts=parts, is_tightened=is_tightened)
    if len(facts.origins) == 1 or facts.is_contradicted:
        return facts
    parcel = known.read(Parcel, facts.parcel)
    if parcel is None:
        raise Unknown("parcel", to_hex(facts.parcel))
    history, number = history_of(known, parcel_then(known, parcel, end), end)
    is_stone = history.holdings[number].weight == facts.weight_millicarats and facts.stones == 1
    allowed = 0 if is_stone else charter_then(known, end).tolerance(history.heaviest)
    return _narrowed(facts, Questions(history, make_solver), number, allowed)


def _narrowed(facts: Facts, questions: Questions, number: int, allowed: int) -> Facts:
    """Put what the questions prove into the facts."""
    told: list[Origin] = []
    for at, origin in enumerate(facts.origins):
        share = (origin.country, origin.site)
        found = questions.ask(number, share) if at < LIMITS.tightening_origins_max else None
        if found is None:
            told.append(origin)
        elif min(found.most, origin.most) > 0:
            # Of goods known by their country alone the country's least may be of other sites.
            least = 0 if origin.site is None else max(0, found.least - allowed)
            most = min(origin.most, found.most)
            told.append(replace(origin, least=max(origin.least, least), most=most))
    if not told:
        return replace(facts, is_contradicted=True)
    if len(told) == 1:
        weight = facts.weight_millicarats
        told = [replace(told[0], least=weight, most=weight)]
    origins = tuple(told)
    countries = _countries(facts, questions, number, allowed, origins)
    if (origins, countries) == (facts.origins, facts.least_by_country):
        return facts
    return replace(facts, origins=origins, least_by_country=countries, is_tightened=True)


def _countries(
    facts: Facts, questions: Questions, number: int, allowed: int, origins: Iterable[Origin]
) -> tuple[tuple[str, int], ...]:
    """Return what is certain of each country, by the whole history."""
    countries = sorted({origin.country for origin in origins})
    if len(countries) == 1:
        return ((countries[0], facts.weight_millicarats),)
    least = dict(facts.least_by_country)
    for country in countries[: LIMITS.tightening_origins_max]:
        found = questions.ask(number, (country, None))
        if found is not None and found.least > allowed:
            least[country] = max(least.get(country, 0), found.least - allowed)
    return tuple(sorted(least.items()))
