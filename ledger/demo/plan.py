"""What the demo's world will do, drawn from real figures by a seed; nothing is signed or sent here.

Polished stones are drawn first, from counted weights and grades, then worked back: through a yield
of 40 to 50 % to the rough stone, and to a country in proportion to what it mined in 2023. Stones of
one mine make a lot with its industrial goods; lots of several mines are mixed by an aggregator, as
large producers do, and sold on to cutters. Goods of countries that large markets do not admit are
mixed among themselves, and take another way. Weights are whole millicarats throughout.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.demo.figures import Figures, draw

YIELD_PERCENT: Final = (40, 50)
CLEANING_LOSS_PERMILLE: Final = (10, 30)
STONES_PER_SCALE: Final = 40
ELSEWHERE: Final = frozenset({"RU"})
"""Countries whose goods are kept apart: the G7 and the European Union do not admit them."""
_LOTS_PER_MIX: Final = (2, 4)
_DIAMETER_MICROMETRES: Final = 6_450
"""Of a round stone of one carat, about; others in proportion to the cube root of the weight."""
_DEPTH_PERCENT: Final = (58, 64)


@dataclass(frozen=True, slots=True)
class Stone:
    """One stone from the far end: polished and rough weight, grade, length, width and depth."""

    polished_millicarats: int
    rough_millicarats: int
    grade: str
    measurements_micrometres: tuple[int, int, int] = (0, 0, 0)

    @property
    def label(self) -> str:
        """What a cutter writes on its paper."""
        return f"{self.grade} {self.polished_millicarats / 1000:.2f} ct"


@dataclass(frozen=True, slots=True)
class Lot:
    """What one mine registers: gem stones, industrial goods, and what cleaning takes.

    Attributes:
        us_cents_per_carat: what is declared of its gems at the border.

    """

    country: str
    stones: tuple[Stone, ...]
    industrial_millicarats: int
    industrial_stones: int
    cleaning_loss_millicarats: int
    us_cents_per_carat: int = 100_00

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
    grade = draw(dice, figures.grades)
    across = round(_DIAMETER_MICROMETRES * (polished / 1000) ** (1 / 3))
    length = across + dice.randint(0, across // 50)
    width = across - dice.randint(0, across // 50)
    depth = across * dice.randint(*_DEPTH_PERCENT) // 100
    return Stone(polished, round(polished * 100 / percent), grade, (length, width, depth))


def _lot(dice: random.Random, country: str, stones: list[Stone], us_cents: int) -> Lot:
    gem = sum(stone.rough_millicarats for stone in stones)
    industrial_stones = dice.randint(1, 2 * len(stones))
    industrial = industrial_stones * dice.randint(60, 400)
    permille = dice.randint(*CLEANING_LOSS_PERMILLE)
    loss = max(1, (gem + industrial) * permille // 1000)
    return Lot(country, tuple(stones), industrial, industrial_stones, loss, us_cents)


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
            taken_stones = [stones.pop() for _ in range(taken)]
            lots.append(_lot(dice, country, taken_stones, figures.us_cents_per_carat[country]))
    dice.shuffle(lots)
    apart = [lot for lot in lots if lot.country in ELSEWHERE]
    others = [lot for lot in lots if lot.country not in ELSEWHERE]
    mixes = [*_mixes(dice, others), *_mixes(dice, apart)]
    return Plan(tuple(sorted(by_country)), tuple(mixes))


def _mixes(dice: random.Random, lots: list[Lot]) -> Iterator[tuple[Lot, ...]]:
    while lots:
        taken = min(len(lots), dice.randint(*_LOTS_PER_MIX))
        yield tuple(lots.pop() for _ in range(taken))
