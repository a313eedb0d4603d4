"""The Merkle tree of the log: roots, proofs, and what a proof must be to convince.

The tree is that of RFC 6962 §2.1 (https://www.rfc-editor.org/rfc/rfc6962#section-2.1): a leaf is
SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), every tree is split at the largest power
of two below its size, a last node without a sibling is promoted as it is, and the empty tree's
root is SHA-256 of nothing. Proofs are verified by RFC 9162 §2.1.3.2 and §2.1.4.2
(https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2), step by step.

Where hashes are kept is the caller's business: whoever makes a root or a proof hands in a
:data:`ReadNode`, which is asked for complete subtrees alone, and for each at most once. Sizes go
up to 2^63, so indices up to 2^63 - 1.

A proof does not bind the size that it is verified with: an inclusion proof of leaf 0 in 3 leaves
has the form of one in 4. Size and root therefore come from one checkpoint, never from two places.

>>> log = Frontier()
>>> log.append(leaf_hash(b"first"))
>>> verify_inclusion(leaf_hash(b"first"), 0, 1, (), log.root())
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from ledger.errors import BadQuestion, Damaged, ProofError
from ledger.limits import LIMITS
from ledger.values import HASH_BYTES, Hash32

ReadNode: TypeAlias = Callable[[int, int], Hash32]
"""(level, index) -> root of the complete subtree over [index << level, (index + 1) << level)."""

ReadTile: TypeAlias = Callable[[int, int, int], bytes]
"""(tile level, n, width) -> at least the first ``width`` hashes of that tile, concatenated."""

EMPTY_ROOT: Final = Hash32(sha256(b"").digest())

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
"""Levels of the tree in one tile: 2^8 = 256."""


def leaf_hash(data: bytes) -> Hash32:
    """Hash the data of one leaf."""
    return Hash32(sha256(b"\x00" + data).digest())


def node_hash(left: Hash32, right: Hash32) -> Hash32:
    """Hash two neighbours into the node above them."""
    return Hash32(sha256(b"\x01" + left + right).digest())


def root(size: int, read: ReadNode) -> Hash32:
    """Return the root of the first ``size`` leaves."""
    _check_size(size)
    return _span_root(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: ReadNode) -> tuple[Hash32, ...]:
    """Prove that leaf ``index`` is in the tree of ``size`` leaves (RFC 6962 §2.1.1).

    Returns:
        The siblings on the way from the leaf to the root, leaf side first.

    Raises:
        BadQuestion: there is no such leaf in that tree.

    """
    _check_size(size)
    if not 0 <= index < size:
        raise BadQuestion("index", "the index of a leaf below the size")
    path: list[Hash32] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_span_root(middle, end, read))
            end = middle
        else:
            path.append(_span_root(begin, middle, read))
            begin = middle
    return tuple(reversed(path))


def consistency_proof(old_size: int, new_size: int, read: ReadNode) -> tuple[Hash32, ...]:
    """Prove that the tree of ``old_size`` leaves is the beginning of the larger one.

    RFC 6962 §2.1.2; empty for equal sizes.

    Raises:
        BadQuestion: ``old_size`` is 0 (nothing can be proved of an empty tree) or the larger one.

    """
    _check_size(new_size)
    if not 0 < old_size <= new_size:
        raise BadQuestion("old size", "a size from 1 to the new size")
    path: list[Hash32] = []
    begin, end = 0, new_size
    while end != old_size:
        middle = begin + _split(end - begin)
        if old_size <= middle:
            path.append(_span_root(middle, end, read))
            end = middle
        else:
            path.append(_span_root(begin, middle, read))
            begin = middle
    if begin > 0:  # The old tree is not one complete subtree: its last part opens the proof.
        path.append(_span_root(begin, end, read))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: Hash32, index: int, size: int, proof: Sequence[Hash32], root: Hash32
) -> None:
    """Return when ``proof`` shows the leaf hash at ``index`` of the tree with this size and root.

    Raises:
        ProofError: it does not: ``index``, ``hash-length``, ``proof-too-long``,
            ``proof-too-short`` or ``root``.

    """
    if not 0 <= index < size <= LIMITS.tree_leaves_max:
        raise ProofError("index", f"no leaf {index} in a tree of {size}")
    _check_lengths((leaf, root, *proof))
    computed = leaf
    for sibling, is_left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        computed = node_hash(sibling, computed) if is_left else node_hash(computed, sibling)
    if computed != root:
        raise ProofError("root", "leaf and proof give another root")


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[Hash32], old_root: Hash32, new_root: Hash32
) -> None:
    """Return when ``proof`` shows that the new tree begins with the whole old one.

    Raises:
        ProofError: it does not: ``sizes``, ``hash-length``, ``proof-too-long``,
            ``proof-too-short``, ``old-root`` or ``new-root``.

    """
    if not 0 < old_size <= new_size <= LIMITS.tree_leaves_max:
        raise ProofError("sizes", f"no consistency from size {old_size} to {new_size}")
    _check_lengths((old_root, new_root, *proof))
    if old_size == new_size:
        _verify_same(proof, old_root, new_root)
        return
    if not proof:
        raise ProofError("proof-too-short", "no hash between different sizes")
    is_complete = old_size & (old_size - 1) == 0
    first, *siblings = (old_root, *proof) if is_complete else proof
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:  # Up to the root of the old tree's last complete subtree.
        fn, sn = fn >> 1, sn >> 1
    old_computed = new_computed = first
    for sibling, is_left in zip(siblings, _sides(fn, sn, len(siblings)), strict=True):
        if is_left:
            old_computed = node_hash(sibling, old_computed)
            new_computed = node_hash(sibling, new_computed)
        else:
            new_computed = node_hash(new_computed, sibling)
    if old_computed != old_root:
        raise ProofError("old-root", "the proof gives another root of the old tree")
    if new_computed != new_root:
        raise ProofError("new-root", "the proof gives another root of the new tree")


class Frontier:
    """The right edge of a growing tree: its size and the roots of its complete subtrees.

    Each one-bit of the size is one subtree, the largest first, so there are at most 63. This is
    all that appending and the root need; an append costs one node hash on average.
    """

    __slots__ = ("_roots", "_size")

    def __init__(self, size: int = 0, roots: Sequence[Hash32] = ()) -> None:
        """Take up a frontier where its ``size`` and ``roots`` were left; empty by default.

        Raises:
            Damaged: these cannot be the roots of a tree of that size.

        """
        _check_size(size)
        if len(roots) != size.bit_count() or any(len(node) != HASH_BYTES for node in roots):
            raise Damaged("altered", "Merkle frontier", f"no subtree roots of {size} leaves")
        self._size = size
        self._roots = list(roots)

    @classmethod
    def load(cls, size: int, read: ReadNode) -> Frontier:
        """Read the frontier of the first ``size`` leaves."""
        _check_size(size)
        return cls(size, tuple(read(level, index) for level, index in _subtrees(0, size)))

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def roots(self) -> tuple[Hash32, ...]:
        """The roots of the complete subtrees, the largest first."""
        return tuple(self._roots)

    def append(self, leaf: Hash32) -> None:
        """Add one leaf hash at the right.

        Raises:
            BadQuestion: it is not 32 bytes long, or the tree is full; nothing is changed.

        """
        if len(leaf) != HASH_BYTES:
            raise BadQuestion("leaf", "a hash of 32 bytes")
        _check_size(self._size + 1)
        node, merges = leaf, self._size
        while merges & 1:
            node = node_hash(self._roots.pop(), node)
            merges >>= 1
        self._roots.append(node)
        self._size += 1

    def root(self) -> Hash32:
        """Return the root of all leaves so far."""
        return _fold(self._roots) if self._roots else EMPTY_ROOT

    def copy(self) -> Frontier:
        """Return a frontier of its own with the same leaves."""
        return Frontier(self._size, self._roots)

    __copy__ = copy


def complete_root(hashes: bytes) -> Hash32:
    """Return the root above 1, 2, 4, 8, … neighbouring hashes of one level, concatenated.

    Raises:
        BadQuestion: these are not the hashes of a complete subtree.

    """
    count, rest = divmod(len(hashes), HASH_BYTES)
    if rest or count.bit_count() != 1:
        raise BadQuestion("hashes", "1, 2, 4, 8, … times 32 bytes")
    pair = 2 * HASH_BYTES
    while len(hashes) > HASH_BYTES:
        pairs = (hashes[at : at + pair] for at in range(0, len(hashes), pair))
        hashes = b"".join(sha256(b"\x01" + both).digest() for both in pairs)
    return Hash32(hashes)


def node_from_tiles(level: int, index: int, read_tile: ReadTile) -> Hash32:
    """Compute node (level, index) from tiles of 256 hashes, reading one tile.

    Hash i of tile (l, n) is the root of leaves [(n*256+i) * 256^l, (n*256+i+1) * 256^l): complete
    subtrees only (C2SP tlog-tiles, https://c2sp.org/tlog-tiles). With its tiles bound, this is a
    :data:`ReadNode`.

    Raises:
        Damaged: the tile is shorter than the node needs.

    """
    tile_level, height = divmod(level, TILE_HEIGHT)
    n, first = divmod(index << height, TILE_WIDTH)
    width = first + (1 << height)
    tile = read_tile(tile_level, n, width)
    if len(tile) < width * HASH_BYTES:
        place = f"tile {tile_level}/{n}"
        raise Damaged("truncated", place, f"{len(tile)} bytes where {width} hashes are needed")
    return complete_root(tile[first * HASH_BYTES : width * HASH_BYTES])


def _split(size: int) -> int:
    """Return the largest power of two below ``size``, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut leaves [begin, end) into the fewest complete subtrees, from the left.

    ``begin`` is a multiple of a power of two that is not below ``end - begin``, as it is wherever
    the tree is split.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _span_root(begin: int, end: int, read: ReadNode) -> Hash32:
    return _fold([read(level, index) for level, index in _subtrees(begin, end)])


def _fold(roots: Sequence[Hash32]) -> Hash32:
    """Join subtree roots, the largest first, into the one root above them."""
    joined = roots[-1]
    for left in reversed(roots[:-1]):
        joined = node_hash(left, joined)
    return joined


def _sides(fn: int, sn: int, count: int) -> list[bool]:
    """Tell of each hash of a proof whether it stands left of the way to the root.

    The walk is step 4 of RFC 9162 §2.1.3.2 and step 6 of §2.1.4.2, before any hashing: ``fn`` is
    the index of the node that the way has reached, ``sn`` that of the last node on its level.

    Raises:
        ProofError: the way to the root does not have exactly ``count`` siblings.

    """
    sides: list[bool] = []
    for _ in range(count):
        if sn == 0:
            raise ProofError("proof-too-long", f"{len(sides)} of {count} hashes reach the root")
        is_left = fn & 1 == 1 or fn == sn
        sides.append(is_left)
        while is_left and fn and not fn & 1:  # A last node without a sibling is promoted.
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofError("proof-too-short", f"{count} hashes do not reach the root")
    return sides


def _verify_same(proof: Sequence[Hash32], old_root: Hash32, new_root: Hash32) -> None:
    if proof:
        raise ProofError("proof-too-long", f"{len(proof)} hashes between equal sizes")
    if old_root != new_root:
        raise ProofError("new-root", "two roots for one size")


def _check_lengths(hashes: Sequence[Hash32]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofError("hash-length", f"a hash that is not {HASH_BYTES} bytes long")


def _check_size(size: int) -> None:
    if not 0 <= size <= LIMITS.tree_leaves_max:
        raise BadQuestion("size", f"a number of leaves up to {LIMITS.tree_leaves_max}")
