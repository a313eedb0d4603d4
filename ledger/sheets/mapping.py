"""Mappings: which column of a table gives which field; guessed, shown, saved, read again.

A mapping is a small TOML file that people change by hand::

    says = "register"

    [columns]
    weight = "Weight (ct)"
    label = "Bag"

    [always]
    site = "Jwaneng"
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.errors import BadQuestion
from ledger.sheets.columns import BY_NAME, HANDOFF, REGISTER, SPLIT, WHAT, field_of
from ledger.sheets.faults import shown
from ledger.values import Hash32

FIELD: Final = "--mapping"
_MEMBERS: Final = frozenset(("says", "sheet", "decimal", "columns", "always"))
_DECIMALS: Final = (".", ",")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column of a table gives which field.

    Attributes:
        says: what a row says that does not say it itself; "" if each does.
        sheet: the worksheet; "" for a CSV file, or the only one.
        decimal: the decimal mark of numbers that are written as text.
        columns: headings by the name of the field.
        always: what a field holds in rows that leave it empty.

    """

    says: str = ""
    sheet: str = ""
    decimal: str = "."
    columns: Map[str, str] = field(default_factory=dict)
    always: Map[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> Hash32:
        """The SHA-256 of all that it says."""
        return Hash32(hashlib.sha256(write_mapping(self).encode()).digest())

    def heading(self, name: str) -> str:
        """Return how a fault names a field: by its heading, or its name where there is none."""
        return self.columns.get(name, name)


def guess(headings: tuple[str, ...], *, says: str = "", sheet: str = "") -> Mapping:
    """Guess a mapping from a table's headings.

    Args:
        headings: of each column.
        says: what its rows say, if that is known.
        sheet: the worksheet.

    Raises:
        BadQuestion: two headings mean the same, or it cannot be told what the rows say.

    """
    columns: dict[str, str] = {}
    for heading in headings:
        name = field_of(heading)
        if name is None:
            continue
        if name in columns:
            both = f"{columns[name]!r} and {heading!r}"
            raise BadQuestion(FIELD, f"a mapping: both {both} could be the {name}")
        columns[name] = heading
    if not says and "what" not in columns:
        says = _said_by(columns, headings)
    used = {name: heading for name, heading in columns.items() if _is_of(name, says)}
    return Mapping(says, sheet, ".", used)


def _is_of(name: str, says: str) -> bool:
    return not says or name == "what" or says in BY_NAME[name].of


def _said_by(columns: Map[str, str], headings: tuple[str, ...]) -> str:
    if "parcel" in columns and "outputs" in columns and "recipient" not in columns:
        return SPLIT
    if "parcel" in columns and "recipient" in columns and "outputs" not in columns:
        return HANDOFF
    if "weight" in columns and "parcel" not in columns:
        return REGISTER
    named = shown(", ".join(filter(None, headings)))
    expected = f"one of {' '.join(WHAT)}: the first row, of headings, does not tell: {named}"
    raise BadQuestion("--as-kind", expected)


def check_mapping(mapping: Mapping, headings: tuple[str, ...]) -> None:
    """Check that a mapping fits a table.

    Raises:
        BadQuestion: a column is not there, or there twice; or what its rows need is nowhere.

    """
    for name, heading in mapping.columns.items():
        count = headings.count(heading)
        if count != 1:
            is_there = "once; it is there several times" if count else "which is not there"
            raise BadQuestion(FIELD, f"columns of the table: {name} is {heading!r}, {is_there}")
    given = {*mapping.columns, *mapping.always}
    if not mapping.says and "what" not in given:
        raise BadQuestion(FIELD, "what the rows say: `says`, or a column for `what`")
    needed = [one for one in BY_NAME.values() if mapping.says in one.needed_by]
    lacking = [one.name for one in needed if one.name not in given]
    if lacking and "what" not in given:
        named = ", ".join(lacking)
        expected = (
            f"a column, or a value under [always], for {named} ({BY_NAME[lacking[0]].meaning})"
        )
        raise BadQuestion(FIELD, expected)


def write_mapping(mapping: Mapping, headings: tuple[str, ...] = ()) -> str:
    """Write a mapping as TOML; for a table's headings, with what could be added, as comments."""
    heads = (("says", mapping.says), ("sheet", mapping.sheet), ("decimal", mapping.decimal))
    lines = [f"{name} = {_quoted(text)}" for name, text in heads if text]
    for title, values in (("columns", mapping.columns), ("always", mapping.always)):
        lines += ["", f"[{title}]"]
        lines += [f"{name} = {_quoted(values[name])}" for name in BY_NAME if name in values]
        if headings and title == "columns":
            lines += _comments(mapping, headings)
    return "\n".join(lines) + "\n"


def _comments(mapping: Mapping, headings: tuple[str, ...]) -> list[str]:
    """Say which headings give nothing yet, and which fields nothing gives."""
    unused = [one for one in headings if one and one not in mapping.columns.values()]
    if not unused:
        return []
    lines = [f"# no field is given by {', '.join(map(_quoted, unused))}"]
    for name, one in BY_NAME.items():
        if name not in mapping.columns and _is_of(name, mapping.says):
            needed = ", needed" if mapping.says in one.needed_by else ""
            lines.append(f"# {name} = {_quoted('')}  # {one.meaning}{needed}")
    return lines


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for the character 7f, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_mapping(text: str) -> Mapping:
    """Read a mapping.

    Raises:
        BadQuestion: it is not of its form.

    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadQuestion(FIELD, f"TOML: {error}") from None
    return mapping_of(plain)


def mapping_of(plain: Map[str, Any]) -> Mapping:
    """Read a mapping out of plain values.

    Raises:
        BadQuestion: it is not of its form.

    """
    unknown = plain.keys() - _MEMBERS
    if unknown:
        raise BadQuestion(FIELD, f"no member but {' '.join(sorted(_MEMBERS))}")
    columns, always = (_texts(name, plain.get(name, {})) for name in ("columns", "always"))
    says, sheet, decimal = (plain.get(name, "") for name in ("says", "sheet", "decimal"))
    if says not in ("", *WHAT):
        raise BadQuestion(FIELD, f"says: one of {' '.join(WHAT)}")
    if decimal not in ("", *_DECIMALS):
        raise BadQuestion(FIELD, 'decimal: "." or ","')
    if not isinstance(sheet, str):
        raise BadQuestion(FIELD, "sheet: a text")
    return Mapping(says, sheet, decimal or ".", columns, always)


def _texts(member: str, plain: Any) -> dict[str, str]:  # noqa: ANN401 - whatever TOML held
    if not isinstance(plain, dict) or not all(isinstance(text, str) for text in plain.values()):
        raise BadQuestion(FIELD, f"[{member}] with a text for each field")
    unknown = plain.keys() - BY_NAME.keys()
    if unknown:
        raise BadQuestion(FIELD, f"[{member}] of the fields {' '.join(BY_NAME)}")
    return dict(plain)
