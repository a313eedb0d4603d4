// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Offices} from "./Offices.sol";
import {RecordHash} from "./RecordHash.sol";
import {
    Charter,
    Handoff,
    Receipt,
    Registration,
    Transformation,
    TransformationAmounts,
    TransformationWhat,
    Withdrawal
} from "./Records.sol";
import {Words} from "./Words.sol";
import {ICustodyRegistry} from "./interfaces/ICustodyRegistry.sol";

/// @title A mirror of one ledger's custody: the parcels.
contract CustodyRegistry is Offices {
    /// @dev Three words, of which an offer writes two. It is offered while there is a recipient.
    struct Lot {
        address custodian; // zero: no such parcel
        uint64 weight;
        uint8 code;
        address recipient;
        uint64 stones;
        bool isSpent;
        bytes32 head;
    }

    /// @dev The sums of what goes in.
    struct Sums {
        uint256 weight;
        uint256 stones;
        bool isCounted;
    }

    uint256 private constant MANY = 512;
    uint256 private constant LOSSES_MOST = 16;
    /// @dev The largest integer of a record, 2^53 - 1: sums of 512 of them fit into 64 bits.
    uint256 private constant INTEGER_MAX = 2 ** 53 - 1;

    mapping(bytes32 parcel => Lot) private _lots;

    constructor(bytes32 ledgerId, Charter memory founding) Offices(ledgerId, founding) {}

    /// @inheritdoc ICustodyRegistry
    function register(Registration calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        bytes32 made = RecordHash.outputId(id, 0);
        if (_lots[made].custodian != address(0)) return;
        _checkAuthor(
            record.who.author,
            record.what.authorRole,
            record.scene.authorCountry,
            record.scene.occurredAt,
            Words.ONLY_MINER,
            _signers(id, signatures, 1)[0],
            Words.REGISTRATION
        );
        bytes32 hsCode = Words.word(record.what.hsCode);
        uint8 code = Words.code(hsCode);
        if (code == 0 || code == Words.POLISHED) revert WrongForm(0, hsCode);
        (uint64 weight, uint64 stones) = (record.amounts.weightMillicarats, record.amounts.stones);
        _make(made, id, record.who.author, weight, stones, code);
        emit Registered(made, record.who.author, id, weight, stones, hsCode);
    }

    /// @inheritdoc ICustodyRegistry
    function handOff(Handoff calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        (address author, address recipient) = (record.who.author, record.who.recipient);
        Lot storage lot = _lots[record.what.parcel];
        if (lot.head == id) return;
        _checkAuthor(
            author,
            record.what.authorRole,
            record.scene.authorCountry,
            record.scene.occurredAt,
            Words.CUSTODY_ROLES,
            _signers(id, signatures, 1)[0],
            Words.HANDOFF
        );
        if (recipient == author) revert ToItself(author);
        bytes2 country = Words.country(record.scene.recipientCountry);
        if (!_holdsOneOf(recipient, Words.CUSTODY_ROLES, country, record.scene.occurredAt)) {
            revert NotARecipient(recipient, country);
        }
        _checkCustodian(record.what.parcel, lot, author, State.Held);
        _checkPrevious(record.what.previous, lot.head);
        (uint64 weight, uint64 stones) = (lot.weight, lot.stones);
        _checkBook(record.what.parcel, record.amounts.weightMillicarats, weight);
        _checkBook(record.what.parcel, record.amounts.stones, stones);
        (lot.recipient, lot.head) = (recipient, id);
        emit HandedOff(record.what.parcel, author, recipient, id, weight, stones);
    }

    /// @inheritdoc ICustodyRegistry
    function receive_(Receipt calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        (address author, address sender) = (record.who.author, record.who.sender);
        Lot storage lot = _lots[record.what.parcel];
        if (lot.head == id) return;
        _checkReceiptSigners(record, id, signatures);
        if (lot.recipient == address(0)) {
            revert WrongState(record.what.parcel, _stateOf(lot));
        }
        if (lot.recipient != author || lot.custodian != sender) {
            revert NotRecipient(record.what.parcel, author, sender);
        }
        _checkPrevious(record.what.previous, lot.head);
        bytes32 operation = Words.word(record.what.operation);
        if (operation != "refuse") _accept(record, lot, operation);
        (lot.recipient, lot.head) = (address(0), id);
        emit Received(record.what.parcel, sender, author, id, operation, lot.weight, lot.stones);
    }

    /// @inheritdoc ICustodyRegistry
    function withdraw(Withdrawal calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        address author = record.who.author;
        Lot storage lot = _lots[record.what.parcel];
        if (lot.head == id) return;
        _checkAuthor(
            author,
            record.what.authorRole,
            record.scene.authorCountry,
            record.scene.occurredAt,
            Words.CUSTODY_ROLES,
            _signers(id, signatures, 1)[0],
            Words.WITHDRAWAL
        );
        _checkCustodian(record.what.parcel, lot, author, State.Offered);
        _checkPrevious(record.what.previous, lot.head);
        (lot.recipient, lot.head) = (address(0), id);
        emit Withdrawn(record.what.parcel, author, id);
    }

    /// @inheritdoc ICustodyRegistry
    function transform(Transformation calldata record, bytes[] calldata signatures) external {
        bytes32 id = _idOf(RecordHash.hash(record));
        if (_lots[RecordHash.outputId(id, 0)].custodian != address(0)) return;
        bytes32 operation = Words.word(record.what.operation);
        bool isCutting = operation == "cut" || operation == "polish" || operation == "recut";
        _checkAuthor(
            record.who.author,
            record.what.authorRole,
            record.scene.authorCountry,
            record.scene.occurredAt,
            isCutting ? Words.ONLY_CUTTER : Words.WORKERS,
            _signers(id, signatures, 1)[0],
            Words.TRANSFORMATION
        );
        _checkShape(record, operation, isCutting);
        uint8 code = _lots[record.what.inputs[0]].code;
        bool fromPolished = isCutting ? operation == "recut" : code == Words.POLISHED;
        Sums memory sums = _spend(record.what, record.who.author, id, fromPolished);
        uint256 lost = _checkBalance(record.amounts, sums.weight);
        _checkStones(record.amounts, sums, operation == "cut");
        bool toPolished = operation == "polish" || fromPolished;
        _makeAll(record, id, toPolished, operation == "reweigh" ? code : 0);
        emit Transformed(id, record.who.author, operation, uint64(sums.weight), uint64(lost));
    }

    /// @inheritdoc ICustodyRegistry
    function batch(bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool succeeded, bytes memory reason) = address(this).delegatecall(calls[i]);
            if (!succeeded) revert CallRefused(i, reason);
        }
    }

    /// @inheritdoc ICustodyRegistry
    function parcel(bytes32 id) external view returns (Parcel memory) {
        Lot storage lot = _lots[id];
        return Parcel({
            state: _stateOf(lot),
            custodian: lot.custodian,
            recipient: lot.recipient,
            weightMillicarats: lot.weight,
            stones: lot.stones,
            hsCode: Words.textOf(lot.code),
            head: lot.head
        });
    }

    /// @inheritdoc ICustodyRegistry
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"13", "Adamant", "1", 0, address(0), ledger, extensions);
    }

    // One parcel.

    function _stateOf(Lot storage lot) private view returns (State) {
        if (lot.custodian == address(0)) return State.Absent;
        if (lot.isSpent) return State.Spent;
        return lot.recipient == address(0) ? State.Held : State.Offered;
    }

    function _checkCustodian(bytes32 id, Lot storage lot, address author, State asked)
        private
        view
    {
        State state = _stateOf(lot);
        if (lot.custodian != author) revert NotCustodian(id, author, lot.custodian);
        if (state != asked) revert WrongState(id, state);
    }

    function _checkBook(bytes32 id, uint256 stated, uint256 book) private pure {
        if (stated != book) revert NotTheBook(id, stated, book);
    }

    function _make(
        bytes32 made,
        bytes32 record,
        address custodian,
        uint64 weight,
        uint64 stones,
        uint8 code
    ) private {
        if (weight == 0 || weight > INTEGER_MAX) revert OutOfRange(weight);
        if (stones > INTEGER_MAX) revert OutOfRange(stones);
        _lots[made] = Lot(custodian, weight, code, address(0), stones, false, record);
    }

    // Receipts.

    function _checkReceiptSigners(Receipt calldata record, bytes32 id, bytes[] calldata signatures)
        private
    {
        (address author, address sender) = (record.who.author, record.who.sender);
        uint64 occurredAt = record.scene.occurredAt;
        bool isShort = Words.word(record.what.operation) == "acceptShort";
        address[] memory signers = _signers(id, signatures, isShort ? 2 : 1);
        address signer = signers[0];
        if (isShort) {
            address other = signers[1]; // whichever way their addresses put them
            bool isInOrder = _maySign(author, signer, Words.RECEIPT, occurredAt)
                && _maySign(sender, other, Words.RECEIPT, occurredAt);
            if (!isInOrder) (signer, other) = (other, signer);
            if (!_maySign(sender, other, Words.RECEIPT, occurredAt)) {
                revert WrongSigner(sender, other);
            }
        }
        _checkAuthor(
            author,
            record.what.authorRole,
            record.scene.authorCountry,
            occurredAt,
            Words.CUSTODY_ROLES,
            signer,
            Words.RECEIPT
        );
    }

    /// @dev The book takes the lower weight; the difference was lost on the way.
    function _accept(Receipt calldata record, Lot storage lot, bytes32 operation) private {
        bool isShort = operation == "acceptShort";
        if (!isShort && operation != "accept") revert UnknownWord(operation);
        uint64 received = record.amounts.weightMillicarats;
        uint64 counted = record.amounts.stones;
        (uint64 weight, uint64 stones) = (lot.weight, lot.stones);
        uint256 tolerance = _tolerance(weight);
        if (received == 0) revert OutOfRange(received);
        if (received > weight + tolerance || (!isShort && received + tolerance < weight)) {
            revert OutsideTolerance(record.what.parcel, received, weight, tolerance);
        }
        if (counted != 0 && stones != 0) {
            if (counted > stones || (!isShort && counted < stones)) {
                revert StonesDiffer(record.what.parcel, counted, stones);
            }
            lot.stones = counted;
        }
        if (received < weight) lot.weight = received;
        lot.custodian = record.who.author;
    }

    // Transformations.

    /// @dev What each operation takes and gives: docs/spec/records.md, "What a Transformation may
    /// do".
    function _checkShape(Transformation calldata record, bytes32 operation, bool isCutting)
        private
        pure
    {
        TransformationAmounts calldata amounts = record.amounts;
        uint256 inputs = record.what.inputs.length;
        uint256 outputs = record.what.hsCodes.length;
        uint256 losses = amounts.lossReasons.length;
        bool isSplit = operation == "split";
        bool isMix = operation == "mix";
        bool isReweigh = operation == "reweigh";
        if (!(isCutting || isSplit || isMix || isReweigh)) revert UnknownWord(operation);
        if (
            inputs < (isMix ? 2 : 1) || inputs > (isSplit || isReweigh ? 1 : MANY)
                || outputs < (isSplit ? 2 : 1) || outputs > (isReweigh ? 1 : MANY)
                || record.what.previous.length != inputs
                || amounts.weightsMillicarats.length != outputs || amounts.stones.length != outputs
                || losses > LOSSES_MOST || amounts.lossWeightsMillicarats.length != losses
                || amounts.lossStones.length != losses
        ) revert WrongShape(inputs, outputs);
    }

    function _spend(
        TransformationWhat calldata what,
        address author,
        bytes32 id,
        bool isPolished
    ) private returns (Sums memory sums) {
        bytes32[] calldata inputs = what.inputs;
        sums.isCounted = true;
        for (uint256 i = 0; i < inputs.length; ++i) {
            bytes32 input = inputs[i];
            if (i > 0 && input <= inputs[i - 1]) revert NotAscending(inputs[i - 1], input);
            Lot storage lot = _lots[input];
            _checkCustodian(input, lot, author, State.Held);
            _checkPrevious(what.previous[i], lot.head);
            if ((lot.code == Words.POLISHED) != isPolished) {
                revert WrongForm(i, Words.textOf(lot.code));
            }
            sums.weight += lot.weight;
            sums.stones += lot.stones;
            if (lot.stones == 0) sums.isCounted = false;
            (lot.isSpent, lot.head) = (true, id);
            emit Spent(input, author, id);
        }
    }

    function _checkBalance(TransformationAmounts calldata amounts, uint256 weight)
        private
        pure
        returns (uint256 lost)
    {
        if (weight > INTEGER_MAX) revert OutOfRange(weight);
        if (amounts.inputWeightMillicarats != weight) {
            revert NotBalanced(weight, amounts.inputWeightMillicarats);
        }
        lost = _sumOf(amounts.lossWeightsMillicarats);
        uint256 left = _sumOf(amounts.weightsMillicarats) + lost;
        if (left != weight) revert NotBalanced(weight, left);
    }

    function _checkStones(
        TransformationAmounts calldata amounts,
        Sums memory sums,
        bool makesMore
    ) private pure {
        uint64[] calldata stones = amounts.stones;
        uint256 came = sums.stones;
        uint256 lost = _sumOf(amounts.lossStones);
        uint256 left = _sumOf(stones) + lost;
        if (came > INTEGER_MAX || left > INTEGER_MAX) revert OutOfRange(left);
        if (!sums.isCounted) return;
        bool isBalanced = lost <= came && (left == came || (makesMore && left > came));
        for (uint256 i = 0; i < stones.length; ++i) {
            if (stones[i] == 0) isBalanced = false;
        }
        if (!isBalanced) revert StonesNotBalanced(came, left - lost, lost);
    }

    function _sumOf(uint64[] calldata values) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < values.length; ++i) sum += values[i];
    }

    function _makeAll(Transformation calldata record, bytes32 id, bool isPolished, uint8 kept)
        private
    {
        address author = record.who.author;
        string[] calldata hsCodes = record.what.hsCodes;
        for (uint256 i = 0; i < hsCodes.length; ++i) {
            bytes32 hsCode = Words.word(hsCodes[i]);
            uint8 code = Words.code(hsCode);
            if (
                code == 0 || (code == Words.POLISHED) != isPolished || (kept != 0 && code != kept)
            ) revert WrongForm(i, hsCode);
            uint64 weight = record.amounts.weightsMillicarats[i];
            uint64 stones = record.amounts.stones[i];
            bytes32 made = RecordHash.outputId(id, i);
            _make(made, id, author, weight, stones, code);
            emit Made(made, author, id, weight, stones, hsCode);
        }
    }
}
