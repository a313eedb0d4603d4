"""The most that a sum of columns can be: proposed by a solver, decided in whole numbers.

A linear program's dual is a recipe for adding up its rows. Whatever multipliers the recipe names,
adding up the rows by them gives a true upper bound: what they leave of each column is counted at
the column's own bound. So the solver's floating-point numbers may be inexact, or wrong altogether;
the bound is then wide, and never false. (Weak duality; S. Boyd and L. Vandenberghe, *Convex
Optimization*, 2004, section 5.2; for safe bounds from inexact duals: A. Neumaier and
O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming", 2004.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ledger.limits import LIMITS
from ledger.verdicts.tightening.program import Program

Terms = Sequence[tuple[int, int]]
"""Columns and their coefficients."""

SCALE_BITS = 40
"""Multipliers are rounded to so many binary places."""


class Solver(Protocol):
    """What proposes multipliers; :class:`HighsSolver`, or a test's."""

    def multipliers(self, terms: Terms) -> Sequence[float] | None:
        """Propose a multiplier for each row, so that the rows add up to a bound on ``terms``.

        None where the solver found none.
        """


def upper_bound(program: Program, terms: Terms, multipliers: Sequence[float]) -> int:
    """Return a whole number that ``terms`` cannot exceed, whatever the multipliers are.

    A row is taken at its high end for a positive multiplier, and at its low end for a negative.
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
    for rest, low, high in zip(left, program.low, program.high, strict=True):
        if rest:
            total += rest * (high if rest > 0 else low)
    return total >> SCALE_BITS  # amounts are whole numbers, so a bound on them may be rounded down


def _rounded(multiplier: float) -> int:
    """Return a multiplier in units of the scale; nothing for what is no number."""
    if multiplier != multiplier or abs(multiplier) > 1 << SCALE_BITS:
        return 0
    return round(multiplier * (1 << SCALE_BITS))


class HighsSolver:
    """HiGHS' dual simplex, always with the same options and on one thread.

    Source: https://highs.dev; J. A. J. Hall and Q. Huangfu, "Parallelizing the dual revised simplex
    method", 2018. It is bounded in iterations, not in time, so that an answer does not depend on
    how busy a machine is.
    """

    def __init__(self, program: Program) -> None:
        import highspy  # asked for only where a verdict turns on it
        import numpy as np

        self._np, self._highspy = np, highspy
        self._columns = len(program.low)
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # as it comes
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("solver", "simplex"),
            ("simplex_strategy", 1),
            ("simplex_iteration_limit", LIMITS.tightening_iterations_max),
        ):
            self._highs.setOptionValue(option, value)
        self._highs.passModel(self._model(program))

    def _model(self, program: Program) -> object:
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

    def multipliers(self, terms: Terms) -> Sequence[float] | None:
        """Propose multipliers; None where there is no best value, or it was not found."""
        costs = self._np.zeros(self._columns)
        for column, coefficient in terms:
            costs[column] -= coefficient
        columns = self._np.arange(self._columns, dtype=self._np.int32)
        self._highs.changeColsCost(self._columns, columns, costs)
        self._highs.run()
        if self._highs.getModelStatus() != self._highspy.HighsModelStatus.kOptimal:
            return None
        return [-dual for dual in self._highs.getSolution().row_dual]
