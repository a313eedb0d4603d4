// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Written by `python -m contracts.generate` from the declarations in ledger/records.

import {
    Admission,
    AdmissionAmounts,
    AdmissionScene,
    AdmissionWhat,
    AdmissionWho,
    Amendment,
    AmendmentAmounts,
    AmendmentScene,
    AmendmentWhat,
    AmendmentWho,
    Charter,
    CharterAmounts,
    CharterScene,
    CharterWhat,
    CharterWho,
    Handoff,
    HandoffAmounts,
    HandoffScene,
    HandoffWhat,
    HandoffWho,
    KeyChange,
    KeyChangeAmounts,
    KeyChangeScene,
    KeyChangeWhat,
    KeyChangeWho,
    Receipt,
    ReceiptAmounts,
    ReceiptScene,
    ReceiptWhat,
    ReceiptWho,
    Registration,
    RegistrationAmounts,
    RegistrationScene,
    RegistrationWhat,
    RegistrationWho,
    Revocation,
    RevocationAmounts,
    RevocationScene,
    RevocationWhat,
    RevocationWho,
    Transformation,
    TransformationAmounts,
    TransformationScene,
    TransformationWhat,
    TransformationWho,
    Withdrawal,
    WithdrawalAmounts,
    WithdrawalScene,
    WithdrawalWhat,
    WithdrawalWho
} from "./Records.sol";

/// @title Hashes of records: EIP-712, as docs/spec/signatures.md has it.
/// @notice A record's digest is its id, and what its signers sign. The domain holds the ledger id
/// as its salt and no chain id, since a record belongs to a ledger and not to a chain.
/// @dev One function for each sheet and each kind: `hash` gives hashStruct. Elements of a list are
/// padded to words by `encodePacked`, as EIP-712 asks; values outside their type revert.
library RecordHash {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,bytes32 salt)");
    bytes32 private constant DOMAIN_NAME = keccak256("Adamant");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");
    bytes32 internal constant CHARTER_TYPE = keccak256(
        "Charter(CharterWho who,CharterWhat what,CharterAmounts amounts,CharterScene scene,"
        "bytes32 details)CharterAmounts(uint64 threshold,uint64 toleranceMillicarats,"
        "uint64 tolerancePartsPerMillion,uint64 recoveryDelaySeconds,uint64 predecessorSize,"
        "bytes32 salt)CharterScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
        "CharterWhat(string authorRole,string origin,string mode,string mirror,uint64 rulesVersion,"
        "string[] checkpointKeys,address anchorKey,string[] tables,bytes32[] tableHashes,"
        "bytes32 predecessor,bytes32 predecessorRoot,bytes32 salt)CharterWho(address author,"
        "address[] governors,bytes32 salt)"
    );
    bytes32 internal constant CHARTER_WHO_TYPE = keccak256(
        "CharterWho(address author,address[] governors,bytes32 salt)"
    );
    bytes32 internal constant CHARTER_WHAT_TYPE = keccak256(
        "CharterWhat(string authorRole,string origin,string mode,string mirror,uint64 rulesVersion,"
        "string[] checkpointKeys,address anchorKey,string[] tables,bytes32[] tableHashes,"
        "bytes32 predecessor,bytes32 predecessorRoot,bytes32 salt)"
    );
    bytes32 internal constant CHARTER_AMOUNTS_TYPE = keccak256(
        "CharterAmounts(uint64 threshold,uint64 toleranceMillicarats,"
        "uint64 tolerancePartsPerMillion,uint64 recoveryDelaySeconds,uint64 predecessorSize,"
        "bytes32 salt)"
    );
    bytes32 internal constant CHARTER_SCENE_TYPE = keccak256(
        "CharterScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );
    bytes32 internal constant AMENDMENT_TYPE = keccak256(
        "Amendment(AmendmentWho who,AmendmentWhat what,AmendmentAmounts amounts,"
        "AmendmentScene scene,bytes32 details)AmendmentAmounts(uint64 threshold,"
        "uint64 toleranceMillicarats,uint64 tolerancePartsPerMillion,uint64 recoveryDelaySeconds,"
        "bytes32 salt)AmendmentScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
        "AmendmentWhat(string authorRole,string mode,string mirror,uint64 rulesVersion,"
        "string[] checkpointKeys,address anchorKey,string[] tables,bytes32[] tableHashes,"
        "bytes32 previous,bytes32 salt)AmendmentWho(address author,address[] governors,"
        "bytes32 salt)"
    );
    bytes32 internal constant AMENDMENT_WHO_TYPE = keccak256(
        "AmendmentWho(address author,address[] governors,bytes32 salt)"
    );
    bytes32 internal constant AMENDMENT_WHAT_TYPE = keccak256(
        "AmendmentWhat(string authorRole,string mode,string mirror,uint64 rulesVersion,"
        "string[] checkpointKeys,address anchorKey,string[] tables,bytes32[] tableHashes,"
        "bytes32 previous,bytes32 salt)"
    );
    bytes32 internal constant AMENDMENT_AMOUNTS_TYPE = keccak256(
        "AmendmentAmounts(uint64 threshold,uint64 toleranceMillicarats,"
        "uint64 tolerancePartsPerMillion,uint64 recoveryDelaySeconds,bytes32 salt)"
    );
    bytes32 internal constant AMENDMENT_SCENE_TYPE = keccak256(
        "AmendmentScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );
    bytes32 internal constant ADMISSION_TYPE = keccak256(
        "Admission(AdmissionWho who,AdmissionWhat what,AdmissionAmounts amounts,"
        "AdmissionScene scene,bytes32 details)AdmissionAmounts(bytes32 salt)"
        "AdmissionScene(uint64 occurredAt,string authorCountry,string country,uint64 validUntil,"
        "bytes32 salt)AdmissionWhat(string authorRole,string role,string[] kinds,bytes32 previous,"
        "bytes32 salt)AdmissionWho(address author,address party,bytes32 salt)"
    );
    bytes32 internal constant ADMISSION_WHO_TYPE = keccak256(
        "AdmissionWho(address author,address party,bytes32 salt)"
    );
    bytes32 internal constant ADMISSION_WHAT_TYPE = keccak256(
        "AdmissionWhat(string authorRole,string role,string[] kinds,bytes32 previous,bytes32 salt)"
    );
    bytes32 internal constant ADMISSION_AMOUNTS_TYPE = keccak256(
        "AdmissionAmounts(bytes32 salt)"
    );
    bytes32 internal constant ADMISSION_SCENE_TYPE = keccak256(
        "AdmissionScene(uint64 occurredAt,string authorCountry,string country,uint64 validUntil,"
        "bytes32 salt)"
    );
    bytes32 internal constant REVOCATION_TYPE = keccak256(
        "Revocation(RevocationWho who,RevocationWhat what,RevocationAmounts amounts,"
        "RevocationScene scene,bytes32 details)RevocationAmounts(bytes32 salt)"
        "RevocationScene(uint64 occurredAt,string authorCountry,string country,bytes32 salt)"
        "RevocationWhat(string authorRole,string role,uint64 compromisedSince,bytes32 previous,"
        "bytes32 salt)RevocationWho(address author,address party,bytes32 salt)"
    );
    bytes32 internal constant REVOCATION_WHO_TYPE = keccak256(
        "RevocationWho(address author,address party,bytes32 salt)"
    );
    bytes32 internal constant REVOCATION_WHAT_TYPE = keccak256(
        "RevocationWhat(string authorRole,string role,uint64 compromisedSince,bytes32 previous,"
        "bytes32 salt)"
    );
    bytes32 internal constant REVOCATION_AMOUNTS_TYPE = keccak256(
        "RevocationAmounts(bytes32 salt)"
    );
    bytes32 internal constant REVOCATION_SCENE_TYPE = keccak256(
        "RevocationScene(uint64 occurredAt,string authorCountry,string country,bytes32 salt)"
    );
    bytes32 internal constant KEY_CHANGE_TYPE = keccak256(
        "KeyChange(KeyChangeWho who,KeyChangeWhat what,KeyChangeAmounts amounts,"
        "KeyChangeScene scene,bytes32 details)KeyChangeAmounts(bytes32 salt)"
        "KeyChangeScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
        "KeyChangeWhat(string operation,string authorRole,bytes32 previous,bytes32 salt)"
        "KeyChangeWho(address author,address party,address newKey,bytes32 salt)"
    );
    bytes32 internal constant KEY_CHANGE_WHO_TYPE = keccak256(
        "KeyChangeWho(address author,address party,address newKey,bytes32 salt)"
    );
    bytes32 internal constant KEY_CHANGE_WHAT_TYPE = keccak256(
        "KeyChangeWhat(string operation,string authorRole,bytes32 previous,bytes32 salt)"
    );
    bytes32 internal constant KEY_CHANGE_AMOUNTS_TYPE = keccak256(
        "KeyChangeAmounts(bytes32 salt)"
    );
    bytes32 internal constant KEY_CHANGE_SCENE_TYPE = keccak256(
        "KeyChangeScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );
    bytes32 internal constant REGISTRATION_TYPE = keccak256(
        "Registration(RegistrationWho who,RegistrationWhat what,RegistrationAmounts amounts,"
        "RegistrationScene scene,bytes32 details)RegistrationAmounts(uint64 weightMillicarats,"
        "uint64 stones,string label,bytes32 salt)RegistrationScene(uint64 occurredAt,"
        "string authorCountry,string zone,uint64 periodFrom,uint64 periodTo,bytes32 salt)"
        "RegistrationWhat(string authorRole,string hsCode,bytes32 salt)"
        "RegistrationWho(address author,bytes32 site,bytes32 salt)"
    );
    bytes32 internal constant REGISTRATION_WHO_TYPE = keccak256(
        "RegistrationWho(address author,bytes32 site,bytes32 salt)"
    );
    bytes32 internal constant REGISTRATION_WHAT_TYPE = keccak256(
        "RegistrationWhat(string authorRole,string hsCode,bytes32 salt)"
    );
    bytes32 internal constant REGISTRATION_AMOUNTS_TYPE = keccak256(
        "RegistrationAmounts(uint64 weightMillicarats,uint64 stones,string label,bytes32 salt)"
    );
    bytes32 internal constant REGISTRATION_SCENE_TYPE = keccak256(
        "RegistrationScene(uint64 occurredAt,string authorCountry,string zone,uint64 periodFrom,"
        "uint64 periodTo,bytes32 salt)"
    );
    bytes32 internal constant HANDOFF_TYPE = keccak256(
        "Handoff(HandoffWho who,HandoffWhat what,HandoffAmounts amounts,HandoffScene scene,"
        "bytes32 details)HandoffAmounts(uint64 weightMillicarats,uint64 stones,string seal,"
        "bytes32 salt)HandoffScene(uint64 occurredAt,string authorCountry,string recipientCountry,"
        "bytes32 salt)HandoffWhat(string operation,string authorRole,bytes32 parcel,"
        "bytes32 previous,bytes32 salt)HandoffWho(address author,address recipient,bytes32 salt)"
    );
    bytes32 internal constant HANDOFF_WHO_TYPE = keccak256(
        "HandoffWho(address author,address recipient,bytes32 salt)"
    );
    bytes32 internal constant HANDOFF_WHAT_TYPE = keccak256(
        "HandoffWhat(string operation,string authorRole,bytes32 parcel,bytes32 previous,"
        "bytes32 salt)"
    );
    bytes32 internal constant HANDOFF_AMOUNTS_TYPE = keccak256(
        "HandoffAmounts(uint64 weightMillicarats,uint64 stones,string seal,bytes32 salt)"
    );
    bytes32 internal constant HANDOFF_SCENE_TYPE = keccak256(
        "HandoffScene(uint64 occurredAt,string authorCountry,string recipientCountry,bytes32 salt)"
    );
    bytes32 internal constant RECEIPT_TYPE = keccak256(
        "Receipt(ReceiptWho who,ReceiptWhat what,ReceiptAmounts amounts,ReceiptScene scene,"
        "bytes32 details)ReceiptAmounts(uint64 weightMillicarats,uint64 stones,string seal,"
        "bytes32 salt)ReceiptScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
        "ReceiptWhat(string operation,string authorRole,string reason,bytes32 parcel,"
        "bytes32 previous,bytes32 salt)ReceiptWho(address author,address sender,bytes32 salt)"
    );
    bytes32 internal constant RECEIPT_WHO_TYPE = keccak256(
        "ReceiptWho(address author,address sender,bytes32 salt)"
    );
    bytes32 internal constant RECEIPT_WHAT_TYPE = keccak256(
        "ReceiptWhat(string operation,string authorRole,string reason,bytes32 parcel,"
        "bytes32 previous,bytes32 salt)"
    );
    bytes32 internal constant RECEIPT_AMOUNTS_TYPE = keccak256(
        "ReceiptAmounts(uint64 weightMillicarats,uint64 stones,string seal,bytes32 salt)"
    );
    bytes32 internal constant RECEIPT_SCENE_TYPE = keccak256(
        "ReceiptScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );
    bytes32 internal constant WITHDRAWAL_TYPE = keccak256(
        "Withdrawal(WithdrawalWho who,WithdrawalWhat what,WithdrawalAmounts amounts,"
        "WithdrawalScene scene,bytes32 details)WithdrawalAmounts(bytes32 salt)"
        "WithdrawalScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
        "WithdrawalWhat(string authorRole,bytes32 parcel,bytes32 previous,bytes32 salt)"
        "WithdrawalWho(address author,bytes32 salt)"
    );
    bytes32 internal constant WITHDRAWAL_WHO_TYPE = keccak256(
        "WithdrawalWho(address author,bytes32 salt)"
    );
    bytes32 internal constant WITHDRAWAL_WHAT_TYPE = keccak256(
        "WithdrawalWhat(string authorRole,bytes32 parcel,bytes32 previous,bytes32 salt)"
    );
    bytes32 internal constant WITHDRAWAL_AMOUNTS_TYPE = keccak256(
        "WithdrawalAmounts(bytes32 salt)"
    );
    bytes32 internal constant WITHDRAWAL_SCENE_TYPE = keccak256(
        "WithdrawalScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );
    bytes32 internal constant TRANSFORMATION_TYPE = keccak256(
        "Transformation(TransformationWho who,TransformationWhat what,"
        "TransformationAmounts amounts,TransformationScene scene,bytes32 details)"
        "TransformationAmounts(uint64 inputWeightMillicarats,uint64[] weightsMillicarats,"
        "uint64[] stones,string[] labels,string[] lossReasons,uint64[] lossWeightsMillicarats,"
        "uint64[] lossStones,bytes32 salt)TransformationScene(uint64 occurredAt,"
        "string authorCountry,bytes32 salt)TransformationWhat(string operation,string authorRole,"
        "bytes32[] inputs,bytes32[] previous,string[] hsCodes,bytes32 salt)"
        "TransformationWho(address author,bytes32 salt)"
    );
    bytes32 internal constant TRANSFORMATION_WHO_TYPE = keccak256(
        "TransformationWho(address author,bytes32 salt)"
    );
    bytes32 internal constant TRANSFORMATION_WHAT_TYPE = keccak256(
        "TransformationWhat(string operation,string authorRole,bytes32[] inputs,bytes32[] previous,"
        "string[] hsCodes,bytes32 salt)"
    );
    bytes32 internal constant TRANSFORMATION_AMOUNTS_TYPE = keccak256(
        "TransformationAmounts(uint64 inputWeightMillicarats,uint64[] weightsMillicarats,"
        "uint64[] stones,string[] labels,string[] lossReasons,uint64[] lossWeightsMillicarats,"
        "uint64[] lossStones,bytes32 salt)"
    );
    bytes32 internal constant TRANSFORMATION_SCENE_TYPE = keccak256(
        "TransformationScene(uint64 occurredAt,string authorCountry,bytes32 salt)"
    );

    /// @notice Return the EIP-712 domain separator of a ledger; its Charter alone is signed under
    /// zero.
    function domainSeparator(bytes32 ledger) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION, ledger));
    }

    /// @notice Return the id of a record from the domain separator and the record's hash.
    function recordId(bytes32 separator, bytes32 record) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, record));
    }

    /// @notice Return the id of the parcel that a record makes at a position.
    function outputId(bytes32 record, uint256 position) internal pure returns (bytes32) {
        return keccak256(abi.encode(record, position));
    }

    /// @notice Return the hash of a list of texts.
    function hash(string[] calldata texts) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) hashes[i] = keccak256(bytes(texts[i]));
        return keccak256(abi.encodePacked(hashes));
    }

    /// @notice Return the hash of a list of texts in memory.
    function hashInMemory(string[] memory texts) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) hashes[i] = keccak256(bytes(texts[i]));
        return keccak256(abi.encodePacked(hashes));
    }

    function hash(Charter memory record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CHARTER_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(CharterWho memory sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CHARTER_WHO_TYPE,
                sheet.author,
                keccak256(abi.encodePacked(sheet.governors)),
                sheet.salt
            )
        );
    }

    function hash(CharterWhat memory sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CHARTER_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.origin)),
                keccak256(bytes(sheet.mode)),
                keccak256(bytes(sheet.mirror)),
                sheet.rulesVersion,
                hashInMemory(sheet.checkpointKeys),
                sheet.anchorKey,
                hashInMemory(sheet.tables),
                keccak256(abi.encodePacked(sheet.tableHashes)),
                sheet.predecessor,
                sheet.predecessorRoot,
                sheet.salt
            )
        );
    }

    function hash(CharterAmounts memory sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CHARTER_AMOUNTS_TYPE,
                sheet.threshold,
                sheet.toleranceMillicarats,
                sheet.tolerancePartsPerMillion,
                sheet.recoveryDelaySeconds,
                sheet.predecessorSize,
                sheet.salt
            )
        );
    }

    function hash(CharterScene memory sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CHARTER_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }

    function hash(Amendment calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                AMENDMENT_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(AmendmentWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                AMENDMENT_WHO_TYPE,
                sheet.author,
                keccak256(abi.encodePacked(sheet.governors)),
                sheet.salt
            )
        );
    }

    function hash(AmendmentWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                AMENDMENT_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.mode)),
                keccak256(bytes(sheet.mirror)),
                sheet.rulesVersion,
                hash(sheet.checkpointKeys),
                sheet.anchorKey,
                hash(sheet.tables),
                keccak256(abi.encodePacked(sheet.tableHashes)),
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(AmendmentAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                AMENDMENT_AMOUNTS_TYPE,
                sheet.threshold,
                sheet.toleranceMillicarats,
                sheet.tolerancePartsPerMillion,
                sheet.recoveryDelaySeconds,
                sheet.salt
            )
        );
    }

    function hash(AmendmentScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                AMENDMENT_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }

    function hash(Admission calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ADMISSION_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(AdmissionWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(ADMISSION_WHO_TYPE, sheet.author, sheet.party, sheet.salt));
    }

    function hash(AdmissionWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ADMISSION_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.role)),
                hash(sheet.kinds),
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(AdmissionAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(ADMISSION_AMOUNTS_TYPE, sheet.salt));
    }

    function hash(AdmissionScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ADMISSION_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                keccak256(bytes(sheet.country)),
                sheet.validUntil,
                sheet.salt
            )
        );
    }

    function hash(Revocation calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REVOCATION_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(RevocationWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_WHO_TYPE, sheet.author, sheet.party, sheet.salt));
    }

    function hash(RevocationWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REVOCATION_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.role)),
                sheet.compromisedSince,
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(RevocationAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_AMOUNTS_TYPE, sheet.salt));
    }

    function hash(RevocationScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REVOCATION_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                keccak256(bytes(sheet.country)),
                sheet.salt
            )
        );
    }

    function hash(KeyChange calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                KEY_CHANGE_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(KeyChangeWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                KEY_CHANGE_WHO_TYPE,
                sheet.author,
                sheet.party,
                sheet.newKey,
                sheet.salt
            )
        );
    }

    function hash(KeyChangeWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                KEY_CHANGE_WHAT_TYPE,
                keccak256(bytes(sheet.operation)),
                keccak256(bytes(sheet.authorRole)),
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(KeyChangeAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY_CHANGE_AMOUNTS_TYPE, sheet.salt));
    }

    function hash(KeyChangeScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                KEY_CHANGE_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }

    function hash(Registration calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REGISTRATION_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(RegistrationWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(REGISTRATION_WHO_TYPE, sheet.author, sheet.site, sheet.salt));
    }

    function hash(RegistrationWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REGISTRATION_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.hsCode)),
                sheet.salt
            )
        );
    }

    function hash(RegistrationAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REGISTRATION_AMOUNTS_TYPE,
                sheet.weightMillicarats,
                sheet.stones,
                keccak256(bytes(sheet.label)),
                sheet.salt
            )
        );
    }

    function hash(RegistrationScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REGISTRATION_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                keccak256(bytes(sheet.zone)),
                sheet.periodFrom,
                sheet.periodTo,
                sheet.salt
            )
        );
    }

    function hash(Handoff calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                HANDOFF_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(HandoffWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(HANDOFF_WHO_TYPE, sheet.author, sheet.recipient, sheet.salt));
    }

    function hash(HandoffWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                HANDOFF_WHAT_TYPE,
                keccak256(bytes(sheet.operation)),
                keccak256(bytes(sheet.authorRole)),
                sheet.parcel,
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(HandoffAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                HANDOFF_AMOUNTS_TYPE,
                sheet.weightMillicarats,
                sheet.stones,
                keccak256(bytes(sheet.seal)),
                sheet.salt
            )
        );
    }

    function hash(HandoffScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                HANDOFF_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                keccak256(bytes(sheet.recipientCountry)),
                sheet.salt
            )
        );
    }

    function hash(Receipt calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(ReceiptWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_WHO_TYPE, sheet.author, sheet.sender, sheet.salt));
    }

    function hash(ReceiptWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_WHAT_TYPE,
                keccak256(bytes(sheet.operation)),
                keccak256(bytes(sheet.authorRole)),
                keccak256(bytes(sheet.reason)),
                sheet.parcel,
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(ReceiptAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_AMOUNTS_TYPE,
                sheet.weightMillicarats,
                sheet.stones,
                keccak256(bytes(sheet.seal)),
                sheet.salt
            )
        );
    }

    function hash(ReceiptScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }

    function hash(Withdrawal calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                WITHDRAWAL_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(WithdrawalWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_WHO_TYPE, sheet.author, sheet.salt));
    }

    function hash(WithdrawalWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                WITHDRAWAL_WHAT_TYPE,
                keccak256(bytes(sheet.authorRole)),
                sheet.parcel,
                sheet.previous,
                sheet.salt
            )
        );
    }

    function hash(WithdrawalAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_AMOUNTS_TYPE, sheet.salt));
    }

    function hash(WithdrawalScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                WITHDRAWAL_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }

    function hash(Transformation calldata record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TRANSFORMATION_TYPE,
                hash(record.who),
                hash(record.what),
                hash(record.amounts),
                hash(record.scene),
                record.details
            )
        );
    }

    function hash(TransformationWho calldata sheet) internal pure returns (bytes32) {
        return keccak256(abi.encode(TRANSFORMATION_WHO_TYPE, sheet.author, sheet.salt));
    }

    function hash(TransformationWhat calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TRANSFORMATION_WHAT_TYPE,
                keccak256(bytes(sheet.operation)),
                keccak256(bytes(sheet.authorRole)),
                keccak256(abi.encodePacked(sheet.inputs)),
                keccak256(abi.encodePacked(sheet.previous)),
                hash(sheet.hsCodes),
                sheet.salt
            )
        );
    }

    function hash(TransformationAmounts calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TRANSFORMATION_AMOUNTS_TYPE,
                sheet.inputWeightMillicarats,
                keccak256(abi.encodePacked(sheet.weightsMillicarats)),
                keccak256(abi.encodePacked(sheet.stones)),
                hash(sheet.labels),
                hash(sheet.lossReasons),
                keccak256(abi.encodePacked(sheet.lossWeightsMillicarats)),
                keccak256(abi.encodePacked(sheet.lossStones)),
                sheet.salt
            )
        );
    }

    function hash(TransformationScene calldata sheet) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TRANSFORMATION_SCENE_TYPE,
                sheet.occurredAt,
                keccak256(bytes(sheet.authorCountry)),
                sheet.salt
            )
        );
    }
}
