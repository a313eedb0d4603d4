"""Reports by HTTP: who may ask, as JSON, CSV or a page, and pages that stay within bounds."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import re
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx2
import pytest

from api.pages import Pages
from api.reporting import (
    CERTIFICATES_ON_PAGE,
    FIGURES_ON_PAGE,
    annex_iii,
    importer,
    reconciliation,
)
from ledger.answers import Answers
from ledger.drafts import Found
from ledger.sheets.report_tables import CERTIFICATES, as_csv, certificate_rows
from tests.api.test_pages import Page
from tests.ledger.reporting.border import DAY, ROUGH, Border, border
from tests.scene import Shown, shown

ANNEX = "/v1/reports/annex-iii?country=BW&year=2026"
ENTRIES = "/v1/reports/annex-iii/entries?country=BW&year=2026"
RECONCILED = "/v1/reports/reconciliation?country=BW&year=2026"
SECONDS = 30
PATHS = (ANNEX, ENTRIES, RECONCILED)


def crossed(mode: str = "open") -> Border:
    """Return a border that goods crossed, one certificate of which nobody confirmed."""
    world = border(mode)
    certificate = world.certify([world.bag(1_000)], "BW1", "BE", origins=("BW",))
    world.certify([world.bag(2_000)], "BW2", "AE")
    world.later(DAY)
    world.clear(certificate, found={ROUGH: Found(990, 90_000)})
    return world


@pytest.fixture(scope="module")
def opened() -> Iterator[Shown]:
    """The border on an open ledger, asked as its operator."""
    with shown(crossed()) as made:
        yield made


@pytest.fixture(scope="module")
def traded() -> Iterator[Shown]:
    """The border on a trade ledger, asked as a stranger."""
    with shown(crossed("trade")) as made:
        yield made


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("authority-bw", 200),
        ("auditor-ch", 200),
        ("authority-be", 404),
        ("miner-bw", 404),
        ("governor-1", 404),
    ],
)
def test_a_report_is_for_its_own_authorities_and_for_auditors(traded, path, name, status):
    answer = traded.client.get(path, headers=traded.sign_in(name))
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["rule"] == "unknown"


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_asked_to_sign_in(traded, path):
    assert traded.client.get(path).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_on_an_open_ledger_too_a_party_of_another_country_is_told_nothing(opened, path):
    headers = opened.sign_in("trader-be")
    assert opened.client.get(path, headers=headers).status_code == 404


def test_an_authority_of_a_member_reads_the_report_of_the_european_union(traded):
    path = ANNEX.replace("BW", "EU")
    headers = traded.sign_in("authority-be")
    figures = traded.client.get(path, headers=headers).json()["figures"]
    assert {one["flow"] for one in figures} == {"imports", "received"}
    assert traded.client.get(path.replace("EU", "BE"), headers=headers).status_code == 400


def test_the_exporting_authority_is_told_what_the_importing_one_found(traded):
    headers = traded.sign_in("authority-bw")
    first, second = traded.client.get(RECONCILED, headers=headers).json()["certificates"]
    assert first["codes"][0]["deltaMillicarats"] == -10
    assert (second["status"], second["clearance"]) == ("open", None)


@pytest.mark.parametrize("path", PATHS)
def test_a_report_is_csv_for_whoever_asks_for_that(opened, path):
    answer = opened.client.get(path, headers={"accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "accept" in answer.headers["vary"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    plain = opened.client.get(path).json()
    told = plain.get("figures") or plain.get("entries") or plain["certificates"]
    assert len(rows) == len(told) > 0


def test_slow_reports_keep_nobody_from_asking_anything_else(
    opened: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More reports than questions are answered at a time, and none of them comes to its end."""
    may_answer, begun = threading.Event(), threading.Semaphore(0)
    annex = Answers.annex_iii

    def slow(answers: Answers, **asked: Any) -> Any:
        begun.release()
        assert may_answer.wait(SECONDS)
        return annex(answers, **asked)

    monkeypatch.setattr(Answers, "annex_iii", slow)

    async def ask() -> None:
        headers = {"authorization": opened.client.headers["authorization"]}
        transport = httpx2.ASGITransport(app=opened.client.app)
        here = {"base_url": "http://here", "headers": headers}
        async with httpx2.AsyncClient(transport=transport, **here) as client:
            async with asyncio.timeout(SECONDS):
                waiting = [asyncio.create_task(client.get(ANNEX)) for _ in range(40)]
                try:
                    while not begun.acquire(blocking=False):
                        await asyncio.sleep(0.001)
                    assert (await client.get("/v1/sites")).status_code == 200
                    assert not [one for one in waiting if one.done()]
                finally:
                    may_answer.set()
                assert {(await one).status_code for one in waiting} == {200}

    asyncio.run(ask())


@pytest.mark.parametrize("path", [ANNEX, RECONCILED])
def test_a_report_is_a_page_for_whoever_reads_pages(opened, path):
    answer = opened.client.get(path, headers={"accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "Botswana, 2026" in answer.text
    assert len(answer.content) < 60_000


def test_on_a_page_each_figure_leads_to_the_entries_that_it_was_summed_from(opened):
    figures = opened.client.get(ANNEX).json()["figures"]
    page = opened.client.get(ANNEX, headers={"accept": "text/html"}).text
    paths = [unescape(path) for path in re.findall(r'href="(/v1/reports/[^"]*)"', page)]
    assert len(paths) == len(figures) > 0
    for path, figure in zip(paths, figures, strict=True):
        told = opened.client.get(path).json()
        assert (told["figure"], len(told["entries"])) == (figure["figure"], figure["records"])
        weights = sum(one["weightMillicarats"] for one in told["entries"])
        assert weights == figure["weightMillicarats"]
    assert "entries.csv" not in page
    assert 'href="entries.csv"' in annex_iii(Pages(), opened.client.get(ANNEX).json())


def test_a_missing_confirmation_is_said_to_be_missing(opened):
    clock = opened.desk.clock
    before = clock.now_ms
    clock.now_ms += 90 * DAY * 1000
    try:
        token = {"accept": "text/html"}
        page = opened.client.get(RECONCILED, headers=token).text
    finally:
        clock.now_ms = before
    assert page.count("confirmation missing") == 1


def test_pages_of_entries_are_of_one_size_whatever_comes_in_between(opened):
    asked = f"{ENTRIES}&limit=1"
    page = opened.client.get(asked).json()
    names, size = [one["index"] for one in page["entries"]], page["size"]
    opened.registrations(1)
    while page["cursor"]:
        page = opened.client.get(f"{asked}&cursor={page['cursor']}").json()
        assert page["size"] == size
        names += [one["index"] for one in page["entries"]]
    whole = opened.client.get(f"{ENTRIES}&size={size}").json()["entries"]
    assert names == [one["index"] for one in whole]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=BW&year=2026&half=3", "half"),
        ("country=BW&year=2026&quarter=5", "quarter"),
        ("country=BW&year=2026&quarter=1&half=1", "quarter"),
        ("country=BW&year=2026&size=0", "size"),
        ("country=BW&year=2026&size=99999", "size"),
        ("country=XX&year=2026", "country"),
        ("country=BW&year=1", "year"),
        ("country=BW", "year"),
    ],
)
def test_what_is_badly_asked_is_refused_by_the_name_of_its_parameter(opened, query, field):
    answer = opened.client.get(f"/v1/reports/annex-iii?{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize(
    ("period", "figure"),
    [
        ("quarter=1", "production:BW:2026-H1:-:BW:7102.31"),  # only a part of it would be told
        ("half=1", "issued:BW:2026-Q1:EU:-:-"),
        ("quarter=2", "issued:BW:2026-Q1:EU:-:-"),
        ("quarter=1", "issued:EU:2026-Q1:BW:-:-"),
        ("quarter=1", "issued:BW:2026-H1:EU:-:-"),
        ("quarter=1", "issued:BW:2026-Q9:EU:-:-"),
        ("half=1", "production:BW:2026-Q1:-:BW:7102.31"),
    ],
)
def test_entries_are_told_of_no_figure_that_the_report_has_not(opened, period, figure):
    path = f"/v1/reports/annex-iii/entries?country=BW&year=2026&{period}&figure={figure}"
    answer = opened.client.get(path)
    assert (answer.status_code, answer.json()["field"]) == (400, "figure")


def test_a_figure_has_the_same_entries_in_its_own_period_and_in_a_longer_one(opened):
    report = opened.client.get(ANNEX).json()
    for one in report["figures"]:
        sort, number = ("half", 1) if one["flow"] == "production" else ("quarter", 1)
        whole, own = (
            opened.client.get(f"{ENTRIES}{period}&figure={one['figure']}").json()["entries"]
            for period in ("", f"&{sort}={number}")
        )
        assert whole == own
        assert len(whole) == one["records"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
@pytest.mark.parametrize("path", [ENTRIES, RECONCILED])
def test_a_cursor_that_was_never_given_is_refused(opened, path, cursor):
    assert opened.client.get(f"{path}&cursor={cursor}").json()["field"] == "cursor"


def test_text_that_could_begin_a_formula_is_harmless_in_a_report(opened):
    row = opened.client.get(RECONCILED).json()["certificates"][0]
    evil = {**row, "number": "=cmd()", "reason": "@sum(1)"}
    written = as_csv(CERTIFICATES, certificate_rows([evil])).decode()
    assert "'=cmd()" in written
    assert "'@sum(1)" in written
    assert ",-10," in written  # a difference stays a number


@pytest.mark.parametrize("jurisdiction", ["us", "eu", "uk", "ca"])
def test_an_importers_sheet_has_facts_blanks_and_a_verdict(opened, jurisdiction):
    path = f"/v1/reports/importer/{jurisdiction}/{opened.hex('stone')}?asOf=2026-06-01"
    sheet = opened.client.get(path).json()
    assert sheet["verdict"]["value"] in ("pass", "fail", "cannot tell")
    assert sheet["conclusion"].startswith("Under this definition the records ")
    assert "not legal advice" in sheet["notice"]
    blanks = [one["label"] for one in sheet["items"] if one["isBlank"]]
    assert "importer, with address" in blanks
    facts = {one["label"]: one for one in sheet["items"] if not one["isBlank"]}
    assert facts["weight"]["value"] == "1.850 ct by the book"
    assert facts["polished in"]["records"][0]["saidBy"].startswith("cutter of IN, Transformation")
    assert bool(sheet["wording"]) == (jurisdiction == "us")
    page = opened.client.get(path, headers={"accept": "text/html"})
    assert sheet["title"] in unescape(page.text)
    assert len(page.content) < 60_000
    rows = opened.client.get(path, headers={"accept": "text/csv"}).text.splitlines()
    assert len(rows) >= len(sheet["items"])


def test_an_importers_sheet_of_nowhere_is_unknown(opened):
    path = f"/v1/reports/importer/zz/{opened.hex('stone')}"
    assert opened.client.get(path).status_code == 404


def test_an_importers_sheet_is_for_whoever_may_read_of_the_goods(traded):
    path = f"/v1/reports/importer/us/{traded.hex('stone')}"
    assert traded.client.get(path, headers=traded.sign_in("jeweller-fr")).status_code == 200
    assert traded.client.get(path, headers=traded.sign_in("authority-ca")).status_code == 404


def _reports(made: Shown) -> dict[str, str]:
    importer = f"/v1/reports/importer/us/{made.hex('stone')}"
    return {"annex-iii": ANNEX, "reconciliation": RECONCILED, "importer": importer}


@pytest.mark.parametrize("name", ["annex-iii", "reconciliation", "importer"])
def test_a_page_to_print_is_well_formed_and_readable_without_a_script(opened, name):
    answer = opened.client.get(_reports(opened)[name], headers={"accept": "text/html"})
    page = Page(answer.text)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("title")) == len(page.named("h1")) == len(page.named("main")) == 1
    assert "script" not in {tag for tag, _ in page.tags}
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    regions = [attrs for tag, attrs in page.tags if attrs.get("role") == "region"]
    # What scrolls can be reached by the keyboard, and says what it is (WCAG 2.1.1, 4.1.2).
    assert all(one["tabindex"] == "0" and one["aria-labelledby"] in ids for one in regions)
    assert all(one.get("scope") in ("row", "col") for one in page.named("th"))
    assert len(page.named("table")) == len(regions)
    assert "ot legal advice" in page.text


def test_a_page_of_many_figures_is_small_and_says_what_it_leaves_out():
    figure = {
        "figure": "exports:BW:2026-Q1:EU:mixed-named:7102.31", "flow": "exports",
        "period": "2026-Q1", "partner": "EU", "origin": "mixed-named", "hsCode": "7102.31",
        "records": 9_999, "weightMillicarats": 10**9, "weightCarats": "1000000.000",
        "valueUsCents": 10**12, "valuedMillicarats": 10**9,
    }  # fmt: skip
    report = {
        "participant": "BW", "period": {"label": "2026", "since": 0, "until": 1}, "size": 1,
        "figures": [figure] * (FIGURES_ON_PAGE + 7), "notes": ["A note."],
    }  # fmt: skip
    page = annex_iii(Pages(), report, is_served=True)
    assert len(page.encode()) < 60_000
    assert "7 more figures are not on this page" in page


def test_a_page_of_many_certificates_is_small_and_says_that_there_are_more(opened):
    report = opened.client.get(RECONCILED).json()
    (first, *_) = report["certificates"]
    codes = [{**first["codes"][0], "hsCode": code} for code in ("7102.10", "7102.21", ROUGH)]
    many = [{**first, "codes": codes, "number": "BW" + "9" * 20}] * (CERTIFICATES_ON_PAGE + 1)
    page = reconciliation(Pages(), {**report, "certificates": many})
    assert len(page.encode()) < 60_000
    assert "More certificates are not on this page" in page


def test_an_importers_page_of_many_facts_is_small_and_says_what_it_leaves_out(opened):
    sheet = opened.client.get(_reports(opened)["importer"]).json()
    (reason, *_), (item, *_) = sheet["verdict"]["reasons"], sheet["items"]
    record = {"index": 10**9, "recordId": "0x" + "f" * 64, "saidBy": "authority of BW, " * 4}
    long = {
        **sheet,
        "items": [{**item, "value": "word " * 30, "records": [record] * 6}] * 70,
        "verdict": {
            **sheet["verdict"],
            "reasons": [{**reason, "words": "word " * 60, "source": "word " * 20}] * 99,
        },
    }
    page = importer(Pages(), long)
    assert len(page.encode()) < 60_000
    assert "69 more reasons are not on this page" in page
