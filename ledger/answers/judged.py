"""The questions about definitions and verdicts, as methods that ``Answers`` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from ledger.answers import definitions
from ledger.answers.asking import read_hash
from ledger.answers.questions import find
from ledger.answers.reading import Reading
from ledger.answers.verdicts import Asked
from ledger.answers.verdicts import verdicts as verdicts_of
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
    ) -> Plain:
        """Answer what the definitions say of a parcel, and why."""
        asked = Asked(definition, date, size, compare_date, compare_definition)
        return self._verdicts(subject, asked, through)

    def _verdicts(self, subject: str, asked: Asked, through: str | None) -> Plain:
        parcel_id = read_hash("id", subject)
        later = None if through is None else read_hash("for", through)
        with self._read() as ledger:
            return to_wire(verdicts_of(ledger, self._library, parcel_id, asked, later))

    def verdicts_by(self, own: bytes, subject: str, **given: str | int) -> Plain:
        """Answer what a definition says that the ledger has not.

        Args:
            own: its file.
            subject: the parcel's id.
            given: the parameters of the question's query.

        """
        question, in_path = find(f"/v1/parcels/{subject}/verdicts")
        texts = {name: str(value) for name, value in given.items()}
        arguments: dict[str, Any] = question.arguments({**texts, **in_path})
        subject, through = arguments.pop("subject"), arguments.pop("through", None)
        asked = Asked(**arguments, own=read_definition(own))
        return self._verdicts(subject, asked, through)
