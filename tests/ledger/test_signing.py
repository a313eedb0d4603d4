import copy
import hashlib
import json

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import read_envelope, read_record, seal
from ledger.entry import Entry, hash_of
from ledger.errors import Refused
from ledger.records import KINDS, WRITABLE
from ledger.signing import (
    address_of_secret,
    check_signatures,
    domain_separator,
    keccak,
    output_id,
    read_signed,
    record_id,
    recover,
    sheet_hashes,
    sign,
    sign_record,
    signature_count,
    struct_hash,
    type_hash,
)
from ledger.signing.curve import check_form
from ledger.values import NO_HASH, Hash32, to_hex
from tests.random_records import largest_transformation, operations, random_record, random_records
from tests.reference_digests import eth_account_digest, ethers_digests, signable, typed_data
from tests.trials import dice, trials
from tests.vectors.make_records import FILE
from tests.vectors.record_cases import LEDGER_ID as LEDGER_ID_HEX
from tests.vectors.record_examples import party, record, secret
from tests.vectors.record_signatures import ORDER

EXAMPLES = json.loads(FILE.with_name("chain.json").read_text("ascii"))
CHAIN = EXAMPLES["chain"]
VALID = json.loads(FILE.read_text("ascii"))["valid"]
LEDGER_ID = Hash32(bytes.fromhex(LEDGER_ID_HEX[2:]))
RANDOM_PER_KIND = trials("records.random_per_kind")
about = pytest.mark.parametrize("case", CHAIN, ids=lambda case: f"{case['index']}-{case['kind']}")


def raw_hash(text):
    return Hash32(bytes.fromhex(text[2:]))


def refusal_of(call, *arguments):
    with pytest.raises(Refused) as found:
        call(*arguments)
    return found.value.refusal.rule, found.value.refusal.field


# The worked examples, byte for byte.


@about
def test_a_worked_example_comes_out_byte_for_byte(case):
    signed = read_signed(case["canonical"].encode(), LEDGER_ID)
    hashes = sheet_hashes(signed.record)
    assert to_hex(type_hash(case["kind"])) == case["typeHash"]
    assert {place.capitalize(): to_hex(value) for place, value in hashes.items()} == case["sheets"]
    struct = struct_hash(case["kind"], hashes, signed.record.details)
    assert to_hex(struct) == case["structHash"]
    assert to_hex(signed.record_id) == case["recordId"]
    assert to_hex(signed.root) == case["recordRoot"]
    assert to_hex(output_id(signed.record_id, 0)) == case["output0"]
    assert seal(signed.record, signed.envelope.signatures).raw.decode() == case["canonical"]


@about
def test_a_worked_example_is_signed_again_from_its_keys(case):
    envelope = read_envelope(case["canonical"].encode())
    secrets = [secret(key) for key in case["keys"]]
    assert sign_record(envelope.record, LEDGER_ID, secrets) == envelope
    assert [to_hex(signature) for signature in envelope.signatures] == case["signatures"]
    signers = check_signatures(envelope, LEDGER_ID).signers
    assert [to_hex(signer) for signer in signers] == sorted(party(key) for key in case["keys"])


def test_the_worked_examples_chain_to_their_entries():
    previous = NO_HASH
    for case in CHAIN:
        signed = read_signed(case["canonical"].encode(), LEDGER_ID)
        line = Entry(case["recordedAtMs"], previous, signed.root).encode()
        assert line.hex() == case["entry"]
        previous = hash_of(line)


def test_the_worked_examples_name_each_others_ids():
    charter, _, _, _, site, registration, handoff, receipt = (
        read_signed(case["canonical"].encode(), LEDGER_ID) for case in CHAIN
    )
    assert charter.record_id == LEDGER_ID
    assert registration.record.who.site == output_id(site.record_id, 0)
    assert handoff.record.what.parcel == output_id(registration.record_id, 0)
    assert handoff.record.what.previous == registration.record_id
    assert receipt.record.what.previous == handoff.record_id


def test_the_domain_has_no_chain_and_the_ledger_for_salt():
    assert to_hex(domain_separator(NO_HASH)) == EXAMPLES["zeroDomainSeparator"]
    assert to_hex(domain_separator(LEDGER_ID)) == EXAMPLES["domainSeparator"]


@pytest.mark.parametrize("position", [0, 1, 511])
def test_an_output_is_named_by_the_hash_of_record_id_and_position(position):
    expected = keccak(LEDGER_ID + bytes(30) + position.to_bytes(2, "big"))
    assert output_id(LEDGER_ID, position) == expected


def test_keccak_is_that_of_ethereum():
    empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert to_hex(keccak(b"")) == empty
    assert keccak(b"") != hashlib.sha3_256(b"").digest()


# The golden vectors and other libraries.


def test_valid_vectors_have_their_ids_roots_and_signers():
    for case in VALID:
        signed = read_signed(case["raw"].encode(), LEDGER_ID)
        assert to_hex(signed.record_id) == case["recordId"], case["description"]
        assert to_hex(signed.root) == case["recordRoot"], case["description"]
        assert [to_hex(signer) for signer in signed.signers] == case["signers"]


def typed_and_ours():
    """Return typed data of vectors, of random records and of a large one, and our digests."""
    records = [(case["kind"], json.loads(case["raw"])["record"]) for case in VALID]
    records += random_records(RANDOM_PER_KIND, dice("digests"))
    records.append(("Transformation", largest_transformation(dice("largest"))))
    typed = [typed_data(kind, plain, LEDGER_ID_HEX) for kind, plain in records]
    ours = [to_hex(record_id(read_record(KINDS[kind], p), LEDGER_ID)) for kind, p in records]
    return typed, ours


def test_digests_of_all_kinds_are_those_of_eth_account():
    typed, ours = typed_and_ours()
    assert [eth_account_digest(each) for each in typed] == ours


@pytest.mark.node
def test_digests_of_all_kinds_are_those_of_ethers():
    typed, ours = typed_and_ours()
    assert ethers_digests(typed) == ours


def test_the_largest_transformation_fits_an_envelope():
    plain = largest_transformation(dice("largest"))
    made = read_record(KINDS["Transformation"], plain)
    assert len(made.what.inputs) == len(made.what.hs_codes) == 512
    envelope = sign_record(made, LEDGER_ID, [secret(6)])
    assert len(envelope.raw) < 128 * 1024
    signed = read_signed(envelope.raw, LEDGER_ID)
    assert [to_hex(signer) for signer in signed.signers] == [party(6)]


# What eth-account takes and we refuse.


def tolerated(changes):
    """Return an example hand-over with some values changed, and eth-account's digests of both."""
    plain = record("Handoff", "sale")
    made = copy.deepcopy(plain)
    for place, name, value in changes:
        if value is ...:
            del made[place][name]
        else:
            made[place][name] = value
    digests = [
        eth_account_digest(typed_data("Handoff", each, LEDGER_ID_HEX)) for each in (plain, made)
    ]
    return made, digests


PARCEL = record("Handoff", "sale")["what"]["parcel"]


@pytest.mark.parametrize(
    ("place", "name", "value", "is_same", "rule", "field"),
    [
        ("what", "extra", "unsigned", True, "fields", "what"),
        ("amounts", "seal", ..., False, "fields", "amounts.seal"),
        ("amounts", "seal", None, False, "type", "amounts.seal"),
        ("who", "recipient", party(6)[2:], True, "hex", "who.recipient"),
        ("what", "parcel", "0x" + PARCEL[2:].upper(), True, "hex", "what.parcel"),
        ("what", "parcel", PARCEL[:-2], False, "hex", "what.parcel"),
        ("amounts", "stones", "3", True, "type", "amounts.stones"),
        ("amounts", "stones", "0x3", True, "type", "amounts.stones"),
        ("amounts", "stones", " 0_3 ", True, "type", "amounts.stones"),
    ],
    ids=str,
)
def test_a_message_that_eth_account_hashes_is_refused(place, name, value, is_same, rule, field):
    made, (proper, lenient) = tolerated([(place, name, value)])
    assert (proper == lenient) is is_same
    assert refusal_of(read_record, KINDS["Handoff"], made) == (rule, field)


@pytest.mark.parametrize(
    ("wire_type", "value", "read_as"),
    [("bool", "no", True), ("bool", 2, True), ("bytes", "beef", b"beef")],
)
def test_types_of_which_eth_account_takes_any_value_stand_in_no_record(wire_type, value, read_as):
    def digest(message):
        types = {"EIP712Domain": [], "Any": [{"name": "a", "type": wire_type}]}
        typed = {"domain": {}, "primaryType": "Any", "types": types, "message": {"a": message}}
        return eth_account_digest(typed)

    assert digest(value) == digest(read_as)
    tables = [table for kind in KINDS.values() for table in kind.type_table.values()]
    assert wire_type not in {field["type"] for table in tables for field in table}


@pytest.mark.parametrize("value", ["no", True, False, 2.0])
def test_what_is_no_integer_is_none_of_ours(value):
    plain = record("Handoff", "sale")
    plain["amounts"]["stones"] = value
    assert refusal_of(read_record, KINDS["Handoff"], plain) == ("type", "amounts.stones")


def encodings(signature):
    """Return encodings of one signature that recover to one signer elsewhere, by name."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    return {
        "high s": r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v]),
        "v 0 or 1": signature[:64] + bytes([v - 27]),
        "v 35 or 36": signature[:64] + bytes([v + 8]),
    }


@pytest.mark.parametrize("name", ["high s", "v 0 or 1", "v 35 or 36"])
def test_a_second_encoding_that_eth_account_recovers_is_refused(name):
    plain = record("Handoff", "sale")
    envelope = sign_record(read_record(KINDS["Handoff"], plain), LEDGER_ID, [secret(5)])
    other = encodings(envelope.signatures[0])[name]
    message = signable(typed_data("Handoff", plain, LEDGER_ID_HEX))
    assert Account.recover_message(message, signature=other).lower() == party(5)
    forged = seal(envelope.record, (other,))
    assert refusal_of(read_signed, forged.raw, LEDGER_ID) == ("signature-form", "signatures.0")


# Signatures.


def test_signatures_are_those_of_eth_account_and_recover_to_their_key():
    source = dice("signatures")
    for _ in range(trials("records.signatures")):
        key, digest = source.randbytes(32), Hash32(source.randbytes(32))
        signature = sign(digest, key)
        assert signature == bytes(Account.unsafe_sign_hash(digest, key).signature)
        assert recover(digest, signature) == address_of_secret(key)
        assert to_hex(address_of_secret(key)) == Account.from_key(key).address.lower()


def signer_or_rule(digest, signature):
    """Return who signed, or the rule and field by which a signature is refused."""
    try:
        return recover(digest, signature, "signatures.7")
    except Refused as error:
        return error.refusal.rule, error.refusal.field


@pytest.mark.parametrize(
    ("r", "s", "came"),
    [
        (0, 1, "r or s out of range"),
        (ORDER, 1, "r or s out of range"),
        (1, 0, "r or s out of range"),
        (1, ORDER, "r or s out of range"),
        (1, ORDER - 1, "high s"),
        (1, ORDER // 2 + 1, "high s"),
        (1, 1, None),
        (ORDER - 1, ORDER // 2, None),
    ],
)
def test_the_numbers_of_a_signature_are_bounded_before_a_key_is_recovered(r, s, came):
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + b"\x1b"
    if came is None:
        check_form(signature)
        return
    with pytest.raises(Refused) as caught:
        check_form(signature, "signatures.3")
    refusal = caught.value.refusal
    assert (refusal.rule, refusal.field, refusal.came) == ("signature-form", "signatures.3", came)


DIGESTS = st.binary(min_size=32, max_size=32).map(Hash32)


@given(DIGESTS, st.binary(max_size=70) | st.binary(min_size=65, max_size=65))
def test_any_bytes_for_a_signature_recover_to_an_address_or_are_refused(digest, signature):
    found = signer_or_rule(digest, signature)
    assert found == ("signature-form", "signatures.7") or (len(found), len(signature)) == (20, 65)


def test_a_changed_signature_never_recovers_to_the_same_signer():
    digest, signer = keccak(b"digest"), address_of_secret(secret(5))
    signature = sign(digest, secret(5))
    for bit in range(8 * len(signature)):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert signer_or_rule(digest, bytes(changed)) != signer


@pytest.mark.parametrize("key", [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, bytes(33)])
def test_what_is_no_key_signs_nothing(key):
    with pytest.raises(ValueError):
        sign(LEDGER_ID, key)
    with pytest.raises(ValueError):
        address_of_secret(key)


def test_a_record_signed_for_another_ledger_recovers_to_another_signer():
    handoff = CHAIN[6]["canonical"].encode()
    here, there = read_signed(handoff, LEDGER_ID), read_signed(handoff, keccak(b"another ledger"))
    assert here.record_id != there.record_id
    assert here.signers != there.signers


def test_a_charter_is_signed_for_no_ledger():
    charter = CHAIN[0]["canonical"].encode()
    assert read_signed(charter, NO_HASH) == read_signed(charter, LEDGER_ID)


@pytest.mark.parametrize("record_class", WRITABLE, ids=lambda record: record.KIND.name)
def test_how_many_sign_follows_from_kind_operation_and_role(record_class):
    kind = record_class.KIND
    for operation in operations(kind):
        plain = random_record(kind, dice(f"count {kind.name} {operation}"), operation)
        for role in ("governor", "authority", "miner"):
            plain["what"]["authorRole"] = role
            plain["scene"]["authorCountry"] = "" if role == "governor" else "BW"
            by_role = COUNTS.get((kind.name, role, operation), 1)
            expected = COUNTS.get((kind.name, operation), by_role)
            assert signature_count(read_record(kind, plain)) == expected


COUNTS = {
    ("Charter", ""): None,
    ("Amendment", ""): None,
    ("Admission", "governor", "authority"): None,
    ("Admission", "governor", "auditor"): None,
    ("Revocation", "governor", "authority"): None,
    ("Revocation", "governor", "auditor"): None,
    ("KeyChange", "rotate"): 2,
    ("KeyChange", "recover"): None,
    ("KeyChange", "override"): None,
    ("Receipt", "acceptShort"): 2,
    ("Report", "release"): None,
}
"""None where the charter's k or n decides; one signature everywhere else."""


@pytest.mark.parametrize(("count", "rule"), [(17, "signature-count"), (500, "signature-count")])
def test_more_signatures_than_any_record_bears_are_refused_before_a_key_is_recovered(count, rule):
    charter = read_envelope(CHAIN[0]["canonical"].encode())
    # From none of these a key recovers, which would be `signature-form` had it been tried.
    no_key = b"\xff" * 32 + bytes(31) + b"\x01" + b"\x1b"
    with pytest.raises(Refused) as caught:
        check_signatures(seal(charter.record, (no_key,) * count), NO_HASH)
    assert caught.value.refusal.rule == rule
