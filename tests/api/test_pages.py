"""The stone's page: true, whole, readable by anyone, and without a script."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from api.pages import Pages
from ledger.limits import LIMITS
from ledger.reference import shipped
from tests.api.make_examples import AS_JSON
from tests.ledger.answers.test_plainly import disputed_since
from tests.ledger.trace.ancestries import layers, mined
from tests.scene import LABEL, Scene, Shown, shown
from tests.world import ORIGIN

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """A page as a browser would read it; refuses what is not well formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for found, attrs in self.tags if found == tag]


def page_of(made: Shown, parcel: str) -> tuple[Page, str]:
    response = made.client.get(f"/stones/{made.token(parcel)}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text), response.text


def test_it_says_where_the_stone_was_mined_cut_and_is_held(jewel_shown: Shown) -> None:
    text = page_of(jewel_shown, "stone")[0].text
    for words in (
        "1.850",
        "in one of: Botswana, Canada",
        "Jwaneng, South, Botswana",
        "in India",
        "by a jeweller in France",
        "since 2 January 2026",
        "declared by the miner",
        "declared by the cutter",
        "signed checkpoint of 28 entries",
        "It proves statements, not stones.",
    ):
        assert words in text, words


def test_every_step_says_who_declares_what_and_when(jewel_shown: Shown) -> None:
    page, _ = page_of(jewel_shown, "stone")
    steps = jewel_shown.answers.stone(jewel_shown.token("stone"))["steps"]
    for step in steps:
        assert f"entry {step['index']}" in page.text
        assert step["title"] in page.text
        assert step["says"].replace("\u00a0", " ") in page.text.replace("\u00a0", " ")
    assert page.text.count("(declared)") == page.text.count("(evidenced)") == len(steps)


@pytest.mark.parametrize("parcel", ["first", "mixed", "rough", "rest", "stone"])
def test_it_is_well_formed_html_without_a_script(jewel_shown: Shown, parcel: str) -> None:
    page, text = page_of(jewel_shown, parcel)
    assert text.startswith("<!doctype html>")
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("title")) == len(page.named("h1")) == len(page.named("main")) == 1
    assert "script" not in {tag for tag, _ in page.tags}
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
    viewport = [one for one in page.named("meta") if one.get("name") == "viewport"]
    assert viewport[0]["content"] == "width=device-width, initial-scale=1"


def test_headings_do_not_skip_a_level_and_sections_have_names(jewel_shown: Shown) -> None:
    page, _ = page_of(jewel_shown, "stone")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {attrs["aria-labelledby"] for attrs in page.named("section")} <= ids


def test_what_stands_in_a_record_is_text_and_never_markup(jewel_shown: Shown) -> None:
    page, text = page_of(jewel_shown, "stone")
    assert LABEL in page.text
    assert "<script" not in text
    assert "<b>" not in text
    assert "Ekati & <b>sons</b>" in page.text


def test_its_one_stylesheet_is_allowed_by_its_hash_alone(jewel_shown: Shown) -> None:
    response = jewel_shown.client.get(f"/stones/{jewel_shown.token('stone')}")
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response.headers["content-security-policy"]
    assert "@media print" in style
    assert "url(" not in style
    assert "@import" not in style
    loaded = {"link", "img", "iframe", "object", "embed", "video", "audio", "source", "form"}
    assert not loaded & {tag for tag, _ in Page(response.text).tags}


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    ("ink", "paper"), ("ink", "card"), ("ink", "accent-soft"), ("ink", "warn-soft"),
    ("quiet", "paper"), ("quiet", "card"), ("quiet", "warn-soft"), ("accent", "paper"),
    ("warn", "warn-soft"), ("alert", "alert-soft"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_its_colours_have_the_contrast_of_wcag_aa(jewel_shown, theme, front, back) -> None:
    _, text = page_of(jewel_shown, "stone")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text.split(":root {")[1 + theme]))
    assert contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("parcel", ["first", "mixed", "stone"])
def test_its_json_twin_says_the_same(jewel_shown: Shown, parcel: str) -> None:
    path = f"/stones/{jewel_shown.token(parcel)}"
    by_accept = jewel_shown.client.get(path, headers=AS_JSON)
    by_path = jewel_shown.client.get(path + ".json")
    assert by_accept.json() == by_path.json()
    assert by_path.json() == jewel_shown.answers.stone(jewel_shown.token(parcel))
    assert f'href="{path}.json"' in jewel_shown.client.get(path).text


def test_every_link_of_the_page_leads_somewhere(jewel_shown: Shown) -> None:
    for parcel in ("stone", "mixed"):
        page, _ = page_of(jewel_shown, parcel)
        links = [attrs["href"] for attrs in page.named("a")]
        assert len(links) >= 4
        for link in links:
            assert link is not None
            assert jewel_shown.client.get(link).status_code == 200, link


def shipped_texts() -> list[str]:
    """Return what is said of the definitions themselves."""
    return [file.raw.decode() for file in shipped().values()]


def test_a_trade_ledger_names_no_holder_and_no_other_amount(traded: Shown) -> None:
    page, text = page_of(traded, "stone")
    assert "by a jeweller in France" in page.text
    assert not re.search(r"0x[0-9a-f]{4}…", page.text)
    before, _, rest = text.partition('<section aria-labelledby="verdicts"')
    told = Page(before + rest.partition("</section>")[2]).text
    assert re.findall(r"\d+\.\d{3}", told) == ["1.850", "1.850"]
    # What definitions say of weights is said of the stone's own, and of theirs.
    of_definitions = re.findall(r"\d+\.\d{3}", " ".join(map(str, shipped_texts())))
    assert set(re.findall(r"\d+\.\d{3}", page.text)) <= {"1.850", *of_definitions}
    assert LABEL not in page.text
    assert "auditors can check them again" in page.text
    assert "/v1/parcels/" not in text


def test_a_stolen_stone_says_so_before_all_else(fresh: Shown) -> None:
    scene = fresh.scene
    goods = scene.goods(scene.parcels["stone"])
    scene.report("theft", goods.parcel, "jeweller-fr", previous=goods.previous)
    fresh.catch_up()
    text = page_of(fresh, "stone")[0].text
    assert text.index("Reported stolen on 2 January 2026") < text.index("On record")
    assert "Last held" in text


def test_goods_that_were_used_up_name_what_they_became(jewel_shown: Shown) -> None:
    page, _ = page_of(jewel_shown, "mixed")
    for name in ("rough", "rest"):
        parcel = jewel_shown.hex(name)
        assert f"{parcel[:6]}…{parcel[-4:]}" in page.text
    # Whoever holds these mints links of its own, or none.
    assert not [
        attrs
        for attrs in page.named("a")
        if attrs["href"].startswith("/stones/") and not attrs["href"].endswith(".json")
    ]


def test_findings_are_shown_in_words(fresh: Shown) -> None:
    fresh.scene.revoke("cutter-in", compromised_since=5)
    fresh.catch_up()
    text = page_of(fresh, "stone")[0].text
    assert "Worth a question" in text
    assert "They accuse nobody" in text
    assert "In doubt" in text


def test_a_step_that_no_checkpoint_covers_says_so(fresh: Shown) -> None:
    plain = fresh.answers.stone(fresh.token("stone"))
    plain["proof"]["status"] = plain["steps"][-1]["status"] = "sequenced"
    text = Page(Pages().stone(plain)).text
    assert "not sealed yet" in text
    assert "is being made" in text


@pytest.mark.parametrize("token", ["0" * 32, "f" * 32])
def test_an_unknown_link_is_a_page_that_says_so(jewel_shown: Shown, token: str) -> None:
    response = jewel_shown.client.get(f"/stones/{token}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    page = Page(response.text)
    assert "No stone by this link" in page.text
    assert token not in page.text
    as_json = jewel_shown.client.get(f"/stones/{token}", headers=AS_JSON)
    assert as_json.headers["content-type"] == "application/problem+json"
    assert as_json.json()["rule"] == "unknown"
    assert token not in as_json.text


@pytest.mark.parametrize("token", ["abc", "AB" * 16, "0x" + "ab" * 16, "ab" * 17, "<script>"])
def test_a_link_of_another_form_is_refused_as_a_page(jewel_shown: Shown, token: str) -> None:
    response = jewel_shown.client.get(f"/stones/{token}")
    assert response.status_code == 400
    assert "No stone by this link" in Page(response.text).text
    assert "<script" not in response.text


def test_the_page_is_small(jewel_shown: Shown) -> None:
    assert len(page_of(jewel_shown, "stone")[1].encode()) < 60_000


def test_other_pages_are_well_formed_too(jewel_shown: Shown) -> None:
    for path in ("/problems", "/problems/balance"):
        page = Page(jewel_shown.client.get(path).text)
        assert len(page.named("h1")) == 1


def test_the_page_of_a_long_story_is_small_and_says_that_it_is_cut() -> None:
    world, parcel = mined()
    end = layers(world, parcel, 60)
    with shown(Scene(**vars(world))) as made:
        text = made.client.get(f"/stones/{made.token_of(end)}").text
    page = Page(text)
    assert f"The last {LIMITS.stone_lines_max} steps" in page.text
    assert len(text.encode()) < 60_000
    assert ORIGIN in page.text


def test_a_page_of_which_a_step_waits_for_its_checkpoint_is_not_sealed(fresh: Shown) -> None:
    page = Page(Pages().stone(disputed_since(fresh)))
    assert "On record and sealed" not in page.text
    assert "the checkpoint that seals the last step is being made" in page.text
    assert "On record and sealed" in page_of(fresh, "stone")[0].text
