"""What a record says by now: its own values, and those that Corrections put in their place.

Rules, verdicts and pages use a corrected value from its Correction's entry on. The present values
are kept with the latest Correction, so they cost one look-up; those of an earlier size of the log
are found by following the Corrections back, each of which names the one before it.
"""

from __future__ import annotations

from ledger.canonical.correcting import with_values
from ledger.custody import Corrected, State
from ledger.errors import Damaged
from ledger.records import Correction, Record
from ledger.trace.story import Chains
from ledger.values import Hash32, to_hex


def record_now(state: State, record_id: Hash32) -> Record | None:
    """Return an accepted record with the values that it has by now, or None.

    Args:
        state: what is stored.
        record_id: of the record as it was signed.

    """
    record = state.record(record_id)
    latest = None if record is None else state.read(Corrected, record_id)
    if record is None or latest is None:
        return record
    values = dict(zip(latest.paths, latest.values, strict=True))
    return with_values(record, values, latest.details)


def corrections_of(
    state: State, chains: Chains, record_id: Hash32, limit: int, below: int | None = None
) -> tuple[tuple[int, Hash32, Correction], ...]:
    """Return the last Corrections of a record, the earliest first: index, id and record of each.

    Args:
        state: where the latest is known.
        chains: where the records are; the same, for most.
        record_id: of the record as it was signed.
        limit: at most how many are returned.
        below: if given, those that stand below this index alone.

    Raises:
        Damaged: a Correction that another names is not there.

    """
    latest = state.read(Corrected, record_id)
    found: list[tuple[int, Hash32, Correction]] = []
    at = record_id if latest is None else latest.correction
    while at != record_id and len(found) < limit:
        record, index = chains.record(at), chains.index_of(at)
        if not isinstance(record, Correction) or index is None:
            raise Damaged("gap", f"record {to_hex(at)}", "it is known as a Correction")
        if below is None or index < below:
            found.append((index, at, record))
        at = record.what.state
    return tuple(reversed(found))
