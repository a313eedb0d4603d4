"""A sheet of paper: headings, labelled values, paragraphs and QR codes, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from ledger.errors import BadQuestion
from ledger.papers.codes import QUIET, qr_rows
from ledger.papers.lettering import BUILT_IN, built_in_has, printable

_BUILT_IN_FAMILY: Final = "helvetica"
_OWN_FAMILY: Final = "own"
_MARGIN_MM: Final = 18.0
_LABEL_MM: Final = 48.0
_LINE_MM: Final = 5.2
_SMALL, _NORMAL, _TITLE = 8.0, 10.0, 19.0
_GREY: Final = 90
_TRUE_TYPE: Final = (b"\0\1\0\0", b"true", b"OTTO")


def _no_font() -> BadQuestion:
    return BadQuestion("--font", "a TrueType font")


class Sheet:
    """A paper of A4 pages that are filled from the top.

    Args:
        title: of the document, as its properties have it.
        at: the time that its properties bear, seconds.
        font: a TrueType font to print in; the built-in one if not said.

    Raises:
        BadQuestion: the font cannot be read.

    """

    def __init__(self, title: str, at: int, font: Path | None = None) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.core_fonts_encoding = BUILT_IN
        self._pdf.set_margins(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        self._pdf.set_auto_page_break(auto=True, margin=_MARGIN_MM)
        self._family = _BUILT_IN_FAMILY
        self._glyphs: frozenset[int] | None = None
        if font is not None:
            self._take(font)
        self._pdf.set_creation_date(datetime.fromtimestamp(at, UTC))
        self._pdf.set_title(title)
        self._pdf.set_lang("en-GB")
        self._code_ends = 0.0
        self.has_replaced = False
        """Whether a code point was printed in a character's place."""
        self._pdf.add_page()

    def _take(self, font: Path) -> None:
        try:
            with font.open("rb") as file:
                is_font = file.read(4) in _TRUE_TYPE
        except OSError as error:
            raise BadQuestion("--font", f"a file that can be read: {error.strerror}") from None
        if not is_font:
            raise _no_font()
        try:
            self._pdf.add_font(_OWN_FAMILY, fname=font)
            self._pdf.add_font(_OWN_FAMILY, "B", fname=font)
        except Exception as error:  # a font has many tables: whatever fails in them is its fault
            raise _no_font() from error
        self._family = _OWN_FAMILY
        taken = self._pdf.fonts[_OWN_FAMILY]
        assert isinstance(taken, TTFFont)  # noqa: S101 - what is added from a file is no other
        self._glyphs = frozenset(taken.cmap)

    def _has(self, character: str) -> bool:
        return built_in_has(character) if self._glyphs is None else ord(character) in self._glyphs

    def _text(self, text: str) -> str:
        shown = printable(text, self._has)
        self.has_replaced |= shown != text
        return shown

    def _font(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self._pdf.set_font(self._family, "B" if bold else "", size)
        self._pdf.set_text_color(_GREY if grey else 0)

    def heading(self, text: str, size: float = _TITLE) -> None:
        """Print a heading."""
        self._font(size, bold=True)
        self._lines(text, size * 0.5)

    def paragraph(self, text: str, *, small: bool = False) -> None:
        """Print a paragraph."""
        self._font(_SMALL if small else _NORMAL, grey=small)
        self._lines(text, _LINE_MM * (0.75 if small else 1))
        self._pdf.ln(1.5)

    def _lines(self, text: str, height: float) -> None:
        self._pdf.multi_cell(0, height, self._text(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def rule(self) -> None:
        """Draw a line across."""
        self._pdf.ln(1.5)
        y = self._pdf.get_y()
        self._pdf.set_draw_color(_GREY)
        self._pdf.line(_MARGIN_MM, y, self._pdf.w - _MARGIN_MM, y)
        self._pdf.ln(2.5)

    def field(self, label: str, *values: str, bold: bool = False) -> None:
        """Print labelled values, one below the other; each over several lines if it is long."""
        self._font(_SMALL, grey=True)
        self._pdf.cell(_LABEL_MM, _LINE_MM, self._text(label))
        self._font(_NORMAL, bold=bold)
        for value in values:
            self._pdf.set_x(_MARGIN_MM + _LABEL_MM)
            self._lines(value, _LINE_MM)
        self._pdf.ln(0.8)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows of short values in columns of one width."""
        width = (self._pdf.w - 2 * _MARGIN_MM) / len(headings)
        for at, row in enumerate([headings, *rows]):
            self._font(_SMALL if at == 0 else _NORMAL, grey=at == 0)
            for value in row:
                self._pdf.cell(width, _LINE_MM, self._text(value))
            self._pdf.ln(_LINE_MM + 0.4)
        self._pdf.ln(1)

    def code(self, text: str, side_mm: float = 34) -> None:
        """Draw a QR code at the right, from where the next line would stand."""
        rows = qr_rows(text)
        module = side_mm / (len(rows) + 2 * QUIET)
        if self._pdf.get_y() + side_mm > self._pdf.h - _MARGIN_MM:
            self._pdf.add_page()
        left, top = self._pdf.w - _MARGIN_MM - side_mm, self._pdf.get_y()
        self._pdf.set_fill_color(0)
        for down, row in enumerate(rows):
            for right, is_dark in enumerate(row):
                if is_dark:
                    x, y = left + (QUIET + right) * module, top + (QUIET + down) * module
                    self._pdf.rect(x, y, module, module, style="F")
        self._pdf.set_right_margin(_MARGIN_MM + side_mm)
        self._code_ends = top + side_mm

    def below_code(self) -> None:
        """Go on below the QR code, over the whole width again."""
        self._pdf.set_right_margin(_MARGIN_MM)
        self._pdf.set_y(max(self._pdf.get_y(), self._code_ends))

    def pdf(self) -> bytes:
        """Return the paper."""
        return bytes(self._pdf.output())
