"""CSV files as rows of text: UTF-8, with commas, semicolons or tabs (RFC 4180 otherwise).

A file in another encoding is refused, never read as something else: in Windows-1252 the same byte
means another letter, and a label would be signed as nobody wrote it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from ledger.errors import BadQuestion

_FIELD: Final = "FILE"
_SEPARATORS: Final = ",;\t"
_BOM: Final = "\ufeff"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_csv(raw: bytes) -> Iterator[list[str]]:
    """Yield the rows of a CSV file, an empty one for each empty line.

    Raises:
        BadQuestion: it is not UTF-8, or its quotes do not close.

    """
    text = _decode(raw).removeprefix(_BOM)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        expected = f"CSV that can be read; it breaks off at line {reader.line_num}: {error}"
        raise BadQuestion(_FIELD, expected) from None


def separator_of(text: str) -> str:
    """Return what separates the cells: whichever stands most often among the headings."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    is_quoted = False
    for character in text.lstrip("\r\n"):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted and character in "\r\n":
            break
        elif not is_quoted and character in counts:
            counts[character] += 1
    return max(_SEPARATORS, key=lambda one: counts[one])


def _decode(raw: bytes) -> str:
    if raw.startswith(_UTF_16):
        raise BadQuestion(_FIELD, "CSV in UTF-8; this is UTF-16: save it as CSV UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        expected = (
            f"CSV in UTF-8; line {line} has the byte 0x{raw[error.start]:02x}, as Windows-1252 "
            "and its like write letters: save it as CSV UTF-8"
        )
        raise BadQuestion(_FIELD, expected) from None
