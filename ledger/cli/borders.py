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
from ledger.values import NO_ADDRESS, NO_HASH, ROUGH_CODES, Address, Hash32

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


NumberOption = Annotated[
    str,
    typer.Option(metavar="NUMBER", help="Its number, which begins with your country: BW20260001."),
]
ToOption = Annotated[
    str,
    typer.Option("--to", metavar="CC", help="The country whose authority is to clear it; or EU."),
]
OriginOption = Annotated[
    list[str] | None,
    typer.Option(metavar="CC", help="Where the rough was mined; once for each country."),
]
MixedOption = Annotated[
    bool, typer.Option("--mixed", help='Plain "mixed": no country of origin is named.')
]
ImporterOption = Annotated[
    str,
    typer.Option(
        metavar="PARTY",
        help="The importer, if a party: a key's name or 0x…. If not, name it by "
        "--private importerName=….",
    ),
]
TechnicalOption = Annotated[
    str,
    typer.Option(
        metavar="CERTIFICATE",
        help="For an ordered re-export: the certificate that you refused, by number or id.",
    ),
]


@commands.command(rich_help_panel=PANEL)
@speaking()
def certify(
    context: Context,
    *,
    pen: Pen,
    parcels: ParcelsArgument,
    number: NumberOption,
    to: ToOption,
    value: ValueOption,
    origin: OriginOption = None,
    mixed: MixedOption = False,
    until: Annotated[
        str, typer.Option(metavar="DATE", help="Last day of validity; 60 days on if not said.")
    ] = "",
    importer: ImporterOption = "",
    provenance: Annotated[
        str,
        typer.Option(metavar="CC", help="Last exporting participant; your own if not said."),
    ] = "",
    technical: TechnicalOption = "",
) -> None:
    """Issue a Kimberley Process certificate for parcels of rough in your country, as its authority.

    Weights are those of the ledger's book, summed by code; values you declare. Names that stand on
    the paper go along as private fields: exporterName, exporterStreet, importerName,
    importerStreet, seal, document.

    Example: adamant certify 0x… 0x… --number BW20260001 --to BE --value 1250.00 --origin BW
    """
    origins = tuple(sorted({read_country(one, "--origin") for one in origin or ()}))
    if bool(origins) == mixed:
        raise BadQuestion("--origin, --mixed", "the countries of mining, or --mixed")
    expires_at = read_last_second(until, "--until")

    def compose(speech: Speech) -> Record:
        found = [speech.parcel(parcel) for parcel in parcels]
        goods = [goods_of(one) for one in found]
        holders = {one["custodian"] for one in found}
        if len(holders) > 1:
            raise BadQuestion("PARCEL...", "parcels of one exporter")
        original = _refused(speech, technical) if technical else NO_HASH
        moment = speech.moment()
        paper = Paper(
            number=number_of(number),
            destination=read_country(to, "--to"),
            expires_at=expires_at or moment.occurred_at + int(VALID_FOR.total_seconds()),
            values_us_cents=read_values(value, sorted({one.hs_code for one in goods})),
            provenance=read_country(provenance, "--provenance"),
            origins=origins,
            importer=party_or_nobody(speech, importer, "--importer"),
            original=original,
        )
        operation = "technical" if technical else "export"
        speaker = speech.speaker("Certificate", operation, found[0]["country"])
        return drafts.certificate(speaker, moment, address_of(holders.pop()), goods, paper)

    speak(session_of(context), pen, compose)


def _refused(speech: Speech, certificate: str) -> Hash32:
    """Return the id of a certificate that was refused, read again here."""
    found = bytes_of(speech.desk.certificate(number_of(certificate))["certificateId"])
    speech.follows(found)
    return found


def party_or_nobody(speech: Speech, who: str, option: str) -> Address:
    """Return the address of a party that was named, or zeros where none was."""
    return address_of(speech.party_named(who, option)["address"]) if who else NO_ADDRESS


CertificateArgument = Annotated[
    str,
    typer.Argument(
        metavar="[CERTIFICATE]", help="The certificate: its number, or its record's id."
    ),
]
PaperOption = Annotated[
    str,
    typer.Option(
        metavar="NUMBER",
        help="In its place: the number of a certificate that is shown on paper only.",
    ),
]
RefuseOption = Annotated[
    Reason | None,
    typer.Option(
        metavar="REASON",
        help="Refuse it: number, expired, seal, weight, value, documents, origin or other.",
    ),
]
FoundOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE=CARATS:USD",
        help="What you found of a code, such as 7102.31=12.50:1250.00; as declared if not said. "
        "Once for each code.",
    ),
]
CountOption = Annotated[
    int | None,
    typer.Option("--parcels", metavar="N", min=0, help="Parcels found; as declared if not said."),
]


@commands.command(rich_help_panel=PANEL)
@speaking()
def clear(
    context: Context,
    *,
    pen: Pen,
    certificate: CertificateArgument = "",
    paper: PaperOption = "",
    arrived_in: Annotated[
        str,
        typer.Option(
            "--in", metavar="CC", help="Where the goods are; your own country if not said."
        ),
    ] = "",
    refuse: RefuseOption = None,
    found: FoundOption = None,
    count: CountOption = None,
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
        on_paper = Arrival(number_of(paper), "", 0, {})
        declared = _declared(speech, certificate) if certificate else on_paper
        speaker = speech.speaker("Clearance", "refuse" if refuse else "confirm")
        arrival = replace(
            declared,
            arrival_country=read_country(arrived_in, "--in") or speaker.country,
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
