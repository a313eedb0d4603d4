"""Commands of authorities: certify a shipment of rough, and answer a certificate at the border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.money import read_dollars
from ledger.cli.options import Context, ParcelsArgument, speaking
from ledger.cli.parcels import goods_of
from ledger.cli.parties import address_of, bytes_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_country, read_last_second, read_weight
from ledger.drafts import Arrival, Found, Paper
from ledger.errors import BadQuestion
from ledger.records import Certificate, Record
from ledger.values import NO_ADDRESS, NO_HASH, ROUGH_CODES, Address

commands = typer.Typer()
PANEL: Final = "Borders"
VALID_FOR: Final = timedelta(days=60)
"""How long a certificate holds if nothing else is said."""

ValueOption = Annotated[
    list[str],
    typer.Option(
        "--value",
        metavar="[CODE=]USD",
        help="Declared customs value in US dollars, such as 7102.31=1250.00; without the code "
        "where there is one alone. Once for each code.",
    ),
]
Reason = Literal["number", "expired", "seal", "weight", "value", "documents", "origin", "other"]


def read_values(texts: Sequence[str], codes: Sequence[str]) -> dict[str, int]:
    """Read declared values: ``CODE=USD``, or ``USD`` where there is one code.

    Raises:
        BadQuestion: one is not of that form, or a code is not among those of the goods, or missing.

    """
    found: dict[str, int] = {}
    for text in texts:
        code, equals, dollars = text.rpartition("=")
        code = code if equals else codes[0]
        if code not in codes or code in found or (not equals and len(codes) > 1):
            raise BadQuestion("--value", f"CODE=USD once for each of {' '.join(codes)}")
        found[code] = read_dollars(dollars, "--value")
    if found.keys() != set(codes):
        raise BadQuestion("--value", f"a value for each of {' '.join(codes)}")
    return found


def number_of(text: str) -> str:
    """Return a certificate's number as the ledger writes it: without spaces and hyphens."""
    return text.replace(" ", "").replace("-", "")


@commands.command(rich_help_panel=PANEL)
@speaking()
def certify(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    number: Annotated[
        str,
        typer.Option(
            metavar="NUMBER", help="Its number; begins with your country, such as BW20260001."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="CC", help="The participant whose authority will clear it; or EU."
        ),
    ],
    value: ValueOption,
    origin: Annotated[
        list[str] | None,
        typer.Option(metavar="CC", help="Where the rough was mined; once for each country."),
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help='Plain "mixed": no country of origin is named.')
    ] = False,
    until: Annotated[
        str, typer.Option(metavar="DATE", help="Last day of validity; 60 days on if not said.")
    ] = "",
    importer: Annotated[
        str,
        typer.Option(
            metavar="PARTY",
            help="The importer, if a party: a key's name or 0x…. If not, name it by "
            "--private importerName=….",
        ),
    ] = "",
    provenance: Annotated[
        str,
        typer.Option(metavar="CC", help="Last exporting participant; your own if not said."),
    ] = "",
    technical: Annotated[
        str,
        typer.Option(
            metavar="CERTIFICATE",
            help="For an ordered re-export: the certificate that you refused, by number or id.",
        ),
    ] = "",
) -> None:
    """Issue a Kimberley Process certificate for parcels of rough in your country, as its authority.

    Weights are those of the ledger's book, summed by code; values you declare. Names that stand on
    the paper go along as private fields: exporterName, exporterStreet, importerName,
    importerStreet, seal, document.

    Example: adamant certify 0x… 0x… --number BW20260001 --to BE --value 1250.00 --origin BW
    """
    origins = tuple(read_country(one, "--origin") for one in origin or ())
    if bool(origins) == mixed:
        raise BadQuestion("--origin, --mixed", "the countries of mining, or --mixed")
    destination = read_country(to, "--to")

    def compose(speech: Speech) -> Record:
        found = [speech.parcel(parcel) for parcel in parcels]
        goods = [goods_of(one) for one in found]
        holders = {one["custodian"] for one in found}
        if len(holders) > 1:
            raise BadQuestion("PARCEL...", "parcels of one exporter")
        original = NO_HASH
        if technical:
            asked = speech.desk.certificate(technical)
            original = bytes_of(asked["certificateId"])
            speech.follows(original)
        moment = speech.moment()
        given = read_last_second(until, "--until") if until else 0
        paper = Paper(
            number=number_of(number),
            destination=destination,
            expires_at=given or moment.occurred_at + int(VALID_FOR.total_seconds()),
            values_us_cents=read_values(value, sorted({one.hs_code for one in goods})),
            provenance=read_country(provenance, "--provenance"),
            origins=tuple(sorted(set(origins))),
            importer=party_or_nobody(speech, importer, "--importer"),
            original=original,
        )
        operation = "technical" if technical else "export"
        speaker = speech.speaker("Certificate", operation, found[0]["country"])
        return drafts.certificate(speaker, moment, address_of(holders.pop()), goods, paper)

    speak(session_of(context), pen, compose)


def party_or_nobody(speech: Speech, who: str, option: str) -> Address:
    """Return the address of a party that was named, or zeros where none was."""
    return address_of(speech.party_named(who, option)["address"]) if who else NO_ADDRESS


@commands.command(rich_help_panel=PANEL)
@speaking()
def clear(
    context: Context,
    *,
    pen: Pen,
    certificate: Annotated[
        str,
        typer.Argument(
            metavar="[CERTIFICATE]", help="The certificate: its number, or its record's id."
        ),
    ] = "",
    paper: Annotated[
        str,
        typer.Option(
            metavar="NUMBER",
            help="In its place: the number of a certificate that is shown on paper only.",
        ),
    ] = "",
    arrived_in: Annotated[
        str,
        typer.Option(
            "--in", metavar="CC", help="Where the goods are; your own country if not said."
        ),
    ] = "",
    refuse: Annotated[
        Reason | None,
        typer.Option(
            metavar="REASON",
            help="Refuse it: number, expired, seal, weight, value, documents, origin or other.",
        ),
    ] = None,
    found: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=CARATS:USD",
            help="What you found of a code, such as 7102.31=12.50:1250.00; as declared if not "
            "said. Once for each code.",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--parcels", metavar="N", min=0, help="Parcels found; as declared if not said."
        ),
    ] = None,
    exporter: Annotated[
        str,
        typer.Option(metavar="PARTY", help="The exporter as found; as declared if not said."),
    ] = "",
    importer: Annotated[
        str,
        typer.Option(metavar="PARTY", help="The importer as found; as declared if not said."),
    ] = "",
) -> None:
    """Confirm that a certified shipment arrived, or refuse it, as the importing authority.

    Whatever you do not say was found as the certificate declares it. Your remarks go along as a
    private field: remarks.

    Examples: adamant clear BW20260001; adamant clear BW20260001 --found 7102.31=12.40:1250.00;
    adamant clear --paper ZA00123 --found 7102.31=3.00:900 --parcels 1
    """
    if bool(certificate) == bool(paper):
        raise BadQuestion("CERTIFICATE, --paper", "one of the two")
    if paper and not refuse and not (found and count):
        raise BadQuestion("--found, --parcels", "what you found: nothing is declared here")
    came = read_found(found or ())

    def compose(speech: Speech) -> Record:
        declared = _declared(speech, certificate) if certificate else Arrival(
            number_of(paper), "", 0, {}
        )  # fmt: skip
        speaker = speech.speaker("Clearance", "refuse" if refuse else "confirm")
        own = read_country(arrived_in, "--in") or speaker.country
        arrival = replace(
            declared,
            arrival_country=own,
            found={**declared.found, **came},
            parcel_count=declared.parcel_count if count is None else count,
            exporter=_as_found(speech, exporter, "--exporter", declared.exporter),
            importer=_as_found(speech, importer, "--importer", declared.importer),
        )
        return drafts.clearance(speaker, speech.moment(), arrival, reason=refuse or "")

    speak(session_of(context), pen, compose)


def _as_found(speech: Speech, who: str, option: str, declared: Address) -> Address:
    return party_or_nobody(speech, who, option) if who else declared


def _declared(speech: Speech, certificate: str) -> Arrival:
    """Return the arrival of what a certificate declares, as its authority signed it.

    Values that were endorsed since are the ledger's word; what is about to be signed shows them.
    """
    asked = speech.desk.certificate(number_of(certificate))
    record = speech.follows(bytes_of(asked["certificateId"]))
    if not isinstance(record, Certificate):
        raise BadQuestion("CERTIFICATE", "a certificate: its number, or its record's id")
    values: Mapping[str, int] = {one["hsCode"]: one["valueUsCents"] for one in asked["codes"] or ()}
    rows = zip(
        record.what.hs_codes, record.amounts.weights_millicarats, record.amounts.values_us_cents,
        strict=True,
    )  # fmt: skip
    return Arrival(
        number=record.what.number,
        arrival_country="",
        parcel_count=len(record.what.parcels),
        found={code: Found(weight, values.get(code, value)) for code, weight, value in rows},
        exporter=record.who.exporter,
        importer=record.who.importer,
        certificate=bytes_of(asked["certificateId"]),
    )


def read_found(texts: Sequence[str]) -> dict[str, Found]:
    """Read what was found: ``CODE=CARATS:USD`` each.

    Raises:
        BadQuestion: one is not of that form, or names a code twice.

    """
    found: dict[str, Found] = {}
    for text in texts:
        code, _, rest = text.partition("=")
        weight, colon, dollars = rest.partition(":")
        if code not in ROUGH_CODES or code in found or not colon:
            raise BadQuestion("--found", f"CODE=CARATS:USD, once for each of {ROUGH_CODES}")
        found[code] = Found(read_weight(weight, "--found"), read_dollars(dollars, "--found"))
    return found
