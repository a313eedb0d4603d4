"""Opening a ledger's folder: the lock, the adapters, the book; the only place that names adapters.

One process works on a folder at a time, and holds its lock from before the first file is opened
until the last is closed. That goes for an audit too: it compares the bytes of the files with their
checksums, and opening a store settles what a crash left in its write-ahead log, so nobody may write
beside it. Whoever wants an audit beside a running server audits a copy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.book import Answer, Book, found
from ledger.book.starting import RECOVER
from ledger.config.clocks import keep_offset, system_clock, watched_clock
from ledger.config.folder import LedgerFolder
from ledger.errors import RefusesToStart, Unavailable
from ledger.lock import FolderLock
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.links import LinkStore
from ledger.store.private import PrivateStore
from ledger.store.protocol import CheckpointStore, Published, Store
from ledger.store.sqlite import SqliteLinks, SqlitePrivate, SqliteStore

_POLL_SECONDS: Final = 0.05


def try_lock(folder: LedgerFolder) -> FolderLock | None:
    """Take the folder's lock, or return None when another process holds it.

    Who takes it clears away the address of a server that was killed: in a container the next
    process may well have the same id.

    Raises:
        Unknown: no ledger was made in the folder.
        RefusesToStart: the folder cannot be written to.

    """
    folder.check_is_made()
    try:
        lock = FolderLock(folder.path)
    except RefusesToStart as refused:
        if isinstance(refused.__cause__, BlockingIOError):
            return None
        raise
    folder.remove_server()
    return lock


def in_use(folder: LedgerFolder) -> Unavailable:
    """Make the error that says who works on the folder."""
    server = folder.server()
    who = f"a server at {server.url} (process {server.pid})" if server else "another process"
    return Unavailable(f"{folder.path} is in use by {who}")


@contextmanager
def locked(folder: LedgerFolder, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the folder's lock.

    Raises:
        Unavailable: another process still holds it after ``wait_seconds``.

    """
    until = time.monotonic() + wait_seconds
    while (lock := try_lock(folder)) is None:
        if time.monotonic() >= until:
            raise in_use(folder)
        time.sleep(_POLL_SECONDS)
    with lock:
        yield


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of a ledger, open; the lock is held."""

    log: Store
    checkpoints: CheckpointStore
    private: PrivateStore
    links: LinkStore


def _check_log(folder: LedgerFolder, second: Path) -> None:
    """Return if the log is there.

    Raises:
        RefusesToStart: it is missing; the second store is made after it, so where that is there
            the log was lost.

    """
    if folder.log.exists():
        return
    if second.exists():
        raise RefusesToStart(
            f"{folder.log} is missing, but {second} is there: restore the log from a copy"
        )
    raise RefusesToStart(f"there is no log in {folder.path}: the ledger was never founded")


@contextmanager
def open_stores(folder: LedgerFolder) -> Iterator[Stores]:
    """Open the stores of a founded ledger, whose lock is held.

    Raises:
        RefusesToStart: a file is missing, another's, or its settings do not hold.
        Damaged: a file is not what was written.

    """
    second = folder.checkpoints()
    _check_log(folder, second)
    if not second.exists():
        raise RefusesToStart(f"the checkpoint store, {second}, is missing: {RECOVER}")
    with (
        closing(SqliteStore(folder.log)) as log,
        closing(SqliteCheckpoints(second)) as checkpoints,
        closing(SqlitePrivate(folder.private())) as private,
        closing(SqliteLinks(folder.links)) as links,
    ):
        yield Stores(log, checkpoints, private, links)


@dataclass(frozen=True, slots=True)
class OpenLedger:
    """A ledger that takes records: its folder, its book, and the stores beneath it."""

    folder: LedgerFolder
    book: Book
    stores: Stores


@contextmanager
def open_ledger(
    folder: LedgerFolder,
    *,
    on_fatal: Callable[[Exception], None] | None = None,
    on_published: Callable[[Published], None] | None = None,
) -> Iterator[OpenLedger]:
    """Open a ledger whose lock is held; all that was taken in is published before it closes.

    Args:
        folder: the ledger.
        on_fatal: told, once, why the book ended on its own; called in a thread of the book.
        on_published: told of each checkpoint; called in a thread of the book.

    Raises:
        RefusesToStart: what is stored must be settled first, or the clock.
        Damaged: a file is not what was written.
        StoreFailed: a medium failed.

    """
    keys = folder.read_log_keys()
    clock = watched_clock(folder.clock_file, system_clock)
    with open_stores(folder) as stores:
        book = Book.open(
            stores.log,
            stores.checkpoints,
            keys,
            clock,
            on_fatal=on_fatal,
            on_published=on_published,
            private=stores.private,
        )
        with book:
            keep_offset(folder.clock_file, clock)
            yield OpenLedger(folder, book, stores)


def found_ledger(folder: LedgerFolder, charter: bytes) -> Answer:
    """Found the ledger of a folder by its signed Charter; a founding cut short goes on.

    Raises:
        Refused: the Charter was not accepted.
        BadQuestion: the Charter names another log key than the folder's.
        RefusesToStart: there is another ledger in the folder already.

    """
    keys, second = folder.read_log_keys(), folder.checkpoints()
    with locked(folder), ExitStack() as opened:
        log = _log(folder.log)
        opened.callback(log.close)
        checkpoints = _checkpoints(second)
        opened.callback(checkpoints.close)
        return found(log, checkpoints, charter, keys, system_clock)


def _log(path: Path) -> SqliteStore:
    return SqliteStore(path) if path.exists() else SqliteStore.create(path)


def _checkpoints(path: Path) -> SqliteCheckpoints:
    return SqliteCheckpoints(path) if path.exists() else SqliteCheckpoints.create(path)


@contextmanager
def open_for_recovery(folder: LedgerFolder) -> Iterator[Stores]:
    """Open the log, and a second store that is made if it is missing; the lock is held."""
    second = folder.checkpoints()
    _check_log(folder, second)
    with (
        closing(SqliteStore(folder.log)) as log,
        closing(_checkpoints(second)) as checkpoints,
        closing(SqlitePrivate(folder.private())) as private,
        closing(SqliteLinks(folder.links)) as links,
    ):
        yield Stores(log, checkpoints, private, links)
