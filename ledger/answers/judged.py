"""The questions about definitions and verdicts, as methods that ``Answers`` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.answers import definitions, verdicts
from ledger.answers.asking import read_hash
from ledger.answers.reading import Reading
from ledger.answers.wire import Plain, to_wire
from ledger.reference import Library


class ForVerdicts(ABC):
    """Answers with what definitions say, of themselves and of goods."""

    _library: Library

    @abstractmethod
    def _read(self) -> AbstractContextManager[Reading]: ...

    def definitions(self, size: int | None = None) -> Plain:
        """Answer by which definitions goods are judged."""
        with self._read() as ledger:
            collection = self._library.collection_at(ledger.view, size)
            return to_wire(definitions.definitions(ledger, collection))

    def definition(self, name: str, size: int | None = None) -> Plain:
        """Answer what one definition is, and its rules."""
        with self._read() as ledger:
            collection = self._library.collection_at(ledger.view, size)
            return to_wire(definitions.definition(ledger, collection, name))

    def verdicts(
        self,
        subject: str,
        definition: str = "",
        date: str = "",
        size: int | None = None,
        compare_date: str = "",
        compare_definition: str = "",
        through: str | None = None,
    ) -> Plain:
        """Answer what the definitions say of a parcel, and why."""
        parcel_id = read_hash("id", subject)
        later = None if through is None else read_hash("for", through)
        asked = verdicts.Asked(definition, date, size, compare_date, compare_definition)
        with self._read() as ledger:
            return to_wire(verdicts.verdicts(ledger, self._library, parcel_id, asked, later))
