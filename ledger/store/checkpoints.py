"""The second store: every head that was ever claimed for publication, and its signed note.

It lies in a file of its own, in another folder or on another disk if the operator likes, so that no
single loss makes the ledger forget what it has shown. A claim is durable before its head is signed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from ledger.database.check import check_all
from ledger.database.file import Database, create
from ledger.database.layout import SETTINGS, Settings
from ledger.database.statements import statements
from ledger.errors import BadQuestion, Damaged, HeadMoved, Unavailable
from ledger.store.protocol import Published, chain_claim
from ledger.store.sqlite.layout import CHECKPOINTS, PACKAGE
from ledger.values import Hash32


def check_claim(latest: Published | None, old: Published | None, size: int) -> None:
    """Check that a claim of ``size`` may follow ``latest``, which its maker took to be ``old``.

    Raises:
        HeadMoved: the last claim is not ``old``.
        BadQuestion: the size is not above that of the last claim.

    """
    if latest != old:
        raise HeadMoved("another claim was made since")
    if size < 0 or (latest is not None and size <= latest.size):
        raise BadQuestion("size", "more entries than the last claim has")


def check_note(latest: Published | None, size: int) -> None:
    """Check that a note of ``size`` is that of the last claim.

    Raises:
        BadQuestion: it is not.

    """
    if latest is None or latest.size != size:
        raise BadQuestion("size", "that of the last claim")


class MemoryCheckpoints:
    """Claims and notes in memory."""

    def __init__(self) -> None:
        self._claims: dict[int, Published] = {}
        self._turn = Lock()
        self._is_closed = False

    def latest(self) -> Published | None:
        """Return the last claim, with its note if that is kept; None when nothing was claimed."""
        self._check_open()
        return self._claims[max(self._claims)] if self._claims else None

    def note_at(self, size: int) -> bytes | None:
        """Return the kept note of a size."""
        self._check_open()
        found = self._claims.get(size)
        return found.note if found else None

    def claims(self, after: int, limit: int) -> list[Published]:
        """Return claims by size, their notes kept or not, from after the size ``after`` on."""
        self._check_open()
        return [self._claims[size] for size in sorted(self._claims) if size > after][:limit]

    def claim(self, old: Published | None, size: int, root: Hash32) -> None:
        """Claim a head, by compare-and-swap from the last claim."""
        with self._turn:
            latest = self.latest()
            check_claim(latest, old, size)
            self._claims[size] = Published(size, root, None, chain_claim(latest, size, root))

    def keep(self, size: int, note: bytes) -> None:
        """Keep the signed note of the last claim."""
        with self._turn:
            check_note(self.latest(), size)
            self._claims[size] = replace(self._claims[size], note=note)

    def close(self) -> None:
        """Refuse all further work."""
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the checkpoint store is closed")


class SqliteCheckpoints:
    """Claims and notes in one SQLite file."""

    def __init__(self, path: Path, settings: Settings = SETTINGS) -> None:
        """Open the checkpoint store at ``path``.

        Raises:
            RefusesToStart: the file is missing, another's, or its settings do not hold.
            Damaged: it is not what was written.
            StoreFailed: the medium failed.

        """
        self._path = path
        self._settings = settings
        self._sql = statements(PACKAGE, CHECKPOINTS.name)
        self._database = Database(path, CHECKPOINTS, settings)

    @classmethod
    def create(cls, path: Path, settings: Settings = SETTINGS) -> SqliteCheckpoints:
        """Make an empty checkpoint store at ``path`` and open it.

        Raises:
            RefusesToStart: there is one already.
            StoreFailed: the medium failed.

        """
        create(path, CHECKPOINTS, settings)
        return cls(path, settings)

    def latest(self) -> Published | None:
        """Return the last claim, with its note if that is kept; None when nothing was claimed."""
        with self._database.reading() as connection, self._database.health:
            return _published(connection.execute(self._sql["read_latest"]).fetchone())

    def note_at(self, size: int) -> bytes | None:
        """Return the kept note of a size."""
        with self._database.reading() as connection, self._database.health:
            found = connection.execute(self._sql["read_note"], (size,)).fetchone()
        return found[0] if found else None

    def claims(self, after: int, limit: int) -> list[Published]:
        """Return claims by size, their notes kept or not, from after the size ``after`` on."""
        with self._database.reading() as connection, self._database.health:
            found = connection.execute(self._sql["page_claims"], (after, limit)).fetchall()
        return [claim for claim in map(_published, found) if claim]

    def claim(self, old: Published | None, size: int, root: Hash32) -> None:
        """Claim a head durably, by compare-and-swap from the last claim."""
        with self._database.turn() as connection, self._database.health:
            latest = _published(connection.execute(self._sql["read_latest"]).fetchone())
            check_claim(latest, old, size)
            chain = chain_claim(latest, size, root)
            connection.execute(self._sql["add_claim"], (size, root, chain))
            connection.execute("COMMIT")

    def keep(self, size: int, note: bytes) -> None:
        """Keep the signed note of the last claim durably."""
        with self._database.turn() as connection, self._database.health:
            latest = _published(connection.execute(self._sql["read_latest"]).fetchone())
            check_note(latest, size)
            connection.execute(self._sql["keep_note"], (size, note))
            connection.execute("COMMIT")

    def check(self) -> list[Damaged]:
        """Look at every byte of the file, between two claims."""
        with self._database.quiet():
            return check_all(self._path, CHECKPOINTS, self._settings)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


def _published(row: tuple[Any, ...] | None) -> Published | None:
    return None if row is None else Published(row[0], Hash32(row[1]), row[2], Hash32(row[3]))
