"""XLSX files as rows of text.

The package is looked through first (:mod:`.packages`), and what reads it gets a copy in which
nothing is compressed any more. Cells are typed: a number is written as the shortest decimal that is
exactly that number, so that ``12.5`` stays ``12.5`` and the sum of 0.1 and 0.2 shows as
``0.30000000000000004``, which is no weight. A time is the second nearest to it. An error of the
spreadsheet stays one (``#N/A``).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import python_calamine

from ledger.errors import BadQuestion
from ledger.sheets.packages import unpacked

_FIELD: Final = "FILE"
_HALF_A_SECOND: Final = dt.timedelta(milliseconds=500)
_ZIP: Final = b"PK"
_OLD: Final = b"\xd0\xcf\x11\xe0"


class Number(str):
    """A cell that was a number, as its exact decimal: its mark is a point, whatever texts use."""

    __slots__ = ()


def is_workbook(raw: bytes) -> bool:
    """Tell whether a file is no text, but a spreadsheet program's own."""
    return raw.startswith((_ZIP, _OLD))


def read_workbook(raw: bytes, sheet: str = "") -> tuple[str, Iterator[list[str]]]:
    """Return the name of a worksheet and its rows, the first row of the sheet first.

    Args:
        raw: the file.
        sheet: which; the only one if it is not said.

    Raises:
        BadQuestion: it is no XLSX file, expands too far, or has no such worksheet.

    """
    if raw.startswith(_OLD):
        raise BadQuestion(_FIELD, "XLSX or CSV; this is an old or locked workbook: save it as XLSX")
    package = unpacked(raw)
    with _readable():
        book = python_calamine.load_workbook(io.BytesIO(package))
    name = _named(book.sheet_names, sheet)
    with _readable():
        found = book.get_sheet_by_name(name)
    return name, _rows(found)


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[list[str]]:
    with _readable():
        for row in sheet.iter_rows():
            yield [text_of(value) for value in row]


@contextmanager
def _readable() -> Iterator[None]:
    """Tell what the library cannot read, or gives up reading, as a fault of the file."""
    try:
        yield
    except python_calamine.CalamineError:
        raise BadQuestion(_FIELD, "an XLSX file that can be read") from None
    except BaseException as error:
        # The library stops so at some values, such as a time of many years; it is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise BadQuestion(_FIELD, "an XLSX file without values out of all bounds") from None


def _named(names: list[str], sheet: str) -> str:
    if not names:
        raise BadQuestion(_FIELD, "an XLSX file with a worksheet")
    if sheet in names:
        return sheet
    if sheet or len(names) != 1:
        raise BadQuestion("--sheet", "one of " + ", ".join(map(repr, names)))
    return names[0]


def text_of(value: object) -> str:
    """Write a cell's value as text; see the module."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return Number(value)
    if isinstance(value, float):
        return Number(int(value) if value.is_integer() else f"{Decimal(repr(value)):f}")
    if isinstance(value, dt.datetime):
        return _to_the_second(value).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _to_the_second(value: dt.datetime) -> dt.datetime:
    """Return the nearest second: a time is a fraction of a day, and seldom an exact one."""
    if value.microsecond and value.year < dt.MAXYEAR:
        value += _HALF_A_SECOND
    return value.replace(microsecond=0)
