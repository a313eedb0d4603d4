"""(g) Gas of mirrored records, counted by py-evm: hand-overs alone and in batches, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median_high
from typing import Final

from benchmarks.figures import Figure
from ledger import drafts
from ledger.anchor.mirroring import batch_of, call_of, creation_of
from ledger.drafts import Output
from ledger.records import Charter
from ledger.values import Hash32
from tests.evm import Evm
from tests.world import World, address_of, usual_world

BATCH: Final = 100


class Meter:
    """A world, and its mirror."""

    def __init__(self) -> None:
        """Deploy the mirror and send it whoever was admitted."""
        self.world, self.evm, self.sent = usual_world(), Evm(), 1
        charter = self.world.log[0][1].record
        if not isinstance(charter, Charter):
            raise TypeError("a ledger begins with its Charter")
        creation = creation_of(self.world.ledger_id, charter)
        self.address = self.evm.deploy(creation)
        self.world.later()
        self.site = self.world.open_site()

    def calls(self) -> list[bytes]:
        """Return the calls that mirror what the world said since."""
        said = [call_of(signed) for _, signed, _ in self.world.log[self.sent :]]
        self.sent = len(self.world.log)
        return [call for call in said if call is not None]

    def gas(self) -> list[int]:
        """Send what the world said since, each alone; return the gas of each."""
        return [self.evm.transact(self.address, call).gas_used for call in self.calls()]

    def gas_together(self) -> int:
        """Send what the world said since in one batch; return its gas."""
        return self.evm.transact(self.address, batch_of(self.calls())).gas_used

    def offer(self, parcels: list[Hash32]) -> None:
        """Offer parcels, from the miner to the trader."""
        for parcel in parcels:
            self.world.offer(parcel, "miner-bw", "trader-be")

    def parcels(self, count: int) -> list[Hash32]:
        """Register parcels."""
        return [self.world.register(self.site) for _ in range(count)]


def registry_gas() -> Iterator[Figure]:
    """Count the gas of what the mirror of a ledger's custody does."""
    meter = Meter()
    yield _figure("mirror-admission", median_high(meter.gas()), "of a first role, by governors")
    parcels = meter.parcels(9)
    yield _figure("mirror-registration", median_high(meter.gas()), "of one parcel")
    meter.offer(parcels)
    yield _figure("mirror-handoff", median_high(meter.gas()), "one signature checked, sent alone")
    for parcel in parcels:
        _receive(meter.world, parcel)
    yield _figure("mirror-receipt", median_high(meter.gas()), "accepted at the book weight")
    outputs = [Output(6_250, 1), Output(6_250, 2)]
    for parcel in parcels:
        meter.world.transform("trader-be", "split", [parcel], outputs)
    yield _figure("mirror-split", median_high(meter.gas()), "of one parcel into two")
    parcels = meter.parcels(BATCH)
    value = meter.gas_together() // BATCH
    yield _figure("mirror-registration-in-batch", value, f"of {BATCH}, each")
    meter.offer(parcels)
    value = meter.gas_together() // BATCH
    yield _figure("mirror-handoff-in-batch", value, f"of {BATCH} between two parties, each")


def _receive(world: World, parcel: Hash32) -> None:
    record = drafts.receipt(
        world.speaker("trader-be"), world.moment(), world.goods(parcel), address_of("miner-bw"),
        weight_millicarats=world.parcel(parcel).weight_millicarats,
    )  # fmt: skip
    world.say(record, "trader-be")


def _figure(name: str, value: float, bound_by: str) -> Figure:
    return Figure(f"gas-{name}", value, "gas", None, "less", bound_by)
