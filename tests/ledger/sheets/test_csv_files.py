"""CSV files: what separates cells, which encodings are read, and what breaks off."""

import pytest

from ledger.errors import BadQuestion
from ledger.sheets.csv_files import read_csv, separator_of


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_are_apart_by_commas_semicolons_or_tabs(separator):
    raw = separator.join(["weight", "label"]) + "\r\n" + separator.join(["12.5", "Bag 7"])
    assert list(read_csv(raw.encode())) == [["weight", "label"], ["12.5", "Bag 7"]]


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    assert list(read_csv("\ufeffweight,label\n".encode())) == [["weight", "label"]]


def test_separators_inside_quotes_do_not_count():
    assert separator_of('"a,b,c,d";x;y\n1,2,3,4,5,6,7') == ";"


def test_quoted_cells_hold_quotes_separators_and_line_ends():
    raw = b'a,b\n"x ""y"", z\nw",2\n'
    assert list(read_csv(raw))[1] == ['x "y", z\nw', "2"]


def test_empty_lines_keep_their_place():
    assert list(read_csv(b"a\n\nb\n")) == [["a"], [], ["b"]]


def test_windows_1252_is_refused_by_line_and_byte():
    raw = "weight,label\n1,Bag\n2,Dép".encode("cp1252")
    with pytest.raises(BadQuestion, match=r"line 3 has the byte 0xe9.*Windows-1252.*CSV UTF-8"):
        list(read_csv(raw))


def test_utf_16_is_refused_by_name():
    with pytest.raises(BadQuestion, match="UTF-16"):
        list(read_csv("weight,label".encode("utf-16")))


def test_a_quote_that_does_not_close_is_refused():
    with pytest.raises(BadQuestion, match="breaks off at line"):
        list(read_csv(b'a,b\n"x,2\n'))


def test_text_after_a_closing_quote_is_refused():
    with pytest.raises(BadQuestion, match="breaks off at line 2"):
        list(read_csv(b'a,b\n"x"y,2\n'))
