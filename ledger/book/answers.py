"""What the book says to whoever brought a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ledger.errors import Refusal
from ledger.records.compiled import maker
from ledger.values import Milliseconds, ParcelId, RecordId

Reached = Literal["sequenced", "checkpointed"]
"""Its index is durable and never moves; or a signed checkpoint covers it besides. A book waits for
no more than that."""

Status = Literal["sequenced", "checkpointed", "anchored"]
"""Or such a checkpoint is on a chain, and final there (:mod:`ledger.anchor.waiting`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A record is in the ledger.

    Attributes:
        status: how much of that is certain.
        index: its position in the log.
        record_id: its id.
        recorded_at_ms: the ledger's own time for it.
        parcels: the parcels that it made or advanced, outputs last.
        again: whether it had been accepted before; all else is then the first answer.

    """

    status: Status
    index: int
    record_id: RecordId
    recorded_at_ms: Milliseconds
    parcels: tuple[ParcelId, ...]
    again: bool = False

    def checkpointed(self) -> Answer:
        """Return the same answer about a record that a checkpoint covers."""
        place, time = self.index, self.recorded_at_ms
        return make_answer("checkpointed", place, self.record_id, time, self.parcels, self.again)


make_answer: Final = maker(Answer)


@dataclass(frozen=True, slots=True)
class NotDone:
    """A record of an atomic batch that was not done because another one was refused.

    Attributes:
        refused_line: the number of the refused line, from 1.

    """

    refused_line: int


Line: TypeAlias = Answer | Refusal | NotDone
"""What became of one record of a batch."""


def size_needed(lines: Iterable[Line | None]) -> int:
    """Return the size of the checkpoint that covers what was accepted; 0 where nothing was."""
    return max((line.index + 1 for line in lines if isinstance(line, Answer)), default=0)


def as_anchored(lines: Iterable[Line], anchored_size: int) -> tuple[Line, ...]:
    """Return the same lines, where those below a size that is anchored say so."""
    return tuple(
        replace(line, status="anchored")
        if isinstance(line, Answer) and line.index < anchored_size
        else line
        for line in lines
    )
