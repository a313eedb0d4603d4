"""A small JSON Schema validator: just the words that our own schemas use, and no others."""

from __future__ import annotations

import re
from typing import Any

Plain = Any
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    "$ref", "type", "description", "properties", "required", "additionalProperties", "items",
    "propertyNames",
    "enum", "anyOf", "oneOf", "pattern", "minimum", "maximum", "default",
}  # fmt: skip


class Invalid(AssertionError):
    """A value is not of its schema."""


def check(value: Plain, schema: dict[str, Any], components: dict[str, Any], at: str = "$") -> None:
    """Check a value against a schema whose references lie in ``components``.

    Raises:
        Invalid: it is not of the schema.

    """
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        check(value, components[schema["$ref"].rpartition("/")[2]], components, at)
        return
    for words in ("anyOf", "oneOf"):
        if words in schema:
            _check_some(value, schema[words], components, at)
    if "enum" in schema and value not in schema["enum"]:
        raise Invalid(f"{at}: {value!r} is not in the list")
    if "type" in schema:
        _check_type(value, schema["type"], at)
    _check_value(value, schema, components, at)


def _check_value(value: Plain, schema: dict[str, Any], components: dict[str, Any], at: str) -> None:
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        raise Invalid(f"{at}: {value!r} is not like {schema['pattern']}")
    if type(value) is int:
        _check_range(value, schema, at)
    if isinstance(value, list):
        for number, element in enumerate(value):
            check(element, schema.get("items", {}), components, f"{at}[{number}]")
    if isinstance(value, dict):
        _check_members(value, schema, components, at)


def _check_some(value: Plain, schemas: list[Any], components: dict[str, Any], at: str) -> None:
    faults = []
    for schema in schemas:
        try:
            check(value, schema, components, at)
        except Invalid as fault:
            faults.append(str(fault))
    if len(faults) == len(schemas):
        raise Invalid("; ".join(faults))


def _check_type(value: Plain, name: str, at: str) -> None:
    is_right = isinstance(value, TYPES[name]) and (name == "boolean" or type(value) is not bool)
    if not is_right:
        raise Invalid(f"{at}: {value!r} is no {name}")


def _check_range(value: int, schema: dict[str, Any], at: str) -> None:
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise Invalid(f"{at}: {value} is out of range")


def _check_members(
    value: dict[str, Plain], schema: dict[str, Any], components: dict[str, Any], at: str
) -> None:
    known = schema.get("properties", {})
    if missing := set(schema.get("required", ())) - value.keys():
        raise Invalid(f"{at}: {missing} are missing")
    others = schema.get("additionalProperties", True)
    if others is False and (more := value.keys() - known.keys()):
        raise Invalid(f"{at}: {more} are not declared")
    other = others if isinstance(others, dict) else {}
    for name, member in value.items():
        check(name, schema.get("propertyNames", {}), components, f"{at}, a name")
        check(member, known.get(name, other), components, f"{at}.{name}")
