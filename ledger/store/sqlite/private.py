"""Private values in one SQLite file, which is made when the first value is kept.

The file has a rollback journal and no write-ahead log, so that no earlier page outlives a commit
under any name; deleted content is overwritten (``secure_delete``). That alone would not do: SQLite
moves rows from page to page, and what it leaves behind where they stood is in no row and never
overwritten. So values stand in slots that never move (``private_schema.sql``), and erasing one
overwrites its bytes where they are.

One connection, one thread at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

import apsw

from ledger.canonical import decode, encode
from ledger.errors import Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.signing.private import PROOF_HASHES, PrivateField
from ledger.store.private import Keeping, Kept, check_room, no_field
from ledger.store.sqlite.database import create
from ledger.store.sqlite.health import Health
from ledger.store.sqlite.layout import (
    PACKAGE,
    PRIVATE,
    SETTINGS,
    Settings,
    check_settings,
    connect,
)
from ledger.store.statements import statements
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
        self._path = path
        self._settings = settings
        self._sql = statements(PACKAGE, PRIVATE.name)
        self._health = Health(path, settings.page_bytes)
        self._lock = Lock()
        self._is_closed = False
        self._confirmed: set[Hash32] = set()
        self._connection: apsw.Connection | None = None
        if path.exists():
            self._connection = self._open()

    def _open(self) -> apsw.Connection:
        with self._health:
            connection = connect(self._path, self._settings, may_write=True)
        try:
            with self._health:
                # A journal that a crash left is played back before anything is read.
                connection.pragma("synchronous", PRIVATE.synchronous)
                connection.pragma("secure_delete", 1)
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                check_settings(connection, PRIVATE, self._settings)
                self._check_rest(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_rest(self, connection: apsw.Connection) -> None:
        if connection.pragma("secure_delete") != 1:
            raise RefusesToStart(f"{self._path.name}: secure_delete is off")
        if self._path.stat().st_size % self._settings.page_bytes:
            raise Damaged("truncated", self._path.name, "a page is there in part")

    # -- turns -------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection | None]:
        """Lend the connection; None while there is no file, and so no value."""
        with self._lock:
            self._check_open()
            self._health.check_for_reading()
            with self._health:
                yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        """Begin a transaction, and make it durable; what raises leaves all as it was."""
        with self._lock:
            self._check_open()
            self._health.check_for_writing()
            if self._connection is None:
                create(self._path, PRIVATE, self._settings)
                self._connection = self._open()
            connection = self._connection
            with self._health:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        with suppress(apsw.Error):  # the next start plays the journal back
                            connection.execute("ROLLBACK")

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the store of private values is closed")

    def _ask(self, connection: apsw.Connection, name: str, *values: Any) -> list[Any]:  # noqa: ANN401 - of any column
        return connection.execute(self._sql[name], values).fetchall()

    # -- keeping -----------------------------------------------------------------------------

    def keep(self, keepings: Sequence[Keeping]) -> None:
        """Keep what is not there yet, pending, and settle what was confirmed."""
        with self._writing() as connection:
            confirmed = set(self._confirmed)
            for record_id in confirmed:
                self._ask(connection, "confirm", record_id)
            for keeping in keepings:
                for field in keeping.fields:
                    self._keep(connection, keeping, field)
        self._confirmed -= confirmed

    def _keep(self, connection: apsw.Connection, keeping: Keeping, field: PrivateField) -> None:
        key = (keeping.record_id, field.position)
        if self._ask(connection, "read_field", *key):
            return
        secret = to_secret(field)
        empty = self._ask(connection, "find_empty", len(secret))
        if empty:
            slot = empty[0][0]
            self._ask(connection, "use_empty", len(secret), slot)
            self._ask(connection, "write_slot", slot, secret)
        else:
            self._ask(connection, "add_slot", secret)
            slot = connection.last_insert_rowid()
        self._ask(connection, "add_field", *key, slot, keeping.subject)

    def confirm(self, record_ids: Collection[Hash32]) -> None:
        """Note that the log holds these records; made durable by the next keeping."""
        with self._lock:
            self._confirmed.update(record_ids)

    def pending(self) -> list[Hash32]:
        """Return the records of which it is not known here whether the log holds them."""
        with self._reading() as connection:
            found = self._ask(connection, "read_pending") if connection else []
        return [Hash32(one) for (one,) in found if one not in self._confirmed]

    def settle(self, accepted: Collection[Hash32], others: Collection[Hash32]) -> None:
        """End the pending: values of the accepted stay, of the others nothing does."""
        with self._writing() as connection:
            for record_id in accepted:
                self._ask(connection, "confirm", record_id)
            for record_id in others:
                for position, slot in self._ask(connection, "pending_of", record_id):
                    self._ask(connection, "remove_field", record_id, position)
                    self._empty(connection, slot)

    def _empty(self, connection: apsw.Connection, slot: int) -> None:
        """Overwrite a slot where it stands."""
        ((size_bytes,),) = self._ask(connection, "slot_bytes", slot)
        self._ask(connection, "write_slot", slot, bytes(size_bytes))
        self._ask(connection, "add_empty", size_bytes, slot)

    # -- reading -----------------------------------------------------------------------------

    def of(self, record_id: Hash32) -> list[Kept]:
        """Return what is kept of a record's private fields, by position."""
        with self._reading() as connection:
            if connection is None:
                return []
            found = self._ask(connection, "read_fields", record_id)
            grants: dict[int, list[Address]] = defaultdict(list)
            for position, party in self._ask(connection, "read_grants", record_id):
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
        with self._reading() as connection:
            found = self._ask(connection, "read_about", subject, limit) if connection else []
        return [Hash32(one) for (one,) in found]

    # -- what owners do ----------------------------------------------------------------------

    def grant(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party."""
        self._find(record_id, position, erased=False)
        with self._writing() as connection:
            self._slot_of(connection, record_id, position)
            ((count, own),) = self._ask(connection, "count_grants", record_id, position, party)
            if not own:
                check_room(count)
                self._ask(connection, "add_grant", record_id, position, party)

    def withdraw(self, record_id: Hash32, position: int, party: Address) -> None:
        """Show a field to a party no longer."""
        self._find(record_id, position, erased=False)
        with self._writing() as connection:
            self._ask(connection, "remove_grant", record_id, position, party)

    def erase(self, record_id: Hash32, position: int, at_ms: int) -> None:
        """Erase a field for ever."""
        if self._find(record_id, position, erased=True) is None:
            return
        with self._writing() as connection:
            slot = self._slot_of(connection, record_id, position)
            self._ask(connection, "mark_erased", record_id, position, at_ms)
            self._ask(connection, "remove_grants", record_id, position)
            self._empty(connection, slot)

    def _find(self, record_id: Hash32, position: int, *, erased: bool) -> int | None:
        """Return the slot of a field that is kept, or None if it was erased and may be."""
        with self._reading() as connection:
            found = self._ask(connection, "read_field", record_id, position) if connection else []
        if not found or (found[0][0] is None and not erased):
            raise no_field()
        return found[0][0]  # type: ignore[no-any-return]  # a column of the schema

    def _slot_of(self, connection: apsw.Connection, record_id: Hash32, position: int) -> int:
        found = self._ask(connection, "read_field", record_id, position)
        if not found or found[0][0] is None:
            raise no_field()  # erased a moment ago
        return found[0][0]  # type: ignore[no-any-return]  # likewise

    def close(self) -> None:
        """Close the connection; confirmations that were not written yet are."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._confirmed and self._health.is_good:
                self._write_confirmed(connection)
        finally:
            connection.close()

    def _write_confirmed(self, connection: apsw.Connection) -> None:
        # Best effort: the next start would find out the same from the log.
        with suppress(apsw.Error, StoreFailed), connection:
            for record_id in self._confirmed:
                self._ask(connection, "confirm", record_id)
