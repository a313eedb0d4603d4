// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs about the Merkle tree of a log.
/// @notice The tree of RFC 6962 §2.1: a node is SHA-256(0x01 ‖ left ‖ right), and every tree is
/// split at the largest power of two below its size. `ledger/merkle.py` verifies the same proofs;
/// the tests hold the two together.
/// @dev The walks are those of RFC 9162 §2.1.3.2 and §2.1.4.2, cut in two: `fn` is the index of the
/// node that the way has reached, `sn` that of the last node on its level. While they differ, every
/// level has a sibling, on the side that the last bit of `fn` tells. Once they are the same they
/// stay so: the node is the last of its level, promoted as it is where it has no left sibling. So
/// sizes alone tell how many hashes a proof has; the walk takes as many and counts them in the end.
/// It never takes more than there are levels, 63, and what it reads beyond a proof that is too
/// short convinces nobody.
///
/// A proof does not bind the size that it is verified with: size and root must come from one
/// statement.
///
/// Assembly, by measurement: with `sha256(abi.encodePacked(…))` and `proof[i]` a node costs 690 gas
/// instead of some 280; the worst anchor at 2^30 entries 98,900 instead of 77,600; an inclusion at
/// depth 20 53,900 instead of 44,600. In it, 0x1f holds 0x01, 0x20 the left child and then the
/// node, 0x40 the right child: Solidity's pointer to free memory, which is put back.
library Rfc6962 {
    /// @notice No tree has more leaves.
    uint256 internal constant SIZE_MAX = 1 << 63;

    /// @notice Tell whether the proof shows the leaf hash at an index of the tree of this size and
    /// root.
    function verifyInclusion(
        uint256 index,
        uint256 size,
        bytes32 leaf,
        bytes32[] calldata proof,
        bytes32 root
    ) internal view returns (bool) {
        if (index >= size || size > SIZE_MAX) return false;
        bytes32 computed;
        uint256 used;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(0x1f, 1)
            mstore(0x20, leaf)
            let next := proof.offset
            let isDone := 1
            let fn := index
            let sn := sub(size, 1)
            for {} xor(fn, sn) { sn := shr(1, sn) } {
                switch and(fn, 1)
                case 0 { mstore(0x40, calldataload(next)) }
                default {
                    mstore(0x40, mload(0x20))
                    mstore(0x20, calldataload(next))
                }
                isDone := and(isDone, staticcall(gas(), 2, 0x1f, 65, 0x20, 32))
                next := add(next, 32)
                fn := shr(1, fn)
            }
            for {} fn { fn := shr(1, fn) } {
                if and(fn, 1) {
                    mstore(0x40, mload(0x20))
                    mstore(0x20, calldataload(next))
                    isDone := and(isDone, staticcall(gas(), 2, 0x1f, 65, 0x20, 32))
                    next := add(next, 32)
                }
            }
            if iszero(isDone) { revert(0, 0) } // out of gas
            computed := mload(0x20)
            mstore(0x40, free)
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
        if (proof.length == 0) return false;
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        // The walk starts at the root of the smaller tree's last complete subtree: its own root if
        // it is complete.
        uint256 used = oldSize & fn == 0 ? 0 : 1;
        bytes32 oldComputed = used == 0 ? oldRoot : proof[0];
        bytes32 newComputed = oldComputed;
        for (; fn & 1 == 1; (fn, sn) = (fn >> 1, sn >> 1)) {}
        assembly ("memory-safe") {
            function hash(left, right) -> node {
                mstore(0x20, left)
                mstore(0x40, right)
                if iszero(staticcall(gas(), 2, 0x1f, 65, 0x20, 32)) { revert(0, 0) } // out of gas
                node := mload(0x20)
            }
            let free := mload(0x40)
            mstore8(0x1f, 1)
            let next := add(proof.offset, shl(5, used))
            for {} xor(fn, sn) { sn := shr(1, sn) } {
                let sibling := calldataload(next)
                next := add(next, 32)
                switch and(fn, 1)
                case 0 { newComputed := hash(newComputed, sibling) }
                default {
                    // Before the first sibling on the right both are the same: hash once.
                    let isSame := eq(oldComputed, newComputed)
                    oldComputed := hash(sibling, oldComputed)
                    switch isSame
                    case 0 { newComputed := hash(sibling, newComputed) }
                    default { newComputed := oldComputed }
                }
                fn := shr(1, fn)
            }
            for {} fn { fn := shr(1, fn) } {
                if and(fn, 1) {
                    let sibling := calldataload(next)
                    next := add(next, 32)
                    oldComputed := hash(sibling, oldComputed)
                    newComputed := hash(sibling, newComputed)
                }
            }
            mstore(0x40, free)
            used := shr(5, sub(next, proof.offset))
        }
        return used == proof.length && oldComputed == oldRoot && newComputed == newRoot;
    }
}
