"""The command for what befalls goods, and for objections to what is recorded of them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, speaking
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

What = Literal["theft", "loss", "seizure", "recovery", "release", "dispute", "answer"]


@commands.command(rich_help_panel=PANEL)
@speaking()
def report(
    context: Context,
    *,
    pen: Pen,
    what: Annotated[
        What,
        typer.Argument(
            metavar="WHAT", help="theft, loss, seizure, recovery, release, dispute or answer."
        ),
    ],
    parcel: Annotated[
        str,
        typer.Argument(metavar="[PARCEL]", help="The parcel; an answer about a site names none."),
    ] = "",
    finding: Annotated[str, typer.Option(metavar="ID", help="The finding that is answered.")] = "",
) -> None:
    """Report theft or loss of a parcel you hold, seize it as an authority, or lift that again.

    A theft, loss or seizure freezes the parcel. Whoever reported it ends that by a recovery; the
    governors can by a release. A dispute, or an answer to a finding, is shown and freezes nothing.

    Examples: adamant report theft 0x1a2b3c4d; adamant report answer 0x1a2b3c4d --finding 0x…
    """
    if bool(finding) != (what == "answer"):
        raise BadQuestion("--finding", "the finding's id, for an answer and for nothing else")
    if not parcel and what != "answer":
        raise BadQuestion("PARCEL", "the parcel that this is about")

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
