"""Items of state as bytes, the same bytes on every machine: canonical JSON lists of their fields.

Stores keep these bytes, so ``rebuild`` can be compared byte for byte.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ledger.custody import items
from ledger.custody.items import SORTS, Admitted, Item

ItemType = TypeVar("ItemType")
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _to_plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_to_plain(element) for element in value]
    if isinstance(value, Admitted):
        return [_to_plain(getattr(value, name)) for name in _NAMES[Admitted]]
    return value


_NAMES: Final[dict[type[Any], tuple[str, ...]]] = {
    cls: tuple(field.name for field in dataclasses.fields(cls)) for cls in (*SORTS, Admitted)
}


def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    origin = typing.get_origin(hint)
    if origin is tuple:
        element = _reader(typing.get_args(hint)[0])
        return lambda plain: tuple([element(value) for value in plain])
    if hint is Admitted:
        return lambda plain: _make(Admitted, plain)
    if getattr(hint, "__supertype__", None) is bytes:
        return bytes.fromhex
    return lambda plain: plain


def _readers(cls: type[Any]) -> tuple[Callable[[Any], Any], ...]:
    hints = typing.get_type_hints(cls, vars(items))
    return tuple(_reader(hints[name]) for name in _NAMES[cls])


_READERS: Final = {cls: _readers(cls) for cls in _NAMES}


def _make(cls: type[ItemType], plain: list[Any]) -> ItemType:
    return cls(*[read(value) for read, value in zip(_READERS[cls], plain, strict=True)])


def encode_item(item: Item) -> bytes:
    """Write an item as bytes."""
    return _dump([_to_plain(getattr(item, name)) for name in _NAMES[type(item)]]).encode()


def decode_item(sort: type[ItemType], raw: bytes) -> ItemType:
    """Read an item of a sort from the bytes that :func:`encode_item` wrote.

    Raises:
        ValueError, TypeError: the bytes are not of this sort.

    """
    return _make(sort, json.loads(raw))


def sort_number(sort: type[Item]) -> int:
    """Return the number under which stores keep a sort."""
    return SORTS.index(sort)
