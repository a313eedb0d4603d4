// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../../contracts/CheckpointAnchor.sol";
import {RecordHash} from "../../contracts/RecordHash.sol";
import {CharterWhat} from "../../contracts/Records.sol";
import {ICheckpointAnchor} from "../../contracts/interfaces/ICheckpointAnchor.sol";
import {ReferenceTree} from "./ReferenceTree.sol";
import {vm} from "./Vm.sol";

/// @title An operator with its keys, thieves of former keys, and strangers, at the anchor contract.
/// @dev Every call of the test runner is one of its external functions. It keeps what the contract
/// must hold after each: the log that was anchored, leaf for leaf, the key in force, and the forks.
/// What the contract must refuse is tried here and must fail; what it must take must succeed; so no
/// function reverts.
contract Yard {
    uint256 private constant KEYS = 5;
    uint256 private constant LEAVES_MAX = 70;

    CheckpointAnchor public immutable ANCHORS = new CheckpointAnchor();
    bytes32 public immutable LEDGER;

    bytes32[] private _leaves; // of the anchored log
    uint256 public secret = 1; // of the key in force, from 1 to KEYS
    uint64 public rotations;
    mapping(address key => bool) public isKnown;
    mapping(address key => bytes32) public forkOf; // keccak of the fork that a key keeps
    mapping(address key => bool) private _isAlone; // that one is of this key alone
    bool public isForked;
    uint256 private _calls;
    CharterWhat private _what;

    constructor() {
        _what.anchorKey = vm.addr(secret);
        _what.origin = "ledger.example/yard";
        LEDGER = RecordHash.recordId(
            RecordHash.domainSeparator(0),
            keccak256(
                abi.encode(
                    RecordHash.CHARTER_TYPE,
                    bytes32(0),
                    RecordHash.hash(_what),
                    bytes32(0),
                    bytes32(0),
                    bytes32(0)
                )
            )
        );
        open();
        isKnown[vm.addr(secret)] = true;
    }

    // -- what the runner calls

    /// @notice Open the ledger, again.
    function open() public {
        ANCHORS.open(LEDGER, _what, 0, 0, 0, 0);
    }

    /// @notice Anchor the log with some leaves more.
    function grow(uint256 count) external {
        uint256 old = _leaves.length;
        count = 1 + count % 9;
        if (old + count > LEAVES_MAX) return;
        for (uint256 i = 0; i < count; ++i) _leaves.push(keccak256(abi.encode(++_calls)));
        bytes32[] memory leaves = _leaves;
        assert(_anchors(_call(leaves, old, leaves.length, _before(leaves, old), secret)));
    }

    /// @notice Anchor what is anchored, with anything for a proof and a signature: nothing happens.
    function anchorAgain(bytes32[] calldata proof, bytes calldata signature) external {
        ICheckpointAnchor.Latest memory now_ = ANCHORS.latest(LEDGER);
        ANCHORS.anchor(LEDGER, now_.size, now_.root, proof, signature);
    }

    /// @notice Try a log of which one anchored leaf is another, with the proof that its tree gives.
    function rewrite(uint256 which, uint256 count) external {
        bytes32[] memory leaves = _withMore(1 + count % 9);
        uint256 old = _leaves.length;
        if (old == 0) return;
        bytes32 before = _before(leaves, old);
        leaves[which % old] = keccak256(abi.encode(++_calls));
        assert(!_anchors(_call(leaves, old, leaves.length, before, secret)));
    }

    /// @notice Try a right log with a proof of which one bit is turned, or that is cut or longer.
    function spoil(uint256 count, uint256 which) external {
        bytes32[] memory leaves = _withMore(1 + count % 9);
        uint256 old = _leaves.length;
        if (old == 0) return;
        bytes32[] memory proof = ReferenceTree.proof(leaves, old, 0, leaves.length, true);
        if (which % 3 == 0) {
            proof = ReferenceTree.then(proof, bytes32(which));
        } else if (which % 3 == 1) {
            proof[which % proof.length] ^= bytes32(1 << (which % 256));
        } else {
            assembly ("memory-safe") { mstore(proof, sub(mload(proof), 1)) }
        }
        Call memory call = _call(leaves, old, leaves.length, _before(leaves, old), secret);
        call.proof = proof;
        assert(!_anchors(call));
    }

    /// @notice Try an earlier size of the right log, or another root of the same size.
    function shrink(uint256 size, bytes32 root) external {
        bytes32[] memory leaves = _leaves;
        uint256 old = leaves.length;
        if (old == 0) return;
        bytes32 before = _before(leaves, old);
        Call memory call = _call(leaves, old, old, before, secret);
        call.proof = new bytes32[](0);
        call.size = uint64(size % (old + 1));
        call.root = root;
        if (call.size != old && call.size != 0) call.root = ReferenceTree.mth(leaves, 0, call.size);
        if (call.size == old && root == before) return;
        call.signature = _sign(_anchorDigest(call, uint64(old), before), secret);
        assert(!_anchors(call));
    }

    /// @notice Try the right log signed by another key, a former one too.
    function usurp(uint256 count, uint256 other) external {
        other = 1 + other % KEYS;
        bytes32[] memory leaves = _withMore(1 + count % 9);
        uint256 old = _leaves.length;
        if (other == secret) return;
        assert(!_anchors(_call(leaves, old, leaves.length, _before(leaves, old), other)));
    }

    /// @notice Try anything at all.
    function strike(uint64 size, bytes32 root, bytes32[] calldata proof, bytes calldata signature)
        external
    {
        ICheckpointAnchor.Latest memory now_ = ANCHORS.latest(LEDGER);
        if (size == now_.size && root == now_.root) return;
        assert(!_anchors(Call(size, root, proof, signature)));
    }

    /// @notice Replace the key by any of the others; the same signature once more does nothing.
    function rotate(uint256 next) external {
        next = 1 + next % KEYS;
        bytes memory signature = _sign(_rotationDigest(vm.addr(next)), secret);
        ANCHORS.rotate(LEDGER, vm.addr(next), signature);
        secret = next;
        ++rotations;
        isKnown[vm.addr(next)] = true;
        try ANCHORS.rotate(LEDGER, vm.addr(next), signature) {
            assert(false);
        } catch {}
    }

    /// @notice Try to replace the key on another's word.
    function seize(uint256 next, uint256 other) external {
        other = 1 + other % KEYS;
        if (other == secret) return;
        bytes memory signature = _sign(_rotationDigest(vm.addr(next % KEYS + 1)), other);
        try ANCHORS.rotate(LEDGER, vm.addr(next % KEYS + 1), signature) {
            assert(false);
        } catch {}
    }

    /// @notice Report two roots, signed by whichever keys for whichever chains.
    function report(uint256 one, uint256 other, uint64 size, bytes32 root, bytes32 otherRoot)
        external
    {
        ICheckpointAnchor.SignedAnchor[2] memory said;
        address[2] memory keys = [vm.addr(1 + one % KEYS), vm.addr(1 + other % KEYS)];
        said[0] = _said(one, size, root);
        said[1] = _said(other, size, otherRoot);
        bool isFork = size != 0 && root != otherRoot && isKnown[keys[0]] && isKnown[keys[1]];
        try ANCHORS.reportFork(LEDGER, said[0], said[1]) {
            assert(isFork);
        } catch {
            assert(!isFork);
        }
        if (!isFork) return;
        isForked = true;
        for (uint256 i = 0; i < 2; ++i) {
            bool isAlone = keys[0] == keys[1];
            if (forkOf[keys[i]] != 0 && (_isAlone[keys[i]] || !isAlone)) continue;
            _isAlone[keys[i]] = isAlone;
            forkOf[keys[i]] = keccak256(abi.encode(size, keys[0], root, keys[1], otherRoot));
        }
    }

    // -- what the invariants ask

    function log() external view returns (bytes32[] memory) {
        return _leaves;
    }

    function keyNumbered(uint256 number) external pure returns (address) {
        return vm.addr(number);
    }

    // -- how it is done

    struct Call {
        uint64 size;
        bytes32 root;
        bytes32[] proof;
        bytes signature;
    }

    function _anchors(Call memory call) private returns (bool) {
        try ANCHORS.anchor(LEDGER, call.size, call.root, call.proof, call.signature) {
            return true;
        } catch {
            return false;
        }
    }

    function _call(
        bytes32[] memory leaves_,
        uint256 old,
        uint256 size,
        bytes32 before,
        uint256 by
    ) private view returns (Call memory call) {
        call.size = uint64(size);
        call.root = ReferenceTree.mth(leaves_, 0, size);
        call.proof = old == 0
            ? new bytes32[](0)
            : ReferenceTree.proof(leaves_, old, 0, size, true);
        call.signature = _sign(_anchorDigest(call, uint64(old), before), by);
    }

    function _before(bytes32[] memory leaves_, uint256 old) private pure returns (bytes32) {
        return old == 0 ? bytes32(0) : ReferenceTree.mth(leaves_, 0, old);
    }

    function _withMore(uint256 count) private view returns (bytes32[] memory longer) {
        longer = new bytes32[](_leaves.length + count);
        for (uint256 i = 0; i < longer.length; ++i) {
            longer[i] = i < _leaves.length ? _leaves[i] : keccak256(abi.encode("more", i));
        }
    }

    function _anchorDigest(Call memory call, uint64 old, bytes32 before)
        private
        view
        returns (bytes32)
    {
        bytes32 kind =
            keccak256("Anchor(uint64 size,bytes32 root,uint64 previousSize,bytes32 previousRoot)");
        return _digest(
            ANCHORS.domainSeparator(LEDGER),
            keccak256(abi.encode(kind, call.size, call.root, old, before))
        );
    }

    function _rotationDigest(address newKey) private view returns (bytes32) {
        bytes32 kind = keccak256("Rotation(address oldKey,address newKey,uint64 rotations)");
        return _digest(
            ANCHORS.domainSeparator(LEDGER),
            keccak256(abi.encode(kind, vm.addr(secret), newKey, rotations))
        );
    }

    function _said(uint256 by, uint64 size, bytes32 root)
        private
        view
        returns (ICheckpointAnchor.SignedAnchor memory said)
    {
        (said.chainId, said.verifyingContract) = (by, address(uint160(by)));
        (said.size, said.root) = (size, root);
        bytes32 separator = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,"
                    "address verifyingContract,bytes32 salt)"
                ),
                keccak256("Adamant Anchor"),
                keccak256("1"),
                said.chainId,
                said.verifyingContract,
                LEDGER
            )
        );
        bytes32 kind =
            keccak256("Anchor(uint64 size,bytes32 root,uint64 previousSize,bytes32 previousRoot)");
        bytes32 statement = keccak256(abi.encode(kind, size, root, uint64(0), bytes32(0)));
        said.signature = _sign(_digest(separator, statement), 1 + by % KEYS);
    }

    function _digest(bytes32 separator, bytes32 statement) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, statement));
    }

    function _sign(bytes32 digest, uint256 by) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(by, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// @title Whatever is called in whatever order, this holds.
contract CheckpointAnchorTest {
    Yard private yard;

    function setUp() external {
        yard = new Yard();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(yard);
    }

    /// @notice One invariant, so that the runner's calls are shared by all that must hold.
    function invariant_log_key_and_forks_are_what_they_must_be() external view {
        _the_anchored_log_only_grew();
        _the_key_is_who_was_named_last_by_the_key_before();
        _the_mark_of_a_fork_never_disappears();
    }

    function _the_anchored_log_only_grew() private view {
        bytes32[] memory leaves = yard.log();
        ICheckpointAnchor.Latest memory now_ = yard.ANCHORS().latest(yard.LEDGER());
        assert(now_.size == leaves.length);
        if (leaves.length == 0) assert(now_.root == 0);
        else assert(now_.root == ReferenceTree.mth(leaves, 0, leaves.length));
    }

    function _the_key_is_who_was_named_last_by_the_key_before() private view {
        ICheckpointAnchor.Latest memory now_ = yard.ANCHORS().latest(yard.LEDGER());
        assert(now_.anchorKey == yard.keyNumbered(yard.secret()));
        assert(now_.rotations == yard.rotations());
        for (uint256 number = 1; number <= 6; ++number) {
            address key = yard.keyNumbered(number);
            assert(yard.ANCHORS().wasAnchorKey(yard.LEDGER(), key) == yard.isKnown(key));
        }
    }

    function _the_mark_of_a_fork_never_disappears() private view {
        assert(yard.ANCHORS().latest(yard.LEDGER()).forked == yard.isForked());
        for (uint256 number = 1; number <= 6; ++number) {
            address key = yard.keyNumbered(number);
            ICheckpointAnchor.Fork memory fork = yard.ANCHORS().forkOf(yard.LEDGER(), key);
            bytes32 kept = fork.size == 0
                ? bytes32(0)
                : keccak256(
                    abi.encode(fork.size, fork.key, fork.root, fork.otherKey, fork.otherRoot)
                );
            assert(kept == yard.forkOf(key));
        }
    }
}
