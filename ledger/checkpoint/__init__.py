"""Checkpoints: what the log says of itself, signed, in a form that other tools read.

A checkpoint is a C2SP signed note (https://c2sp.org/signed-note@v1.0.0) whose text is the log's
origin, its size and its root (https://c2sp.org/tlog-checkpoint@v1.0.0). Three modules, each on the
one before: :mod:`.keys` holds the Ed25519 keys, :mod:`.note` the signed text, :mod:`.statement`
the checkpoint itself.

The rules of the room:

* What is parsed is written again and compared, so one note has one form.
* No text is believed before :meth:`Note.verify` or :func:`open_checkpoint` has returned.
* There is no randomness and no file here: whoever makes a key hands in its seed.
* It signs what it is given. That no two inconsistent checkpoints are ever signed is the duty of
  who calls :func:`sign_checkpoint`.
"""

from ledger.checkpoint.keys import SignerKey, VerifierKey
from ledger.checkpoint.note import Note, Signature, Signer, Verifier, sign_note
from ledger.checkpoint.statement import (
    Checkpoint,
    OpenedCheckpoint,
    open_checkpoint,
    sign_checkpoint,
)

__all__ = [
    "Checkpoint",
    "Note",
    "OpenedCheckpoint",
    "Signature",
    "Signer",
    "SignerKey",
    "Verifier",
    "VerifierKey",
    "open_checkpoint",
    "sign_checkpoint",
    "sign_note",
]
