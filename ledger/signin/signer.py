"""Who signed a sign-in message: EIP-191's digest, recovered by the curve that records use."""

from __future__ import annotations

from typing import Final

from ledger.errors import Refused, SignInRefused
from ledger.signing import keccak, recover, sign
from ledger.values import Address, Hash32

_PREFIX: Final = b"\x19Ethereum Signed Message:\n"
_CAPITAL_FROM: Final = 8


def checksummed(address: Address) -> str:
    """Write an address as wallets do: 0x and hex whose capitals are a checksum (EIP-55)."""
    digits = address.hex()
    hashed = keccak(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(check, 16) >= _CAPITAL_FROM else digit
        for digit, check in zip(digits, hashed, strict=False)
    )


def message_digest(text: str) -> Hash32:
    """Return the digest of a text as wallets sign it (EIP-191, version 0x45): over UTF-8 bytes."""
    raw = text.encode()
    return keccak(_PREFIX + str(len(raw)).encode() + raw)


def signer_of(text: str, signature: bytes) -> Address:
    """Return the address whose key signed a text.

    Raises:
        SignInRefused: ``signature``; it has not the one encoding (65 bytes, low s, v 27 or 28), or
            no key recovers.

    """
    try:
        return recover(message_digest(text), signature)
    except Refused as refused:
        raise SignInRefused("signature", refused.refusal.expected) from None


def checked_signer(text: str, address: Address, signature: bytes) -> None:
    """Check that a text was signed by the key of an address.

    Raises:
        SignInRefused: ``signature``, or ``signer``: another key signed it.

    """
    if signer_of(text, signature) != address:
        raise SignInRefused("signer", "a signature by the key of the address in the message")


def sign_message(text: str, secret: bytes) -> bytes:
    """Sign a text as wallets do.

    Raises:
        ValueError: the secret is no key.

    """
    return sign(message_digest(text), secret)
