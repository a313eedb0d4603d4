"""From JSON to shapes: the way back of :mod:`ledger.answers.wire`, for every shape by one decoder.

Names in camelCase become the fields of a frozen dataclass, 0x hex becomes ``bytes`` (``Hash32`` and
``Address`` of their lengths), lists become tuples. What is not of its form is an error; members
that are not known here, as a later server may add, are left alone.

>>> from ledger.answers.shapes import AsOf
>>> from_wire({"size": 7, "checkpointSize": 5}, AsOf)
AsOf(size=7, checkpoint_size=5)
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from ledger.answers.wire import camel
from ledger.desk.forms import has_form

Shape = TypeVar("Shape")


def from_wire(plain: Any, shape: type[Shape]) -> Shape:  # noqa: ANN401 - any JSON value
    """Read a shape out of plain values.

    Raises:
        ValueError: they have not its form.

    """
    if not has_form(plain, shape):
        raise ValueError(f"no {shape.__name__}")
    made: Shape = _made(plain, shape)
    return made


def _made(plain: Any, form: Any) -> Any:  # noqa: ANN401 - any JSON value, any type
    """Make a value of a type whose form it has."""
    form = getattr(form, "__supertype__", form)
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in (typing.Union, types.UnionType):
        return _made(plain, next(one for one in inner if has_form(plain, one)))
    if origin is tuple:
        return tuple(_made(one, inner[0]) for one in plain)
    if origin is Mapping:
        return {_made(name, inner[0]): _made(value, inner[1]) for name, value in plain.items()}
    if dataclasses.is_dataclass(form) and isinstance(form, type):
        return form(**{name: _made(plain[key], of) for name, key, of in _members(form)})
    return bytes.fromhex(plain[2:]) if form is bytes else plain


@functools.cache
def _members(shape: type[Any]) -> list[tuple[str, str, Any]]:
    hints = typing.get_type_hints(shape)
    fields = dataclasses.fields(shape)
    return [(field.name, camel(field.name), hints[field.name]) for field in fields]
