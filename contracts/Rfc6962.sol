// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs about the Merkle tree of a log.
/// @notice The tree of RFC 6962 §2.1: a node is SHA-256(0x01 ‖ left ‖ right), every tree is split at the
/// largest power of two below its size. Proofs are verified by RFC 9162 §2.1.3.2 and §2.1.4.2, step by
/// step. `ledger/merkle.py` does the same; the tests hold the two together.
/// @dev A proof does not bind the size that it is verified with, so size and root must come from one
/// statement. In every walk `fn` is the index of the node that the way has reached, and `sn` that of the
/// last node on its level; at `sn == 0` the way has reached the root.
library Rfc6962 {
    /// @notice No tree has more leaves.
    uint256 internal constant SIZE_MAX = 1 << 63;
    /// @notice No way to a root has more siblings, and a consistency proof one hash more: where the
    /// walk starts.
    uint256 internal constant SIBLINGS_MAX = 63;

    /// @notice Tell whether the proof shows the leaf hash at an index of the tree of this size and root.
    function verifyInclusion(
        uint256 index,
        uint256 size,
        bytes32 leaf,
        bytes32[] calldata proof,
        bytes32 root
    ) internal view returns (bool) {
        if (index >= size || size > SIZE_MAX || proof.length > SIBLINGS_MAX) return false;
        bytes32 computed = leaf;
        uint256 used;
        assembly ("memory-safe") {
            let begin := mload(0x40)
            mstore8(begin, 1)
            let left := add(begin, 1)
            let right := add(begin, 33)
            let next := proof.offset
            let done := 1
            let fn := index
            for { let sn := sub(size, 1) } sn { sn := shr(1, sn) } {
                let isRight := and(fn, 1)
                if or(isRight, xor(fn, sn)) {
                    let shift := shl(5, isRight)
                    mstore(add(left, shift), computed)
                    mstore(sub(right, shift), calldataload(next))
                    next := add(next, 32)
                    done := and(done, staticcall(gas(), 2, begin, 65, 0, 32))
                    computed := mload(0)
                }
                fn := shr(1, fn)
            }
            if iszero(done) { revert(0, 0) } // out of gas
            used := shr(5, sub(next, proof.offset))
        }
        return used == proof.length && computed == root;
    }

    /// @notice Tell whether the proof shows that the larger tree begins with the whole smaller one.
    /// Nothing can be shown of an empty tree; between equal sizes the proof is empty.
    function verifyConsistency(
        uint256 oldSize,
        uint256 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize == 0 || oldSize > newSize || newSize > SIZE_MAX) return false;
        if (oldSize == newSize) return proof.length == 0 && oldRoot == newRoot;
        if (proof.length == 0 || proof.length > SIBLINGS_MAX + 1) return false;
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        // The walk starts at the root of the smaller tree's last complete subtree: its own root if it
        // is complete.
        uint256 used = oldSize & fn == 0 ? 0 : 1;
        bytes32 oldComputed = used == 0 ? oldRoot : proof[0];
        bytes32 newComputed = oldComputed;
        for (; fn & 1 == 1; (fn, sn) = (fn >> 1, sn >> 1)) {}
        assembly ("memory-safe") {
            let begin := mload(0x40)
            mstore8(begin, 1)
            let left := add(begin, 1)
            let right := add(begin, 33)
            let next := add(proof.offset, shl(5, used))
            let done := 1
            for {} sn { sn := shr(1, sn) } {
                switch and(fn, 1)
                case 0 {
                    if xor(fn, sn) {
                        mstore(left, newComputed)
                        mstore(right, calldataload(next))
                        next := add(next, 32)
                        done := and(done, staticcall(gas(), 2, begin, 65, 0, 32))
                        newComputed := mload(0)
                    }
                }
                default {
                    mstore(left, calldataload(next))
                    next := add(next, 32)
                    mstore(right, oldComputed)
                    let isSame := eq(oldComputed, newComputed)
                    done := and(done, staticcall(gas(), 2, begin, 65, 0, 32))
                    oldComputed := mload(0)
                    switch isSame
                    case 0 {
                        mstore(right, newComputed)
                        done := and(done, staticcall(gas(), 2, begin, 65, 0, 32))
                        newComputed := mload(0)
                    }
                    default { newComputed := oldComputed }
                }
                fn := shr(1, fn)
            }
            if iszero(done) { revert(0, 0) } // out of gas
            used := shr(5, sub(next, proof.offset))
        }
        return used == proof.length && oldComputed == oldRoot && newComputed == newRoot;
    }
}
