"""The questions about definitions and verdicts, as methods that ``Answers`` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.answers import definitions, verdicts
from ledger.answers.asking import read_hash
from ledger.answers.questions import find
from ledger.answers.reading import Reading
from ledger.answers.wire import Plain, to_wire
from ledger.reference import Library
from ledger.verdicts.definitions import read_definition


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
        own: bytes | None = None,
    ) -> Plain:
        """Answer what the definitions say of a parcel, and why.

        Args:
            subject: the parcel's id.
            definition: the id of one; all of them if not said.
            date: the day that the goods are judged for; today if not said.
            size: how many entries count; all of them if not said.
            compare_date: another day, to tell what makes the difference.
            compare_definition: another definition, likewise.
            through: a later parcel by which the reader asks.
            own: the file of a definition of the asker's own; no question over HTTP takes one.

        """
        parcel_id = read_hash("id", subject)
        later = None if through is None else read_hash("for", through)
        read = None if own is None else read_definition(own)
        asked = verdicts.Asked(definition, date, size, compare_date, compare_definition, read)
        with self._read() as ledger:
            return to_wire(verdicts.verdicts(ledger, self._library, parcel_id, asked, later))

    def verdicts_by(self, own: bytes, subject: str, **given: str | int) -> Plain:
        """Answer what a definition says that the ledger has not.

        Args:
            own: its file.
            subject: the parcel's id.
            given: the parameters of the question's query.

        """
        question, in_path = find(f"/v1/parcels/{subject}/verdicts")
        texts = {name: str(value) for name, value in given.items()}
        return self.verdicts(**question.arguments({**texts, **in_path}), own=own)  # type: ignore[arg-type]  # as declared there
