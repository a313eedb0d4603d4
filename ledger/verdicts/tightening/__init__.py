"""Narrower bounds of origin, from everything that is known of a parcel and its relatives.

Bounds as they are kept look at each operation once, in the order of the log. What a later split
tells of its siblings, and what mixing relatives again takes back, they do not see. On demand, the
whole connected history is written down as one linear program, and asked for the most and the least
of each origin. A solver proposes, whole numbers decide (:mod:`ledger.verdicts.tightening.solving`),
so that bounds can only become narrower where that is proved. ``docs/spec/bounds.md``, "Tightening",
gives the method, its limits, and how often it is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from ledger.custody import Parcel
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.values import to_hex
from ledger.verdicts.facts import Crossing, Facts, Origin, Saying, Stay
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
from ledger.verdicts.tightening.solving import Effort, HighsSolver, Solver, most

__all__ = ["Interval", "Questions", "tightened"]

Told = TypeVar("Told", Crossing, Stay, Saying)


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
        effort: how much work may be done; as much as for one parcel, if not said.

    """

    def __init__(
        self,
        history: History,
        make_solver: Callable[[Program], Solver] = HighsSolver,
        effort: Effort | None = None,
    ) -> None:
        self._history = history
        self._make_solver = make_solver
        self._shares = shares_of(history)
        self._effort = effort or Effort(LIMITS.tightening_effort_max)
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
        negated = [(column, -factor) for column, factor in terms]
        greatest = most(program, solver, terms, self._effort)
        fewest = most(program, solver, negated, self._effort)
        if greatest is None or fewest is None:
            return None
        held = self._history.holdings[holding]
        if held.slack is None:
            return Interval(max(0, -fewest), greatest)
        is_certain, is_possible = fewest < 0, greatest >= held.weight
        return Interval(held.weight * is_certain, held.weight * is_possible)

    def _program_for(self, share: Share) -> tuple[Program, Solver, tuple[Share, ...]] | None:
        if self._is_contradicted:
            return None
        country, site = share
        division = self._shares
        asked: tuple[Share, ...] = (share,)
        if count_columns(self._history, division) > LIMITS.tightening_columns_whole:
            division = two_shares(share)
            if count_columns(self._history, division) > LIMITS.tightening_columns_max:
                return None
        elif site is None:
            asked = tuple(one for one in division if one[0] == country)
        if division not in self._programs:
            program = program_of(self._history, division)
            self._programs = {division: (program, self._make_solver(program))}
        return *self._programs[division], asked


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
    return _tightened(known, facts, end, make_solver, Effort(LIMITS.tightening_effort_max))


def _tightened(
    known: Known,
    facts: Facts,
    size: int,
    make_solver: Callable[[Program], Solver],
    effort: Effort,
) -> Facts:
    """Narrow the origins of a parcel, and first of those that are set in it, with one effort."""
    parts = tuple(_tightened(known, part, size, make_solver, effort) for part in facts.parts)
    is_tightened = any(part.is_tightened for part in parts)
    facts = replace(facts, parts=parts, is_tightened=is_tightened)
    if len(facts.origins) == 1 or facts.is_contradicted or effort.is_used_up:
        return facts
    parcel = known.read(Parcel, facts.parcel)
    if parcel is None:
        raise Unknown("parcel", to_hex(facts.parcel))
    history, number = history_of(known, parcel_then(known, parcel, size), size)
    effort.spend_on(history)
    allowed = 0
    if facts.stones != 1:
        allowed = charter_then(known, size).tolerance(history.heaviest)
    return _narrowed(facts, Questions(history, make_solver, effort), number, allowed)


def _narrowed(facts: Facts, questions: Questions, number: int, allowed: int) -> Facts:
    """Put what the questions prove into the facts: first of countries, then of what is left."""
    by_country = Counter(origin.country for origin in facts.origins)
    countries = {country: questions.ask(number, (country, None)) for country in sorted(by_country)}
    told: list[Origin] = []
    for origin in facts.origins:
        found = countries[origin.country]
        if by_country[origin.country] > 1 and (found is None or found.most > 0):
            site = questions.ask(number, (origin.country, origin.site)) if origin.site else None
            found = site or (Interval(0, found.most) if found else None)
        if found is None:
            told.append(origin)
        elif found.most > 0:
            least = max(origin.least, found.least - allowed)
            told.append(replace(origin, least=least, most=min(origin.most, found.most)))
    if not told:
        return replace(facts, is_contradicted=True)
    weight = facts.weight_millicarats
    if len(told) == 1:
        told = [replace(told[0], least=weight, most=weight)]
    origins = tuple(told)
    left = sorted({origin.country for origin in origins})
    certain = dict(facts.least_by_country)
    for country in left:
        found = countries[country]
        amount = found.least - allowed if found else 0
        certain[country] = weight if len(left) == 1 else max(certain.get(country, 0), amount)
    least_by_country = tuple((country, certain[country]) for country in left if certain[country])
    if (origins, least_by_country) == (facts.origins, facts.least_by_country):
        return facts
    narrowed = _only_about(facts, frozenset(origin.key for origin in origins))
    return replace(narrowed, origins=origins, least_by_country=least_by_country, is_tightened=True)


def _only_about(facts: Facts, keys: frozenset[str]) -> Facts:
    """Leave out what concerns only origins that are no longer possible."""
    return replace(
        facts,
        crossings=tuple(_kept(facts.crossings, keys)),
        stays=tuple(_kept(facts.stays, keys)),
        sayings=tuple(_kept(facts.sayings, keys)),
    )


def _kept(told: Iterable[Told], keys: frozenset[str]) -> Iterator[Told]:
    for one in told:
        if one.may_concern & keys:
            yield replace(one, may_concern=one.may_concern & keys, concerns=one.concerns & keys)
