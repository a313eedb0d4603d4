"""Reading the records of a few kinds from the log, as a stream.

Envelopes begin with their kind (RFC 8785 sorts names), so those of other kinds are passed over
unread; so are those whose bytes show that they are another participant's or of another time. Times
in the log never decrease: what cannot have been recorded before a moment is looked for from there
on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger import entry as entries
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.reporting.participants import participant_of
from ledger.signing import record_id
from ledger.store.protocol import View
from ledger.store.stored import read_record
from ledger.values import Hash32

# A quote in a text is written with a backslash: what reads like a field here is the field.
_AUTHOR_COUNTRY: Final = re.compile(rb'"authorCountry":"([A-Z]{2})"')
_OCCURRED_AT: Final = re.compile(rb'"occurredAt":([0-9]+)')
Times = tuple[int, int | None]
"""From which second on, and before which, if any, something occurred."""


@dataclass(frozen=True, slots=True)
class Told:
    """A record of the log, and where it stands."""

    index: int
    record_id: Hash32
    record: Record


def told(
    view: View,
    ledger_id: Hash32,
    kinds: Mapping[str, Times],
    start: int,
    stop: int,
    author_of: str = "",
) -> Iterator[Told]:
    """Yield the records of some kinds from an index on, ascending.

    Args:
        view: the ledger.
        ledger_id: its id.
        kinds: by name, those of what times; a record's own time is never corrected.
        start: the first index.
        stop: the first index after the last.
        author_of: only those whose authors speak for a country of this participant, if one is
            given.

    Raises:
        Damaged: what is stored is not what was written.

    """
    times = {f'{{"kind":"{kind}",'.encode(): of for kind, of in kinds.items()}
    heads = tuple(times)
    for row in view.rows(start, stop):
        envelope = row.envelope
        if not envelope.startswith(heads) or not _is_by(envelope, author_of):
            continue
        head = envelope[: envelope.index(b",") + 1]
        if _is_of(envelope, times[head]):
            record = read_record(row.index, row.envelope)
            yield Told(row.index, record_id(record, ledger_id), record)


def _is_by(envelope: bytes, participant: str) -> bool:
    if not participant:
        return True
    found = _AUTHOR_COUNTRY.search(envelope)
    return found is not None and participant_of(found[1].decode()) == participant


def _is_of(envelope: bytes, times: Times) -> bool:
    since, until = times
    found = _OCCURRED_AT.search(envelope)
    at = int(found[1]) if found is not None else since
    return since <= at and (until is None or at < until)


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
