// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RecordHash} from "./RecordHash.sol";
import {Secp256k1} from "./Secp256k1.sol";
import {Words} from "./Words.sol";
import {ICustodyRegistry} from "./interfaces/ICustodyRegistry.sol";

/// @title Who is who in a mirrored ledger, and who may sign what.
/// @dev Whether a role is in force depends on the time at which the ledger took the record, which
/// is not known here. The ledger takes no record that says it happened over five minutes later, so
/// one that says more than that after a role's last second cannot have been in time.
abstract contract Parties is ICustodyRegistry {
    /// @dev What an address is, for ever: no party, agent or key becomes another.
    enum Sort {
        Fresh,
        Party,
        Agent,
        Key
    }

    /// @dev The first word is all that is read where no recovery is announced.
    struct PartyState {
        address key;
        bool isRecovering;
        bool objected;
        address announcedKey; // while recovering; then the key objected to: an override may name it
        bytes32 head;
    }

    /// @dev The longest that `occurredAt` may lie after the ledger's own time (ahead_seconds_max).
    uint64 private constant AHEAD_SECONDS = 300;
    uint40 private constant FOREVER = type(uint40).max;

    bytes32 public immutable ledger;
    bytes32 public immutable domainSeparator;

    CharterInForce internal _charter;
    mapping(address => Sort) internal _sorts;
    mapping(address => PartyState) internal _parties;
    mapping(address => Agent) internal _agents;
    /// @dev The last second of each role; zero = not held.
    mapping(address party => mapping(bytes2 country => uint40[7])) internal _roles;

    constructor(bytes32 ledgerId) {
        ledger = ledgerId;
        domainSeparator = RecordHash.domainSeparator(ledgerId);
    }

    /// @inheritdoc ICustodyRegistry
    function charter() external view returns (CharterInForce memory) {
        return _charter;
    }

    /// @inheritdoc ICustodyRegistry
    function party(address id) external view returns (Party memory) {
        PartyState storage state = _parties[id];
        address announced = state.isRecovering ? state.announcedKey : address(0);
        return Party(state.key, announced, state.objected, state.head);
    }

    /// @inheritdoc ICustodyRegistry
    function agent(address id) external view returns (Agent memory) {
        return _agents[id];
    }

    /// @inheritdoc ICustodyRegistry
    function admission(address id, bytes32 role, bytes2 country) external view returns (uint40) {
        uint8 number = Words.role(role);
        return number > Words.AUDITOR ? 0 : _roles[id][country][number];
    }

    // For whoever builds on this: who signed, and whether they may.

    function _idOf(bytes32 record) internal view returns (bytes32) {
        return RecordHash.recordId(domainSeparator, record);
    }

    /// @dev The author holds the role in the country, the role may say this, and the signer is the
    /// author's key or an agent of its whose kinds hold this one.
    function _checkAuthor(
        address author,
        string calldata role,
        string calldata country,
        uint64 occurredAt,
        uint16 roles,
        address signer,
        uint8 kind
    ) internal {
        _checkRole(author, role, Words.country(country), occurredAt, roles);
        if (!_maySign(author, signer, kind, occurredAt)) revert WrongSigner(author, signer);
    }

    /// @dev Tell whether an address is a party's key, or an agent of it that may sign this kind.
    function _maySign(address signing, address signer, uint8 kind, uint64 occurredAt)
        internal
        returns (bool)
    {
        // What gives goods away waits for the end of a recovery, so the old key cannot sign it.
        bool isOutgoing = kind & (Words.HANDOFF | Words.TRANSFORMATION) != 0;
        if (_isKeyOf(signing, signer, isOutgoing)) return true;
        Agent storage known = _agents[signer];
        return known.organisation == signing && known.active && known.kinds & kind != 0
            && _isInTime(known.validUntil, occurredAt);
    }

    /// @dev Tell whether a party holds one of a set of roles in a country.
    function _holdsOneOf(address held, uint16 roles, bytes2 country, uint64 occurredAt)
        internal
        view
        returns (bool)
    {
        uint40[7] storage untils = _roles[held][country];
        for (uint256 role = 0; role <= Words.AUDITOR; ++role) {
            if (roles >> role & 1 == 1 && _isInTime(untils[role], occurredAt)) return true;
        }
        return false;
    }

    /// @dev The signers of a record, ascending and as many as it bears.
    function _signers(bytes32 id, bytes[] calldata signatures, uint256 count)
        internal
        pure
        returns (address[] memory signers)
    {
        if (signatures.length != count) revert SignatureCount(count, signatures.length);
        signers = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            address signer = Secp256k1.recover(id, signatures[i]);
            if (signer == address(0)) revert BadSignature(signatures[i]);
            if (i > 0 && signer <= signers[i - 1]) {
                revert SignersOutOfOrder(signers[i - 1], signer);
            }
            signers[i] = signer;
        }
    }

    function _checkPrevious(bytes32 previous, bytes32 head) internal pure {
        if (previous != head) revert StalePrevious(previous, head);
    }

    /// @dev What a weight may differ by and count as the same (docs/spec/records.md, Charter).
    function _tolerance(uint256 weight) internal view returns (uint256) {
        uint256 relative = weight * _charter.tolerancePartsPerMillion / 1_000_000;
        uint256 least = _charter.toleranceMillicarats;
        return relative > least ? relative : least;
    }

    // Roles.

    function _checkRole(
        address author,
        string calldata text,
        bytes2 country,
        uint64 occurredAt,
        uint16 roles
    ) internal view returns (uint8 role) {
        bytes32 word = Words.word(text);
        role = Words.role(word);
        if (role > Words.GOVERNOR || roles >> role & 1 == 0) revert RoleNotAllowed(word);
        bool holds = role == Words.GOVERNOR
            ? _isGovernor(author) && country == 0
            : _holdsOneOf(author, uint16(1 << role), country, occurredAt);
        if (!holds) revert RoleNotHeld(author, word, country);
    }

    function _lastSecond(uint64 validUntil) internal pure returns (uint40) {
        return validUntil == 0 || validUntil > FOREVER ? FOREVER : uint40(validUntil);
    }

    function _isInTime(uint40 until, uint64 occurredAt) private pure returns (bool) {
        return until == FOREVER || (until != 0 && occurredAt <= uint256(until) + AHEAD_SECONDS);
    }

    // Keys.

    /// @dev During a recovery the ledger's clock decides which key is in force: both may be, but
    /// the old one signs nothing that waits for the recovery's end. The ledger takes nothing from
    /// the announced one before it is in force; so what that one signs ends the old one here.
    function _isKeyOf(address known, address signer, bool isOutgoing) internal returns (bool) {
        PartyState storage state = _parties[known];
        if (!state.isRecovering) return signer == state.key;
        if (signer != state.announcedKey) return !isOutgoing && signer == state.key;
        (state.key, state.isRecovering, state.announcedKey) = (signer, false, address(0));
        return true;
    }

    function _checkKey(bytes32 id, address author, bytes[] calldata signatures, bool isOutgoing)
        internal
    {
        address signer = _signers(id, signatures, 1)[0];
        if (!_isKeyOf(author, signer, isOutgoing)) revert WrongSigner(author, signer);
    }

    function _claim(address claimed, Sort sort) internal {
        if (_sorts[claimed] != Sort.Fresh || claimed == address(0)) revert AddressTaken(claimed);
        _sorts[claimed] = sort;
    }

    /// @dev Make an address a party, if it is none yet, whose key it is itself.
    function _seat(address seated) internal {
        if (_sorts[seated] == Sort.Party) return;
        _claim(seated, Sort.Party);
        _parties[seated].key = seated;
    }

    // Governors.

    function _isGovernor(address known) private view returns (bool) {
        for (uint256 i = 0; i < _charter.governors.length; ++i) {
            if (_charter.governors[i] == known) return true;
        }
        return false;
    }

    /// @dev Exactly so many different governors signed, the author among them.
    function _checkGovernors(
        bytes32 id,
        address author,
        bytes[] calldata signatures,
        uint256 needed
    ) internal {
        address[] memory signers = _signers(id, signatures, needed);
        address[] memory governors = _charter.governors;
        bool hasAuthor = false;
        for (uint256 i = 0; i < needed; ++i) {
            uint256 place = 0;
            while (place < governors.length && !_isKeyOf(governors[place], signers[i], false)) {
                ++place;
            }
            if (place == governors.length) revert NotTheGovernors(needed, signers);
            hasAuthor = hasAuthor || governors[place] == author;
            governors[place] = address(0); // one that signed with two keys counts once
        }
        if (!hasAuthor) revert NotTheGovernors(needed, signers);
    }
}
