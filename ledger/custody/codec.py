"""Items of state as bytes, the same bytes on every machine: canonical JSON lists of their fields.

Stores keep these bytes, so ``rebuild`` can be compared byte for byte. Bytes are lower-case hex in
them; what else there is stands in JSON as it is. What writes and what reads a sort is written out
once, from its fields.
"""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from ledger.custody.items import Admitted
from ledger.custody.sorts import SORTS, Item
from ledger.records.compiled import compiled, function_source, maker

ItemType = TypeVar("ItemType")
_NESTED: Final = (Admitted,)


def _hints(cls: type[Any]) -> list[tuple[str, Any]]:
    """Return names and types of a class's fields, in order."""
    hints = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]))
    return [(field.name, hints[field.name]) for field in dataclasses.fields(cls)]


def _is_bytes(hint: Any) -> bool:  # noqa: ANN401 - a field's type
    return getattr(hint, "__supertype__", hint) is bytes


def _plain(hint: Any) -> Any:  # noqa: ANN401 - a field's type
    """Return the type of what a value of a type is in JSON."""
    if typing.get_origin(hint) is tuple:
        return tuple.__class_getitem__((_plain(typing.get_args(hint)[0]), ...))
    if hint in SORTS or hint in _NESTED:
        return tuple.__class_getitem__(tuple([_plain(each) for _, each in _hints(hint)]))
    return str if _is_bytes(hint) else getattr(hint, "__supertype__", hint)


def _writing(hint: Any, value: str) -> str:  # noqa: ANN401 - a field's type
    """Write the expression that makes of a value what it is in JSON."""
    if typing.get_origin(hint) is tuple:
        each = _writing(typing.get_args(hint)[0], "each")
        return value if each == "each" else f"[{each} for each in {value}]"
    if hint in SORTS or hint in _NESTED:
        fields = (_writing(each, f"{value}.{name}") for name, each in _hints(hint))
        return f"[{', '.join(fields)}]"
    return f"{value}.hex()" if _is_bytes(hint) else value


def _reading(hint: Any, plain: str) -> str:  # noqa: ANN401 - a field's type
    """Write the expression that makes a value of what it is in JSON."""
    if typing.get_origin(hint) is tuple:
        each = _reading(typing.get_args(hint)[0], "each")
        return plain if each == "each" else f"tuple([{each} for each in {plain}])"
    if hint in SORTS or hint in _NESTED:
        fields = (_reading(each, f"{plain}[{at}]") for at, (_, each) in enumerate(_hints(hint)))
        return f"make_{hint.__name__}({', '.join(fields)})"
    return f"fromhex({plain})" if _is_bytes(hint) else plain


def _writer(cls: type[Any]) -> Callable[[Any], bytes]:
    source = function_source(
        f"write_{cls.__name__}", ("item",), [f"return encode({_writing(cls, 'item')})"]
    )
    return compiled(source, {"encode": _ENCODER.encode})  # type: ignore[no-any-return]  # as its source says


def _reader(cls: type[Any]) -> Callable[[bytes], Any]:
    lines = ["plain = decode(raw)", f"return {_reading(cls, 'plain')}"]
    given: dict[str, object] = {
        "decode": msgspec.json.Decoder(_plain(cls)).decode,
        "fromhex": bytes.fromhex,
        **{f"make_{made.__name__}": maker(made) for made in (cls, *_NESTED)},
    }
    return compiled(function_source(f"read_{cls.__name__}", ("raw",), lines), given)  # type: ignore[no-any-return]  # as its source says


_ENCODER: Final = msgspec.json.Encoder()
_WRITERS: Final = {cls: _writer(cls) for cls in SORTS}
_READERS: Final = {cls: _reader(cls) for cls in SORTS}
_NUMBERS: Final = {cls: number for number, cls in enumerate(SORTS)}


def encode_item(item: Item) -> bytes:
    """Write an item as bytes."""
    return _WRITERS[type(item)](item)


def decode_item(sort: type[ItemType], raw: bytes) -> ItemType:
    """Read an item of a sort from the bytes that :func:`encode_item` wrote.

    Raises:
        ValueError: the bytes are not of this sort.

    """
    return _READERS[sort](raw)  # type: ignore[index,no-any-return]  # only Items are ever asked


def sort_number(sort: type[Item]) -> int:
    """Return the number under which stores keep a sort."""
    return _NUMBERS[sort]
