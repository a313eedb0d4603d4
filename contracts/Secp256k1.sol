// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who signed: the one encoding of signatures, as docs/spec/signatures.md has it.
library Secp256k1 {
    /// @dev Half the order of the curve (SEC 2 v2 §2.4.1): of the two spellings of a signature, the
    /// one with the lower s is valid (EIP-2).
    uint256 private constant S_MAX =
        0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice Return the address of the key that signed a digest, or zero where the signature is
    /// not 65 bytes r, s, v with low s and v 27 or 28, or no key recovers from it.
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        uint8 v = uint8(signature[64]);
        // ecrecover itself answers zero for any v but 27 and 28, and for r or s out of range.
        return uint256(s) > S_MAX ? address(0) : ecrecover(digest, v, r, s);
    }
}
