"""Commands for private fields: show them, grant them to others, erase them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ledger.cli.options import Context
from ledger.cli.session import Session, session_of
from ledger.cli.words import read_id, show_time
from ledger.desk import Desk, Plain
from ledger.desk.answering import AnotherAnswer
from ledger.disclosing import EVERYONE_WORD
from ledger.errors import BadQuestion, Refused, Unknown
from ledger.values import Hash32, to_hex

commands = typer.Typer()

RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help="The record's id, 0x….")]
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The field, such as name or priceUsCents.")
]


@commands.command()
def show(context: Context, record: RecordArgument) -> None:
    """Show the private fields of a record that you may see, each checked against the record.

    Example: adamant private show 0x… --reader miner-bw
    """
    session = session_of(context)
    record_id = read_id(record, "RECORD")
    with session.desk() as desk:
        answer = desk.private(record_id)
        is_checked = _is_root_of(session, desk, record_id, answer["details"])
    if session.out.as_json:
        session.out.document({**answer, "isRecords": is_checked})
        return
    session.out.pairs([("record", answer["recordId"]), ("kind", answer["kind"])])
    for one in answer["fields"]:
        session.out.pairs([(one["name"], _shown(one)), ("", _shown_to(session, one))])
    if not is_checked:
        session.out.note("the record itself is withheld: that these are its fields is not checked")


def _is_root_of(session: Session, desk: Desk, record_id: Hash32, details: str) -> bool:
    """Tell whether the record commits to a root; False where it may not be read.

    Raises:
        AnotherAnswer: it commits to another.

    """
    try:
        record = desk.read(record_id, session.ledger_id(desk)).record
    except (Refused, Unknown, AnotherAnswer):
        return False
    if to_hex(record.details) != details:
        raise AnotherAnswer("private fields", to_hex(record.details), details)
    return True


def _shown(field: Plain) -> str:
    if field["erasedAtMs"] is not None:
        return f"erased {show_time(field['erasedAtMs'] // 1000)}"
    return str(field["value"])


def _shown_to(session: Session, field: Plain) -> str:
    if not field["grants"]:
        return ""
    told = [one if one == EVERYONE_WORD else session.name(one) for one in field["grants"]]
    return "shown to " + ", ".join(told)


@commands.command()
def grant(
    context: Context,
    record: RecordArgument,
    name: NameArgument,
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="PARTY", help="A key's name, 0x…, or everyone.")
    ],
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Show it no longer; what was seen stays seen.")
    ] = False,
) -> None:
    """Show a private field of yours to a party, or to everyone.

    Example: adamant private grant 0x… name --to everyone --reader miner-bw
    """
    session = session_of(context)
    record_id = read_id(record, "RECORD")
    party = EVERYONE_WORD if to == EVERYONE_WORD else to_hex(session.address(to, "--to"))
    with session.desk() as desk:
        desk.dispose(record_id, name, "withdraw" if withdraw else "grant", party)
    does = "is no longer shown to" if withdraw else "is shown to"
    document = {"recordId": to_hex(record_id), "name": name, "party": party, "shown": not withdraw}
    session.out.either(document, f"{name} {does} {to}")


@commands.command()
def erase(
    context: Context,
    record: RecordArgument,
    name: NameArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a private field of yours for ever. The record, and every proof over it, stays.

    Copies of the ledger's folder, and whoever has seen the value, may still have it.

    Example: adamant private erase 0x… name --yes --reader miner-bw
    """
    session = session_of(context)
    record_id = read_id(record, "RECORD")
    if not yes:
        if not sys.stdin.isatty():
            raise BadQuestion("--yes", "to be given, since nobody can be asked")
        typer.confirm(f"Erase {name} for ever?", abort=True, err=True)
    with session.desk() as desk:
        desk.dispose(record_id, name, "erase")
    session.out.either({"recordId": to_hex(record_id), "name": name}, f"{name} is erased")
