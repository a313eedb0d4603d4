"""Anchors of a scene's ledger, as a worker would have kept them, without any chain."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.anchor.kept import AnchorState, Deployment, KeptAnchor, Place, Spot
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.told import Anchors
from ledger.signing import keccak
from ledger.signing.anchors import Anchor
from ledger.values import NO_HASH, Address, Hash32

PLACE = Place(31_337, Address(b"\x0c" * 20))
LEDGER = Hash32(b"\x1e" * 32)


def root_of(size: int) -> Hash32:
    """Return the root that stands for a size; what is told of anchors checks none."""
    return keccak(b"root %d" % size)


@dataclass(slots=True)
class Kept:
    """A journal, and what is told of it."""

    journal: MemoryJournal
    anchors: Anchors

    def put(self, size: int, state: AnchorState = "finalized") -> KeptAnchor:
        """Keep an anchor; one that is final is told to whoever waits."""
        before = self.journal.last(PLACE, "signed")
        previous = before.size if before is not None and before.size < size else 0
        said = Anchor(
            LEDGER, PLACE.chain_id, PLACE.contract, size, root_of(size),
            previous, root_of(previous) if previous else NO_HASH,
        )  # fmt: skip
        is_in_block = state in ("mined", "safe", "finalized")
        spot = Spot(size + 100, keccak(b"block %d" % size), keccak(b"sent %d" % size))
        kept = KeptAnchor(said, b"", state, 1_767_225_600, spot if is_in_block else None)
        self.journal.keep(PLACE, (kept,))
        if state == "finalized":
            self.anchors.anchored.reach(size)
        return kept


def kept_anchors(*, deployed: bool = True) -> Kept:
    """Return a journal without anchors, of a contract that was deployed or is yet to be."""
    journal = MemoryJournal()
    if deployed:
        journal.keep_deployment(Deployment(PLACE, NO_HASH, 1))
    return Kept(journal, Anchors(journal))
