"""Refusals: the same names and groups as the written format, each with a status and words."""

from __future__ import annotations

import re

from api.refusals import REFUSALS
from tests.tree import ROOT


def written() -> dict[str, str]:
    """Return name and group of each refusal of the written format."""
    text = (ROOT / "docs/spec/records.md").read_text("utf-8")
    table = text.partition("<!-- refusals -->")[2].partition("\n\n**")[0]
    rows = re.findall(r"^\| (\w+) \| `([a-z-]+)` \|", table, re.MULTILINE)
    return {name: group for group, name in rows}


def test_every_refusal_of_the_written_format_is_in_the_table_and_no_other() -> None:
    assert {name: group for name, (group, _, _) in REFUSALS.items()} == written()
    assert len(REFUSALS) > 70


def test_what_cannot_be_read_is_400_what_is_too_large_413_what_the_rules_refuse_422() -> None:
    assert REFUSALS["json"][1] == REFUSALS["signature-form"][1] == 400
    assert REFUSALS["size"][1] == 413
    assert REFUSALS["balance"][1] == REFUSALS["signer"][1] == REFUSALS["time-ahead"][1] == 422


def test_what_another_record_came_before_is_409() -> None:
    racing = {name for name, (_, status, _) in REFUSALS.items() if status == 409}
    assert racing >= {"stale-previous", "parcel-spent", "parcel-offered", "charter-again"}
    assert {status for _, status, _ in REFUSALS.values()} == {400, 409, 413, 422}


def test_every_refusal_has_a_sentence_for_people() -> None:
    for name, (_, _, words) in REFUSALS.items():
        assert words[0].isupper(), name
        assert words.endswith("."), name
    assert len({words for _, _, words in REFUSALS.values()}) == len(REFUSALS)
