"""All compositions that a small history of parcels allows, found by enumeration.

It shares no code and no idea with :mod:`ledger.trace.bounds`: no intervals, only every possible
world. A world gives each parcel alive its composition, whole millicarats per site. The model of
truth is that of ``docs/spec/bounds.md``:

* a registration is wholly of its site;
* in an operation, what the outputs draw and what is lost is, site by site, what the inputs hold;
* a parcel of several or uncounted stones is what it drew;
* a single stone is wholly of one site, of which it drew at least one millicarat and at least its
  book weight less the slack (the weighing tolerance).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Composition = tuple[int, ...]
"""Millicarats of each site, in the order of the sites' list."""

World = tuple[Composition, ...]
"""The composition of each parcel alive, in the order of their list."""


class TooManyWorlds(Exception):
    """The history is too large to enumerate."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output as the records tell it; ``slack`` is None unless it is a single stone."""

    weight: int
    slack: int | None


@dataclass(frozen=True, slots=True)
class Worlds:
    """Every world that the records so far allow; none is left when they contradict each other."""

    sites: int
    alive: tuple[int, ...] = ()
    worlds: frozenset[World] = frozenset({()})
    parcels: int = 0

    def register(self, site: int, weight: int) -> Worlds:
        """Add a parcel, numbered on from the last, wholly of one site."""
        pure = _pure(self.sites, site, weight)
        return Worlds(
            self.sites,
            (*self.alive, self.parcels),
            frozenset((*world, pure) for world in self.worlds),
            self.parcels + 1,
        )

    def operate(self, inputs: Sequence[int], outputs: Sequence[Output], worlds_max: int) -> Worlds:
        """Turn parcels alive into outputs, numbered on from the last; the rest is lost."""
        places = [self.alive.index(parcel) for parcel in inputs]
        stay = [place for place in range(len(self.alive)) if place not in places]
        grouped: dict[Composition, set[World]] = {}
        for world in self.worlds:
            held = tuple(map(sum, zip(*(world[place] for place in places), strict=True)))
            grouped.setdefault(held, set()).add(tuple(world[place] for place in stay))
        found: set[World] = set()
        for held, others in grouped.items():
            made = _made(held, outputs, worlds_max)
            if len(found) + len(made) * len(others) > worlds_max:
                raise TooManyWorlds
            found.update((*world, *new) for world in others for new in made)
        count = self.parcels + len(outputs)
        alive = (*(self.alive[place] for place in stay), *range(self.parcels, count))
        return Worlds(self.sites, alive, frozenset(found), count)

    def amounts(self, parcel: int, sites: Sequence[int]) -> set[int]:
        """Tell how much of ``sites`` together there can be in a parcel alive."""
        place = self.alive.index(parcel)
        return {sum(world[place][site] for site in sites) for world in self.worlds}


def _pure(sites: int, site: int, weight: int) -> Composition:
    return tuple(weight if other == site else 0 for other in range(sites))


def _made(held: Composition, outputs: Sequence[Output], worlds_max: int) -> set[World]:
    """List what the outputs can be, drawn one after the other from what the inputs hold."""
    partial: set[tuple[Composition, World]] = {(held, ())}
    for output in outputs:
        further: set[tuple[Composition, World]] = set()
        for left, made in partial:
            for drawn in _draws(left, output.weight):
                rest = tuple(have - gone for have, gone in zip(left, drawn, strict=True))
                further.update((rest, (*made, new)) for new in _becomes(drawn, output))
            if len(further) > worlds_max:
                raise TooManyWorlds
        partial = further
    return {made for _, made in partial}


def _draws(left: Composition, weight: int) -> Iterator[Composition]:
    """List the compositions of ``weight`` that can be drawn from ``left``."""
    if not left:
        if weight == 0:
            yield ()
        return
    for amount in range(max(0, weight - sum(left[1:])), min(left[0], weight) + 1):
        for rest in _draws(left[1:], weight - amount):
            yield (amount, *rest)


def _becomes(drawn: Composition, output: Output) -> list[Composition]:
    """List what an output can be that drew this: itself, or a stone of one site."""
    if output.slack is None:
        return [drawn]
    enough = max(1, output.weight - output.slack)
    return [
        _pure(len(drawn), site, output.weight)
        for site, amount in enumerate(drawn)
        if amount >= enough
    ]
