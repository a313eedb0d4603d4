"""A solver that lies cannot make a bound false: it only proposes, whole numbers decide."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from ledger.limits import LIMITS
from ledger.verdicts.tightening import Questions
from ledger.verdicts.tightening.program import Program, Row
from ledger.verdicts.tightening.solving import (
    Effort,
    HighsSolver,
    Proposal,
    Terms,
    most,
    upper_bound,
)
from tests.ledger.trace.test_bounds import grown, intervals
from tests.ledger.verdicts.tightening.small import shares_of_parcel, told
from tests.trials import dice, trials


def plenty() -> Effort:
    """Return as much effort as is needed here."""
    return Effort(10_000)


LIES = ("noise", "sign", "scale", "swap", "random", "nonsense", "nothing")


@dataclass
class Liar:
    """Proposes multipliers and values that are wrong in many ways; denies what is possible."""

    program: Program
    dice: random.Random

    def __post_init__(self) -> None:
        self.honest = HighsSolver(self.program)

    def propose(self, terms: Terms, fixed: Mapping[int, int]) -> Proposal | None:
        """Lie, at times about one thing alone."""
        honest = self.honest.propose(terms, fixed)
        if honest is None:
            return None
        multipliers, values = list(honest.multipliers), honest.values
        if self.dice.random() < 0.8:
            multipliers = self.twisted(multipliers)
        if values is None or self.dice.random() < 0.3:
            values = [self.dice.choice([0.0, 0.5, 1.0, math.nan]) for _ in self.program.low]
        if fixed and self.dice.random() < 0.3:
            values = None
        return Proposal(multipliers, values)

    def twisted(self, honest: list[float]) -> list[float]:
        """Return wrong multipliers."""
        lie = self.dice.choice(LIES)
        if lie == "noise":
            return [value + self.dice.gauss(0, 0.3) for value in honest]
        if lie == "sign":
            return [-value for value in honest]
        if lie == "scale":
            return [value * self.dice.choice([1e-9, 0.5, 7, 1e9]) for value in honest]
        if lie == "swap":
            return self.dice.sample(honest, len(honest))
        if lie == "random":
            return [self.dice.uniform(-5, 5) for _ in honest]
        if lie == "nonsense":
            return [self.dice.choice([math.nan, math.inf, -math.inf, 1e300]) for _ in honest]
        return [0.0] * len(honest)


def test_a_bound_from_wrong_multipliers_holds_in_every_possible_world() -> None:
    random_ = dice("verdicts.lies")
    for _ in range(trials("verdicts.lies")):
        history = grown(random_)
        questions = Questions(told(history), lambda program: Liar(program, random_))
        for number in history.worlds.alive:
            pairs = zip(intervals(history, number), shares_of_parcel(history, number), strict=True)
            for (_, (least, greatest)), share in pairs:
                found = questions.ask(number, share)
                if found is not None:
                    assert found.least <= least
                    assert greatest <= found.most


@dataclass
class Silent:
    """A solver that finds nothing, or nothing after its first few answers."""

    program: Program
    answers: int = 0

    def __post_init__(self) -> None:
        self.honest = HighsSolver(self.program)

    def propose(self, terms: Terms, fixed: Mapping[int, int]) -> Proposal | None:
        """Propose something only at first."""
        self.answers -= 1
        return self.honest.propose(terms, fixed) if self.answers >= 0 else None


def test_where_the_solver_finds_nothing_nothing_is_said() -> None:
    history = grown(dice("verdicts.silent"))
    questions = Questions(told(history), Silent)
    number = max(history.worlds.alive, key=lambda n: len(history.parcels[n].ancestry))
    asked = [questions.ask(number, share) for share in shares_of_parcel(history, number)]
    assert set(asked) == {None}


def divided() -> Program:
    """Return two stones of 2 of which one alone can be of the goods that are asked for."""
    made = Program()
    first, second = made.column(0, 1), made.column(0, 1)
    made.stones += [first, second]
    made.rows.append(Row(0, 3, ((first, 2), (second, 2))))
    return made


def test_a_stone_is_never_partly_of_one_origin() -> None:
    made = divided()
    terms = [(0, 2), (1, 2)]
    assert HighsSolver(made).propose(terms, {}) is not None
    assert most(made, HighsSolver(made), terms, plenty()) == 2


@pytest.mark.parametrize("answers", range(6))
def test_a_solver_that_falls_silent_leaves_what_was_proved(answers: int) -> None:
    made = divided()
    found = most(made, Silent(made, answers), [(0, 2), (1, 2)], plenty())
    assert found == (None if answers == 0 else 3 if answers < 5 else 2)


def test_cases_are_looked_at_up_to_their_bound(monkeypatch) -> None:
    made = divided()
    limits = replace(LIMITS, tightening_cases_max=1)
    monkeypatch.setattr("ledger.verdicts.tightening.solving.LIMITS", limits)
    assert most(made, HighsSolver(made), [(0, 2), (1, 2)], plenty()) == 3


def program() -> Program:
    """Return ``0 <= 2a + b <= 12`` and ``a - b = 3`` with a and b from 0 to 10."""
    made = Program()
    a, b = made.column(0, 10), made.column(0, 10)
    made.rows += [Row(0, 12, ((a, 2), (b, 1))), Row(3, 3, ((a, 1), (b, -1)))]
    return made


@pytest.mark.parametrize(
    ("multipliers", "bound"),
    [
        ([1 / 3, 1 / 3], 5),  # the truth: 12/3 + 3/3
        ([0, 0], 10),  # the column's own bound
        ([0.5, 0], 6),  # 12/2, and b at its least
        ([0, 1], 13),  # 3 + b, and b at its most
        ([-0.5, 0], 25),  # the row at its low end, so 0; what is left is 2a + b/2, at their most
        ([math.nan, math.inf], 10),
    ],
)
def test_any_multipliers_give_a_bound_and_the_best_ones_the_best(multipliers, bound) -> None:
    made = program()
    assert upper_bound(made, [(0, 1)], multipliers, {}) == bound


def test_a_bound_is_rounded_down_to_a_whole_number() -> None:
    made = Program()
    a = made.column(0, 10)
    made.rows.append(Row(0, 7, ((a, 2),)))
    assert upper_bound(made, [(a, 1)], [0.5], {}) == 3
    assert upper_bound(made, [(a, -1)], [-0.5], {}) == 0


def test_the_solver_proposes_the_best_multipliers() -> None:
    made = program()
    for terms, best in (([(0, 1)], 5), ([(1, 1)], 2), ([(0, -1)], -3), ([(0, 1), (1, 1)], 7)):
        proposal = HighsSolver(made).propose(terms, {})
        assert proposal is not None
        assert upper_bound(made, terms, proposal.multipliers, {}) == best
        assert most(made, HighsSolver(made), terms, plenty()) == best


def test_a_fixed_column_has_its_value_alone() -> None:
    made = program()
    solver = HighsSolver(made)
    fixed = solver.propose([(0, 1)], {1: 1})
    assert fixed is not None
    assert upper_bound(made, [(0, 1)], fixed.multipliers, {1: 1}) == 4
    free = solver.propose([(0, 1)], {})
    assert free is not None
    assert upper_bound(made, [(0, 1)], free.multipliers, {}) == 5


def test_a_program_that_nothing_fulfils_is_proved_so_and_not_answered() -> None:
    made = program()
    made.rows.append(Row(9, 9, ((0, 1),)))
    proposal = HighsSolver(made).propose([(0, 1)], {})
    assert proposal is not None
    assert proposal.values is None
    assert upper_bound(made, (), proposal.multipliers, {}) < 0
    assert most(made, HighsSolver(made), [(0, 1)], plenty()) is None


def test_that_nothing_fulfils_a_program_cannot_be_lied_about() -> None:
    made = program()
    random_ = dice("verdicts.rays")
    for _ in range(200):
        ray = [random_.choice([-1, 1]) * random_.uniform(0, 100) for _ in made.rows]
        assert upper_bound(made, (), ray, {}) >= 0


def test_a_question_is_not_asked_when_the_effort_is_used_up() -> None:
    made = divided()
    terms = [(0, 2), (1, 2)]
    found = [most(made, HighsSolver(made), terms, Effort(left)) for left in range(12)]
    assert found[0] is None
    assert found[1] == 3
    assert found[-1] == 3
    assert most(made, HighsSolver(made), terms, plenty()) == 2


def test_iterations_are_bounded(monkeypatch) -> None:
    made = program()
    limits = replace(LIMITS, tightening_iterations_max=0)
    monkeypatch.setattr("ledger.verdicts.tightening.solving.LIMITS", limits)
    assert HighsSolver(made).propose([(0, 1)], {}) is None
