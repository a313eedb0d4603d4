"""What makes a record of its typed form, by one function for each kind, written out from it.

The decoder of :mod:`ledger.canonical.quick` has checked members, types, sizes and closed lists.
The function of a kind checks the rest in one pass, reads hex, and makes the four sheets and the
record, or raises ValueError without saying why. All single addresses and hashes of a record are
read as one text of hex, which must be what they write again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

from ledger.records import SHEETS, Field, Kind, Record, Spec
from ledger.records.compiled import compiled, function_source, maker
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_ADDRESS, NO_HASH, text_fault

HEX_BYTES: Final = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
_ZEROS: Final = frozenset((NO_ADDRESS, NO_HASH))
_EMPTY: Final = {"address": "NO_ADDRESS", "bytes32": "NO_HASH"}
_DETAILS: Final = Field("details", "details", Spec("bytes32", ""))
Read = Callable[[Any], Any]
"""Reads a value as the decoder gives it; ValueError on any doubt."""


def must_be_filled(spec: Spec) -> bool:
    """Tell whether a field is filled whatever the operation."""
    return spec.filling.otherwise == "filled" and not spec.filling.by_operation


# -- single values and lists ------------------------------------------------------------------


def read_hex(text: str) -> bytes:
    """Read lower-case 0x hex of any length.

    Raises:
        ValueError: it is anything else.

    """
    value = bytes.fromhex(text.removeprefix("0x"))
    if "0x" + value.hex() != text:
        raise ValueError
    return value


def _read_hex_filled(text: str) -> bytes:
    value = read_hex(text)
    if value in _ZEROS:
        raise ValueError
    return value


def _text_reader(spec: Spec) -> Read:
    bytes_max, pattern = spec.bytes_max, spec.pattern

    def read_text(text: str) -> str:
        if text_fault(text) or len(text.encode()) > bytes_max:
            raise ValueError
        if text and pattern is not None and not pattern.fullmatch(text):
            raise ValueError
        return text

    return read_text


def _element_reader(spec: Spec) -> Read | None:
    assert spec.items is not None  # noqa: S101 - only called for lists
    if spec.wire_type in HEX_BYTES:
        return read_hex if spec.items.empty_elements else _read_hex_filled
    return _text_reader(spec) if _is_free_text(spec) else None


def _list_reader(spec: Spec) -> Read | None:
    """Return what reads a list; None where the decoder has seen to everything."""
    assert spec.items is not None  # noqa: S101 - only called for lists
    read, ascending = _element_reader(spec), spec.items.ascending
    key = str.encode if spec.wire_type == "string" else None

    def read_list(plain: tuple[Any, ...]) -> tuple[Any, ...]:
        values = plain if read is None else tuple(map(read, plain))
        if ascending:
            keys = map(key, values) if key else values
            if not all(one < other for one, other in pairwise(keys)):
                raise ValueError
        return values

    return None if read is None and not ascending else read_list


# -- the source of a kind's reader ------------------------------------------------------------


def _is_free_text(spec: Spec) -> bool:
    return spec.wire_type == "string" and spec.one_of is None


def _is_single_hex(spec: Spec) -> bool:
    return spec.wire_type in HEX_BYTES and spec.items is None


@dataclass(frozen=True, slots=True)
class _Member:
    """One field, where it is: in the typed form, and as a name in the function."""

    place: str
    field: Field

    @property
    def spec(self) -> Spec:
        return self.field.spec

    @property
    def wire(self) -> str:
        return f"{self.place}.{self.field.wire}"

    @property
    def name(self) -> str:
        return f"{self.place}_{self.field.name}"


def _members(kind: Kind) -> list[_Member]:
    return [_Member(place, field) for place in SHEETS for field in kind.sheets[place].FIELDS]


def _hex_lines(kind: Kind) -> Iterator[str]:
    """Read all single addresses and hashes at once.

    What is written again as the digits that were read has no spaces or capitals in it; and as the
    digits are as many as all values ask, and each text as long as its own, each began with 0x.
    """
    members = [member for member in _members(kind) if _is_single_hex(member.spec)]
    members.append(_Member("record", _DETAILS))
    ends = [0, *accumulate(HEX_BYTES[member.spec.wire_type] for member in members)]
    yield "digits = ''.join(("
    yield from (f"    {member.wire}.removeprefix('0x')," for member in members)
    yield "))"
    yield "packed = fromhex(digits)"
    yield f"if len(packed) != {ends[-1]} or packed.hex() != digits: raise ValueError"
    for member, (start, end) in zip(members, pairwise(ends), strict=True):
        yield f"{member.name} = packed[{start}:{end}]"


def _other_lines(kind: Kind) -> Iterator[str]:
    """Read everything else, of which the decoder has left little to check."""
    for member in _members(kind):
        spec, name = member.spec, member.name
        if _is_single_hex(spec):
            continue
        if spec.items is not None:
            is_read = _list_reader(spec) is not None
            yield f"{name} = " + (f"read_{name}({member.wire})" if is_read else member.wire)
            continue
        yield f"{name} = {member.wire}"
        if _is_free_text(spec) and spec.pattern is None:
            # The decoder has counted its characters, which in ASCII are bytes.
            yield f"if not ({name}.isascii() and {name}.isprintable()): read_{name}({name})"
        elif _is_free_text(spec):
            yield f"read_{name}({name})"


def _filling_lines(kind: Kind) -> Iterator[str]:
    """Check what is filled and what is empty, always or by operation."""
    specs = {field.name: field.spec for field in kind.sheets["what"].FIELDS}
    operations = (specs[kind.selector].one_of or ()) if kind.selector else ("",)
    for member in _members(kind):
        spec, name = member.spec, member.name
        if spec.is_salt or (must_be_filled(spec) and not _is_single_hex(spec)):
            continue  # four salts are checked together; what else is always filled, by the decoder
        empty = f"{name} == {_EMPTY[spec.wire_type]}" if _is_single_hex(spec) else f"not {name}"
        for fill, fault in (("filled", empty), ("empty", f"not ({empty})")):
            asked = tuple(each for each in operations if spec.filling.of(each) == fill)
            if asked == operations:
                yield f"if {fault}: raise ValueError"
            elif asked:
                yield f"if what_{kind.selector} in {asked!r} and {fault}: raise ValueError"


def _whole_lines(kind: Kind) -> Iterator[str]:
    """Check what concerns several fields."""
    names = {member.wire: member.name for member in _members(kind)}
    for member in _members(kind):
        items = member.spec.items
        if items is not None and items.parallel_to:
            leader = names[items.parallel_to]
            yield f"if len({member.name}) != len({leader}): raise ValueError"
    yield "if (what_author_role == 'governor') is (scene_author_country != ''): raise ValueError"
    salts = ", ".join(f"{place}_salt" for place in SHEETS)
    yield f"if len({{NO_HASH, {salts}}}) != {1 + len(SHEETS)}: raise ValueError"


def _making_lines(kind: Kind) -> Iterator[str]:
    yield "made = make_record("
    for place in SHEETS:
        names = (_Member(place, field).name for field in kind.sheets[place].FIELDS)
        yield f"    make_{place}({', '.join(names)}),"
    yield "    record_details,"
    yield ")"
    if kind.record.faults is not Record.faults:
        yield "if next(made.faults(), None) is not None: raise ValueError"
    yield "return made"


def reader_source(kind: Kind) -> str:
    """Write the function that makes a record of its typed form, or raises ValueError."""
    lines = [
        *(f"{place} = record.{place}" for place in SHEETS),
        *_hex_lines(kind),
        *_other_lines(kind),
        *_filling_lines(kind),
        *_whole_lines(kind),
        *_making_lines(kind),
    ]
    return function_source(f"read_{kind.name}", ("record",), lines)


def reader(kind: Kind) -> Callable[[Any], Record]:
    """Return the function whose source is :func:`reader_source`."""
    given: dict[str, object] = {
        "fromhex": bytes.fromhex,
        "NO_ADDRESS": NO_ADDRESS,
        "NO_HASH": NO_HASH,
        "make_record": maker(kind.record),
        **{f"make_{place}": maker(kind.sheets[place]) for place in SHEETS},
    }
    for member in _members(kind):
        read = _list_reader if member.spec.items is not None else _text_reader
        given[f"read_{member.name}"] = read(member.spec)
    return compiled(reader_source(kind), given)  # type: ignore[no-any-return]  # as its source says
