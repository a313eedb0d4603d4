"""A small file beside the log: made when something is first kept in it, on one connection.

It has a rollback journal and no write-ahead log, so that no earlier page outlives a commit under
any name; deleted content is overwritten (``secure_delete``); and a commit also syncs the folder
(``synchronous=EXTRA``), so that what returns is durable.

One connection, one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import apsw

from ledger.database.file import create
from ledger.database.health import Health
from ledger.database.layout import Layout, Settings, check_settings, connect
from ledger.database.statements import statements
from ledger.errors import Damaged, RefusesToStart, Unavailable


class Beside:
    """One small file; the caller holds the folder's lock.

    Attributes:
        health: whether the file can still be believed.
        lock: held by whoever works with the connection.
        connection: None while there is no file.

    """

    def __init__(self, path: Path, layout: Layout, settings: Settings) -> None:
        """Open the file at ``path``, if it is there.

        Raises:
            RefusesToStart: the file is another's, or its settings do not hold.
            Damaged: it is not what was written.
            StoreFailed: the medium failed.

        """
        self._path = path
        self._layout = layout
        self._settings = settings
        self._sql = statements(layout.package, layout.name)
        self._is_closed = False
        self.health = Health(path, settings.page_bytes)
        self.lock = Lock()
        self.connection: apsw.Connection | None = None
        if path.exists():
            self.connection = self._open()

    def _open(self) -> apsw.Connection:
        with self.health:
            connection = connect(self._path, self._settings, may_write=True)
        try:
            with self.health:
                # A journal that a crash left is played back before anything is read.
                connection.pragma("synchronous", self._layout.synchronous)
                connection.pragma("secure_delete", 1)
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                check_settings(connection, self._layout, self._settings)
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

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection | None]:
        """Lend the connection; None while there is no file, and so nothing is kept."""
        with self.lock:
            self._check_open()
            self.health.check_for_reading()
            with self.health:
                yield self.connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """Begin a transaction, and make it durable; what raises leaves all as it was."""
        with self.lock:
            self._check_open()
            self.health.check_for_writing()
            if self.connection is None:
                create(self._path, self._layout, self._settings)
                self.connection = self._open()
            connection = self.connection
            with self.health:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        with suppress(apsw.Error):  # the next start plays the journal back
                            connection.execute("ROLLBACK")

    def ask(self, connection: apsw.Connection, name: str, *values: Any) -> list[Any]:  # noqa: ANN401 - of any column
        """Run one of the file's statements; return its rows."""
        return connection.execute(self._sql[name], values).fetchall()

    def close(self, last: Callable[[apsw.Connection], None] | None = None) -> None:
        """Close the connection; again changes nothing.

        Args:
            last: does the last work on the connection of a good file.

        """
        with self.lock:
            if self._is_closed:
                return
            self._is_closed = True
            connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            if last is not None and self.health.is_good:
                last(connection)
        finally:
            connection.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable(f"{self._path.name} is closed")
