// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RecordHash} from "./RecordHash.sol";
import {Admission, Amendment, Charter, KeyChange, Revocation} from "./Records.sol";
import {Secp256k1} from "./Secp256k1.sol";
import {Words} from "./Words.sol";
import {ICustodyRegistry} from "./interfaces/ICustodyRegistry.sol";

/// @title Who is who in a mirrored ledger: governors, parties, agents, roles and keys.
/// @notice All of it follows from signed records, rooted in the governors of the Charter.
/// @dev Whether a role is in force depends on the time at which the ledger took the record, which is
/// not known here. The ledger takes no record that says it happened over five minutes later, so one
/// that says more than that after a role's last second cannot have been in time.
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
        address announcedKey; // while recovering; or the key objected to, which an override may name
        bytes32 head;
    }

    /// @dev The longest that `occurredAt` may lie after the ledger's own time (ahead_seconds_max).
    uint64 private constant AHEAD_SECONDS = 300;
    uint40 private constant FOREVER = type(uint40).max;

    bytes32 public immutable ledger;
    bytes32 public immutable domainSeparator;

    CharterInForce private _charter;
    mapping(address => Sort) private _sorts;
    mapping(address => PartyState) private _parties;
    mapping(address => Agent) private _agents;
    /// @dev The last second of each role; zero = not held.
    mapping(address party => mapping(bytes2 country => uint40[7])) private _roles;

    /// @param ledgerId the ledger to mirror.
    /// @param founding its Charter in full, whose digest is the ledger id; no signatures are needed,
    /// since only what its governors signed has this digest.
    constructor(bytes32 ledgerId, Charter memory founding) {
        bytes32 zeroSeparator = RecordHash.domainSeparator(bytes32(0));
        bytes32 computed = RecordHash.recordId(zeroSeparator, RecordHash.hash(founding));
        if (computed != ledgerId) revert AnotherLedger(ledgerId, computed);
        ledger = ledgerId;
        domainSeparator = RecordHash.domainSeparator(ledgerId);
        _putInForce(
            CharterInForce(
                founding.who.governors,
                founding.amounts.threshold,
                founding.amounts.toleranceMillicarats,
                founding.amounts.tolerancePartsPerMillion,
                ledgerId
            )
        );
    }

    /// @inheritdoc ICustodyRegistry
    function amend(Amendment calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        if (id == _charter.head) return;
        bytes32 role = Words.word(record.what.authorRole);
        if (role != "governor") revert RoleNotAllowed(role);
        _checkGovernors(id, record.who.author, signatures, _charter.threshold);
        _checkPrevious(record.what.previous, _charter.head);
        _putInForce(
            CharterInForce(
                record.who.governors,
                record.amounts.threshold,
                record.amounts.toleranceMillicarats,
                record.amounts.tolerancePartsPerMillion,
                id
            )
        );
        emit Amended(id, record.who.governors, record.amounts.threshold);
    }

    /// @inheritdoc ICustodyRegistry
    function admit(Admission calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        (address author, address admitted) = (record.who.author, record.who.party);
        bytes32 word = Words.word(record.what.role);
        uint8 role = Words.role(word);
        bytes32 head = _headOf(admitted, role);
        if (head == id) return;
        bytes2 place = Words.country(record.scene.country);
        bytes2 area = Words.country(record.scene.authorCountry);
        uint8 office = _checkRole(
            author,
            record.what.authorRole,
            area,
            record.scene.occurredAt,
            role == Words.AGENT ? Words.PARTY_ROLES : _officesFor(role)
        );
        _checkPrevious(record.what.previous, head);
        uint40 until = _lastSecond(record.scene.validUntil);
        if (role == Words.AGENT) {
            _checkKey(id, author, signatures, true);
            if (place != area) revert OutsideCountry(place, area);
            if (_agents[admitted].organisation != author) _claim(admitted, Sort.Agent);
            _agents[admitted] =
                Agent(author, until, Words.kinds(record.what.kinds), place, true, id);
        } else {
            _checkOffice(author, office, area, role, place, id, signatures);
            _seat(admitted);
            _roles[admitted][place][role] = until;
            _parties[admitted].head = id;
        }
        emit Admitted(admitted, author, id, word, place, record.scene.validUntil);
    }

    /// @inheritdoc ICustodyRegistry
    function revoke(Revocation calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        (address author, address revoked) = (record.who.author, record.who.party);
        bytes32 word = Words.word(record.what.role);
        uint8 role = Words.role(word);
        bytes32 head = _headOf(revoked, role);
        if (head == id) return;
        bytes2 place = Words.country(record.scene.country);
        bytes2 area = Words.country(record.scene.authorCountry);
        uint8 office = _checkRole(
            author,
            record.what.authorRole,
            area,
            record.scene.occurredAt,
            role == Words.AGENT ? Words.ALL_ROLES : _officesFor(role)
        );
        _checkPrevious(record.what.previous, head);
        if (role == Words.AGENT) {
            _checkKey(id, author, signatures, false);
            Agent storage known = _agents[revoked];
            bool isItsOwn = office == Words.GOVERNOR || known.organisation == author;
            if (!isItsOwn || !known.active || known.country != place) {
                revert NotItsAgent(revoked, author);
            }
            (known.active, known.head) = (false, id);
        } else {
            _checkOffice(author, office, area, role, place, id, signatures);
            if (_roles[revoked][place][role] == 0) revert RoleNotHeld(revoked, word, place);
            _roles[revoked][place][role] = 0;
            _parties[revoked].head = id;
        }
        emit Revoked(revoked, author, id, word, place);
    }

    /// @inheritdoc ICustodyRegistry
    function changeKey(KeyChange calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        address changed = record.who.party;
        PartyState storage state = _parties[changed];
        if (state.key == address(0)) revert UnknownParty(changed);
        if (state.head == id) return;
        bytes32 operation = Words.word(record.what.operation);
        bool byParty = operation == "rotate" || operation == "object";
        _checkRole(
            record.who.author,
            record.what.authorRole,
            Words.country(record.scene.authorCountry),
            record.scene.occurredAt,
            byParty ? Words.ALL_ROLES : Words.ONLY_GOVERNOR
        );
        bool isAllowed = !byParty || record.who.author == changed;
        if (operation == "rotate") {
            _checkRotation(id, state, changed, record.who.newKey, signatures);
        } else if (operation == "object") {
            address signer = _signers(id, signatures, 1)[0];
            if (signer != state.key) revert WrongSigner(changed, signer);
            isAllowed = isAllowed && state.isRecovering;
        } else if (operation == "recover") {
            _checkGovernors(id, record.who.author, signatures, _charter.threshold);
            isAllowed = !state.objected;
        } else if (operation == "override") {
            _checkGovernors(id, record.who.author, signatures, _charter.governors.length);
            isAllowed = state.objected;
        } else {
            revert UnknownWord(operation);
        }
        if (!isAllowed) revert KeyChangeNotAllowed(changed, operation);
        _checkPrevious(record.what.previous, state.head);
        _applyKey(state, operation, record.who.newKey);
        state.head = id;
        emit KeyChanged(changed, record.who.newKey, id, operation);
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
    ) internal view {
        _checkRole(author, role, Words.country(country), occurredAt, roles);
        if (!_maySign(author, signer, kind, occurredAt)) revert WrongSigner(author, signer);
    }

    /// @dev Tell whether an address is a party's key, or an agent of it that may sign this kind.
    function _maySign(address signing, address signer, uint8 kind, uint64 occurredAt)
        internal
        view
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
    ) private view returns (uint8 role) {
        bytes32 word = Words.word(text);
        role = Words.role(word);
        if (role > Words.GOVERNOR || roles >> role & 1 == 0) revert RoleNotAllowed(word);
        bool holds = role == Words.GOVERNOR
            ? _isGovernor(author) && country == 0
            : _holdsOneOf(author, uint16(1 << role), country, occurredAt);
        if (!holds) revert RoleNotHeld(author, word, country);
    }

    /// @dev Who may give or end a role; no set for what is no role.
    function _officesFor(uint8 role) private pure returns (uint16) {
        if (role > Words.AUDITOR) return 0;
        return role == Words.AUTHORITY ? Words.ONLY_GOVERNOR : Words.OFFICES;
    }

    /// @dev Governors give and end roles, k of them for an authority or an auditor; an authority does
    /// within its country.
    function _checkOffice(
        address author,
        uint8 office,
        bytes2 area,
        uint8 role,
        bytes2 place,
        bytes32 id,
        bytes[] calldata signatures
    ) private view {
        bool byGovernor = office == Words.GOVERNOR;
        if (place == 0 || (place == Words.EU && role != Words.AUTHORITY)) revert UnknownWord(place);
        if (!byGovernor && !Words.isWithin(place, area)) revert OutsideCountry(place, area);
        if (byGovernor && (role == Words.AUTHORITY || role == Words.AUDITOR)) {
            _checkGovernors(id, author, signatures, _charter.threshold);
        } else {
            _checkKey(id, author, signatures, false);
        }
    }

    function _headOf(address known, uint8 role) private view returns (bytes32) {
        return role == Words.AGENT ? _agents[known].head : _parties[known].head;
    }

    function _lastSecond(uint64 validUntil) private pure returns (uint40) {
        return validUntil == 0 || validUntil > FOREVER ? FOREVER : uint40(validUntil);
    }

    function _isInTime(uint40 until, uint64 occurredAt) private pure returns (bool) {
        return until == FOREVER || (until != 0 && occurredAt <= uint256(until) + AHEAD_SECONDS);
    }

    // Keys.

    /// @dev During a recovery the ledger's clock decides which key is in force: both may be, but the
    /// old one signs nothing that waits for the recovery's end.
    function _isKeyOf(address known, address signer, bool isOutgoing) private view returns (bool) {
        PartyState storage state = _parties[known];
        if (!state.isRecovering) return signer == state.key;
        return signer == state.announcedKey || (!isOutgoing && signer == state.key);
    }

    function _checkKey(bytes32 id, address author, bytes[] calldata signatures, bool isOutgoing)
        private
        view
    {
        address signer = _signers(id, signatures, 1)[0];
        if (!_isKeyOf(author, signer, isOutgoing)) revert WrongSigner(author, signer);
    }

    function _checkRotation(
        bytes32 id,
        PartyState storage state,
        address changed,
        address newKey,
        bytes[] calldata signatures
    ) private view {
        address[] memory signers = _signers(id, signatures, 2);
        address key = state.isRecovering ? state.announcedKey : state.key;
        (address low, address high) = key < newKey ? (key, newKey) : (newKey, key);
        if (signers[0] != low) revert WrongSigner(changed, signers[0]);
        if (signers[1] != high) revert WrongSigner(changed, signers[1]);
    }

    function _applyKey(PartyState storage state, bytes32 operation, address newKey) private {
        if (operation == "object") {
            (state.isRecovering, state.objected) = (false, true);
            return; // the key announced is kept: an override may name it again
        }
        bool isOverride = operation == "override";
        if (!isOverride || newKey != state.announcedKey) _claim(newKey, Sort.Key);
        if (operation == "recover") {
            if (state.isRecovering) state.key = state.announcedKey; // that one came into force
            (state.isRecovering, state.announcedKey) = (true, newKey);
        } else {
            if (isOverride || state.isRecovering) state.announcedKey = address(0);
            (state.key, state.isRecovering) = (newKey, false);
        }
    }

    function _claim(address claimed, Sort sort) private {
        if (_sorts[claimed] != Sort.Fresh || claimed == address(0)) revert AddressTaken(claimed);
        _sorts[claimed] = sort;
    }

    /// @dev Make an address a party, if it is none yet, whose key it is itself.
    function _seat(address seated) private {
        if (_sorts[seated] == Sort.Party) return;
        _claim(seated, Sort.Party);
        _parties[seated].key = seated;
    }

    // Governors.

    function _putInForce(CharterInForce memory stated) private {
        uint256 count = stated.governors.length;
        if (stated.threshold == 0 || stated.threshold > count) {
            revert BadCharter(count, stated.threshold);
        }
        for (uint256 i = 0; i < count; ++i) {
            if (i > 0 && stated.governors[i] <= stated.governors[i - 1]) {
                revert BadCharter(count, stated.threshold);
            }
            _seat(stated.governors[i]);
        }
        _charter = stated;
    }

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
    ) private view {
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
