"""The Merkle tree as RFC 6962 §2.1 defines it: recursive, plain and slow, to be compared with.

``MTH``, ``PATH`` and ``SUBPROOF`` are the RFC's names, D[begin:end] its leaves. The RFC counts m
from the beginning of the span in hand, and so does this. So that trees of 2^63 leaves can be
compared too, leaves that nobody wrote hold nothing, and spans of such leaves share one root for
each length: the only shortcut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from hashlib import sha256


def leaf(data: bytes) -> bytes:
    """Return MTH({d(0)}) = SHA-256(0x00 ‖ d(0))."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def split(n: int) -> int:
    """Return the largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


@cache
def blank(n: int) -> bytes:
    """Return MTH of n leaves that hold nothing."""
    if n == 0:
        return sha256(b"").digest()
    return leaf(b"") if n == 1 else node(blank(split(n)), blank(n - split(n)))


class Reference:
    """A tree over ``leaves`` (index -> data); all others hold nothing."""

    def __init__(self, leaves: Mapping[int, bytes]) -> None:
        self._leaves = dict(leaves)
        self._written = sorted(self._leaves)
        self._roots: dict[tuple[int, int], bytes] = {}

    def mth(self, begin: int, end: int) -> bytes:
        """Return MTH(D[begin:end])."""
        at = bisect_left(self._written, begin)
        if at == len(self._written) or self._written[at] >= end:
            return blank(end - begin)
        if end - begin == 1:
            return leaf(self._leaves[begin])
        if (begin, end) not in self._roots:
            middle = begin + split(end - begin)
            self._roots[begin, end] = node(self.mth(begin, middle), self.mth(middle, end))
        return self._roots[begin, end]

    def read(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree, as a store would."""
        return self.mth(index << level, (index + 1) << level)

    def path(self, m: int, n: int) -> list[bytes]:
        """Return PATH(m, D[n])."""
        return [self.mth(begin, end) for _, begin, end in _path(m, 0, n)]

    def proof(self, m: int, n: int) -> list[bytes]:
        """Return PROOF(m, D[n])."""
        return [self.mth(begin, end) for _, begin, end in _subproof(m, 0, n, known=True)]


Span = tuple[str, int, int]
"""Where a hash stands (left, right, or seed: the walk starts with it), and whose root it is."""


def _path(m: int, begin: int, end: int) -> list[Span]:
    if end - begin == 1:
        return []
    k = split(end - begin)
    if m < k:
        return [*_path(m, begin, begin + k), ("right", begin + k, end)]
    return [*_path(m - k, begin + k, end), ("left", begin, begin + k)]


def _subproof(m: int, begin: int, end: int, *, known: bool) -> list[Span]:
    if m == end - begin:
        return [] if known else [("seed", begin, end)]
    k = split(end - begin)
    if m <= k:
        return [*_subproof(m, begin, begin + k, known=known), ("right", begin + k, end)]
    return [*_subproof(m - k, begin + k, end, known=False), ("left", begin, begin + k)]


def path_shape(m: int, n: int) -> list[str]:
    """Return on which side each hash of PATH(m, D[n]) stands.

    A proof alone cannot tell places of one shape apart: leaf 0 of 3 and of 4, for example.
    """
    return [side for side, _, _ in _path(m, 0, n)]


def proof_shape(m: int, n: int) -> list[str]:
    """Return on which side each hash of PROOF(m, D[n]) stands."""
    return [side for side, _, _ in _subproof(m, 0, n, known=True)]
