// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The Merkle tree as RFC 6962 §2.1 defines it: recursive, plain and slow, to be compared
/// with.
/// @dev `mth`, `path` and `proof` are the RFC's MTH, PATH and SUBPROOF; `leaves` holds leaf hashes,
/// of which [begin, end) are the tree. Proofs grow from the leaf's side.
library ReferenceTree {
    function mth(bytes32[] memory leaves, uint256 begin, uint256 end)
        internal
        pure
        returns (bytes32)
    {
        if (end - begin == 1) return leaves[begin];
        uint256 k = split(end - begin);
        bytes32 left = mth(leaves, begin, begin + k);
        bytes32 right = mth(leaves, begin + k, end);
        return sha256(abi.encodePacked(hex"01", left, right));
    }

    function path(bytes32[] memory leaves, uint256 m, uint256 begin, uint256 end)
        internal
        pure
        returns (bytes32[] memory)
    {
        if (end - begin == 1) return new bytes32[](0);
        uint256 k = split(end - begin);
        return m < k
            ? then(path(leaves, m, begin, begin + k), mth(leaves, begin + k, end))
            : then(path(leaves, m - k, begin + k, end), mth(leaves, begin, begin + k));
    }

    function proof(bytes32[] memory leaves, uint256 m, uint256 begin, uint256 end, bool isKnown)
        internal
        pure
        returns (bytes32[] memory)
    {
        if (m == end - begin) {
            bytes32[] memory none = new bytes32[](0);
            return isKnown ? none : then(none, mth(leaves, begin, end));
        }
        uint256 k = split(end - begin);
        return m <= k
            ? then(proof(leaves, m, begin, begin + k, isKnown), mth(leaves, begin + k, end))
            : then(proof(leaves, m - k, begin + k, end, false), mth(leaves, begin, begin + k));
    }

    function split(uint256 n) internal pure returns (uint256 k) {
        for (k = 1; 2 * k < n; k *= 2) {}
    }

    function then(bytes32[] memory hashes, bytes32 last)
        internal
        pure
        returns (bytes32[] memory longer)
    {
        longer = new bytes32[](hashes.length + 1);
        for (uint256 i = 0; i < hashes.length; ++i) longer[i] = hashes[i];
        longer[hashes.length] = last;
    }
}
