"""XLSX files: typed cells as exact text, and the worksheet by its name."""

import io
import zipfile
from collections import Counter
from datetime import date, datetime
from functools import partial

import pytest

from ledger.errors import BadQuestion
from ledger.sheets.workbooks import is_workbook, read_workbook, text_of
from tests.ledger.sheets.workbooks import Raw, raw_sheet, sheet, workbook, zipped
from tests.trials import dice as trials_dice
from tests.trials import trials

at = partial(datetime, tzinfo=None)  # a spreadsheet's times have no zone


def read(*rows):
    """Return the rows of a workbook of one worksheet."""
    return list(read_workbook(workbook({"Bags": sheet(rows)}))[1])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.5, "12.5"),
        (12, "12"),
        (Raw("<v>12.0</v>"), "12"),
        (Raw("<v>1.1000000000000001</v>"), "1.1"),  # as one program writes 1.1
        (0.1 + 0.2, "0.30000000000000004"),
        (Raw("<v>1E-3</v>"), "0.001"),
        (Raw("<v>1e20</v>"), "100000000000000000000"),
        (date(2026, 3, 1), "2026-03-01"),
        (at(2026, 3, 1, 14, 30), "2026-03-01T14:30:00"),
        (at(2026, 3, 1, 14, 29, 59, 700_000), "2026-03-01T14:30:00"),  # 14:30, as a fraction
        (at(2026, 3, 1, 23, 59, 59, 600_000), "2026-03-02T00:00:00"),
        (True, "TRUE"),
        ("Bag 7", "Bag 7"),
        (Raw("<f>1+1.5</f><v>2.5</v>"), "2.5"),
        (Raw("<f>A1</f><v>Bag 8</v>", "str"), "Bag 8"),
        (Raw("<v>#N/A</v>", "e"), "#N/A"),
        (Raw("<f>1/0</f><v>#DIV/0!</v>", "e"), "#DIV/0!"),
        (None, ""),
    ],
)
def test_a_cell_is_read_as_what_it_exactly_holds(cell, text):
    assert read(["x", cell, "end"])[0][1] == text


def test_shared_texts_are_read():
    raw = workbook({"Bags": sheet([[Raw("<v>1</v>", "s")]])}, ["one", "two"])
    assert list(read_workbook(raw)[1]) == [["two"]]


def test_rows_keep_their_place_below_empty_ones():
    assert read([], [], ["x"])[2] == ["x"]


def test_a_worksheet_is_found_by_its_name():
    raw = workbook({"Bags": sheet([["a"]]), "More": sheet([["b"]])})
    name, rows = read_workbook(raw, "More")
    assert (name, list(rows)) == ("More", [["b"]])


@pytest.mark.parametrize("name", ["", "Else"])
def test_which_of_several_worksheets_must_be_said(name):
    raw = workbook({"Bags": sheet([["a"]]), "More": sheet([["b"]])})
    with pytest.raises(BadQuestion, match=r"--sheet.*'Bags', 'More'"):
        read_workbook(raw, name)


def test_the_only_worksheet_needs_no_name():
    assert read_workbook(workbook({"Bags": sheet([["a"]])}))[0] == "Bags"


def test_an_old_or_locked_workbook_is_refused_by_name():
    raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert is_workbook(raw)
    with pytest.raises(BadQuestion, match="save it as XLSX"):
        read_workbook(raw)


def test_part_of_a_second_is_dropped_from_times():
    assert text_of(at(2026, 3, 1, 14, 30, 1, 999)) == "2026-03-01T14:30:01"


def test_a_value_at_which_the_library_stops_is_a_fault_of_the_file():
    cells = '<row r="1"><c r="A1" s="1"><v>-1e300</v></c></row>'
    with pytest.raises(BadQuestion, match="out of all bounds"):
        list(read_workbook(workbook({"Bags": raw_sheet(cells)}))[1])


FRAGMENTS = (
    *("<", ">", '"', "/", "&", "&amp;", "<v>", "</v>", "<c", "<row>", "<is>", "x", "-1", "1e999"),
    *("999999999999999999999", "XFD1", "A0", ' t="s"', ' t="e"', ' t="d"', ' s="99"', "inlineStr"),
    *('<dimension ref="A1:XFD1048576"/>', '<mergeCell ref="A1:ZZ9"/>', '<c r="A1"/>'),
    '<f t="shared" si="0" ref="A1:B2">A1</f>',
)


def test_no_workbook_does_more_than_to_be_refused():
    dice = trials_dice("sheets.mutants")
    rows = [["Mine", "Bag"], [12.5, date(2026, 3, 1)], [Raw("<v>0</v>", "s"), True]]
    with zipfile.ZipFile(io.BytesIO(workbook({"Bags": sheet(rows)}, ["shared"]))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    counts = Counter()
    for _ in range(trials("sheets.mutants")):
        name = dice.choice(list(parts))
        at, end = sorted(dice.randrange(len(parts[name])) for _ in range(2))
        part = parts[name]
        kept = part[end:] if dice.random() < 0.2 else part[at:]
        mutant = {**parts, name: part[:at] + dice.choice(FRAGMENTS) + kept}
        try:
            for row in read_workbook(zipped(mutant))[1]:
                assert all(isinstance(cell, str) for cell in row)
            counts["read"] += 1
        except BadQuestion:
            counts["refused"] += 1
    assert min(counts["read"], counts["refused"]) > 0
