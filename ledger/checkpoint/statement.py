"""The checkpoint: origin, size and root of a log (https://c2sp.org/tlog-checkpoint@v1.0.0).

::

    example.com/log
    15
    rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

Extension lines are neither written nor read: nobody could audit them. A log's key has the log's
origin as its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint.keys import from_base64, to_base64
from ledger.checkpoint.note import Note, Signer, Verifier, sign_note
from ledger.errors import BadQuestion, ProofError
from ledger.limits import LIMITS
from ledger.merkle import EMPTY_ROOT
from ledger.values import HASH_BYTES, Hash32

_SIZE_DIGITS: Final = len(str(LIMITS.checkpoint_leaves_max))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: under ``origin``, its first ``size`` entries have this root."""

    origin: str
    size: int
    root: Hash32

    def format(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note that was verified.

        Raises:
            ProofError: ``checkpoint-form``, ``checkpoint-size`` or ``checkpoint-root``.

        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[0] == "" or lines[3] != "":
            raise ProofError("checkpoint-form", "not the three lines origin, size and root")
        checkpoint = cls(lines[0], _parse_size(lines[1]), _parse_root(lines[2]))
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise ProofError("checkpoint-root", "not the root of an empty tree")
        return checkpoint


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that may be believed.

    Attributes:
        checkpoint: what the log says.
        note: all of it as it came, with lines of unknown keys.
        signed_by: the known keys that signed: the log's, and witnesses to be counted by policy.

    """

    checkpoint: Checkpoint
    note: Note
    signed_by: tuple[Verifier, ...]


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> Note:
    """Sign as the log itself; each signer has the origin as its name.

    Raises:
        BadQuestion: a signer has another name.
        ProofError: nobody could open this checkpoint: it has a wrong size, root or origin.

    """
    if any(signer.name != checkpoint.origin for signer in signers):
        raise BadQuestion("signers", "keys with the origin as their name")
    text = checkpoint.format()
    Checkpoint.parse(text)
    return sign_note(text, signers)


def open_checkpoint(
    data: bytes, log_keys: Sequence[Verifier], witnesses: Sequence[Verifier] = ()
) -> OpenedCheckpoint:
    """Read a checkpoint that one of ``log_keys`` signed for the log of its own name.

    Raises:
        ProofError: it is not well formed, a known signature does not hold, no log key signed, or
            the one that did is another log's (``origin``).
        BadQuestion: two of the keys have one name and key id.

    """
    note = Note.parse(data)
    signed_by = note.verify([*log_keys, *witnesses])
    ours = {(key.name, key.key_id) for key in log_keys}
    logs = {key.name for key in signed_by if (key.name, key.key_id) in ours}
    if not logs:
        raise ProofError("no-known-signature", "witnesses signed this, but no log key")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin not in logs:
        raise ProofError("origin", "the key that signed this is another log's")
    return OpenedCheckpoint(checkpoint, note, signed_by)


def _parse_size(line: str) -> int:
    is_number = line.isascii() and line.isdigit() and len(line) <= _SIZE_DIGITS
    if not is_number or str(int(line)) != line or int(line) > LIMITS.checkpoint_leaves_max:
        raise ProofError("checkpoint-size", "not a decimal number of at most 63 bits")
    return int(line)


def _parse_root(line: str) -> Hash32:
    root = from_base64(line)
    if root is None or len(root) != HASH_BYTES:
        raise ProofError("checkpoint-root", f"not base64 of {HASH_BYTES} bytes")
    return Hash32(root)
