"""A world of real stones: each is of one site, in one parcel, and weighed with small errors.

Here the truth is known, so histories can be long, weights real and sites many.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from ledger.trace.bounds import OriginBounds, blend, registered
from ledger.values import Hash32

COUNTRIES = ("AO", "BW", "CA", "NA", "RU", "ZA")


@dataclass(frozen=True, slots=True)
class Stone:
    """One stone: where it was mined, and what it weighs in the books, in millicarats."""

    country: str
    site: Hash32
    weight: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is really in a parcel, and what the ledger says of it."""

    stones: tuple[Stone, ...]
    bounds: OriginBounds

    def amount(self, country: str, site: Hash32 | None = None) -> int:
        """Weigh what is really of a country, or of one of its sites."""
        return sum(
            stone.weight
            for stone in self.stones
            if stone.country == country and site in (None, stone.site)
        )


def tolerance(weight: int) -> int:
    """Give the weighing tolerance: 5 millicarats or 0.1 %."""
    return max(5, weight // 1000)


def mined(dice: random.Random) -> Parcel:
    """Mine a parcel of 1 to 12 stones at one of 60 sites."""
    number = dice.randrange(60)
    country, site = COUNTRIES[number % len(COUNTRIES)], Hash32(bytes([number + 1]) * 32)
    weights = [int(50 + dice.paretovariate(0.8) * 100) for _ in range(dice.randint(1, 12))]
    found = tuple(Stone(country, site, min(weight, 200_000)) for weight in weights)
    return Parcel(found, registered(country, site, sum(stone.weight for stone in found)))


def worked(dice: random.Random, inputs: list[Parcel], sites_max: int) -> list[Parcel]:
    """Sort the stones of the inputs into parcels and single stones, at random, and weigh them.

    Some stones are polished on the way and lose half of their weight; a few get lost.
    """
    pool = [stone for parcel in inputs for stone in parcel.stones]
    dice.shuffle(pool)
    if len(pool) > 1 and dice.random() < 0.3:
        pool.pop()
    if dice.random() < 0.3:
        pool = [replace(stone, weight=max(1, stone.weight // 2)) for stone in pool]
    singles = dice.randint(0, min(4, len(pool)))
    heaps = [[stone] for stone in _weighed(dice, pool[:singles])]
    rest = pool[singles:]
    while rest:
        size = dice.randint(1, len(rest))
        heaps.append(rest[:size])
        rest = rest[size:]
    weights = [sum(stone.weight for stone in heap) for heap in heaps]
    loss = sum(parcel.bounds.weight_millicarats for parcel in inputs) - sum(weights)
    counts = [len(heap) for heap in heaps]
    made = blend(
        [parcel.bounds for parcel in inputs], weights, counts, loss, tolerance, sites_max=sites_max
    )
    return [Parcel(tuple(heap), made.output(position)) for position, heap in enumerate(heaps)]


def _weighed(dice: random.Random, singles: list[Stone]) -> list[Stone]:
    """Weigh single stones again: one shows too much and another too little, within tolerance."""
    weighed = list(singles)
    if len(weighed) > 1:
        heavy, light = weighed[:2]
        error = min(dice.randint(0, tolerance(heavy.weight)), light.weight - 1)
        weighed[0] = replace(heavy, weight=heavy.weight + error)
        weighed[1] = replace(light, weight=light.weight - error)
    return weighed
