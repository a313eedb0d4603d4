// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Admission,
    Amendment,
    Charter,
    Handoff,
    KeyChange,
    Receipt,
    Registration,
    Revocation,
    Transformation,
    Withdrawal
} from "../../contracts/Records.sol";
import {RecordHash} from "../../contracts/RecordHash.sol";

/// @title What the library RecordHash computes, to be asked from outside; tests only.
contract RecordHashes {
    function outputId(bytes32 record, uint256 position) external pure returns (bytes32) {
        return RecordHash.outputId(record, position);
    }

    function charter(bytes32, Charter calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(bytes32(0), RecordHash.hash(record));
    }

    function amendment(bytes32 ledger, Amendment calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function admission(bytes32 ledger, Admission calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function revocation(bytes32 ledger, Revocation calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function keyChange(bytes32 ledger, KeyChange calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function registration(bytes32 ledger, Registration calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function handoff(bytes32 ledger, Handoff calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function receipt(bytes32 ledger, Receipt calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function withdrawal(bytes32 ledger, Withdrawal calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function transformation(bytes32 ledger, Transformation calldata record)
        external
        pure
        returns (bytes32)
    {
        return _id(ledger, RecordHash.hash(record));
    }

    function _id(bytes32 ledger, bytes32 record) private pure returns (bytes32) {
        return RecordHash.recordId(RecordHash.domainSeparator(ledger), record);
    }
}
