"""The command that compares a document with the hash that a record names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.options import Context
from ledger.cli.outcome import REFUSED
from ledger.cli.session import session_of
from ledger.cli.stating import hash_of_file
from ledger.cli.words import read_id
from ledger.errors import BadQuestion
from ledger.records import Statement
from ledger.values import NO_HASH, to_hex

commands = typer.Typer(no_args_is_help=True)


@commands.command()
def check(
    context: Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document as you have it.")],
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="The Statement that names it: its record's id.")
    ],
) -> None:
    """Check that a document is the one that a Statement names, by its SHA-256.

    The document itself is kept outside the ledger; the record holds its hash.

    Example: adamant document check report.pdf 0x…
    """
    record_id, found = read_id(record, "RECORD"), hash_of_file(file)
    session = session_of(context)
    with session.desk() as desk:
        stated = desk.read_as_shown(record_id, session.ledger_id(desk)).record
    named = stated.what.document if isinstance(stated, Statement) else NO_HASH
    if named == NO_HASH:
        raise BadQuestion("RECORD", "a Statement that names a document")
    is_same = found == named
    said = {"recordId": record, "document": to_hex(named), "file": to_hex(found), "same": is_same}
    words = "is the document that" if is_same else f"is another document ({to_hex(found)}) than"
    session.out.either(said, f"{file} {words} the record names: {to_hex(named)}")
    if not is_same:
        raise typer.Exit(REFUSED)
