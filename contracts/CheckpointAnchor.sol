// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RecordHash} from "./RecordHash.sol";
import {CharterWhat} from "./Records.sol";
import {Rfc6962} from "./Rfc6962.sol";
import {Secp256k1} from "./Secp256k1.sol";
import {ICheckpointAnchor} from "./interfaces/ICheckpointAnchor.sol";

/// @title Anchors of checkpoints.
/// @dev Roots of former sizes are not kept: each anchor is an event, and the last root commits to
/// all before it.
contract CheckpointAnchor is ICheckpointAnchor {
    /// @dev Two slots. An anchor writes both; nothing else is read from storage for it.
    struct State {
        bytes32 root;
        address anchorKey; // zero: never opened
        uint64 size;
        uint24 rotations;
        bool isForked;
    }

    struct KeyState {
        bool isKnown;
        Fork fork;
    }

    bytes32 private constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,"
        "bytes32 salt)"
    );
    bytes32 private constant DOMAIN_NAME = keccak256("Adamant Anchor");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");
    bytes32 private constant ANCHOR_TYPE =
        keccak256("Anchor(uint64 size,bytes32 root,uint64 previousSize,bytes32 previousRoot)");
    bytes32 private constant ROTATION_TYPE =
        keccak256("Rotation(address oldKey,address newKey,uint64 rotations)");

    mapping(bytes32 ledger => State) private _states;
    mapping(bytes32 ledger => mapping(address key => KeyState)) private _keys;

    /// @inheritdoc ICheckpointAnchor
    function open(
        bytes32 ledger,
        CharterWhat calldata what,
        bytes32 who,
        bytes32 amounts,
        bytes32 scene,
        bytes32 details
    ) external {
        bytes32 charter = keccak256(
            abi.encode(
                RecordHash.CHARTER_TYPE, who, RecordHash.hash(what), amounts, scene, details
            )
        );
        bytes32 separator = RecordHash.domainSeparator(0); // the Charter's alone
        bytes32 computed = RecordHash.recordId(separator, charter);
        if (computed != ledger) revert AnotherLedger(ledger, computed);
        if (what.anchorKey == address(0)) revert NoAnchorKey(ledger);
        State storage state = _states[ledger];
        if (state.anchorKey != address(0)) return;
        _setKey(ledger, what.anchorKey);
        emit Opened(ledger, what.anchorKey);
    }

    /// @inheritdoc ICheckpointAnchor
    function anchor(
        bytes32 ledger,
        uint64 size,
        bytes32 root,
        bytes32[] calldata consistencyProof,
        bytes calldata signature
    ) external {
        State storage state = _states[ledger];
        (address anchorKey, uint64 previousSize) = (state.anchorKey, state.size);
        bytes32 previousRoot = state.root;
        if (anchorKey == address(0)) revert UnknownLedger(ledger);
        if (size == previousSize) {
            if (root == previousRoot) return;
            revert AnotherRoot(ledger, size, root, previousRoot);
        }
        if (size < previousSize) revert Shrunk(ledger, size, previousSize);
        bool isContinuation = previousSize == 0
            ? consistencyProof.length == 0 && size <= Rfc6962.SIZE_MAX
            : Rfc6962.verifyConsistency(previousSize, size, previousRoot, root, consistencyProof);
        if (!isContinuation) {
            revert NotAContinuation(ledger, size, root, previousSize, previousRoot);
        }
        bytes32 statement =
            keccak256(abi.encode(ANCHOR_TYPE, size, root, previousSize, previousRoot));
        _checkSigner(ledger, anchorKey, _digest(domainSeparator(ledger), statement), signature);
        (state.root, state.size) = (root, size);
        emit Anchored(ledger, size, root, previousSize, previousRoot);
    }

    /// @inheritdoc ICheckpointAnchor
    function rotate(bytes32 ledger, address newKey, bytes calldata signature) external {
        State storage state = _states[ledger];
        (address oldKey, uint24 rotations) = (state.anchorKey, state.rotations);
        if (oldKey == address(0)) revert UnknownLedger(ledger);
        if (newKey == address(0)) revert NoAnchorKey(ledger);
        bytes32 statement = keccak256(abi.encode(ROTATION_TYPE, oldKey, newKey, rotations));
        _checkSigner(ledger, oldKey, _digest(domainSeparator(ledger), statement), signature);
        state.rotations = rotations + 1;
        _setKey(ledger, newKey);
        emit Rotated(ledger, oldKey, newKey, rotations + 1);
    }

    /// @inheritdoc ICheckpointAnchor
    function reportFork(bytes32 ledger, SignedAnchor calldata one, SignedAnchor calldata other)
        external
    {
        if (one.size != other.size || one.root == other.root || one.size == 0) {
            revert NoFork(ledger, one.size, one.root, other.size, other.root);
        }
        Fork memory fork = Fork({
            size: one.size,
            key: _knownSigner(ledger, one),
            root: one.root,
            otherKey: _knownSigner(ledger, other),
            otherRoot: other.root
        });
        bool isNews = _mark(ledger, fork.key, fork);
        if (!_mark(ledger, fork.otherKey, fork) && !isNews) return;
        _states[ledger].isForked = true;
        emit Forked(ledger, fork.size, fork.key, fork.root, fork.otherKey, fork.otherRoot);
    }

    /// @inheritdoc ICheckpointAnchor
    function verifyInclusion(
        bytes32 ledger,
        uint64 index,
        bytes32 leaf,
        bytes32[] calldata inclusionProof
    ) external view returns (bool) {
        State storage state = _states[ledger];
        return Rfc6962.verifyInclusion(index, state.size, leaf, inclusionProof, state.root);
    }

    /// @inheritdoc ICheckpointAnchor
    function latest(bytes32 ledger) external view returns (Latest memory) {
        State storage state = _states[ledger];
        return Latest({
            size: state.size,
            root: state.root,
            anchorKey: state.anchorKey,
            rotations: state.rotations,
            forked: state.isForked
        });
    }

    /// @inheritdoc ICheckpointAnchor
    function forkOf(bytes32 ledger, address key) external view returns (Fork memory) {
        return _keys[ledger][key].fork;
    }

    /// @inheritdoc ICheckpointAnchor
    function wasAnchorKey(bytes32 ledger, address key) external view returns (bool) {
        return _keys[ledger][key].isKnown;
    }

    /// @inheritdoc ICheckpointAnchor
    function domainSeparator(bytes32 ledger) public view returns (bytes32) {
        return _domainSeparator(block.chainid, address(this), ledger);
    }

    function _setKey(bytes32 ledger, address key) private {
        _states[ledger].anchorKey = key;
        _keys[ledger][key].isKnown = true;
    }

    /// @dev What a key signed alone weighs more than what it signed beside another: who stole a
    /// former key can sign against any anchor, and would fill the place of what may come later.
    function _mark(bytes32 ledger, address key, Fork memory fork) private returns (bool isNews) {
        Fork storage kept = _keys[ledger][key].fork;
        isNews = kept.size == 0 || (fork.key == fork.otherKey && kept.key != kept.otherKey);
        if (isNews) _keys[ledger][key].fork = fork;
    }

    function _checkSigner(
        bytes32 ledger,
        address anchorKey,
        bytes32 digest,
        bytes calldata signature
    ) private pure {
        address signer = _recover(digest, signature);
        if (signer != anchorKey) revert WrongSigner(ledger, signer, anchorKey);
    }

    /// @dev The signer of an anchor made for whichever chain and contract.
    function _knownSigner(bytes32 ledger, SignedAnchor calldata said)
        private
        view
        returns (address signer)
    {
        bytes32 statement = keccak256(
            abi.encode(ANCHOR_TYPE, said.size, said.root, said.previousSize, said.previousRoot)
        );
        bytes32 separator = _domainSeparator(said.chainId, said.verifyingContract, ledger);
        signer = _recover(_digest(separator, statement), said.signature);
        if (!_keys[ledger][signer].isKnown) {
            revert WrongSigner(ledger, signer, _states[ledger].anchorKey);
        }
    }

    function _recover(bytes32 digest, bytes calldata signature)
        private
        pure
        returns (address signer)
    {
        signer = Secp256k1.recover(digest, signature);
        if (signer == address(0)) revert BadSignature(signature);
    }

    function _domainSeparator(uint256 chainId, address verifyingContract, bytes32 ledger)
        private
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION, chainId, verifyingContract, ledger
            )
        );
    }

    function _digest(bytes32 separator, bytes32 statement) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, statement));
    }
}
