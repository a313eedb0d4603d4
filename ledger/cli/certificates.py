"""Commands for certificates as papers: show one, and print it as PDF with its QR code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.answers.certificates import CERTIFICATES_PATH
from ledger.cli.borders import number_of
from ledger.cli.options import Context
from ledger.cli.output import Pair
from ledger.cli.session import Session, session_of
from ledger.cli.showing import corrected, show_findings, tell_names
from ledger.cli.words import show_time
from ledger.desk import Plain, is_url
from ledger.errors import BadQuestion
from ledger.papers import certificate_pdf

commands = typer.Typer(no_args_is_help=True)
CertificateArgument = Annotated[
    str,
    typer.Argument(metavar="CERTIFICATE", help="The certificate: its number, or its record's id."),
]
_PARTIES: Final = ("exporter", "importer")


@commands.command()
def show(context: Context, certificate: CertificateArgument) -> None:
    """Show what a certificate says, and what became of it.

    Example: adamant certificate show BW20260001
    """
    session = session_of(context)
    with session.desk() as desk:
        answer = desk.certificate(number_of(certificate))
        is_remote = desk.is_remote
    if session.out.as_json:
        session.out.document(answer)
        return
    session.learn(answer["names"])
    show_certificate(session, answer)
    tell_names(session, is_remote=is_remote)


@commands.command()
def pdf(
    context: Context,
    certificate: CertificateArgument,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it; NUMBER.pdf if not said."),
    ] = None,
    address: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="The ledger's public address, to which the QR code leads; the server's own if "
            "one is asked.",
        ),
    ] = "",
    font: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A TrueType font for names that the built-in one cannot print: these are printed "
            "as code points.",
        ),
    ] = None,
) -> None:
    """Print a certificate as PDF: all that stands on the paper, and the QR code of its page.

    Example: adamant certificate pdf BW20260001 --address https://ledger.example
    """
    session = session_of(context)
    with session.desk() as desk:
        answer = desk.certificate(number_of(certificate))
    base = address or (session.ledger if is_url(session.ledger) else "")
    if not base.startswith(("https://", "http://")):
        raise BadQuestion("--address", "the ledger's address, such as https://ledger.example")
    leads_to = f"{base.rstrip('/')}{CERTIFICATES_PATH}{answer['token']}" if answer["token"] else ""
    printed = certificate_pdf(answer, leads_to, font)
    file = out or Path(f"{answer['number']}.pdf")
    try:
        file.write_bytes(printed)
    except OSError as error:
        raise BadQuestion("--out", f"a file that can be written: {error.strerror}") from None
    said = {"file": str(file), "bytes": len(printed), "address": leads_to}
    session.out.either(said, f"written to {file}; its code leads to {leads_to}")


def show_certificate(session: Session, answer: Plain) -> None:
    """Show a certificate, as far as it is shown to this reader."""
    origins = ", ".join(answer["originNames"])
    origin = origins if answer["originSort"] == "unmixed" else f"mixed {origins}".strip()
    private = {field["name"]: field["value"] for field in answer["private"]}
    authority = f"by the authority of {answer['authorityName']}"
    pairs: list[Pair] = [
        ("certificate", f"{answer['number']} ({answer['operation']})"),
        ("state", f"{answer['state']}: {answer['stateSays']}"),
        ("replaces", answer["original"]),
        (
            "issued",
            f"{show_time(answer['issuedAt'])} {authority}",
        ),
        ("expires", show_time(answer["expiresAt"])),
    ]
    for party in _PARTIES:
        known = session.name(answer[party]) if answer[party] else ""
        pairs.append((party, " ".join(filter(None, (private.get(f"{party}Name"), known)))))
    pairs += [
        ("origin", origin),
        ("provenance", answer["provenanceName"]),
        ("destination", answer["destinationName"]),
        ("parcels", str(answer["parcelCount"])),
    ]
    pairs += [
        (f"HS {one['hsCode']}", f"{one['weightCarats']} ct, US$ {one['valueUsDollars']}")
        for one in answer["codes"] or ()
    ]
    pairs += _border(answer)
    pairs += corrected(answer["corrections"])
    pairs += [("parcel", one["parcelId"]) for one in answer["parcels"] or ()]
    pairs += [
        ("record", answer["certificateId"]),
        ("index", f"{answer['index']}, {answer['status']}"),
        ("page", CERTIFICATES_PATH + answer["token"] if answer["token"] else ""),
    ]
    session.out.pairs(pairs)
    show_findings(session.out, answer["findings"])


def _border(answer: Plain) -> list[Pair]:
    met = answer["clearance"]
    if met is None:
        return []
    when, place = show_time(met["occurredAt"]), met["arrivalCountryName"]
    how = "as declared" if met["agrees"] else "not as declared"
    why = f": {met['reason']}" if met["reason"] else f", {how}"
    pairs: list[Pair] = [("cleared", f"{met['operation']} {when} in {place}{why}")]
    for one in met["found"] or ():
        weight = f"{one['weightCarats']} ct ({one['deltaCarats']})"
        value = f"US$ {one['valueUsDollars']} ({one['deltaUsDollars']})"
        pairs.append((f"found {one['hsCode']}", f"{weight}, {value}"))
    return pairs
