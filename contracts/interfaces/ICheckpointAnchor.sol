// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CharterWhat} from "../Records.sol";

/// @title Anchors of checkpoints: the size and Merkle root of append-only ledgers, each shown to
/// continue the one before it.
/// @notice One contract serves any number of ledgers. Nobody owns it; nothing in it can be paused,
/// changed or taken back. Whoever pays may submit; what counts is what the ledger's anchor key
/// signed and what the tree proves. An anchor says that a key signed this size and root, and that
/// this log continues the log anchored before it; it says nothing about what the records claim, nor
/// about time beyond the block's own.
/// @dev Trees and proofs: RFC 6962 §2.1 and RFC 9162 §2.1.3.2, §2.1.4.2. Signatures: EIP-712 under
/// the domain {name: "Adamant Anchor", version: "1", chainId, verifyingContract, salt: ledger id},
/// 65 bytes r, s, v with low s and v 27 or 28.
interface ICheckpointAnchor {
    /// @notice What an anchor key signs: a size and root, and the size and root anchored before it
    /// (both zero for the first anchor). EIP-712 type:
    /// `Anchor(uint64 size,bytes32 root,uint64 previousSize,bytes32 previousRoot)`.
    /// @param chainId the chain it was signed for: a fork may be spread over two chains or
    /// contracts.
    /// @param verifyingContract the contract it was signed for.
    struct SignedAnchor {
        uint256 chainId;
        address verifyingContract;
        uint64 size;
        bytes32 root;
        uint64 previousSize;
        bytes32 previousRoot;
        bytes signature;
    }

    /// @notice The last anchor of a ledger.
    struct Latest {
        uint64 size;
        bytes32 root;
        address anchorKey;
        uint64 rotations;
        bool forked;
    }

    /// @notice Two roots of one size, each signed by a key that is or was the ledger's: mostly one
    /// key, but the key may have been replaced between the two.
    struct Fork {
        uint64 size;
        address key;
        bytes32 root;
        address otherKey;
        bytes32 otherRoot;
    }

    /// @notice The ledger was never opened here.
    error UnknownLedger(bytes32 ledger);
    /// @notice The Charter shown is another ledger's.
    error AnotherLedger(bytes32 ledger, bytes32 computed);
    /// @notice The Charter names no anchor key, or a rotation would name none.
    error NoAnchorKey(bytes32 ledger);
    /// @notice Smaller than what is anchored.
    error Shrunk(bytes32 ledger, uint64 size, uint64 anchoredSize);
    /// @notice Another root for the size that is anchored.
    error AnotherRoot(bytes32 ledger, uint64 size, bytes32 root, bytes32 anchoredRoot);
    /// @notice The proof does not show that the log of (size, root) continues the anchored one.
    error NotAContinuation(
        bytes32 ledger, uint64 size, bytes32 root, uint64 anchoredSize, bytes32 anchoredRoot
    );
    /// @notice Signed by another key than the ledger's, or over something else.
    error WrongSigner(bytes32 ledger, address signer, address anchorKey);
    /// @notice Not 65 bytes r, s, v with low s and v 27 or 28, or no key recovers from it.
    error BadSignature(bytes signature);
    /// @notice What was reported is no fork: other sizes, the same root, or size zero.
    error NoFork(bytes32 ledger, uint64 size, bytes32 root, uint64 otherSize, bytes32 otherRoot);

    /// @notice A ledger was opened, with the anchor key that its Charter names.
    event Opened(bytes32 indexed ledger, address indexed anchorKey);
    /// @notice A checkpoint was anchored, shown to continue the one before it.
    event Anchored(
        bytes32 indexed ledger,
        uint64 indexed size,
        bytes32 root,
        uint64 previousSize,
        bytes32 previousRoot
    );
    /// @notice Two roots for one size were signed; for at least one of the keys this is the mark
    /// from here on.
    event Forked(
        bytes32 indexed ledger,
        uint64 indexed size,
        address key,
        bytes32 root,
        address otherKey,
        bytes32 otherRoot
    );
    /// @notice The ledger's anchor key was replaced, on the old key's word.
    event Rotated(
        bytes32 indexed ledger, address indexed oldKey, address indexed newKey, uint64 rotations
    );

    /// @notice Open a ledger by its Charter; the ledger id is the Charter's own EIP-712 digest, so
    /// nobody can open it with another key. Opening it again does nothing.
    /// @param ledger the ledger id.
    /// @param what the Charter's sheet *what*, in clear.
    /// @param who, amounts, scene the hashes of its other sheets.
    /// @param details the Charter's root of private fields, or zero.
    function open(
        bytes32 ledger,
        CharterWhat calldata what,
        bytes32 who,
        bytes32 amounts,
        bytes32 scene,
        bytes32 details
    ) external;

    /// @notice Anchor a checkpoint. The same size and root again do nothing, whatever the rest is.
    /// @param ledger the ledger id.
    /// @param size the number of entries of the log; above zero.
    /// @param root the Merkle root of these entries.
    /// @param consistencyProof RFC 6962 proof from the anchored size; empty for the first anchor.
    /// @param signature of the anchor key over `Anchor`, with the anchored size and root as
    /// previous.
    function anchor(
        bytes32 ledger,
        uint64 size,
        bytes32 root,
        bytes32[] calldata consistencyProof,
        bytes calldata signature
    ) external;

    /// @notice Tell whether an entry is in the anchored log.
    /// @param index the entry's position.
    /// @param leaf SHA-256(0x00 ‖ entry).
    /// @param inclusionProof RFC 6962 proof under the anchored size and root, leaf side first.
    function verifyInclusion(
        bytes32 ledger,
        uint64 index,
        bytes32 leaf,
        bytes32[] calldata inclusionProof
    ) external view returns (bool);

    /// @notice Mark a ledger as forked, for ever: its anchor keys, this or former ones, signed two
    /// roots for one size, here or for whichever chains and contracts. Each key keeps the first
    /// fork of which it signed both roots, or until there is one the first that it took part in: so
    /// one who stole a former key cannot hide what the key in force does. A report that marks
    /// neither key does nothing. Anchors go on: whoever asks sees the mark beside them.
    function reportFork(bytes32 ledger, SignedAnchor calldata one, SignedAnchor calldata other)
        external;

    /// @notice Replace the anchor key, on its own word. EIP-712 type:
    /// `Rotation(address oldKey,address newKey,uint64 rotations)`, where `rotations` counts those
    /// before it, so that none can be replayed.
    function rotate(bytes32 ledger, address newKey, bytes calldata signature) external;

    /// @notice The last anchor of a ledger; all zero for one that was never opened.
    function latest(bytes32 ledger) external view returns (Latest memory);

    /// @notice The first fork reported of which a key of the ledger signed both roots, else the
    /// first in which it took part, or all zero.
    function forkOf(bytes32 ledger, address key) external view returns (Fork memory);

    /// @notice Tell whether a key is or was an anchor key of the ledger.
    function wasAnchorKey(bytes32 ledger, address key) external view returns (bool);

    /// @notice The EIP-712 domain separator under which this ledger's anchor key signs here.
    function domainSeparator(bytes32 ledger) external view returns (bytes32);
}
