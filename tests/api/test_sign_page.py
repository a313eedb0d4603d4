"""The page for signing with a wallet: for everyone, small, and safe without its script."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from typing import Any

import pytest

from ledger.limits import LIMITS
from ledger.records import KINDS
from ledger.signing import sign
from ledger.values import Hash32, to_hex
from tests.api.signing import (
    MINER,
    a_record,
    answered,
    digest_of,
    draft,
    draft_of,
    signed,
    step,
)  # fmt: skip
from tests.api.test_pages import PAIRS, contrast
from tests.scene import Shown
from tests.world import secret_of

# -- the page ------------------------------------------------------------------------------------


def test_all_works_without_a_script_and_only_its_own_may_run(fresh: Shown) -> None:
    record = a_record(fresh)
    for shown in (
        answered(fresh.client.get("/sign")),
        step(fresh, "show", draft_of(record)),
        step(fresh, "check", draft_of(record), signed(fresh, record)),
    ):
        scripts = re.findall(r"<script>(.*?)</script>", shown.html, re.DOTALL)
        for script in scripts:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"script-src 'sha256-{digest}'" in shown.policy
        assert shown.policy.startswith("default-src 'none'; ")
        assert "unsafe" not in shown.policy
        assert "form-action 'self'" in shown.policy
        for tag, attrs in shown.page.tags:
            assert not [name for name in attrs if name.startswith("on") or name == "style"]
            assert tag != "form" or (attrs["action"], attrs["method"]) == ("/sign", "post")
    # What asks a wallet is not there for whoever has none.
    asking = step(fresh, "show", draft_of(record)).page.named("div")
    assert [one for one in asking if one.get("id") == "wallet"] == [
        {"id": "wallet", "hidden": None}
    ]


def test_no_other_page_may_run_a_script(jewel_shown: Shown) -> None:
    for path in ("/problems", f"/stones/{jewel_shown.token('stone')}", "/v1/status"):
        policy = jewel_shown.client.get(path).headers["content-security-policy"]
        assert "script-src" not in policy
        assert "form-action 'none'" in policy


def test_every_field_has_a_label_and_headings_do_not_skip(fresh: Shown) -> None:
    record = a_record(fresh)
    for shown in (
        answered(fresh.client.get("/sign")),
        step(fresh, "show", draft_of(record)),
        step(fresh, "check", draft_of(record), "0x00"),
        step(fresh, "check", draft_of(record), signed(fresh, record)),
        step(fresh, "send", draft_of(record, sign(digest_of(fresh, record), secret_of(MINER)))),
    ):
        page = shown.page
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        labelled = {one["for"] for one in page.named("label")}
        assert {one["id"] for one in page.named("textarea")} == labelled
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert {one["aria-labelledby"] for one in page.named("section")} <= set(ids)
        described = [a["aria-describedby"] for _, a in page.tags if "aria-describedby" in a]
        assert set(described) <= set(ids)
        assert page.named("html") == [{"lang": "en"}]
        assert len(page.named("title")) == len(page.named("main")) == 1


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_buttons_and_borders_can_be_seen(jewel_shown: Shown, theme: int) -> None:
    text = jewel_shown.client.get("/sign").text
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text.split(":root {")[1 + theme]))
    assert ("accent", "paper") in PAIRS  # of the text on a button, the other way round
    assert contrast(colours["quiet"], colours["card"]) >= 3  # the border of a field


def test_what_stands_in_a_draft_is_text_and_never_markup(fresh: Shown) -> None:
    record = a_record(fresh, label='"><script>x</script>')
    shown = step(fresh, "show", draft_of(record))
    assert "<script>x" not in shown.html
    assert '"><script>x</script>' in shown.text


def test_sentences_stand_apart(fresh: Shown) -> None:
    text = step(fresh, "show", draft_of(a_record(fresh))).text
    assert not re.search(r"[a-z]\.[A-Z]", text.partition("window.ethereum")[0])


def test_every_link_of_the_page_leads_somewhere(fresh: Shown) -> None:
    record = a_record(fresh)
    for shown in (
        step(fresh, "show", draft_of(record)),
        step(fresh, "check", draft_of(record), "0"),
    ):
        links = [one["href"] for one in shown.page.named("a")]
        assert links
        for link in links:
            assert fresh.client.get(str(link)).status_code == 200, link


def test_the_page_is_small_whatever_the_draft(fresh: Shown) -> None:
    record = a_record(fresh)
    assert len(step(fresh, "show", draft_of(record)).html.encode()) < 30_000
    largest = widest(fresh)
    assert len(largest) > 0.9 * LIMITS.page_draft_bytes_max
    digest = Hash32(bytes.fromhex(draft(fresh, largest).json()["recordId"][2:]))
    for signature in ("", signed(fresh, record), to_hex(sign(digest, secret_of("trader-be")))):
        shown = step(fresh, "check" if signature else "show", largest, signature)
        assert "Declare work" in shown.text
        assert len(shown.html.encode()) < 60_000


def widest(made: Shown) -> str:
    """Return a draft of many short values, of each of which the page makes a line."""
    count = 175
    record = KINDS["Transformation"].record
    plain: dict[str, Any] = json.loads(
        draft_of(next(s.record for _, s, _ in made.scene.log if isinstance(s.record, record)))
    )
    body = plain["record"]
    body["what"] |= {"operation": "split", "inputs": body["what"]["inputs"][:1]}
    body["what"]["previous"] = body["what"]["previous"][:1]
    body["what"]["hsCodes"] = ["7102.31"] * count
    body["amounts"] |= {
        "weightsMillicarats": [1] * count, "stones": [0] * count, "labels": ["&"] * count,
        "lossReasons": [], "lossWeightsMillicarats": [], "lossStones": [],
    }  # fmt: skip
    text = json.dumps({**plain, "signatures": []}, separators=(",", ":"))
    assert len(text) <= LIMITS.page_draft_bytes_max, len(text)
    return text
