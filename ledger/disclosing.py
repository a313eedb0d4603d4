"""Private fields: to whom their owner shows them, and that it can erase them.

The rules of the room:

* A field belongs to the author of its record, and those of an Admission also to the party that it
  admits. The owner shows a field to a party or to everyone, and erases it for ever.
* Only the owner's own key does so, not an agent's; so does whoever holds the ledger's folder, who
  can read the file and must be able to erase what it is told to.
* Whoever may see none is answered as if there were none. A stranger is asked to sign in, whatever
  it asks about.
* Nothing is written into the log: what is shown to whom is no statement about goods.
* Names are an addition to answers that rest on the log. Where the store of private fields fails, an
  answer has none of them, and the log of the server says why; but whoever looks a party up by its
  name is told of every namesake, or that it failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from ledger.access import OPERATOR, Reader
from ledger.custody import Party
from ledger.errors import AdamantError, Damaged, SignInNeeded, StoreFailed, Unavailable, Unknown
from ledger.limits import LIMITS
from ledger.records import Admission, Correction, Record
from ledger.signing.private import private_to_plain
from ledger.store.private import EVERYONE, Kept, PrivateStore
from ledger.store.protocol import View
from ledger.values import ADDRESS_BYTES, Address, Hash32, from_hex, to_hex

EVERYONE_WORD: Final = "everyone"
_NAME: Final = "name"

_log = logging.getLogger(__name__)


_Kept = TypeVar("_Kept", Hash32, Kept)


class _NotRead(Exception):
    """The store of private fields failed while names were looked up."""

    def __init__(self, error: AdamantError) -> None:
        super().__init__(str(error))
        self.error = error


class Log(Protocol):
    """What is asked of an open ledger: a book, or a copy."""

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A record of the log, what is kept of its private fields, and all their names."""

    record: Record
    kept: tuple[Kept, ...]
    names: tuple[str, ...]

    def name_at(self, kept: Kept) -> str:
        """Return the name of a field, of which little is left where it was erased."""
        if kept.field is not None:
            return kept.field.name
        return self.names[kept.position] if kept.position < len(self.names) else ""

    def is_owner(self, reader: Reader) -> bool:
        """Tell whether a reader disposes of the fields."""
        return reader == OPERATOR or (not reader.is_agent and self.is_of(reader))

    def is_of(self, reader: Reader) -> bool:
        """Tell whether the fields are those of a reader's party."""
        return reader.sort == "party" and reader.party in owners_of(self.record)

    def may_see(self, reader: Reader, kept: Kept) -> bool:
        """Tell whether a reader is shown a field, or that it was erased."""
        if reader == OPERATOR or self.is_of(reader):
            return True
        is_granted = reader.sort == "party" and reader.party in kept.grants
        return is_granted or EVERYONE in kept.grants


def owners_of(record: Record) -> tuple[Address, ...]:
    """Return whose the private fields of a record are."""
    if isinstance(record, Admission) and record.what.role != "agent":
        return record.author, record.who.party
    return (record.author,)


def read_grantee(text: object) -> Address | None:
    """Read to whom a field is shown: an address, or everyone; None when it is neither."""
    if text == EVERYONE_WORD:
        return EVERYONE
    value = from_hex(text, ADDRESS_BYTES) if isinstance(text, str) else None
    return Address(value) if value is not None and any(value) else None


class Disclosing:
    """Private fields of one ledger; any thread, at any time.

    Args:
        log: the ledger.
        store: keeps them; None where none are kept.
        clock: gives milliseconds since 1970-01-01 UTC.

    """

    def __init__(self, log: Log, store: PrivateStore | None, clock: Callable[[], int]) -> None:
        self._log = log
        self._store = store
        self._clock = clock

    def shown(self, reader: Reader, record_id: Hash32) -> dict[str, Any]:
        """Show what a reader may see of a record's private fields, as plain JSON values.

        Raises:
            Unknown: nothing, or there is none.
            SignInNeeded: a stranger asks for what is not open to everyone.

        """
        found = self._find(record_id)
        seen = [kept for kept in found.kept if found.may_see(reader, kept)] if found else []
        if found is None or not seen:
            raise _none(reader)
        shows_grants = found.is_owner(reader)
        return {
            "recordId": to_hex(record_id),
            "kind": found.record.KIND.name,
            "details": to_hex(found.record.details),
            "fields": [_plain(found.name_at(one), one, grants=shows_grants) for one in seen],
        }

    def values_of(self, reader: Reader, record_id: Hash32) -> dict[str, str | int]:
        """Return the values that a reader may see now of a record's private fields, by name.

        Like names, they are an addition to answers that rest on the log.
        """
        try:
            found = self._find(record_id)
        except (Damaged, StoreFailed, Unavailable) as error:
            _log.error("answered without private fields: %s", error)
            return {}
        seen = [kept for kept in found.kept if found.may_see(reader, kept)] if found else []
        return {kept.field.name: kept.field.value for kept in seen if kept.field is not None}

    def grant(self, reader: Reader, record_id: Hash32, name: str, to: Address) -> None:
        """Show a field to a party, or to everyone.

        Raises:
            Unknown: there is no such field of this reader's, or no such party.
            SignInNeeded: a stranger asks.
            BadQuestion: it is shown to as many as can be.

        """
        store, position = self._own(reader, record_id, name)
        with self._log.view() as view:
            if to != EVERYONE and view.read(Party, to) is None:
                raise Unknown("party", to_hex(to))
        store.grant(record_id, position, to)

    def withdraw(self, reader: Reader, record_id: Hash32, name: str, to: Address) -> None:
        """Show a field no longer; whoever has seen it has seen it. Raises as :meth:`grant`."""
        store, position = self._own(reader, record_id, name)
        store.withdraw(record_id, position, to)

    def erase(self, reader: Reader, record_id: Hash32, name: str) -> None:
        """Erase a field for ever; again changes nothing. Raises as :meth:`grant`."""
        store, position = self._own(reader, record_id, name)
        store.erase(record_id, position, self._clock())

    def names_in(
        self, view: View, reader: Reader, addresses: Iterable[Address], *, must: bool = False
    ) -> dict[Address, str]:
        """Return the names of parties that a reader may see now, each from its latest Admission.

        Args:
            view: where the addresses were read.
            reader: who is to be shown the names.
            addresses: of the parties; after :data:`LIMITS.names_shown_max` of them no more.
            must: whether what the store of private fields raises is raised; else it is logged, and
                there are no names.

        """
        asked = islice(dict.fromkeys(addresses), LIMITS.names_shown_max)
        try:
            found = [(address, self._name_of(view, reader, address)) for address in asked]
        except _NotRead as failed:
            if must:
                raise failed.error from None
            _log.error("answered without names of parties: %s", failed)
            return {}
        return {address: name for address, name in found if name}

    def value_in(
        self, view: View, reader: Reader, record_id: Hash32, name: str
    ) -> str | int | None:
        """Return the value of a private field as far as a reader is shown it; None if it is not.

        Raises:
            StoreFailed, Damaged, Unavailable: the store of private fields fails: what is summed
                from such values must not be less without a word.

        """
        found = self._find_in(view, record_id)
        for kept in found.kept if found else ():
            if kept.field and kept.field.name == name and found and found.may_see(reader, kept):
                return kept.field.value
        return None

    def _name_of(self, view: View, reader: Reader, address: Address) -> str:
        if self._store is None:
            return ""
        for record_id in _read(self._store.about, address, LIMITS.names_admissions_max):
            # What the log raises is raised: the answer itself rests on it.
            found = self._found(view, record_id, _read(self._store.of, record_id))
            if found is None or address not in owners_of(found.record):
                continue  # an agent's contact is not a party's name
            for kept in found.kept:
                field = kept.field
                if field and field.name == _NAME and found.may_see(reader, kept):
                    return str(field.value)
        return ""

    def _find(self, record_id: Hash32) -> _Found | None:
        with self._log.view() as view:
            return self._find_in(view, record_id)

    def _find_in(self, view: View, record_id: Hash32) -> _Found | None:
        """Return a record that the log holds, with what is kept of it; None if nothing is."""
        kept = [] if self._store is None else self._store.of(record_id)
        return self._found(view, record_id, kept)

    def _found(self, view: View, record_id: Hash32, kept: Sequence[Kept]) -> _Found | None:
        record = view.record(record_id) if kept else None
        if record is None:  # what is kept of a record that is not accepted yet is nobody's
            return None
        names = record.KIND.details
        if isinstance(record, Correction):
            original = view.record(record.what.record)
            names = original.KIND.details if original else ()
        return _Found(record, tuple(kept), names)

    def _own(self, reader: Reader, record_id: Hash32, name: str) -> tuple[PrivateStore, int]:
        found = self._find(record_id)
        if self._store is None or found is None or not found.is_owner(reader):
            raise _none(reader)
        positions = [kept.position for kept in found.kept if found.name_at(kept) == name]
        if not positions:
            raise _none(reader)
        return self._store, positions[0]


def _read(ask: Callable[..., list[_Kept]], *values: object) -> list[_Kept]:
    try:
        return ask(*values)
    except (Damaged, StoreFailed, Unavailable) as error:
        raise _NotRead(error) from error


def _none(reader: Reader) -> Unknown | SignInNeeded:
    if reader.sort == "stranger":
        return SignInNeeded("private fields are shown to whom their owner says: sign in")
    return Unknown("private field", "of this record that is yours or shown to you")


def _plain(name: str, kept: Kept, *, grants: bool) -> dict[str, Any]:
    field = kept.field
    plain: dict[str, Any] = {
        "name": name,
        "position": kept.position,
        "erasedAtMs": kept.erased_at_ms,
        "value": None,
        "salt": None,
        "proof": [],
        "grants": sorted(map(_grantee, kept.grants)) if grants else [],
    }
    return plain if field is None else {**plain, **private_to_plain([field])[name]}


def _grantee(party: Address) -> str:
    return EVERYONE_WORD if party == EVERYONE else to_hex(party)
