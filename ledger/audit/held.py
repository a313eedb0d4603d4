"""Checkpoints that somebody else holds, laid on the tree: what the ledger's own files cannot show.

Whoever can write the files of a ledger can take the end of the log away together with the claims
over it, and nothing in them tells. A note that left the house before does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.audit.report import FaultList, Figures
from ledger.checkpoint import Checkpoint, Note, VerifierKey, open_checkpoint
from ledger.errors import BadQuestion, ProofError
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Mark:
    """The tree at a checkpoint's size: its root, and the log keys that the charter then names."""

    size: int
    root: Hash32
    keys: Sequence[VerifierKey]
    keys_are_certain: bool


class HeldCheck:
    """Walks the notes that others hold beside the log, in ascending order of size.

    Args:
        notes: the signed notes, in any order.
        faults: where faults are noted.
        figures: where is counted.

    Raises:
        BadQuestion: one of them is no note of a checkpoint.

    """

    def __init__(self, notes: Sequence[bytes], faults: FaultList, figures: Figures) -> None:
        self._faults = faults
        self._figures = figures
        waiting = [(_size_of(note), note) for note in notes]
        self._waiting = sorted(waiting, reverse=True)  # descending: the next one is popped

    @property
    def next_size(self) -> int | None:
        """The size of the next note that is to be compared; None behind the last."""
        return self._waiting[-1][0] if self._waiting else None

    def compare(self, mark: Mark, *, log_is_clean: bool) -> None:
        """Check the notes up to the size of a mark."""
        while (following := self.next_size) is not None and following <= mark.size:
            size, note = self._waiting.pop()
            if not self._is_signed(size, note, mark) or not log_is_clean:
                continue
            said = open_checkpoint(note, mark.keys).checkpoint
            if size not in (0, mark.size) or (size and said.root != mark.root):
                self._faults.add("forked", _place(size), "the log has another root at this size")
            else:
                self._figures.held_checkpoints += 1

    def finish(self, end: Mark, *, log_is_clean: bool) -> None:
        """Name the notes of more entries than the log has."""
        for size, note in reversed(self._waiting):
            if log_is_clean and self._is_signed(size, note, end):
                self._faults.add("truncated", _place(size), f"the log ends at entry {end.size}")

    def _is_signed(self, size: int, note: bytes, mark: Mark) -> bool:
        """Tell whether the log signed a note, and name one that nobody can believe."""
        try:
            open_checkpoint(note, mark.keys)
        except ProofError as error:
            if error.reason != "no-known-signature" or mark.keys_are_certain:
                self._faults.add("altered", _place(size), f"the note does not verify: {error}")
            return False
        return True


def _place(size: int) -> str:
    return f"checkpoint {size} held elsewhere"


def _size_of(note: bytes) -> int:
    """Read the size that a note speaks of, before anybody knows the keys of that size."""
    try:
        return Checkpoint.parse(Note.parse(note).text).size
    except ProofError as error:
        raise BadQuestion("checkpoint held elsewhere", f"a signed checkpoint ({error})") from None
