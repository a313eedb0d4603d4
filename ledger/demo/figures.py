"""The real figures that the demo draws from; sources stand in ``data/SOURCES.md``."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final, TypeVar

T = TypeVar("T")
_DATA: Final = resources.files("ledger.demo") / "data"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted: each list of things with how often each occurs.

    Attributes:
        countries: producing countries, by thousand carats mined in 2023.
        us_cents_per_carat: what these carats were worth on average, by country.
        weights: polished weights in millicarats, by number of stones.
        grades: cut, colour and clarity as one text, by number of stones.

    """

    countries: tuple[tuple[str, int], ...]
    us_cents_per_carat: dict[str, int]
    weights: tuple[tuple[int, int], ...]
    grades: tuple[tuple[str, int], ...]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_DATA / name).read_text("utf-8").splitlines()))


def load_figures() -> Figures:
    """Read the figures that ship with the package."""
    mined = _rows("production_2023.csv")
    return Figures(
        countries=tuple((row["country"], int(row["carats_thousand"])) for row in mined),
        us_cents_per_carat={
            row["country"]: int(row["value_musd"]) * 100_000 // int(row["carats_thousand"])
            for row in mined
        },
        weights=tuple(
            (int(row["weight_millicarats"]), int(row["stones"]))
            for row in _rows("polished_weights.csv")
        ),
        grades=tuple(
            (f"{row['cut']} {row['color']} {row['clarity']}", int(row["stones"]))
            for row in _rows("polished_grades.csv")
        ),
    )


def draw(dice: random.Random, counted: Sequence[tuple[T, int]]) -> T:
    """Draw one thing, as often as it was counted."""
    things, counts = zip(*counted, strict=True)
    chosen: T = dice.choices(things, weights=counts)[0]
    return chosen
