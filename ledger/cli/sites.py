"""Commands for mines and diggings, stated by the authority of their country."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, speaking
from ledger.cli.parties import address_of, bytes_of
from ledger.cli.session import Session, session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_carats, read_id, read_last_second
from ledger.drafts import SiteStatement
from ledger.records import Record

commands = typer.Typer(no_args_is_help=True)
KIND: Final = "Site"

SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="The site's id.")]
OperatorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--operator",
        metavar="PARTY",
        help="A miner that may register there, once for each; any of the country if not said.",
    ),
]
LicenceOption = Annotated[
    str, typer.Option(metavar="TEXT", help="Number of the licence, as printed.")
]
LabelOption = Annotated[str, typer.Option(metavar="TEXT", help="Public name.")]
TypeOption = Annotated[
    Literal["industrial", "artisanal"] | None, typer.Option("--type", help="How it is worked.")
]
ZoneOption = Annotated[
    str, typer.Option(metavar="TEXT", help="Zone, as the reference tables spell it.")
]
PlaceOption = Annotated[
    str, typer.Option(metavar="CODE", help="Coarse Open Location Code, such as 5GCJ0000+.")
]
CapacityOption = Annotated[str, typer.Option(metavar="CARATS", help="Declared capacity of a year.")]
UntilOption = Annotated[
    str, typer.Option(metavar="DATE", help="Last day of the licence; until closed if not said.")
]


def _changes(
    session: Session,
    *,
    licence: str,
    label: str,
    site_type: str | None,
    zone: str,
    place: str,
    operators: list[str] | None,
    capacity: str,
    until: str,
) -> dict[str, Any]:
    """Return what was typed about a site, as fields of its statement."""
    typed: dict[str, Any] = {
        "licence": licence,
        "label": label,
        "site_type": site_type,
        "zone": zone,
        "place": place,
        "operators": tuple(session.address(one, "--operator") for one in operators or ()),
        "yearly_capacity_millicarats": read_carats(capacity, "--capacity") if capacity else None,
        "valid_until": read_last_second(until, "--until"),
    }
    return {name: value for name, value in typed.items() if value}


@commands.command("open")
@speaking("country")
def open_(
    context: Context,
    *,
    pen: Pen,
    country: Annotated[str, typer.Option("--country", metavar="CC", help="The site's country.")],
    licence: LicenceOption,
    label: LabelOption = "",
    site_type: TypeOption = None,
    zone: ZoneOption = "",
    place: PlaceOption = "",
    operators: OperatorOption = None,
    capacity: CapacityOption = "",
    until: UntilOption = "",
) -> None:
    """Open a site, as the authority of its country.

    Example: adamant site open --country BW --licence ML-2004/15L --label Jwaneng --as authority-bw
    """
    session = session_of(context)
    stated = SiteStatement(
        country=country,
        **_changes(
            session, licence=licence, label=label, site_type=site_type, zone=zone, place=place,
            operators=operators, capacity=capacity, until=until,
        ),
    )  # fmt: skip

    def compose(speech: Speech) -> Record:
        speaker = speech.speaker(KIND, "open", within=country)
        return drafts.site(speaker, speech.moment(), "open", stated)

    speak(session, pen, compose)


def _as_stated(speech: Speech, site: dict[str, Any]) -> SiteStatement:
    """Return all that the last record of a site states."""
    last = speech.said(bytes_of(site["head"]))
    return SiteStatement(
        country=site["country"],
        licence=site["licence"],
        site_type=site["siteType"],
        label=site["label"],
        zone=site["zone"],
        place=last["scene"]["place"],
        operators=tuple(address_of(one) for one in site["operators"]),
        yearly_capacity_millicarats=site["yearlyCapacityMillicarats"],
        valid_until=site["validUntil"],
    )


def _restate(
    session: Session, pen: Pen, operation: str, site: str, changes: dict[str, Any]
) -> None:
    def compose(speech: Speech) -> Record:
        known = speech.desk.site(read_id(site, "SITE"))
        speech.follows(known["headAt"])
        return drafts.site(
            speech.speaker(KIND, operation, within=known["country"]),
            speech.moment(),
            operation,
            replace(_as_stated(speech, known), **changes),
            site_id=bytes_of(known["siteId"]),
            previous=bytes_of(known["head"]),
        )

    speak(session, pen, compose)


@commands.command()
@speaking("country")
def change(
    context: Context,
    *,
    pen: Pen,
    site: SiteArgument,
    licence: LicenceOption = "",
    label: LabelOption = "",
    site_type: TypeOption = None,
    zone: ZoneOption = "",
    place: PlaceOption = "",
    operators: OperatorOption = None,
    capacity: CapacityOption = "",
    until: UntilOption = "",
) -> None:
    """Change what is stated of a site; what is not said stays as it is.

    Example: adamant site change 0x… --operator miner-bw --as authority-bw
    """
    session = session_of(context)
    changes = _changes(
        session, licence=licence, label=label, site_type=site_type, zone=zone, place=place,
        operators=operators, capacity=capacity, until=until,
    )  # fmt: skip
    _restate(session, pen, "change", site, changes)


@commands.command()
@speaking("country")
def close(context: Context, *, pen: Pen, site: SiteArgument) -> None:
    """Close a site for good: nothing more is registered from it.

    Example: adamant site close 0x… --as authority-bw
    """
    _restate(session_of(context), pen, "close", site, {})
