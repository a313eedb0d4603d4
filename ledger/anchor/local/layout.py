"""The file that a local chain is kept in."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ledger import database
from ledger.database import Layout

PACKAGE: Final = "ledger.anchor.local"
CHAIN: Final = Layout(PACKAGE, "chain", 0x41444348)
# A handful of threads ask it at a time; each question holds a connection as long as the EVM runs.
SETTINGS: Final = replace(
    database.SETTINGS, readers=4, writer_cache_kib=16 * 1024, reader_cache_kib=4 * 1024
)
