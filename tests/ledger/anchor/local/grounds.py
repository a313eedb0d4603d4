"""Local chains for tests, with one key that has money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from ledger.anchor.local import SETTINGS, LocalChain
from ledger.database import Settings
from tests.ledger.anchor.chain_suite import Grounds
from tests.ledger.anchor.tiny import address_of

SECRET = b"\x41" * 32
CHAIN_ID = 2**51 + 7
NOW_MS = 1_780_000_000_000


def now() -> int:
    return NOW_MS


@contextmanager
def made(path: Path, clock: Callable[[], int] = now, chain_id: int = CHAIN_ID) -> Iterator[Grounds]:
    """Make a chain."""
    with closing(LocalChain.create(path, clock, chain_id, address_of(SECRET))) as chain:
        yield Grounds(chain, SECRET)


@contextmanager
def opened(
    path: Path, clock: Callable[[], int] = now, settings: Settings = SETTINGS
) -> Iterator[Grounds]:
    """Open a chain."""
    with closing(LocalChain(path, clock, chain_id=CHAIN_ID, settings=settings)) as chain:
        yield Grounds(chain, SECRET)


def by(vfs: str) -> Settings:
    """Return settings with another file system, and a write-ahead log that is emptied often."""
    return replace(SETTINGS, vfs=vfs, wal_bytes_max=150_000)
