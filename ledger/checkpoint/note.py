"""Signed notes: a text and the lines of those who sign it (https://c2sp.org/signed-note@v1.0.0).

::

    <text, of any lines, the last one ended too>
                                                      an empty line; the last one of the note
    — <key name> <base64 of 4-byte key id || signature>
    — …

Reading is strict, and says nothing of who signed: the text of a note is hearsay until
:meth:`Note.verify` has returned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.checkpoint.keys import KEY_ID_BYTES, from_base64, is_key_name, to_base64
from ledger.errors import BadQuestion, ProofError
from ledger.limits import LIMITS

_DASH: Final = "— "  # U+2014 and a space open every signature line.
_UNFIT: Final = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # Controls; lone surrogates.


class Verifier(Protocol):
    """Whose signatures are known: :class:`~ledger.checkpoint.keys.VerifierKey` or another type."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that tell keys of one name apart."""

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether the bytes after the key id sign the note's text."""


class Signer(Protocol):
    """Who signs: :class:`~ledger.checkpoint.keys.SignerKey` or another type."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that tell keys of one name apart."""

    def sign(self, text: bytes) -> bytes:
        """Return the bytes that follow the key id in the signature line."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line.

    Attributes:
        name: the signing key's name.
        key_id: 4 bytes.
        value: what follows the key id: for Ed25519 the 64-byte signature.

    """

    name: str
    key_id: bytes
    value: bytes

    def format(self) -> str:
        """Write the line, with its end."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ended by a newline, and its signature lines in their order."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Read a note without believing it.

        Raises:
            ProofError: ``note-bytes``, ``note-text``, ``note-form``, ``signature-count`` or
                ``signature-line``.

        """
        whole = _decode(data)
        at = whole.rfind("\n\n")
        text, lines = whole[: at + 1], whole[at + 2 :]
        if at < 0 or not lines.endswith("\n"):
            raise ProofError("note-form", "no signature lines after an empty line")
        if lines.count("\n") > LIMITS.note_signatures_max:
            raise ProofError("signature-count", f"more than {LIMITS.note_signatures_max}")
        return cls(text, tuple(_parse_line(line) for line in lines.removesuffix("\n").split("\n")))

    def encode(self) -> bytes:
        """Write the note."""
        return "".join([self.text, "\n", *(line.format() for line in self.signatures)]).encode()

    def verify(self, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
        """Return those of ``verifiers`` who signed; when it returns, the text may be believed.

        A line of an unknown (name, key id) is ignored. Each line of a known one must hold, a
        second line of the same key too, and there must be at least one.

        Raises:
            ProofError: ``signature`` or ``no-known-signature``.
            BadQuestion: two verifiers have one name and key id.

        """
        known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
        if len(known) != len(verifiers):
            raise BadQuestion("verifiers", "another name or key id for each")
        text = self.text.encode()
        passed: dict[tuple[str, bytes], Verifier] = {}
        for line in self.signatures:
            verifier = known.get((line.name, line.key_id))
            if verifier is None:
                continue
            if not verifier.verify(text, line.value):
                raise ProofError("signature", f"it is not {verifier.name}'s over this text")
            passed[line.name, line.key_id] = verifier
        if not passed:
            raise ProofError("no-known-signature", "nobody known has signed this")
        return tuple(passed.values())


def sign_note(text: str, signers: Sequence[Signer]) -> Note:
    """Sign ``text``, which ends in a newline, with each signer in turn.

    Raises:
        BadQuestion: the text is none of a note, or there are no signers or too many.

    """
    if _UNFIT.search(text) or not text.endswith("\n"):
        raise BadQuestion("note text", "lines of UTF-8 text, each ended, without controls")
    if not 1 <= len(signers) <= LIMITS.note_signatures_max:
        raise BadQuestion("signers", f"1 to {LIMITS.note_signatures_max}")
    message = text.encode()
    lines = (Signature(signer.name, signer.key_id, signer.sign(message)) for signer in signers)
    return Note(text, tuple(lines))


def _decode(data: bytes) -> str:
    if len(data) > LIMITS.note_bytes_max:
        raise ProofError("note-bytes", f"more than {LIMITS.note_bytes_max} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProofError("note-text", f"not UTF-8 at byte {error.start}") from None
    if _UNFIT.search(text):
        raise ProofError("note-text", "an ASCII control character")
    return text


def _parse_line(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    value = from_base64(encoded)
    if not line.startswith(_DASH) or not is_key_name(name) or value is None:
        raise ProofError("signature-line", "not a dash, a key name and base64")
    if len(value) <= KEY_ID_BYTES:
        raise ProofError("signature-line", "no signature after the key id")
    return Signature(name, value[:KEY_ID_BYTES], value[KEY_ID_BYTES:])
