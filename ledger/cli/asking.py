"""Commands that ask: what the ledger is, what it last signed, what it knows of something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.cli.certificates import show_certificate
from ledger.cli.options import Context, ParcelArgument
from ledger.cli.parcels import TOKEN, parcel_at, parcel_id_at
from ledger.cli.parties import address_of
from ledger.cli.session import Session, session_of
from ledger.cli.showing import SHOWN, show_history, tell_names
from ledger.cli.words import count_of, show_time
from ledger.desk import Desk, Plain
from ledger.desk.withholding import check_withheld, mode_of
from ledger.errors import BadQuestion, Unknown
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Hash32, from_hex, to_hex

commands = typer.Typer()
PANEL: Final = "Ask"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,47}", re.ASCII)
_CERTIFICATE: Final = re.compile(r"[A-Z]{2}[0-9A-Z]{1,20}", re.ASCII)
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
            help="An id or link, an address, a key's name, the number of a certificate, the index "
            "of an entry; or charter, sites, parties.",
        ),
    ],
    *,
    later: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="PARCEL",
            help="For a record's id at a trade ledger's server: the parcel that you hold or held, "
            "of whose way the record is.",
        ),
    ] = "",
) -> None:
    """Show a parcel, site, record, party or entry: whatever the id, address or index names.

    Examples: adamant show 0x…; adamant show miner-bw; adamant show 7; adamant show sites
    """
    session = session_of(context)
    with session.desk() as desk:
        through = parcel_id_at(desk, later) if later else None
        sort, answer = _find(session, desk, what, through)
    if session.out.as_json:
        session.out.document(answer)
        return
    session.learn(answer.get("names", {}))
    {**SHOWN, "certificate": show_certificate}[sort](session, answer)
    tell_names(session, is_remote=desk.is_remote)


@commands.command(rich_help_panel=PANEL)
def history(context: Context, parcel: ParcelArgument) -> None:
    """Tell what was said of a parcel or a piece itself, the latest first: also what moved nothing.

    Certificates and clearances, reports of laboratories, warranties, disputes and corrections stand
    beside its hand-overs. Where it comes from, `adamant trace` tells.

    Example: adamant history 0x…
    """
    session = session_of(context)
    with session.desk() as desk:
        pages = list(desk.history(parcel_id_at(desk, parcel)))
        if session.out.as_json:
            steps = [step for page in pages for step in page["steps"]]
            session.out.document({**pages[0], "steps": steps, "isCut": pages[-1]["isCut"]})
            return
        show_history(session, pages)
        tell_names(session, is_remote=desk.is_remote)


def _find(
    session: Session, desk: Desk, what: str, through: Hash32 | None = None
) -> tuple[str, Plain]:
    """Return what sort of thing was named, and the ledger's answer about it."""
    if what == "charter":
        return "charter", desk.charter()
    if what == "sites":
        return "sites", {"sites": list(desk.sites())}
    if what == "parties":
        return "parties", _merged(desk.parties())
    whole = from_hex(what, HASH_BYTES)
    if whole is not None:
        return _find_id(session, desk, Hash32(whole), through)
    if from_hex(what, ADDRESS_BYTES) is not None:
        return "party", desk.party(address_of(what))
    if _CERTIFICATE.fullmatch(what):
        return "certificate", desk.certificate(what)
    if _INDEX.fullmatch(what):
        found = desk.record_at(int(what), session.ledger_id(desk))
        return "record", _may_be_in_part(session, desk, found)
    address = session.keys_by_name.get(what)
    if address is not None:
        return "party", desk.party(address)
    if _NAME.fullmatch(what) and not TOKEN.fullmatch(what):
        raise Unknown("key", f"{what} in {session.keys_folder}")
    return "parcel", parcel_at(desk, what)


def _merged(pages: Iterable[Plain]) -> Plain:
    """Return all pages of parties as one."""
    told = list(pages)
    return {
        "parties": [one for page in told for one in page["parties"]],
        "names": {address: name for page in told for address, name in page["names"].items()},
    }


def _may_be_in_part(session: Session, desk: Desk, record: Plain) -> Plain:
    """Return a record; if it is shown in part, see that its ledger may withhold the rest."""
    if record["withheld"]:
        check_withheld(record, mode_of(desk, session.ledger_id(desk)))
    return record


def _find_id(
    session: Session, desk: Desk, asked: Hash32, through: Hash32 | None
) -> tuple[str, Plain]:
    def record(asked: Hash32) -> Plain:
        found = desk.record(asked, session.ledger_id(desk), through)
        return _may_be_in_part(session, desk, found)

    # One space of ids: none can be two things.
    for sort, ask in (("parcel", desk.parcel), ("record", record), ("site", desk.site)):
        try:
            return sort, ask(asked)
        except Unknown:
            continue
    raise Unknown("parcel, record or site", to_hex(asked))
