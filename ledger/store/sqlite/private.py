"""Private values in one SQLite file, which is made when the first value is kept.

No earlier page of the file outlives a commit (:mod:`ledger.store.sqlite.beside`). That alone would
not do: SQLite moves rows from page to page, and what it leaves behind where they stood is in no row
and never overwritten. So values stand in slots that never move (``private_schema.sql``), and
erasing one overwrites its bytes where they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from ledger.canonical import decode, encode
from ledger.database.layout import SETTINGS, Settings
from ledger.errors import Damaged, StoreFailed
from ledger.signing.private import PROOF_HASHES, PrivateField
from ledger.store.private import Keeping, Kept, check_room, no_field
from ledger.store.sqlite.beside import Beside
from ledger.store.sqlite.layout import PRIVATE
from ledger.values import HASH_BYTES, Address, Hash32

SLOT_BYTES: Final = 256
_LENGTH_BYTES: Final = 4
_FIXED_BYTES: Final = HASH_BYTES * (1 + PROOF_HASHES)


def to_secret(field: PrivateField) -> bytes:
    """Write what is secret of a field: its text's length, the text, salt, proof, and zeros."""
    text = encode([field.name, field.value])
    whole = len(text).to_bytes(_LENGTH_BYTES, "big") + text + field.salt + b"".join(field.proof)
    return whole + bytes(-len(whole) % SLOT_BYTES)


def of_secret(position: int, secret: bytes) -> PrivateField:
    """Read a field back.

    Raises:
        Damaged: it is none.

    """
    start = _LENGTH_BYTES + int.from_bytes(secret[:_LENGTH_BYTES], "big")
    if start == _LENGTH_BYTES or start + _FIXED_BYTES > len(secret):
        raise Damaged("altered", f"private field {position}", "a slot without a value")
    name, value = decode(secret[_LENGTH_BYTES:start])
    hashes = [
        Hash32(secret[at : at + HASH_BYTES])
        for at in range(start, start + _FIXED_BYTES, HASH_BYTES)
    ]
    return PrivateField(position, name, value, hashes[0], tuple(hashes[1:]))


class SqlitePrivate:
    """Private values in one SQLite file; the caller holds the folder's lock."""

    def __init__(self, path: Path, settings: Settings = SETTINGS) -> None:
        """Open the file at ``path``, if it is there.

        Raises:
            RefusesToStart: the file is another's, or its settings do not hold.
            Damaged: it is not what was written.
            StoreFailed: the medium failed.

        """
        self._file = Beside(path, PRIVATE, settings)
        self._confirmed: set[Hash32] = set()

    # -- keeping -----------------------------------------------------------------------------

    def keep(self, keepings: Sequence[Keeping]) -> None:
        """Keep what is not there yet, pending, and settle what was confirmed."""
        with self._file.writing() as connection:
            confirmed = set(self._confirmed)
            for record_id in confirmed:
                self._file.ask(connection, "confirm", record_id)
            for keeping in keepings:
                for field in keeping.fields:
                    self._keep(connection, keeping, field)
        self._confirmed -= confirmed

    def _keep(self, connection: apsw.Connection, keeping: Keeping, field: PrivateField) -> None:
        key = (keeping.record_id, field.position)
        if self._file.ask(connection, "read_field", *key):
            return
        secret = to_secret(field)
        empty = self._file.ask(connection, "find_empty", len(secret))
        if empty:
            slot = empty[0][0]
            self._file.ask(connection, "use_empty", len(secret), slot)
            self._file.ask(connection, "write_slot", slot, secret)
        else:
            self._file.ask(connection, "add_slot", secret)
            slot = connection.last_insert_rowid()
        self._file.ask(connection, "add_field", *key, slot, keeping.subject)

    def confirm(self, record_ids: Collection[Hash32]) -> None:
        """Note that the log holds these records; made durable by the next keeping."""
        with self._file.lock:
            self._confirmed.update(record_ids)

    def pending(self) -> list[Hash32]:
        """Return the records of which it is not known here whether the log holds them."""
        with self._file.reading() as connection:
            found = self._file.ask(connection, "read_pending") if connection else []
        return [Hash32(one) for (one,) in found if one not in self._confirmed]

    def settle(self, accepted: Collection[Hash32], others: Collection[Hash32]) -> None:
        """End the pending: values of the accepted stay, of the others nothing does."""
        with self._file.writing() as connection:
            for record_id in accepted:
                self._file.ask(connection, "confirm", record_id)
            for record_id in others:
                for position, slot in self._file.ask(connection, "pending_of", record_id):
                    self._file.ask(connection, "remove_field", record_id, position)
                    self._empty(connection, slot)

    def _empty(self, connection: apsw.Connection, slot: int) -> None:
        """Overwrite a slot where it stands."""
        ((size_bytes,),) = self._file.ask(connection, "slot_bytes", slot)
        self._file.ask(connection, "write_slot", slot, bytes(size_bytes))
        self._file.ask(connection, "add_empty", size_bytes, slot)

    # -- reading -----------------------------------------------------------------------------

    def of(self, record_id: Hash32) -> list[Kept]:
        """Return what is kept of a record's private fields, by position."""
        with self._file.reading() as connection:
            if connection is None:
                return []
            found = self._file.ask(connection, "read_fields", record_id)
            grants: dict[int, list[Address]] = defaultdict(list)
            for position, party in self._file.ask(connection, "read_grants", record_id):
                grants[position].append(Address(party))
            return [
                Kept(
                    position,
                    None if secret is None else of_secret(position, secret),
                    tuple(grants[position]),
                    erased_at_ms,
                )
                for position, erased_at_ms, secret in found
            ]

    def about(self, subject: Address, limit: int) -> list[Hash32]:
        """Return the Admissions of a party of which something is kept, the latest first."""
        with self._file.reading() as connection:
            found = self._file.ask(connection, "read_about", subject, limit) if connection else []
        return [Hash32(one) for (one,) in found]

    # -- what owners do ----------------------------------------------------------------------

    def grant(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party."""
        self._find(record_id, position, erased=False)
        with self._file.writing() as connection:
            self._slot_of(connection, record_id, position)
            ((count, own),) = self._file.ask(connection, "count_grants", record_id, position, party)
            if not own:
                check_room(count)
                self._file.ask(connection, "add_grant", record_id, position, party)

    def withdraw(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party no longer."""
        self._find(record_id, position, erased=False)
        with self._file.writing() as connection:
            self._file.ask(connection, "remove_grant", record_id, position, party)

    def erase(self, record_id: Hash32, position: int, at_ms: int) -> None:
        """Erase a field for ever."""
        if self._find(record_id, position, erased=True) is None:
            return
        with self._file.writing() as connection:
            slot = self._slot_of(connection, record_id, position)
            self._file.ask(connection, "mark_erased", record_id, position, at_ms)
            self._file.ask(connection, "remove_grants", record_id, position)
            self._empty(connection, slot)

    def _find(self, record_id: Hash32, position: int, *, erased: bool) -> int | None:
        """Return the slot of a field that is kept, or None if it was erased and may be."""
        with self._file.reading() as connection:
            found = (
                self._file.ask(connection, "read_field", record_id, position) if connection else []
            )
        if not found or (found[0][0] is None and not erased):
            raise no_field()
        return found[0][0]  # type: ignore[no-any-return]  # a column of the schema

    def _slot_of(self, connection: apsw.Connection, record_id: Hash32, position: int) -> int:
        found = self._file.ask(connection, "read_field", record_id, position)
        if not found or found[0][0] is None:
            raise no_field()  # erased a moment ago
        return found[0][0]  # type: ignore[no-any-return]  # likewise

    def close(self) -> None:
        """Close the connection; confirmations that were not written yet are."""
        self._file.close(self._write_confirmed)

    def _write_confirmed(self, connection: apsw.Connection) -> None:
        # Best effort: the next start would find out the same from the log.
        if self._confirmed:
            with suppress(apsw.Error, StoreFailed), connection:
                for record_id in self._confirmed:
                    self._file.ask(connection, "confirm", record_id)
