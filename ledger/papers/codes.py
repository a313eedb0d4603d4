"""QR codes (ISO/IEC 18004): dark squares on a light ground, with the quiet zone that readers need.

Error correction is M: 15 % of the code may be soiled. The vectors are drawn by no script and no
style, so that a page's policy need not allow either.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import segno

QUIET = 4
"""Modules of light ground on each side, as the standard asks."""


def qr_rows(text: str) -> Sequence[Sequence[bool]]:
    """Return the modules of a QR code, row by row, without its quiet zone; true is dark."""
    code = segno.make_qr(text, error="m", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix]


def qr_svg(text: str, title: str) -> str:
    """Return a QR code as an SVG element that can stand in a page.

    Args:
        text: what it says.
        title: what it is, to whoever cannot see it.

    """
    rows = qr_rows(text)
    side = len(rows) + 2 * QUIET
    dark = "".join(
        f"M{QUIET + left} {QUIET + top}h{length}v1h-{length}z"
        for top, row in enumerate(rows)
        for left, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" '
        f'role="img" shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{dark}"/></svg>'
    )


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Return where dark modules stand together: the first of them, and how many."""
    found: list[tuple[int, int]] = []
    for at, is_dark in enumerate(row):
        if not is_dark:
            continue
        if found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((at, 1))
    return found
