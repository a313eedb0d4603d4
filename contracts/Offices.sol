// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parties} from "./Parties.sol";
import {RecordHash} from "./RecordHash.sol";
import {Admission, Amendment, Charter, KeyChange, Revocation} from "./Records.sol";
import {Words} from "./Words.sol";
import {ICustodyRegistry} from "./interfaces/ICustodyRegistry.sol";

/// @title How governors, parties, agents, roles and keys come to be, change and end.
/// @notice All of it follows from signed records, rooted in the governors of the Charter.
abstract contract Offices is Parties {
    /// @param ledgerId the ledger to mirror.
    /// @param founding its Charter in full, whose digest is the ledger id; no signatures are
    /// needed, since another Charter is another ledger's.
    constructor(bytes32 ledgerId, Charter memory founding) Parties(ledgerId) {
        bytes32 zeroSeparator = RecordHash.domainSeparator(bytes32(0));
        bytes32 computed = RecordHash.recordId(zeroSeparator, RecordHash.hash(founding));
        if (computed != ledgerId) revert AnotherLedger(ledgerId, computed);
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

    // Offices.

    /// @dev Who may give or end a role; no set for what is no role.
    function _officesFor(uint8 role) private pure returns (uint16) {
        if (role > Words.AUDITOR) return 0;
        return role == Words.AUTHORITY ? Words.ONLY_GOVERNOR : Words.OFFICES;
    }

    /// @dev Governors give and end roles, k of them for an authority or an auditor; an authority
    /// does within its country.
    function _checkOffice(
        address author,
        uint8 office,
        bytes2 area,
        uint8 role,
        bytes2 place,
        bytes32 id,
        bytes[] calldata signatures
    ) private {
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

    // Keys.

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
        bool isNamedAgain = isOverride && newKey == state.announcedKey && newKey != address(0);
        if (!isNamedAgain) _claim(newKey, Sort.Key);
        if (operation == "recover") {
            if (state.isRecovering) state.key = state.announcedKey; // that one came into force
            (state.isRecovering, state.announcedKey) = (true, newKey);
        } else {
            if (isOverride || state.isRecovering) state.announcedKey = address(0);
            (state.key, state.isRecovering) = (newKey, false);
        }
    }

    // The charter.

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
}
