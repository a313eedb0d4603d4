"""The goods of every record by a party or an agent, for a recall: found by reading the log.

Goods that it made are recalled from their making, others from its first record about them: what it
moved, graded, certified or reported. Goods that it used up are not, but for what came of it.

A turn looks through so many lines, and waits between two of them, or between two of the parcels
that one record names, when its steps are used up: a page comes soon, wherever the records are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final, cast

from ledger.answers.reading import Reading
from ledger.canonical import read_envelope
from ledger.custody import NEVER, Agent, CertificateState, Operation, Parcel
from ledger.records import Clearance, Correction, Record
from ledger.rules import outputs_of, touches
from ledger.signing import read_signed, record_id
from ledger.store.protocol import View
from ledger.trace.recall import Ledger, Turn
from ledger.trace.story import own_steps
from ledger.trace.walk import Budget
from ledger.values import NO_HASH, Address, Hash32, ParcelId, to_hex

_LINES_AT_ONCE: Final = 256
_LINES_A_STEP: Final = 2
_RECORD_STEPS: Final = 8
"""What it takes to read a record in a line, by the steps of a walk."""

_EARLIER_MAX: Final = 100
"""How many records about a parcel are looked at for an earlier one by the same party."""


class Signer:
    """Tells which records are by a party, or signed by one of its agents.

    Args:
        reading: whose question it is.
        address: the party's, or the agent's.
        since: the first entry that counts.

    """

    def __init__(self, reading: Reading, address: Address, since: int) -> None:
        agent = reading.view.read(Agent, address)
        self._agent = address if agent else None
        self._author = agent.organisation if agent else address
        self._ledger_id = reading.charter.ledger_id
        # An author stands in the bytes of its record, so that most lines need not be read.
        self._written = to_hex(self._author).encode()
        self.since = since

    def goods_of(self, view: View, envelope: bytes) -> tuple[bool, tuple[ParcelId, ...]]:
        """Return whether a line's record by it makes goods, and these or those that it is about."""
        record = self._record_by(envelope)
        if record is None:
            return False, ()
        made = outputs_of(record, record_id(record, self._ledger_id))
        return bool(made), made or tuple(dict.fromkeys(_spoken_of(view, record)))

    def may_be_by(self, envelope: bytes) -> bool:
        """Tell whether a line need be read."""
        return self._written in envelope

    def has_spoken(self, view: View, parcel: Parcel, before: int) -> tuple[bool, int]:
        """Tell whether a record by it that counts, below an index, is about goods that it is given.

        Returns:
            Whether one is, and how many steps it took.

        """
        spoken = view.last_mentions(parcel.id, before, _EARLIER_MAX)
        own = own_steps(view, parcel.id, parcel.head, _EARLIER_MAX)
        chain = (step.index for step in own if step.index < before)
        found = any(self._is_by(view, at) for at in (*spoken, *chain) if at >= self.since)
        return found, 2 * (len(spoken) + len(own))

    def _is_by(self, view: View, index: int) -> bool:
        row = view.row(index)
        return row is not None and self._record_by(row.envelope) is not None

    def _record_by(self, envelope: bytes) -> Record | None:
        if not self.may_be_by(envelope):
            return None
        record = read_envelope(envelope).record
        if record.author != self._author:
            return None
        if self._agent and self._agent not in read_signed(envelope, self._ledger_id).signers:
            return None
        return record

    def begins_with(self, view: View, operation: Operation, made: ParcelId, budget: Budget) -> bool:
        """Tell, from below, whether a recall begins with what an operation made.

        It does if a record by it made the goods, or is about them and did not use them up.
        """
        known = view.read(Parcel, made)
        if known is None:
            return False
        if operation.index >= self.since and operation.author == self._author:
            budget.spend(_RECORD_STEPS)
            if self._is_by(view, operation.index):
                return True
        used = view.head().size if known.spent_by == NEVER else known.spent_by
        found, steps = self.has_spoken(view, known, used)
        budget.spend(steps)
        return found


class SignedBy:
    """The starts of such a recall, by index."""

    def __init__(self, reading: Reading, address: Address, since: int) -> None:
        self._signer = Signer(reading, address, since)
        self._at = since
        self._found: deque[tuple[int, tuple[ParcelId, ...]]] = deque()
        self._asked: tuple[int, deque[ParcelId]] | None = None
        self._begun: list[ParcelId] = []

    @property
    def scanned(self) -> int:
        """Below which index no start is left."""
        if self._found:
            return self._found[0][0]
        return self._asked[0] if self._asked else self._at

    def until(self, ledger: Ledger, index: int, turn: Turn) -> int | None:
        """Return the index of the party's next record about goods if it is at most ``index``."""
        view = cast("View", ledger)  # every ledger that answers read is one
        while not self._found and (self._asked or self._at <= index):
            if self._asked:
                turn.spend(1)
                self._ask_on(view, turn)
            else:
                turn.spend(_LINES_AT_ONCE // _LINES_A_STEP)
                self._look_on(view, min(index + 1, self._at + _LINES_AT_ONCE), turn)
        return self._found[0][0] if self._found and self._found[0][0] <= index else None

    def take(self) -> tuple[ParcelId, ...]:
        """Return the goods of the next record."""
        return self._found.popleft()[1]

    def _look_on(self, view: View, stop: int, turn: Turn) -> None:
        """Look through lines; stop behind one of the party's that used the steps up."""
        for row in view.rows(self._at, stop):
            if not self._signer.may_be_by(row.envelope):
                continue
            turn.owe(_RECORD_STEPS)
            self._at = row.index + 1
            has_made, goods = self._signer.goods_of(view, row.envelope)
            if has_made:
                self._found.append((row.index, goods))
            elif goods:
                self._asked = row.index, deque(goods)
                self._ask_on(view, turn)
            if turn.is_over:
                return
        self._at = stop

    def _ask_on(self, view: View, turn: Turn) -> None:
        """Look whether goods were recalled before; stop behind those that used the steps up."""
        assert self._asked is not None  # noqa: S101 - by those who call it
        index, left = self._asked
        while left:
            known = view.read(Parcel, left[0])
            if known is not None:
                was_earlier, steps = self._signer.has_spoken(view, known, index)
                turn.owe(steps)
                if not was_earlier:
                    self._begun.append(known.id)
            left.popleft()
            if turn.is_over and left:
                return
        if self._begun:
            self._found.append((index, tuple(self._begun)))
        self._asked, self._begun = None, []


def _spoken_of(view: View, record: Record) -> Iterator[ParcelId]:
    """Yield the goods that a record which makes none advances or speaks of."""
    what = record.what
    if isinstance(record, Correction):
        corrected = view.record(what.record)
        if corrected is not None and not isinstance(corrected, Correction):
            made = outputs_of(corrected, what.record)
            yield from made or _spoken_of(view, corrected)
        return
    if isinstance(record, Clearance):
        certificate = view.read(CertificateState, what.certificate)
        yield from certificate.parcels if certificate else ()
        return
    yield from touches(record, NO_HASH)
    spoken = (getattr(what, "parcel", NO_HASH), *getattr(what, "parcels", ()))
    yield from (ParcelId(Hash32(parcel)) for parcel in spoken if parcel != NO_HASH)
