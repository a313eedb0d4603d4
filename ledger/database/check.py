"""Looks at every byte of a database file, for audits: what is damaged, by page and table.

It finds what SQLite by itself would not: a page that no table uses, a page behind the end of the
database, a page that lies in the file while a later version of it waits in the write-ahead log, and
commits that recovery would drop.
After a crash it therefore speaks of the last transaction, if that was cut short; once a store
has been opened, that is settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw

from ledger.database.health import is_damage
from ledger.database.layout import SETTINGS, Layout, Settings, check_schema, check_settings, connect
from ledger.database.pages import bad_pages
from ledger.database.statements import script
from ledger.database.wal import find_break
from ledger.errors import Damaged, RefusesToStart, Unavailable


def check_all(path: Path, layout: Layout, settings: Settings = SETTINGS) -> list[Damaged]:
    """Read every page and check every table, while nobody writes; nothing is changed.

    Returns:
        The faults, with the page or table as their place; empty for a sound file. What cannot be
        read is a fault too.

    """
    return check_pages(path, settings) + check_tables(path, layout, settings)


def check_unused(path: Path, settings: Settings = SETTINGS) -> None:
    """Check that nobody else has a file open; it, and whoever has it open, is left as it is.

    Every connection to a file with a write-ahead log holds a shared lock on it until it is closed.

    Raises:
        Unavailable: somebody has.

    """
    if not path.exists():
        return
    try:
        connection = open_to_look(path, settings)
    except apsw.Error:  # whoever looks at its bytes will name it
        return
    try:
        connection.set_busy_timeout(0)
        connection.pragma("query_only", 0)  # or no lock is asked for; nothing is written
        connection.pragma("locking_mode", "exclusive")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except apsw.BusyError:
        raise Unavailable(f"{path} is in use by another process") from None
    except apsw.Error:
        pass
    finally:
        connection.close()


def check_pages(path: Path, settings: Settings = SETTINGS) -> list[Damaged]:
    """Compare every page, and every frame of the write-ahead log, with its checksum."""
    if not path.exists():
        return [Damaged("truncated", path.name, "the file is missing")]
    faults = _check_wal(path, settings)
    try:
        pages = list(bad_pages(path, settings.page_bytes))
    except apsw.Error as error:
        return [*faults, _fault(path, error)]
    owners = _owners(path, pages, settings) if pages else {}
    for page in pages:
        place = f"{path.name} page {page}"
        if page in owners:
            place += f" ({owners[page]})"
        faults.append(Damaged("altered", place, "not its checksum"))
    return faults


def _check_wal(path: Path, settings: Settings) -> list[Damaged]:
    try:
        found = find_break(path, settings.page_bytes)
    except OSError as error:
        return [Damaged("truncated", f"{path.name}-wal", str(error))]
    if found is None:
        return []
    what = "commits are lost" if found.is_loss else "the last transaction is cut short"
    return [Damaged("truncated", f"{path.name}-wal frame {found.frame}", what)]


def check_tables(path: Path, layout: Layout, settings: Settings = SETTINGS) -> list[Damaged]:
    """Check settings, schema, length and, by SQLite's own ``integrity_check``, trees and values."""
    if not path.exists():
        return []
    try:
        # Before the file is opened: beside a writer it may grow from here on, and never shrinks.
        pages = path.stat().st_size // settings.page_bytes
        connection = open_to_look(path, settings)
    except apsw.Error as error:
        return [_fault(path, error)]
    try:
        if layout.journal == "delete":
            # What a crash cut short is undone by the first read, and may make the file shorter.
            connection.pragma("schema_version")
            pages = path.stat().st_size // settings.page_bytes
        connection.pragma("synchronous", layout.synchronous)
        check_settings(connection, layout, settings)
        lines = check_schema(connection, script(layout.package, f"{layout.name}_schema"))
        if (beyond := pages - connection.pragma("page_count")) > 0:
            lines.append(f"{beyond} pages stand behind its end")
        lines += [line for (line,) in connection.execute("PRAGMA integrity_check")]
    except RefusesToStart as error:
        return [Damaged("altered", path.name, str(error))]
    except apsw.Error as error:
        return [_fault(path, error)]
    finally:
        connection.close()
    return [Damaged("altered", path.name, line) for line in lines if line != "ok"]


def open_to_look(path: Path, settings: Settings) -> apsw.Connection:
    """Open a connection that leaves behind what it finds, and nothing else."""
    wal = path.with_name(f"{path.name}-wal")
    is_empty = not wal.exists() or wal.stat().st_size == 0
    connection = connect(path, settings, may_write=False)
    if is_empty:  # closing then clears away the empty files that opening makes
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    return connection


def _fault(path: Path, error: apsw.Error) -> Damaged:
    return Damaged("altered" if is_damage(error) else "truncated", path.name, str(error))


def _owners(path: Path, pages: Sequence[int], settings: Settings) -> dict[int, str]:
    """Name the tables and indexes of damaged pages, as far as the damage lets them be known."""
    owners: dict[int, str] = {}
    connection = None
    try:
        connection = open_to_look(path, settings)
        connection.pragma("checksum_verification", 0)
        # One by one: what was found before the damage stopped the search is still true.
        for name, page in connection.execute("SELECT name, pageno FROM dbstat"):
            owners.update({page: name} if page in pages else {})
    except apsw.Error:
        pass
    finally:
        if connection is not None:
            connection.close()
    return owners
