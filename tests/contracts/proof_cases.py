"""Proofs about trees of up to 2^40 leaves: few as they should be, most wrong in one way each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from ledger.errors import ProofError
from ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from ledger.values import Hash32
from tests.reference_merkle import Reference

SMALL = 130
LARGE = 2**40
LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That a leaf hash stands at an index of a tree."""

    index: int
    size: int
    leaf: bytes
    root: bytes
    proof: tuple[bytes, ...]
    wrong: str = ""

    def is_shown(self) -> bool:
        """Tell what the Python verifier says."""
        try:
            verify_inclusion(
                Hash32(self.leaf), self.index, self.size, self.proof, Hash32(self.root)
            )
        except ProofError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Consistency:
    """That a tree begins with the whole of a smaller one."""

    old_size: int
    new_size: int
    old_root: bytes
    new_root: bytes
    proof: tuple[bytes, ...]
    wrong: str = ""

    def is_shown(self) -> bool:
        """Tell what the Python verifier says."""
        roots = Hash32(self.old_root), Hash32(self.new_root)
        try:
            verify_consistency(self.old_size, self.new_size, self.proof, *roots)
        except ProofError:
            return False
        return True


Case = Inclusion | Consistency


def tree(dice: Random, size_max: int = SMALL) -> Reference:
    """Return a tree of which some leaves differ from each other and from all the others."""
    written = {index: b"leaf %d" % index for index in range(SMALL)}
    far = {dice.randrange(size_max): b"far %d" % at for at in range(20)}
    return Reference(far | written)


def inclusion(of: Reference, index: int, size: int) -> Inclusion:
    """Return a right proof."""
    proof = tuple(inclusion_proof(index, size, of.read))
    return Inclusion(index, size, of.mth(index, index + 1), of.mth(0, size), proof)


def consistency(of: Reference, old: int, new: int) -> Consistency:
    """Return a right proof."""
    proof = tuple(consistency_proof(old, new, of.read))
    return Consistency(old, new, of.mth(0, old), of.mth(0, new), proof)


def sizes(dice: Random, count: int) -> Iterator[tuple[int, int]]:
    """Yield ``count`` pairs ``(smaller, larger)``, above zero: half to 130, the others to 2^40.

    The larger ones have as many bits as the dice say, and are often near a power of two or near
    each other, where trees have their corners.
    """
    for at in range(count):
        if at % 2:
            larger = dice.randint(2, SMALL)
        else:
            larger = 1 << dice.randint(8, LARGE.bit_length() - 1)
            larger += dice.choice((-1, 0, 1, -dice.randrange(larger // 2)))
        larger = min(larger, LARGE)
        near = max(1, larger - dice.randint(1, 1000))
        smaller = dice.choice((dice.randrange(1, larger), near, 1 << (larger - 1).bit_length() - 1))
        yield min(smaller, larger - 1), larger


def spoiled(dice: Random, case: Case) -> Iterator[Case]:
    """Yield the case wrong in one way each, in every way that it can be."""
    proof = case.proof
    other = dice.randbytes(32)
    yield replace(case, proof=(*proof, other), wrong="a hash more at the end")
    yield replace(case, proof=(other, *proof), wrong="a hash more at the beginning")
    if proof:
        at = dice.randrange(len(proof))
        bit = 1 << dice.randrange(256)
        turned = (int.from_bytes(proof[at], "big") ^ bit).to_bytes(32, "big")
        yield replace(case, proof=proof[:-1], wrong="the last hash missing")
        yield replace(case, proof=proof[1:], wrong="the first hash missing")
        yield replace(case, proof=(*proof, proof[-1]), wrong="the last hash twice")
        yield replace(case, proof=(*proof[:at], turned, *proof[at + 1 :]), wrong="a bit turned")
    if len(proof) > 1 and proof[0] != proof[-1]:
        ends = (proof[-1], *proof[1:-1], proof[0])
        yield replace(case, proof=ends, wrong="first and last hash exchanged")
        yield replace(case, proof=proof[::-1], wrong="the hashes in reverse")
    yield from _spoiled_ends(case, other)


def _spoiled_ends(case: Case, other: bytes) -> Iterator[Case]:
    if isinstance(case, Inclusion):
        for index in (case.index - 1, case.index + 1, case.index ^ 1):
            if 0 <= index <= case.size:
                yield replace(case, index=index, wrong="another index")
        yield replace(case, size=case.size + 1, wrong="one leaf more")
        yield replace(case, size=case.index, wrong="no such leaf")
        yield replace(case, leaf=other, wrong="another leaf")
        yield replace(case, root=other, wrong="another root")
        return
    for size in (case.old_size - 1, case.old_size + 1):
        yield replace(case, old_size=size, wrong="another smaller size")
    for size in (case.new_size - 1, case.new_size + 1):
        yield replace(case, new_size=size, wrong="another larger size")
    yield replace(case, old_root=other, wrong="another smaller root")
    yield replace(case, new_root=other, wrong="another larger root")
    yield replace(case, old_root=case.new_root, new_root=case.old_root, wrong="roots exchanged")
    yield replace(case, old_size=case.new_size, new_size=case.old_size, wrong="sizes exchanged")


def cases(dice: Random, count: int) -> Iterator[Case]:
    """Yield ``count`` cases, about one in five as it should be."""
    of = tree(dice, LARGE)
    for at, (smaller, larger) in enumerate(sizes(dice, count)):
        right = consistency(of, smaller, larger) if at % 4 < 2 else inclusion(of, smaller, larger)
        yield right if dice.randrange(5) == 0 else dice.choice(list(spoiled(dice, right)))
