"""Sign-in messages: the golden vectors, round trips, and text that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_account.messages import _hash_eip191_message, encode_defunct
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import SignInRefused
from ledger.signin import (
    Message,
    checked_signer,
    checksummed,
    message_digest,
    milliseconds_of,
    read_message,
    sign_message,
    signer_of,
    time_text,
    write_message,
)
from ledger.values import Address
from tests.tree import ROOT
from tests.vectors.make_signin import contents
from tests.world import address_of, secret_of

FILE = ROOT / "tests" / "vectors" / "signin.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text("ascii"))


def of(name: str) -> Any:
    """Parametrize over the cases of a sort."""
    cases = VECTORS[name]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def test_the_vectors_are_what_their_generator_writes() -> None:
    assert FILE.read_text("ascii") == contents()


@of("valid")
def test_a_message_is_read_and_written_again_as_it_was(case: dict[str, Any]) -> None:
    message = read_message(case["message"])
    assert write_message(message) == case["message"]
    assert read_message(write_message(message)) == message


@of("valid")
def test_a_message_has_the_digest_that_wallets_sign(case: dict[str, Any]) -> None:
    assert message_digest(case["message"]).hex() == case["digest"].removeprefix("0x")
    signature = bytes.fromhex(case["signature"].removeprefix("0x"))
    assert signer_of(case["message"], signature).hex() == case["signer"].removeprefix("0x")


@of("valid")
def test_a_message_is_signed_by_the_address_in_it(case: dict[str, Any]) -> None:
    message = read_message(case["message"])
    signature = bytes.fromhex(case["signature"].removeprefix("0x"))
    if case.get("isByAnother"):
        with pytest.raises(SignInRefused, match="signer"):
            checked_signer(case["message"], message.address, signature)
    else:
        checked_signer(case["message"], message.address, signature)


@of("wrong")
def test_a_wrong_message_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused) as refused:
        read_message(case["message"])
    assert refused.value.reason == case["refused"]


@of("forged")
def test_a_wrong_signature_is_refused_by_name(case: dict[str, Any]) -> None:
    message = read_message(case["message"])
    with pytest.raises(SignInRefused) as refused:
        checked_signer(
            case["message"], message.address, bytes.fromhex(case["signature"].removeprefix("0x"))
        )
    assert refused.value.reason == case["refused"]


def test_most_vectors_are_wrong_in_one_way() -> None:
    wrong = len(VECTORS["wrong"]) + len(VECTORS["forged"])
    assert wrong > 5 * len(VECTORS["valid"])
    assert {case["refused"] for case in VECTORS["wrong"]} == {
        *("size", "form", "domain", "address", "statement", "uri", "version", "chain-id", "nonce"),
        *("issued-at", "expiration-time", "not-before", "request-id", "resources"),
    }


@given(st.text(max_size=200))
def test_any_text_has_the_digest_of_eth_account(text: str) -> None:
    assert message_digest(text) == bytes(_hash_eip191_message(encode_defunct(text=text)))


@given(st.text(max_size=300))
def test_text_that_is_no_message_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(SignInRefused):
        read_message(text)


@given(st.data())
def test_a_message_with_one_character_changed_is_refused_or_read_as_it_stands(data: Any) -> None:
    text = data.draw(st.sampled_from([case["message"] for case in VECTORS["valid"]]))
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters()) + text[place + 1 :]
    try:
        message = read_message(changed)
    except SignInRefused:
        return
    assert write_message(message) == changed


_WORD = st.text("abcXYZ019-._~:/?#[]@!$&'()*+,;= ", min_size=1, max_size=40)
_TIME = st.integers(0, 4_000_000_000_000).map(time_text)


@given(
    st.binary(min_size=20, max_size=20),
    st.text("abcXYZ019", min_size=8, max_size=40),
    st.none() | _WORD,
    st.lists(_TIME, min_size=3, max_size=3),
    st.none() | st.text("abc019-._~!$&'()*+,;=:@", max_size=20),
    st.none() | st.lists(st.sampled_from(["urn:a:b", "https://a.example/?q#f"]), max_size=3),
)
def test_every_message_is_read_as_it_was_meant(
    address: bytes,
    nonce: str,
    statement: str | None,
    times: list[str],
    request_id: str | None,
    resources: list[str] | None,
) -> None:
    message = Message(
        "ledger.example:8420", Address(address), "https://ledger.example", nonce, times[0],
        statement=statement, expiration_time=times[1], not_before=times[2], request_id=request_id,
        resources=None if resources is None else tuple(resources),
    )  # fmt: skip
    assert read_message(write_message(message)) == message


def test_a_message_cannot_be_made_of_parts_that_have_not_their_form() -> None:
    usual = {
        "domain": "ledger.example", "address": address_of("miner-bw"),
        "uri": "https://ledger.example", "nonce": "abcdefgh", "issued_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    for name, value, reason in (
        ("domain", "ledger.example\nevil", "domain"),
        ("uri", "https://ledger.example\nVersion: 2", "uri"),
        ("nonce", "abcdefgh\n", "nonce"),
        ("statement", "one\n\ntwo", "statement"),
        ("statement", "", "statement"),
        ("issued_at", "2026-01-01T00:00:00Z\n", "issued-at"),
        ("expiration_time", "soon", "expiration-time"),
        ("not_before", "", "not-before"),
        ("request_id", "a\nb", "request-id"),
        ("resources", ("urn:a", "b c"), "resources"),
        ("chain_id", 0, "chain-id"),
        ("scheme", "", "domain"),
    ):
        with pytest.raises(SignInRefused) as refused:
            Message(**{**usual, name: value})
        assert refused.value.reason == reason


def test_an_address_is_written_with_the_checksum_of_the_eip() -> None:
    # Source: EIP-55, "Test Cases".
    for written in (
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert checksummed(Address(bytes.fromhex(written[2:]))) == written


def test_times_name_their_moments() -> None:
    for text, moment in (
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.999999999Z", 999),
        ("1969-12-31T23:59:59.5-00:00", -500),
        ("2026-01-31T09:30:00+05:30", 1_769_832_000_000),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000),
    ):
        assert milliseconds_of("issued-at", text) == moment


def test_what_is_signed_here_is_signed_as_a_wallet_does() -> None:
    text = VECTORS["valid"][0]["message"]
    signature = sign_message(text, secret_of("miner-bw"))
    assert signer_of(text, signature) == address_of("miner-bw")
