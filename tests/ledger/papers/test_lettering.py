from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.papers.lettering import built_in_has, is_set_simply, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Œuvres & Söhne, €5 – “so”", "Œuvres & Söhne, €5 – “so”"),
        ("Торг", "<U+0422 U+043E U+0440 U+0433>"),
        ("AB 钻石 CD", "AB <U+94BB U+77F3> CD"),
        ("a?b", "a?b"),
        ("😀", "<U+1F600>"),
    ],
)
def test_what_the_built_in_font_lacks_is_its_code_points(text: str, shown: str) -> None:
    assert printable(text, built_in_has) == shown


@pytest.mark.parametrize(
    ("character", "is_simple"),
    [("Ж", True), ("钻", True), ("ա", True), ("한", True), ("א", False), ("ا", False),
     ("क", False), ("\u0301", False), ("ก", False), ("é", True), ("—", True)],
)  # fmt: skip
def test_letters_that_join_or_run_the_other_way_are_not_set(character, is_simple) -> None:
    assert is_set_simply(character) is is_simple
    assert (printable(character, lambda _: True) == character) is is_simple


@given(st.text())
def test_every_text_can_be_printed_in_the_built_in_font(text: str) -> None:
    shown = printable(text, built_in_has)
    shown.encode("cp1252")
    assert shown.isprintable()
    if all(built_in_has(one) and is_set_simply(one) for one in text):
        assert shown == text
    else:
        assert "U+" in shown
