"""Commands that write reports: figures and their entries, reconciliation, an importer's sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.answers.wording import dollars
from ledger.cli.options import Context, ParcelArgument
from ledger.cli.parcels import parcel_id_at
from ledger.cli.session import Session, session_of
from ledger.cli.words import count_of, read_country
from ledger.desk import Desk, Plain
from ledger.errors import BadQuestion, Damaged
from ledger.files import written_over
from ledger.limits import LIMITS
from ledger.reporting.annex_iii import COUNTED
from ledger.reporting.jurisdictions import JURISDICTIONS
from ledger.sheets.report_tables import (
    CERTIFICATES,
    ENTRIES,
    FIGURES,
    ITEMS,
    certificate_rows,
    figure_rows,
    item_rows,
)
from ledger.sheets.writers import Column, write_table
from ledger.values import carats, to_hex

commands = typer.Typer()
PANEL: Final = "Figures and files"
Given = dict[str, str | int]

CountryOption = Annotated[
    str,
    typer.Option(metavar="CC", help="The participant: two capital letters; EU for its members."),
]
YearOption = Annotated[int, typer.Option(metavar="YEAR", help="The year.")]
HalfOption = Annotated[
    int | None, typer.Option(min=1, max=2, metavar="N", help="Its half: production alone.")
]
QuarterOption = Annotated[
    int | None, typer.Option(min=1, max=4, metavar="N", help="Its quarter: trade alone.")
]
SizeOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Only what the first N entries say.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write CSV, JSON and a page to print into DIR."),
]


@commands.command("annex-iii", rich_help_panel=PANEL)
def annex_iii(
    context: Context,
    *,
    country: CountryOption,
    year: YearOption,
    half: HalfOption = None,
    quarter: QuarterOption = None,
    size: SizeOption = None,
    out: OutOption = None,
) -> None:
    """Sum a country's production and trade in rough, as the Kimberley Process asks (Annex III).

    With --out: figures.csv, entries.csv (the records that each figure was summed from),
    report.json, and report.html to print. All of it is of one size of the log.

    Example: adamant report annex-iii --country BW --year 2026 --quarter 1 --out bw-2026-q1
    """
    session = session_of(context)
    given = _given(country, year, half, quarter, size)
    with session.desk() as desk:
        report = desk.ask("/v1/reports/annex-iii", **given)
        entries = _pages(desk, "/v1/reports/annex-iii/entries", "entries", given, report["size"])
        if out is not None:
            folder = _Folder(out)
            folder.table("figures.csv", FIGURES, figure_rows(report))
            folder.table("entries.csv", ENTRIES, entries)
            folder.report("annex_iii", report)
            _tell_files(session, folder)
            return
    if session.out.as_json:
        session.out.document(report)
    else:
        _tell_figures(session, report)


@commands.command(rich_help_panel=PANEL)
def reconciliation(
    context: Context,
    *,
    country: CountryOption,
    year: YearOption,
    half: HalfOption = None,
    quarter: QuarterOption = None,
    size: SizeOption = None,
    out: OutOption = None,
) -> None:
    """Compare each certificate from or to a country with what the other border found.

    With --out: certificates.csv with a row for each HS code, report.json with the first page of
    them, and report.html to print.

    Example: adamant report reconciliation --country EU --year 2026 --out eu-2026
    """
    session = session_of(context)
    given = _given(country, year, half, quarter, size)
    path = "/v1/reports/reconciliation"
    with session.desk() as desk:
        report = desk.ask(path, **given)
        pages = _pages(desk, path, "certificates", given, report["size"])
        if out is not None:
            folder = _Folder(out)
            folder.table("certificates.csv", CERTIFICATES, certificate_rows(pages))
            folder.report("reconciliation", report)
            _tell_files(session, folder)
        elif session.out.as_json:
            session.out.document(report)
        else:
            _tell_certificates(session, pages)


@commands.command(rich_help_panel=PANEL)
def importer(
    context: Context,
    jurisdiction: Annotated[
        str, typer.Argument(metavar="WHERE", help=f"{', '.join(JURISDICTIONS)}: where to.")
    ],
    parcel: ParcelArgument,
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DAY", help="The day to judge for; today if unsaid.")
    ] = "",
    size: SizeOption = None,
    out: OutOption = None,
) -> None:
    """Gather what an importer's statement of origin needs: facts, who says so, blanks, a verdict.

    It states nothing in anybody's name, and is not legal advice. With --out: sheet.csv, sheet.pdf,
    report.json and report.html.

    Example: adamant report importer us 0x1a2b3c4d --out statement
    """
    session = session_of(context)
    given: Given = {"asOf": as_of} if as_of else {}
    given |= {} if size is None else {"size": size}
    with session.desk() as desk:
        parcel_id = to_hex(parcel_id_at(desk, parcel))
        sheet = desk.ask(f"/v1/reports/importer/{jurisdiction}/{parcel_id}", **given)
    if out is not None:
        folder = _Folder(out)
        from ledger.papers import importer_pdf  # loaded here: no other report is printed so

        folder.table("sheet.csv", ITEMS, item_rows(sheet))
        folder.bytes("sheet.pdf", importer_pdf(sheet))
        folder.report("importer", sheet)
        _tell_files(session, folder)
    elif session.out.as_json:
        session.out.document(sheet)
    else:
        _tell_sheet(session, sheet)


def _given(
    country: str, year: int, half: int | None, quarter: int | None, size: int | None
) -> Given:
    read_country(country, "--country")
    given: Given = {"country": country, "year": year}
    more = {"half": half, "quarter": quarter, "size": size}
    return given | {name: value for name, value in more.items() if value is not None}


def _pages(desk: Desk, path: str, rows: str, given: Given, size: int) -> Iterator[Plain]:
    """Yield the rows of page after page, all of one size of the log."""
    asked: Given = {**given, "size": size, "limit": LIMITS.page_rows_max}
    page = desk.ask(path, **asked)
    for _ in range(LIMITS.answer_pages_max):
        yield from page[rows]
        if not page["cursor"]:
            return
        page = desk.ask(path, **asked, cursor=page["cursor"])
    raise Damaged("duplicate", f"the pages of {path}", "they come to no end")


class _Folder:
    """Where the files of a report are written; each is there whole, or not at all."""

    def __init__(self, path: Path) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadQuestion("--out", f"a folder to write to: {error.strerror}") from None
        self.path = path
        self.files: list[str] = []

    def table(self, name: str, columns: tuple[Column, ...], rows: Iterable[Plain]) -> None:
        """Write a table as CSV."""
        with written_over(self.path / name) as file:
            write_table(file, columns, rows, "csv")
        self.files.append(name)

    def report(self, name: str, plain: Plain) -> None:
        """Write an answer as JSON, and as a page to print."""
        from api.pages import Pages  # loaded here: no other command renders pages
        from api.reporting import RENDERED

        text = json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
        self.bytes("report.json", text.encode())
        self.bytes("report.html", RENDERED[name](Pages(), plain).encode())

    def bytes(self, name: str, data: bytes) -> None:
        """Write a file as it is."""
        with written_over(self.path / name) as file:
            file.write(data)
        self.files.append(name)


def _tell_files(session: Session, folder: _Folder) -> None:
    if session.out.as_json:
        session.out.document({"folder": str(folder.path), "files": folder.files})
    else:
        session.out.say(f"{', '.join(folder.files)} written to {folder.path}")


def _dollars(cents: int | None, otherwise: str = "") -> str:
    return otherwise if cents is None else dollars(cents)


def _tell_figures(session: Session, report: Plain) -> None:
    out = session.out
    out.say(f"{report['participant']}, {report['period']['label']}", style="bold")
    for note in report["notes"]:
        out.say(note)
    by_flow: dict[str, list[Plain]] = {}
    for figure in report["figures"]:
        by_flow.setdefault(figure["flow"], []).append(figure)
    for flow, words in COUNTED.items():
        if flow in by_flow:
            out.say("")
            out.say(words)
            out.table(
                ("period", "partner", "origin", "HS code", ">records", ">carats", ">US dollars"),
                [
                    (
                        one["period"], one["partner"], one["origin"], one["hsCode"],
                        one["records"], one["weightCarats"],
                        _dollars(one["valueUsCents"], "not stated"),
                    )
                    for one in by_flow[flow]
                ],
            )  # fmt: skip


def _tell_certificates(session: Session, certificates: Iterator[Plain]) -> None:
    rows = [
        (
            one["number"], one["issuer"], one["destination"],
            "confirmation missing" if one["isMissing"] else one["status"],
            one["hsCode"] or "",
            *map(_carats, (one["declaredMillicarats"], one["foundMillicarats"])),
            _carats(one["deltaMillicarats"]),
            _dollars(one["deltaUsCents"], "?"),
        )
        for one in certificate_rows(certificates)
    ]  # fmt: skip
    headings = ("number", "from", "to", "state", "HS code", ">declared ct", ">found ct")
    session.out.table((*headings, ">ct more", ">US$ more"), rows)
    session.out.say(count_of(len(rows), "row"))


def _carats(weight: int | None) -> str:
    if weight is None:
        return "?"
    return f"-{carats(-weight)}" if weight < 0 else carats(weight)


def _tell_sheet(session: Session, sheet: Plain) -> None:
    out, verdict = session.out, sheet["verdict"]
    out.say(f"{sheet['title']}, {sheet['name']}", style="bold")
    out.say(sheet["asks"])
    if sheet["isUnconfirmed"]:
        out.say("What is asked here is known by report, and not confirmed in the rule's own text.")
    blank = "(to be filled in by the importer)"
    out.pairs([(item["label"], item["value"] or blank) for item in sheet["items"]])
    out.say(f"{verdict['definition']['id']} for {sheet['date']}: {verdict['value']}", style="bold")
    out.say(sheet["conclusion"])
    if sheet["wording"]:
        out.say(f"The text that would be signed: {sheet['wording']}")
    out.say(sheet["notice"])
