"""Reads the tables of ``docs/spec`` and the golden types, which code is held to by the tests.

A table stands under a marker, a line that begins with ``<!--``; cells lose their backticks.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from ledger.records import KINDS, SHEETS, Field

SPEC = Path(__file__).resolve().parent.parent / "docs" / "spec"
GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).with_name("vectors") / "types.json").read_text("utf-8")
)
EVERY_KIND = tuple(GOLDEN["kinds"])

_BAR = re.compile(r"(?<!\\)\|")
_KIND_PART = re.compile(r"<!-- generated: kind (\w+) -->(.*?)<!-- end -->", re.DOTALL)
_CODE = re.compile(r"`([^`]*)`")


def fields_of(kind: str) -> list[tuple[str, Field]]:
    """Return the declared fields of a kind, each with its sheet."""
    return [(place, field) for place in SHEETS for field in KINDS[kind].sheets[place].FIELDS]


@functools.cache
def document(name: str) -> str:
    """Return the text of a document of ``docs/spec``."""
    return (SPEC / name).read_text("utf-8")


def table_under(text: str, marker: str) -> list[list[str]]:
    """Return the rows of the first table after ``marker``, its head first."""
    rows: list[list[str]] = []
    for line in text[text.index(marker) :].splitlines():
        if line.startswith("|"):
            cells = _BAR.split(line.strip().removeprefix("|").removesuffix("|"))
            rows.append([cell.strip().replace(r"\|", "|") for cell in cells])
        elif rows:
            break
    return [row for row in rows if not set("".join(row)) <= set("-: ")]


def examples(name: str) -> dict[str, str]:
    """Return the numbers of a document's example by name, from its last ``text`` block."""
    block = document(name).rpartition("```text\n")[2].partition("```")[0]
    pairs = (re.split(r"\s{2,}", line, maxsplit=1) for line in block.splitlines())
    return {pair[0]: pair[1] for pair in pairs}


def parcel_states() -> tuple[str, ...]:
    """Return the columns of the state table: absent and the states of a parcel."""
    return tuple(table_under(document("records.md"), "<!-- state table -->")[0][1:])


def state_table() -> dict[tuple[str, str], str]:
    """Return the cell of each row and parcel state (``records.md`` §5).

    A row's name is a kind, its operation, and in parentheses the parcel's part: ``Handoff``,
    ``Receipt accept``, ``Setting set (piece)``. A cell is ``x``, ``=``, ``-`` or a state, the
    state with a remark after a colon where there is one: ``held: author``.
    """
    rows = table_under(document("records.md"), "<!-- state table -->")
    states = rows[0][1:]
    return {
        (row[0], state): cell
        for row in rows[1:]
        for state, cell in zip(states, row[1:], strict=True)
    }


def kind_parts() -> dict[str, str]:
    """Return the generated part of each kind by its name."""
    return dict(_KIND_PART.findall(document("records.md")))


def author_roles() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return who may author what: roles by kind and operation, "" where all have the same.

    The operation of an Admission or a Revocation is the role that it gives or ends.
    """
    return {kind: _roles(text) for kind, text in kind_parts().items()}


def _roles(text: str) -> dict[str, tuple[str, ...]]:
    rows = table_under(text, "| for |")[1:]
    return {
        "" if operation == "every" else operation.strip("`"): tuple(_CODE.findall(roles))
        for operation, roles in rows
    }


def refusals() -> list[tuple[str, str]]:
    """Return every refusal as (group, name), in the order in which they are asked (§6)."""
    return [(row[0], row[1].strip("`")) for row in _refusal_rows()]


def refusals_of_version_1() -> list[tuple[str, str]]:
    """Return the refusals that a record of a kind of rules version 1 can meet."""
    return [(row[0], row[1].strip("`")) for row in _refusal_rows() if row[3] == "yes"]


def _refusal_rows() -> list[list[str]]:
    return table_under(document("records.md"), "<!-- refusals -->")[1:]
