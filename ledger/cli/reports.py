"""Commands for what befalls goods, and for objections to what is recorded of them."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from ledger import drafts
from ledger.cli.options import Context, ParcelArgument, speaking
from ledger.cli.parcels import goods_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_id
from ledger.errors import BadQuestion
from ledger.records import FREEZING, LIFTING, Record
from ledger.values import NO_HASH

commands = typer.Typer()
PANEL: Final = "Goods"
KIND: Final = "Report"

_ParcelOption = Annotated[
    str,
    typer.Argument(
        metavar="[PARCEL]", help="The parcel; a finding about a site is answered without one."
    ),
]
_FindingOption = Annotated[str, typer.Option(metavar="ID", help="The finding that is answered.")]


@commands.command()
@speaking()
def theft(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Report the theft of a parcel that you hold; it is frozen until that is lifted.

    Example: adamant report theft 0x1a2b3c4d
    """
    _report(context, pen, "theft", parcel)


@commands.command()
@speaking()
def loss(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Report the loss of a parcel that you hold; it is frozen until that is lifted.

    Example: adamant report loss 0x1a2b3c4d
    """
    _report(context, pen, "loss", parcel)


@commands.command()
@speaking()
def seizure(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Seize a parcel as an authority of the country that it is in; it is frozen.

    Example: adamant report seizure 0x…
    """
    _report(context, pen, "seizure", parcel)


@commands.command()
@speaking()
def recovery(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Lift a theft, loss or seizure that you reported.

    Example: adamant report recovery 0x1a2b3c4d
    """
    _report(context, pen, "recovery", parcel)


@commands.command()
@speaking()
def release(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Lift a theft, loss or seizure as governors, as many as decide.

    Example: adamant report release 0x… --as governor-1 --as governor-2
    """
    _report(context, pen, "release", parcel)


@commands.command()
@speaking()
def dispute(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Object to what is recorded of a parcel; it is shown, and freezes nothing.

    Example: adamant report dispute 0x…
    """
    _report(context, pen, "dispute", parcel)


@commands.command()
@speaking()
def answer(
    context: Context, *, pen: Pen, parcel: _ParcelOption = "", finding: _FindingOption = ""
) -> None:
    """Answer a finding, about a parcel or a site; the answer is shown beside it.

    Example: adamant report answer 0x1a2b3c4d --finding 0x…
    """
    if not finding:
        raise BadQuestion("--finding", "the id of the finding that is answered")
    _report(context, pen, "answer", parcel, finding)


def _report(context: Context, pen: Pen, what: str, parcel: str, finding: str = "") -> None:
    def compose(speech: Speech) -> Record:
        if not parcel:
            return drafts.report(
                speech.speaker(KIND, what), speech.moment(), what, NO_HASH,
                finding=read_id(finding, "--finding"),
            )  # fmt: skip
        # Whoever seizes, disputes or releases speaks of goods that others hold.
        found = speech.parcel(parcel)
        goods, advances = goods_of(found), what in (*FREEZING, *LIFTING)
        speaker = speech.speaker(KIND, what, found["country"])
        return drafts.report(
            speaker,
            speech.moment(),
            what,
            goods.parcel,
            previous=goods.previous if advances else NO_HASH,
            state=NO_HASH if advances else goods.previous,
            finding=read_id(finding, "--finding") if finding else NO_HASH,
        )

    speak(session_of(context), pen, compose)
