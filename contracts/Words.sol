// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The words of records that the mirror tells apart, as numbers.
/// @dev A text of at most 32 bytes that does not end in a zero byte is one word of the machine, and
/// no other text is that word. Longer ones and those that do are none: they become zero.
library Words {
    // Roles: places in a party's list of admissions, and bits of a set. Those of custody come
    // first, so that all of them, with the authority's, lie in one word of storage.
    uint8 internal constant MINER = 0;
    uint8 internal constant TRADER = 1;
    uint8 internal constant CUTTER = 2;
    uint8 internal constant LAB = 3;
    uint8 internal constant JEWELLER = 4;
    uint8 internal constant AUTHORITY = 5;
    uint8 internal constant AUDITOR = 6;
    uint8 internal constant GOVERNOR = 7;
    uint8 internal constant AGENT = 8;
    uint8 internal constant NO_ROLE = 255;

    // Sets of roles.
    uint16 internal constant CUSTODY_ROLES = 0x1f;
    uint16 internal constant ONLY_MINER = 0x01;
    uint16 internal constant ONLY_CUTTER = 0x04;
    uint16 internal constant ONLY_GOVERNOR = 0x80;
    uint16 internal constant WORKERS = 0x17; // miner, trader, cutter, jeweller
    uint16 internal constant OFFICES = 0xa0; // authority and governor
    uint16 internal constant PARTY_ROLES = 0x7f; // all but governor
    uint16 internal constant ALL_ROLES = 0xff;

    // Kinds that an agent may sign here: bits of a set.
    uint8 internal constant REGISTRATION = 1;
    uint8 internal constant HANDOFF = 2;
    uint8 internal constant RECEIPT = 4;
    uint8 internal constant WITHDRAWAL = 8;
    uint8 internal constant TRANSFORMATION = 16;

    // Codes: rough ones first.
    uint8 internal constant UNSORTED = 1;
    uint8 internal constant INDUSTRIAL = 2;
    uint8 internal constant ROUGH = 3;
    uint8 internal constant POLISHED = 4;

    bytes2 internal constant EU = "EU";
    bytes private constant EU_COUNTRIES =
        "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISK";

    /// @notice Return a text as one word; zero for the empty text and for what no word can hold.
    function word(string calldata text) internal pure returns (bytes32) {
        uint256 length = bytes(text).length;
        if (length == 0 || length > 32 || bytes(text)[length - 1] == 0) return 0;
        return bytes32(bytes(text));
    }

    /// @notice Return the number of a role; `NO_ROLE` for another text.
    function role(bytes32 said) internal pure returns (uint8) {
        if (said == "miner") return MINER;
        if (said == "trader") return TRADER;
        if (said == "cutter") return CUTTER;
        if (said == "lab") return LAB;
        if (said == "jeweller") return JEWELLER;
        if (said == "authority") return AUTHORITY;
        if (said == "auditor") return AUDITOR;
        if (said == "governor") return GOVERNOR;
        return said == "agent" ? AGENT : NO_ROLE;
    }

    /// @notice Return the set of kinds named that an agent may sign here.
    function kinds(string[] calldata names) internal pure returns (uint8 set) {
        for (uint256 i = 0; i < names.length; ++i) {
            bytes32 said = word(names[i]);
            if (said == "Registration") set |= REGISTRATION;
            if (said == "Handoff") set |= HANDOFF;
            if (said == "Receipt") set |= RECEIPT;
            if (said == "Withdrawal") set |= WITHDRAWAL;
            if (said == "Transformation") set |= TRANSFORMATION;
        }
    }

    /// @notice Return the number of a code; zero for another text.
    function code(bytes32 said) internal pure returns (uint8) {
        if (said == "7102.10") return UNSORTED;
        if (said == "7102.21") return INDUSTRIAL;
        if (said == "7102.31") return ROUGH;
        return said == "7102.39" ? POLISHED : 0;
    }

    /// @notice Return the text of a code; zero for none.
    function textOf(uint8 number) internal pure returns (bytes32) {
        if (number == UNSORTED) return "7102.10";
        if (number == INDUSTRIAL) return "7102.21";
        if (number == ROUGH) return "7102.31";
        return number == POLISHED ? bytes32("7102.39") : bytes32(0);
    }

    /// @notice Return a country's two letters; zero where there are not two.
    function country(string calldata text) internal pure returns (bytes2) {
        return bytes(text).length == 2 ? bytes2(bytes(text)) : bytes2(0);
    }

    /// @notice Tell whether a country lies in an area, which is a country or the EU.
    function isWithin(bytes2 place, bytes2 area) internal pure returns (bool) {
        if (place == area) return true;
        if (area != EU) return false;
        bytes memory members = EU_COUNTRIES;
        for (uint256 i = 0; i < members.length; i += 2) {
            if (members[i] == place[0] && members[i + 1] == place[1]) return true;
        }
        return false;
    }
}
