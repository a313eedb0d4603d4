// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc6962} from "../../contracts/Rfc6962.sol";

/// @title What the library Rfc6962 answers, to be asked from outside; tests only.
contract Proofs {
    function verifyInclusion(
        uint256 index,
        uint256 size,
        bytes32 leaf,
        bytes32[] calldata proof,
        bytes32 root
    ) external view returns (bool) {
        return Rfc6962.verifyInclusion(index, size, leaf, proof, root);
    }

    function verifyConsistency(
        uint256 oldSize,
        uint256 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) external view returns (bool) {
        return Rfc6962.verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof);
    }
}
