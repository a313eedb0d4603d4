"""From below: whether a parcel descends from recalled goods, by its own ancestry."""

from __future__ import annotations

import random

from ledger.custody import Operation, Parcel
from ledger.drafts import Output
from ledger.trace.affected import nothing, whole
from ledger.trace.descent import share_in
from ledger.trace.recall import These, Walk
from ledger.trace.walk import Budget
from ledger.values import ParcelId
from tests.ledger.trace.ancestries import WEIGHT, chain, mined
from tests.ledger.trace.test_recall import EVER, derived, family, shares
from tests.trials import dice, trials
from tests.world import World, usual_world

__all__ = ["family"]


def test_from_below_a_parcel_is_told_what_it_is_told_from_above(family) -> None:
    world, parcels = family
    for start in parcels.values():
        above = shares(Walk(These((world.parcel(start),)), EVER).take(world.state, 100))
        for name, parcel in parcels.items():
            known = world.parcel(parcel)
            below = share_in(world.state, known, lambda _, made, at=start: made == at, Budget())
            expected = above.get(parcel, nothing(known.weight_millicarats))
            assert below == expected, name


def test_an_ancestry_beyond_the_bound_is_not_known() -> None:
    world, parcel = mined()
    end = world.parcel(chain(world, parcel, 5))
    assert share_in(world.state, end, lambda _, made: made == parcel, Budget(12)) == whole(WEIGHT)
    assert share_in(world.state, end, lambda _, made: made == parcel, Budget(10)) is None


def grown(random_: random.Random) -> World:
    """Return a world of some bags that were split, mixed and handed over at lower weights."""
    world = usual_world()
    sites = [world.open_site() for _ in range(2)]
    held = [
        world.register(random_.choice(sites), random_.randint(200, 900), stones=0) for _ in range(5)
    ]
    for _ in range(random_.randint(4, 12)):
        inputs = random_.sample(held, min(len(held), random_.choice([1, 1, 2, 3])))
        total = sum(world.parcel(one).weight_millicarats for one in inputs)
        if len(inputs) == 1 and random_.random() < 0.3:
            weight = total - random_.randint(0, 5)
            world.hand_over(inputs[0], "miner-bw", "cutter-in", weight_millicarats=weight)
            world.hand_over(inputs[0], "cutter-in", "miner-bw", weight_millicarats=weight)
            continue
        if all(world.parcel(one).stones for one in inputs):
            continue  # single stones alone become no parcels that are not counted
        parts = random_.randint(1 if len(inputs) > 1 else 2, 3)
        cuts = sorted(random_.sample(range(1, total), parts - 1))
        weights = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
        outputs = [Output(weight, random_.choice([0, 0, 1])) for weight in weights]
        operation = "mix" if len(inputs) > 1 else "split"
        made = world.transform("miner-bw", operation, sorted(inputs), outputs)
        held = [one for one in held if one not in inputs] + list(made)
    return world


def test_from_below_and_from_above_every_parcel_of_any_world_is_told_the_same() -> None:
    random_ = dice("recall.worlds")
    for _ in range(trials("recall.worlds")):
        world = grown(random_)
        state = derived(world)
        items = [item for *_, changes in world.log for item in changes.items]
        parcels = {item.id for item in items if isinstance(item, Parcel)}
        made = {item.index: item for item in items if isinstance(item, Operation)}
        for start in random_.sample(sorted(parcels), 3):
            walk = Walk(These((world.parcel(start),)), EVER)
            rows = walk.take(state, 1000)
            told = shares(rows)
            assert len(told) == len(rows)
            assert told.keys() == descendants(made, world, start)
            for parcel in sorted(parcels):
                known = world.parcel(parcel)
                below = share_in(state, known, lambda _, one, at=start: one == at, Budget())
                assert below == told.get(parcel, nothing(known.weight_millicarats))


def descendants(made: dict[int, Operation], world: World, start: ParcelId) -> set[ParcelId]:
    """Return a parcel and all that it went into, one step after the other."""
    found, waiting = set(), [start]
    while waiting:
        one = waiting.pop()
        found.add(one)
        used = made.get(world.parcel(one).spent_by)
        waiting += used.outputs if used else ()
    return found
