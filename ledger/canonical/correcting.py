"""Corrections: the values that they name, and a record as it reads with them.

A Correction names fields by their place on the wire, an element of a list by its position besides,
and gives each its value as text (``docs/spec/records.md``, "What a Correction may name"). A record
with other values is read like any other, so that a new value passes every check that the field's
first value passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.canonical.reading import part_to_plain, read_record_in_part
from ledger.canonical.text import Plain, refuse
from ledger.errors import Refused
from ledger.records import SHEETS, Correction, Kind, Record, Withheld
from ledger.values import NO_HASH, Hash32, to_hex

CORRECTING: Final = SHEETS[1:]
"""The sheets of a Correction that name fields: each those of the same sheet of another record."""
_RULE: Final = "correction-field"
_POSITION: Final = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


def named_values(correction: Correction) -> Iterator[tuple[str, str, str]]:
    """Yield (path, value, where the Correction says so) of each field that a Correction names.

    Of a Correction that is read in part, those of the sheets that are shown.
    """
    for place in CORRECTING:
        sheet = getattr(correction, place)
        if isinstance(sheet, Withheld):
            continue
        for at, (name, value) in enumerate(zip(sheet.fields, sheet.values, strict=True)):
            yield f"{place}.{name}", value, f"{place}.fields.{at}"


def is_correctable(kind: Kind, path: str) -> bool:
    """Tell whether a Correction may name a field, or an element of a list, of a kind."""
    name, _, last = path.rpartition(".")
    if last == "*" or _POSITION.fullmatch(last):
        return last != "*" and f"{name}.*" in kind.correctable
    return path in kind.correctable


def corrected(record: Record, corrections: Iterable[Correction]) -> Record:
    """Return a record as it reads with its Corrections.

    Args:
        record: the record as it was signed; whole, or read in part.
        corrections: of this record, the earliest first, as far as they are to count.

    Returns:
        The record with the value that the last of them gives each field, ``details`` among these.
        Sheets that are withheld of the record stay so; what is said on a sheet that is withheld of
        a Correction does not count.

    Raises:
        Refused: ``correction-field``, which no accepted Correction is.

    """
    values: dict[str, str] = {}
    details = NO_HASH
    for correction in corrections:
        values |= {path: value for path, value, _ in named_values(correction)}
        details = correction.details if correction.details != NO_HASH else details
    return with_values(record, values, details)


def with_values(record: Record, values: Mapping[str, str], details: Hash32 = NO_HASH) -> Record:
    """Return a record with other values.

    Args:
        record: a checked record; whole, or read in part.
        values: by path, as text; integers in decimal.
        details: the root of its private fields from now on; zeros: as it was.

    Raises:
        Refused: ``correction-field`` at the first path that the record's kind does not let be
            corrected, that it does not have, or whose value fails the checks of its field.

    """
    plain: dict[str, Any] = part_to_plain(record)
    for path, value in values.items():
        _put(record.KIND, plain, path, value)
    if details != NO_HASH:
        plain["details"] = to_hex(details)
    try:
        return read_record_in_part(record.KIND, plain)
    except Refused as refused:
        fault = refused.refusal
        raise refuse(_RULE, fault.field, fault.expected, fault.came) from None


def _put(kind: Kind, plain: dict[str, Any], path: str, value: str) -> None:
    if not is_correctable(kind, path):
        raise refuse(_RULE, path, f"a field of a {kind.name} that may be corrected", "another")
    place, name, *position = path.split(".")
    if isinstance(plain[place], str):
        return  # the hash of a sheet that is withheld
    (spec,) = [field.spec for field in kind.sheets[place].FIELDS if field.wire == name]
    read: Plain = _integer(path, value) if spec.wire_type == "uint64" else value
    if not position:
        plain[place][name] = read
        return
    elements, at = plain[place][name], int(position[0])
    if at >= len(elements):
        raise refuse(_RULE, path, f"a position below {len(elements)}", "a higher one")
    elements[at] = read


def _integer(path: str, value: str) -> int:
    if not _DECIMAL.fullmatch(value):
        raise refuse(_RULE, path, "an integer in decimal", "another text")
    return int(value)
