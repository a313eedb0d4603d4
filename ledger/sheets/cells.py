"""Writing CSV that no spreadsheet program takes for a formula.

Text whose first character could begin a formula gets an apostrophe before it, and every text that
needs it is quoted (OWASP, *CSV Injection*). Numbers stay numbers: none of the ledger's is negative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

Cell = str | int | None
"""A cell to write; None is an empty one."""

_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: Cell) -> str | int:
    """Return a cell as it may stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_STARTS):
        return f"'{cell}"
    return cell


def write_rows(file: TextIO, rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows of cells as CSV (RFC 4180)."""
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
