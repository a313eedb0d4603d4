"""Whether a database file can still be believed, and what SQLite's errors mean to the ledger.

All connections to a file share one :class:`Health`, and ask SQLite inside ``with health:``. An
error of the medium ends all work with the file (an fsync that failed once cannot be believed
later); damaged data ends all writing, while reading on may find the rest of the damage.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import apsw

from ledger.database.pages import bad_pages
from ledger.errors import AdamantError, Damaged, StoreFailed, Unavailable


class Health:
    """The health of one database file."""

    __slots__ = ("_bad_place", "_damage", "_failure", "_page_bytes", "_path")

    def __init__(self, path: Path, page_bytes: int) -> None:
        self._path = path
        self._page_bytes = page_bytes
        self._failure: str | None = None
        self._damage: str | None = None
        self._bad_place: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether neither failure nor damage was met."""
        return self._failure is None and self._damage is None

    def check_for_reading(self) -> None:
        """Raise ``StoreFailed`` when the medium has failed before."""
        if self._failure is not None:
            raise StoreFailed(f"{self._path.name} failed before: {self._failure}")

    def check_for_writing(self) -> None:
        """Raise ``StoreFailed`` when the medium has failed, or damage was met, before."""
        self.check_for_reading()
        if self._damage is not None:
            raise StoreFailed(f"{self._path.name} is damaged: {self._damage}")

    def __enter__(self) -> None:
        if self._failure is not None:
            self.check_for_reading()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            return
        if isinstance(error, Damaged):
            self._damage = str(error)
        elif isinstance(error, apsw.Error | OSError):
            raise self._judge(error) from error

    def _judge(self, error: Exception) -> AdamantError:
        """Note what an error of SQLite or the system means, and return it as one of ours."""
        if isinstance(error, apsw.BusyError | apsw.LockedError):
            return Unavailable(f"another process works with {self._path.name}")
        if is_damage(error):
            damaged = Damaged("altered", self._place(), str(error))
            self._damage = str(damaged)
            return damaged
        self._failure = str(error)
        return StoreFailed(f"{self._path.name}: {error}")

    def _place(self) -> str:
        """Name the first bad page; looked for once, since the whole file may have to be read."""
        if self._bad_place is None:
            try:
                page = next(bad_pages(self._path, self._page_bytes), None)
            except apsw.Error:
                page = None
            self._bad_place = self._path.name + ("" if page is None else f" page {page}")
        return self._bad_place


def is_damage(error: Exception) -> bool:
    """Tell damaged data from a medium that fails."""
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return True
    return getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_DATA
