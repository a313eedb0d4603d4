"""The log read again from the store, for the publisher: never from what the writer remembers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

from ledger import entry as entries
from ledger.book.helper import Helper, root_of
from ledger.entry import Sort
from ledger.errors import Damaged, ProofError, Refused
from ledger.limits import LIMITS
from ledger.merkle import (
    Frontier,
    ReadNode,
    consistency_proof,
    leaf_hash,
    node_from_tiles,
    root,
    verify_consistency,
)
from ledger.store.protocol import Head, Row, View
from ledger.store.tiles import width_of
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
        frontier = Frontier.load(size, _nodes_of(view))
        if size == 0:
            return cls(frontier, NO_HASH, Milliseconds(0))
        row = view.row(size - 1)
        if row is None:
            raise Damaged("gap", f"entry {size - 1}", "it is not there")
        time = entries.decode(row.entry, f"entry {size - 1}").recorded_at_ms
        return cls(frontier, entries.hash_of(row.entry), time)

    def go_on(self, view: View, head: Head, ledger_id: Hash32, helper: Helper) -> Reread:
        """Read on up to a head, checking order, chain, times, record roots and the root.

        Raises:
            Damaged: what is stored is not what it must be.

        """
        frontier, previous, time = self.frontier.copy(), self.entry_hash, self.recorded_at_ms
        rows = view.rows(frontier.size, head.size)
        while page := list(islice(rows, LIMITS.reread_rows)):
            roots = helper.roots(ledger_id, [row.envelope for row in page]) or [None] * len(page)
            for index, (row, root_) in enumerate(zip(page, roots, strict=True), frontier.size):
                time = _check_row(row, index, previous, time, ledger_id, root_)
                previous = entries.hash_of(row.entry)
                frontier.append(leaf_hash(row.entry))
        if frontier.size != head.size:
            raise Damaged("truncated", f"entry {frontier.size}", f"the head says {head.size}")
        if Head(frontier.size, frontier.root(), previous, time) != head:
            raise Damaged("altered", "head", "the entries give another root, hash or time")
        return Reread(frontier, previous, time)


def _check_row(
    row: Row,
    index: int,
    previous: Hash32,
    not_before_ms: int,
    ledger_id: Hash32,
    record_root: Hash32 | None,
) -> Milliseconds:
    place = f"entry {index}"
    if row.index != index:
        raise Damaged("gap", place, f"entry {row.index} stands in its place")
    line = entries.decode(row.entry, place)
    if line.previous != previous:
        raise Damaged("altered", place, "it does not follow the entry before it")
    if line.recorded_at_ms < not_before_ms:
        raise Damaged("reorder", place, "it is earlier than the entry before it")
    expected = record_root or _record_root(place, row.envelope, ledger_id)
    if line.sort is not Sort.RECORD or line.root != expected:
        raise Damaged("altered", place, "entry and envelope do not belong together")
    return line.recorded_at_ms


def _record_root(place: str, raw: bytes, ledger_id: Hash32) -> Hash32:
    """Compute a stored envelope's record root; or name its fault."""
    try:
        return root_of(ledger_id, raw)
    except Refused as refused:
        raise Damaged("altered", place, str(refused)) from None


def _nodes_of(view: View) -> ReadNode:
    """Return what reads nodes from a view's tiles, each tile once and as wide as it is."""
    size = view.head().size

    @cache
    def read_whole(level: int, number: int) -> bytes:
        return view.read_tile(level, number, width_of(size, level, number))

    def read_tile(level: int, number: int, _width: int) -> bytes:
        return read_whole(level, number)

    return partial(node_from_tiles, read_tile=read_tile)


def root_at(view: View, size: int) -> Hash32:
    """Return the root of the log's first ``size`` entries, from its tiles."""
    return root(size, _nodes_of(view))


def prove_growth(view: View, old_size: int, old_root: Hash32, size: int, root: Hash32) -> None:
    """Make a consistency proof from what is stored, and verify it.

    Raises:
        Damaged: ``forked``: the log is no continuation of what was published.

    """
    if old_size == 0:  # Every log continues the empty one, and nothing can be proved of it.
        return
    read = _nodes_of(view)
    proof = consistency_proof(old_size, size, read)
    try:
        verify_consistency(old_size, size, proof, old_root, root)
    except ProofError as error:
        raise Damaged("forked", f"checkpoint {old_size}", str(error)) from None
