"""From shapes to plain JSON values: names in camelCase, bytes as 0x hex, tuples as lists.

Nothing is dropped and nothing added, so that a shape is also the schema of what goes out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ledger.values import to_hex

Plain = Any
"""What JSON writes: dict, list, str, int, bool or None."""


def camel(name: str) -> str:
    """Return a snake_case name as the wire has it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_wire(value: Any) -> Plain:  # noqa: ANN401 - any shape, or what one holds
    """Write a shape, and all that it holds, as plain values."""
    if isinstance(value, bytes):
        return to_hex(value)
    if isinstance(value, (tuple, list)):
        return [to_wire(element) for element in value]
    if isinstance(value, Mapping):
        return {to_wire(name): to_wire(element) for name, element in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            camel(field.name): to_wire(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    return value


def members_of(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - any shape
    """Return what a shape holds by name, to make one that holds more."""
    return {field.name: getattr(shape, field.name) for field in dataclasses.fields(shape)}
