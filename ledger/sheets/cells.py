"""Writing CSV that no spreadsheet program takes for a formula.

Text whose first character could begin a formula gets an apostrophe before it, and every text that
needs it is quoted (OWASP, *CSV Injection*). So does what follows a semicolon, a tab or a line end
within a text: a program whose own separator is the semicolon breaks cells there, quoted or not.
Numbers stay numbers: a minus before digits begins no formula that does anything.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

Cell = str | int | None
"""A cell to write; None is an empty one."""

_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
_BROKEN_OFF: Final = re.compile(r"""([;\t\r\n]["' ]*)(?=[=+\-@＝＋－＠])""")


def harmless(cell: Cell) -> str | int:
    """Return a cell as it may stand in a CSV file."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    text = _BROKEN_OFF.sub(r"\1'", cell)
    return f"'{text}" if text.startswith(_STARTS) else text


def write_rows(file: TextIO, rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows of cells as CSV (RFC 4180)."""
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
