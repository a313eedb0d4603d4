"""From plain JSON to a checked, frozen record, and back.

Every fault of a record is collected and the one that comes first in the order of
``docs/spec/records.md`` §6 is the answer, so that the same bytes are refused by the same name
everywhere. A record that comes out of :func:`read_record` has passed every check that needs no
ledger; only such records are ever hashed or signed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from ledger.canonical.text import Plain
from ledger.errors import Refusal, Refused
from ledger.records import SHEETS, Field, Kind, NotShown, Record, Sheet, Spec, Withheld
from ledger.values import (
    ADDRESS_BYTES,
    HASH_BYTES,
    NO_HASH,
    Hash32,
    from_hex,
    text_fault,
    to_hex,
)

ORDER: Final = (
    "fields",
    "type",
    "integer",
    "hex",
    "text",
    "enumeration",
    "list-size",
    "list-order",
    "list-parallel",
    "emptiness",
    "salt",
)
_RANK: Final = {rule: rank for rank, rule in enumerate(ORDER)}
_HEX_BYTES: Final = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
_JSON_NAMES: Final = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "an integer",
    bool: "true or false",
    type(None): "null",
}


class Faults:
    """The faults found so far in one record."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def add(self, rule: str, field: str, expected: str, came: str) -> None:
        """Note a fault."""
        self.found.append(Refusal(rule, field, expected, came))

    def raise_first(self) -> None:
        """Raise the fault that comes first in :data:`ORDER`, if there is any."""
        if self.found:
            raise Refused(min(self.found, key=lambda refusal: _RANK[refusal.rule]))


def has_members(plain: Plain, names: frozenset[str], place: str, faults: Faults) -> bool:
    """Check that ``plain`` is an object of exactly these members."""
    if type(plain) is not dict:
        faults.add("type", place, "an object", _json_name(plain))
        return False
    missing, undeclared = names - plain.keys(), plain.keys() - names
    prefix = place + "." if place else ""
    for name in sorted(missing):
        faults.add("fields", prefix + name, "the field", "nothing")
    if undeclared:
        faults.add("fields", place, "declared fields only", f"{len(undeclared)} undeclared")
    return not missing and not undeclared


def _json_name(plain: Plain) -> str:
    return _JSON_NAMES.get(type(plain), "something else")


def _read_value(plain: Plain, spec: Spec, place: str, faults: Faults) -> Any:  # noqa: ANN401
    """Read one value of a field; None after a fault (no field holds None)."""
    if spec.wire_type == "uint64":
        return _read_integer(plain, spec, place, faults)
    if type(plain) is not str:
        faults.add("type", place, "a text", _json_name(plain))
        return None
    if spec.wire_type == "string":
        return _read_text(plain, spec, place, faults)
    value = from_hex(plain, _HEX_BYTES[spec.wire_type])
    if value is None:
        faults.add("hex", place, f"lower-case 0x hex of {_HEX_BYTES[spec.wire_type]} bytes", "not")
    return value


def _read_integer(plain: Plain, spec: Spec, place: str, faults: Faults) -> int | None:
    if type(plain) is not int:
        faults.add("type", place, "an integer", _json_name(plain))
        return None
    if not 0 <= plain <= spec.integer_max:
        faults.add("integer", place, f"0 to {spec.integer_max}", "out of range")
        return None
    return plain


def _read_text(plain: str, spec: Spec, place: str, faults: Faults) -> str | None:
    if not plain:
        return plain
    if spec.one_of is not None:
        if plain in spec.one_of:
            return plain
        faults.add("enumeration", place, _closed_list(spec.one_of), "another text")
        return None
    fault = text_fault(plain)
    if fault is None and len(plain.encode()) > spec.bytes_max:
        fault = f"more than {spec.bytes_max} bytes"
    if fault is None and spec.pattern is not None and not spec.pattern.fullmatch(plain):
        fault = "a text of another form"
    if fault is not None:
        faults.add("text", place, _text_form(spec), fault)
        return None
    return plain


def _closed_list(one_of: tuple[str, ...]) -> str:
    named = [text for text in one_of if text]
    return "one of " + " ".join(named) if len(named) <= 14 else "an entry of the closed list"


def _text_form(spec: Spec) -> str:
    form = f"NFC text of at most {spec.bytes_max} bytes"
    return f"{form} like {spec.pattern.pattern}" if spec.pattern else form


def _is_empty(value: object) -> bool:
    return not value or (isinstance(value, bytes) and not any(value))


def _read_list(plain: Plain, spec: Spec, place: str, faults: Faults) -> Any:  # noqa: ANN401
    if type(plain) is not list:
        faults.add("type", place, "a list", _json_name(plain))
        return None
    items = spec.items
    assert items is not None  # noqa: S101 - only called for lists
    values = _read_elements(plain, spec, place, faults)
    if not items.least <= len(plain) <= items.most:
        expected = f"{items.least} to {items.most} elements"
        faults.add("list-size", place, expected, f"{len(plain)} elements")
        return None
    if values is None:
        return None
    if items.ascending and not all(_sort_key(a) < _sort_key(b) for a, b in pairwise(values)):
        faults.add("list-order", place, "ascending elements, each once", "another order")
    if not items.empty_elements and any(_is_empty(value) for value in values):
        faults.add("emptiness", place, "elements that are not empty", "an empty element")
    return values


def _read_elements(
    plain: list[Plain], spec: Spec, place: str, faults: Faults
) -> tuple[Any, ...] | None:
    """Read the elements of a list; None after a fault.

    Elements of one list can only be of the wrong type or at fault by one other rule, and the first
    of each is enough: a list of a hundred thousand faults costs little more than one of none.
    """
    values: list[Any] = []
    wanted = int if spec.wire_type == "uint64" else str
    is_at_fault = False
    for number, element in enumerate(plain):
        if is_at_fault and type(element) is wanted:
            continue
        value = _read_value(element, spec, f"{place}.{number}", faults)
        if type(element) is not wanted:
            return None
        is_at_fault = value is None
        values.append(value)
    return None if is_at_fault else tuple(values)


def _sort_key(value: Any) -> Any:  # noqa: ANN401
    return value.encode() if isinstance(value, str) else value


def _read_sheet(plain: Plain, kind: Kind, place: str, faults: Faults) -> dict[str, Any] | None:
    fields = kind.sheets[place].FIELDS
    if not has_members(plain, frozenset(field.wire for field in fields), place, faults):
        return None
    values = {}
    for field in fields:
        read = _read_list if field.spec.items else _read_value
        values[field.name] = read(plain[field.wire], field.spec, f"{place}.{field.wire}", faults)
    return values


def _check_filling(field: Field, value: object, place: str, operation: str, faults: Faults) -> None:
    filling = field.spec.filling.of(operation)
    if filling == "either" or field.spec.is_salt:
        return
    if filling == "filled" and _is_empty(value):
        faults.add("emptiness", f"{place}.{field.wire}", "a value", "an empty field")
    if filling == "empty" and not _is_empty(value):
        faults.add("emptiness", f"{place}.{field.wire}", "an empty field", "a value")


def _check_fillings(kind: Kind, sheets: dict[str, dict[str, Any]], faults: Faults) -> None:
    if "what" not in sheets:
        return  # what must be filled depends on the operation
    operation = (sheets["what"][kind.selector] if kind.selector else "") or ""
    if kind.selector and sheets["what"][kind.selector] == "":
        # Named before the fields whose filling depends on it.
        faults.add("emptiness", f"what.{kind.selector}", "a value", "an empty field")
    for place in sheets:
        for field in kind.sheets[place].FIELDS:
            value = sheets[place][field.name]
            if value is not None:
                _check_filling(field, value, place, operation, faults)


def _check_parallels(kind: Kind, sheets: dict[str, dict[str, Any]], faults: Faults) -> None:
    lengths = {
        f"{place}.{field.wire}": len(sheets[place][field.name])
        for place in sheets
        for field in kind.sheets[place].FIELDS
        if field.spec.items and sheets[place][field.name] is not None
    }
    for place in sheets:
        for field in kind.sheets[place].FIELDS:
            leader = field.spec.items.parallel_to if field.spec.items else ""
            length = lengths.get(f"{place}.{field.wire}")
            if leader in lengths and length is not None and length != lengths[leader]:
                expected = f"as many elements as {leader}: {lengths[leader]}"
                faults.add("list-parallel", f"{place}.{field.wire}", expected, f"{length}")


def _check_salts(sheets: dict[str, dict[str, Any]], faults: Faults) -> None:
    salts = [values["salt"] for values in sheets.values()]
    for place, salt in zip(sheets, salts, strict=True):
        if salt == NO_HASH:
            faults.add("salt", f"{place}.salt", "a random salt", "zeros")
    if len(set(salts)) != len(salts):
        faults.add("salt", "", "four different salts", "two sheets with one salt")


def _check_author_country(sheets: dict[str, dict[str, Any]], faults: Faults) -> None:
    if not {"what", "scene"} <= sheets.keys():
        return
    role, country = sheets["what"]["author_role"], sheets["scene"]["author_country"]
    if role is None or country is None:
        return
    if role == "governor" and country:
        faults.add("emptiness", "scene.authorCountry", "an empty field for a governor", "a value")
    if role != "governor" and not country:
        faults.add("emptiness", "scene.authorCountry", "a country", "an empty field")


def read_record(kind: Kind, plain: Plain, faults: Faults | None = None) -> Record:
    """Check a plain record of a kind and freeze it.

    Args:
        kind: the declared kind.
        plain: ``{who, what, amounts, scene, details}`` as JSON reads it.
        faults: faults found around the record, which compete for the answer.

    Raises:
        Refused: the first of :data:`ORDER` that applies.

    """
    return _read(kind, plain, faults or Faults(), {})


def read_record_in_part(kind: Kind, plain: Plain, faults: Faults | None = None) -> Record:
    """Check a plain record in which the hash of a withheld sheet may stand in its place.

    Every rule is checked that concerns shown fields alone; one that looks at a withheld sheet
    besides is left to those who are shown it.

    Args:
        kind: the declared kind.
        plain: as for :func:`read_record`; a text of 0x hex for each sheet that is not shown.
        faults: likewise.

    Returns:
        The record, with :class:`~ledger.records.Withheld` in the place of what is not shown.

    Raises:
        Refused: the first of :data:`ORDER` that applies.

    """
    faults = faults or Faults()
    given = plain if type(plain) is dict else {}
    withheld = {
        place: Withheld(_read_value(given[place], Spec("bytes32", ""), place, faults))
        for place in SHEETS
        if type(given.get(place)) is str
    }
    return _read(kind, plain, faults, withheld)


def _read(kind: Kind, plain: Plain, faults: Faults, withheld: dict[str, Withheld]) -> Record:
    members = frozenset((*SHEETS, "details"))
    sheets: dict[str, dict[str, Any]] = {}
    details: Any = None
    if has_members(plain, members, "", faults):
        for place in SHEETS:
            values = None if place in withheld else _read_sheet(plain[place], kind, place, faults)
            if values is not None:
                sheets[place] = values
        details = _read_value(plain["details"], Spec("bytes32", ""), "details", faults)
    if len(sheets) + len(withheld) < len(SHEETS):
        faults.raise_first()
    _check_parallels(kind, sheets, faults)
    _check_fillings(kind, sheets, faults)
    _check_author_country(sheets, faults)
    if details is None or any(None in values.values() for values in sheets.values()):
        faults.raise_first()  # of what could not be read: it comes before all that follows
    record = _freeze(kind, sheets, withheld, Hash32(details))
    _check_together(record, faults)
    _check_salts(sheets, faults)
    faults.raise_first()
    return record


def _freeze(
    kind: Kind,
    sheets: dict[str, dict[str, Any]],
    withheld: dict[str, Withheld],
    details: Hash32,
) -> Record:
    made: Any = kind.record
    return made(  # type: ignore[no-any-return]  # the record's own constructor
        **{place: _make_sheet(kind.sheets[place], values) for place, values in sheets.items()},
        **withheld,
        details=details,
    )


def _check_together(record: Record, faults: Faults) -> None:
    """Note where fields contradict each other, up to the first that is withheld."""
    try:
        for fault in record.faults():
            faults.add(*fault)
    except NotShown:
        return


def _make_sheet(sheet: Any, values: dict[str, Any]) -> Sheet:  # noqa: ANN401
    return sheet(**values)  # type: ignore[no-any-return]  # the sheet's own constructor


def _plain_value(value: Any) -> Plain:  # noqa: ANN401
    if isinstance(value, bytes):
        return to_hex(value)
    if isinstance(value, tuple):
        return [_plain_value(element) for element in value]
    return value


def to_plain(record: Record) -> dict[str, Plain]:
    """Return a record as plain JSON values, the inverse of :func:`read_record`."""
    plain: dict[str, Plain] = {place: _plain_sheet(getattr(record, place)) for place in SHEETS}
    plain["details"] = to_hex(record.details)
    return plain


def part_to_plain(record: Record) -> dict[str, Plain]:
    """Return a record likewise, the hash of each withheld sheet in its place."""
    plain: dict[str, Plain] = {}
    for place in SHEETS:
        sheet = getattr(record, place)
        is_shown = not isinstance(sheet, Withheld)
        plain[place] = _plain_sheet(sheet) if is_shown else to_hex(sheet.hash)
    plain["details"] = to_hex(record.details)
    return plain


def _plain_sheet(sheet: Sheet) -> dict[str, Plain]:
    return {field.wire: _plain_value(getattr(sheet, field.name)) for field in sheet.FIELDS}
