"""Signatures from elsewhere: by the address that was asked, over the digest computed here."""

from __future__ import annotations

import pytest

from ledger.errors import BadQuestion
from ledger.keys import check_signature
from ledger.signing import recover, sign
from ledger.signing.curve import ORDER
from ledger.values import Hash32, to_hex
from tests.world import address_of, secret_of

DIGEST = Hash32(b"\x11" * 32)
OTHER = Hash32(b"\x12" * 32)
MINER = address_of("miner-bw")
GOOD = sign(DIGEST, secret_of("miner-bw"))


def test_a_signature_by_whom_it_was_asked_is_taken() -> None:
    check_signature(DIGEST, GOOD, MINER, "from the wallet")


@pytest.mark.parametrize(
    "signature",
    [sign(DIGEST, secret_of("trader-be")), sign(OTHER, secret_of("miner-bw"))],
    ids=["another key", "another digest"],
)
def test_a_stranger_is_named_beside_whom_was_asked(signature: bytes) -> None:
    with pytest.raises(BadQuestion) as caught:
        check_signature(DIGEST, signature, MINER, "from the wallet")
    assert caught.value.field == "signer-address"
    for named in (MINER, recover(DIGEST, signature), DIGEST):
        assert to_hex(named) in caught.value.expected


@pytest.mark.parametrize(
    ("signature", "came"),
    [
        (GOOD[:64], "64 bytes"),
        (GOOD[:64] + bytes((GOOD[64] - 27,)), f"v {GOOD[64] - 27}"),
        (
            GOOD[:32]
            + (ORDER - int.from_bytes(GOOD[32:64], "big")).to_bytes(32, "big")
            + bytes((55 - GOOD[64],)),
            "high s",
        ),
        (bytes(64) + b"\x1b", "r or s out of range"),
    ],
    ids=["short", "v from 0", "high s", "zeros"],
)
def test_a_signature_of_another_form_is_refused_and_never_mended(
    signature: bytes, came: str
) -> None:
    with pytest.raises(BadQuestion) as caught:
        check_signature(DIGEST, signature, MINER, "from the wallet")
    assert caught.value.field == "signer-form"
    assert caught.value.expected.endswith(f"from the wallet; {came}")
