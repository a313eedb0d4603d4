"""The store in SQLite: one file of checksummed pages, a write-ahead log, one writer."""

from ledger.store.sqlite.layout import CHECKPOINTS, LINKS, LOG, PRIVATE
from ledger.store.sqlite.links import SqliteLinks
from ledger.store.sqlite.private import SqlitePrivate
from ledger.store.sqlite.store import SqliteStore

__all__ = [
    "CHECKPOINTS",
    "LINKS",
    "LOG",
    "PRIVATE",
    "SqliteLinks",
    "SqlitePrivate",
    "SqliteStore",
]
