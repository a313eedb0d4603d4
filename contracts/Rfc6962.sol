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
    ) internal pure returns (bool) {
        if (index >= size || size > SIZE_MAX || proof.length > SIBLINGS_MAX) return false;
        (uint256 fn, uint256 sn) = (index, size - 1);
        bytes32 computed = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return false; // hashes are left over
            bytes32 sibling = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                computed = _node(sibling, computed);
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1); // promoted as it is
            } else {
                computed = _node(computed, sibling);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && computed == root;
    }

    /// @notice Tell whether the proof shows that the larger tree begins with the whole smaller one.
    /// Nothing can be shown of an empty tree; between equal sizes the proof is empty.
    function verifyConsistency(
        uint256 oldSize,
        uint256 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        if (oldSize == 0 || oldSize > newSize || newSize > SIZE_MAX) return false;
        if (oldSize == newSize) return proof.length == 0 && oldRoot == newRoot;
        if (proof.length == 0 || proof.length > SIBLINGS_MAX + 1) return false;
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        // The walk starts at the root of the smaller tree's last complete subtree: its own root if it
        // is complete.
        uint256 i = oldSize & fn == 0 ? 0 : 1;
        bytes32 oldComputed = i == 0 ? oldRoot : proof[0];
        bytes32 newComputed = oldComputed;
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        for (; i < proof.length; ++i) {
            if (sn == 0) return false; // hashes are left over
            bytes32 sibling = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                bool isSame = oldComputed == newComputed; // nothing on the right so far: hash once
                oldComputed = _node(sibling, oldComputed);
                newComputed = isSame ? oldComputed : _node(sibling, newComputed);
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1); // promoted as it is
            } else {
                newComputed = _node(newComputed, sibling);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && oldComputed == oldRoot && newComputed == newRoot;
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
