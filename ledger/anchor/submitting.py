"""Transactions of the submitting key: signed by eth-account, typed as EIP-1559 has them.

The submitting key pays and speaks for nobody; it is neither the anchor key nor a party's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from ledger.imports import recursion_limit_kept
from ledger.signing import keccak
from ledger.values import ADDRESS_BYTES, Address, to_hex

with recursion_limit_kept():
    from eth_account import Account

_RLP_TEXT: Final = 0x80
_RLP_LIST: Final = 0xC0


@dataclass(frozen=True, slots=True)
class Fields:
    """What is signed of a transaction; ``to`` is None where it makes a contract."""

    chain_id: int
    nonce: int
    to: Address | None
    data: bytes
    gas: int
    max_fee_wei: int
    priority_fee_wei: int


class Submitter(Protocol):
    """Signs transactions of one account."""

    @property
    def address(self) -> Address:
        """The account that pays."""

    def sign(self, fields: Fields) -> bytes:
        """Return the signed transaction's bytes; the same for the same fields."""


class KeySubmitter:
    """Signs with a secret at hand, which it never shows.

    Args:
        secret: 32 bytes, a key.

    """

    def __init__(self, secret: bytes) -> None:
        self._account = Account.from_key(secret)
        self._address = Address(bytes.fromhex(self._account.address[2:]))

    @property
    def address(self) -> Address:
        """The account that pays."""
        return self._address

    def sign(self, fields: Fields) -> bytes:
        """Sign a transaction, deterministically (RFC 6979)."""
        plain: dict[str, Any] = {
            "type": 2,
            "chainId": fields.chain_id,
            "nonce": fields.nonce,
            "value": 0,
            "data": to_hex(fields.data),
            "gas": fields.gas,
            "maxFeePerGas": fields.max_fee_wei,
            "maxPriorityFeePerGas": fields.priority_fee_wei,
        }
        if fields.to is not None:
            plain["to"] = fields.to
        return bytes(self._account.sign_transaction(plain).raw_transaction)


def contract_of(sender: Address, nonce: int) -> Address:
    """Return the address of the contract that an account's transaction of this nonce makes.

    It is the end of keccak256 of RLP of sender and nonce (Ethereum yellow paper, §7).
    """
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    is_itself = len(number) == 1 and nonce < _RLP_TEXT
    second = number if is_itself else bytes((_RLP_TEXT + len(number),)) + number
    first = bytes((_RLP_TEXT + ADDRESS_BYTES,)) + sender
    pair = bytes((_RLP_LIST + len(first) + len(second),)) + first + second
    return Address(keccak(pair)[-ADDRESS_BYTES:])
