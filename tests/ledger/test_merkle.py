import doctest
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import merkle
from ledger.errors import BadQuestion, ProofError, ProofFault
from ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from tests.reference_merkle import Reference, blank, path_shape, proof_shape
from tests.trials import dice, trials
from tests.vectors.make_log import FOLDER, files

VECTORS = json.loads((FOLDER / "merkle.json").read_text("utf-8"))
SIZE_MAX = 2**63
SIZES = range(131)
TREE = Reference({index: b"leaf %d" % index for index in SIZES})


def about(case):
    return case["description"]


def hashes(texts):
    return tuple(bytes.fromhex(text) for text in texts)


def verdict(verify: Callable[..., None], *arguments: Any) -> str:
    try:
        verify(*arguments)
    except ProofError as error:
        return error.reason
    return "valid"


# --- Golden values ---


def test_the_vectors_are_what_their_generator_writes():
    assert (FOLDER / "merkle.json").read_text("utf-8") == files()["merkle.json"]


def test_the_example_of_the_room_is_true():
    assert doctest.testmod(merkle) == (0, 3)


@pytest.mark.parametrize("case", VECTORS["roots"], ids=about)
def test_a_published_root_comes_out(case):
    frontier = Frontier()
    for data in hashes(case["leaves"]):
        frontier.append(leaf_hash(data))
    assert frontier.root().hex() == case["expected"]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=about)
def test_an_inclusion_proof_is_judged_as_its_vector_says(case):
    given_root = bytes.fromhex(case["root"])
    place = (bytes.fromhex(case["leaf"]), case["index"], case["size"])
    proof = hashes(case["proof"])
    assert verdict(verify_inclusion, *place, proof, given_root) == case["expected"]


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=about)
def test_a_consistency_proof_is_judged_as_its_vector_says(case):
    sizes = (case["old_size"], case["new_size"])
    roots = hashes((case["old_root"], case["new_root"]))
    proof = hashes(case["proof"])
    assert verdict(verify_consistency, *sizes, proof, *roots) == case["expected"]


def test_most_vectors_must_fail_and_together_they_show_every_reason():
    cases = [*VECTORS["inclusion"], *VECTORS["consistency"]]
    expected = [case["expected"] for case in cases]
    assert expected.count("valid") < len(expected) / 2
    of_proofs = get_args(ProofFault)[: get_args(ProofFault).index("new-root") + 1]
    assert {*expected} == {"valid", *of_proofs}


# --- Against the RFC's definitions, every size to 130 ---


def test_hashes_are_those_of_the_rfc():
    assert TREE.mth(0, 0) == EMPTY_ROOT
    assert leaf_hash(b"leaf 3") == TREE.mth(3, 4)
    assert node_hash(TREE.mth(0, 1), TREE.mth(1, 2)) == TREE.mth(0, 2)


def test_roots_agree_however_they_are_made():
    frontier = Frontier()
    for size in SIZES:
        expected = TREE.mth(0, size)
        assert root(size, TREE.read) == expected
        assert frontier.root() == expected
        loaded = Frontier.load(size, TREE.read)
        assert (loaded.size, loaded.roots) == (size, frontier.roots)
        frontier.append(TREE.mth(size, size + 1))


def test_inclusion_proofs_are_those_of_the_rfc_and_convince():
    for size in SIZES:
        for index in range(size):
            proof = inclusion_proof(index, size, TREE.read)
            assert [*proof] == TREE.path(index, size)
            verify_inclusion(TREE.mth(index, index + 1), index, size, proof, TREE.mth(0, size))


def test_consistency_proofs_are_those_of_the_rfc_and_convince():
    for new_size in SIZES:
        for old_size in range(1, new_size + 1):
            proof = consistency_proof(old_size, new_size, TREE.read)
            assert [*proof] == TREE.proof(old_size, new_size)
            roots = (TREE.mth(0, old_size), TREE.mth(0, new_size))
            verify_consistency(old_size, new_size, proof, *roots)


def test_a_proof_one_hash_too_long_or_too_short_is_refused():
    for size in range(1, 65):
        for index in range(size):
            proof = inclusion_proof(index, size, TREE.read)
            for wrong, reason in wrong_lengths(proof):
                place = (TREE.mth(index, index + 1), index, size)
                with pytest.raises(ProofError) as refused:
                    verify_inclusion(*place, wrong, TREE.mth(0, size))
                assert refused.value.reason == reason
            proof = consistency_proof(index + 1, size, TREE.read)
            for wrong, reason in wrong_lengths(proof):
                roots = (TREE.mth(0, index + 1), TREE.mth(0, size))
                with pytest.raises(ProofError) as refused:
                    verify_consistency(index + 1, size, wrong, *roots)
                assert refused.value.reason == reason


def wrong_lengths(proof):
    yield (*proof, bytes(32)), "proof-too-long"
    yield (bytes(32), *proof), "proof-too-long"
    if proof:
        yield proof[1:], "proof-too-short"
        yield proof[:-1], "proof-too-short"


def test_an_inclusion_proof_convinces_at_the_places_of_its_shape_alone():
    places = [(index, size) for size in range(1, 12) for index in range(size)]
    for index, size in places:
        proof, top = TREE.path(index, size), TREE.mth(0, size)
        item = TREE.mth(index, index + 1)
        for other in places:
            same = path_shape(*other) == path_shape(index, size)
            judged = verdict(verify_inclusion, item, *other, proof, top)
            assert (judged == "valid") == same


def test_a_consistency_proof_convinces_for_the_sizes_of_its_shape_alone():
    pairs = [(old, new) for new in range(1, 12) for old in range(1, new)]
    for old, new in pairs:
        proof, roots = TREE.proof(old, new), (TREE.mth(0, old), TREE.mth(0, new))
        for other in pairs:
            same = proof_shape(*other) == proof_shape(old, new)
            judged = verdict(verify_consistency, *other, proof, *roots)
            assert (judged == "valid") == same


def test_only_complete_subtrees_inside_the_tree_are_read_and_each_once():
    for size in (1, 2, 3, 7, 8, 100, 127, 128, 129, SIZE_MAX - 1, SIZE_MAX):
        for index in {0, size // 3, size // 2, size - 1}:
            for make in (
                lambda read, n=size: root(n, read),
                lambda read, n=size: Frontier.load(n, read),
                lambda read, n=size, i=index: inclusion_proof(i, n, read),
                lambda read, n=size, i=index: consistency_proof(i + 1, n, read),
            ):
                asked = []
                make(lambda level, at, asked=asked: asked.append((level, at)) or blank(1 << level))
                assert len({*asked}) == len(asked) <= 126
                assert all(at >= 0 and (at + 1) << level <= size for level, at in asked)


# --- Trees of up to 2^63 leaves, and what is altered in their proofs ---


def some_tree(roll: random.Random) -> tuple[Reference, int, int]:
    """Return a tree of any size up to 2^63, the size, and an index of a leaf like no other."""
    near = roll.choice([0, 0, roll.getrandbits(4)])
    size = roll.choice([1 + roll.getrandbits(roll.randint(1, 62)), SIZE_MAX - near])
    index = roll.choice([roll.randrange(size), size - 1, max(0, size - 1 - near)])
    strewn = {roll.randrange(size): roll.randbytes(8) for _ in range(roll.randrange(5))}
    return Reference(strewn | {index: b"this leaf", size - 1: b"the last"}), size, index


def altered(proof: list[bytes], roll: random.Random) -> Iterator[list[bytes]]:
    """Yield ``proof`` with a bit flipped, a hash dropped, added or cut short, and two swapped."""
    at = roll.randrange(len(proof) + 1)
    yield [*proof[:at], roll.randbytes(32), *proof[at:]]
    yield [*proof[:at], *proof[:1], *proof[at:], *([] if proof else [bytes(32)])]
    if not proof:
        return
    at = roll.randrange(len(proof))
    yield [*proof[:at], flipped(proof[at], roll), *proof[at + 1 :]]
    yield [*proof[:at], *proof[at + 1 :]]
    yield [*proof[:at], proof[at][:-1], *proof[at + 1 :]]
    other = roll.randrange(len(proof))
    if proof[at] != proof[other]:
        swapped = [*proof]
        swapped[at], swapped[other] = proof[other], proof[at]
        yield swapped


def flipped(value: bytes, roll: random.Random) -> bytes:
    return (int.from_bytes(value, "big") ^ 1 << roll.randrange(256)).to_bytes(32, "big")


def near(value: int, roll: random.Random) -> int:
    """Return another number: a neighbour, one bit away, or any."""
    changes = (value + 1, value - 1, value ^ 1 << roll.randrange(64), roll.randrange(2**64))
    return roll.choice([number for number in changes if number != value])


def test_any_change_to_an_inclusion_proof_is_refused():
    roll = dice("merkle.random_proofs.inclusion")
    for _ in range(trials("merkle.random_proofs")):
        tree, size, index = some_tree(roll)
        item, top = tree.mth(index, index + 1), tree.mth(0, size)
        proof = tree.path(index, size)
        assert [*inclusion_proof(index, size, tree.read)] == proof
        verify_inclusion(item, index, size, proof, top)
        changed = [(item, index, size, wrong, top) for wrong in altered(proof, roll)]
        changed.append((flipped(item, roll), index, size, proof, top))
        changed.append((item, index, size, proof, flipped(top, roll)))
        changed.append((item, index, size, proof, tree.mth(0, size - 1)))
        others = ((near(index, roll), size), (index, near(size, roll)))
        elsewhere = [place for place in others if not same_path(place, (index, size))]
        changed += [(item, *place, proof, top) for place in elsewhere]
        for arguments in changed:
            with pytest.raises(ProofError):
                verify_inclusion(*arguments)


def same_path(place: tuple[int, int], other: tuple[int, int]) -> bool:
    index, size = place
    return 0 <= index < size <= SIZE_MAX and path_shape(*place) == path_shape(*other)


def test_any_change_to_a_consistency_proof_is_refused():
    roll = dice("merkle.random_proofs.consistency")
    for _ in range(trials("merkle.random_proofs")):
        tree, new_size, index = some_tree(roll)
        old_size = index + 1
        roots = (tree.mth(0, old_size), tree.mth(0, new_size))
        proof = tree.proof(old_size, new_size)
        assert [*consistency_proof(old_size, new_size, tree.read)] == proof
        verify_consistency(old_size, new_size, proof, *roots)
        changed = [(old_size, new_size, wrong, *roots) for wrong in altered(proof, roll)]
        changed.append((old_size, new_size, proof, flipped(roots[0], roll), roots[1]))
        changed.append((old_size, new_size, proof, roots[0], flipped(roots[1], roll)))
        if old_size != new_size:
            changed.append((old_size, new_size, proof, *reversed(roots)))
            changed.append((new_size, old_size, proof, *reversed(roots)))
        others = ((near(old_size, roll), new_size), (old_size, near(new_size, roll)))
        elsewhere = [pair for pair in others if not same_growth(pair, (old_size, new_size))]
        changed += [(*pair, proof, *roots) for pair in elsewhere]
        for arguments in changed:
            with pytest.raises(ProofError):
                verify_consistency(*arguments)


def same_growth(sizes: tuple[int, int], other: tuple[int, int]) -> bool:
    old_size, new_size = sizes
    if not 0 < old_size < new_size <= SIZE_MAX:
        return False
    return proof_shape(*sizes) == proof_shape(*other)


numbers = st.integers(-1, 5) | st.integers(-(2**65), 2**65) | st.integers(2**63 - 3, 2**63 + 3)
some_hash = st.binary(min_size=32, max_size=32)
some_proof = st.lists(some_hash | st.binary(max_size=40), max_size=70)


@given(some_hash | st.binary(), numbers, numbers, some_proof, some_hash)
def test_garbage_for_an_inclusion_proof_gives_our_error_alone(item, index, size, proof, top):
    assume((index, size, proof, top) != (0, 1, [], item))  # the one proof that needs no hash
    with pytest.raises(ProofError):
        verify_inclusion(item, index, size, proof, top)


@given(numbers, numbers, some_proof.filter(bool), some_hash | st.binary(), some_hash)
def test_garbage_for_a_consistency_proof_gives_our_error_alone(old, new, proof, one, other):
    with pytest.raises(ProofError):
        verify_consistency(old, new, proof, one, other)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: root(-1, TREE.read),
        lambda: root(SIZE_MAX + 1, TREE.read),
        lambda: inclusion_proof(0, 0, TREE.read),
        lambda: inclusion_proof(5, 5, TREE.read),
        lambda: inclusion_proof(-1, 5, TREE.read),
        lambda: inclusion_proof(0, SIZE_MAX + 1, TREE.read),
        lambda: consistency_proof(0, 5, TREE.read),
        lambda: consistency_proof(0, 0, TREE.read),
        lambda: consistency_proof(6, 5, TREE.read),
        lambda: consistency_proof(1, SIZE_MAX + 1, TREE.read),
        lambda: Frontier.load(-1, TREE.read),
        lambda: Frontier.load(SIZE_MAX + 1, TREE.read),
    ],
)
def test_a_proof_or_root_that_cannot_be_is_a_bad_question(ask):
    with pytest.raises(BadQuestion):
        ask()
