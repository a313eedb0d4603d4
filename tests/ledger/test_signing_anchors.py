"""Anchors and rotations are signed as any wallet would sign them, and for one place alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from ledger.errors import Refused
from ledger.signing import address_of_secret
from ledger.signing.anchors import (
    UINT64_MAX,
    Anchor,
    Rotation,
    anchor_domain_separator,
    sign_statement,
    signer_of,
)
from ledger.signing.curve import ORDER
from ledger.values import NO_HASH, Address, Hash32
from tests.trials import dice, trials

SECRET = bytes(31) + b"\x07"
FIRST = Anchor(
    Hash32(b"\x01" * 32), 31_337, Address(b"\x02" * 20), 7, Hash32(b"\x03" * 32), 0, NO_HASH
)
ROTATION = Rotation(
    FIRST.ledger, 31_337, FIRST.contract, Address(b"\x04" * 20), Address(b"\x05" * 20), 3
)


def reference(statement: Anchor | Rotation) -> bytes:
    """Return the digest that eth-account computes from the typed data."""
    message = encode_typed_data(full_message=statement.plain()["typedData"])
    return keccak(b"\x19" + message.version + message.header + message.body)


def test_random_statements_have_the_digest_that_eth_account_computes() -> None:
    random = dice("anchor statements")
    for _ in range(trials("anchor.statements")):
        previous = random.choice((0, random.randrange(1, UINT64_MAX)))
        place: tuple[Any, ...] = (
            random.randbytes(32),
            random.randrange(2**256),
            random.randbytes(20),
        )
        anchor = Anchor(
            *place,
            random.randint(previous + 1, UINT64_MAX),
            Hash32(random.randbytes(32)),
            previous,
            Hash32(random.randbytes(32)) if previous else NO_HASH,
        )
        keys = (Address(random.randbytes(20)), Address(random.randbytes(20)))
        rotation = Rotation(*place, *keys, random.randrange(UINT64_MAX))
        for statement in (anchor, rotation):
            assert statement.digest == reference(statement)


def test_the_types_are_those_of_the_contract() -> None:
    assert FIRST.plain()["typedData"]["types"]["Anchor"] == [
        {"name": "size", "type": "uint64"},
        {"name": "root", "type": "bytes32"},
        {"name": "previousSize", "type": "uint64"},
        {"name": "previousRoot", "type": "bytes32"},
    ]
    assert [one["name"] for one in ROTATION.plain()["typedData"]["types"]["Rotation"]] == [
        "oldKey",
        "newKey",
        "rotations",
    ]
    domain = FIRST.plain()["typedData"]["domain"]
    assert (domain["name"], domain["version"]) == ("Adamant Anchor", "1")


@pytest.mark.parametrize(
    "changed",
    [
        {"ledger": Hash32(b"\x09" * 32)},
        {"chain_id": 1},
        {"contract": Address(b"\x09" * 20)},
        {"size": 8},
        {"root": Hash32(b"\x09" * 32)},
        {"previous_size": 6, "previous_root": Hash32(b"\x09" * 32)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_signature_is_worth_nothing_over_anything_else(changed: dict[str, Any]) -> None:
    signature = sign_statement(FIRST, SECRET)
    assert signer_of(FIRST, signature) == address_of_secret(SECRET)
    assert signer_of(replace(FIRST, **changed), signature) != address_of_secret(SECRET)


def test_a_rotation_is_no_anchor() -> None:
    signature = sign_statement(ROTATION, SECRET)
    assert signer_of(ROTATION, signature) == address_of_secret(SECRET)
    assert signer_of(replace(ROTATION, rotations=4), signature) != address_of_secret(SECRET)
    assert signer_of(FIRST, signature) != address_of_secret(SECRET)


def test_a_second_encoding_of_a_signature_is_refused() -> None:
    signature = sign_statement(FIRST, SECRET)
    s = int.from_bytes(signature[32:64], "big")
    other_v = bytes((55 - signature[64],))
    high = signature[:32] + (ORDER - s).to_bytes(32, "big") + other_v
    for encoding in (high, signature[:64], signature[:64] + bytes((signature[64] - 27,))):
        with pytest.raises(Refused):
            signer_of(FIRST, encoding)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"size": UINT64_MAX + 1},
        {"previous_size": 7, "previous_root": Hash32(b"\x09" * 32)},
        {"previous_size": 3},
        {"previous_root": Hash32(b"\x09" * 32)},
        {"root": Hash32(b"\x03" * 31)},
        {"ledger": Hash32(b"\x03" * 33)},
        {"contract": Address(b"\x03" * 32)},
    ],
)
def test_what_no_contract_takes_is_no_anchor(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(FIRST, **wrong)


def test_a_rotation_holds_addresses_and_a_number_of_64_bits() -> None:
    for wrong in ({"new_key": Address(b"")}, {"rotations": -1}, {"rotations": UINT64_MAX + 1}):
        with pytest.raises(ValueError):
            replace(ROTATION, **wrong)


def test_a_chain_id_has_256_bits() -> None:
    with pytest.raises(ValueError):
        anchor_domain_separator(FIRST.ledger, 2**256, FIRST.contract)
