"""Which headings are known, and that each means one thing."""

import pytest

from ledger.sheets.columns import FIELDS, WHAT, field_of
from tests.tree import ROOT


def test_no_heading_means_two_fields():
    headings = [heading for field in FIELDS for heading in field.headings]
    assert len(set(headings)) == len(headings)


def test_every_field_is_known_by_its_own_headings_in_any_writing():
    for field in FIELDS:
        for heading in field.headings:
            assert field_of(heading) == field.name
            assert field_of(f" {heading.upper().replace(' ', '_')}:") == field.name


@pytest.mark.parametrize("heading", ["Weight (ct)", "WEIGHT_CT", "weight, ct"])
def test_words_count_and_what_stands_between_them_does_not(heading):
    assert field_of(heading) == "weight"


@pytest.mark.parametrize("heading", ["Weight (g)", "gewicht", "", "price", "total weight"])
def test_a_heading_that_is_not_listed_is_not_guessed(heading):
    assert field_of(heading) is None


def test_what_a_row_needs_is_what_it_has():
    for field in FIELDS:
        assert set(field.needed_by) <= set(field.of) <= set(WHAT)


def test_the_manual_lists_every_field_and_heading():
    manual = (ROOT / "docs/spreadsheets.md").read_text("utf-8")
    for field in FIELDS:
        headings = ", ".join(field.headings)
        row = f"| `{field.name}` | {field.meaning} | {', '.join(field.of)} | {headings} |"
        assert row in manual
