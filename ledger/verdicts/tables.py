"""Reference tables: the bytes of a file in, frozen rows out, or the line and column at fault.

A table is a file of comma-separated values in the one writing that ``docs/spec/tables.md`` gives:
UTF-8 without a byte order mark, lines that end in a line feed, cells quoted only where they must
be, the columns of its name in their order, rows ascending by ``key``. Every row says where it is
from (``source``) and whether that was seen (``confirmed``) or is from memory (``unconfirmed``).

A table is known by the SHA-256 of its bytes. Whatever bytes come, reading them ends in a table or
in :class:`~ledger.errors.BadTable`; nothing is repaired, since two readers would repair it twice.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.errors import BadTable
from ledger.limits import LIMITS
from ledger.values import COUNTRIES, EU, Hash32, text_fault
from ledger.verdicts.spans import Span, read_window

NAME: Final = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
"""How a table is named: as in a Charter."""

UNNAMED_ZONE: Final = "?"
"""A zone that the source counts and does not name."""

_DATES: Final = ("from", "from_precision", "until", "until_precision")
_LAST: Final = ("source", "confidence", "note")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "armed-determinations": (
        "key", "country", "zone", "actor", "scope", "body", "instrument", *_DATES, *_LAST,
    ),
    "kp-measures": ("key", "country", "zone", "what", *_DATES, *_LAST),
    "kp-participants": ("key", "country", "name", "covered_by", *_DATES, *_LAST),
    "places": (
        "key", "country", "place", "latitude_millidegrees", "longitude_millidegrees",
        "reach_kilometres", *_LAST,
    ),
    "production": ("key", "country", "year", "thousand_carats", "million_us_dollars", *_LAST),
    "un-embargoes": ("key", "country", "what", *_DATES, *_LAST),
    "warranty-texts": ("key", "text_id", "form", *_DATES, *_LAST),
}  # fmt: skip
"""The tables that are read, each with its columns in their order."""

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}", re.ASCII)
_WORD: Final = re.compile(r"\w+")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,11}", re.ASCII)
_COUNT: Final = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
_YEAR: Final = re.compile(r"[1-9][0-9]{3}", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@")
CONFIDENCES: Final = ("confirmed", "unconfirmed")
ACTORS: Final = (
    "rebel", "non-state-armed-group", "un-sanctioned", "security-forces", "state-aggression",
    "forced-labour",
)  # fmt: skip
MEASURES: Final = (
    "no-exports", "compliant-zones-only", "compliant-zone", "supervised-exports",
    "compliant-operations-only", "enhanced-scrutiny", "enhanced-vigilance",
)  # fmt: skip
EMBARGOES: Final = ("no-exports", "no-exports-without-certificate")
_CHOICES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("armed-determinations", "actor"): ACTORS,
    ("armed-determinations", "scope"): ("all", "some"),
    ("kp-measures", "what"): MEASURES,
    ("kp-participants", "covered_by"): ("", EU),
    ("un-embargoes", "what"): EMBARGOES,
    ("warranty-texts", "form"): ("rough", "polished", "piece"),
}
_NO_COUNTRY: Final = frozenset({"production"})
"""Tables with rows that are about no one country: a total, and all others together."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        key: what it is known by; unique in its table, and the same in each version of it.
        cells: (column, text) of every column, in their order.
        span: from when to when it holds; of a table without dates: always.
        is_confirmed: its source was seen; if not it is from memory, and shown as unconfirmed.

    """

    key: str
    cells: tuple[tuple[str, str], ...]
    span: Span
    is_confirmed: bool

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; KeyError if its table has no such column."""
        for name, text in self.cells:
            if name == column:
                return text
        raise KeyError(column)


@dataclass(frozen=True, slots=True)
class Table:
    """One version of a table: its name, the SHA-256 of its file, its rows ascending by key."""

    name: str
    sha256: Hash32
    rows: tuple[Row, ...]


def same_zone(one: str, other: str) -> bool:
    """Tell whether two spell the same zone: Berbérati is Berberati, in capitals too."""
    return _plain(one) == _plain(other)


def may_be_zone(one: str, other: str) -> bool:
    """Tell whether two may be one zone: they share a word, or differ in one letter."""
    first, second = _plain(one), _plain(other)
    if not set(_WORD.findall(first)).isdisjoint(_WORD.findall(second)):
        return True
    shorter, longer = sorted((first, second), key=len)
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b),
                len(shorter))  # fmt: skip
    return longer[same + 1 :] in (shorter[same + 1 :], shorter[same:])


def _plain(zone: str) -> str:
    letters = unicodedata.normalize("NFKD", zone.strip())
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()


def sha256_of(raw: bytes) -> Hash32:
    """Return what a file is known by."""
    return Hash32(hashlib.sha256(raw).digest())


def read_table(name: str, raw: bytes) -> Table:
    """Read the bytes of the file of a table.

    Raises:
        BadTable: they are not in the one writing of a table of this name; it names the line and
            the column at fault.

    """
    if name not in COLUMNS:
        raise BadTable(name, 0, "", f"one of the tables that are read: {', '.join(COLUMNS)}")
    columns, rows = COLUMNS[name], list[Row]()
    for line, cells in _lines(name, raw):
        if line == 1:
            _check_heading(name, columns, cells)
            continue
        row = _read_row(name, columns, line, cells)
        if rows and row.key <= rows[-1].key:
            expected = f"keys that ascend, each once; the row before is {rows[-1].key}"
            raise BadTable(name, line, "key", expected)
        rows.append(row)
    return Table(name, sha256_of(raw), tuple(rows))


def _lines(name: str, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number, from 1, and its cells."""
    if len(raw) > LIMITS.table_bytes_max:
        raise BadTable(name, 0, "", f"at most {LIMITS.table_bytes_max} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadTable(name, raw.count(b"\n", 0, error.start) + 1, "", "UTF-8") from None
    if not text.endswith("\n"):
        raise BadTable(name, text.count("\n") + 1, "", "a line feed at the end of every line")
    lines = text[:-1].split("\n")
    if len(lines) - 1 > LIMITS.table_rows_max:
        raise BadTable(name, 0, "", f"at most {LIMITS.table_rows_max} rows")
    for number, line in enumerate(lines, 1):
        yield number, _split(name, number, line)


def _split(name: str, number: int, line: str) -> list[str]:
    if fault := text_fault(line):
        raise BadTable(name, number, "", f"text in NFC without {fault}")
    try:
        (cells,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        raise BadTable(name, number, "", "cells with commas between them") from None
    if ",".join(map(_written, cells)) != line:
        raise BadTable(name, number, "", "quotes around cells that hold a comma or a quote, only")
    return cells


def _written(cell: str) -> str:
    must_quote = "," in cell or '"' in cell
    return '"' + cell.replace('"', '""') + '"' if must_quote else cell


def _check_heading(name: str, columns: tuple[str, ...], cells: list[str]) -> None:
    for column, found in zip(columns, cells, strict=False):
        if column != found:
            raise BadTable(name, 1, column, f"this column here; the columns: {','.join(columns)}")
    if len(cells) != len(columns):
        raise BadTable(name, 1, "", f"exactly these columns: {','.join(columns)}")


def _read_row(name: str, columns: tuple[str, ...], line: int, cells: list[str]) -> Row:
    if len(cells) != len(columns):
        raise BadTable(name, line, "", f"{len(columns)} cells; came {len(cells)}")
    for column, text in zip(columns, cells, strict=True):
        if expected := _fault(name, column, text):
            raise BadTable(name, line, column, expected)
    texts = dict(zip(columns, cells, strict=True))
    span = _read_span(name, line, texts) if "from" in texts else Span()
    return Row(texts["key"], tuple(texts.items()), span, texts["confidence"] == CONFIDENCES[0])


def _read_span(name: str, line: int, texts: dict[str, str]) -> Span:
    begins, ends = Span().begins, Span().ends
    for column in ("from", "until"):
        text, precision = texts[column], texts[f"{column}_precision"]
        if not text and not precision:
            continue
        window = read_window(text, precision)
        if window is None:
            expected = "a date (2016, 2016-05, 2016-05-23), told as far as its precision says"
            raise BadTable(name, line, column, expected)
        begins, ends = (window, ends) if column == "from" else (begins, window)
    if begins.latest >= ends.latest or begins.earliest >= ends.earliest:
        raise BadTable(name, line, "until", "a date after the one it is from")
    return Span(begins, ends)


def _fault(name: str, column: str, text: str) -> str | None:
    """Say what a cell was expected to be, or None where it is that."""
    if choices := _CHOICES.get((name, column)):
        return None if text in choices else f"one of: {', '.join(choices)}"
    if column == "country" and not text and name in _NO_COUNTRY:
        return None
    return _CHECKS.get(column, _text_fault)(text)


def _text_fault(text: str) -> str | None:
    if len(text.encode()) > LIMITS.table_cell_bytes_max:
        return f"at most {LIMITS.table_cell_bytes_max} bytes"
    # A spreadsheet would take it for a formula.
    return "text that does not begin with = + - or @" if text.startswith(_FORMULA) else None


def _required_fault(text: str) -> str | None:
    return _text_fault(text) if text else "some text"


def _matches(pattern: re.Pattern[str], expected: str) -> Callable[[str], str | None]:
    return lambda text: None if pattern.fullmatch(text) else expected


def _degrees(most: int) -> Callable[[str], str | None]:
    def fault(text: str) -> str | None:
        is_whole = _WHOLE.fullmatch(text) is not None
        return None if is_whole and abs(int(text)) <= most else f"whole, within {most} of 0"

    return fault


_CHECKS: Final[dict[str, Callable[[str], str | None]]] = {
    "key": _matches(_KEY, "1 to 48 letters, digits, dots, dashes and underscores"),
    "country": lambda text: None if text in COUNTRIES or text == EU else "a country's ISO code",
    "confidence": lambda text: None if text in CONFIDENCES else "confirmed or unconfirmed",
    "source": _required_fault,
    "text_id": _required_fault,
    "body": _required_fault,
    "place": _required_fault,
    "year": _matches(_YEAR, "a year"),
    "thousand_carats": _matches(_COUNT, "a whole number"),
    "million_us_dollars": _matches(_COUNT, "a whole number"),
    "reach_kilometres": _matches(_COUNT, "a whole number"),
    "latitude_millidegrees": _degrees(90_000),
    "longitude_millidegrees": _degrees(180_000),
}
