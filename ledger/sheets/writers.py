"""Writing rows out: CSV, NDJSON or Parquet, in a stream.

A row is a mapping of names to plain values: text, whole numbers, true and false, null; or what JSON
nests, which is JSON text in a table's cell. CSV is UTF-8 and safe to open in a spreadsheet program
(:mod:`.cells`); Parquet needs the extra ``parquet``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final, Literal

from ledger.errors import BadQuestion
from ledger.sheets.cells import Cell, write_rows

Format = Literal["csv", "ndjson", "parquet"]
Row = Mapping[str, Any]

GROUP_ROWS: Final = 10_000
"""How many rows a group of a Parquet file has: as many are held at once."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of what is written: its name, and what it holds."""

    name: str
    sort: Literal["text", "integer", "truth", "nested"] = "text"


def write_table(
    file: BinaryIO, columns: tuple[Column, ...], rows: Iterable[Row], form: Format
) -> None:
    """Write rows in a format.

    Raises:
        BadQuestion: the format needs a library that is not installed.

    """
    {"csv": _write_csv, "ndjson": _write_lines, "parquet": _write_parquet}[form](
        file, columns, rows
    )


def check_format(form: Format) -> None:
    """Check that a format can be written here, before anything is asked.

    Raises:
        BadQuestion: it needs a library that is not installed.

    """
    if form == "parquet":
        _parquet()


def _write_csv(file: BinaryIO, columns: tuple[Column, ...], rows: Iterable[Row]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
    write_rows(text, [[column.name for column in columns]])
    write_rows(text, ([_cell(row[column.name]) for column in columns] for row in rows))
    text.flush()
    text.detach()


def _cell(value: Any) -> Cell:  # noqa: ANN401 - any plain value
    if isinstance(value, bool):
        return "true" if value else "false"
    # In JSON a semicolon may stand as its number: so no program breaks the cell at it.
    return value if isinstance(value, str | int | None) else _json(value).replace(";", "\\u003b")


def _json(value: Any) -> str:  # noqa: ANN401 - any plain value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_lines(file: BinaryIO, columns: tuple[Column, ...], rows: Iterable[Row]) -> None:
    for row in rows:
        plain = {column.name: row[column.name] for column in columns}
        file.write(_json(plain).encode() + b"\n")


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types
        from pyarrow import parquet
    except ImportError:
        expected = 'csv or ndjson; parquet needs its extra: pip install "adamant-ledger[parquet]"'
        raise BadQuestion("--format", expected) from None
    return pa, parquet


def _write_parquet(file: BinaryIO, columns: tuple[Column, ...], rows: Iterable[Row]) -> None:
    arrow, parquet = _parquet()
    types = {"integer": arrow.int64(), "truth": arrow.bool_()}
    schema = arrow.schema([(one.name, types.get(one.sort, arrow.string())) for one in columns])
    with parquet.ParquetWriter(file, schema) as writer:
        for group in _groups(rows):
            made = {one.name: [_element(row[one.name], one) for row in group] for one in columns}
            writer.write_table(arrow.table(made, schema=schema))


def _element(value: Any, column: Column) -> Any:  # noqa: ANN401 - any plain value
    return _json(value) if column.sort == "nested" and value is not None else value


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while group := list(islice(left, GROUP_ROWS)):
        yield group
