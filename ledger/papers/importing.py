"""An importer's sheet on paper: facts, who says so, blanks to fill in, the verdict.

It is no statement until an importer makes it one, on its own letterhead and over its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ledger.papers.sheets import Sheet

Plain = Mapping[str, Any]

_BLANK: Final = "." * 60
_UNCONFIRMED: Final = (
    "What is asked here is known by report, and not confirmed in the rule's own text."
)


def importer_pdf(answer: Plain, font: Path | None = None) -> bytes:
    """Print the sheet that an importer fills its statement from.

    Args:
        answer: the ledger's answer about it.
        font: a TrueType font to print in; the built-in one if not said.

    Raises:
        BadQuestion: the font cannot be read.

    """
    day = datetime.fromisoformat(answer["date"]).replace(tzinfo=UTC)
    sheet = Sheet(f"{answer['title']}, {answer['name']}", int(day.timestamp()), font)
    sheet.heading(answer["title"])
    sheet.paragraph(f"{answer['name']}. {answer['asks']}")
    if answer["isUnconfirmed"]:
        sheet.paragraph(_UNCONFIRMED, small=True)
    sheet.rule()
    _verdict(sheet, answer)
    sheet.rule()
    for item in answer["items"]:
        said = [record["saidBy"] for record in item["records"]]
        sheet.field(item["label"], _BLANK if item["isBlank"] else item["value"], *said)
    if answer["hasMore"]:
        sheet.paragraph("There is more on record than this sheet shows.", small=True)
    sheet.rule()
    sheet.paragraph(answer["notice"])
    sources = "; ".join(answer["sources"])
    sheet.paragraph(f"From the first {answer['size']} entries. Sources: {sources}.", small=True)
    if sheet.has_replaced:
        sheet.paragraph(
            "Characters that cannot be set in this paper's font are printed as their Unicode code "
            "points, such as <U+0416>.",
            small=True,
        )
    return sheet.pdf()


def _verdict(sheet: Sheet, answer: Plain) -> None:
    verdict = answer["verdict"]
    definition = verdict["definition"]
    adopted = "" if definition["isAdoptedHere"] else ", not adopted by this ledger"
    told = f"{verdict['value']}, for {answer['date']} under {definition['id']}{adopted}"
    sheet.field("What follows", told, answer["conclusion"], bold=True)
    for reason in verdict["reasons"]:
        doubt = " (Unconfirmed.)" if reason["isUnconfirmed"] else ""
        settled = f" What would settle it: {reason['wouldDecide']}" if reason["wouldDecide"] else ""
        sheet.field("", f"{reason['words']}{doubt}{settled}", f"Source: {reason['source']}")
    if answer["wording"]:
        sheet.field("Text that would be signed", answer["wording"])
