"""Links in one SQLite file, which is made when the first link is minted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.database.layout import SETTINGS, Settings
from ledger.store.links import Link, check_room
from ledger.store.sqlite.beside import Beside
from ledger.store.sqlite.layout import LINKS
from ledger.values import Address, ParcelId


class SqliteLinks:
    """Links in one SQLite file; the caller holds the folder's lock."""

    def __init__(self, path: Path, settings: Settings = SETTINGS) -> None:
        """Open the file at ``path``, if it is there; raises as :class:`Beside` does."""
        self._file = Beside(path, LINKS, settings)

    def mint(self, link: Link) -> None:
        """Keep a fresh link."""
        with self._file.writing() as connection:
            counted = self._file.ask(connection, "count_links", link.parcel, link.minter)
            check_room(*counted[0])
            values = (link.token, link.parcel, link.minter, link.minted_at_ms)
            self._file.ask(connection, "add_link", *values)

    def find(self, token: bytes) -> Link | None:
        """Return a link, ended or not; None if it was never minted."""
        found = self._read("read_link", token)
        return found[0] if found else None

    def live(self, parcel: ParcelId) -> list[Link]:
        """Return the links of a parcel that were not ended, the earliest first."""
        return self._read("read_live", parcel)

    def _read(self, name: str, value: bytes) -> list[Link]:
        with self._file.reading() as connection:
            rows: list[Any] = self._file.ask(connection, name, value) if connection else []
        return [
            Link(token, ParcelId(parcel), Address(minter), minted_at_ms, ended_at_ms)
            for token, parcel, minter, minted_at_ms, ended_at_ms in rows
        ]

    def end(self, token: bytes, at_ms: int) -> None:
        """End a link; again, or of one that was never minted, it changes nothing."""
        known = self.find(token)
        if known is None or known.ended_at_ms is not None:
            return
        with self._file.writing() as connection:
            self._file.ask(connection, "end_link", token, at_ms)

    def close(self) -> None:
        """Refuse all further work."""
        self._file.close()
