"""The Merkle tree made again from the entries, and compared tile by tile with the stored one."""

from __future__ import annotations

from collections.abc import Callable

from ledger.audit.report import FaultList, Figures
from ledger.merkle import TILE_HEIGHT, TILE_WIDTH
from ledger.store.protocol import FullTile, View
from ledger.store.tiles import TILE_BYTES, Tail
from ledger.values import HASH_BYTES, Hash32

IsExplained = Callable[[int, int], bool]
"""Tells whether an entry from ``start`` up to but not including ``stop`` is at fault already."""


class TreeCheck:
    """The tree over the entries so far; it ends where an entry is missing.

    Args:
        view: the log under audit.
        faults: where faults are noted.
        figures: where is counted.

    """

    def __init__(self, view: View, faults: FaultList, figures: Figures) -> None:
        self._view = view
        self._faults = faults
        self._figures = figures
        self._tail = Tail()
        self._waiting: list[FullTile] = []
        self._roots: list[bytearray] = []
        self.is_whole = True

    @property
    def size(self) -> int:
        """How many entries the tree holds."""
        return self._tail.size

    def root(self) -> Hash32:
        """Return the root of the entries so far."""
        return self._tail.root()

    def append(self, leaf: Hash32) -> list[FullTile]:
        """Add an entry; return the tiles that it fills, which wait for :meth:`compare`."""
        if not self.is_whole:
            return []
        full = self._tail.append(leaf)
        for tile in full:
            if tile.level == len(self._roots):
                self._roots.append(bytearray())
            roots = self._roots[tile.level]
            roots += tile.root
            if len(roots) == TILE_BYTES:  # a full tile of the level above holds them
                roots.clear()
        self._waiting += full
        return full

    def end(self) -> None:
        """Add nothing more: an entry is missing."""
        self.is_whole = False

    def compare(self, is_explained: IsExplained) -> None:
        """Compare the tiles that became full with the stored ones."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for tile in waiting:
            self._compare(tile.level, tile.number, tile.hashes, is_explained)
            if tile.level:
                self._compare_roots(tile, is_explained)

    def _compare_roots(self, tile: FullTile, is_explained: IsExplained) -> None:
        """Compare the roots that the full tiles below a full one keep: nobody reads them again."""
        below, first = tile.level - 1, tile.number * TILE_WIDTH
        stored = self._faults.attempt(
            f"tiles below tile {tile.level}/{tile.number}",
            lambda: self._view.tile_roots(below, first, first + TILE_WIDTH),
        )
        if stored is None or b"".join(stored) == tile.hashes:
            return
        span = TILE_WIDTH**tile.level
        for at, root in enumerate(stored):
            number, wanted = first + at, tile.hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES]
            if root != wanted and not is_explained(number * span, (number + 1) * span):
                self._faults.add("altered", f"tile {below}/{number}", "its root is another")

    def compare_edge(self, is_explained: IsExplained) -> None:
        """Compare the stored roots of full tiles that no full tile above them holds."""
        for below, roots in enumerate(self._roots):
            if roots:
                number = self.size >> TILE_HEIGHT * (below + 2)
                self._compare(below + 1, number, bytes(roots), is_explained)

    def compare_count(self) -> None:
        """Compare how many full tiles are stored with how many the entries fill."""
        filled = sum(self.size >> TILE_HEIGHT * (level + 1) for level in range(len(self._roots)))
        stored = self._faults.attempt("table of tiles", self._view.count_tiles)
        if stored is not None and stored > filled:
            detail = f"{stored} full tiles are stored, and the entries fill {filled}"
            self._faults.add("altered", "table of tiles", detail)

    def _compare(self, level: int, number: int, hashes: bytes, is_explained: IsExplained) -> None:
        place = f"tile {level}/{number}"
        width = len(hashes) // HASH_BYTES
        self._figures.tiles += 1
        stored = self._faults.attempt(place, lambda: self._view.read_tile(level, number, width))
        if stored is None or stored[: len(hashes)] == hashes:
            return
        span = TILE_WIDTH ** (level + 1)
        if is_explained(number * span, (number + 1) * span):
            return
        if len(stored) < len(hashes):
            self._faults.add("truncated", place, f"{len(stored)} bytes, not {len(hashes)}")
            return
        first = next(at for at in range(len(hashes)) if stored[at] != hashes[at]) // HASH_BYTES
        self._faults.add("altered", place, f"hash {first} is not that of the entries")
