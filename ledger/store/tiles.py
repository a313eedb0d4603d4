"""The tiles of the Merkle tree: which become full as it grows, and what a partial one holds.

Hash i of tile (l, n) is the root of leaves [(n*256+i) * 256^l, (n*256+i+1) * 256^l) (C2SP
tlog-tiles, https://c2sp.org/tlog-tiles). Stores keep full tiles alone, each with its own root. A
partial tile is made when it is asked for: at level 0 from the log's entries, above from the roots
of the full tiles below it. Pure: who stores the tiles passes them in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from ledger.errors import BadQuestion, Damaged
from ledger.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    complete_root,
    leaf_hash,
    node_from_tiles,
    root,
)
from ledger.store.protocol import FullTile, Head
from ledger.values import HASH_BYTES, Hash32

TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES


class Tiles(Protocol):
    """What a store reads to answer :func:`read_tile`; None and short lists where it has none."""

    def full_tile(self, level: int, number: int) -> bytes | None:
        """Return the hashes of a full tile."""

    def tile_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return the roots of the full tiles from ``start`` up to but not including ``stop``."""

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Return the 73 bytes of the entries from ``start`` up to but not including ``stop``."""


class TileReader(Protocol):
    """What :meth:`Tail.load` reads: any view of a store."""

    def head(self) -> Head:
        """Return the head."""

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return at least ``width`` hashes of a tile."""


def width_of(size: int, level: int, number: int) -> int:
    """Return how many hashes tile (level, number) of a tree of ``size`` leaves has: 0 to 256."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH))


def read_tile(tiles: Tiles, size: int, level: int, number: int, width: int) -> bytes:
    """Return a full tile, or the first ``width`` hashes of a partial one.

    Raises:
        BadQuestion: the tree of ``size`` leaves has no such tile, or not so wide.
        Damaged: ``gap`` when what the tile is made of is not all there, ``truncated`` when it has
            not its length.

    """
    if level < 0 or number < 0 or not 1 <= width <= TILE_WIDTH:
        raise BadQuestion("tile", f"a level, a number and a width up to {TILE_WIDTH}")
    available = width_of(size, level, number)
    if available < width:
        raise BadQuestion("tile", f"a tile of the tree of {size} leaves")
    place = f"tile {level}/{number}"
    if available == TILE_WIDTH:
        full = tiles.full_tile(level, number)
        if full is None:
            raise Damaged("gap", place)
        return _checked(full, TILE_WIDTH, place)
    start = number * TILE_WIDTH
    if level == 0:
        hashes: Sequence[bytes] = [leaf_hash(data) for data in tiles.entries(start, start + width)]
    else:
        hashes = tiles.tile_roots(level - 1, start, start + width)
    if len(hashes) != width:
        raise Damaged("gap", place, f"{len(hashes)} of {width} hashes")
    return _checked(b"".join(hashes), width, place)


def _checked(hashes: bytes, width: int, place: str) -> bytes:
    if len(hashes) != width * HASH_BYTES:
        raise Damaged("truncated", place, f"{len(hashes)} bytes instead of {width} hashes")
    return hashes


class Tail:
    """The right edge of the tree: the partial tile of each level, at most 255 hashes each.

    All that a writer needs to append leaves and to know the root; an append costs one node hash on
    average, and the root those of what the partial tiles hold.

    >>> tail = Tail()
    >>> [tile for _ in range(257) for tile in tail.append(leaf_hash(b""))][0].number
    0
    """

    __slots__ = ("_partial", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._partial: list[bytearray] = []

    @classmethod
    def load(cls, view: TileReader) -> Tail:
        """Take up the edge of the tree that a view shows.

        Raises:
            Damaged: ``altered`` when tiles and entries give another root than the head's.

        """
        head, tail = view.head(), cls()
        level = 0
        while head.size >> TILE_HEIGHT * level:
            number, width = divmod(head.size >> TILE_HEIGHT * level, TILE_WIDTH)
            hashes = view.read_tile(level, number, width) if width else b""
            tail._partial.append(bytearray(hashes[: width * HASH_BYTES]))
            level += 1
        tail._size = head.size
        if tail.root() != head.root:
            raise Damaged("altered", "tiles", f"another root of {head.size} leaves than the head's")
        return tail

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def root(self) -> Hash32:
        """Return the root of all leaves so far."""
        return root(self._size, self._read_node)

    def append(self, leaf: Hash32) -> list[FullTile]:
        """Add one leaf hash at the right; return the tiles that it fills, the lowest first.

        Raises:
            BadQuestion: it is not 32 bytes long; nothing is changed.

        """
        if len(leaf) != HASH_BYTES:
            raise BadQuestion("leaf", "a hash of 32 bytes")
        self._size += 1
        filled: list[FullTile] = []
        added = leaf
        for level, partial in enumerate(self._partial):
            partial += added
            if len(partial) < TILE_BYTES:
                return filled
            hashes = bytes(partial)
            partial.clear()
            number = (self._size >> TILE_HEIGHT * (level + 1)) - 1
            added = complete_root(hashes)
            filled.append(FullTile(level, number, hashes, added))
        self._partial.append(bytearray(added))
        return filled

    def copy(self) -> Tail:
        """Return a tail of its own with the same leaves."""
        copied = Tail()
        copied._size = self._size
        copied._partial = [bytearray(partial) for partial in self._partial]
        return copied

    def _read_node(self, level: int, index: int) -> Hash32:
        # The subtrees that make up a size lie in the partial tiles alone, so the number is known.
        return node_from_tiles(level, index, lambda tile, _number, _width: self._hashes(tile))

    def _hashes(self, level: int) -> bytes:
        return bytes(self._partial[level])
