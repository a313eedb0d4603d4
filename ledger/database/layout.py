"""How a database file is laid out and opened, and what is read back at each start.

Checksums: the last 8 bytes of every page are its checksum, kept by SQLite's checksum VFS
(https://sqlite.org/cksumvfs.html), which works only where exactly 8 bytes are reserved. Durability:
the write-ahead log with ``synchronous=FULL`` is synced by every commit. The figures behind the
choices stand in ``docs/decisions/0011-sqlite-layout.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import apsw
import apsw.sqlite_extra

from ledger.errors import RefusesToStart

RESERVED_BYTES: Final = 8
SQLITE_VERSION_LEAST: Final = (3, 51, 3)
"""Versions before it may lose a commit when a write-ahead log is reset."""


_SCHEMA: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file is for: where its SQL is, and the number in its header that says so.

    Attributes:
        package: the package whose ``sql`` folder holds the file's tables and statements.
        name: how its SQL files are called: ``<name>_schema.sql`` and ``<name>.sql``.
        journal: ``wal``; or ``delete`` for a rollback journal, where no earlier page may outlive a
            commit. Such a file overwrites what is deleted (``secure_delete``), and a commit also
            syncs the folder: the journal's name is gone for good (``synchronous=EXTRA``).
        version: which form its tables are of; a file of another is not opened.

    """

    package: str
    name: str
    application_id: int
    journal: Literal["wal", "delete"] = "wal"
    version: int = 1

    @property
    def synchronous(self) -> int:
        """The least ``synchronous`` by which a commit survives a loss of power: FULL or EXTRA."""
        return 2 if self.journal == "wal" else 3


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are opened.

    Attributes:
        page_bytes: the size of a page; fixed when a file is made.
        writer_cache_kib, reader_cache_kib: memory for pages, for each connection.
        wal_bytes_max: how long the write-ahead log grows before it is moved into the file.
        readers: how many may read at a time, each on a connection that stays open.
        reader_wait_ms: how long to wait for a connection while all are lent.
        busy_ms: how long to wait for another process's lock.
        vfs: SQLite's virtual file system; the checksum VFS, or one that stands on it.

    """

    page_bytes: int = 4096
    writer_cache_kib: int = 64 * 1024
    reader_cache_kib: int = 16 * 1024
    wal_bytes_max: int = 32 * 1024 * 1024
    readers: int = 16
    reader_wait_ms: int = 2_000
    busy_ms: int = 5_000
    vfs: str = "cksmvfs"


SETTINGS: Final = Settings()


@cache
def load_checksums() -> None:
    """Load the checksum VFS into this process, once.

    Raises:
        RefusesToStart: this apsw comes without it, or with too old an SQLite.

    """
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < SQLITE_VERSION_LEAST:
        least = ".".join(map(str, SQLITE_VERSION_LEAST))
        raise RefusesToStart(f"SQLite {apsw.sqlite_lib_version()} is older than {least}")
    connection = apsw.Connection(":memory:")
    try:
        apsw.sqlite_extra.load(connection, "cksumvfs")
    except (apsw.sqlite_extra.NotAvailable, apsw.ExtensionLoadingError) as error:
        raise RefusesToStart("this apsw has no checksum VFS (cksumvfs)") from error
    finally:
        connection.close()


def connect(
    path: Path, settings: Settings, *, may_write: bool, may_make: bool = False
) -> apsw.Connection:
    """Open a connection with the settings that hold for one connection alone.

    Closing it does not move the write-ahead log into the file: that is done on purpose, or not.
    """
    load_checksums()
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if may_make else 0)
    connection = apsw.Connection(str(path), flags, settings.vfs)
    connection.set_busy_timeout(settings.busy_ms)
    connection.wal_autocheckpoint(0)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.pragma("cell_size_check", 1)
    connection.pragma("trusted_schema", 0)
    connection.pragma("temp_store", "memory")
    connection.pragma("mmap_size", 0)
    connection.pragma("synchronous", "full")
    # The first commit after a reset cuts the write-ahead log behind itself, so the file never
    # holds frames that mean nothing.
    connection.pragma("journal_size_limit", 0)
    cache_kib = settings.writer_cache_kib if may_write else settings.reader_cache_kib
    connection.pragma("cache_size", -cache_kib)
    connection.pragma("query_only", int(not may_write))
    return connection


def check_settings(connection: apsw.Connection, layout: Layout, settings: Settings) -> None:
    """Read back all that durability and checksums rest on.

    Raises:
        RefusesToStart: the file is another's, of another version, or a setting does not hold.

    """
    name = Path(connection.db_filename("main")).name
    if connection.pragma("application_id") != layout.application_id:
        raise RefusesToStart(f"{name} is not a {layout.name} file of this ledger")
    version = connection.pragma("user_version")
    if version != layout.version:
        raise RefusesToStart(f"{name} has layout {version}; this Adamant reads {layout.version}")
    expected = {
        "page_size": settings.page_bytes,
        "journal_mode": layout.journal,
        "synchronous": layout.synchronous,
        "checksum_verification": "1",
        "mmap_size": 0,
        "journal_size_limit": 0,
        "encoding": "UTF-8",
        "locking_mode": "normal",
    }
    found = {pragma: connection.pragma(pragma) for pragma in expected}
    expected["reserve_bytes"], found["reserve_bytes"] = RESERVED_BYTES, connection.reserve_bytes()
    for setting, value in expected.items():
        if found[setting] != value:
            raise RefusesToStart(f"{name}: {setting} is {found[setting]}, not {value}")


def check_schema(connection: apsw.Connection, script: str) -> list[str]:
    """Compare a file's tables, indexes, triggers and views with those that are declared.

    Returns:
        What is there and not declared, or declared otherwise, or not there; empty when all is.

    """
    declared = apsw.Connection(":memory:")
    try:
        declared.execute(script)
        wanted, found = set(declared.execute(_SCHEMA)), set(connection.execute(_SCHEMA))
    finally:
        declared.close()
    names = sorted({(sort, name) for sort, name, *_ in wanted ^ found})
    return [f"{sort} {name} is not as it is declared" for sort, name in names]


def make_schema(path: Path, layout: Layout, script: str, settings: Settings) -> None:
    """Make a file at ``path``, which must not exist, whole and closed."""
    connection = connect(path, settings, may_write=True, may_make=True)
    try:
        connection.pragma("synchronous", layout.synchronous)
        connection.reserve_bytes(reserve=RESERVED_BYTES)
        connection.pragma("page_size", settings.page_bytes)
        connection.pragma("journal_mode", layout.journal)
        with connection:
            connection.execute(script)
            connection.pragma("application_id", layout.application_id)
            connection.pragma("user_version", layout.version)
        check_settings(connection, layout, settings)
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    finally:
        connection.close()
