"""Records of borders, reports, pieces and sales in words; those of plain custody: :mod:`.telling`.

Where amounts may not be shown, nothing is said by which a shipment or a piece could be found again:
no number of a certificate, no label, no id. A laboratory's report number stands on the stone
itself, and is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ledger.answers.clear_signing.labels import COMMON
from ledger.answers.country_names import name_in_text
from ledger.answers.wording import counted, day, listed, parcels, short
from ledger.records import (
    Certificate,
    Clearance,
    Correction,
    Record,
    Sale,
    Setting,
    Statement,
)
from ledger.values import NO_HASH, carats

REASONS: Final = {
    "number": "its number",
    "expired": "it had expired",
    "seal": "the seal",
    "weight": "the weight differs",
    "value": "the value differs",
    "documents": "the documents",
    "origin": "the origin",
    "other": "another reason",
}
"""Why an authority refuses a shipment, in words."""
WARRANTIES: Final = {
    "wdc-sow-1": "the older wording",
    "wdc-sow-2": "the wording that covers human rights and labour",
}
_CAPITALS: Final = re.compile("([A-Z])")
Told = tuple[str, str]


def told(record: Record, *, shows_amounts: bool) -> Told:
    """Return a title of a word or two, and what the author declares, without a full stop.

    Args:
        record: the record; of one that is shown in part, *what* and *scene* are.
        shows_amounts: whether weights, counts, numbers of certificates, labels and ids may be said.

    """
    tell = _TOLD.get(type(record))
    if tell is None:
        return record.KIND.name, "speaks of the goods"
    return tell(record, shows_amounts)


def _certificate(record: Certificate, shows_amounts: bool) -> Told:  # noqa: FBT001 - one of a table
    to = name_in_text(record.scene.destination)
    is_technical = record.what.operation == "technical"
    sort = "technical certificate" if is_technical else "Kimberley Process certificate"
    paper = f"the {sort} {record.what.number}" if shows_amounts else f"a {sort}"
    goods = "rough"
    if shows_amounts:
        weight = sum(record.amounts.weights_millicarats)
        goods = f"{carats(weight)} ct of rough in {parcels(len(record.what.parcels))}"
    way = f"sent back to {to}" if is_technical else f"to {to}"
    title = "Certified for re-export" if is_technical else "Certified"
    origins = tuple(name_in_text(country) for country in record.scene.origins)
    origin = f"mined in {listed(origins, 'and')}" if origins else "of mixed origin, unnamed"
    return title, f"issues {paper} for {goods} {way}, {origin}"


def _clearance(record: Clearance, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    shown = f"the certificate {record.what.number}" if shows_amounts else "a certificate"
    if record.what.certificate == NO_HASH:
        shown += " that was shown on paper alone"
    place = name_in_text(record.scene.arrival_country)
    if record.what.operation == "refuse":
        return "Refused at the border", f"refuses {shown}: {REASONS[record.what.reason]}"
    found = ""
    if shows_amounts:
        found = f", and finds {carats(sum(record.amounts.weights_millicarats))} ct"
    return "Border cleared", f"confirms the arrival in {place} under {shown}{found}"


def _statement(record: Statement, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    return _STATEMENTS[record.what.operation](record, shows_amounts)


def _grading(record: Statement, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    what = record.what
    grades = [what.shape, what.color, what.clarity]
    if shows_amounts:
        grades.append(f"{carats(record.amounts.weight_millicarats)} ct as weighed")
    said = ", ".join(grade for grade in grades if grade)
    return "Graded", f"grades the stone in report {what.report_number}: {said}"


def _origin(record: Statement, _shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    places = listed(tuple(name_in_text(country) for country in record.scene.countries))
    report = f" in report {record.what.report_number}" if record.what.report_number else ""
    return "Origin analysed", f"finds{report} that the goods can be from {places}, and nowhere else"


def _location(record: Statement, _shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    place = name_in_text(record.scene.countries[0])
    return (
        "Location attested",
        f"attests that the goods were in {place} on {day(record.scene.as_of)}",
    )


def _warranty(record: Statement, _shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    text_id = record.what.text_id
    return "Warranted", f"gives the trade's warranty {text_id} ({WARRANTIES[text_id]})"


def _document(record: Statement, _shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    said = f"names a document by its SHA-256, {short(record.what.document)}"
    return "Document named", f"{said}; the document itself is kept outside the ledger"


_STATEMENTS: Final[dict[str, Callable[[Statement, bool], Told]]] = {
    "grading": _grading,
    "origin": _origin,
    "location": _location,
    "warranty": _warranty,
    "document": _document,
}


def _setting(record: Setting, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    goods, label = "the goods", ""
    if shows_amounts:
        amounts = record.amounts
        weight = f"{carats(amounts.weight_millicarats)} ct{counted(amounts.stones)}"
        goods = f"{weight} of {parcels(len(record.what.parcels))}"
        label = f' "{amounts.label}"' if amounts.label else ""
    if record.what.operation == "set":
        return "Set in a piece", f"sets {goods} in a piece of jewellery{label}"
    return "Taken out", f"takes {goods} out of the piece again"


def _sale(record: Sale, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    goods = f"{carats(record.amounts.weight_millicarats)} ct" if shows_amounts else "the goods"
    if record.what.operation == "sale":
        return "Sold", f"sells {goods} to a consumer"
    return "Returned", f"takes {goods} back from a consumer"


def _correction(record: Correction, shows_amounts: bool) -> Told:  # noqa: FBT001 - likewise
    names = tuple(dict.fromkeys(_fields_of(record, shows_amounts=shows_amounts)))
    said = f": {listed(names, 'and')}" if names else ""
    return (
        "Corrected",
        f"corrects an earlier statement of its own{said}; both values are shown there",
    )


def _fields_of(record: Correction, *, shows_amounts: bool) -> Iterator[str]:
    sheets: list[Any] = [record.what, record.scene]
    if shows_amounts:
        sheets.insert(1, record.amounts)
    for sheet in sheets:
        yield from (_in_words(name) for name in sheet.fields)
    if record.details != NO_HASH:
        yield "private fields"


def _in_words(path: str) -> str:
    """Name a field as people do: by its label, or its name apart (``expiresAt``: expires at)."""
    name = path.partition(".")[0]
    if name in COMMON:
        return COMMON[name].lower()
    return _CAPITALS.sub(lambda found: f" {found[1].lower()}", name)


_TOLD: Final[dict[type[Record], Callable[[Any, bool], Told]]] = {
    Certificate: _certificate,
    Clearance: _clearance,
    Statement: _statement,
    Setting: _setting,
    Sale: _sale,
    Correction: _correction,
}
