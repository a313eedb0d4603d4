"""The third store: private values of records, outside the log, where they can be erased for ever.

* Values are kept durably *before* the log commits their record, and marked as pending; the next
  keeping, or the next start, settles them: those of a record that the log holds stay, all others
  leave nothing behind. So an acknowledged record's values are there after any crash.
* What is kept is never changed. What was erased stays erased: of it there is left the record's id,
  the field's position and when; whoever hands the same value in again changes nothing.
* Whether a value proves itself, and who may see it, is asked on other floors.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final, Protocol

from ledger.errors import BadQuestion, Unavailable, Unknown
from ledger.limits import LIMITS
from ledger.signing.private import PrivateField
from ledger.values import NO_ADDRESS, Address, Hash32

EVERYONE: Final = NO_ADDRESS
"""Stands among the grants of a field that is open to everyone."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Private fields of one record, to be kept.

    Attributes:
        record_id: the record.
        fields: its fields, each of which proves itself.
        subject: the party that an Admission admits; None for any other record.

    """

    record_id: Hash32
    fields: Sequence[PrivateField]
    subject: Address | None = None

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return sum(field.size_bytes for field in self.fields)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one private field.

    Attributes:
        position: its index in the kind's declaration.
        field: the field; None when it was erased.
        grants: to whom its owner shows it, ascending.
        erased_at_ms: when it was erased, or None.

    """

    position: int
    field: PrivateField | None
    grants: tuple[Address, ...] = ()
    erased_at_ms: int | None = None


class PrivateStore(Protocol):
    """Keeps private values; any thread, at any time.

    All methods raise ``StoreFailed`` and ``Damaged`` for the medium, ``Unavailable`` when closed or
    another process writes. What returns is durable.
    """

    def keep(self, keepings: Sequence[Keeping]) -> None:
        """Keep what is not there yet, all of it or nothing, pending; settle what was confirmed."""

    def confirm(self, record_ids: Collection[Hash32]) -> None:
        """Note that the log holds these records; made durable by the next keeping."""

    def pending(self) -> list[Hash32]:
        """Return the records of which it is not known here whether the log holds them."""

    def settle(self, accepted: Collection[Hash32], others: Collection[Hash32]) -> None:
        """End the pending: values of the accepted stay, of the others nothing does."""

    def of(self, record_id: Hash32) -> list[Kept]:
        """Return what is kept of a record's private fields, by position."""

    def about(self, subject: Address, limit: int) -> list[Hash32]:
        """Return the Admissions of a party of which something is kept, the latest first."""

    def grant(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party; again changes nothing.

        Raises:
            Unknown: no such field is kept.
            BadQuestion: it is shown to as many as can be.

        """

    def withdraw(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party no longer; again changes nothing."""

    def erase(self, record_id: Hash32, position: int, at_ms: int) -> None:
        """Erase a field for ever; again changes nothing.

        Raises:
            Unknown: no such field was ever kept.

        """

    def close(self) -> None:
        """Refuse all further work."""


def no_field() -> Unknown:
    """Make the error that says that no such field is kept."""
    return Unknown("private field", "of this name is kept of this record")


def check_room(grants: int) -> None:
    """Check that one more may be granted.

    Raises:
        BadQuestion: it may not.

    """
    if grants >= LIMITS.grants_max:
        raise BadQuestion("party", f"at most {LIMITS.grants_max} for one field; or everyone")


@dataclass
class _Record:
    subject: Address | None
    kept: dict[int, Kept] = field(default_factory=dict)


class MemoryPrivate:
    """Private values in memory."""

    def __init__(self) -> None:
        self._records: dict[Hash32, _Record] = {}
        self._pending: dict[Hash32, set[int]] = {}
        self._turn = Lock()
        self._is_closed = False

    def keep(self, keepings: Sequence[Keeping]) -> None:
        """Keep what is not there yet, pending."""
        with self._turn:
            self._check_open()
            for keeping in keepings:
                record = self._records.setdefault(keeping.record_id, _Record(keeping.subject))
                for one in keeping.fields:
                    if one.position not in record.kept:
                        record.kept[one.position] = Kept(one.position, one)
                        self._pending.setdefault(keeping.record_id, set()).add(one.position)

    def confirm(self, record_ids: Collection[Hash32]) -> None:
        """Note that the log holds these records."""
        self.settle(record_ids, ())

    def pending(self) -> list[Hash32]:
        """Return the records of which it is not known whether the log holds them."""
        self._check_open()
        return sorted(self._pending)

    def settle(self, accepted: Collection[Hash32], others: Collection[Hash32]) -> None:
        """End the pending."""
        with self._turn:
            self._check_open()
            for record_id in accepted:
                self._pending.pop(record_id, None)
            for record_id in others:
                for position in self._pending.pop(record_id, ()):
                    del self._records[record_id].kept[position]

    def of(self, record_id: Hash32) -> list[Kept]:
        """Return what is kept of a record's private fields."""
        with self._turn:
            self._check_open()
            record = self._records.get(record_id)
            return [record.kept[at] for at in sorted(record.kept)] if record else []

    def about(self, subject: Address, limit: int) -> list[Hash32]:
        """Return the Admissions of a party of which something is kept, the latest first."""
        with self._turn:
            self._check_open()
            found = [
                record_id
                for record_id, record in self._records.items()
                if record.subject == subject and any(one.field for one in record.kept.values())
            ]
            return found[::-1][:limit]

    def grant(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party."""
        with self._turn:
            kept = self._live(record_id, position)
            if party not in kept.grants:
                check_room(len(kept.grants))
                self._put(record_id, replace(kept, grants=tuple(sorted({*kept.grants, party}))))

    def withdraw(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party no longer."""
        with self._turn:
            kept = self._live(record_id, position)
            others = tuple(one for one in kept.grants if one != party)
            self._put(record_id, replace(kept, grants=others))

    def erase(self, record_id: Hash32, position: int, at_ms: int) -> None:
        """Erase a field for ever."""
        with self._turn:
            if self._find(record_id, position).field is not None:
                self._put(record_id, Kept(position, None, (), at_ms))

    def close(self) -> None:
        """Refuse all further work."""
        self._is_closed = True

    def _find(self, record_id: Hash32, position: int) -> Kept:
        self._check_open()
        record = self._records.get(record_id)
        if record is None or position not in record.kept:
            raise no_field()
        return record.kept[position]

    def _live(self, record_id: Hash32, position: int) -> Kept:
        kept = self._find(record_id, position)
        if kept.field is None:
            raise no_field()
        return kept

    def _put(self, record_id: Hash32, kept: Kept) -> None:
        self._records[record_id].kept[kept.position] = kept

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the store of private values is closed")
