"""A certificate on paper: every field of KPCS Annex I, and the way to its record.

It is a print of what an authority signed in the ledger. A participant's own forgery-resistant form
is not made here: Annex I leaves its making to each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ledger.errors import BadQuestion
from ledger.papers.sheets import Sheet

Plain = Mapping[str, Any]

_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_STATE_WORDS: Final = {
    "open": "open: not cleared by the importing authority yet",
    "expired": "expired without being cleared",
}


def certificate_pdf(certificate: Plain, address: str, font: Path | None = None) -> bytes:
    """Print a certificate.

    Args:
        certificate: the answer about it.
        address: what its QR code says: where its page is, or "" for no code.
        font: a TrueType font to print in; the built-in one if not said.

    Raises:
        BadQuestion: the font cannot be read; or the answer is of a certificate of which its reader
            is not shown all that stands on the paper.

    """
    if certificate["codes"] is None or certificate["exporter"] is None:
        raise BadQuestion("certificate", "one that this reader is shown whole")
    number = certificate["number"]
    sheet = Sheet(f"{certificate['title']} {number}", certificate["issuedAt"], font)
    sheet.heading(certificate["title"])
    sheet.paragraph(certificate["statement"])
    sheet.rule()
    for label, *values in _fields(certificate):
        sheet.field(label, *values, bold=label == "Number")
    sheet.rule()
    _goods(sheet, certificate)
    sheet.rule()
    _way(sheet, certificate, address)
    if sheet.has_replaced:
        sheet.paragraph(
            "Characters that cannot be set in this paper's font are printed as their Unicode code "
            "points, such as <U+0416>; the page of this certificate shows them.",
            small=True,
        )
    return sheet.pdf()


def _fields(one: Plain) -> Iterator[tuple[str, ...]]:
    is_technical = one["operation"] == "technical"
    yield "Number", one["number"]
    if is_technical:
        yield "Technical certificate", f"ordered re-export; replaces {one['original']}"
    yield "Issuing authority", _party(one, one["authority"], f"of {one['authorityName']}")
    yield "Date of issue", _day(one["issuedAt"])
    yield "Date of expiry", _day(one["expiresAt"])
    private = {field["name"]: field["value"] for field in one["private"]}
    for name, label in (("exporter", "Exporter"), ("importer", "Importer")):
        said = ", ".join(
            private[part] for part in (f"{name}Name", f"{name}Street") if part in private
        )
        known = _party(one, one[name], "") if one[name] else ""
        yield label, *([part for part in (said, known) if part] or ["not told here"])
    yield "Country of origin", _origin(one)
    yield "Provenance", f"{one['provenanceName']} ({one['provenance']}): exported from last"
    yield "Destination", f"{one['destinationName']} ({one['destination']})"
    yield "Number of parcels", str(one["parcelCount"])


def _origin(one: Plain) -> str:
    names = [
        f"{name} ({code})" for name, code in zip(one["originNames"], one["origins"], strict=True)
    ]
    if one["originSort"] == "unmixed":
        return f"{names[0]}, unmixed"
    return f"mixed: {', '.join(names)}" if names else "mixed"


def _goods(sheet: Sheet, one: Plain) -> None:
    rows = [
        (
            f"HS {code['hsCode']}",
            code["words"],
            f"{code['weightCarats']} ct",
            f"US$ {code['valueUsDollars']}",
        )
        for code in one["codes"]
    ]
    rows.append(("Total", "", f"{one['weightCarats']} ct", f"US$ {one['valueUsDollars']}"))
    sheet.table(("Code", "Rough diamonds", "Weight", "Value"), rows)


def _way(sheet: Sheet, one: Plain, address: str) -> None:
    """Print how to find the record, and what proves it."""
    if address:
        sheet.code(address)
        sheet.paragraph(f"Check this paper at {address}")
    sheet.field("Validation", "signed by the issuing authority")
    sheet.field("Ledger", one["origin"])
    sheet.field("Record", _grouped(one["certificateId"]))
    sheet.field("Entry", f"{one['index']}, recorded {_minute(one['recordedAtMs'])}")
    if one["inclusion"] is not None:
        proven = one["inclusion"]
        sheet.field("Checkpoint", f"{proven['size']} entries, root {_grouped(proven['root'])}")
    if address:
        sheet.below_code()
    said = _STATE_WORDS.get(one["state"], one["state"])
    sheet.paragraph(
        f"When this was printed, of {one['asOf']['size']} entries, the certificate was {said}. "
        "The ledger proves statements, not stones: who said what, and when.",
        small=True,
    )


def _party(one: Plain, address: str | None, beside: str) -> str:
    """Write a party: its name if that may be seen, what stands beside it, its address."""
    if address is None:
        return beside
    name = one["names"].get(address, "")
    return " ".join(part for part in (name, beside, address) if part)


def _day(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _minute(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _grouped(text: str) -> str:
    digits = text.removeprefix("0x")
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
