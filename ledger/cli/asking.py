"""Commands that ask: what the ledger is, what it last signed, what it knows of something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.cli.options import Context
from ledger.cli.parcels import TOKEN, parcel_at
from ledger.cli.parties import address_of
from ledger.cli.session import Session, session_of
from ledger.cli.showing import SHOWN
from ledger.cli.words import count_of, show_time
from ledger.desk import Desk, Plain
from ledger.errors import BadQuestion, Unknown
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Hash32, from_hex, to_hex

commands = typer.Typer()
PANEL: Final = "Ask"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,47}", re.ASCII)
_INDEX: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


@commands.command(rich_help_panel=PANEL)
def status(context: Context) -> None:
    """Show what the ledger is, and how far it has come.

    Example: adamant status
    """
    session = session_of(context)
    with session.desk() as desk:
        answer = desk.status()
    if session.out.as_json:
        session.out.document(answer)
        return
    stopped = "no: it has stopped and its operator must look, or it is a copy without the log's key"
    is_taking = "yes" if answer["takesRecords"] else stopped
    is_open = answer["mode"] == "open"
    session.out.pairs(
        [
            ("ledger", answer["origin"]),
            ("ledger id", answer["ledgerId"]),
            ("who may read", "every party" if is_open else "those concerned (trade)"),
            ("takes records", is_taking),
            ("entries", count_of(answer["size"], "entry")),
            ("last", show_time(answer["recordedAtMs"] // 1000)),
            ("checkpoint", f"of {count_of(answer['checkpointSize'], 'entry')}"),
            ("root", answer["checkpointRoot"]),
        ]
    )


@commands.command(rich_help_panel=PANEL)
def checkpoint(
    context: Context,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the note to FILE.")
    ] = None,
) -> None:
    """Print the last checkpoint: the log's signed note of its size and root (C2SP).

    Keep one elsewhere: it shows later that nothing was rewritten, and helps a ledger recover.

    Example: adamant checkpoint --out last.note
    """
    session = session_of(context)
    with session.desk() as desk:
        answer = desk.checkpoint()
    if out is not None:
        try:
            out.write_text(answer["note"], encoding="utf-8")
        except OSError as error:
            raise BadQuestion("--out", f"a file that can be written: {error.strerror}") from None
    if session.out.as_json:
        session.out.document(answer)
    elif out is None:
        session.out.raw(answer["note"].removesuffix("\n"))
    else:
        session.out.say(f"checkpoint of {count_of(answer['size'], 'entry')} written to {out}")


@commands.command(rich_help_panel=PANEL)
def show(
    context: Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="An id or token, an address, a key's name, the index of an entry; or charter, "
            "sites.",
        ),
    ],
) -> None:
    """Show a parcel, site, record, party or entry: whatever the id, address or index names.

    Examples: adamant show 0x…; adamant show miner-bw; adamant show 7; adamant show sites
    """
    session = session_of(context)
    with session.desk() as desk:
        sort, answer = _find(session, desk, what)
    if session.out.as_json:
        session.out.document(answer)
    else:
        SHOWN[sort](session, answer)


def _find(session: Session, desk: Desk, what: str) -> tuple[str, Plain]:
    """Return what sort of thing was named, and the ledger's answer about it."""
    if what == "charter":
        return "charter", desk.charter()
    if what == "sites":
        return "sites", {"sites": list(desk.sites())}
    whole = from_hex(what, HASH_BYTES)
    if whole is not None:
        return _find_id(session, desk, Hash32(whole))
    if from_hex(what, ADDRESS_BYTES) is not None:
        return "party", desk.party(address_of(what))
    if _INDEX.fullmatch(what):
        return "record", desk.record_at(int(what), session.ledger_id(desk))
    address = session.keys_by_name.get(what)
    if address is not None:
        return "party", desk.party(address)
    if _NAME.fullmatch(what) and not TOKEN.fullmatch(what):
        raise Unknown("key", f"{what} in {session.keys_folder}")
    return "parcel", parcel_at(desk, what)


def _find_id(session: Session, desk: Desk, asked: Hash32) -> tuple[str, Plain]:
    def record(asked: Hash32) -> Plain:
        return desk.record(asked, session.ledger_id(desk))

    # One space of ids: none can be two things.
    for sort, ask in (("parcel", desk.parcel), ("record", record), ("site", desk.site)):
        try:
            return sort, ask(asked)
        except Unknown:
            continue
    raise Unknown("parcel, record or site", to_hex(asked))
