"""Small XLSX files, written part by part, so that a test can also write what no program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no time zone

Value = "str | int | float | bool | date | Raw | None"


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell as it stands in the file: its type and what is inside it."""

    inside: str
    type: str = "n"


def raw_sheet(cells: str) -> str:
    """Return a worksheet's XML around rows as they stand in the file."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def letters(column: int) -> str:
    """Return the letters of a column, from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def sheet(rows: Sequence[Sequence[Value]]) -> str:
    """Return the XML of a worksheet."""
    written = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            cell(f"{letters(column)}{number}", value) for column, value in enumerate(row)
        )
        written.append(f'<row r="{number}">{cells}</row>')
    return raw_sheet("".join(written))


def cell(place: str, value: Value) -> str:
    """Return the XML of one cell."""
    if value is None:
        return f'<c r="{place}"/>'
    if isinstance(value, Raw):
        return f'<c r="{place}" t="{value.type}">{value.inside}</c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        days = (value - EPOCH).total_seconds() / 86_400
        return f'<c r="{place}" s="2"><v>{days!r}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - EPOCH.date()).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def workbook(sheets: Mapping[str, str], strings: Sequence[str] = (), **parts: str | bytes) -> bytes:
    """Return an XLSX file of worksheets by name.

    Args:
        sheets: the XML of each.
        strings: the shared strings.
        parts: further parts, or others in the place of these, by path.

    """
    names = list(sheets)
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate(names, start=1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(names) + 1)
        )
        + f'<Relationship Id="rId98" Type="{OFFICE}/styles" Target="styles.xml"/>'
        + f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        + "</sst>",
    }
    for number, name in enumerate(names, start=1):
        files[f"xl/worksheets/sheet{number}.xml"] = sheets[name]
    return zipped({**files, **parts})


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    return written.getvalue()
