"""Reports as tables: the columns of each, and its rows from what the ledger answered.

Rows are those of the JSON answers, with the same names; a certificate has a row for each HS code.
Differences may be below zero: a minus before digits begins no formula that does anything.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ledger.sheets.writers import Column, write_table

Plain = dict[str, Any]

FIGURES: Final = (
    Column("figure"),
    Column("participant"),
    Column("flow"),
    Column("period"),
    Column("partner"),
    Column("origin"),
    Column("hsCode"),
    Column("records", "integer"),
    Column("weightMillicarats", "integer"),
    Column("weightCarats"),
    Column("valueUsCents", "integer"),
    Column("valuedMillicarats", "integer"),
)
ENTRIES: Final = (
    Column("figure"),
    Column("index", "integer"),
    Column("recordId"),
    Column("weightMillicarats", "integer"),
    Column("valueUsCents", "integer"),
    Column("correctedBy"),
)
_OF_CERTIFICATE: Final = (
    Column("number"),
    Column("status"),
    Column("isMissing", "truth"),
    Column("operation"),
    Column("issuer"),
    Column("destination"),
    Column("issuedAt", "integer"),
    Column("expiresAt", "integer"),
    Column("clearedAt", "integer"),
    Column("reason"),
    Column("parcelsDeclared", "integer"),
    Column("parcelsFound", "integer"),
    Column("parcelsDelta", "integer"),
)
_OF_CODE: Final = (
    Column("hsCode"),
    Column("declaredMillicarats", "integer"),
    Column("foundMillicarats", "integer"),
    Column("deltaMillicarats", "integer"),
    Column("declaredUsCents", "integer"),
    Column("foundUsCents", "integer"),
    Column("deltaUsCents", "integer"),
)
_RECORDS: Final = (
    Column("certificate"),
    Column("certificateIndex", "integer"),
    Column("clearance"),
    Column("clearanceIndex", "integer"),
    Column("correctedBy"),
    Column("clearanceCorrectedBy"),
    Column("sameNumber"),
)
CERTIFICATES: Final = (*_OF_CERTIFICATE, *_OF_CODE, *_RECORDS)
ITEMS: Final = (
    Column("label"),
    Column("value"),
    Column("isBlank", "truth"),
    Column("saidBy", "nested"),
    Column("records", "nested"),
)


def figure_rows(answer: Plain) -> Iterator[Plain]:
    """Yield the rows of a report's figures; what does not apply to one is an empty cell."""
    for figure in answer["figures"]:
        told = {name: "" if value == "-" else value for name, value in figure.items()}
        yield {**told, "participant": answer["participant"]}


def certificate_rows(certificates: Iterable[Plain]) -> Iterator[Plain]:
    """Yield a row for each HS code of each certificate; one for a certificate without any."""
    nothing = dict.fromkeys(column.name for column in _OF_CODE)
    for certificate in certificates:
        for code in certificate["codes"] or [nothing]:
            yield {**certificate, **code}


def item_rows(answer: Plain) -> Iterator[Plain]:
    """Yield the lines of an importer's sheet."""
    for item in answer["items"]:
        records = item["records"]
        yield {
            **item,
            "saidBy": [one["saidBy"] for one in records],
            "records": [one["recordId"] for one in records],
        }


def as_csv(columns: tuple[Column, ...], rows: Iterable[Plain]) -> bytes:
    """Write a page of rows as CSV."""
    file = io.BytesIO()
    write_table(file, columns, rows, "csv")
    return file.getvalue()


CSV_OF: Final = {
    "annex_iii": lambda answer: as_csv(FIGURES, figure_rows(answer)),
    "figure_entries": lambda answer: as_csv(ENTRIES, answer["entries"]),
    "reconciliation": lambda answer: as_csv(CERTIFICATES, certificate_rows(answer["certificates"])),
    "importer": lambda answer: as_csv(ITEMS, item_rows(answer)),
}
"""How the answer to each question about reports is written as CSV."""
