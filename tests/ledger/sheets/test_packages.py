"""XLSX packages that would expand too far, or are none."""

import dataclasses
import struct
import zipfile
from io import BytesIO

import pytest

from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.sheets import packages
from ledger.sheets.packages import unpacked
from tests.ledger.sheets.workbooks import MAIN, raw_sheet, sheet, workbook, zipped


@pytest.fixture
def small(monkeypatch):
    """Let packages expand to a hundred thousand bytes alone."""
    limits = dataclasses.replace(LIMITS, sheet_unzipped_bytes_max=100_000)
    monkeypatch.setattr(packages, "LIMITS", limits)


def test_what_is_handed_on_is_not_compressed_and_has_no_other_parts():
    raw = workbook({"Bags": sheet([["a"]])}, **{"xl/media/image.png": b"x" * 1000})
    with zipfile.ZipFile(BytesIO(unpacked(raw))) as archive:
        infos = archive.infolist()
    assert {one.compress_type for one in infos} == {zipfile.ZIP_STORED}
    assert all(one.filename.endswith((".xml", ".rels")) for one in infos)


def test_a_part_that_unpacks_too_far_is_refused(small):
    raw = workbook({"Bags": raw_sheet(" " * 200_000)})
    assert len(raw) < 10_000
    with pytest.raises(BadQuestion, match="100000 bytes when it is unpacked"):
        unpacked(raw)


def test_a_part_that_declares_less_than_it_unpacks_to_is_refused(small):
    raw = bytearray(workbook({"Bags": raw_sheet(" " * 200_000)}))
    with zipfile.ZipFile(BytesIO(bytes(raw))) as archive:
        name = b"xl/worksheets/sheet1.xml"
        size = struct.pack("<I", archive.getinfo(name.decode()).file_size)
    assert raw.count(size) == 2  # in its own header, and in the directory
    with pytest.raises(BadQuestion, match="when it is unpacked"):
        unpacked(bytes(raw).replace(size, struct.pack("<I", 10)))


def test_many_parts_that_unpack_too_far_together_are_refused(small):
    more = {f"xl/more{number}.xml": "<x>" + " " * 30_000 + "</x>" for number in range(5)}
    with pytest.raises(BadQuestion, match="when it is unpacked"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **more))


@pytest.mark.parametrize(
    ("cells", "limit"),
    [
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "columns"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "rows"),
        ('<row r="1"><c r="A9999999"><v>1</v></c></row>', "rows"),
        ('<row r="90000"><c r="CV90000"><v>1</v></c></row>', "cells"),
        ("<row>" + "<c><v>1</v></c>" * 101 + "</row>", "columns"),
    ],
)
def test_a_cell_far_out_is_refused_before_the_area_is_made(cells, limit):
    with pytest.raises(BadQuestion, match=f"at most [0-9]+ {limit}"):
        unpacked(workbook({"Bags": raw_sheet(cells)}))


@pytest.mark.parametrize(
    "cells",
    [
        f'<row r="1"><c r="{place}"><v>1</v></c></row>'
        for place in ("B1999999999999999999999", "A0", "A", "1", "", "a1", "A-1", "AAAA1", "A01")
    ]
    + [f'<row r="{row}"><c><v>1</v></c></row>' for row in ("0", "", "-1", "x", "99999999")],
)
def test_a_cell_whose_place_is_none_is_refused(cells):
    with pytest.raises(BadQuestion, match="can be read"):
        unpacked(workbook({"Bags": raw_sheet(cells)}))


def test_an_empty_cell_far_out_with_a_style_is_nothing():
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'
    assert unpacked(workbook({"Bags": raw_sheet(cells)}))


def test_one_long_text_that_many_cells_share_is_refused(small):
    cells = "".join(f'<row><c t="s"><v>{0}</v></c></row>' for _ in range(50))
    with pytest.raises(BadQuestion, match="bytes of text in its cells"):
        unpacked(workbook({"Bags": raw_sheet(cells)}, ["x" * 4_000]))


@pytest.mark.parametrize(
    "more", ["<x/>" * 200, "<x " + " ".join(f'a{n}=""' for n in range(200)) + "/>"]
)
def test_more_elements_and_attributes_than_a_table_needs_are_refused(monkeypatch, more):
    limits = dataclasses.replace(LIMITS, sheet_marks_max=200)
    monkeypatch.setattr(packages, "LIMITS", limits)
    assert unpacked(workbook({"Bags": sheet([["a"]])}))
    with pytest.raises(BadQuestion, match="200 elements and attributes"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **{"xl/more.xml": f"<x>{more}</x>"}))


def test_the_elements_of_all_parts_are_counted_together(monkeypatch):
    monkeypatch.setattr(packages, "LIMITS", dataclasses.replace(LIMITS, sheet_marks_max=200))
    parts = {f"xl/{number}.xml": "<x>" + "<x/>" * 50 + "</x>" for number in range(4)}
    with pytest.raises(BadQuestion, match="200 elements and attributes"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **parts))


def test_a_tag_that_goes_on_and_on_is_refused_before_it_is_read():
    tag = "<x " + " ".join(f'a{number}=""' for number in range(40_000)) + "/>"
    assert len(tag) > LIMITS.sheet_tag_bytes_max
    with pytest.raises(BadQuestion, match="bytes between two elements"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **{"xl/more.xml": f"<x>{tag}</x>"}))


def test_a_cell_as_long_as_a_spreadsheet_takes_is_no_such_tag():
    assert unpacked(workbook({"Bags": sheet([["宝" * 32_767]])}))


def test_entities_are_refused():
    text = f'<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'
    with pytest.raises(BadQuestion, match="document type"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **{"xl/sharedStrings.xml": text}))


@pytest.mark.parametrize(
    "raw",
    [
        b"PK",
        b"PK\x03\x04" + bytes(100),
        zipped({"xl/workbook.xml": "no xml"}),
        workbook({"Bags": sheet([["a"]])})[:-30],
    ],
)
def test_what_is_no_package_is_refused(raw):
    with pytest.raises(BadQuestion, match="XLSX file that can be read"):
        unpacked(raw)


def test_another_archive_is_refused():
    with pytest.raises(BadQuestion, match="another sort of archive"):
        unpacked(zipped({"content.xml": "<x/>"}))


def test_a_damaged_part_is_refused():
    raw = bytearray(workbook({"Bags": sheet([["Bag 7"]])}))
    at = raw.index(b"xl/workbook.xml") + len("xl/workbook.xml") + 4
    raw[at] ^= 0xFF
    with pytest.raises(BadQuestion, match="can be read"):
        unpacked(bytes(raw))


def test_two_parts_of_one_name_are_refused():
    written = BytesIO(workbook({"Bags": sheet([["a"]])}))
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(BadQuestion, match="can be read"):
        unpacked(written.getvalue())


def test_too_many_parts_are_refused():
    more = {f"xl/{number}.bin": b"" for number in range(LIMITS.sheet_parts_max)}
    with pytest.raises(BadQuestion, match="parts in the file"):
        unpacked(workbook({"Bags": sheet([["a"]])}, **more))
