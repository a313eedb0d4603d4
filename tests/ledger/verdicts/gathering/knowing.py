"""What a world of the tests says, as facts are gathered from it: derived as the ledger derives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from ledger.custody import Nothing, Overlay, Suspicion
from ledger.derivation import decide
from ledger.records import Record
from ledger.trace.kept import Blends
from ledger.values import Address, Hash32, ParcelId
from ledger.verdicts.gathering.known import speaks_only
from tests.world import World

ItemType = TypeVar("ItemType")


@dataclass
class Told:
    """A world's log, decided again record by record; counts how many records were read."""

    world: World
    reads: int = 0
    state: Overlay = field(default_factory=lambda: Overlay(Nothing()))
    indices: dict[Hash32, int] = field(default_factory=dict)
    spoken: dict[ParcelId, list[int]] = field(default_factory=dict)
    suspected: dict[Address, Suspicion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        blends = Blends()
        for index, (now_ms, signed, _) in enumerate(self.world.log):
            changes = decide(self.state, signed, index, now_ms, blends)
            self.state.apply(signed.record_id, signed.record, changes.items)
            self.indices[signed.record_id] = index
            for parcel in dict.fromkeys(changes.mentions):
                self.spoken.setdefault(parcel, []).append(index)
            for item in changes.items:
                if isinstance(item, Suspicion):
                    self.suspected[item.party] = item

    def read(self, sort: type[ItemType], key: bytes) -> ItemType | None:
        """Return an item."""
        return self.state.read(sort, key)

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record."""
        self.reads += 1
        return self.state.record(record_id)

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""
        return self.indices.get(record_id)

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel."""
        return tuple(self.spoken.get(parcel, ()))

    def recorded_at(self, index: int) -> int:
        """Return the time of an entry."""
        return self.world.log[index][0]

    def record_at(self, index: int) -> tuple[Hash32, Record]:
        """Return a record by its index."""
        self.reads += 1
        signed = self.world.log[index][1]
        return signed.record_id, signed.record

    def only_speaks(self, index: int) -> bool:
        """Tell whether a record judges nothing; it is looked at, not read."""
        return speaks_only(self.world.log[index][1].record)

    def signers(self, index: int) -> tuple[Address, ...]:
        """Return whose keys signed a record."""
        return self.world.log[index][1].signers

    def suspicions(self) -> tuple[Suspicion, ...]:
        """Return whose records are suspect."""
        return tuple(self.suspected.values())
