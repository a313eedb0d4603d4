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
    walk_steps_max: int = 100_000
    # A stone's page, which anyone may ask for; and what is looked for on every reading.
    page_walk_steps_max: int = 5_000
    stone_lines_max: int = 60
    mentions_read_max: int = 300
    mentions_per_author_max: int = 3
    stone_answers_kept_max: int = 256
    refusal_value_characters_max: int = 80
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


LIMITS = Limits()
