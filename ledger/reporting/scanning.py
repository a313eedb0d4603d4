"""Reading the records of a few kinds from the log, as a stream.

Envelopes begin with their kind (RFC 8785 sorts names), so those of other kinds are passed over
unread. Times in the log never decrease: what cannot have been recorded before a moment is looked
for from there on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ledger import entry as entries
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.signing import record_id
from ledger.store.protocol import View
from ledger.store.stored import read_record
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Told:
    """A record of the log, and where it stands."""

    index: int
    record_id: Hash32
    record: Record


def told(
    view: View, ledger_id: Hash32, kinds: Collection[str], start: int, stop: int
) -> Iterator[Told]:
    """Yield the records of some kinds from an index on, ascending.

    Raises:
        Damaged: what is stored is not what was written.

    """
    heads = tuple(f'{{"kind":"{kind}",'.encode() for kind in kinds)
    for row in view.rows(start, stop):
        if row.envelope.startswith(heads):
            record = read_record(row.index, row.envelope)
            yield Told(row.index, record_id(record, ledger_id), record)


def first_since(view: View, seconds: int, stop: int) -> int:
    """Return the first index at which something that occurred since a moment can stand.

    A record's own time is at most some minutes ahead of the ledger's.
    """
    least_ms = 1000 * (seconds - LIMITS.ahead_seconds_max)
    low, high = 0, stop
    while low < high:
        middle = (low + high) // 2
        row = view.row(middle)
        if row is not None and entries.decode(row.entry).recorded_at_ms < least_ms:
            low = middle + 1
        else:
            high = middle
    return low
