"""The command that writes what a ledger holds to a file, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from ledger.cli.exports import COLUMNS, rows_of
from ledger.cli.options import Context
from ledger.cli.session import session_of
from ledger.cli.words import count_of
from ledger.files import written_over
from ledger.sheets.writers import check_format, write_table

commands = typer.Typer()
PANEL: Final = "Spreadsheets"


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self.count += 1
            yield row


@commands.command(rich_help_panel=PANEL)
def export(
    context: Context,
    what: Annotated[
        Literal["entries", "parcels", "records"],
        typer.Argument(metavar="WHAT", help="entries, parcels or records."),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    form: Annotated[
        Literal["csv", "ndjson", "parquet"], typer.Option("--format", help="As what.")
    ] = "csv",
) -> None:
    """Write all entries, parcels or records to a file, up to the size that the ledger has.

    CSV is UTF-8 and safe to open in a spreadsheet program: text that could begin a formula has an
    apostrophe before it; numbers stay numbers. In CSV and Parquet, lists and envelopes are JSON
    text. Parquet needs the extra `parquet`. The file is there whole, or not at all.

    Example: adamant export parcels --format csv --out parcels.csv
    """
    session = session_of(context)
    check_format(form)
    with (
        session.desk() as desk,
        session.out.progress(f"exporting {what}") as progress,
        written_over(out) as file,
    ):

        def advance(done: int, total: int) -> None:
            progress.update(progress.task_ids[0], completed=done, total=total)

        rows = _Counted(rows_of(what, desk, session.ledger_id(desk), advance))
        write_table(file, COLUMNS[what], rows, form)
    if session.out.as_json:
        session.out.document({"file": str(out), "what": what, "format": form, "rows": rows.count})
    else:
        session.out.say(f"{count_of(rows.count, 'row')} written to {out}")
