"""One file of checksummed pages with a write-ahead log: how it is made, opened, read and judged.

Whoever keeps something that must survive a crash keeps it in such a file: it says by a
:class:`Layout` what the file is for, and works in turns, each a transaction that is durable when
it returns. What a file holds is none of this room's business.
"""

from ledger.database.check import (
    check_all,
    check_pages,
    check_tables,
    check_unused,
    open_to_look,
)
from ledger.database.file import Database, create
from ledger.database.health import Health
from ledger.database.layout import SETTINGS, Layout, Settings
from ledger.database.statements import script, statements

__all__ = [
    "SETTINGS",
    "Database",
    "Health",
    "Layout",
    "Settings",
    "check_all",
    "check_pages",
    "check_tables",
    "check_unused",
    "create",
    "open_to_look",
    "script",
    "statements",
]
