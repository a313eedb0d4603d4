"""The log read again from the store, for the publisher: never from what the writer remembers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ledger import entry as entries
from ledger.canonical import read_envelope
from ledger.entry import Sort, record_root
from ledger.errors import Damaged, ProofError, Refused
from ledger.merkle import (
    Frontier,
    consistency_proof,
    leaf_hash,
    node_from_tiles,
    root,
    verify_consistency,
)
from ledger.signing import record_id
from ledger.store.protocol import Head, Row, View
from ledger.values import NO_HASH, Hash32, Milliseconds


@dataclass(frozen=True, slots=True)
class Reread:
    """How far the log has been read again: the tree and the last entry's hash and time."""

    frontier: Frontier
    entry_hash: Hash32
    recorded_at_ms: Milliseconds

    @classmethod
    def load(cls, view: View, size: int) -> Reread:
        """Take up the reading at a size, from the tiles and the entry before it.

        Raises:
            Damaged: what is stored is not what it must be.

        """
        frontier = Frontier.load(size, partial(node_from_tiles, read_tile=view.read_tile))
        if size == 0:
            return cls(frontier, NO_HASH, Milliseconds(0))
        row = view.row(size - 1)
        if row is None:
            raise Damaged("gap", f"entry {size - 1}", "it is not there")
        time = entries.decode(row.entry, f"entry {size - 1}").recorded_at_ms
        return cls(frontier, entries.hash_of(row.entry), time)

    def go_on(self, view: View, head: Head, ledger_id: Hash32) -> Reread:
        """Read on up to a head, checking order, chain, times, record roots and the root.

        Raises:
            Damaged: what is stored is not what it must be.

        """
        frontier, previous, time = self.frontier.copy(), self.entry_hash, self.recorded_at_ms
        for row in view.rows(frontier.size, head.size):
            time = _check_row(row, frontier.size, previous, time, ledger_id)
            previous = entries.hash_of(row.entry)
            frontier.append(leaf_hash(row.entry))
        if frontier.size != head.size:
            raise Damaged("truncated", f"entry {frontier.size}", f"the head says {head.size}")
        if Head(frontier.size, frontier.root(), previous, time) != head:
            raise Damaged("altered", "head", "the entries give another root, hash or time")
        return Reread(frontier, previous, time)


def _check_row(
    row: Row, index: int, previous: Hash32, not_before_ms: int, ledger_id: Hash32
) -> Milliseconds:
    place = f"entry {index}"
    if row.index != index:
        raise Damaged("gap", place, f"entry {row.index} stands in its place")
    line = entries.decode(row.entry, place)
    if line.previous != previous:
        raise Damaged("altered", place, "it does not follow the entry before it")
    if line.recorded_at_ms < not_before_ms:
        raise Damaged("reorder", place, "it is earlier than the entry before it")
    try:
        envelope = read_envelope(row.envelope)
    except Refused as refused:
        raise Damaged("altered", place, str(refused)) from None
    expected = record_root(record_id(envelope.record, ledger_id), envelope.signatures)
    if line.sort is not Sort.RECORD or line.root != expected:
        raise Damaged("altered", place, "entry and envelope do not belong together")
    return line.recorded_at_ms


def root_at(view: View, size: int) -> Hash32:
    """Return the root of the log's first ``size`` entries, from its tiles."""
    return root(size, partial(node_from_tiles, read_tile=view.read_tile))


def prove_growth(view: View, old_size: int, old_root: Hash32, size: int, root: Hash32) -> None:
    """Make a consistency proof from what is stored, and verify it.

    Raises:
        Damaged: ``forked``: the log is no continuation of what was published.

    """
    if old_size == 0:  # Every log continues the empty one, and nothing can be proved of it.
        return
    read = partial(node_from_tiles, read_tile=view.read_tile)
    proof = consistency_proof(old_size, size, read)
    try:
        verify_consistency(old_size, size, proof, old_root, root)
    except ProofError as error:
        raise Damaged("forked", f"checkpoint {old_size}", str(error)) from None
