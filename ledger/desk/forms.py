"""Whether a server's answer has the form that its question promises (:mod:`ledger.answers.shapes`).

Checked before anything is read out of it, member by member; members that are not known here, as a
later server may add, are left alone.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

from ledger.answers.wire import camel


def has_form(plain: Any, form: Any) -> bool:  # noqa: ANN401 - any JSON value, any type
    """Tell whether a JSON value is what a shape, or the type of one of its members, is written as.

    Args:
        plain: what JSON read.
        form: a shape's class, or an annotation in one.

    """
    form = getattr(form, "__supertype__", form)
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in (typing.Union, types.UnionType):
        return any(has_form(plain, one) for one in inner)
    if origin is typing.Literal:
        return plain in inner
    if origin is tuple:
        return isinstance(plain, list) and all(has_form(one, inner[0]) for one in plain)
    if dataclasses.is_dataclass(form) and isinstance(form, type):
        return isinstance(plain, dict) and all(
            name in plain and has_form(plain[name], member)
            for name, member in _members(form).items()
        )
    return _is_plain(plain, origin or form)


def _is_plain(plain: Any, form: Any) -> bool:  # noqa: ANN401 - likewise
    if form is types.NoneType:
        return plain is None
    if form is bytes:
        return isinstance(plain, str) and plain.startswith("0x")
    if form is Mapping:
        return isinstance(plain, dict)
    if form in (str, int, bool):
        return type(plain) is form
    return form is Any


@functools.cache
def _members(shape: type[Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(shape)
    return {camel(field.name): hints[field.name] for field in dataclasses.fields(shape)}
