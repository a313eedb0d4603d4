"""Commands for reference tables and definitions: list, show, check, keep and export their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.options import Context
from ledger.cli.output import Output
from ledger.cli.session import Session, session_of
from ledger.cli.words import count_of, read_id
from ledger.desk import Desk, is_url
from ledger.errors import BadQuestion, Unknown
from ledger.files import written_over
from ledger.reference import (
    DEFINITION,
    File,
    Shelf,
    check_file,
    file_of,
    is_definition,
    read_file,
    shipped,
)
from ledger.values import Hash32, to_hex

commands = typer.Typer()
_SUFFIXES: Final = {".csv": "", ".toml": DEFINITION}

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="A table's name, such as kp-measures; of a definition: definition-ID."
    ),
]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A table (.csv) or a definition (.toml).")
]
NameOption = Annotated[
    str, typer.Option("--name", metavar="NAME", help="Its name, if the file is called otherwise.")
]
SizeOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="As the charter stood after the first N entries."),
]


@commands.command("list")
def list_(context: Context, *, size: SizeOption = None) -> None:
    """List the tables and definitions that count, their versions, and who chose these.

    An adopted version is named by the charter in force; of any other, the package's own counts.

    Example: adamant tables list --size 120
    """
    session = session_of(context)
    with session.desk() as desk:
        answer = desk.tables(size)
    if session.out.as_json:
        session.out.document(answer)
        return
    rows = [(one["name"], one["sha256"].removeprefix("0x"), _standing(one)) for one in _of(answer)]
    session.out.table(["name", "SHA-256", "standing"], rows)


@commands.command()
def show(
    context: Context,
    name: NameArgument,
    *,
    sha256: Annotated[
        str,
        typer.Option(metavar="HASH", help="The version of this hash; else the one that counts."),
    ] = "",
    size: SizeOption = None,
) -> None:
    """Print the file of a table or a definition, whose hash is compared first.

    Example: adamant tables show kp-measures > kp-measures.csv
    """
    session = session_of(context)
    version = read_id("0x" + sha256.removeprefix("0x"), "--sha256") if sha256 else None
    with session.desk() as desk:
        answer = desk.table(name, version, size)
    if session.out.as_json:
        session.out.document(answer)
    else:
        session.out.raw(answer["text"].removesuffix("\n"))  # printing ends the line


@commands.command()
def check(context: Context, file: FileArgument, *, name: NameOption = "") -> None:
    """Check that a file is a table or a definition that can be adopted; nothing is kept.

    A fault is named by its line and column, or its key.

    Example: adamant tables check kp-measures.csv
    """
    session, read = session_of(context), read_named(name, file)
    document = {"name": read.name, "sha256": to_hex(read.sha256), "bytes": len(read.raw)}
    session.out.either(document, f"{read.name}: SHA-256 {read.sha256.hex()}, nothing is wrong")


@commands.command()
def add(context: Context, file: FileArgument, *, name: NameOption = "") -> None:
    """Keep a file in the ledger's folder, so that governors can adopt it.

    It counts for nothing until an amendment names it. A server of this folder finds it at once.

    Example: adamant tables add kp-measures.csv --ledger adamant-ledger
    """
    session = session_of(context)
    read = read_named(name, file)
    session.folder.check_is_made()
    is_fresh = Shelf(session.folder.tables).add(read)
    document = {"name": read.name, "sha256": to_hex(read.sha256), "isFresh": is_fresh}
    said = "kept" if is_fresh else "is here already"
    session.out.either(document, f"{read.name} of SHA-256 {read.sha256.hex()} {said}")


@commands.command()
def export(
    context: Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the files.")],
    *,
    size: SizeOption = None,
) -> None:
    """Write every file that counts into a folder, as NAME.csv or NAME.toml.

    Example: adamant tables export tables-of-2026
    """
    session = session_of(context)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    with session.desk() as desk:
        for one in _of(desk.tables(size)):
            if not one["isHere"]:
                session.out.note(f"missing: {one['name']} of SHA-256 {one['sha256'][2:]}")
                continue
            raw = desk.table(one["name"], size=size)["text"].encode()
            path = folder / f"{one['name']}.{'toml' if is_definition(one['name']) else 'csv'}"
            with written_over(path) as file:
                file.write(raw)
            written.append(str(path))
    session.out.either({"files": written}, f"{count_of(len(written), 'file')} in {folder}")


def read_named(name: str, path: Path) -> File:
    """Read a file as the table or the definition of a name, or of the name that the file has.

    Raises:
        BadQuestion: it cannot be read, its name does not tell what it is, or it is none.

    """
    if path.suffix not in _SUFFIXES:
        raise BadQuestion(str(path), "a file named .csv (a table) or .toml (a definition)")
    prefix = _SUFFIXES[path.suffix]
    given = name or prefix + path.stem.removeprefix(prefix)
    if is_definition(given) != bool(prefix):
        raise BadQuestion(str(path), "a table in a .csv, a definition in a .toml")
    file = file_of(given, read_file(path))
    check_file(file)
    return file


def adopted(session: Session, desk: Desk, named: list[str]) -> dict[str, Hash32]:
    """Read ``--table NAME=FILE`` or ``NAME`` into hashes by name, and see that each file is kept.

    Raises:
        BadQuestion: a file is none, or a server does not have it.

    """
    files = [_asked(text) for text in named]
    for file in files:
        if is_url(session.ledger):
            _check_is_there(desk, file)
        else:
            Shelf(session.folder.tables).add(file)
    return {file.name: file.sha256 for file in files}


def missing_tables(missing: Sequence[tuple[str, Hash32]]) -> dict[str, Any]:
    """Return what an audit's document says of files that are missing."""
    return {"missingTables": [{"name": name, "sha256": to_hex(one)} for name, one in missing]}


def tell_missing(out: Output, missing: Sequence[tuple[str, Hash32]]) -> None:
    """Note each file that is missing: no fault, and no verdict that needs it can be made."""
    for name, sha256 in missing:
        out.note(f"missing: the file of table {name}, SHA-256 {sha256.hex()}: no fault of the log")


def _asked(text: str) -> File:
    name, separator, path = text.partition("=")
    if separator:
        return read_named(name, Path(path))
    if name not in shipped():
        raise BadQuestion("--table", f"NAME=FILE, or one of: {', '.join(shipped())}")
    return shipped()[name]


def _check_is_there(desk: Desk, file: File) -> None:
    try:
        desk.table(file.name, file.sha256)
    except Unknown:
        raise BadQuestion(
            "--table",
            f"a file that the server has; its operator adds {file.name} of SHA-256 "
            f"{file.sha256.hex()} first, by `adamant tables add` on its folder",
        ) from None


def _of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = answer["tables"]
    return tables


def _standing(one: dict[str, Any]) -> str:
    standing = "adopted" if one["isAdopted"] else "not adopted by this ledger"
    return standing if one["isHere"] else f"{standing}, its file is missing"
