"""Commands for work on goods: what goes in, what comes out, what is lost on the way."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import (
    Context,
    HsOption,
    IntoOption,
    LoseOption,
    ParcelArgument,
    ParcelsArgument,
    speaking,
)
from ledger.cli.orders import Order, reweighing
from ledger.cli.parcels import goods_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_weight
from ledger.records import Record

commands = typer.Typer()
PANEL: Final = "Work on goods"

Reason = Literal["weighing", "cleaning", "sorting", "missing", "other"]


@commands.command(rich_help_panel=PANEL)
@speaking()
def split(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Split a parcel into several.

    Example: adamant split 0x1a2b3c4d --into 2.50:1:"Lot 7" --into 10.00:2
    """
    order = Order("split", [parcel], into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def mix(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: Annotated[
        list[str] | None,
        typer.Option(
            "--into",
            metavar="CARATS[:STONES[:LABEL]]",
            help="One parcel that comes out, once for each; all in one if not said.",
        ),
    ] = None,
    label: Annotated[
        str, typer.Option(metavar="TEXT", help="Name of the mix, if it is all in one.")
    ] = "",
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Mix parcels; from there on their origin is bounds, not one place.

    Example: adamant mix 0x1a2b3c4d 0x5e6f7a8b --label "Mix 12"
    """
    order = Order("mix", parcels, into or (), lose or (), hs or (), label)
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def cut(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Saw or cleave rough, as a cutter: rough stays rough.

    Example: adamant cut 0x1a2b3c4d --into 6.10:1 --into 6.00:1 --lose sawing=rest
    """
    order = Order("cut", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def polish(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Polish rough, as a cutter: rough becomes polished, and never rough again.

    Example: adamant polish 0x1a2b3c4d --into 2.71:1:"Round 1" --lose polishing=rest
    """
    order = Order("polish", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def recut(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    into: IntoOption,
    lose: LoseOption = None,
    hs: HsOption = None,
) -> None:
    """Cut polished goods again, as a cutter.

    Example: adamant recut 0x1a2b3c4d --into 2.60:1 --lose polishing=rest
    """
    order = Order("recut", parcels, into, lose or (), hs or ())
    speak(session_of(context), pen, order.compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def reweigh(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    weight: Annotated[str, typer.Option(metavar="CARATS", help="What it weighs today.")],
    reason: Annotated[Reason, typer.Option(help="Why it weighs less.")] = "weighing",
    lost_stones: Annotated[
        int, typer.Option(metavar="N", min=0, help="Whole stones that are lost.")
    ] = 0,
    label: Annotated[str, typer.Option(metavar="TEXT", help="Bag code or lot name.")] = "",
) -> None:
    """Weigh a parcel again: its book goes down to a smaller weight, never up.

    Example: adamant reweigh 0x1a2b3c4d --weight 12.40 --reason weighing
    """

    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        goods = goods_of(found)
        work = reweighing(goods, read_weight(weight, "--weight"), reason, lost_stones, label)
        speaker = speech.speaker("Transformation", "reweigh", found["country"])
        return drafts.transformation(speaker, speech.moment(), "reweigh", [goods], work)

    speak(session_of(context), pen, compose)
