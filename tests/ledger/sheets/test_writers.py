"""Tables written as CSV, NDJSON and Parquet: the same rows in each."""

import csv
import io
import json
import sys

import pytest
from pyarrow import parquet

from ledger.errors import BadQuestion
from ledger.sheets import writers
from ledger.sheets.writers import Column, check_format, write_table

COLUMNS = (
    Column("label"),
    Column("weightMillicarats", "integer"),
    Column("isSeized", "truth"),
    Column("parcels", "nested"),
)
ROWS = [
    {"label": "=x", "weightMillicarats": 12, "isSeized": True, "parcels": ["a"], "more": 1},
    {"label": None, "weightMillicarats": None, "isSeized": False, "parcels": None},
    {"label": 'é, "q"', "weightMillicarats": 2**53 - 1, "isSeized": False, "parcels": []},
]


def written(form, rows=ROWS):
    """Return the bytes of rows in a format."""
    file = io.BytesIO()
    write_table(file, COLUMNS, rows, form)
    return file.getvalue()


def test_csv_is_harmless_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(written("csv").decode(), newline="")))
    assert rows == [
        ["label", "weightMillicarats", "isSeized", "parcels"],
        ["'=x", "12", "true", '["a"]'],
        ["", "", "false", ""],
        ['é, "q"', "9007199254740991", "false", "[]"],
    ]


def test_ndjson_has_each_row_as_it_is():
    names = [column.name for column in COLUMNS]
    rows = [json.loads(line) for line in written("ndjson").splitlines()]
    assert rows == [{name: row[name] for name in names} for row in ROWS]


def test_parquet_has_typed_columns():
    table = parquet.read_table(io.BytesIO(written("parquet")))
    assert [str(field.type) for field in table.schema] == ["string", "int64", "bool", "string"]
    assert [row["parcels"] for row in table.to_pylist()] == ['["a"]', None, "[]"]
    assert table.column("label").to_pylist() == ["=x", None, 'é, "q"']


def test_parquet_of_several_groups_and_of_no_rows(monkeypatch):
    monkeypatch.setattr(writers, "GROUP_ROWS", 2)
    assert parquet.ParquetFile(io.BytesIO(written("parquet"))).metadata.num_row_groups == 2
    assert parquet.read_table(io.BytesIO(written("parquet", []))).num_rows == 0


def test_without_its_extra_parquet_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadQuestion, match=r"adamant-ledger\[parquet\]"):
        check_format("parquet")
    check_format("csv")
    check_format("ndjson")


def test_nested_cells_have_no_semicolon_at_which_a_program_breaks_them():
    row = {"label": "a;=b", "weightMillicarats": 1, "isSeized": False, "parcels": ["x;=1+1"]}
    (_, (label, *_, nested)) = csv.reader(io.StringIO(written("csv", [row]).decode(), newline=""))
    assert label == "a;'=b"
    assert ";" not in nested
    assert json.loads(nested) == ["x;=1+1"]
