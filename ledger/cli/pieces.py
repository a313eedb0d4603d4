"""Commands of jewellers: set stones in a piece, take them out, sell, take back."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.drafting import id_of
from ledger.cli.options import Context, ParcelArgument, ParcelsArgument, speaking
from ledger.cli.parcels import goods_of
from ledger.cli.parties import bytes_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.errors import BadQuestion
from ledger.records import Record, Setting
from ledger.signing import output_id
from ledger.values import to_hex

commands = typer.Typer()
PANEL: Final = "Goods"


@commands.command("set", rich_help_panel=PANEL)
@speaking()
def set_(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    label: Annotated[
        str, typer.Option(metavar="TEXT", help='What the piece is, such as "ring".')
    ] = "",
) -> None:
    """Set polished parcels that you hold in a piece of jewellery, as a jeweller.

    They stay in it until you take all of them out again, and go wherever it goes.

    Example: adamant set 0x… 0x… --label "Ring 7"
    """

    def compose(speech: Speech) -> Record:
        found = [speech.parcel(parcel) for parcel in parcels]
        speaker = speech.speaker("Setting", "set", found[0]["country"])
        goods = [goods_of(one) for one in found]
        return drafts.setting(speaker, speech.moment(), goods, label=label)

    speak(session_of(context), pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def unset(
    context: Context,
    *,
    pen: Pen,
    piece: Annotated[
        str,
        typer.Argument(
            metavar="PIECE", help="The piece: its id, or the first digits of its id if it is yours."
        ),
    ],
) -> None:
    """Take all stones out of a piece that you hold; it is then no more.

    Example: adamant unset 0x…
    """

    def compose(speech: Speech) -> Record:
        found = speech.parcel(piece)
        made = found["made"]
        record = speech.follows(bytes_of(made and made["recordId"])) if made else None
        is_piece = isinstance(record, Setting) and record.operation == "set"
        if record is None or not is_piece or not _makes(speech, record, found["parcelId"]):
            raise BadQuestion("PIECE", "a piece of jewellery")
        stones = [speech.goods(to_hex(parcel)) for parcel in record.what.parcels]
        speaker = speech.speaker("Setting", "unset", found["country"])
        return drafts.unsetting(speaker, speech.moment(), goods_of(found), stones)

    speak(session_of(context), pen, compose)


def _makes(speech: Speech, record: Record, piece: str) -> bool:
    """Tell whether a Setting makes the piece whose maker a server says it is."""
    return to_hex(output_id(id_of(record, speech.ledger_id), 0)) == piece


def _trade(context: Context, pen: Pen, parcel: str, operation: Literal["sale", "return"]) -> None:
    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        speaker = speech.speaker("Sale", operation, found["country"])
        return drafts.sale(speaker, speech.moment(), goods_of(found), operation=operation)

    speak(session_of(context), pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def sell(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Sell a polished parcel or a piece that you hold to a consumer, as a jeweller.

    Nothing of the consumer is recorded, ever. Price and invoice number can go along as private
    fields: priceUsCents, invoiceNumber.

    Example: adamant sell 0x1a2b3c4d --private invoiceNumber=R-2041
    """
    _trade(context, pen, parcel, "sale")


@commands.command("take-back", rich_help_panel=PANEL)
@speaking()
def take_back(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Take back from a consumer what you sold.

    Example: adamant take-back 0x…
    """
    _trade(context, pen, parcel, "return")
