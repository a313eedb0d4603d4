// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Admission,
    Amendment,
    Handoff,
    KeyChange,
    Receipt,
    Registration,
    Revocation,
    Transformation,
    Withdrawal
} from "../Records.sol";

/// @title A mirror of one ledger's custody, kept by the signatures of the parties themselves.
/// @notice Shows on a chain who holds which parcel at which weight, from the very records of the
/// ledger: the same structs, the same EIP-712 digests, the same signatures. Whoever pays may
/// submit. Nobody owns it; nothing in it can be paused, changed or taken back. What is published
/// here stays public for ever: parties, countries and weights.
///
/// The ledger decides; the mirror follows. It refuses what no ledger could have accepted in the
/// order sent: a stranger's signature, a role never given, goods that the author does not hold, a
/// `previous` that is not the head, weights that do not balance. It knows no clock of the ledger's,
/// so it takes a record for in time whenever it may have been; it knows no sites and no reports. So
/// every mirrored record that the ledger accepted is accepted here in the ledger's order, and a
/// record accepted here that the ledger does not hold was signed beside the ledger.
///
/// Not mirrored, and why: Site, since where a parcel was mined bears on no custody; Report, since
/// an accusation must not stand in public for ever; Certificate, Clearance, Statement, Setting,
/// Sale and Correction, which rules version 1 refuses. A parcel that was reported, and whatever
/// comes of it, leaves the mirror: its next record names a `previous` that is not here.
/// @dev Rules: docs/spec/records.md; signatures: docs/spec/signatures.md; the design of the mirror:
/// docs/spec/mirror.md.
interface ICustodyRegistry {
    /// @notice What a parcel may do next: nothing is known of it, it is with its custodian, it is
    /// offered to a recipient and still the custodian's, or it was used up.
    enum State {
        Absent,
        Held,
        Offered,
        Spent
    }

    /// @notice One parcel. A spent one keeps its last custodian, weight and count.
    /// @param stones the number of stones; 0 = not counted.
    /// @param recipient to whom it is offered, or zero.
    /// @param head the last record of its chain.
    struct Parcel {
        State state;
        address custodian;
        address recipient;
        uint64 weightMillicarats;
        uint64 stones;
        bytes32 hsCode;
        bytes32 head;
    }

    /// @notice One party.
    /// @param key the key that signs for it; zero: no party.
    /// @param announcedKey the key that a recovery announced, which may be in force already; or
    /// zero.
    /// @param head the last record of its chain; zero for a governor's first.
    struct Party {
        address key;
        address announcedKey;
        bool objected;
        bytes32 head;
    }

    /// @notice One agent: a key that a party admitted to sign for it.
    /// @param validUntil the last second; `type(uint40).max` = until revoked.
    /// @param kinds which records it may sign here: bit 0 Registration, 1 Handoff, 2 Receipt,
    /// 3 Withdrawal, 4 Transformation.
    struct Agent {
        address organisation;
        uint40 validUntil;
        uint8 kinds;
        bytes2 country;
        bool active;
        bytes32 head;
    }

    /// @notice The charter in force, as far as the mirror needs it.
    struct CharterInForce {
        address[] governors;
        uint64 threshold;
        uint64 toleranceMillicarats;
        uint64 tolerancePartsPerMillion;
        bytes32 head;
    }

    /// @notice The Charter given is another ledger's.
    error AnotherLedger(bytes32 ledger, bytes32 computed);
    /// @notice A text that is in none of the closed lists: role, code, country or operation.
    error UnknownWord(bytes32 word);
    /// @notice Another number of signatures than the record bears.
    error SignatureCount(uint256 expected, uint256 came);
    /// @notice Not 65 bytes r, s, v with low s and v 27 or 28, or no key recovers from it.
    error BadSignature(bytes signature);
    /// @notice Signatures do not stand in ascending order of their signers, or one signed twice.
    error SignersOutOfOrder(address signer, address next);
    /// @notice Signed neither by the party's key nor by an agent of it that may sign this; or
    /// signed for another ledger.
    error WrongSigner(address party, address signer);
    /// @notice The signers are not exactly the governors needed, the author among them.
    error NotTheGovernors(uint256 needed, address[] signers);
    /// @notice The party does not hold this role in this country.
    error RoleNotHeld(address party, bytes32 role, bytes2 country);
    /// @notice This role may not say this.
    error RoleNotAllowed(bytes32 role);
    /// @notice No such party was admitted here.
    error UnknownParty(address party);
    /// @notice The recipient holds no custody role in this country.
    error NotARecipient(address party, bytes2 country);
    /// @notice Outside the author's country.
    error OutsideCountry(bytes2 country, bytes2 area);
    /// @notice The address is, or was, another party, an agent or a key.
    error AddressTaken(address taken);
    /// @notice The agent is not active, or not in this country, or not the author's.
    error NotItsAgent(address agent, address party);
    /// @notice A key change that the party's state does not allow: a second announcement after an
    /// objection, an objection to nothing, an override of nothing, a change of another party's key.
    error KeyChangeNotAllowed(address party, bytes32 operation);
    /// @notice Governors not ascending, none, or fewer than the threshold.
    error BadCharter(uint256 governors, uint64 threshold);
    /// @notice `previous` is not the head of the chain.
    error StalePrevious(bytes32 previous, bytes32 head);
    /// @notice The parcel is not in a state in which this can be said of it.
    error WrongState(bytes32 parcel, State state);
    /// @notice The author does not hold the parcel.
    error NotCustodian(bytes32 parcel, address author, address custodian);
    /// @notice The parcel is not offered to the author, or not by the sender named.
    error NotRecipient(bytes32 parcel, address author, address sender);
    /// @notice The author offers a parcel to itself.
    error ToItself(address party);
    /// @notice A weight or count is zero where it must not be, or above 2^53 - 1.
    error OutOfRange(uint256 value);
    /// @notice A stated weight or count is not the book's.
    error NotTheBook(bytes32 parcel, uint256 stated, uint256 book);
    /// @notice Received outside the tolerance: above the book by more, or accepted below it by
    /// more.
    error OutsideTolerance(bytes32 parcel, uint256 received, uint256 book, uint256 tolerance);
    /// @notice More stones received than the book has, or fewer accepted.
    error StonesDiffer(bytes32 parcel, uint256 received, uint256 book);
    /// @notice Inputs are not outputs plus losses.
    error NotBalanced(uint256 inputs, uint256 outputsAndLosses);
    /// @notice Stones do not come out as the operation asks.
    error StonesNotBalanced(uint256 inputs, uint256 outputs, uint256 lost);
    /// @notice A parcel or a code is not of the form that the operation takes or gives.
    error WrongForm(uint256 place, bytes32 hsCode);
    /// @notice Numbers of inputs or outputs that the operation does not take, or lists that differ
    /// in length.
    error WrongShape(uint256 inputs, uint256 outputs);
    /// @notice Inputs do not ascend, or one stands twice.
    error NotAscending(bytes32 input, bytes32 next);
    /// @notice One call of a batch was refused, so that none of them counts.
    error CallRefused(uint256 place, bytes reason);

    /// @notice A party was admitted in a role and country, or renewed.
    event Admitted(
        address indexed party,
        address indexed author,
        bytes32 indexed record,
        bytes32 role,
        bytes2 country,
        uint64 validUntil
    );
    /// @notice One role of a party, or an agent, ended.
    event Revoked(
        address indexed party,
        address indexed author,
        bytes32 indexed record,
        bytes32 role,
        bytes2 country
    );
    /// @notice A party's key was changed, announced, or objected to.
    event KeyChanged(
        address indexed party, address indexed newKey, bytes32 indexed record, bytes32 operation
    );
    /// @notice The charter was restated.
    event Amended(bytes32 indexed record, address[] governors, uint64 threshold);
    /// @notice A parcel of rough was registered.
    event Registered(
        bytes32 indexed parcel,
        address indexed miner,
        bytes32 record,
        uint64 weightMillicarats,
        uint64 stones,
        bytes32 hsCode
    );
    /// @notice A parcel was offered.
    event HandedOff(
        bytes32 indexed parcel,
        address indexed sender,
        address indexed recipient,
        bytes32 record,
        uint64 weightMillicarats,
        uint64 stones
    );
    /// @notice An offer was answered: weight and count are the book's from here on.
    event Received(
        bytes32 indexed parcel,
        address indexed sender,
        address indexed recipient,
        bytes32 record,
        bytes32 operation,
        uint64 weightMillicarats,
        uint64 stones
    );
    /// @notice An offer was taken back.
    event Withdrawn(bytes32 indexed parcel, address indexed sender, bytes32 record);
    /// @notice Inputs became outputs and losses; `Spent` and `Made` name each of them.
    event Transformed(
        bytes32 indexed record,
        address indexed author,
        bytes32 operation,
        uint64 inputWeightMillicarats,
        uint64 lossWeightMillicarats
    );
    /// @notice A parcel went into a Transformation.
    event Spent(bytes32 indexed parcel, address indexed custodian, bytes32 indexed record);
    /// @notice A parcel came out of a Transformation.
    event Made(
        bytes32 indexed parcel,
        address indexed custodian,
        bytes32 indexed record,
        uint64 weightMillicarats,
        uint64 stones,
        bytes32 hsCode
    );

    // Every function takes a record as it was signed, and its signatures, ascending by signer. A
    // record that is the head of its chain already is taken again without effect, so that whoever
    // was interrupted may send it again.

    /// @notice Admit a party in a role, or an agent of the author's.
    function admit(Admission calldata record, bytes[] calldata signatures) external;

    /// @notice End one role of a party, or an agent.
    function revoke(Revocation calldata record, bytes[] calldata signatures) external;

    /// @notice Change a party's key. From an announced recovery on, the mirror takes either key for
    /// what may be signed while it is pending, and the announced one alone for what may not; once
    /// the announced one signed anything, it alone.
    function changeKey(KeyChange calldata record, bytes[] calldata signatures) external;

    /// @notice Restate the charter: governors, threshold and tolerances.
    function amend(Amendment calldata record, bytes[] calldata signatures) external;

    /// @notice Register a parcel of rough, held by its miner.
    function register(Registration calldata record, bytes[] calldata signatures) external;

    /// @notice Offer a parcel at its book weight.
    function handOff(Handoff calldata record, bytes[] calldata signatures) external;

    /// @notice Answer an offer: hold the parcel from here on, or refuse it.
    /// @dev `receive` is a word of the language's own.
    function receive_(Receipt calldata record, bytes[] calldata signatures) external;

    /// @notice Take an unanswered offer back.
    function withdraw(Withdrawal calldata record, bytes[] calldata signatures) external;

    /// @notice Turn parcels into parcels and named losses, to the millicarat.
    function transform(Transformation calldata record, bytes[] calldata signatures) external;

    /// @notice Make several calls to this contract, all of them or none.
    /// @param calls each with its selector, as it would be sent alone.
    function batch(bytes[] calldata calls) external;

    /// @notice The ledger that is mirrored: the record id of its Charter.
    function ledger() external view returns (bytes32);

    /// @notice The charter in force.
    function charter() external view returns (CharterInForce memory);

    /// @notice A parcel; all zero if there is none.
    function parcel(bytes32 id) external view returns (Parcel memory);

    /// @notice A party; all zero if there is none.
    function party(address id) external view returns (Party memory);

    /// @notice An agent; all zero if there is none.
    function agent(address id) external view returns (Agent memory);

    /// @notice Until when a party holds a role in a country: the last second, `type(uint40).max`
    /// for until revoked, 0 for not at all.
    function admission(address id, bytes32 role, bytes2 country)
        external
        view
        returns (uint40 validUntil);

    /// @notice The EIP-712 domain separator under which the ledger's records are signed.
    function domainSeparator() external view returns (bytes32);

    /// @notice The EIP-712 domain, as ERC-5267 tells it: name, version and salt (fields 0x13),
    /// without chain and contract, since a record belongs to a ledger.
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
        );
}
