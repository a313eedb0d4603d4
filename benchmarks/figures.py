"""A figure, and how figures are shown: a table for people, a line of JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from rich.table import Table

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured.

    Attributes:
        name: what it is, in words with hyphens.
        value: how much.
        unit: of what; "" for a ratio.
        floor: what it must reach: at least for more, at most for less; None for a figure that is
            only told.
        better: whether more is better, or less.
        bound_by: what keeps it from being better.

    """

    name: str
    value: float
    unit: str
    floor: float | None
    better: Better
    bound_by: str

    @property
    def is_reached(self) -> bool:
        """Tell whether the floor is reached; so is one that is not there."""
        if self.floor is None:
            return True
        return self.value >= self.floor if self.better == "more" else self.value <= self.floor

    @property
    def is_count(self) -> bool:
        """Tell whether the value is a whole number that was counted, not measured."""
        return self.unit == "gas"

    @property
    def shown(self) -> str:
        """The value for people."""
        return f"{self.value:,.0f}" if self.is_count else f"{self.value:.4g}"

    def line(self) -> str:
        """Return the figure as one line of JSON; a count is told whole."""
        value = self.value if self.is_count else float(f"{self.value:.4g}")
        return json.dumps({**asdict(self), "value": value})


def table_of(figures: Iterable[Figure], title: str) -> Table:
    """Return the figures as a table."""
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("figure", "value", "floor", "", "bound by"):
        table.add_column(heading, justify="right" if heading in ("value", "floor") else "left")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.shown} {figure.unit}".strip(),
            "" if figure.floor is None else f"{_WORDS[figure.better]} {figure.floor:g}",
            "" if figure.floor is None else ("reached" if figure.is_reached else "MISSED"),
            figure.bound_by,
        )
    return table


_WORDS = {"more": "at least", "less": "at most"}
