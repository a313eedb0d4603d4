"""Commands for parcels that come into being and change hands."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, ParcelArgument, StonesOption, speaking
from ledger.cli.parcels import Plain, goods_of
from ledger.cli.parties import address_of, bytes_of, custody_country
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_country, read_id, read_last_second, read_time, read_weight
from ledger.errors import BadQuestion
from ledger.records import Handoff, Record
from ledger.values import Hash32, to_hex

commands = typer.Typer()
PANEL: Final = "Goods"
FRESH_CODE: Final = "7102.10"
"""The HS code of rough as it is mined: unsorted."""


def _site_of_miner(speech: Speech) -> Hash32:
    """Return the only open site where the party may register.

    Raises:
        Refused: ``role-for-kind``: it is no miner.
        BadQuestion: there is no such site, or more than one.

    """
    held = [one for one in speech.party["roles"] if one["isInForce"]]
    countries = {one["country"] for one in held if one["role"] == "miner"}
    if not countries:
        speech.speaker("Registration")  # which says that it is no miner
    near = [
        speech.desk.site(bytes_of(one["siteId"]))
        for one in speech.desk.sites()
        if one["country"] in countries and not one["isClosed"]
    ]
    author = to_hex(speech.author)
    own = [one for one in near if not one["operators"] or author in one["operators"]]
    if not own:
        where = " or ".join(sorted(countries))
        expected = f"a site; none in {where} is open to this miner: see `adamant show sites`"
        raise BadQuestion("--site", expected)
    if len(own) > 1:
        listed = ", ".join(f"{one['siteId']} {one['label']}".strip() for one in own)
        raise BadQuestion("--site", f"one of {listed}")
    return bytes_of(own[0]["siteId"])


@commands.command(rich_help_panel=PANEL)
@speaking()
def register(
    context: Context,
    *,
    pen: Pen,
    weight: Annotated[str, typer.Option(metavar="CARATS", help="Weight, such as 12.50.")],
    site: Annotated[
        str, typer.Option(metavar="ID", help="The site; the only one of yours if not said.")
    ] = "",
    stones: StonesOption = 0,
    label: Annotated[str, typer.Option(metavar="TEXT", help="Bag code or lot name.")] = "",
    hs: Annotated[str, typer.Option(metavar="CODE", help="HS code of the rough.")] = FRESH_CODE,
    mined_from: Annotated[
        str, typer.Option(metavar="DATE", help="First day of mining; --at if not said.")
    ] = "",
    mined_until: Annotated[
        str, typer.Option(metavar="DATE", help="Last day of mining; --at if not said.")
    ] = "",
) -> None:
    """Register a parcel of rough, as its miner.

    Example: adamant register --weight 12.50 --stones 3 --label "Bag 7"
    """
    weight_millicarats = read_weight(weight, "--weight")

    def compose(speech: Speech) -> Record:
        site_id = read_id(site, "--site") if site else _site_of_miner(speech)
        place = speech.desk.site(site_id)
        moment = speech.moment()
        at = moment.occurred_at
        since = read_time(mined_from, "--mined-from") if mined_from else at
        until = min(read_last_second(mined_until, "--mined-until"), at) if mined_until else at
        return drafts.registration(
            speech.speaker("Registration", "", place["country"]),
            moment,
            site_id,
            weight_millicarats,
            stones=stones,
            hs_code=hs,
            label=label,
            zone=place["zone"],
            mined=(min(since, until) if not mined_from else since, until),
        )

    speak(session_of(context), pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def handoff(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    to: Annotated[
        str, typer.Option("--to", metavar="PARTY", help="The recipient: a key's name or 0x….")
    ],
    to_country: Annotated[
        str, typer.Option(metavar="CC", help="The recipient's country, if it has several.")
    ] = "",
    purpose: Annotated[
        Literal["sale", "consignment", "return"], typer.Option(help="Why it goes.")
    ] = "sale",
    seal: Annotated[str, typer.Option(metavar="TEXT", help="Number of the seal or bag.")] = "",
) -> None:
    """Offer a parcel to another party, at its book weight.

    Example: adamant handoff 0x1a2b3c4d --to antwerp-trader --seal K-2041
    """

    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        recipient = speech.party_named(to, "--to")
        return drafts.handoff(
            speech.speaker("Handoff", purpose, found["country"]),
            speech.moment(),
            goods_of(found),
            address_of(recipient["address"]),
            custody_country(recipient, read_country(to_country, "--to-country")),
            operation=purpose,
            seal=seal,
        )

    speak(session_of(context), pen, compose)


def _offered_in(speech: Speech, parcel: Plain) -> str:
    """Return the country to which a parcel is offered, by its Handoff."""
    last = speech.follows(bytes_of(parcel["head"]))
    return last.scene.recipient_country if isinstance(last, Handoff) else ""


@commands.command(rich_help_panel=PANEL)
@speaking()
def receive(
    context: Context,
    *,
    pen: Pen,
    parcel: ParcelArgument,
    weight: Annotated[
        str, typer.Option(metavar="CARATS", help="Your own weight; needed unless you refuse.")
    ] = "",
    stones: StonesOption = 0,
    seal: Annotated[str, typer.Option(metavar="TEXT", help="The seal as you found it.")] = "",
    short: Annotated[
        bool,
        typer.Option("--short", help="Accept less than the book says; the sender signs too."),
    ] = False,
    refuse: Annotated[
        Literal["weight", "stones", "seal", "goods", "other"] | None,
        typer.Option(metavar="REASON", help="Refuse: weight, stones, seal, goods or other."),
    ] = None,
) -> None:
    """Answer an offer, with your own weight: take the parcel over, or refuse it.

    Example: adamant receive 0x1a2b3c4d --weight 12.49
    """
    if not weight and not refuse:
        raise BadQuestion("--weight", "your own weight of the parcel, such as 12.49")
    if short and refuse:
        raise BadQuestion("--short, --refuse", "one of the two")
    operation = "refuse" if refuse else "acceptShort" if short else "accept"
    weight_millicarats = read_weight(weight, "--weight") if weight else 0

    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        return drafts.receipt(
            speech.speaker("Receipt", operation, _offered_in(speech, found)),
            speech.moment(),
            goods_of(found),
            address_of(found["custodian"]),
            operation=operation,
            weight_millicarats=weight_millicarats,
            stones=stones,
            seal=seal,
            reason=refuse or "",
        )

    speak(session_of(context), pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking()
def withdraw(context: Context, *, pen: Pen, parcel: ParcelArgument) -> None:
    """Take back an offer that was not answered yet.

    Example: adamant withdraw 0x1a2b3c4d
    """

    def compose(speech: Speech) -> Record:
        found = speech.parcel(parcel)
        speaker = speech.speaker("Withdrawal", "", found["country"])
        return drafts.withdrawal(speaker, speech.moment(), goods_of(found))

    speak(session_of(context), pen, compose)
