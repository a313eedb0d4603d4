"""Whether a server's answer is JSON of the form that its question promises.

The form is that of a shape (:mod:`ledger.answers.shapes`).

Checked before anything is read out of it, member by member; members that are not known here, as a
later server may add, are left alone.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
import typing
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from ledger.answers.wire import camel
from ledger.canonical.text import is_deeper_than
from ledger.limits import LIMITS
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Address, Hash32

_HEX: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)
_LENGTHS: Final = {Address: ADDRESS_BYTES, Hash32: HASH_BYTES}


def has_form(plain: Any, form: Any) -> bool:  # noqa: ANN401 - any JSON value, any type
    """Tell whether a JSON value is what a shape, or the type of one of its members, is written as.

    Args:
        plain: what JSON read.
        form: a shape's class, or an annotation in one.

    """
    if form in _LENGTHS:
        return _is_hex(plain) and len(plain) == len("0x") + 2 * _LENGTHS[form]
    form = getattr(form, "__supertype__", form)
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in (typing.Union, types.UnionType):
        return any(has_form(plain, one) for one in inner)
    if origin is typing.Literal:
        return plain in inner
    if origin is tuple:
        return isinstance(plain, list) and all(has_form(one, inner[0]) for one in plain)
    if origin is Mapping:
        return isinstance(plain, dict) and all(
            has_form(name, inner[0]) and has_form(value, inner[1]) for name, value in plain.items()
        )
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
        return _is_hex(plain)
    if form is int:
        return type(plain) is int and 0 <= plain <= LIMITS.integer_max
    if form in (str, bool):
        return type(plain) is form
    return form is Any


def _is_hex(plain: Any) -> bool:  # noqa: ANN401 - likewise
    return isinstance(plain, str) and _HEX.fullmatch(plain) is not None


@functools.cache
def _members(shape: type[Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(shape)
    return {camel(field.name): hints[field.name] for field in dataclasses.fields(shape)}


def read_json(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Read JSON that can be written again.

    Raises:
        ValueError: it is none, is deeper than any answer, or has a number or a character that no
            JSON has.

    """
    try:
        plain = json.loads(raw, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("too deep") from None
    if is_deeper_than(plain, LIMITS.answer_depth_max):
        raise ValueError("too deep")
    if b"\\u" in raw:
        json.dumps(plain, ensure_ascii=False).encode()  # fails for half of a surrogate pair
    return plain


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
