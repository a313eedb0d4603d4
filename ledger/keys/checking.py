"""Signatures that were made elsewhere: by a command, a device, a wallet that somebody pasted from.

None is believed. Whoever asked for one computes the digest again, from the checked record or text,
and takes the signature if it recovers from that digest to the address that was asked.
"""

from __future__ import annotations

from typing import Final

from ledger.errors import BadQuestion, Refused
from ledger.signing import recover
from ledger.values import Address, Hash32, to_hex

FORM: Final = "signer-form"
ADDRESS: Final = "signer-address"


def check_signature(digest: Hash32, signature: bytes, address: Address, source: str) -> None:
    """Check a signature that was asked of an address.

    Args:
        digest: what was to be signed, computed here.
        signature: what came.
        address: whose it is to be.
        source: where it came from, in words: ``by the command of vault``.

    Raises:
        BadQuestion: ``signer-form``: it is none of the one encoding; ``signer-address``: it is
            another key's, or over something else. It names both addresses.

    """
    try:
        signer = recover(digest, signature)
    except Refused as refused:
        raise BadQuestion(FORM, f"{form_of(source)}; {refused.refusal.came}") from None
    if signer != address:
        expected = f"a signature by {to_hex(address)} over {to_hex(digest)}"
        came = f"what came {source} is by {to_hex(signer)}, or over something else"
        raise BadQuestion(ADDRESS, f"{expected}; {came}")


def form_of(source: str) -> str:
    """Say what a signature from a source must be."""
    return f"65 bytes in hex, r, s, v with low s and v 27 or 28, {source}"
