"""How a refusal shows values: escaped, and never long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.case import refuse, shown
from ledger.values import text_fault
from tests.ledger.rules.cases import new_stage
from tests.ledger.rules.test_registrations import registering

PRINTABLE = {*map(chr, range(32, 127)), "…"}


@given(st.one_of(st.text(), st.binary(max_size=64), st.integers()))
def test_a_value_is_shown_in_at_most_80_printable_characters(value: object) -> None:
    text = shown(value)
    assert len(text) <= 80
    assert set(text) <= PRINTABLE


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('a"b', r'"a\"b"'),
        ("back\\slash", r'"back\\slash"'),
        ("Ł", r'"\u0141"'),
        ("💎", r'"\ud83d\udc8e"'),
        ("\u200b", r'"\u200b"'),
        (b"\x00\xff", "0x00ff"),
        (2**53 - 1, "9007199254740991"),
        ("x" * 78, '"' + "x" * 78 + '"'),
        ("x" * 79, '"' + "x" * 78 + "…"),
    ],
)
def test_a_value_is_shown_escaped(value: object, text: str) -> None:
    assert shown(value) == text


def test_plain_words_are_taken_as_they_are() -> None:
    refusal = refuse("role", "what.authorRole", "a role in force", "trader").refusal
    assert (refusal.expected, refusal.came) == ("a role in force", "trader")


ZONES = ("N'or\"th", "\u00a0" * 24, "\u200b" * 16, "💎" * 12, "钻" * 16, "\\" * 48, "'" * 48)


@pytest.mark.parametrize("zone", ZONES)
def test_the_zone_of_a_site_is_escaped_in_a_refusal(zone: str) -> None:
    assert text_fault(zone) is None
    stage = new_stage()
    stage.site = stage.open_site(zone=zone)
    refusal = stage.refusal_of(registering(stage), "miner-bw")
    assert refusal is not None
    assert refusal.rule == "site-zone"
    assert set(refusal.expected) | set(refusal.came) <= PRINTABLE
    assert len(refusal.expected.removeprefix("the site's zone, ")) <= 80
