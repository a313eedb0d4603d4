"""The files that a ledger is kept in: which SQL makes each, and the number that tells it apart."""

from __future__ import annotations

from typing import Final

from ledger.database import Layout

PACKAGE: Final = "ledger.store.sqlite"
LOG: Final = Layout(PACKAGE, "log", 0x41444C47, version=3)
CHECKPOINTS: Final = Layout(PACKAGE, "checkpoints", 0x41444350)
PRIVATE: Final = Layout(PACKAGE, "private", 0x41444C50, "delete")
LINKS: Final = Layout(PACKAGE, "links", 0x41444C4B, "delete")
