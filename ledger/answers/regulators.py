"""The questions of regulators and importers, as methods that ``Answers`` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.access import Reader
from ledger.answers import importing, reports
from ledger.answers.asking import read_hash
from ledger.answers.reading import Reading
from ledger.answers.reports import PriceOf, Span
from ledger.answers.verdicts import Asked
from ledger.answers.wire import Plain, to_wire
from ledger.disclosing import Disclosing
from ledger.reference import Library
from ledger.values import Hash32

_PRICE = "priceUsCents"


class ForRegulators(ABC):
    """Answers with figures, the entries behind them, and reconciliation."""

    _reader: Reader
    _disclosing: Disclosing
    _library: Library

    @abstractmethod
    def _read(self) -> AbstractContextManager[Reading]: ...

    def annex_iii(
        self,
        country: str,
        year: int,
        half: int | None = None,
        quarter: int | None = None,
        size: int | None = None,
    ) -> Plain:
        """Answer with a participant's production and trade."""
        span = Span(country, year, half, quarter, size)
        with self._read() as ledger:
            return to_wire(reports.annex_iii(ledger, span, self._price_of(ledger)))

    def figure_entries(
        self,
        country: str,
        year: int,
        half: int | None = None,
        quarter: int | None = None,
        size: int | None = None,
        figure: str | None = None,
        limit: int | None = None,
        cursor: str = "",
    ) -> Plain:
        """Answer with the records that figures were summed from."""
        span = Span(country, year, half, quarter, size)
        with self._read() as ledger:
            price_of = self._price_of(ledger)
            found = reports.figure_entries(ledger, span, price_of, figure, limit, cursor)
            return to_wire(found)

    def reconciliation(
        self,
        country: str,
        year: int,
        half: int | None = None,
        quarter: int | None = None,
        size: int | None = None,
        limit: int | None = None,
        cursor: str = "",
    ) -> Plain:
        """Answer with a participant's certificates beside what was found."""
        span = Span(country, year, half, quarter, size)
        with self._read() as ledger:
            return to_wire(reports.reconciliation(ledger, span, limit, cursor))

    def importer(
        self,
        subject: str,
        jurisdiction: str,
        date: str = "",
        size: int | None = None,
        through: str | None = None,
    ) -> Plain:
        """Answer with the sheet that an importer fills its statement from."""
        parcel_id = read_hash("id", subject)
        later = None if through is None else read_hash("for", through)
        asked = Asked(date=date, size=size)
        with self._read() as ledger:
            return to_wire(
                importing.importer(ledger, self._library, parcel_id, jurisdiction, asked, later)
            )

    def _price_of(self, ledger: Reading) -> PriceOf:
        """Return what gives the price among a record's private fields, as this reader sees it."""

        def price_of(record_id: Hash32) -> int | None:
            value = self._disclosing.value_in(ledger.view, self._reader, record_id, _PRICE)
            return value if isinstance(value, int) else None

        return price_of
