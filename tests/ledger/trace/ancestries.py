"""Ancestries of a chosen shape in the world of the tests, and a state that counts its look-ups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.custody import State
from ledger.drafts import Output
from ledger.records import Record
from ledger.values import Hash32, ParcelId
from tests.world import World, usual_world

ItemType = TypeVar("ItemType")
WEIGHT = 100_000


def mined(world: World | None = None) -> tuple[World, ParcelId]:
    """Return a world in which the cutter holds one parcel of rough, straight from the mine."""
    world = world or usual_world()
    site = world.open_site(label="Jwaneng")
    parcel = world.register(site, WEIGHT, stones=0)
    world.hand_over(parcel, "miner-bw", "cutter-in")
    return world, parcel


def chain(world: World, parcel: ParcelId, length: int) -> ParcelId:
    """Weigh a parcel of the cutter's again and again."""
    for _ in range(length):
        (parcel,) = world.transform("cutter-in", "reweigh", [parcel], [Output(WEIGHT)])
    return parcel


def layers(world: World, parcel: ParcelId, count: int) -> ParcelId:
    """Split a parcel of the cutter's in two and mix the halves again: 2^count paths lead up."""
    for _ in range(count):
        halves = world.transform(
            "cutter-in", "split", [parcel], [Output(WEIGHT // 2), Output(WEIGHT // 2)]
        )
        (parcel,) = world.transform("cutter-in", "mix", list(halves), [Output(WEIGHT)])
    return parcel


@dataclass
class Counted:
    """A world's state and log, with every look-up counted by what was looked up."""

    world: World
    looked_up: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> State:
        """The state that is counted."""
        return self

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return an item."""
        self.looked_up[sort.__name__] += 1
        return self.world.state.read(sort, key)

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record."""
        self.looked_up["record"] += 1
        return self.world.state.record(record_id)

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""
        self.looked_up["index_of"] += 1
        ids = [signed.record_id for _, signed, _ in self.world.log]
        return ids.index(record_id) if record_id in ids else None
