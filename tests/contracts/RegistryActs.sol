// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CustodyRegistry} from "../../contracts/CustodyRegistry.sol";
import {RecordHash} from "../../contracts/RecordHash.sol";
import {
    Admission,
    AdmissionAmounts,
    AdmissionScene,
    AdmissionWhat,
    AdmissionWho,
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
} from "../../contracts/Records.sol";
import {ICustodyRegistry} from "../../contracts/interfaces/ICustodyRegistry.sol";
import {RecordHashes} from "./RecordHashes.sol";
import {vm} from "./Vm.sol";

/// @title Parties who do anything with their goods and each other's, beside a model of what counts.
/// @notice Each act is mostly well meant and often not: another's goods, another's key, a stale
/// `previous`, sums that do not come out. Whatever the registry takes, the model follows; what it
/// may not take, the model names beforehand.
abstract contract RegistryActs {
    struct Lot {
        address custodian;
        bool isSpent;
        bytes32 frozen; // hash of what the registry says of a spent parcel
    }

    uint256 private constant GOVERNOR = 1;
    uint256 private constant PARTIES = 4; // keys 2 to 5
    uint64 private constant NOW = 1_767_225_600;

    CustodyRegistry public immutable registry;
    RecordHashes private immutable HASHES;

    bytes32[] public parcels;
    mapping(bytes32 => Lot) public lots;
    uint256 public registered;
    uint256 public lost;
    uint256 public taken;
    uint256 public refused;
    /// @dev Set when the registry took what it must not, or refused what it must take; what reverts
    /// in an act would take this back.
    bool public wasWrong;
    uint256 private _salts;

    constructor() {
        HASHES = new RecordHashes();
        Charter memory founding = _charter();
        registry = new CustodyRegistry(HASHES.charter(bytes32(0), founding), founding);
        for (uint256 i = 0; i < PARTIES; ++i) {
            bytes32 head = _admit(i, "miner", bytes32(0));
            head = _admit(i, "trader", head);
            _admit(i, "cutter", head);
        }
    }

    function parcelCount() external view returns (uint256) {
        return parcels.length;
    }

    // Acts. Numbers come from the runner; each is used for several small choices.

    function register(uint256 dice) external {
        if (parcels.length > 60) return; // old ones are split and mixed further
        uint256 author = dice % PARTIES;
        uint64 weight = uint64(1 + (dice >> 8) % 1_000_000);
        Registration memory record = Registration(
            RegistrationWho(_party(author), bytes32(uint256(1)), _salt()),
            RegistrationWhat("miner", (dice >> 32) % 16 == 0 ? "7102.39" : "7102.31", _salt()),
            RegistrationAmounts(weight, uint64((dice >> 40) % 5), "", _salt()),
            RegistrationScene(NOW, "BW", "", NOW, NOW, _salt()),
            bytes32(0)
        );
        bytes32 id = HASHES.registration(registry.ledger(), record);
        (uint256 key, bool isHis) = _key(dice >> 48, author);
        try registry.register(record, _signed(id, key)) {
            _expect(isHis && (dice >> 32) % 16 != 0);
            registered += weight;
            _made(RecordHash.outputId(id, 0), _party(author));
        } catch {
            _expect(!isHis || (dice >> 32) % 16 == 0);
            ++refused;
        }
    }

    function handOff(uint256 dice) external {
        if (parcels.length == 0) return;
        bytes32 parcel = _some(dice >> 160, ICustodyRegistry.State.Held);
        ICustodyRegistry.Parcel memory known = registry.parcel(parcel);
        uint256 author = _holderOrOther(dice >> 16, known.custodian);
        uint256 recipient = (dice >> 24) % PARTIES;
        bytes32 previous = (dice >> 32) % 16 == 0 ? bytes32(dice) : known.head;
        uint64 weight = known.weightMillicarats + ((dice >> 40) % 16 == 0 ? 1 : 0);
        Handoff memory record = Handoff(
            HandoffWho(_party(author), _party(recipient), _salt()),
            HandoffWhat("sale", "trader", parcel, previous, _salt()),
            HandoffAmounts(weight, known.stones, "", _salt()),
            HandoffScene(NOW, "BW", "BW", _salt()),
            bytes32(0)
        );
        (uint256 key, bool isHis) = _key(dice >> 48, author);
        bool isAllowed = isHis && known.state == ICustodyRegistry.State.Held
            && known.custodian == _party(author) && author != recipient
            && previous == known.head && weight == known.weightMillicarats;
        bytes32 id = HASHES.handoff(registry.ledger(), record);
        try registry.handOff(record, _signed(id, key)) {
            _expect(isAllowed);
            ++taken;
        } catch {
            _expect(!isAllowed);
            ++refused;
        }
    }

    function receive_(uint256 dice) external {
        if (parcels.length == 0) return;
        bytes32 parcel = _some(dice >> 160, ICustodyRegistry.State.Offered);
        ICustodyRegistry.Parcel memory known = registry.parcel(parcel);
        uint256 author = _holderOrOther(dice >> 16, known.recipient);
        uint64 received = _received(dice >> 24, known.weightMillicarats);
        string memory operation = (dice >> 40) % 8 == 0 ? "refuse" : "accept";
        bool isShort = (dice >> 40) % 8 == 1;
        if (isShort) operation = "acceptShort";
        Receipt memory record = Receipt(
            ReceiptWho(_party(author), known.custodian, _salt()),
            ReceiptWhat(operation, "trader", "", parcel, known.head, _salt()),
            ReceiptAmounts(received, known.stones, "", _salt()),
            ReceiptScene(NOW, "BW", _salt()),
            bytes32(0)
        );
        bytes32 id = HASHES.receipt(registry.ledger(), record);
        (uint256 key, bool isHis) = _key(dice >> 48, author);
        bytes[] memory signatures = _signed(id, key);
        if (isShort) signatures = _signedByBoth(id, key, _indexOf(known.custodian) + 2);
        try registry.receive_(record, signatures) {
            _expect(isHis && known.recipient == _party(author));
            ++taken;
            if ((dice >> 40) % 8 == 0) return;
            if (received < known.weightMillicarats) lost += known.weightMillicarats - received;
            lots[parcel].custodian = _party(author);
        } catch {
            ++refused;
        }
    }

    function withdraw(uint256 dice) external {
        if (parcels.length == 0) return;
        bytes32 parcel = _some(dice >> 160, ICustodyRegistry.State.Offered);
        ICustodyRegistry.Parcel memory known = registry.parcel(parcel);
        uint256 author = _holderOrOther(dice >> 16, known.custodian);
        Withdrawal memory record = Withdrawal(
            WithdrawalWho(_party(author), _salt()),
            WithdrawalWhat("trader", parcel, known.head, _salt()),
            WithdrawalAmounts(_salt()),
            WithdrawalScene(NOW, "BW", _salt()),
            bytes32(0)
        );
        (uint256 key, bool isHis) = _key(dice >> 48, author);
        bool isAllowed = isHis && known.state == ICustodyRegistry.State.Offered
            && known.custodian == _party(author);
        bytes32 id = HASHES.withdrawal(registry.ledger(), record);
        try registry.withdraw(record, _signed(id, key)) {
            _expect(isAllowed);
            ++taken;
        } catch {
            _expect(!isAllowed);
            ++refused;
        }
    }

    function transform(uint256 dice) external {
        if (parcels.length == 0) return;
        bytes32[] memory inputs = _someAscending(dice);
        uint256 outputs = 1 + (dice >> 16) % 3;
        address custodian = registry.parcel(inputs[0]).custodian;
        uint256 author = _holderOrOther(dice >> 24, custodian);
        Transformation memory record = _work(dice, author, inputs, outputs);
        bytes32 id = HASHES.transformation(registry.ledger(), record);
        (uint256 key, bool isHis) = _key(dice >> 48, author);
        try registry.transform(record, _signed(id, key)) {
            _expect(isHis);
            ++taken;
            lost += record.amounts.lossWeightsMillicarats[0];
            for (uint256 i = 0; i < inputs.length; ++i) {
                _expect(!lots[inputs[i]].isSpent && lots[inputs[i]].custodian == _party(author));
                lots[inputs[i]].isSpent = true;
                lots[inputs[i]].frozen = keccak256(abi.encode(registry.parcel(inputs[i])));
            }
            for (uint256 i = 0; i < outputs; ++i) {
                _made(RecordHash.outputId(id, i), _party(author));
            }
        } catch {
            ++refused;
        }
    }

    // Choices.

    function _work(uint256 dice, uint256 author, bytes32[] memory inputs, uint256 outputs)
        private
        returns (Transformation memory record)
    {
        record.who = TransformationWho(_party(author), _salt());
        record.what.operation = inputs.length > 1 ? "mix" : outputs > 1 ? "split" : "reweigh";
        if ((dice >> 64) % 4 == 0) record.what.operation = "cut";
        record.what.authorRole = "cutter";
        record.what.inputs = inputs;
        record.what.previous = new bytes32[](inputs.length);
        record.what.salt = _salt();
        uint64 weight = 0;
        for (uint256 i = 0; i < inputs.length; ++i) {
            ICustodyRegistry.Parcel memory known = registry.parcel(inputs[i]);
            weight += known.weightMillicarats;
            record.what.previous[i] = known.head;
        }
        record.what.hsCodes = new string[](outputs);
        record.amounts = _amounts(dice, weight, outputs);
        for (uint256 i = 0; i < outputs; ++i) record.what.hsCodes[i] = "7102.31";
        record.scene = TransformationScene(NOW, "BW", _salt());
    }

    /// @dev Mostly balanced; now and then a millicarat too much, or outputs without weight.
    function _amounts(uint256 dice, uint64 weight, uint256 outputs)
        private
        returns (TransformationAmounts memory amounts)
    {
        amounts.inputWeightMillicarats = weight;
        amounts.weightsMillicarats = new uint64[](outputs);
        amounts.stones = new uint64[](outputs);
        amounts.labels = new string[](outputs);
        amounts.lossReasons = new string[](1);
        amounts.lossReasons[0] = "sawing";
        amounts.lossWeightsMillicarats = new uint64[](1);
        amounts.lossStones = new uint64[](1);
        amounts.salt = _salt();
        uint64 loss = uint64((dice >> 72) % 3) * (weight / 8);
        amounts.lossWeightsMillicarats[0] = loss;
        uint64 left = weight - loss;
        for (uint256 i = 0; i < outputs; ++i) {
            uint64 part = i + 1 == outputs ? left : left / 2;
            amounts.weightsMillicarats[i] = part;
            left -= part;
        }
        if ((dice >> 80) % 16 == 0) amounts.weightsMillicarats[0] += 1;
    }

    function _received(uint256 dice, uint64 book) private pure returns (uint64) {
        uint256 luck = dice % 8;
        if (luck == 0) return book + uint64((dice >> 8) % 16);
        if (luck == 1) return uint64((dice >> 8) % (uint256(book) + 1));
        return luck == 2 && book > 3 ? book - 3 : book;
    }

    /// @dev Mostly a parcel in the state that the act asks, if one is found; else any.
    function _some(uint256 dice, ICustodyRegistry.State state) private view returns (bytes32 id) {
        uint256 start = dice >> 3;
        for (uint256 i = 0; i < 8; ++i) {
            id = parcels[(start + i) % parcels.length];
            if (dice & 7 == 0 || registry.parcel(id).state == state) return id;
        }
    }

    function _someAscending(uint256 dice) private view returns (bytes32[] memory chosen) {
        bytes32 one = _some(uint96(dice >> 96), ICustodyRegistry.State.Held);
        bytes32 other = _some(uint96(dice >> 128), ICustodyRegistry.State.Held);
        if (one == other || (dice >> 160) % 2 == 0) {
            chosen = new bytes32[](1);
            chosen[0] = one;
        } else {
            chosen = new bytes32[](2);
            bool isAscending = one < other || (dice >> 168) % 16 == 0;
            (chosen[0], chosen[1]) = isAscending ? (one, other) : (other, one);
        }
    }

    function _holderOrOther(uint256 dice, address holder) private pure returns (uint256) {
        uint256 index = _indexOf(holder);
        return dice % 8 == 0 || index >= PARTIES ? (dice >> 3) % PARTIES : index;
    }

    function _key(uint256 dice, uint256 author) private pure returns (uint256 key, bool isHis) {
        key = dice % 16 == 0 ? 2 + (dice >> 4) % (PARTIES + 1) : author + 2;
        isHis = key == author + 2;
    }

    function _expect(bool isRight) private {
        if (!isRight) wasWrong = true;
    }

    function _made(bytes32 id, address custodian) private {
        parcels.push(id);
        lots[id].custodian = custodian;
        ++taken;
    }

    // Parties and signatures.

    function _party(uint256 index) private pure returns (address) {
        return vm.addr(index + 2);
    }

    function _indexOf(address party) private pure returns (uint256 index) {
        while (index < PARTIES && _party(index) != party) ++index;
    }

    function _salt() private returns (bytes32) {
        return keccak256(abi.encode(++_salts));
    }

    function _signature(bytes32 id, uint256 key) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, id);
        return abi.encodePacked(r, s, v);
    }

    function _signed(bytes32 id, uint256 key) private pure returns (bytes[] memory signatures) {
        signatures = new bytes[](1);
        signatures[0] = _signature(id, key);
    }

    function _signedByBoth(bytes32 id, uint256 one, uint256 other)
        private
        pure
        returns (bytes[] memory signatures)
    {
        if (vm.addr(one) > vm.addr(other)) (one, other) = (other, one);
        signatures = new bytes[](2);
        (signatures[0], signatures[1]) = (_signature(id, one), _signature(id, other));
    }

    function _admit(uint256 index, string memory role, bytes32 previous)
        private
        returns (bytes32 id)
    {
        Admission memory record = Admission(
            AdmissionWho(vm.addr(GOVERNOR), _party(index), _salt()),
            AdmissionWhat("governor", role, new string[](0), previous, _salt()),
            AdmissionAmounts(_salt()),
            AdmissionScene(NOW, "", "BW", 0, _salt()),
            bytes32(0)
        );
        id = HASHES.admission(registry.ledger(), record);
        registry.admit(record, _signed(id, GOVERNOR));
    }

    function _charter() private returns (Charter memory founding) {
        address[] memory governors = new address[](1);
        governors[0] = vm.addr(GOVERNOR);
        founding.who = CharterWho(governors[0], governors, _salt());
        founding.what.authorRole = "governor";
        founding.what.origin = "ledger.example/invariants";
        founding.what.salt = _salt();
        founding.amounts = CharterAmounts(1, 5, 1000, 604_800, 0, _salt());
        founding.scene = CharterScene(NOW, "", _salt());
    }
}
