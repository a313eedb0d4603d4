"""The log read again from the store, for the publisher: never from what the writer remembers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

from ledger.book.following import Last, last_of, leaves_of
from ledger.book.helper import Helper
from ledger.errors import Damaged, ProofError
from ledger.limits import LIMITS
from ledger.merkle import (
    Frontier,
    ReadNode,
    consistency_proof,
    node_from_tiles,
    root,
    verify_consistency,
)
from ledger.store.protocol import Head, View
from ledger.store.tiles import width_of
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Reread:
    """How far the log has been read again: the tree, and the last line."""

    frontier: Frontier
    last: Last

    @classmethod
    def load(cls, view: View, size: int) -> Reread:
        """Take up the reading at a size, from the tiles and the entry before it.

        Raises:
            Damaged: what is stored is not what it must be.

        """
        frontier = Frontier.load(size, _nodes_of(view))
        if size == 0:
            return cls(frontier, Last())
        row = view.row(size - 1)
        if row is None:
            raise Damaged("gap", f"entry {size - 1}", "it is not there")
        return cls(frontier, last_of(size - 1, row.entry))

    def go_on(self, view: View, head: Head, ledger_id: Hash32, helper: Helper) -> Reread:
        """Read on up to a head, checking order, chain, times, record roots and the root.

        Raises:
            Damaged: what is stored is not what it must be.

        """
        frontier, last = self.frontier.copy(), self.last
        rows = view.rows(last.size, head.size)
        while page := list(islice(rows, LIMITS.reread_rows)):
            lines = [(row.index, row.entry, row.envelope) for row in page]
            leaves = helper.leaves(ledger_id, last, lines) or leaves_of(ledger_id, last, lines)
            for leaf in leaves:
                frontier.append(leaf)
            last = last_of(page[-1].index, page[-1].entry)
        if last.size != head.size:
            raise Damaged("truncated", f"entry {last.size}", f"the head says {head.size}")
        if Head(head.size, frontier.root(), last.entry_hash, last.recorded_at_ms) != head:
            raise Damaged("altered", "head", "the entries give another root, hash or time")
        return Reread(frontier, last)


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
