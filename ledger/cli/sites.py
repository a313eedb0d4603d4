"""Commands for mines and diggings, stated by the authority of their country."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, speaking
from ledger.cli.parties import bytes_of
from ledger.cli.session import Session, session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_carats, read_country, read_id, read_last_second
from ledger.desk.answering import AnotherAnswer
from ledger.drafts import SiteStatement
from ledger.errors import Unknown
from ledger.records import Record, Site
from ledger.signing import output_id
from ledger.values import NO_HASH, Hash32, to_hex

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


def _warn_of_operators(speech: Speech, stated: SiteStatement) -> None:
    """Warn of operators that could not register: the ledger asks only that they are parties."""
    for operator in stated.operators:
        try:
            held = speech.desk.party(operator)["roles"]
        except Unknown:
            continue  # the ledger refuses it
        country = stated.country
        if not any(
            (one["role"], one["country"], one["isInForce"]) == ("miner", country, True)
            for one in held
        ):
            name = speech.session.name(operator)
            speech.session.out.aside(f"{name} is no miner in {country}: it cannot register there")


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
        country=read_country(country, "--country"),
        **_changes(
            session, licence=licence, label=label, site_type=site_type, zone=zone, place=place,
            operators=operators, capacity=capacity, until=until,
        ),
    )  # fmt: skip

    def compose(speech: Speech) -> Record:
        speaker = speech.speaker(KIND, "open", within=country)
        _warn_of_operators(speech, stated)
        return drafts.site(speaker, speech.moment(), "open", stated)

    speak(session, pen, compose)


def _last_said(speech: Speech, site_id: Hash32) -> tuple[Record, Hash32]:
    """Return the last record about a site, as it was signed, and its id.

    Raises:
        AnotherAnswer: the record is about something else.

    """
    head = bytes_of(speech.desk.site(site_id)["head"])
    record = speech.follows(head)
    is_opening = isinstance(record, Site) and record.operation == "open"
    about = output_id(head, 0) if is_opening else getattr(record.who, "site", NO_HASH)
    if not isinstance(record, Site) or about != site_id:
        raise AnotherAnswer("site", to_hex(site_id), to_hex(about))
    return record, head


def _as_stated(last: Record) -> SiteStatement:
    """Return all that a Site record states."""
    return SiteStatement(
        country=last.scene.country,
        licence=last.what.licence,
        site_type=last.what.site_type,
        label=last.amounts.label,
        zone=last.scene.zone,
        place=last.scene.place,
        operators=last.who.operators,
        yearly_capacity_millicarats=last.amounts.yearly_capacity_millicarats,
        valid_until=last.scene.valid_until,
    )


def _restate(
    session: Session, pen: Pen, operation: str, site: str, changes: dict[str, Any]
) -> None:
    site_id = read_id(site, "SITE")

    def compose(speech: Speech) -> Record:
        last, head = _last_said(speech, site_id)
        stated = replace(_as_stated(last), **changes)
        if "operators" in changes:
            _warn_of_operators(speech, stated)
        return drafts.site(
            speech.speaker(KIND, operation, within=last.scene.country),
            speech.moment(),
            operation,
            stated,
            site_id=site_id,
            previous=head,
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
