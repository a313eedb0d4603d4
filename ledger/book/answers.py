"""What the book says to whoever brought a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ledger.errors import Refusal
from ledger.records.compiled import maker
from ledger.values import Milliseconds, ParcelId, RecordId

Reached = Literal["sequenced", "checkpointed"]
"""Its index is durable and never moves; or a signed checkpoint covers it besides."""


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

    status: Reached
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
