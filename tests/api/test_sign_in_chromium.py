"""The page for signing in a real Chromium: by hand, and with a wallet that the browser has."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.api.signing import MINER, a_record, draft_of, signed, size_of
from tests.browser import CHROMIUM, Browser, browser
from tests.scene import Shown

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is no package that the tests ask for, and is not here"
    ),
]
WALLET = """
window.ethereum = {
  async request({ method, params }) {
    if (method === "eth_requestAccounts") return ["%(account)s"];
    if (method !== "eth_signTypedData_v4") throw new Error(method);
    window.asked = params;
    return "%(signature)s";
  },
};
"""


@pytest.fixture
def address(fresh: Shown) -> Iterator[str]:
    """Serve the ledger on loopback; yield the server's address."""
    config = uvicorn.Config(fresh.client.app, host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    """Start a browser."""
    with browser(tmp_path) as started:
        yield started


def heading(text: str) -> str:
    return f"document.querySelector('h1')?.innerText === {json.dumps(text)}"


def shown_in(page: Browser, address: str, draft: str) -> None:
    page.go(f"{address}/sign")
    page.wait_for(heading("What is to be signed?"))
    page.type("#draft", draft)
    page.click("button[value=show]")
    page.wait_for(heading("Register mined rough"))


def test_a_person_pastes_signs_elsewhere_and_sends(fresh: Shown, address: str, page: Browser):
    record, size = a_record(fresh), size_of(fresh)
    shown_in(page, address, draft_of(record))
    assert page.say("document.getElementById('wallet').hidden"), "there is no wallet"
    page.type("#signature", signed(fresh, record))
    page.click("button[value=check]")
    page.wait_for("document.querySelector('button[value=send]') !== null")
    page.click("button[value=send]")
    page.wait_for(heading("Recorded"))
    assert size_of(fresh) == size + 1
    assert page.complaints == []


def test_the_wallet_of_the_browser_is_asked_for_what_is_shown(
    fresh: Shown, address: str, page: Browser
):
    record = a_record(fresh)
    wallet = {"account": "0x" + "ab" * 20, "signature": signed(fresh, record)}
    page.do("Page.addScriptToEvaluateOnNewDocument", source=WALLET % wallet)
    shown_in(page, address, draft_of(record))
    page.click("#wallet button")
    page.wait_for(
        "document.getElementById('wallet-says').innerText.startsWith('The wallet signed')"
    )
    account, data = page.say("window.asked")
    assert account == wallet["account"]
    assert json.loads(data)["message"] == json.loads(draft_of(record))["record"]
    page.click("button[value=check]")
    page.wait_for("document.querySelector('button[value=send]') !== null")
    assert page.complaints == []


def test_a_wallet_that_signs_something_else_is_found_out(fresh: Shown, address: str, page: Browser):
    record, size = a_record(fresh), size_of(fresh)
    other = signed(fresh, a_record(fresh, weight=125_000))
    wallet = {"account": "0x" + "ab" * 20, "signature": other}
    page.do("Page.addScriptToEvaluateOnNewDocument", source=WALLET % wallet)
    shown_in(page, address, draft_of(record))
    page.click("#wallet button")
    page.wait_for("document.getElementById('signature').value !== ''")
    page.click("button[value=check]")
    page.wait_for("document.querySelector('[role=alert]') !== null")
    assert "Nothing was sent" in page.say("document.querySelector('[role=alert]').innerText")
    assert page.say("document.querySelector('button[value=send]') === null")
    assert size_of(fresh) == size


def test_a_script_that_is_not_the_pages_does_not_run(fresh: Shown, address: str, page: Browser):
    shown_in(page, address, draft_of(a_record(fresh)))
    page.say(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); })()"
    )
    assert page.say("typeof window.ran") == "undefined"
    assert any("Content Security Policy" in one for one in page.complaints)


def test_it_fits_a_narrow_screen(fresh: Shown, address: str, page: Browser):
    page.do(
        "Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1,
        mobile=True,
    )  # fmt: skip
    shown_in(page, address, draft_of(a_record(fresh)))
    assert page.say("document.documentElement.scrollWidth") <= 320  # WCAG 2.2, 1.4.10
    assert MINER not in page.say("document.body.innerText")
