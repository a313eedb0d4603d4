"""What an operator may choose about the door; what callers may ask stands in ``ledger.limits``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How the door is run.

    Attributes:
        body_seconds_max: how long a request's body may take to arrive.
        client_seconds_max: how long a connection may wait for the head of a request; and, up to
            twice that, for its client to take an answer.
        batches_at_once_max: how many batches are worked on at a time.
        arriving_bytes_max: how many bytes of batches may be held that nobody works on yet.
        batch_step_records: how many lines of a batch are handed to the book at a time.
        retry_after_seconds: what a caller is told to wait when the ledger is busy.

    """

    body_seconds_max: float = 60.0
    client_seconds_max: float = 30.0
    batches_at_once_max: int = 4
    arriving_bytes_max: int = 256 * 1024 * 1024
    batch_step_records: int = 500
    retry_after_seconds: int = 5
