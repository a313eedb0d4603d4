"""secp256k1: signatures of one encoding only, recovered to addresses.

A signature is r ‖ s ‖ v, 65 bytes, with s in the lower half of the order and v 27 or 28. Anything
else is refused, so that nobody can give a record a second valid signature. Sources: SEC 2 v2 §2.4.1
(the order), EIP-2 (low s), RFC 6979 (deterministic nonces, in libsecp256k1).
"""

from __future__ import annotations

from typing import Final

import coincurve

from ledger.errors import Refusal, Refused
from ledger.signing.packing import keccak
from ledger.values import ADDRESS_BYTES, SIGNATURE_BYTES, Address, Hash32

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_ZERO: Final = bytes(32)
_ORDER: Final = ORDER.to_bytes(32, "big")
_HALF_ORDER: Final = (ORDER // 2).to_bytes(32, "big")
_V_OFFSET: Final = 27


def _faulty(field: str, came: str) -> Refused:
    expected = "65 bytes r, s, v with low s and v 27 or 28, of a key that recovers"
    return Refused(Refusal("signature-form", field, expected, came))


def check_form(signature: bytes, field: str = "signatures") -> None:
    """Check the one encoding of a signature.

    Raises:
        Refused: ``signature-form``.

    """
    if len(signature) != SIGNATURE_BYTES:
        raise _faulty(field, f"{len(signature)} bytes")
    r, s = signature[:32], signature[32:64]  # of one length, bytes are in order as their integers
    if not _ZERO < r < _ORDER or not _ZERO < s < _ORDER:
        raise _faulty(field, "r or s out of range")
    if s > _HALF_ORDER:
        raise _faulty(field, "high s")
    if signature[64] not in (_V_OFFSET, _V_OFFSET + 1):
        raise _faulty(field, f"v {signature[64]}")


def _address_of(public_key: coincurve.PublicKey) -> Address:
    return Address(keccak(public_key.format(compressed=False)[1:])[-ADDRESS_BYTES:])


def recover(digest: Hash32, signature: bytes, field: str = "signatures") -> Address:
    """Return the address whose key made the signature.

    Raises:
        Refused: ``signature-form``: another encoding, or no key recovers.

    """
    check_form(signature, field)
    compact = signature[:64] + bytes((signature[64] - _V_OFFSET,))
    try:
        key = coincurve.PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except ValueError:
        raise _faulty(field, "no key recovers") from None
    return _address_of(key)


def sign(digest: Hash32, secret: bytes) -> bytes:
    """Sign a digest with a 32-byte secret key, deterministically.

    Raises:
        ValueError: the secret is no key.

    """
    compact = coincurve.PrivateKey(secret).sign_recoverable(digest, hasher=None)
    return compact[:64] + bytes((compact[64] + _V_OFFSET,))


def address_of_secret(secret: bytes) -> Address:
    """Return the address of a 32-byte secret key.

    Raises:
        ValueError: the secret is no key.

    """
    return _address_of(coincurve.PrivateKey(secret).public_key)
