"""Stored lines of the log, checked to be what the ledger wrote and to follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from ledger import entry as entries
from ledger.canonical import read_envelope
from ledger.entry import Sort, record_root
from ledger.errors import Damaged, Refused
from ledger.merkle import leaf_hash
from ledger.signing import record_id
from ledger.values import NO_HASH, Hash32, Milliseconds

Line: TypeAlias = tuple[int, bytes, bytes]
"""A line as it is stored: its index, its entry and its envelope."""


class Last(NamedTuple):
    """What lines are to follow: how many are before them, and the last one's hash and time."""

    size: int = 0
    entry_hash: Hash32 = NO_HASH
    recorded_at_ms: Milliseconds = Milliseconds(0)


def last_of(index: int, entry: bytes) -> Last:
    """Return what the line behind an entry follows.

    Raises:
        Damaged: these are not the bytes of an entry.

    """
    time = entries.decode(entry, f"entry {index}").recorded_at_ms
    return Last(index + 1, entries.hash_of(entry), time)


def leaves_of(ledger_id: Hash32, last: Last, lines: Sequence[Line]) -> list[Hash32]:
    """Check order, chain, times and record roots of lines, and return their leaf hashes.

    Args:
        ledger_id: the ledger whose log it is.
        last: what the first of them follows.
        lines: they.

    Raises:
        Damaged: ``gap``, ``altered``, ``reorder`` or ``truncated``, at the first that is not right.

    """
    leaves: list[Hash32] = []
    size, previous, not_before_ms = last
    for index, (stands_at, entry, envelope) in enumerate(lines, size):
        place = f"entry {index}"
        if stands_at != index:
            raise Damaged("gap", place, f"entry {stands_at} stands in its place")
        line = entries.decode(entry, place)
        if line.previous != previous:
            raise Damaged("altered", place, "it does not follow the entry before it")
        if line.recorded_at_ms < not_before_ms:
            raise Damaged("reorder", place, "it is earlier than the entry before it")
        if line.sort is not Sort.RECORD or line.root != _root_of(ledger_id, envelope, place):
            raise Damaged("altered", place, "entry and envelope do not belong together")
        previous, not_before_ms = entries.hash_of(entry), line.recorded_at_ms
        leaves.append(leaf_hash(entry))
    return leaves


def _root_of(ledger_id: Hash32, raw: bytes, place: str) -> Hash32:
    try:
        envelope = read_envelope(raw)
    except Refused as refused:
        raise Damaged("altered", place, str(refused)) from None
    return record_root(record_id(envelope.record, ledger_id), envelope.signatures)
