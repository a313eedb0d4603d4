"""The questions about reference tables, as methods that :class:`ledger.answers.Answers` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.answers import tables
from ledger.answers.reading import Reading
from ledger.answers.wire import Plain, to_wire
from ledger.reference import Library


class ForTables(ABC):
    """Answers with the files that verdicts rest on."""

    _library: Library

    @abstractmethod
    def _read(self) -> AbstractContextManager[Reading]: ...

    def tables(self, size: int | None = None) -> Plain:
        """Answer which versions of the reference tables and definitions count."""
        with self._read() as ledger:
            return to_wire(tables.tables(ledger, self._library, size))

    def table(self, name: str, sha256: str | None = None, size: int | None = None) -> Plain:
        """Answer with the file of a table or a definition."""
        with self._read() as ledger:
            return to_wire(tables.table(ledger, self._library, name, sha256, size))
