// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Written by `python -m contracts.generate` from the declarations in ledger/records.

/// @notice The governors.
struct CharterWho {
    address author; // the party spoken for, never a key or an agent
    address[] governors; // parties that govern the ledger
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Name, keys, tables and predecessor of the ledger.
struct CharterWhat {
    string authorRole; // the role in which the author speaks
    string origin; // the log's origin name, a C2SP key name, for ever
    string mode; // who may read: every party, or those concerned
    string mirror; // may hand-overs be mirrored on a chain
    uint64 rulesVersion; // version of the rules in force, from 1
    string[] checkpointKeys; // C2SP verifier keys of Ed25519 whose name is the origin
    address anchorKey; // key that signs anchors; zero = no anchoring
    string[] tables; // names of the reference tables in force
    bytes32[] tableHashes; // SHA-256 of each table's file
    bytes32 predecessor; // ledger that this one succeeds; zero = none
    bytes32 predecessorRoot; // Merkle root of its last head; zero = none
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Threshold, tolerances and delay.
struct CharterAmounts {
    uint64 threshold; // k: how many governors decide; 1 to their number
    uint64 toleranceMillicarats; // absolute weighing tolerance
    uint64 tolerancePartsPerMillion; // relative weighing tolerance, 0 to 100000
    uint64 recoveryDelaySeconds; // delay before a recovered key takes effect, 1 to 31536000
    uint64 predecessorSize; // size of the predecessor's last head; 0 = none
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When.
struct CharterScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Founds the ledger: index 0 and nowhere else; its record id is the ledger id.
struct Charter {
    CharterWho who;
    CharterWhat what;
    CharterAmounts amounts;
    CharterScene scene;
    bytes32 details;
}

/// @notice The governors from now on.
struct AmendmentWho {
    address author; // the party spoken for, never a key or an agent
    address[] governors; // parties that govern the ledger
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Keys and tables of the ledger from now on.
struct AmendmentWhat {
    string authorRole; // the role in which the author speaks
    string mode; // who may read: every party, or those concerned
    string mirror; // may hand-overs be mirrored on a chain
    uint64 rulesVersion; // version of the rules in force, from 1
    string[] checkpointKeys; // C2SP verifier keys of Ed25519 whose name is the origin
    address anchorKey; // key that signs anchors; zero = no anchoring
    string[] tables; // names of the reference tables in force
    bytes32[] tableHashes; // SHA-256 of each table's file
    bytes32 previous; // charter chain: the last Charter or Amendment
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Threshold, tolerances and delay from now on.
struct AmendmentAmounts {
    uint64 threshold; // k: how many governors decide; 1 to their number
    uint64 toleranceMillicarats; // absolute weighing tolerance
    uint64 tolerancePartsPerMillion; // relative weighing tolerance, 0 to 100000
    uint64 recoveryDelaySeconds; // delay before a recovered key takes effect, 1 to 31536000
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When.
struct AmendmentScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Restates every charter value but origin and predecessor, from the next entry on.
struct Amendment {
    AmendmentWho who;
    AmendmentWhat what;
    AmendmentAmounts amounts;
    AmendmentScene scene;
    bytes32 details;
}

/// @notice Who is admitted, by whom.
struct AdmissionWho {
    address author; // the party spoken for, never a key or an agent
    address party; // the party admitted; for a new one the address of its first key
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice In which role.
struct AdmissionWhat {
    string authorRole; // the role in which the author speaks
    string role; // the role given
    string[] kinds; // kinds that an agent may sign; empty for every other role
    bytes32 previous; // party chain of the party admitted; zero = none yet
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Nothing to weigh or count.
struct AdmissionAmounts {
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Where and until when.
struct AdmissionScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    string country; // the party's country; EU for an authority only
    uint64 validUntil; // last second of validity; 0 = until revoked
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Admits a party in a role and country, or renews it.
struct Admission {
    AdmissionWho who;
    AdmissionWhat what;
    AdmissionAmounts amounts;
    AdmissionScene scene;
    bytes32 details;
}

/// @notice Whose role ends, by whom.
struct RevocationWho {
    address author; // the party spoken for, never a key or an agent
    address party; // the party
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Which role ends.
struct RevocationWhat {
    string authorRole; // the role in which the author speaks
    string role; // the role ended
    uint64 compromisedSince; // index from which the party's records are suspect; 0 = none
    bytes32 previous; // party chain of the party
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Nothing to weigh or count.
struct RevocationAmounts {
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Where.
struct RevocationScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    string country; // the country of the role ended
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Ends one role of a party, from its own index on.
struct Revocation {
    RevocationWho who;
    RevocationWhat what;
    RevocationAmounts amounts;
    RevocationScene scene;
    bytes32 details;
}

/// @notice Whose key, and which.
struct KeyChangeWho {
    address author; // the party spoken for, never a key or an agent
    address party; // the party; equal to the author for rotate and object
    address newKey; // the key from now on; zero for object
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice How the key changes.
struct KeyChangeWhat {
    string operation; // rotate, object by the party; recover (after a delay), override by governors
    string authorRole; // the role in which the author speaks
    bytes32 previous; // party chain; zero for a governor's first
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Nothing to weigh or count.
struct KeyChangeAmounts {
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When.
struct KeyChangeScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Replaces a party's key, never its identity.
struct KeyChange {
    KeyChangeWho who;
    KeyChangeWhat what;
    KeyChangeAmounts amounts;
    KeyChangeScene scene;
    bytes32 details;
}

/// @notice Who mined, and where.
struct RegistrationWho {
    address author; // the party spoken for, never a key or an agent
    bytes32 site; // the site it comes from, open and licensed
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice What sort of rough.
struct RegistrationWhat {
    string authorRole; // the role in which the author speaks
    string hsCode; // HS code of the rough
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Weight and count.
struct RegistrationAmounts {
    uint64 weightMillicarats; // weight of the parcel
    uint64 stones; // number of stones; 0 = not counted
    string label; // bag code or lot name
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When and where it was mined.
struct RegistrationScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    string zone; // the site's zone, copied; empty if it has none
    uint64 periodFrom; // mined from; seconds
    uint64 periodTo; // mined until; seconds; its year (UTC) counts for the capacity
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice A new parcel of rough.
struct Registration {
    RegistrationWho who;
    RegistrationWhat what;
    RegistrationAmounts amounts;
    RegistrationScene scene;
    bytes32 details;
}

/// @notice From whom to whom.
struct HandoffWho {
    address author; // the party spoken for, never a key or an agent
    address recipient; // party with a custody role; not the author
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Which parcel, and why it goes.
struct HandoffWhat {
    string operation; // sale, consignment (custody without ownership) or return
    string authorRole; // the role in which the author speaks
    bytes32 parcel; // the parcel
    bytes32 previous; // parcel chain
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice What the book says, and the seal.
struct HandoffAmounts {
    uint64 weightMillicarats; // the book weight
    uint64 stones; // the book count; 0 = not counted
    string seal; // seal or bag number
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When, and to which country.
struct HandoffScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    string recipientCountry; // country of one of the recipient's custody roles
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Offers one parcel at its book weight.
struct Handoff {
    HandoffWho who;
    HandoffWhat what;
    HandoffAmounts amounts;
    HandoffScene scene;
    bytes32 details;
}

/// @notice Who answers whom.
struct ReceiptWho {
    address author; // the party spoken for, never a key or an agent
    address sender; // the party that offered
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice The answer.
struct ReceiptWhat {
    string operation; // accept; acceptShort (too light or too few, both sign); refuse
    string authorRole; // the role in which the author speaks
    string reason; // why refused; otherwise empty
    bytes32 parcel; // the parcel
    bytes32 previous; // parcel chain: the Handoff
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice What the recipient found.
struct ReceiptAmounts {
    // recipient's own weight; 0 = not weighed, for a refusal or a piece alone
    uint64 weightMillicarats;
    uint64 stones; // recipient's own count; 0 = not counted
    string seal; // seal as found
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When, and in which country.
struct ReceiptScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Answers an offer with the recipient's own weight.
struct Receipt {
    ReceiptWho who;
    ReceiptWhat what;
    ReceiptAmounts amounts;
    ReceiptScene scene;
    bytes32 details;
}

/// @notice Who takes back.
struct WithdrawalWho {
    address author; // the party spoken for, never a key or an agent
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Which parcel.
struct WithdrawalWhat {
    string authorRole; // the role in which the author speaks
    bytes32 parcel; // the parcel
    bytes32 previous; // parcel chain: the Handoff
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Nothing to weigh or count.
struct WithdrawalAmounts {
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When.
struct WithdrawalScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Takes an unanswered offer back.
struct Withdrawal {
    WithdrawalWho who;
    WithdrawalWhat what;
    WithdrawalAmounts amounts;
    WithdrawalScene scene;
    bytes32 details;
}

/// @notice Who works on the goods.
struct TransformationWho {
    address author; // the party spoken for, never a key or an agent
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Which goods become which.
struct TransformationWhat {
    string operation; // what is done
    string authorRole; // the role in which the author speaks
    bytes32[] inputs; // parcels
    bytes32[] previous; // parcel chain of each input
    string[] hsCodes; // code of each output; its form follows from it
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice What goes in, comes out and is lost.
struct TransformationAmounts {
    uint64 inputWeightMillicarats; // sum of the inputs' book weights
    uint64[] weightsMillicarats; // of each output
    uint64[] stones; // of each output; 0 = not counted
    string[] labels; // of each output
    string[] lossReasons; // named losses
    uint64[] lossWeightsMillicarats; // of each loss; 0 where stones alone are lost
    uint64[] lossStones; // whole stones of each loss; 0 where weight alone is lost
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice When, and in which country.
struct TransformationScene {
    uint64 occurredAt; // when it happened, as the author says; seconds
    // with the role, one of the author's admissions in force; empty for a governor alone
    string authorCountry;
    bytes32 salt; // random; not zero; the four of a record differ
}

/// @notice Inputs become outputs and named losses, balanced to the millicarat.
struct Transformation {
    TransformationWho who;
    TransformationWhat what;
    TransformationAmounts amounts;
    TransformationScene scene;
    bytes32 details;
}
