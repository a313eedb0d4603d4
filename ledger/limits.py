"""Every limit of the ledger, in one place, with its unit last in the name.

The limits on records are part of the written formats (``docs/spec/envelope.md``); those on
requests and walks keep one caller from using up the machine for the others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything the ledger takes or gives at once."""

    # Records: fixed by the format.
    envelope_bytes_max: int = 128 * 1024
    envelope_depth_max: int = 8
    list_elements_max: int = 512
    text_bytes_max: int = 48
    detail_text_bytes_max: int = 1_000
    integer_max: int = 2**53 - 1
    # Time: fixed by the rules.
    ahead_seconds_max: int = 5 * 60
    clock_behind_ms_max: int = 5_000
    clock_ahead_ms_max: int = 24 * 3600 * 1000
    late_seconds: int = 30 * 24 * 3600
    # Requests.
    batch_records_max: int = 10_000
    batch_bytes_max: int = 64 * 1024 * 1024
    group_records_max: int = 2_000
    group_bytes_max: int = 16 * 1024 * 1024
    group_parcels_max: int = 4_096  # into and out of Transformations; a second or a few
    queue_records_max: int = 50_000
    queue_bytes_max: int = 128 * 1024 * 1024
    page_rows_max: int = 1_000
    page_rows: int = 100
    walk_steps_max: int = 100_000  # look-ups
    story_walk_steps_max: int = 10_000  # look-ups, half of them records that are parsed: a second
    # A stone's page, which anyone may ask for; and what is looked for on every reading.
    page_walk_steps_max: int = 5_000
    stone_lines_max: int = 60
    mentions_read_max: int = 300
    mentions_per_author_max: int = 3
    stone_answers_kept_max: int = 256
    refusal_value_characters_max: int = 80
    # What a client takes of a server that it asks.
    answer_bytes_max: int = 128 * 1024 * 1024
    answer_depth_max: int = 32
    answer_pages_max: int = 10_000
    # Proofs and notes.
    chain_records_max: int = 1_000
    note_signatures_max: int = 100
    note_bytes_max: int = 1024 * 1024
    tree_leaves_max: int = 2**63
    checkpoint_leaves_max: int = 2**63 - 1
    origin_sites_max: int = 64
    # Reading everything again.
    reread_rows: int = 500
    audit_faults_max: int = 1_000


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How much the HTTP door takes, holds and waits for at once.

    ``adamant serve`` keeps these. Whoever makes the application in a program of their own may hand
    it others; none of them bears on what is accepted.

    Attributes:
        body_seconds_max: how long a request's body may take to arrive.
        client_seconds_max: how long a connection may wait for the head of a request; and, up to
            twice that, for its client to take an answer.
        questions_at_once_max: how many questions are answered at a time. The framework has 40
            threads for all it does; the others are for writing, and for telling who is ready.
        batches_at_once_max: how many batches are worked on at a time.
        arriving_bytes_max: how many bytes of batches may be held that nobody works on yet. When
            they are, the batch on its way that holds the most gives way to smaller ones.
        batch_step_records: how many lines of a batch are handed to the book at a time.
        retry_after_seconds: what a caller is told to wait when the ledger is busy.

    """

    body_seconds_max: float = 60.0
    client_seconds_max: float = 30.0
    questions_at_once_max: int = 16
    batches_at_once_max: int = 4
    arriving_bytes_max: int = 256 * 1024 * 1024
    batch_step_records: int = 500
    retry_after_seconds: int = 5


LIMITS = Limits()
