"""What a record that was drafted would say, and who has signed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.values import Address, Hash32


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a draft in words: a label, and its values: several of a list."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignerShown:
    """Who made a signature, recovered from the record's own digest.

    Attributes:
        is_asked: whether it is a key of one of those that the record asks to sign.

    """

    address: Address
    is_asked: bool


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """A draft in words, what a wallet signs of it, and who has signed. Nothing is stored.

    Attributes:
        record_id: the EIP-712 digest, which is signed.
        ledger_id: the ledger that it would be signed for.
        sentence: what signing it means.
        lines: every field that is not empty, but salts, as a wallet shows it that follows the
            descriptor of its kind.
        asked: the parties whose keys, or agents, are to sign; of governors the author alone.
        by_governors: whether governors sign, as many as the charter asks.
        signatures_needed: how many signatures it bears; null where the charter says so.
        is_ready: whether its signatures are as many as are needed, each of one who is asked.
        typed_data: as for ``eth_signTypedData_v4``.
        envelope: the draft with its signatures.

    """

    kind: str
    operation: str
    record_id: Hash32
    ledger_id: Hash32
    intent: str
    sentence: str
    lines: tuple[LineShown, ...]
    asked: tuple[Address, ...]
    by_governors: bool
    signatures_needed: int | None
    signers: tuple[SignerShown, ...]
    is_ready: bool
    typed_data: Mapping[str, Any]
    envelope: Mapping[str, Any]
