"""The command that brings a spreadsheet in: registrations, splits and hand-overs, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from ledger.cli.import_reports import Asked, beside, show_rows, tell_results
from ledger.cli.imports import (
    BAD,
    Advance,
    Checked,
    Sender,
    check_rows,
    results_of,
    write_results,
)
from ledger.cli.imports import REFUSED as REFUSED_ROW
from ledger.cli.options import Context, speaking
from ledger.cli.outcome import REFUSED
from ledger.cli.session import Session, session_of
from ledger.cli.showing import tell_names
from ledger.cli.speaking import Pen, Speech, may_ask, only_key, unlock
from ledger.cli.words import count_of, read_time
from ledger.config import system_clock
from ledger.desk import Desk
from ledger.desk.answering import AnotherAnswer
from ledger.drafts import Speaker
from ledger.errors import BadQuestion, Unavailable, Unknown
from ledger.files import write_over
from ledger.limits import LIMITS
from ledger.sheets import (
    Clerk,
    Mapping,
    Read,
    Table,
    guess,
    read_mapping,
    read_orders,
    read_table,
    write_mapping,
)
from ledger.sheets.journal import Journal, Tie, open_journal, signed_elsewhere
from ledger.values import Address, to_hex

commands = typer.Typer()
PANEL: Final = "Spreadsheets"


@commands.command("import", rich_help_panel=PANEL)
@speaking("out")
def import_(
    context: Context,
    *,
    pen: Pen,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The spreadsheet: CSV in UTF-8, or XLSX.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Which column gives which field, as TOML: read if it is there, otherwise guessed "
            "and written. FILE.mapping.toml beside the spreadsheet if not said.",
        ),
    ] = None,
    as_kind: Annotated[
        Literal["", "register", "split", "handoff"],
        typer.Option(metavar="WHAT", help="What the rows say: register, split or handoff."),
    ] = "",
    sheet: Annotated[str, typer.Option(metavar="NAME", help="The worksheet of an XLSX file.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every row; sign and send nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Send nothing if any row is bad.")
    ] = False,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What was signed, kept before it is sent. FILE.journal beside the spreadsheet if "
            "not said.",
        ),
    ] = None,
) -> None:
    """Bring a spreadsheet in: each row is a registration, a split or a hand-over.

    All rows are checked first, and every bad one is named by line, column and reason; the others
    are signed and sent in batches. What became of each row is written to FILE.result.csv.

    Stopped at any moment, the same command goes on: nothing is sent twice, since each row is signed
    once and kept in a journal before it is sent. Keep the journal; a spreadsheet that was changed
    in between is refused.

    Ends with 0 when every row is in, 1 when some were bad or refused and the others are in, 2 when
    the file cannot be read as a table, 4 when the ledger was away: run the same command again.

    Example: adamant import bags.csv --dry-run --as miner; adamant import bags.csv --as miner
    """
    asked = Asked(
        file,
        mapping or beside(file, "mapping.toml"),
        sheet,
        as_kind,
        journal or beside(file, "journal"),
        dry_run,
        strict,
    )
    _import(session_of(context), pen, asked)


def _import(session: Session, pen: Pen, asked: Asked) -> None:
    # 1. The file alone: what its columns mean, and what its rows say.
    table, mapping = _read(session, asked)
    read = read_orders(table, mapping)
    # 2. The key, while nobody is kept waiting by an open ledger.
    keys = pen.keys or (only_key(session),)
    if len(keys) > 1:
        raise BadQuestion("--as", "one key: each row bears one signature")
    author = session.address(keys[0], "--as")
    signers = [] if asked.is_dry else unlock(session, pen, keys)
    if signers and not session.reader:
        session.reader_signer = signers[0]  # whoever speaks reads by the same key
    elif not keys[0].startswith("0x"):
        session.reader = session.reader or keys[0]  # unlocked only when a server asks who reads
    with session.desk() as desk:
        # 3. Every row against the ledger, before any is signed.
        speech = Speech(session, desk, pen, author)
        tie = _tie(pen, table, mapping, speech)
        with _journal(asked, tie) as journal:
            checked = _check(session, pen, read, speech, mapping, journal)
            session.learn({to_hex(address): name for name, address in checked.called.items()})
            show_rows(session, mapping, table, checked)
            if not session.out.as_json:
                tell_names(session, is_remote=desk.is_remote)
            stops = asked.is_dry or (asked.is_strict and bool(checked.faults))
            # 4. Signed, kept, sent; batch by batch.
            if journal is not None and not stops:
                _ask(session, pen, desk, checked)
                sender = Sender(desk, journal, speech.ledger_id, signers[0], pen.wait)
                _send(session, sender, checked, asked)
            results = results_of(checked, journal)
    # 5. What became of each row.
    if not asked.is_dry:
        write_over(asked.result, write_results(results))
    tell_results(session, asked, mapping, results)
    if any(one.state in (BAD, REFUSED_ROW) for one in results):
        raise typer.Exit(REFUSED)


# -- the file ------------------------------------------------------------------------------------


def _read(session: Session, asked: Asked) -> tuple[Table, Mapping]:
    """Read the table and its mapping, which is guessed and saved if there is none."""
    saved = _saved(asked)
    if asked.file.stat().st_size > LIMITS.sheet_bytes_max:
        raise BadQuestion("FILE", f"at most {LIMITS.sheet_bytes_max} bytes")
    table = read_table(asked.file.read_bytes(), asked.sheet or (saved.sheet if saved else ""))
    if saved is None:
        mapping = guess(table.headings, says=asked.says, sheet=table.sheet)
        write_over(asked.mapping, write_mapping(mapping, table.headings))
        session.out.aside(f"the mapping was guessed, and written to {asked.mapping}")
        return table, mapping
    return table, replace(saved, says=asked.says or saved.says, sheet=table.sheet)


def _saved(asked: Asked) -> Mapping | None:
    try:
        return read_mapping(asked.mapping.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise BadQuestion("--mapping", "a text file in UTF-8") from None


def _tie(pen: Pen, table: Table, mapping: Mapping, speech: Speech) -> Tie:
    said = "\n".join((to_hex(mapping.digest), pen.at, pen.role, pen.country))
    return Tie(to_hex(table.digest), said, to_hex(speech.ledger_id), to_hex(speech.author))


@contextmanager
def _journal(asked: Asked, tie: Tie) -> Iterator[Journal | None]:
    """Open the journal; a dry run makes none."""
    if not asked.journal.exists():
        if asked.journal == beside(asked.file, "journal"):
            _check_first(asked, tie)
        if asked.is_dry:
            yield None
            return
    with open_journal(asked.journal, tie) as journal:
        yield journal


def _check_first(asked: Asked, tie: Tie) -> None:
    """Check that the spreadsheet was not brought in by another name."""
    other = signed_elsewhere(asked.journal, tie)
    if other is not None:
        expected = (
            f"{other}, by which rows of this very file were signed before; or, if the same goods "
            "are not meant, a journal of another name"
        )
        raise BadQuestion("--journal", expected)


# -- checking and sending ------------------------------------------------------------------------


def _check(
    session: Session,
    pen: Pen,
    read: Read,
    speech: Speech,
    mapping: Mapping,
    journal: Journal | None,
) -> Checked:
    def voice(kind: str, operation: str, country: str) -> Speaker:
        return speech.speaker(kind, operation, country)

    names = session.keys_by_name

    def people(text: str) -> Address:
        if text not in names:
            raise Unknown("key", text)
        return names[text]

    clerk = Clerk(
        speech.desk,
        speech.ledger_id,
        speech.author,
        voice=voice,
        people=people,
        now=system_clock() // 1000,
        at=read_time(pen.at) if pen.at else None,
    )
    with _bar(session, "checking") as advance:
        return check_rows(read.orders, read.faults, clerk, mapping, journal, advance)


def _send(session: Session, sender: Sender, checked: Checked, asked: Asked) -> None:
    try:
        with _bar(session, "sending") as advance:
            sender.send(checked.drafts, advance)
    except Unavailable as error:
        raise Unavailable(f"{error}; {_again(asked)}") from None
    except AnotherAnswer:
        session.out.aside(_again(asked))
        raise


def _again(asked: Asked) -> str:
    return f"what was signed is kept in {asked.journal}: the same command goes on from there"


@contextmanager
def _bar(session: Session, what: str) -> Iterator[Advance]:
    with session.out.progress(what) as progress:

        def advance(done: int, total: int) -> None:
            progress.update(progress.task_ids[0], completed=done, total=total)

        yield advance


def _ask(session: Session, pen: Pen, desk: Desk, checked: Checked) -> None:
    """Ask whoever is at a terminal before signing what a server had a part in."""
    if not checked.drafts or not desk.is_remote:
        return
    if session.pinned is None and not session.out.as_json:
        session.out.note("which ledger this is for is the server's word: pin it with --ledger-id")
    if not pen.yes and checked.called and not may_ask(session):
        # Goods must not go where a server says, unless somebody says so who could know better.
        expected = "the addresses of recipients, whose names are the server's word; or --yes"
        raise BadQuestion("FILE", expected)
    if pen.yes or not may_ask(session):
        return
    typer.confirm(f"Sign {count_of(len(checked.drafts), 'record')}?", abort=True, err=True)
