// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the test runner does for a test; a few of Foundry's cheatcodes, as Hardhat has
/// them.
interface Vm {
    function addr(uint256 secret) external pure returns (address);

    function sign(uint256 secret, bytes32 digest)
        external
        pure
        returns (uint8 v, bytes32 r, bytes32 s);

    function chainId(uint256 id) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
