"""The contracts' verifier and the Python one say the same of every proof."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from ledger.merkle import node_hash
from ledger.values import Address
from tests.contracts.compiling import contract_of_tests
from tests.contracts.proof_cases import (
    LARGEST,
    SMALL,
    Case,
    Consistency,
    Inclusion,
    cases,
    consistency,
    inclusion,
    spoiled,
    tree,
)
from tests.evm import Evm
from tests.trials import dice, trials
from tests.vectors.make_log import FOLDER

pytestmark = pytest.mark.node

VECTORS = json.loads((FOLDER / "merkle.json").read_text("utf-8"))
SIZE_MAX = 2**256 - 1


class Verifier:
    """The library, to be asked from outside."""

    def __init__(self) -> None:
        self.contract = contract_of_tests("Proofs")
        self.evm = Evm()
        self.address: Address = self.evm.deploy(self.contract.bytecode)

    def shows(self, case: Case) -> bool:
        """Tell what the contract says."""
        if isinstance(case, Inclusion):
            name = "verifyInclusion"
            values = (case.index, case.size, case.leaf, case.proof, case.root)
        else:
            name = "verifyConsistency"
            values = (case.old_size, case.new_size, case.old_root, case.new_root, case.proof)
        answer = self.evm.call(self.address, self.contract.call(name, *values))
        return self.contract.answer(name, answer)[0]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


def hashes(texts):
    return tuple(bytes.fromhex(text) for text in texts)


def can_be_said(numbers, values) -> bool:
    """Tell whether Solidity has types for them; what it cannot say is refused by its own coder."""
    return min(numbers) >= 0 and all(len(value) == 32 for value in values)


def test_the_golden_vectors_are_judged_as_they_say(verifier):
    judged = Counter()
    for case in VECTORS["inclusion"]:
        leaf, root = hashes((case["leaf"], case["root"]))
        proof = hashes(case["proof"])
        if can_be_said((case["index"], case["size"]), (leaf, root, *proof)):
            said = Inclusion(case["index"], case["size"], leaf, root, proof)
            assert verifier.shows(said) is (case["expected"] == "valid"), case
            judged["inclusion"] += 1
    for case in VECTORS["consistency"]:
        roots = hashes((case["old_root"], case["new_root"]))
        proof = hashes(case["proof"])
        if can_be_said((case["old_size"], case["new_size"]), (*roots, *proof)):
            said = Consistency(case["old_size"], case["new_size"], *roots, proof)
            assert verifier.shows(said) is (case["expected"] == "valid"), case
            judged["consistency"] += 1
    assert min(judged.values()) > 20


def test_proofs_of_every_size_to_130_convince_and_those_with_a_fault_do_not(verifier):
    random = dice("contracts.sizes")
    of = tree(random)
    for larger in range(1, SMALL + 1):
        every = range(1, larger + 1)
        for smaller in random.sample(every, min(larger, trials("contracts.sizes"))):
            for right in (consistency(of, smaller, larger), inclusion(of, smaller - 1, larger)):
                assert verifier.shows(right), right
                wrong = random.choice(list(spoiled(random, right)))
                assert verifier.shows(wrong) is wrong.is_shown(), wrong


def test_the_two_verifiers_agree_on_proofs_most_of_which_are_wrong_in_one_way(verifier):
    seen = Counter()
    for case in cases(dice("contracts.proofs"), trials("contracts.proofs")):
        is_shown = case.is_shown()
        assert verifier.shows(case) is is_shown, case
        seen[is_shown] += 1
    assert seen[False] > seen[True] > 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, LARGEST),
        (LARGEST - 1, LARGEST),
        (LARGEST // 2, LARGEST),
        (LARGEST // 2 + 1, LARGEST - 1),
        (0x5555_5555_5555_5555, 0x7FFF_FFFF_FFFF_FFFF),
        (0x2AAA_AAAA_AAAA_AAAB, 0x5555_5555_5555_5556),
        (LARGEST, LARGEST),
    ],
)
def test_the_two_verifiers_agree_up_to_the_largest_tree(verifier, old, new):
    random = dice("contracts.largest")
    of = tree(random, LARGEST)
    for right in (consistency(of, old, new), inclusion(of, old - 1, new)):
        assert verifier.shows(right)
        for case in spoiled(random, right):
            assert verifier.shows(case) is case.is_shown(), case


def test_the_two_verifiers_agree_where_there_is_nothing_to_show(verifier):
    of = tree(dice("contracts.nothing"))
    one, root = consistency(of, 5, 5), of.mth(0, 5)
    above = node_hash(root, root)  # of a tree one leaf too large, where each side is this root
    empty = of.mth(0, 0)
    for case in (
        one,
        Consistency(5, 5, root, root, (root,)),
        Consistency(5, 5, root, empty, ()),
        Consistency(0, 5, empty, root, ()),
        Consistency(0, 0, empty, empty, ()),
        Consistency(6, 5, root, root, ()),
        Consistency(5, LARGEST + 1, root, root, ()),
        Consistency(LARGEST + 1, LARGEST + 1, root, root, ()),
        Consistency(5, SIZE_MAX, root, root, (root,) * 64),
        Consistency(SIZE_MAX, SIZE_MAX, root, root, ()),
        Consistency(LARGEST, LARGEST + 1, root, above, (root,)),
        Inclusion(LARGEST, LARGEST + 1, root, above, (root,)),
        Inclusion(0, 0, root, root, ()),
        Inclusion(1, 1, root, root, ()),
        Inclusion(5, 5, root, root, ()),
        Inclusion(0, 1, root, root, ()),
        Inclusion(0, 1, root, root, (root,)),
        Inclusion(LARGEST, LARGEST + 1, root, root, (root,) * 64),
        Inclusion(SIZE_MAX, SIZE_MAX, root, root, ()),
        Inclusion(0, SIZE_MAX, root, root, (root,) * 256),
    ):
        assert verifier.shows(case) is case.is_shown(), case


def test_a_proof_that_is_too_short_is_not_completed_by_what_follows_it(verifier):
    """The walk reads on behind the proof: what stands there, the sender chooses."""
    of = tree(dice("contracts.behind"))
    right = inclusion(of, 5, 8)
    name = "verifyInclusion"
    values = (right.index, right.size, right.leaf, right.proof, right.root)
    data = bytearray(verifier.contract.call(name, *values))
    length_at = data.index((3).to_bytes(32, "big"), 4 + 5 * 32)
    for length in (0, 1, 2):
        data[length_at : length_at + 32] = length.to_bytes(32, "big")
        answer = verifier.evm.call(verifier.address, bytes(data))
        assert verifier.contract.answer(name, answer) == (False,)
