"""Looking through an XLSX package before anything reads it.

What a small file can expand to is bounded four times: what its parts unpack to, whatever they
declare; how many elements and attributes these have, since each takes time and some take memory;
the area of a worksheet, which readers hold in full, whatever cells it has; and the texts that its
cells share. A package that declares entities is refused. What passes is handed on in a
fresh archive without compression, with the parts that a table needs and no other.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from array import array
from typing import Any, Final
from xml.parsers import expat

from ledger.errors import BadQuestion
from ledger.limits import LIMITS

_FIELD: Final = "FILE"
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_ROW: Final = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_WANTED: Final = (".xml", ".rels")
_STEP_BYTES: Final = 1 << 20
_LOCAL_HEADER_BYTES: Final = 30
# Readers give an error cell as an empty one; as a text it is seen, and named.
_ERROR_CELL: Final = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\st=)(?:"e"|'e')""")


def unpacked(raw: bytes) -> bytes:
    """Return an XLSX package without compression, once it is known to be bounded.

    Raises:
        BadQuestion: it is none, is locked, or expands too far.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = _parts(raw, archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, zlib.error):
        raise _unreadable() from None
    looks = _Looks()
    for inside in parts.values():
        looks.look(inside)
    looks.check_shared()
    return _repacked(parts)


def _unreadable() -> BadQuestion:
    return BadQuestion(_FIELD, "an XLSX file that can be read")


def _too_far(what: str) -> BadQuestion:
    return BadQuestion(_FIELD, f"at most {what}")


def _parts(raw: bytes, archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    if len(listed) > LIMITS.sheet_parts_max:
        raise _too_far(f"{LIMITS.sheet_parts_max} parts in the file")
    if len({one.filename for one in listed}) != len(listed):
        raise _unreadable()
    parts: dict[str, bytes] = {}
    left = LIMITS.sheet_unzipped_bytes_max
    for one in listed:
        if not one.filename.endswith(_WANTED):
            continue
        parts[one.filename] = _unzipped(raw, one, left)
        left -= len(parts[one.filename])
    if "xl/workbook.xml" not in parts:
        raise BadQuestion(_FIELD, "XLSX or CSV; this is another sort of archive")
    return parts


def _unzipped(raw: bytes, part: zipfile.ZipInfo, bytes_max: int) -> bytes:
    """Unpack a part as far as it may go: what it declares to unpack to is not believed."""
    at = part.header_offset
    header = raw[at : at + _LOCAL_HEADER_BYTES]
    if part.flag_bits & 1 or len(header) < _LOCAL_HEADER_BYTES:
        raise _unreadable()
    name_bytes = int.from_bytes(header[26:28], "little")
    extra_bytes = int.from_bytes(header[28:30], "little")
    start = at + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes
    packed = raw[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        found = packed
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, bytes_max + 1)
    else:
        raise _unreadable()
    if len(found) > bytes_max:
        raise _too_far(f"{LIMITS.sheet_unzipped_bytes_max} bytes when it is unpacked")
    if zlib.crc32(found) != part.CRC:
        raise _unreadable()
    return found


def _repacked(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, inside in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _ERROR_CELL.sub(rb'\1"str"', inside))
    return written.getvalue()


class _Looks:
    """What was seen in the XML of all parts so far."""

    def __init__(self) -> None:
        self._shared = array("L")  # the length of each shared text
        self._used = array("L")  # which of them a cell shows
        self._marks = 0  # elements and attributes

    def look(self, inside: bytes) -> None:
        """Look through one part.

        Raises:
            BadQuestion: it is no XML, declares entities, has too much in it, or too large an area.

        """
        _check_tags(inside)
        look = _Look(self._shared, self._used, self._marks)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = look.doctype
        parser.StartElementHandler = look.start
        parser.EndElementHandler = look.end
        parser.CharacterDataHandler = look.text
        try:
            for at in range(0, len(inside), _STEP_BYTES):
                parser.Parse(inside[at : at + _STEP_BYTES])
            parser.Parse(b"", True)  # noqa: FBT003 - expat takes no names
        except expat.ExpatError:
            raise _unreadable() from None
        self._marks = look.marks

    def check_shared(self) -> None:
        """Check what the shared texts come to, shown as often as cells show them.

        Raises:
            BadQuestion: it is too much.

        """
        count = len(self._shared)
        total = sum(self._shared[index] for index in self._used if index < count)
        if total > LIMITS.sheet_unzipped_bytes_max:
            raise _too_far(f"{LIMITS.sheet_unzipped_bytes_max} bytes of text in its cells")


class _Look:
    """What was seen in one part, and how many elements and attributes in all so far."""

    def __init__(self, shared: array[int], used: array[int], marks: int) -> None:
        self.marks = marks
        self._shared = shared
        self._used = used
        self._row = self._column = 0
        self._rows = self._columns = 0
        self._is_shared = self._is_value = False
        self._depth_of_item = 0
        self._value: list[str] = []
        self._length = 0

    def doctype(self, *_: Any) -> None:  # noqa: ANN401 - expat's own
        raise BadQuestion(_FIELD, "a file without a document type declaration in it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.marks += 1 + len(attributes)
        if self.marks > LIMITS.sheet_marks_max:
            raise _too_far(f"{LIMITS.sheet_marks_max} elements and attributes in the file")
        local = name.rpartition(" ")[2]
        if local == "c":
            self._cell(attributes)
        elif local == "row":
            self._row_of(attributes.get("r"))
        elif local in ("v", "is"):
            self._is_value, self._value = local == "v", []
            self._reach()
        elif local == "si":
            self._depth_of_item, self._length = 1, 0

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "v":
            self._is_value = False
            digits = "".join(self._value)
            if self._is_shared and digits.isdecimal() and len(digits) <= 9:
                self._used.append(int(digits))
        elif local == "si":
            self._depth_of_item = 0
            self._shared.append(self._length)

    def text(self, text: str) -> None:
        if self._depth_of_item:
            self._length += len(text.encode())
        elif self._is_value and self._is_shared:
            self._value.append(text[:10])

    def _cell(self, attributes: dict[str, str]) -> None:
        self._is_shared = attributes.get("t") == "s"
        if "r" not in attributes:
            self._column += 1
            return
        # Readers make something of any text here, and not all of them the same.
        place = _PLACE.fullmatch(attributes["r"])
        if place is None:
            raise _unreadable()
        self._column = _column_of(place[1])
        self._row = int(place[2])

    def _row_of(self, number: str | None) -> None:
        if number is not None and _ROW.fullmatch(number) is None:
            raise _unreadable()
        self._row = self._row + 1 if number is None else int(number)
        self._column = 0

    def _reach(self) -> None:
        """Note how far the table reaches: only cells with a value count."""
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._columns > LIMITS.sheet_columns_max:
            raise _too_far(f"{LIMITS.sheet_columns_max} columns")
        if self._rows > LIMITS.sheet_rows_max + 1:
            raise _too_far(f"{LIMITS.sheet_rows_max} rows below the headings")
        if self._rows * self._columns > LIMITS.sheet_cells_max:
            raise _too_far(f"{LIMITS.sheet_cells_max} cells")


def _check_tags(inside: bytes) -> None:
    """Check that no tag is so long that reading it alone would take the machine's memory."""
    most = LIMITS.sheet_tag_bytes_max
    at = 0
    while len(inside) - at > most:
        last = inside.rfind(b"<", at, at + most)
        if last < 0:
            raise _too_far(f"{most} bytes between two elements of the file")
        at = last + 1


def _column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
