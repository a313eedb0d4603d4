"""The questions of recall, as methods that :class:`ledger.answers.Answers` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.answers import recalls as answered
from ledger.answers.reading import Reading
from ledger.answers.recall_starts import beginning
from ledger.answers.rejudging import Twice, rejudged
from ledger.answers.wire import Plain
from ledger.reference import Library


class ForRecalls(ABC):
    """Answers what goods went into."""

    _library: Library
    _walks: answered.KeptWalks

    @abstractmethod
    def _read(self) -> AbstractContextManager[Reading]: ...

    @abstractmethod
    def _named(self, ledger: Reading, answer: object) -> Plain: ...

    def recalls(
        self,
        parcel: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        country: str | None = None,
        party: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        cursor: str = "",
    ) -> Plain:
        """Answer with every parcel that recalled goods may be in, in the log's order."""
        with self._read() as ledger:
            begun = beginning(ledger, parcel, site, zone, country, party, since)
            found = answered.recalls(ledger, begun, limit, cursor, self._walks)
            return self._named(ledger, found)

    def rejudged(
        self,
        definition: str,
        date: str = "",
        compare_date: str = "",
        compare_definition: str = "",
        facts_before: int | None = None,
        tables_before: int | None = None,
        parcel: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        country: str | None = None,
        party: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        cursor: str = "",
    ) -> Plain:
        """Answer on which of these goods the verdict is another in the second place."""
        twice = Twice(
            definition, date, compare_date, compare_definition, facts_before, tables_before
        )
        with self._read() as ledger:
            begun = beginning(ledger, parcel, site, zone, country, party, since)
            found = rejudged(ledger, self._library, begun, twice, limit, cursor, self._walks)
            return self._named(ledger, found)
