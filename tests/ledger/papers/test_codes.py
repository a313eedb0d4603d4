from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import segno
from hypothesis import given
from hypothesis import strategies as st

from ledger.papers.codes import QUIET, qr_rows, qr_svg
from tests.ledger.papers.papers import ADDRESS

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    """Return a drawing's root."""
    return ET.fromstring(svg)  # noqa: S314 - what was drawn here


def drawn(svg: str) -> list[list[bool]]:
    """Return the dark modules of a drawing, read back square by square."""
    root = read(svg)
    side = int(root.attrib["viewBox"].split()[2])
    path = root.findall(f"{SVG}path")[1].attrib["d"]
    found = [[False] * side for _ in range(side)]
    for left, top, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for at in range(int(left), int(left) + int(length)):
            found[int(top)][at] = True
    return found


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120))
def test_the_drawing_is_the_code_with_its_quiet_zone(text: str) -> None:
    rows = qr_rows(text)
    whole = drawn(qr_svg(text, "code"))
    assert len(whole) == len(rows) + 2 * QUIET
    inner = [row[QUIET:-QUIET] for row in whole[QUIET:-QUIET]]
    assert inner == [list(row) for row in rows]
    assert not any(any(row) for row in (*whole[:QUIET], *whole[-QUIET:]))
    assert rows == [[bool(one) for one in row] for row in segno.make_qr(
        text, error="m", boost_error=False).matrix]  # fmt: skip


def test_a_drawing_has_a_name_and_neither_script_nor_style() -> None:
    svg = qr_svg(ADDRESS, 'leads to <b>"it"</b>')
    root = read(svg)
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == 'leads to <b>"it"</b>'
    assert not {"style", "onload", "href"} & {name for one in root.iter() for name in one.attrib}
    assert {one.tag for one in root.iter()} == {f"{SVG}svg", f"{SVG}title", f"{SVG}path"}
