"""Tables as text: a row of headings and rows of cells, wherever they were read from.

Every cell is a text without spaces around it. A cell that was a number is its exact decimal
(``12.5``) and known to have been one (:class:`.Number`), one that was a date is written as ISO 8601
has it, one that was a formula is its value. Rows without any text are no rows; the others keep the
number that the spreadsheet shows beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.sheets.csv_files import read_csv
from ledger.sheets.workbooks import Number, is_workbook, read_workbook
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the spreadsheet, from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        sheet: the name of the worksheet; "" for a CSV file.
        headings: of each column.
        rows: those below the headings.
        digest: the SHA-256 of the file.

    """

    sheet: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    digest: Hash32


FIELD: Final = "FILE"


def read_table(raw: bytes, sheet: str = "", rows_max: int = LIMITS.sheet_rows_max) -> Table:
    """Read a table out of the bytes of a CSV or XLSX file.

    Args:
        raw: the file.
        sheet: which worksheet of an XLSX file; the only one if it is not said.
        rows_max: how many rows it may have below its headings.

    Raises:
        BadQuestion: it is none, or is larger than a table may be.

    """
    if len(raw) > LIMITS.sheet_bytes_max:
        raise BadQuestion(FIELD, f"at most {LIMITS.sheet_bytes_max} bytes")
    if is_workbook(raw):
        sheet, lines = read_workbook(raw, sheet)
    elif sheet:
        raise BadQuestion("--sheet", "an XLSX file; a CSV file has no worksheets")
    else:
        lines = read_csv(raw)
    headings, rows = _headed(lines, rows_max)
    return Table(sheet, headings, rows, Hash32(hashlib.sha256(raw).digest()))


def _headed(lines: Iterable[list[str]], rows_max: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return the headings, which are the first row with any text, and the rows below them."""
    headings: tuple[str, ...] | None = None
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        cells = _trimmed(line)
        if not cells:
            continue
        if headings is None:
            headings = _check_headings(cells)
            continue
        if len(rows) == rows_max:
            raise BadQuestion(FIELD, f"at most {rows_max} rows below the headings")
        rows.append(Row(number, cells))
    if headings is None or not rows:
        raise BadQuestion(FIELD, "a row of headings, and rows below it")
    return headings, tuple(rows)


def _trimmed(line: list[str]) -> tuple[str, ...]:
    cells = [cell if isinstance(cell, Number) else cell.strip() for cell in line]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _check_headings(cells: tuple[str, ...]) -> tuple[str, ...]:
    if len(cells) > LIMITS.sheet_columns_max:
        raise BadQuestion(FIELD, f"at most {LIMITS.sheet_columns_max} columns")
    if any(len(cell.encode()) > LIMITS.sheet_cell_bytes_max for cell in cells):
        raise BadQuestion(FIELD, f"headings of at most {LIMITS.sheet_cell_bytes_max} bytes")
    return cells
