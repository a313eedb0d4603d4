"""The log from a mirror's position on, as far as it is published: what of it is to be mirrored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.anchor.mirror_batch import Call
from ledger.anchor.mirroring import FUNCTIONS, call_of
from ledger.canonical import read_envelope
from ledger.signing import SignedRecord, record_id
from ledger.values import Hash32

_PAGE: Final = 500


class Records(Protocol):
    """What is mirrored: an open book, as far as it is published."""

    def published(self) -> tuple[int, Hash32]:
        """Return size and root of the last checkpoint."""

    def envelopes(self, start: int, stop: int) -> Iterable[bytes]:
        """Return the envelopes of entries from ``start`` up to but not including ``stop``."""

    def may_mirror(self) -> bool:
        """Tell whether the charter in force allows to mirror hand-overs."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record of a kind that is mirrored."""

    index: int
    record_id: Hash32


class Queue:
    """What waits, in the order of the log.

    Attributes:
        read_to: below which index the log was read.

    Args:
        log: is read.
        ledger_id: whose it is.
        most: how many records are looked at at a time.

    """

    def __init__(self, log: Records, ledger_id: Hash32, most: int) -> None:
        self._log = log
        self._ledger_id = ledger_id
        self._most = most
        self.read_to = 0
        self._waiting: list[Waiting] = []

    def clear(self) -> None:
        """Begin anew."""
        self.read_to, self._waiting = 0, []

    @property
    def ids(self) -> set[Hash32]:
        """Which records wait."""
        return {one.record_id for one in self._waiting}

    def from_position(self, position: int) -> list[Waiting]:
        """Return records from an index of the log on."""
        self.read_to = max(self.read_to, position)
        size, _ = self._log.published()
        while self.read_to < size and len(self._waiting) < self._most:
            stop = min(size, self.read_to + _PAGE)
            for index, raw in enumerate(self._log.envelopes(self.read_to, stop), self.read_to):
                envelope = read_envelope(raw)
                if envelope.kind in FUNCTIONS:
                    at = record_id(envelope.record, self._ledger_id)
                    self._waiting.append(Waiting(index, at))
            self.read_to = stop
        return self._waiting

    def drop(self, position: int) -> None:
        """Forget what stands below an index."""
        self._waiting = [one for one in self._waiting if one.index >= position]

    def call(self, one: Waiting) -> Call:
        """Return a record as the contract is told it."""
        (raw,) = self._log.envelopes(one.index, one.index + 1)
        envelope = read_envelope(raw)
        made = call_of(SignedRecord(envelope, one.record_id, one.record_id, ()))
        assert made is not None  # noqa: S101 - none of another kind waits
        return Call(one.index, one.record_id, made)
