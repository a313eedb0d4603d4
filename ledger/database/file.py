"""One database file: its one writer, its readers, its lock, and what happens when it opens.

Opening: (1) the write-ahead log is read as bytes, and lost commits refuse to start; (2) settings
are read back; (3) the write-ahead log is moved into the file, so each run begins with an empty one.
A crash leaves at each step what the next start finds again.

Connections for reading are all opened at the start, so that a reader needs no file descriptor of
its own; when all are lent, the next reader waits a little and is then told to come again. That a
reader could not be lent says nothing about the medium: it never ends work with the file. One more
is kept aside for the publisher: whoever may read must not decide whether a ledger goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import TypeAlias

import apsw

from ledger.database.health import Health, is_damage
from ledger.database.layout import Layout, Settings, check_settings, connect, make_schema
from ledger.database.statements import script
from ledger.database.wal import find_break
from ledger.errors import Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.files import flush


def create(path: Path, layout: Layout, settings: Settings) -> None:
    """Make an empty file: aside, whole and synced, then under its name at once.

    Raises:
        RefusesToStart: there is a file of that name already, or a log that belonged to one.
        StoreFailed: the medium failed.

    """
    taken = [name for name in (path.name, f"{path.name}-wal") if path.with_name(name).exists()]
    if taken:
        raise RefusesToStart(f"{taken[0]} is there already")
    aside = path.with_name(f"{path.name}.part")
    try:
        for ending in ("", "-wal", "-shm", "-journal"):
            aside.with_name(aside.name + ending).unlink(missing_ok=True)
        make_schema(aside, layout, script(layout.package, f"{layout.name}_schema"), settings)
        flush(aside)
        aside.rename(path)
        flush(path.parent)
    except (OSError, apsw.Error) as error:
        raise StoreFailed(f"{path.name} could not be made: {error}") from error


def _check_files(path: Path, settings: Settings) -> None:
    if not path.exists():
        raise RefusesToStart(f"{path.name} is missing")
    try:
        found = find_break(path, settings.page_bytes)
    except OSError as error:
        raise StoreFailed(f"{path.name}-wal could not be read: {error}") from error
    if found and found.is_loss:
        raise Damaged("truncated", f"{path.name}-wal frame {found.frame}", "commits are lost")


Pool: TypeAlias = "LifoQueue[apsw.Connection | None]"
"""Connections that can be lent; None in the place of one that is to be opened again."""


class Database:
    """An open database file."""

    def __init__(self, path: Path, layout: Layout, settings: Settings) -> None:
        """Open the file at ``path``.

        Raises:
            RefusesToStart: it is missing, another's, of another version or not as durable as asked.
            Damaged: commits that were durable are gone, or a page is not what was written.
            StoreFailed: the medium failed.

        """
        _check_files(path, settings)
        self.health = Health(path, settings.page_bytes)
        self._path = path
        self._settings = settings
        self._turn = Lock()
        self._readers: Pool = LifoQueue()
        self._aside: Pool = LifoQueue()
        self._is_closed = False
        self._empty_at_bytes = settings.wal_bytes_max
        with self.health:
            self._writer = connect(path, settings, may_write=True)
        try:
            with self.health:
                check_settings(self._writer, layout, settings)
                self._empty_wal()
                self._check_length()
                for _ in range(settings.readers):
                    self._readers.put(self._open_reader())
                self._aside.put(self._open_reader())
        except BaseException:
            self._close_readers()
            self._writer.close()
            raise

    def _check_length(self) -> None:
        """Refuse half a page at the end: SQLite would fill it with zeros, past its checksum."""
        if self._path.stat().st_size % self._settings.page_bytes:
            raise Damaged("truncated", self._path.name, "a page is there in part")

    @contextmanager
    def turn(self) -> Iterator[apsw.Connection]:
        """Take the lock and begin a transaction; what is not committed is undone.

        Raises:
            Unavailable: the file is closed, or another process writes.
            StoreFailed: the medium failed, in this turn or before.

        """
        with self._turn:
            self._check_open()
            self.health.check_for_writing()
            with self.health:
                if self._wal_bytes() > self._empty_at_bytes:
                    self._empty_wal()
                self._writer.execute("BEGIN IMMEDIATE")
            wal_bytes = self._wal_bytes()
            try:
                yield self._writer
            finally:
                self._undo(wal_bytes)

    def _undo(self, wal_bytes: int) -> None:
        """Undo what was not committed since the write-ahead log had ``wal_bytes``."""
        if not self._writer.in_transaction:
            return
        with suppress(apsw.Error):  # after a failure SQLite has undone it, or the next start will
            self._writer.execute("ROLLBACK")
        if self._wal_bytes() > wal_bytes:
            # What did not fit into memory was written to the log, where it would stand behind the
            # next commit and look like a break.
            self._empty_at_bytes = 0

    @contextmanager
    def reading(self, *, aside: bool = False) -> Iterator[apsw.Connection]:
        """Lend a connection in a transaction of its own, in which nothing written later is seen.

        Args:
            aside: whether to lend the one that is kept aside.

        Raises:
            Unavailable: the file is closed, or every connection is lent.
            StoreFailed: the medium failed before.

        """
        self._check_open()
        self.health.check_for_reading()
        pool = self._aside if aside else self._readers
        connection = self._borrow(pool)
        try:
            with self.health:
                connection.execute("BEGIN")
            yield connection
        finally:
            self._take_back(pool, connection)

    def _open_reader(self) -> apsw.Connection:
        connection = connect(self._path, self._settings, may_write=False)
        try:
            connection.pragma("schema_version")  # the first read opens what else it needs
        except BaseException:
            connection.close()
            raise
        return connection

    def _borrow(self, pool: Pool) -> apsw.Connection:
        try:
            connection = pool.get(timeout=self._settings.reader_wait_ms / 1000)
        except Empty:
            raise Unavailable(f"too many read {self._path.name} at once; try again") from None
        if connection is not None:
            return connection
        try:
            return self._open_reader()
        except (apsw.Error, OSError) as error:
            pool.put(None)
            if is_damage(error):
                with self.health:
                    raise
            raise Unavailable(f"{self._path.name} cannot be read at the moment: {error}") from error

    def _take_back(self, pool: Pool, connection: apsw.Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except apsw.Error:
            connection.close()
            pool.put(None)
        else:
            pool.put(connection)
        if self._is_closed:
            self._close_readers()

    def _close_readers(self) -> None:
        for pool in (self._readers, self._aside):
            with suppress(Empty):
                while True:
                    if connection := pool.get_nowait():
                        connection.close()

    def _wal_bytes(self) -> int:
        try:
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size
        except OSError:
            return 0  # it is not there yet; or SQLite will find out why it cannot be reached

    def _empty_wal(self) -> None:
        """Move the write-ahead log into the file and cut it to nothing, if no reader needs it.

        To nothing: a log that is moved but not cut lies over the file again after a crash, and a
        bit lost in it could then mix earlier pages with later ones.
        """
        limit = self._settings.wal_bytes_max
        self._writer.set_busy_timeout(0)
        try:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._empty_at_bytes = limit
        except apsw.BusyError:
            if self._empty_at_bytes > 0:  # tried again when it has grown by some more
                self._empty_at_bytes = self._wal_bytes() + limit // 4
        finally:
            self._writer.set_busy_timeout(self._settings.busy_ms)

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable(f"{self._path.name} is closed")

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep everyone from writing, for who looks at the file's bytes."""
        with self._turn:
            yield

    def close(self) -> None:
        """Close every connection; of a good file, only the file itself is left behind.

        Raises:
            StoreFailed: the medium failed; what was committed is in the write-ahead log.

        """
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            self._close_readers()
            try:
                if self.health.is_good:
                    with self.health:
                        self._empty_wal()
                    self._writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
            finally:
                self._writer.close()
