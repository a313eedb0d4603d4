"""(g) Gas of whole transactions, counted by py-evm: the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from statistics import median_high
from typing import Final

from eth.vm.forks.cancun import CancunVM

from benchmarks.figures import Figure
from ledger.merkle import consistency_proof, inclusion_proof, root
from ledger.signing import address_of_secret
from tests.contracts.anchoring import OTHER_SECRET, SECRET, Anchored, Head, charter, opening
from tests.evm import Evm
from tests.reference_merkle import Reference

DEPTH: Final = 20
PAIRS: Final = 30
_GOALS: Final = {3: (10, 62_000), 6: (20, 70_000), 9: (30, 78_000)}
"""Decimal exponent of the size -> levels of the tree, and the goal for an anchor there."""
_TYPICAL: Final = (
    f"median of {PAIRS} random pairs of sizes, the later at most 2 % above, the earlier "
    "at most 1 % before it: 512 for each hash as calldata, 196 for each SHA-256"
)
_WORST: Final = "the earlier size is 2^{0} - 1, the later 2^{0}: every hash on the left but one"
_TREE: Final = Reference({})


class Meter:
    """The contract, and a ledger of its own for each thing that is measured."""

    def __init__(self, evm: Evm) -> None:
        """Deploy it."""
        self.anchored = Anchored(evm)
        self._opening = opening(charter())
        self._ledgers = 0

    def open(self) -> tuple[bytes, int]:
        """Open another ledger; return its id and the gas."""
        self._ledgers += 1
        said = self._opening.other(self._ledgers.to_bytes(32, "big"))
        done = self.anchored.evm.transact(self.anchored.contract, said.data())
        return said.ledger, done.gas_used

    def update(self, old: int, new: int) -> int:
        """Return the gas of an anchor at a size after one at a smaller size."""
        ledger, _ = self.open()
        self.anchored.anchor(ledger, _head(old))
        proof = consistency_proof(old, new, _TREE.read)
        return self.anchored.anchor(ledger, _head(new), proof).gas_used

    def inclusion(self, index: int, size: int) -> int:
        """Return the gas of a transaction that asks for an inclusion."""
        ledger, _ = self.open()
        self.anchored.anchor(ledger, _head(size))
        proof = inclusion_proof(index, size, _TREE.read)
        leaf = _TREE.mth(index, index + 1)
        return self.anchored.do("verifyInclusion", ledger, index, leaf, proof).gas_used


def gas() -> Iterator[Figure]:
    """Count the gas of everything that the contracts do."""
    meter = Meter(Evm())
    dice = Random("benchmarks.gas")  # noqa: S311 - the same pairs each time
    for power, (levels, goal) in _GOALS.items():
        pairs = [_pair(dice, 10**power) for _ in range(PAIRS)]
        value = median_high(meter.update(*pair) for pair in pairs)
        yield _figure(f"anchor-at-10^{power}", value, goal, _TYPICAL)
        value = meter.update(2**levels - 1, 2**levels)
        yield _figure(f"anchor-at-2^{levels}-at-worst", value, goal, _WORST.format(levels))
    index, size = 2**DEPTH // 3, 2**DEPTH  # siblings on either side by turns
    floor_free = Meter(Evm(fork=CancunVM)).inclusion(index, size)
    yield _figure("inclusion-at-depth-20", floor_free, 45_000, "calldata, before EIP-7623")
    value = meter.inclusion(index, size)
    why = "since Prague no transaction pays less than 40 for a byte of calldata (EIP-7623)"
    yield _figure("inclusion-at-depth-20-since-prague", value, None, why)
    yield from _seldom(meter)


def _seldom(meter: Meter) -> Iterator[Figure]:
    storage = "slots that are written for the first time: 22,100 each"
    anchored = meter.anchored
    ledger, opened = meter.open()
    yield _figure("open", opened, None, storage)
    first = anchored.anchor(ledger, _head(1000)).gas_used
    yield _figure("first-anchor", first, None, storage)
    place = anchored.place(ledger)
    said = place.said(*_head(1000)), place.said(1000, bytes(32))
    yield _figure("report-fork", anchored.do("reportFork", ledger, *said).gas_used, None, storage)
    key = address_of_secret(OTHER_SECRET)
    signature = place.sign("Rotation", (address_of_secret(SECRET), key, 0))
    yield _figure("rotate", anchored.do("rotate", ledger, key, signature).gas_used, None, storage)


def _pair(dice: Random, about: int) -> tuple[int, int]:
    new = about + dice.randrange(about // 50)
    return new - dice.randint(1, about // 100), new


def _head(size: int) -> Head:
    return size, root(size, _TREE.read)


def _figure(name: str, value: float, goal: float | None, bound_by: str) -> Figure:
    return Figure(f"gas-{name}", value, "gas", goal, "less", bound_by)
