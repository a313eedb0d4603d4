"""A record as its descriptor has it shown: a sentence, then every field that is not empty.

What a page shows is so what a wallet shows that follows the descriptor: the same labels in the same
order. Times are UTC, weights exact, and nothing is cut short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ledger.answers.clear_signing.descriptors import NEVER, OPTIONAL, Plain, format_of
from ledger.answers.clear_signing.labels import OF_KIND, label_of
from ledger.canonical import to_plain
from ledger.records import Kind, Record
from ledger.signing.private import PrivateField

_CENTS: Final[Plain] = {"format": "unit", "params": {"base": "USD", "decimals": 2}}
_DAY_SECONDS: Final = 86_400
_YEAR_10000_SECONDS: Final = 253_402_300_800


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what is shown: a label and its values, one for each element of a list."""

    label: str
    values: tuple[str, ...]


def sentence_of(record: Record) -> str:
    """Say in one sentence what signing a record means."""
    message = to_plain(record)
    words = OF_KIND[record.KIND.name]
    formats = {one["path"]: one for one in _leaves(format_of(record.KIND)["fields"])}

    def said(found: re.Match[str]) -> str:
        return _written(at_path(message, found[1]), formats[found[1]])

    return re.sub(r"{([A-Za-z.]+)}", said, words.sentence)


def lines_of(record: Record) -> Iterator[Line]:
    """Yield a whole record's lines; all but salts, and fields that are empty."""
    message = to_plain(record)
    for field in format_of(record.KIND)["fields"]:
        if "fields" in field:
            yield from _bundle(field, message)
        elif (line := _line(field, message)) is not None:
            yield line


def label_of_path(kind: Kind, path: str) -> str:
    """Return the label of a field by its path; of an element of a list with its place, from 1."""
    name, _, position = path.rpartition(".")
    if not position.isdecimal():
        return label_of(kind.name, path)
    return f"{label_of(kind.name, name)} {int(position) + 1}"


def written_at(kind: Kind, path: str, value: str) -> str:
    """Write the value of a field, or of an element of a list, as people read it.

    Args:
        kind: of the record.
        path: of the field; of an element of a list, with its position.
        value: as text; integers in decimal.

    """
    place_and_name = path.rpartition(".")[0] if path.rpartition(".")[2].isdecimal() else path
    formats = {one["path"]: one for one in _leaves(format_of(kind)["fields"])}
    field = formats.get(place_and_name) or formats[place_and_name + ".[]"]
    is_number = field["format"] in ("unit", "date", "duration")
    return _written(int(value), field) if is_number and value else value


def private_lines(fields: Iterable[PrivateField]) -> Iterator[Line]:
    """Yield the private fields that go along with a record, by the names they have on the wire.

    No wallet is shown them: of them their hash alone is signed.
    """
    for field in fields:
        shown_as = {"format": "raw"} if isinstance(field.value, str) else _CENTS
        yield Line(field.name, (_written(field.value, shown_as),))


def _leaves(fields: list[Plain]) -> Iterator[Plain]:
    for field in fields:
        yield from _leaves(field["fields"]) if "fields" in field else (field,)


def at_path(message: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return what stands in a message at a path, ``.[]`` being all elements of a list."""
    for name in path.removesuffix(".[]").split("."):
        message = message[name]
    return message


def _line(field: Plain, message: Plain) -> Line | None:
    value, visible = at_path(message, field["path"]), field.get("visible")
    is_hidden = visible == NEVER or (isinstance(visible, dict) and value in visible["ifNotIn"])
    if is_hidden or value == [] or (visible == OPTIONAL and not _is_filled(value)):
        return None
    values = value if isinstance(value, list) else [value]
    return Line(field["label"], tuple(_written(one, field) for one in values))


def _is_filled(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) or bool(value.strip("0x"))


def _bundle(group: Plain, message: Plain) -> Iterator[Line]:
    """Yield a line for each of several things whose lists stand side by side."""
    rows = zip(*(at_path(message, field["path"]) for field in group["fields"]), strict=True)
    for number, row in enumerate(rows, start=1):
        told = (
            f"{field['label']}: {_written(value, field)}"
            for value, field in zip(row, group["fields"], strict=True)
            if value != ""
        )
        yield Line(f"{group['label']} {number}", tuple(told))


def _written(value: Any, field: Plain) -> str:  # noqa: ANN401 - JSON
    params = field.get("params", {})
    if field["format"] == "unit":
        return f"{Decimal(value).scaleb(-params['decimals']):f} {params['base']}"
    if field["format"] == "date":
        return _moment(value)
    if field["format"] == "duration":
        days, rest = divmod(value, _DAY_SECONDS)
        clock = f"{rest // 3_600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
        return f"{days} days {clock}" if days else clock
    return str(value)


def _moment(seconds: int) -> str:
    """Write a time to the second, in UTC; beyond the years of four digits, its seconds."""
    if seconds >= _YEAR_10000_SECONDS:
        return f"second {seconds}"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
