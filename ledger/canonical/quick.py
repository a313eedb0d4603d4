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

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Union

import msgspec

from ledger.canonical.readers import HEX_BYTES, must_be_filled, read_hex, reader
from ledger.limits import LIMITS
from ledger.records import SHEETS, WRITABLE, Kind, Record, Spec

_DETAILS: Final = Spec("bytes32", "")


def _form_of_value(spec: Spec) -> Any:  # noqa: ANN401 - a type, made from the declaration
    is_filled = not spec.items.empty_elements if spec.items else must_be_filled(spec)
    if spec.wire_type == "uint64":
        return Annotated[int, msgspec.Meta(ge=int(is_filled), le=spec.integer_max)]
    if spec.wire_type in HEX_BYTES:
        length = 2 + 2 * HEX_BYTES[spec.wire_type]
        return Annotated[str, msgspec.Meta(min_length=length, max_length=length)]
    if spec.one_of is not None:
        texts = [text for text in spec.one_of if text]
        return Literal[(*texts,) if is_filled else ("", *texts)]
    return Annotated[str, msgspec.Meta(min_length=int(is_filled), max_length=spec.bytes_max)]


def _form_of(spec: Spec) -> Any:  # noqa: ANN401 - a type, made from the declaration
    form = _form_of_value(spec)
    if spec.items is None:
        return form
    least = max(spec.items.least, int(must_be_filled(spec)))
    sizes = msgspec.Meta(min_length=least, max_length=spec.items.most)
    return Annotated[tuple.__class_getitem__((form, ...)), sizes]


def _struct(name: str, members: Iterable[tuple[str, Any]], **more: Any) -> Any:  # noqa: ANN401
    ordered = sorted(members)
    return msgspec.defstruct(name, ordered, forbid_unknown_fields=True, gc=False, **more)


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


_READERS: Final = {_envelope_struct(made.KIND): reader(made.KIND) for made in WRITABLE}
_DECODER: Final = msgspec.json.Decoder(Union[tuple(_READERS)])  # noqa: UP007 - made of a tuple
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
        signatures = tuple(map(read_hex, plain.signatures))
        return _READERS[type(plain)](plain.record), signatures
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
