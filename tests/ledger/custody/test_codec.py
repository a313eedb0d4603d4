"""Items as bytes: each comes back as it was, and its bytes are the same everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import encode
from ledger.custody import (
    SORTS,
    Admitted,
    CharterInForce,
    Claim,
    Finding,
    Item,
    Party,
    Suspicion,
    YearOutput,
    decode_item,
    encode_item,
    sort_number,
)
from ledger.values import Address, Hash32
from tests.ledger.rules.test_properties import busy_stage

PARTY = Party(
    Address(b"\x01" * 20),
    Address(b"\x02" * 20),
    (
        Admitted("lab", "BE", 0, Address(b"\x03" * 20)),
        Admitted("trader", "BE", 9, Address(bytes(20))),
    ),
    Hash32(b"\x04" * 32),
    7,
)


def every_item() -> list[Item]:
    """Return all that many records made, and an item of a sort that they did not make."""
    items = [item for _, _, changes in busy_stage().log for item in changes.items]
    return [*items, PARTY, Suspicion(Address(b"\x05" * 20), 3, 9)]


def test_every_item_comes_back_from_its_bytes() -> None:
    for item in every_item():
        raw = encode_item(item)
        assert decode_item(type(item), raw) == item
        assert encode_item(decode_item(type(item), raw)) == raw


def test_an_item_is_written_as_a_list_of_its_fields() -> None:
    one, two, three, four = ("01" * 20, "02" * 20, "03" * 20, "04" * 32)
    zeros = "00" * 20
    roles = f'[["lab","BE",0,"{three}"],["trader","BE",9,"{zeros}"]]'
    text = f'["{one}","{two}",{roles},"{four}",7,"{zeros}",0,false,"{zeros}"]'
    assert encode_item(PARTY) == text.encode()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"[1]", b"null", b'["zz","party","zz"]', b"[[],[],[]]"]
)
def test_bytes_of_another_sort_are_refused(raw: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_item(Claim, raw)


def test_sorts_are_numbered_in_their_order() -> None:
    assert [sort_number(sort) for sort in SORTS] == list(range(len(SORTS)))
    assert sort_number(CharterInForce) == 0


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 2**64))
def test_an_item_is_written_as_canonical_json(text: str, index: int) -> None:
    hashes = (Hash32(b"\x01" * 32), Hash32(b"\x02" * 32), Hash32(b"\x03" * 32))
    plain = [hashes[0].hex(), text, index, hashes[1].hex(), hashes[2].hex(), text]
    item = Finding(hashes[0], text, index, hashes[1], hashes[2], text)
    assert encode_item(item) == encode(plain)
    if index < 2**63:
        assert decode_item(Finding, encode_item(item)) == item


@pytest.mark.parametrize(
    "raw", [b'["a",1,"b"]', b'["",1.5,2]', b'["",true,2]', b'["",1]', b'["",1,2,3]', b'["",1,2] 1']
)
def test_a_value_of_another_type_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode_item(YearOutput, raw)
