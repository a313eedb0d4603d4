"""Evidence that a log broke its word: two signed checkpoints and why they do not fit together.

The file is described in ``docs/spec/evidence.md``. It stands by itself: :func:`verify_evidence`
needs nothing but the file, and whoever does not take the keys in it for the log's hands in others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ledger.answers.wire import to_wire
from ledger.checkpoint import Checkpoint, Note, VerifierKey, open_checkpoint
from ledger.client.decoding import from_wire
from ledger.desk.forms import read_json
from ledger.errors import BadQuestion, ProofError
from ledger.limits import LIMITS
from ledger.merkle import verify_consistency
from ledger.values import Hash32

FORMAT: Final = "adamant-evidence-1"
EVIDENCE_BYTES_MAX: Final = 4 * LIMITS.note_bytes_max

Fault: TypeAlias = Literal["forked", "rolled-back"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a client saw of a log, and believed no more.

    Attributes:
        fault: the log does not continue what it was, or is shorter than it was.
        ledger_id: of the ledger whose log it is.
        log_keys: the verifier keys that the notes were checked with.
        remembered: the signed note that was believed.
        served: the one that came.
        proof: what was given to show that the larger continues the smaller; null if the sizes and
            roots alone tell, and nothing was asked for.
        seen_at_ms: when, by the clock of whoever saw it.

    """

    fault: Fault
    ledger_id: Hash32
    log_keys: tuple[str, ...]
    remembered: str
    served: str
    proof: tuple[Hash32, ...] | None
    seen_at_ms: int
    format: Literal["adamant-evidence-1"] = FORMAT


@dataclass(frozen=True, slots=True)
class Verified:
    """Evidence that shows what it is said to show.

    Attributes:
        evidence: what was read.
        remembered, served: the two checkpoints, both signed by the log.
        is_conclusive: whether these two alone prove that the log signed two histories. Otherwise
            the log can still clear itself, by a proof that the larger continues the smaller.

    """

    evidence: Evidence
    remembered: Checkpoint
    served: Checkpoint
    is_conclusive: bool


def write_evidence(evidence: Evidence) -> str:
    """Write the file."""
    return json.dumps(to_wire(evidence), indent=2, ensure_ascii=False) + "\n"


def read_evidence(text: str) -> Evidence:
    """Read the file, without believing it.

    Raises:
        BadQuestion: it is none.

    """
    try:
        raw = text.encode()
        plain = read_json(raw) if len(raw) <= EVIDENCE_BYTES_MAX else None
        return from_wire(plain, Evidence)
    except ValueError:
        expected = f"a file of the form {FORMAT}, of at most {EVIDENCE_BYTES_MAX} bytes"
        raise BadQuestion("evidence", expected) from None


def verify_evidence(text: str, log_keys: Sequence[str] = ()) -> Verified:
    """Check that a file shows what it is said to show.

    Args:
        text: the file.
        log_keys: the log's verifier keys, from its charter; those in the file if none are given.

    Raises:
        BadQuestion: it is no evidence file, or a key is none.
        ProofError: a note is not signed by the log, or the two notes fit together.

    """
    evidence = read_evidence(text)
    keys = [VerifierKey.parse(key) for key in log_keys or evidence.log_keys]
    remembered, served = (
        open_checkpoint(note.encode(), keys).checkpoint
        for note in (evidence.remembered, evidence.served)
    )
    if remembered.origin != served.origin:
        raise ProofError("origin", "the notes are of two logs")
    if evidence.fault == "rolled-back":
        if served.size >= remembered.size:
            raise ProofError("sizes", "the checkpoint that came is not the smaller one")
        return Verified(evidence, remembered, served, is_conclusive=False)
    if not _is_contradicted(remembered, served, evidence.proof):
        raise ProofError("new-root", "the two checkpoints fit together")
    is_conclusive = remembered.size == served.size
    return Verified(evidence, remembered, served, is_conclusive)


def _is_contradicted(
    remembered: Checkpoint, served: Checkpoint, proof: Sequence[Hash32] | None
) -> bool:
    if remembered.size == served.size:
        return remembered.root != served.root
    return proof is not None and not continues(remembered, served, proof)


def checkpoint_in(note: str) -> Checkpoint:
    """Return the checkpoint of a note that was verified before it was kept.

    Raises:
        ProofError: it is none.

    """
    return Checkpoint.parse(Note.parse(note.encode()).text)


def continues(one: Checkpoint, other: Checkpoint, proof: Sequence[Hash32]) -> bool:
    """Tell whether a proof shows that the larger of two checkpoints continues the smaller."""
    old, new = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    try:
        verify_consistency(old.size, new.size, proof, old.root, new.root)
    except ProofError:
        return False
    return True
