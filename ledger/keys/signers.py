"""What signs: a key at hand, or a command that has one; and what either of them is asked to sign.

A signer is asked to sign a whole statement, never a bare digest: a device shows its owner the typed
data, or the text, and computes the digest itself. Whoever asks has shown the same in words before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from ledger.canonical import to_plain
from ledger.records import Charter, Record
from ledger.signin import message_digest
from ledger.signing import DOMAIN_NAME, DOMAIN_VERSION, address_of_secret, record_id, sign
from ledger.values import NO_HASH, Address, Hash32, to_hex

SignerKind = Literal["keystore", "environment", "command"]
DOMAIN_TYPE: Final = (("name", "string"), ("version", "string"), ("salt", "bytes32"))


class Statement(Protocol):
    """What may be signed."""

    @property
    def digest(self) -> Hash32:
        """The 32 bytes that the curve signs."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values: ``kind``, and under that kind's name all that is signed."""


@dataclass(frozen=True, slots=True)
class RecordStatement:
    """A record of a ledger, as EIP-712 typed data.

    Attributes:
        record: a checked record.
        ledger_id: the ledger that it is for; not used for a Charter.

    """

    record: Record
    ledger_id: Hash32

    @property
    def _salt(self) -> Hash32:
        return NO_HASH if isinstance(self.record, Charter) else self.ledger_id

    @property
    def digest(self) -> Hash32:
        """The record's id."""
        return record_id(self.record, self._salt)

    def plain(self) -> dict[str, Any]:
        """Return typed data as wallets take it (``eth_signTypedData_v4``)."""
        kind = self.record.KIND
        domain_type = [{"name": name, "type": wire_type} for name, wire_type in DOMAIN_TYPE]
        return {
            "kind": "typedData",
            "typedData": {
                "types": {"EIP712Domain": domain_type, **kind.type_table},
                "primaryType": kind.name,
                "domain": {
                    "name": DOMAIN_NAME,
                    "version": DOMAIN_VERSION,
                    "salt": to_hex(self._salt),
                },
                "message": to_plain(self.record),
            },
        }


@dataclass(frozen=True, slots=True)
class TextStatement:
    """A text by which somebody signs in, as EIP-191 has wallets sign it (``personal_sign``)."""

    text: str

    @property
    def digest(self) -> Hash32:
        """The digest of the text behind EIP-191's prefix."""
        return message_digest(self.text)

    def plain(self) -> dict[str, Any]:
        """Return the text."""
        return {"kind": "text", "text": self.text}


class Signer(Protocol):
    """Signs for one address."""

    @property
    def address(self) -> Address:
        """Whose signature it makes."""

    @property
    def kind(self) -> SignerKind:
        """Where its key lies."""

    def sign(self, statement: Statement) -> bytes:
        """Return r ‖ s ‖ v, 65 bytes, low s, v 27 or 28, which recovers to the address.

        Raises:
            BadQuestion: it did not sign; the field says why, as the adapter names it.

        """


class SecretSigner:
    """Signs with a secret at hand, which it never shows.

    Args:
        secret: 32 bytes, a key.
        kind: where it came from.

    """

    def __init__(self, secret: bytes, kind: SignerKind = "keystore") -> None:
        self._secret = secret
        self._address = address_of_secret(secret)
        self._kind: SignerKind = kind

    @property
    def address(self) -> Address:
        """Whose signature it makes."""
        return self._address

    @property
    def kind(self) -> SignerKind:
        """Where its key came from."""
        return self._kind

    def sign(self, statement: Statement) -> bytes:
        """Sign a statement, deterministically."""
        return sign(statement.digest, self._secret)
