"""Transactions of the submitting key, compared with libraries that others use."""

from __future__ import annotations

import pytest
import rlp
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from ledger.anchor.submitting import Fields, KeySubmitter, contract_of
from ledger.signing import address_of_secret, keccak
from ledger.values import Address
from tests.trials import dice, trials

SECRET = bytes(31) + b"\x09"
FIELDS = Fields(31_337, 7, Address(b"\x02" * 20), b"\x01\x02", 90_000, 2 * 10**10, 10**9)


@pytest.mark.parametrize("to", [FIELDS.to, None], ids=["a call", "a contract made"])
def test_a_transaction_says_what_was_asked_and_is_the_account_s(to: Address | None) -> None:
    submitter = KeySubmitter(SECRET)
    fields = Fields(31_337, 7, to, b"\x01\x02", 90_000, 2 * 10**10, 10**9)
    raw = submitter.sign(fields)
    assert raw == submitter.sign(fields), "the same bytes each time"
    said = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert {name: said[name] for name in ("type", "chainId", "nonce", "value", "gas")} == {
        "type": 2,
        "chainId": 31_337,
        "nonce": 7,
        "value": 0,
        "gas": 90_000,
    }
    assert (bytes(said["to"]), bytes(said["data"])) == (to or b"", b"\x01\x02")
    assert (said["maxFeePerGas"], said["maxPriorityFeePerGas"]) == (2 * 10**10, 10**9)
    assert Account.recover_transaction(raw).lower() == "0x" + submitter.address.hex()


def test_the_account_is_that_of_the_key() -> None:
    assert KeySubmitter(SECRET).address == address_of_secret(SECRET)


def test_a_contract_has_the_address_that_rlp_gives_it() -> None:
    random = dice("contracts' addresses")
    numbers = [0, 1, 127, 128, 255, 256, 2**16 - 1, 2**16, 2**64 - 1]
    numbers += [random.randrange(2 ** random.randrange(1, 65)) for _ in range(100)]
    for nonce in numbers[: 9 + trials("anchor.statements")]:
        sender = Address(random.randbytes(20))
        assert contract_of(sender, nonce) == keccak(rlp.encode([sender, nonce]))[-20:]
