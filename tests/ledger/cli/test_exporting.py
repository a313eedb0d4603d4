"""The export command: every table in every format, whole or not at all."""

from __future__ import annotations

import csv
import json

import pytest
from pyarrow import parquet

from ledger.cli import exports
from ledger.cli.documents import EXPORTED
from ledger.cli.exports import COLUMNS
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import Town


def export(town, what, form, path):
    """Export a table; return the JSON document."""
    return town.json("export", what, "--format", form, "--out", str(path))


def rows_of(path, form):
    """Return the rows of a file."""
    if form == "parquet":
        return parquet.read_table(path).to_pylist()
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file)) if form == "csv" else [json.loads(one) for one in file]


@pytest.fixture
def busy(town):
    """Return a town with parcels, one of which has a label like a formula."""
    bag = town.register()
    town.hand_over(bag, "miner-bw", "trader-be")
    town.work("split", bag, "--into", "2.5:1:=1+1", "--into", "10:2", by="trader-be")
    return town


@pytest.mark.parametrize("what", ["entries", "records", "parcels"])
def test_every_format_has_the_same_rows(busy, tmp_path, what):
    names = [column.name for column in COLUMNS[what]]
    counts, first = set(), {}
    for form in ("csv", "ndjson", "parquet"):
        done = export(busy, what, form, tmp_path / "out")
        assert tuple(done) == EXPORTED
        rows = rows_of(tmp_path / "out", form)
        assert all(list(row) == names for row in rows)
        assert done["rows"] == len(rows)
        counts.add(len(rows))
        first[form] = rows[0]
    assert counts == {3 if what == "parcels" else busy.size()}
    for name in names:
        if isinstance(first["ndjson"][name], int | str):
            assert first["parquet"][name] == first["ndjson"][name]


def test_records_are_their_envelopes(busy, tmp_path):
    export(busy, "records", "ndjson", tmp_path / "out")
    for row in rows_of(tmp_path / "out", "ndjson"):
        shown = busy.json("show", row["recordId"])
        assert shown["envelope"] == row["envelope"]
        assert row["kind"] == row["envelope"]["kind"]
        assert row["author"] == row["envelope"]["record"]["who"]["author"]


def test_parcels_are_what_the_book_says(busy, tmp_path):
    export(busy, "parcels", "csv", tmp_path / "out")
    rows = rows_of(tmp_path / "out", "csv")
    assert [row["state"] for row in rows] == ["spent", "held", "held"]
    assert [row["weightMillicarats"] for row in rows] == ["12500", "2500", "10000"]
    assert rows[1]["label"] == "'=1+1"
    assert rows[0]["usedAtIndex"] == rows[1]["madeAtIndex"]


def test_pages_are_walked_to_the_end(busy, tmp_path, monkeypatch):
    import dataclasses

    monkeypatch.setattr(exports, "LIMITS", dataclasses.replace(exports.LIMITS, page_rows_max=2))
    export(busy, "entries", "ndjson", tmp_path / "out")
    rows = rows_of(tmp_path / "out", "ndjson")
    assert [row["index"] for row in rows] == list(range(busy.size()))


def test_an_export_that_fails_leaves_what_was_there(busy, tmp_path, monkeypatch):
    (tmp_path / "out").write_text("before")
    asked = exports.Desk.parcel

    def fail(self, parcel, calls=[]):  # noqa: B006 - counts its calls
        calls.append(parcel)
        if len(calls) == 3:
            raise OSError(5, "Input/output error")
        return asked(self, parcel)

    monkeypatch.setattr(exports.Desk, "parcel", fail)
    words = ("export", "parcels", "--out", str(tmp_path / "out"))
    busy.run(*words, code=5)
    assert (tmp_path / "out").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == ["out"]


def test_a_file_that_cannot_be_written_is_refused(busy, tmp_path):
    words = ("export", "parcels", "--out", str(tmp_path / "nowhere" / "out"))
    assert "nowhere" in busy.error(*words, code=2)["said"]


def test_people_are_told_how_many_rows_and_where(busy, tmp_path):
    said = busy.run("export", "parcels", "--out", str(tmp_path / "out"))
    assert said.out == f"3 rows written to {tmp_path / 'out'}\n"


@pytest.mark.long
def test_an_export_from_a_server_is_that_of_the_folder(busy, tmp_path):
    with server_of(busy) as server:
        distant = Town(busy.path, server.url)
        for what in ("entries", "records", "parcels"):
            export(distant, what, "csv", tmp_path / f"{what}.far")
        assert server.stop() == 0
    for what in ("entries", "records", "parcels"):
        export(busy, what, "csv", tmp_path / f"{what}.near")
        near, far = ((tmp_path / f"{what}.{one}").read_bytes() for one in ("near", "far"))
        assert near == far
