"""Reports as JSON, CSV or a page to print, whichever a caller would rather have.

A page weighs at most about 60 kB: what does not fit is in the other forms, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from api.pages import Pages
from api.requests import CSV, HTML, JSON, preferred
from api.responses import json_response
from ledger.reporting.annex_iii import COUNTED
from ledger.sheets.report_tables import CSV_OF

FIGURES_ON_PAGE: Final = 110
CERTIFICATES_ON_PAGE: Final = 50
REASONS_ON_PAGE: Final = 30
RECORDS_ON_PAGE: Final = 3
"""Of each line of an importer's sheet."""
TRADE: Final = ("production", "exports", "imports")
_BY_ACCEPT: Final = {"vary": "accept"}
Plain = Mapping[str, Any]


def annex_iii(pages: Pages, report: Plain, *, is_served: bool = False) -> str:
    """Render the figures of production and trade.

    Args:
        pages: renders it.
        report: the ledger's answer.
        is_served: a figure's count of records leads to these; a file has ``entries.csv`` beside it.

    """
    figures = report["figures"]
    shown = [
        {**one, "entries": _entries_path(report, one) if is_served else ""}
        for one in figures[:FIGURES_ON_PAGE]
    ]
    groups = [
        (flow, COUNTED[flow], list(rows)) for flow, rows in groupby(shown, lambda one: one["flow"])
    ]
    return pages.report(
        "report.html",
        report=report,
        heading="Production and trade in rough diamonds",
        groups=groups,
        trade=TRADE,
        left_out=len(figures) - len(shown),
        is_served=is_served,
    )


def _entries_path(report: Plain, figure: Plain) -> str:
    """Return where the entries are that a figure was summed from, at the report's size."""
    year, part = figure["period"].split("-")
    query = {
        "country": report["participant"],
        "year": year,
        "half" if part[0] == "H" else "quarter": part[1:],
        "size": report["size"],
        "figure": figure["figure"],
    }
    return f"/v1/reports/annex-iii/entries?{urlencode(query, safe=':')}"


def reconciliation(pages: Pages, report: Plain) -> str:
    """Render certificates beside what was found."""
    rows = report["certificates"]
    left_out = len(rows) > CERTIFICATES_ON_PAGE or report["cursor"] is not None
    shown = rows[:CERTIFICATES_ON_PAGE]
    return pages.report("reconciliation.html", report=report, rows=shown, left_out=left_out)


def importer(pages: Pages, sheet: Plain) -> str:
    """Render the sheet that an importer fills its statement from."""
    reasons = sheet["verdict"]["reasons"]
    return pages.report(
        "importer.html",
        sheet=sheet,
        reasons=reasons[:REASONS_ON_PAGE],
        reasons_left_out=max(0, len(reasons) - REASONS_ON_PAGE),
        records_max=RECORDS_ON_PAGE,
    )


RENDERED: Final[dict[str, Callable[[Pages, Plain], str]]] = {
    "annex_iii": annex_iii,
    "reconciliation": reconciliation,
    "importer": importer,
}
"""The questions about reports whose answer is a page, too."""


def respond(request: Request, pages: Pages, name: str, plain: dict[str, Any]) -> Response:
    """Write a report as its caller would rather have it."""
    offered = (JSON, CSV, HTML) if name in RENDERED else (JSON, CSV)
    chosen = preferred(request, *offered)
    if chosen == CSV:
        return Response(CSV_OF[name](plain), headers=_BY_ACCEPT, media_type=CSV)
    if chosen == HTML:
        is_annex = name == "annex_iii"
        page = annex_iii(pages, plain, is_served=True) if is_annex else RENDERED[name](pages, plain)
        return Response(page, headers=_BY_ACCEPT, media_type=HTML)
    return json_response(plain, headers=_BY_ACCEPT)
