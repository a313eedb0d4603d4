"""A real Chromium without a window, led over two pipes by the DevTools protocol; no library.

Source: Chromium's ``--remote-debugging-pipe``: JSON messages, each ended by a zero byte, on file
descriptors 3 (to the browser) and 4 (from it).
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS_MAX = 60.0
_FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"),
    *("--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-extensions", "--no-default-browser-check", "--mute-audio"),
    "--no-sandbox",  # root has none; only our own pages are looked at
)
# The browser reads 3 and writes 4.
_LEAD = (
    "import os, sys; a, b = (os.dup(int(one)) for one in sys.argv[1:3]);"
    "os.dup2(a, 13); os.dup2(b, 14); os.dup2(13, 3); os.dup2(14, 4);"
    "os.execv(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One page of a browser.

    Attributes:
        complaints: what the page's console was told that is an error, and policies that it broke.

    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._rest = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        attached = self.do("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Have the browser do something, and return its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._read()
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                return told["result"]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], SECONDS_MAX)
            assert ready, "the browser says nothing"
            more = os.read(self._from, 1 << 16)
            assert more, "the browser ended"
            self._rest += more
        raw, _, self._rest = self._rest.partition(b"\0")
        told = json.loads(raw)
        params = told.get("params", {})
        if told.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        return told

    def say(self, expression: str) -> Any:
        """Return the value of an expression in the page; a promise's, when it is kept."""
        found = self.do(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression in the page is true, whichever page is there by then."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            try:
                if self.say(expression):
                    return
            except AssertionError:
                pass  # between two pages there is none
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}; {self.say('document.body.innerText')}")

    def go(self, url: str) -> None:
        """Open an address, and wait until all of it is there."""
        self.do("Page.navigate", url=url)
        self.wait_for(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def click(self, selector: str) -> None:
        """Click an element that can be seen, where it is."""
        place = self.say(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2, r.width, r.height]; })()"
        )
        x, y, width, height = place
        assert min(width, height) >= 24, "WCAG 2.2, 2.5.8: large enough to be hit"
        for kind in ("mousePressed", "mouseReleased"):
            self.do(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )  # fmt: skip

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.say(f"document.querySelector({json.dumps(selector)}).focus()")
        self.do("Input.insertText", text=text)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser, and end it.

    Args:
        folder: an empty folder for whatever it keeps.

    """
    assert CHROMIUM is not None
    in_read, in_write = os.pipe()
    out_read, out_write = os.pipe()
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
    led = [sys.executable, "-c", _LEAD, str(in_read), str(out_write), *command]
    process = subprocess.Popen(
        led, pass_fds=(in_read, out_write), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    os.close(in_read)
    os.close(out_write)
    try:
        yield Browser(in_write, out_read)
    finally:
        process.terminate()
        process.wait(30)
        os.close(in_write)
        os.close(out_read)
