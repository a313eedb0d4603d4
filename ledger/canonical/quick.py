"""Canonical bytes of a record that is in order, read quickly; anything else is left alone.

Each writable kind has a typed form, made from its declaration alone, with members in canonical
order. Bytes are taken only if they decode into the form of their kind, hold what its fields may
hold, and are what the form encodes to again: so they are canonical JSON, nothing is there twice and
nothing is left out. On the least doubt this room says nothing, and :mod:`ledger.canonical.reading`,
which alone names faults, reads the bytes from the start. It takes no bytes which that would refuse,
and makes the same record (``tests/ledger/test_canonical_quick.py``;
``docs/decisions/0014-two-ways-of-reading.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Annotated, Any, Final, Literal, Union

import msgspec

from ledger.limits import LIMITS
from ledger.records import SHEETS, WRITABLE, Field, Kind, Record, Spec
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_HASH, text_fault

_HEX_BYTES: Final = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
_DETAILS: Final = Spec("bytes32", "")
Read = Callable[[Any], Any]
"""Reads one member as JSON gives it; ValueError on any doubt."""


# -- the forms of members, as the decoder checks them -----------------------------------------


def _must_be_filled(spec: Spec) -> bool:
    """Tell whether a field is filled whatever the operation."""
    return spec.filling.otherwise == "filled" and not spec.filling.by_operation


def _form_of_value(spec: Spec) -> Any:  # noqa: ANN401 - a type, made from the declaration
    is_filled = not spec.items.empty_elements if spec.items else _must_be_filled(spec)
    if spec.wire_type == "uint64":
        return Annotated[int, msgspec.Meta(ge=int(is_filled), le=spec.integer_max)]
    if spec.wire_type in _HEX_BYTES:
        length = 2 + 2 * _HEX_BYTES[spec.wire_type]
        return Annotated[str, msgspec.Meta(min_length=length, max_length=length)]
    if spec.one_of is not None:
        texts = [text for text in spec.one_of if text]
        return Literal[(*texts,) if is_filled else ("", *texts)]
    return Annotated[str, msgspec.Meta(min_length=int(is_filled), max_length=spec.bytes_max)]


def _form_of(spec: Spec) -> Any:  # noqa: ANN401 - a type, made from the declaration
    form = _form_of_value(spec)
    if spec.items is None:
        return form
    least = max(spec.items.least, int(_must_be_filled(spec)))
    sizes = msgspec.Meta(min_length=least, max_length=spec.items.most)
    return Annotated[tuple.__class_getitem__((form, ...)), sizes]


def _struct(name: str, members: Iterable[tuple[str, Any]], **more: Any) -> Any:  # noqa: ANN401
    ordered = sorted(members)
    return msgspec.defstruct(name, ordered, forbid_unknown_fields=True, gc=False, **more)


# -- what the decoder does not check ----------------------------------------------------------


def _read_hex(text: str) -> bytes:
    value = bytes.fromhex(text[2:])
    if "0x" + value.hex() != text:
        raise ValueError
    return value


def _read_hex_filled(text: str) -> bytes:
    value = bytes.fromhex(text[2:])
    if "0x" + value.hex() != text or value in _ZEROS:
        raise ValueError
    return value


_ZEROS: Final = frozenset(bytes(length) for length in _HEX_BYTES.values())


def _text_reader(spec: Spec) -> Read:
    bytes_max, pattern = spec.bytes_max, spec.pattern

    def read_text(text: str) -> str:
        if text_fault(text) or len(text.encode()) > bytes_max:
            raise ValueError
        if text and pattern is not None and not pattern.fullmatch(text):
            raise ValueError
        return text

    return read_text


def _list_reader(spec: Spec, read: Read | None) -> Read | None:
    assert spec.items is not None  # noqa: S101 - only called for lists
    key = str.encode if spec.wire_type == "string" else None
    ascending = spec.items.ascending

    def read_list(plain: tuple[Any, ...]) -> tuple[Any, ...]:
        values = plain if read is None else tuple(map(read, plain))
        if ascending:
            keys = map(key, values) if key else values
            if not all(one < other for one, other in pairwise(keys)):
                raise ValueError
        return values

    return None if read is None and not ascending else read_list


def _reader(spec: Spec) -> Read | None:
    """Return what reads a member; None where the decoder has seen to everything."""
    read: Read | None = None
    if spec.wire_type in _HEX_BYTES:
        is_filled = not spec.items.empty_elements if spec.items else _must_be_filled(spec)
        read = _read_hex_filled if is_filled else _read_hex
    elif spec.wire_type == "string" and spec.one_of is None:
        read = _text_reader(spec)
    return _list_reader(spec, read) if spec.items else read


# -- whole records ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _SheetForm:
    """How one sheet is read: from members in canonical order to fields in declared order."""

    make: Callable[..., Any]
    readers: tuple[Read | None, ...]
    in_declared_order: Callable[[list[Any]], tuple[Any, ...]]

    def read(self, members: Any) -> Any:  # noqa: ANN401 - a typed form in, a sheet out
        plain = msgspec.structs.astuple(members)
        values = [
            value if read is None else read(value)
            for read, value in zip(self.readers, plain, strict=True)
        ]
        return self.make(*self.in_declared_order(values))


def _sheet_form(kind: Kind, place: str) -> _SheetForm:
    fields = kind.sheets[place].FIELDS
    ordered = sorted(fields, key=lambda field: field.wire)
    readers = tuple(_reader(field.spec) for field in ordered)
    return _SheetForm(
        make=kind.sheets[place],
        readers=readers,
        in_declared_order=_picker([ordered.index(field) for field in fields]),
    )


def _picker(places: list[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    return itemgetter(*places) if len(places) > 1 else tuple  # which alone gives no tuple


@dataclass(frozen=True, slots=True)
class _RecordForm:
    """How a record is read.

    Attributes:
        make: the record's constructor.
        sheets: the form of each sheet, in the order of :data:`SHEETS`.
        fillings: by operation, what gives each field that must be filled or empty, and which.
        parallels: what gives each two lists that must be of one length.

    """

    make: Callable[..., Record]
    sheets: tuple[_SheetForm, _SheetForm, _SheetForm, _SheetForm]
    fillings: dict[str, tuple[tuple[Callable[[Record], Any], bool], ...]]
    parallels: tuple[Callable[[Record], tuple[Any, Any]], ...]

    def read(self, plain: Any) -> Record:  # noqa: ANN401 - a typed form
        """Make a record of its form; ValueError on any doubt."""
        who, what, amounts, scene = self.sheets
        record = self.make(
            who.read(plain.who),
            what.read(plain.what),
            amounts.read(plain.amounts),
            scene.read(plain.scene),
            _read_hex(plain.details),
        )
        for give, is_filled in self.fillings[record.operation]:
            if _is_filled(give(record)) is not is_filled:
                raise ValueError
        for give_both in self.parallels:
            one, other = give_both(record)
            if len(one) != len(other):
                raise ValueError
        _check_whole(record)
        return record


def _is_filled(value: Any) -> bool:  # noqa: ANN401 - any field's
    return bool(value) and value not in _ZEROS


def _check_whole(record: Record) -> None:
    is_governor = record.what.author_role == "governor"
    salts = {record.who.salt, record.what.salt, record.amounts.salt, record.scene.salt}
    if (
        is_governor is bool(record.scene.author_country)
        or len(salts) != len(SHEETS)
        or NO_HASH in salts
        or next(record.faults(), None) is not None
    ):
        raise ValueError


def _places(kind: Kind) -> list[tuple[str, Field]]:
    return [(place, field) for place in SHEETS for field in kind.sheets[place].FIELDS]


def _fillings(kind: Kind) -> dict[str, tuple[tuple[Callable[[Record], Any], bool], ...]]:
    """Return what the operation decides; what is filled for all of them is in the form."""
    selectors = [
        field.spec.one_of or () for field in kind.sheets["what"].FIELDS
        if field.name == kind.selector
    ]  # fmt: skip
    return {
        operation: tuple(
            (attrgetter(f"{place}.{field.name}"), fill == "filled")
            for place, field in _places(kind)
            if not field.spec.is_salt and not _must_be_filled(field.spec)
            and (fill := field.spec.filling.of(operation)) != "either"
        )
        for operation in (selectors[0] if selectors else ("",))
    }  # fmt: skip


def _parallels(kind: Kind) -> tuple[Callable[[Record], tuple[Any, Any]], ...]:
    names = {f"{place}.{field.wire}": f"{place}.{field.name}" for place, field in _places(kind)}
    return tuple(
        attrgetter(f"{place}.{field.name}", names[field.spec.items.parallel_to])
        for place, field in _places(kind)
        if field.spec.items and field.spec.items.parallel_to
    )


def _record_form(kind: Kind) -> _RecordForm:
    who, what, amounts, scene = (_sheet_form(kind, place) for place in SHEETS)
    sheets = (who, what, amounts, scene)
    return _RecordForm(kind.record, sheets, _fillings(kind), _parallels(kind))


def _envelope_struct(kind: Kind) -> Any:  # noqa: ANN401 - a type, made from the declaration
    sheets = [
        (
            place,
            _struct(
                f"{kind.name}{place}",
                ((field.wire, _form_of(field.spec)) for field in kind.sheets[place].FIELDS),
            ),
        )
        for place in SHEETS
    ]
    record = _struct(f"{kind.name}Record", [*sheets, ("details", _form_of_value(_DETAILS))])
    signatures = Annotated[tuple[str, ...], msgspec.Meta(max_length=LIMITS.list_elements_max)]
    members = [("record", record), ("signatures", signatures)]
    # The kind's name comes first on the wire, and chooses the form.
    return _struct(f"{kind.name}Envelope", members, tag_field="kind", tag=kind.name)


_STRUCTS: Final = {_envelope_struct(made.KIND): _record_form(made.KIND) for made in WRITABLE}
_DECODER: Final = msgspec.json.Decoder(Union[tuple(_STRUCTS)])  # noqa: UP007 - made of a tuple
_ENCODER: Final = msgspec.json.Encoder()


def read_quickly(raw: bytes) -> tuple[Record, tuple[bytes, ...]] | None:
    """Read the record and the signatures of an envelope; None on any doubt.

    Args:
        raw: the bytes of an envelope, of any length and content.

    """
    if len(raw) > LIMITS.envelope_bytes_max:
        return None
    try:
        plain = _DECODER.decode(raw)
        if _ENCODER.encode(plain) != raw:
            return None
        signatures = tuple(map(_read_hex, plain.signatures))
        return _STRUCTS[type(plain)].read(plain.record), signatures
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
