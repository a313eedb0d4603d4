"""What the demo's world will do, drawn from real figures by a seed; nothing is signed or sent here.

Polished stones are drawn first, from counted weights and grades, then worked back: through a yield
of 40 to 50 % to the rough stone, and to a country in proportion to what it mined in 2023. Stones of
one mine make a lot with its industrial goods; lots of several mines are mixed by an aggregator, as
large producers do, and sold on to cutters. Weights are whole millicarats throughout.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from ledger.demo.figures import Figures, draw

YIELD_PERCENT: Final = (40, 50)
CLEANING_LOSS_PERMILLE: Final = (10, 30)
STONES_PER_SCALE: Final = 40
_LOTS_PER_MIX: Final = (2, 4)


@dataclass(frozen=True, slots=True)
class Stone:
    """One stone from the far end: polished and rough weight, and its grade."""

    polished_millicarats: int
    rough_millicarats: int
    grade: str

    @property
    def label(self) -> str:
        """What a cutter writes on its paper."""
        return f"{self.grade} {self.polished_millicarats / 1000:.2f} ct"


@dataclass(frozen=True, slots=True)
class Lot:
    """What one mine registers: gem stones, industrial goods, and what cleaning takes."""

    country: str
    stones: tuple[Stone, ...]
    industrial_millicarats: int
    industrial_stones: int
    cleaning_loss_millicarats: int

    @property
    def gem_millicarats(self) -> int:
        """Weight of the gem stones, cleaned."""
        return sum(stone.rough_millicarats for stone in self.stones)

    @property
    def mined_millicarats(self) -> int:
        """Weight as mined, before cleaning."""
        return self.gem_millicarats + self.industrial_millicarats + self.cleaning_loss_millicarats

    @property
    def mined_stones(self) -> int:
        """Stones as mined."""
        return len(self.stones) + self.industrial_stones


@dataclass(frozen=True, slots=True)
class Plan:
    """The world: its producing countries, and the lots that are mixed together."""

    countries: tuple[str, ...]
    mixes: tuple[tuple[Lot, ...], ...]

    @property
    def stones(self) -> int:
        """How many stones are polished."""
        return sum(len(lot.stones) for mix in self.mixes for lot in mix)


def _stone(dice: random.Random, figures: Figures) -> Stone:
    polished = draw(dice, figures.weights)
    percent = dice.uniform(*YIELD_PERCENT)
    return Stone(polished, round(polished * 100 / percent), draw(dice, figures.grades))


def _lot(dice: random.Random, country: str, stones: list[Stone]) -> Lot:
    gem = sum(stone.rough_millicarats for stone in stones)
    industrial_stones = dice.randint(1, 2 * len(stones))
    industrial = industrial_stones * dice.randint(60, 400)
    permille = dice.randint(*CLEANING_LOSS_PERMILLE)
    loss = max(1, (gem + industrial) * permille // 1000)
    return Lot(country, tuple(stones), industrial, industrial_stones, loss)


def make_plan(figures: Figures, scale: int, seed: int) -> Plan:
    """Draw a world.

    Args:
        figures: what to draw from.
        scale: about 40 polished stones each.
        seed: the same seed draws the same world.

    """
    dice = random.Random(seed)  # noqa: S311 - a demo repeats; no secret is drawn from it
    by_country: dict[str, list[Stone]] = defaultdict(list)
    for _ in range(scale * STONES_PER_SCALE):
        by_country[draw(dice, figures.countries)].append(_stone(dice, figures))
    lots = []
    for country in sorted(by_country):
        stones = by_country[country]
        while stones:
            taken = min(len(stones), dice.randint(2, 8))
            lots.append(_lot(dice, country, [stones.pop() for _ in range(taken)]))
    dice.shuffle(lots)
    mixes = []
    while lots:
        taken = min(len(lots), dice.randint(*_LOTS_PER_MIX))
        mixes.append(tuple(lots.pop() for _ in range(taken)))
    return Plan(tuple(sorted({lot.country for mix in mixes for lot in mix})), tuple(mixes))
