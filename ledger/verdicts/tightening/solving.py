"""The most that a sum of columns can be: proposed by a solver, decided in whole numbers.

A linear program's dual is a recipe for adding up its rows. Whatever multipliers the recipe names,
adding up the rows by them gives a true upper bound: what they leave of each column is counted at
the column's own bound. So the solver's floating-point numbers may be inexact, or wrong altogether;
the bound is then wide, and never false. (Weak duality; S. Boyd and L. Vandenberghe, *Convex
Optimization*, 2004, section 5.2; for safe bounds from inexact duals: A. Neumaier and
O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming", 2004.)

Where the best that the solver finds takes a stone to be partly of two origins, the question is
asked twice: with the stone of the one, and with the stone not of it. The greater answer holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ledger.limits import LIMITS
from ledger.verdicts.tightening.history import History
from ledger.verdicts.tightening.program import Program

Terms = Sequence[tuple[int, int]]
"""Columns and their coefficients."""

SCALE_BITS = 40
"""Multipliers are rounded to so many binary places."""
PER_ITERATION = 100
"""What an iteration counts for, measured in coefficients."""
PER_HOLDING = 1_000
"""What collecting a holding counts for: it is read, and bounded."""
_WHOLE = 1e-6
"""How near a stone's column must be to 0 or 1 to be taken for it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a solver says of a question.

    Attributes:
        multipliers: of each row: they add the rows up to a bound, or, where nothing fulfils the
            rows, to something impossible.
        values: of each column, where the terms are greatest; None where nothing fulfils the rows.
        iterations: how many it took.

    """

    multipliers: Sequence[float]
    values: Sequence[float] | None
    iterations: int = 0


class Effort:
    """How much work may still be done on questions about one history.

    It is counted, not timed, so that an answer does not depend on how busy a machine is: a
    coefficient of a program is one, each time it is looked at; an iteration of the solver is
    :data:`PER_ITERATION`.
    """

    def __init__(self, most: int) -> None:
        self._left = most

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left."""
        return self._left <= 0

    def spend_on(self, history: History) -> None:
        """Count the collecting of a history."""
        self._left -= PER_HOLDING * len(history.holdings)

    def spend(self, program: Program, proposal: Proposal | None) -> None:
        """Count one look at a program."""
        iterations = proposal.iterations if proposal else 0
        self._left -= program.size + PER_ITERATION * iterations


class Solver(Protocol):
    """What proposes multipliers; :class:`HighsSolver`, or a test's."""

    def propose(self, terms: Terms, fixed: Mapping[int, int]) -> Proposal | None:
        """Propose how to bound ``terms`` with some columns fixed; None where nothing was found."""


def upper_bound(
    program: Program, terms: Terms, multipliers: Sequence[float], fixed: Mapping[int, int]
) -> int:
    """Return a whole number that ``terms`` cannot exceed, whatever the multipliers are.

    A row is taken at its high end for a positive multiplier, and at its low end for a negative.
    For no terms at all, less than 0 says that nothing fulfils the rows.
    """
    left = [0] * len(program.low)
    for column, coefficient in terms:
        left[column] += coefficient << SCALE_BITS
    total = 0
    for row, proposed in zip(program.rows, multipliers, strict=True):
        multiplier = _rounded(proposed)
        if multiplier:
            total += multiplier * (row.high if multiplier > 0 else row.low)
            for column, coefficient in row.terms:
                left[column] -= multiplier * coefficient
    for column, value in fixed.items():
        total += left[column] * value
        left[column] = 0
    for rest, low, high in zip(left, program.low, program.high, strict=True):
        if rest:
            total += rest * (high if rest > 0 else low)
    return total >> SCALE_BITS  # amounts are whole numbers, so a bound on them may be rounded down


def _rounded(multiplier: float) -> int:
    """Return a multiplier in units of the scale; nothing for what is no number."""
    if not abs(multiplier) < 1 << SCALE_BITS:
        return 0
    return round(multiplier * (1 << SCALE_BITS))


def most(program: Program, solver: Solver, terms: Terms, effort: Effort) -> int | None:
    """Return a whole number that ``terms`` cannot exceed; None where nothing was proved.

    The stone that is divided most evenly is decided first, in the case that leaves most; at most
    ``LIMITS.tightening_cases_max`` cases are looked at, and none when the effort is used up.
    """
    if not terms:
        return 0
    question = _Question(program, solver, terms, effort)
    whole = None if effort.is_used_up else question.case({}, None)
    if whole is None:
        return None
    cases, looked_at = [(-whole.bound, 0, whole)], 1
    while cases:
        case = cases[0][2]
        is_enough = looked_at >= LIMITS.tightening_cases_max or effort.is_used_up
        if case.divided is None or is_enough:
            return case.bound
        heapq.heappop(cases)
        for value in (0, 1):
            fixed = {**case.fixed, case.divided: value}
            made = question.case(fixed, case.bound)
            looked_at += 1
            if made is not None:
                heapq.heappush(cases, (-made.bound, looked_at, made))
    return None


@dataclass(frozen=True, slots=True)
class _Case:
    """Some stones decided: a bound on the terms, and the column of a stone that is divided."""

    fixed: Mapping[int, int]
    bound: int
    divided: int | None


@dataclass(frozen=True, slots=True)
class _Question:
    """A question: how much there can be of some terms."""

    program: Program
    solver: Solver
    terms: Terms
    effort: Effort

    def case(self, fixed: Mapping[int, int], bound: int | None) -> _Case | None:
        """Look at one case; None where nothing fulfils it, or, at first, where nothing was found.

        ``bound`` is what is proved without the last decision; None at first.
        """
        program = self.program
        proposal = self.solver.propose(self.terms, fixed)
        self.effort.spend(program, proposal)
        if proposal is None or proposal.values is None:
            if bound is None:
                return None
            if proposal and upper_bound(program, (), proposal.multipliers, fixed) < 0:
                return None
            return _Case(fixed, bound, None)
        proved = upper_bound(program, self.terms, proposal.multipliers, fixed)
        return _Case(
            fixed,
            proved if bound is None else min(bound, proved),
            _divided(program, proposal.values, fixed),
        )


def _divided(program: Program, values: Sequence[float], fixed: Mapping[int, int]) -> int | None:
    """Return the column of the stone that is divided most evenly, ties to the first; or None."""
    found, least = None, 0.5 - _WHOLE
    for column in program.stones:
        distance = abs(values[column] - 0.5)
        if distance < least and column not in fixed:
            found, least = column, distance
    return found


class HighsSolver:
    """HiGHS' dual simplex, always with the same options and on one thread.

    Source: https://highs.dev; Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex
    method", 2018. Each question is bounded in iterations.
    """

    def __init__(self, program: Program) -> None:
        import highspy  # asked for only where a verdict turns on it
        import numpy as np

        self._np, self._highspy = np, highspy
        self._program = program
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # as it comes
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("presolve", "off"),  # or a program that nothing fulfils leaves no proof of it
            ("solver", "simplex"),
            ("simplex_strategy", 1),
            ("simplex_iteration_limit", LIMITS.tightening_iterations_max),
        ):
            self._highs.setOptionValue(option, value)
        self._highs.passModel(self._model(program))

    def _model(self, program: Program) -> Any:  # noqa: ANN401 - the library's own
        np, model = self._np, self._highspy.HighsLp()
        model.num_col_, model.num_row_ = len(program.low), len(program.rows)
        model.col_cost_ = np.zeros(len(program.low))
        model.col_lower_ = np.array(program.low, dtype=np.double)
        model.col_upper_ = np.array(program.high, dtype=np.double)
        model.row_lower_ = np.array([row.low for row in program.rows], dtype=np.double)
        model.row_upper_ = np.array([row.high for row in program.rows], dtype=np.double)
        starts = [0]
        for row in program.rows:
            starts.append(starts[-1] + len(row.terms))
        terms = [term for row in program.rows for term in row.terms]
        matrix = model.a_matrix_
        matrix.format_ = self._highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = len(program.low), len(program.rows)
        matrix.start_ = np.array(starts, dtype=np.int32)
        matrix.index_ = np.array([column for column, _ in terms], dtype=np.int32)
        matrix.value_ = np.array([coefficient for _, coefficient in terms], dtype=np.double)
        return model

    def propose(self, terms: Terms, fixed: Mapping[int, int]) -> Proposal | None:
        """Propose multipliers; None where none were found within the iterations."""
        costs = self._np.zeros(len(self._program.low))
        for column, coefficient in terms:
            costs[column] -= coefficient
        columns = self._np.arange(len(costs), dtype=self._np.int32)
        self._highs.changeColsCost(len(costs), columns, costs)
        for column, value in fixed.items():
            self._highs.changeColBounds(column, float(value), float(value))
        self._highs.run()
        found = self._found()
        for column in fixed:
            low, high = self._program.low[column], self._program.high[column]
            self._highs.changeColBounds(column, float(low), float(high))
        return found

    def _found(self) -> Proposal | None:
        status, statuses = self._highs.getModelStatus(), self._highspy.HighsModelStatus
        iterations = int(self._highs.getInfo().simplex_iteration_count)
        if status == statuses.kOptimal:
            solution = self._highs.getSolution()
            multipliers = [-dual for dual in solution.row_dual]
            return Proposal(multipliers, list(solution.col_value), iterations)
        if status == statuses.kInfeasible:
            _, has_ray, ray = self._highs.getDualRay()
            if has_ray:
                return Proposal([-value for value in ray], None, iterations)
        return None
