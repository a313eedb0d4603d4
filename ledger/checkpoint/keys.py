"""Ed25519 keys of signed notes, as the two text forms that C2SP gives them.

::

    verifier key   <name>+<key id, 8 hex digits>+<base64 of 0x01 || 32-byte public key>
    signer key     PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64 of 0x01 || 32-byte seed>

A name has no plus, but base64 may: both forms are split at the first pluses only. Keys of other
signature types are refused here; a room that needs them brings its own
:class:`~ledger.checkpoint.note.Verifier`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import BadQuestion

ED25519: Final = 0x01
"""The signature type of Ed25519 over the note's text."""

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4

_SIGNER_PREFIX: Final = "PRIVATE+KEY+"
_UNFIT_NAME: Final = re.compile("[+\x00-\x1f\ud800-\udfff]")


def key_id_of(name: str, signature_type: int, public_key: bytes) -> bytes:
    """Return the 4 bytes that, beside the name, point at a key in a signature line."""
    named = name.encode() + b"\n" + bytes([signature_type]) + public_key
    return sha256(named).digest()[:KEY_ID_BYTES]


def is_key_name(name: str) -> bool:
    """Tell whether ``name`` may name a key: not empty, no Unicode space, no plus."""
    return _UNFIT_NAME.search(name) is None and name.split() == [name]


def to_base64(value: bytes) -> str:
    """Write bytes in the standard alphabet, padded."""
    return base64.b64encode(value).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Read base64; None when it is not exactly what :func:`to_base64` writes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if to_base64(value) == text else None


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named Ed25519 public key: who is believed.

    Raises:
        BadQuestion: the name or the key has not the right form.

    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_key("verifier key", self.name, self.public_key)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key; its key id must be the one that follows from name and key."""
        name, _, rest = text.partition("+")
        _, _, encoded = rest.partition("+")
        key = cls(name, _key_bytes("verifier key", encoded))
        if str(key) != text:
            raise BadQuestion("verifier key", "the key id that follows from the name and the key")
        return key

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that point at this key in a signature line."""
        return key_id_of(self.name, ED25519, self.public_key)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([ED25519]) + self.public_key)}"

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` is this key's over ``text``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A named Ed25519 private key, made from 32 random bytes that the caller brings.

    Raises:
        BadQuestion: the name or the seed has not the right form; the seed is never shown.

    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_key("signer key", self.name, self.seed)

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """Read a signer key; its key id must be the one that follows from name and key."""
        name, _, rest = text.removeprefix(_SIGNER_PREFIX).partition("+")
        _, _, encoded = rest.partition("+")
        key = cls(name, _key_bytes("signer key", encoded))
        if key.reveal_secret() != text:
            raise BadQuestion("signer key", f"{_SIGNER_PREFIX}… and the key id that follows")
        return key

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        public_key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return VerifierKey(self.name, public_key.public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that point at this key in a signature line."""
        return self.verifier_key.key_id

    def reveal_secret(self) -> str:
        """Write the key with its seed: for the key's own file, and nowhere else."""
        secret = to_base64(bytes([ED25519]) + self.seed)
        return f"{_SIGNER_PREFIX}{self.name}+{self.key_id.hex()}+{secret}"

    def sign(self, text: bytes) -> bytes:
        """Return the 64-byte signature of ``text``."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)


def _key_bytes(what: str, encoded: str) -> bytes:
    value = from_base64(encoded)
    if value is None or value[:1] != bytes([ED25519]):
        raise BadQuestion(what, "base64 of the Ed25519 type 0x01 and 32 bytes")
    return value[1:]


def _check_key(what: str, name: str, key: bytes) -> None:
    if not is_key_name(name):
        raise BadQuestion(what, "a name without space, plus or control character")
    if len(key) != KEY_BYTES:
        raise BadQuestion(what, f"a key of {KEY_BYTES} bytes")
