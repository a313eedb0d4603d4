"""Random small histories of parcels, told at once to the method and to the brute-force solver.

Weights are a few millicarats, so that every possible world can be listed; the method sees no
difference. A step after which no world is left (records that contradict each other), or more than
:data:`WORLDS_MAX`, is taken back.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.trace.bounds import Blend, OriginBounds, blend, registered
from ledger.values import Hash32
from tests.ledger.trace.brute_force import Output, TooManyWorlds, Worlds

WORLDS_MAX = 20_000

SITES = [
    (country, Hash32(bytes([number]) * 32))
    for number, country in enumerate(("BW", "BW", "CA", "CA", "RU"), start=1)
]


@dataclass(slots=True)
class Parcel:
    """One parcel: what the method says of it, and what the records say."""

    weight: int
    stones: int
    bounds: OriginBounds
    ancestry: frozenset[int]
    registered_sites: frozenset[int]


@dataclass(slots=True)
class History:
    """Parcels by number, who drew from whom, and every world that their records allow."""

    sites_max: int
    tolerance: int
    worlds: Worlds = field(default_factory=lambda: Worlds(len(SITES)))
    parcels: list[Parcel] = field(default_factory=list)
    draws: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)
    has_relatives_mixed: bool = False
    contradicted: int = 0
    flagged: int = 0
    too_large: int = 0

    def register(self, site: int, weight: int, stones: int) -> list[int]:
        """Add a parcel from a site."""
        number = len(self.parcels)
        self.worlds = self.worlds.register(site, weight)
        bounds = registered(*SITES[site], weight)
        self.parcels.append(Parcel(weight, stones, bounds, frozenset({number}), frozenset({site})))
        return [number]

    def operate(
        self, inputs: Sequence[int], weights: Sequence[int], stones: Sequence[int]
    ) -> list[int]:
        """Turn parcels into outputs and a loss; nothing when it contradicts or is too large."""
        used = [self.parcels[number] for number in inputs]
        made = self.blend(inputs, weights, stones)
        bounds = [made.output(position) for position in range(len(weights))]
        outputs = [
            Output(weight, min(self.tolerance, weight - 1) if count == 1 else None)
            for weight, count in zip(weights, stones, strict=True)
        ]
        try:
            worlds = self.worlds.operate(inputs, outputs, WORLDS_MAX)
        except TooManyWorlds:
            self.too_large += 1
            return []
        if not worlds.worlds:
            self.contradicted += 1
            self.flagged += any(bound.contradicted for bound in bounds)
            return []
        self.has_relatives_mixed |= self.are_relatives(inputs)
        self.worlds = worlds
        ancestry = frozenset().union(*(parcel.ancestry for parcel in used))
        sites = frozenset().union(*(parcel.registered_sites for parcel in used))
        first = len(self.parcels)
        for bound, count in zip(bounds, stones, strict=True):
            family = ancestry | {len(self.parcels)}
            self.parcels.append(Parcel(bound.weight_millicarats, count, bound, family, sites))
        made_now = range(first, len(self.parcels))
        self.draws.append((tuple(inputs), tuple(made_now)))
        return list(made_now)

    def blend(self, inputs: Sequence[int], weights: Sequence[int], stones: Sequence[int]) -> Blend:
        """Ask the method; the blend goes through its stored form first."""
        used = [self.parcels[number] for number in inputs]
        loss = sum(parcel.weight for parcel in used) - sum(weights)
        made = blend(
            [parcel.bounds for parcel in used],
            weights,
            stones,
            loss,
            lambda _: self.tolerance,
            sites_max=self.sites_max,
        )
        return Blend.from_plain(made.to_plain())

    def are_relatives(self, inputs: Sequence[int]) -> bool:
        """Tell whether two of the inputs have an ancestor in common."""
        families = [self.parcels[number].ancestry for number in inputs]
        return sum(map(len, families)) > len(frozenset().union(*families))


def next_step(history: History, dice: random.Random, *, may_mix_relatives: bool) -> list[int]:
    """Take a random step; give the numbers of the parcels that it made."""
    alive = list(history.worlds.alive)
    if len(alive) < 2 or dice.random() < 0.2:
        weight = dice.randint(1, 10)
        return history.register(
            dice.randrange(len(SITES)), weight, dice.choice([0, 0, 1, min(2, weight)])
        )
    inputs = sorted(dice.sample(alive, min(len(alive), dice.choice([1, 2, 2, 3]))))
    if history.are_relatives(inputs) and not may_mix_relatives:
        return []
    used = [history.parcels[number] for number in inputs]
    total = sum(parcel.weight for parcel in used)
    loss = dice.choice([0, 0, 0, 1, 1, 2]) if total > 3 else 0
    count = 0 if any(not parcel.stones for parcel in used) else sum(p.stones for p in used)
    outputs = dice.choice([1, 2, 2, 3])
    outputs = min(outputs, total - loss, count or outputs)
    return history.operate(
        inputs, _parts(dice, total - loss, outputs), _counts(dice, count, outputs)
    )


def _parts(dice: random.Random, total: int, parts: int) -> list[int]:
    cuts = sorted(dice.sample(range(1, total), parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


def _counts(dice: random.Random, stones: int, outputs: int) -> list[int]:
    if stones:
        return _parts(dice, stones, outputs)
    return [dice.choice([0, 0, 0, 1, 1, 2]) for _ in range(outputs)]
