"""CSV that no spreadsheet program takes for a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sheets.cells import harmless, write_rows

STARTS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("start", STARTS)
def test_text_that_could_begin_a_formula_gets_an_apostrophe(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("between", [";", '; "', '";"', "\t", "\n", "\r\n", ";'"])
@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_text_that_another_separator_would_break_off_gets_an_apostrophe(between, start):
    assert harmless(f"a{between}{start}1") == f"a{between}'{start}1"


@pytest.mark.parametrize("cell", ["Bag 7", "a=b", "0x12", "", " =1", "a; b", "a;b=c", 12, 0])
def test_everything_else_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_nothing_is_an_empty_cell():
    assert harmless(None) == ""


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1))
def test_no_cell_that_is_read_back_begins_a_formula(cells):
    written = io.StringIO()
    write_rows(written, [["head", *cells]])
    ((_, *read),) = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert not any(cell.startswith(tuple(STARTS)) for cell in read)
    assert [cell.replace("'", "") for cell in read] == [cell.replace("'", "") for cell in cells]


@given(st.lists(st.text("a;\t\n\"', =+-@", max_size=8), min_size=1))
def test_no_program_whose_separator_is_another_finds_a_formula(cells):
    written = io.StringIO()
    write_rows(written, [["head", *cells]])
    for separator in ";\t":
        lines = csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=separator)
        assert not any(cell.startswith(tuple("=+-@")) for line in lines for cell in line)
