"""The page of a certificate: what stands on the paper, for anyone who has it."""

from __future__ import annotations

import io
import itertools
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
import uvicorn
from pypdf import PdfReader

from ledger.papers import certificate_pdf
from ledger.values import to_hex
from tests.api.make_examples import AS_JSON
from tests.api.test_pages import Page
from tests.borders import EXPORTED, PENDING, REFUSED, RING
from tests.browser import CHROMIUM, Browser, browser
from tests.scene import ADDRESS, Shown
from tests.world import address_of


def path_of(made: Shown, number: str) -> str:
    """Return the path of a certificate's page."""
    return f"/certificates/{made.answers.certificate(number)['token']}"


def page_of(made: Shown, number: str = EXPORTED) -> tuple[Page, str]:
    response = made.client.get(path_of(made, number))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text), response.text


def test_it_says_every_field_of_the_paper(bordered: Shown) -> None:
    text = page_of(bordered)[0].text
    for words in (
        *("Kimberley Process Certificate", "have been handled in accordance", EXPORTED),
        *("of Botswana", "unmixed", "where the goods were mined", "exported last", "Belgium"),
        *("7102.31", "non-industrial, unworked", "3.750", "1,234.56", "valid until"),
        to_hex(address_of("miner-bw")),
        "its signature validates this",
    ):
        assert words in text, words


def test_origin_and_provenance_stand_apart(bordered: Shown) -> None:
    text = page_of(bordered, PENDING)[0].text
    origin, _, rest = text.partition("where the goods were mined")
    assert "no country is named" in origin
    assert "Botswana" in rest.partition("exported last")[0]


def test_its_state_and_what_was_found_are_said(bordered: Shown) -> None:
    assert "What was found is what the certificate says." in page_of(bordered)[0].text
    refused = page_of(bordered, REFUSED)[0].text
    assert "refused the shipment" in refused
    assert "the weight differs" in refused
    assert "-0.900" in refused
    assert "not recorded here yet" in page_of(bordered, PENDING)[0].text


def test_an_endorsed_value_is_shown_old_and_new(bordered: Shown) -> None:
    _, text = page_of(bordered)
    assert "<del>1000.00 USD</del>" in text
    assert "<ins>1234.56 USD</ins>" in text


def test_its_code_leads_to_itself(bordered: Shown) -> None:
    _, text = page_of(bordered)
    (svg,) = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    rows = segno.make_qr(ADDRESS + path_of(bordered, EXPORTED), error="m", boost_error=False).matrix
    assert f'viewBox="0 0 {len(rows) + 8} {len(rows) + 8}"' in svg
    dark = sum(int(length) for length in re.findall(r"M\d+ \d+h(\d+)v1", svg))
    assert dark == sum(sum(map(bool, row)) for row in rows)
    assert ADDRESS + path_of(bordered, EXPORTED) in text


@pytest.mark.parametrize("number", [EXPORTED, PENDING, REFUSED])
def test_it_is_well_formed_small_and_without_a_script(bordered: Shown, number: str) -> None:
    page, text = page_of(bordered, number)
    assert len(text.encode()) < 60_000
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == len(page.named("main")) == 1
    assert len(page.named("title")) == 2, "the page's own, and the code's"
    assert "script" not in {tag for tag, _ in page.tags}
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {attrs["aria-labelledby"] for attrs in page.named("section")} <= ids
    assert all(attrs.get("scope") for attrs in page.named("th"))


def test_its_json_twin_says_the_same(bordered: Shown) -> None:
    path = path_of(bordered, EXPORTED)
    by_accept = bordered.client.get(path, headers=AS_JSON)
    assert by_accept.json() == bordered.client.get(path + ".json").json()
    assert by_accept.headers["vary"] == "accept"
    assert f'href="{path}.json"' in page_of(bordered)[1]


def test_it_can_be_had_as_a_paper_whose_code_leads_to_the_page(bordered: Shown) -> None:
    path = path_of(bordered, EXPORTED)
    assert f'href="{path}.pdf"' in page_of(bordered)[1]
    response = bordered.client.get(path + ".pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == f'attachment; filename="{EXPORTED}.pdf"'
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert f"Check this paper at {ADDRESS}{path}\n" in text
    assert "1,234.56" in text
    answer = bordered.client.get(path + ".json").json()
    assert response.content == certificate_pdf(answer, ADDRESS + path)


def test_the_paper_is_cached_as_the_page_is(bordered: Shown) -> None:
    path = path_of(bordered, EXPORTED) + ".pdf"
    first = bordered.client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    assert not first.headers["etag"].startswith("W/")
    again = bordered.client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert bordered.client.head(path).status_code == 200


def test_a_paper_of_nothing_is_told_as_a_page(bordered: Shown) -> None:
    response = bordered.client.get(f"/certificates/{'0' * 32}.pdf")
    assert response.status_code == 404
    assert "No certificate by this link" in Page(response.text).text


def test_its_links_lead_somewhere(bordered: Shown) -> None:
    page, _ = page_of(bordered)
    for link in page.named("a"):
        assert bordered.client.get(str(link["href"])).status_code == 200, link


def test_on_a_trade_ledger_it_shows_the_paper_and_no_more(bordered_trade: Shown) -> None:
    path = path_of(bordered_trade, EXPORTED)
    text = bordered_trade.client.get(path).text
    assert "3.750" in text
    assert "What was found is what the certificate says." in text
    for parcel in bordered_trade.scene.parcels.values():
        assert to_hex(parcel) not in text
        assert to_hex(parcel)[:6] not in text
    assert "The parcels</h2>" not in text
    assert "shown to those concerned alone" in text
    paper = bordered_trade.client.get(path + ".pdf").content
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "3.750" in printed
    for parcel in bordered_trade.scene.parcels.values():
        assert to_hex(parcel)[2:10] not in printed
    asked = bordered_trade.client.get(f"/v1/certificates/{EXPORTED}")
    assert (asked.status_code, asked.json()["rule"]) == (401, "sign-in-needed")


@pytest.mark.parametrize(("token", "status"), [("0" * 32, 404), ("abc", 400), ("<b>", 400)])
def test_a_token_of_nothing_is_a_page_that_says_so(bordered: Shown, token, status) -> None:
    response = bordered.client.get(f"/certificates/{token}")
    assert response.status_code == status
    assert "No certificate by this link" in Page(response.text).text
    assert "<b>" not in response.text


# -- in a browser --------------------------------------------------------------------------------


@pytest.fixture
def address(bordered: Shown) -> Iterator[str]:
    """Serve the journey on loopback; yield the server's address."""
    config = uvicorn.Config(bordered.client.app, host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Browser]:
    """Start a browser."""
    with browser(tmp_path) as started:
        yield started


WITHOUT_A_NAME = """
[...document.querySelectorAll('a, summary, svg, table, [tabindex]')].filter(one =>
  !(one.textContent.trim() || one.getAttribute('aria-label')
    || one.querySelector('title, caption, thead'))
).length
"""
IN_CHROMIUM = [
    pytest.mark.long,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is no package that the tests ask for, and is not here"
    ),
]


@pytest.mark.parametrize("width", [320, 900])
@pytest.mark.parametrize(
    "path", [pytest.param(one, marks=IN_CHROMIUM) for one in ("certificate", "stone", "ring")]
)
def test_a_browser_shows_it_whole_on_a_phone_and_a_desk(
    bordered: Shown, address: str, chromium: Browser, path: str, width: int
) -> None:
    own = (
        path_of(bordered, EXPORTED) if path == "certificate" else f"/stones/{bordered.token(path)}"
    )
    chromium.do(
        "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1,
        mobile=False,
    )  # fmt: skip
    chromium.go(address + own)
    assert chromium.say("document.documentElement.scrollWidth") <= width
    assert chromium.say(WITHOUT_A_NAME) == 0
    assert chromium.complaints == []


@pytest.mark.parametrize("_", [pytest.param(0, marks=IN_CHROMIUM)])
def test_the_matrix_opens_its_reasons_without_a_script(
    bordered: Shown, address: str, chromium: Browser, _: int
) -> None:
    chromium.go(f"{address}/stones/{bordered.token('rest')}")
    shown = "[...document.querySelectorAll('.verdict')].map(one => one.innerText)"
    assert {*chromium.say(shown)} == {"pass", "fail", "cannot tell"} & {*chromium.say(shown)}
    assert "Not legal advice" in chromium.say("document.querySelector('.verdicts').innerText")
    assert not chromium.say("document.querySelector('details').open")
    chromium.click("details summary")
    assert chromium.say("document.querySelector('details').open")
    assert chromium.say(f"document.body.innerText.includes({json.dumps(RING)})") is False
