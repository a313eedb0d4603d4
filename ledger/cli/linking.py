"""Commands for links: mint one to a stone's page, list them, end one."""

from __future__ import annotations

from typing import Annotated

import typer

from ledger.answers.linking import STONES_PATH
from ledger.cli.options import Context
from ledger.cli.parcels import START, TOKEN, parcel_id_at
from ledger.cli.parties import address_of, bytes_of
from ledger.cli.session import Session, session_of
from ledger.cli.words import show_time
from ledger.desk import Desk, Plain, is_url
from ledger.errors import BadQuestion
from ledger.values import ParcelId, to_hex

commands = typer.Typer()

ParcelArgument = Annotated[
    str,
    typer.Argument(
        metavar="PARCEL",
        help="The parcel: its id, a link of it, or with --reader the first digits of its id if it "
        "is yours.",
    ),
]


@commands.command()
def mint(context: Context, parcel: ParcelArgument) -> None:
    """Mint a link to the page of a parcel that you hold: for a card, a tag, a customer.

    Whoever has the link sees the page, whoever holds the goods later, until you, the holder or the
    ledger's operator ends it.

    Example: adamant link mint 0x… --reader jeweller-fr
    """
    session = session_of(context)
    with session.desk() as desk:
        minted = desk.mint_link(_parcel(session, desk, parcel))
    session.out.either(minted, _address(session, minted))


@commands.command("list")
def list_(context: Context, parcel: ParcelArgument) -> None:
    """List the links of a parcel that you may end: all if you hold it, else those you minted.

    Example: adamant link list 0x… --reader jeweller-fr
    """
    session = session_of(context)
    with session.desk() as desk:
        parcel_id = _parcel(session, desk, parcel)
        links = desk.links(parcel_id)
    if session.out.as_json:
        session.out.document({"parcelId": to_hex(parcel_id), "links": links})
        return
    rows = [
        (
            _address(session, one),
            show_time(one["mintedAtMs"] // 1000),
            "you" if one["isOwn"] else "another",
        )
        for one in links
    ]
    session.out.table(["link", "minted", "by"], rows)


@commands.command()
def end(
    context: Context,
    link: Annotated[
        str,
        typer.Argument(metavar="LINK", help="The link, as it was printed or its last 32 digits."),
    ],
) -> None:
    """End a link, for ever: whoever follows it is told that it was ended.

    You may if you minted it or hold its parcel. What was seen, copied or printed stays so.

    Example: adamant link end 1f0c… --reader jeweller-fr
    """
    session = session_of(context)
    token = link.rpartition(STONES_PATH)[2]
    if not TOKEN.fullmatch(token):
        raise BadQuestion("LINK", "a link, or the 32 digits that it ends in")
    with session.desk() as desk:
        parcel = desk.link(token)["parcelId"]
        desk.end_link(ParcelId(bytes_of(parcel)), token)
    session.out.either({"token": token, "parcelId": parcel}, f"the link {token} is ended")


def _parcel(session: Session, desk: Desk, text: str) -> ParcelId:
    """Return the id of a parcel as it was typed; short, if the reader's party holds it."""
    holder = None
    if session.reader and START.fullmatch(text):
        reader = desk.party(session.keyring.address(session.reader))
        holder = address_of(reader["party"])  # an agent's, or a later key's, or its own
    return ParcelId(parcel_id_at(desk, text, holder))


def _address(session: Session, link: Plain) -> str:
    """Write where a link leads: at a server the whole address, on a folder the path.

    The path that came would name another host to a browser if it began with "@".
    """
    path: str = STONES_PATH + link["token"]
    return session.ledger.rstrip("/") + path if is_url(session.ledger) else path
