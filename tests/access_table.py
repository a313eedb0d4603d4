"""The tables of ``docs/spec/access.md``, as the tests of reading are held to them."""

from __future__ import annotations

from tests.spec_tables import document, table_under

_TEXT = document("access.md")
SORTS: dict[str, str] = {
    kind: sort
    for sort, kinds in table_under(_TEXT, "<!-- kinds -->")[1:]
    for kind in kinds.split(", ")
}
"""Of each kind: office, place or goods."""

_ROWS = table_under(_TEXT, "<!-- access -->")
SHOWN: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    (row[0], row[1]): {
        sort: () if cell == "-" else tuple(cell.split())
        for sort, cell in zip(_ROWS[0][2:], row[2:], strict=True)
    }
    for row in _ROWS[1:]
}
"""Of each reader and mode (``any``: both): the sheets shown of each sort of kind."""
