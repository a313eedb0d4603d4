// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Proofs} from "./Proofs.sol";
import {ReferenceTree} from "./ReferenceTree.sol";

/// @title The library Rfc6962 takes the proofs of the RFC's definitions, and no others.
contract Rfc6962Test {
    Proofs private immutable PROOFS = new Proofs();
    uint256 private constant SIZE = 130;

    function testFuzz_inclusion_is_shown_for_one_leaf_at_one_place(
        uint256 size,
        uint256 index,
        uint256 seed
    ) external view {
        size = 1 + size % SIZE;
        index %= size;
        bytes32[] memory leaves = leavesOf(seed, size);
        bytes32 root = ReferenceTree.mth(leaves, 0, size);
        bytes32[] memory path = ReferenceTree.path(leaves, index, 0, size);
        assert(PROOFS.verifyInclusion(index, size, leaves[index], path, root));
        assert(!PROOFS.verifyInclusion(index, size, bytes32(seed), path, root));
        assert(!PROOFS.verifyInclusion(index, size, leaves[index], path, bytes32(seed)));
        if (size > 1) assert(!PROOFS.verifyInclusion(index ^ 1, size, leaves[index], path, root));
        bytes32[] memory longer = ReferenceTree.then(path, bytes32(seed));
        assert(!PROOFS.verifyInclusion(index, size, leaves[index], longer, root));
        if (path.length == 0) return;
        uint256 i = seed % path.length;
        path[i] ^= bytes32(1 << (seed % 256));
        assert(!PROOFS.verifyInclusion(index, size, leaves[index], path, root));
        path[i] ^= bytes32(1 << (seed % 256));
        assert(!PROOFS.verifyInclusion(index, size, leaves[index], shortened(path), root));
    }

    function testFuzz_consistency_is_shown_for_one_pair_of_roots(
        uint256 newSize,
        uint256 oldSize,
        uint256 seed
    ) external view {
        newSize = 2 + newSize % (SIZE - 1);
        oldSize = 1 + oldSize % (newSize - 1);
        bytes32[] memory leaves = leavesOf(seed, newSize);
        bytes32 oldRoot = ReferenceTree.mth(leaves, 0, oldSize);
        bytes32 newRoot = ReferenceTree.mth(leaves, 0, newSize);
        bytes32[] memory proof = ReferenceTree.proof(leaves, oldSize, 0, newSize, true);
        assert(PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof));
        assert(!PROOFS.verifyConsistency(oldSize, newSize, bytes32(seed), newRoot, proof));
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, bytes32(seed), proof));
        assert(!PROOFS.verifyConsistency(newSize, oldSize, newRoot, oldRoot, proof));
        assert(!PROOFS.verifyConsistency(0, newSize, oldRoot, newRoot, proof));
        bytes32[] memory longer = ReferenceTree.then(proof, bytes32(seed));
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, longer));
        bytes32[] memory shorter = shortened(proof);
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, shorter));
        proof[seed % proof.length] ^= bytes32(1 << (seed % 256));
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof));
    }

    function testFuzz_a_rewritten_leaf_leaves_no_consistency(
        uint256 newSize,
        uint256 oldSize,
        uint256 seed
    ) external view {
        newSize = 2 + newSize % (SIZE - 1);
        oldSize = 1 + oldSize % (newSize - 1);
        bytes32[] memory leaves = leavesOf(seed, newSize);
        bytes32 oldRoot = ReferenceTree.mth(leaves, 0, oldSize);
        bytes32[] memory told = ReferenceTree.proof(leaves, oldSize, 0, newSize, true);
        leaves[seed % oldSize] ^= bytes32(uint256(1));
        bytes32 newRoot = ReferenceTree.mth(leaves, 0, newSize);
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, told));
        bytes32[] memory made = ReferenceTree.proof(leaves, oldSize, 0, newSize, true);
        assert(!PROOFS.verifyConsistency(oldSize, newSize, oldRoot, newRoot, made));
    }

    function testFuzz_garbage_shows_nothing_and_breaks_nothing(
        uint256 one,
        uint256 other,
        bytes32 root,
        bytes32 otherRoot,
        bytes32[] calldata proof
    ) external view {
        if (root == otherRoot) return;
        assert(!PROOFS.verifyInclusion(one, other, root, proof, otherRoot));
        assert(!PROOFS.verifyConsistency(one, other, root, otherRoot, proof));
        (one, other) = (one % 2 ** 63, other % (2 ** 63 + 1));
        assert(!PROOFS.verifyInclusion(one, other, root, proof, otherRoot));
        assert(!PROOFS.verifyConsistency(one, other, root, otherRoot, proof));
    }

    function leavesOf(uint256 seed, uint256 size) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](size);
        for (uint256 i = 0; i < size; ++i) leaves[i] = keccak256(abi.encode(seed, i));
    }

    function shortened(bytes32[] memory hashes) private pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](hashes.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = hashes[i];
    }
}
