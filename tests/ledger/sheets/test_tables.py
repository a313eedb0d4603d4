"""Tables: headings, rows with their numbers, and how large they may be."""

import hashlib

import pytest

from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.sheets.tables import Row, read_table
from tests.ledger.sheets.workbooks import sheet, workbook


def test_rows_have_the_numbers_that_the_spreadsheet_shows():
    table = read_table(b"\nweight,label\n\n1,a\n,\n2,b\n")
    assert table.headings == ("weight", "label")
    assert table.rows == (Row(4, ("1", "a")), Row(6, ("2", "b")))


def test_a_cell_of_several_lines_is_one_row():
    table = read_table(b'weight,label\n1,"a\nb"\n2,c\n')
    assert [row.line for row in table.rows] == [2, 3]


def test_spaces_around_cells_and_empty_cells_at_the_end_are_dropped():
    assert read_table(b"weight , label\n 1 ,\n").rows == (Row(2, ("1",)),)


def test_a_workbook_and_a_csv_file_of_the_same_cells_are_the_same_table():
    rows = [["weight", "label"], [12.5, "Bag 7"], [], [3, "Bag 8"]]
    from_csv = read_table(b"weight,label\n12.5,Bag 7\n\n3,Bag 8\n")
    from_xlsx = read_table(workbook({"Bags": sheet(rows)}))
    assert (from_csv.headings, from_csv.rows) == (from_xlsx.headings, from_xlsx.rows)
    assert (from_csv.sheet, from_xlsx.sheet) == ("", "Bags")


def test_a_table_knows_the_digest_of_its_file():
    raw = b"weight\n1\n"
    assert read_table(raw).digest == hashlib.sha256(raw).digest()


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"weight,label\n", b"weight\n,\n"])
def test_a_file_without_headings_or_rows_is_no_table(raw):
    with pytest.raises(BadQuestion, match="a row of headings, and rows below it"):
        read_table(raw)


def test_a_csv_file_has_no_worksheets():
    with pytest.raises(BadQuestion, match="--sheet"):
        read_table(b"weight\n1\n", "Bags")


def test_more_rows_than_may_be_are_refused():
    with pytest.raises(BadQuestion, match="at most 2 rows"):
        read_table(b"weight\n1\n2\n3\n", rows_max=2)


def test_more_columns_than_may_be_are_refused():
    raw = ",".join(f"c{number}" for number in range(LIMITS.sheet_columns_max + 1)).encode()
    with pytest.raises(BadQuestion, match="columns"):
        read_table(raw + b"\n1\n")


def test_a_larger_file_than_may_be_is_refused():
    with pytest.raises(BadQuestion, match="bytes"):
        read_table(bytes(LIMITS.sheet_bytes_max + 1))
