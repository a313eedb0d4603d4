"""A wallet that shows what it signs by ERC-7730, to the letter and by no code of ours.

It takes typed data and a descriptor, checks that the descriptor is for that data, and returns what
its screen would say. Sources: ERC-7730 ("EIP-712 messages binding context", "Value interpolation",
"Field formats"), EIP-712 ("Definition of encodeType"). Where the ERC leaves room, this does what
devices do: a unit stands behind a space, and zeros at the end of a fraction are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils import to_checksum_address

Plain = Any


class NotForThis(Exception):
    """A descriptor is not for this data: nothing of it may be shown."""


@dataclass(frozen=True)
class Screen:
    """What a wallet shows: the intent, the sentence if there is one, and its lines."""

    intent: str
    sentence: str
    lines: tuple[tuple[str, str], ...]


def screen(data: Plain, descriptor: Plain) -> Screen:
    """Return what is shown of typed data.

    Raises:
        NotForThis: the descriptor's context is another, or it has no format for this type.

    """
    _check_context(data, descriptor["context"]["eip712"])
    wanted = encode_type(data["primaryType"], data["types"])
    if wanted not in descriptor["display"]["formats"]:
        raise NotForThis("type")
    shown_as = descriptor["display"]["formats"][wanted]
    message = data["message"]
    formats = {field["path"]: field for field in _leaves(shown_as["fields"])}

    def said(found: re.Match[str]) -> str:
        field = formats[found[1]]
        assert field.get("visible", "always") == "always", "it may name what is always shown alone"
        (value,) = _values(message, found[1])
        return written(value, field)

    sentence = re.sub(r"{([^{}]+)}", said, shown_as.get("interpolatedIntent", ""))
    return Screen(shown_as["intent"], sentence, tuple(_lines(shown_as["fields"], message)))


def encode_type(primary: str, types: Plain) -> str:
    """Write a type as EIP-712 does: the struct, then those that it names, in order."""

    def one(name: str) -> str:
        return name + "(" + ",".join(f"{f['type']} {f['name']}" for f in types[name]) + ")"

    named, waiting = set[str](), [primary]
    while waiting:
        for field in types[waiting.pop()]:
            inner = field["type"].removesuffix("[]")
            if inner in types and inner not in named:
                named.add(inner)
                waiting.append(inner)
    return "".join(one(name) for name in (primary, *sorted(named - {primary})))


def _check_context(data: Plain, bound: Plain) -> None:
    domain = data["domain"]
    assert bound.keys() <= {"domain", "domainSeparator", "deployments"}
    if any(domain.get(name) != value for name, value in bound.get("domain", {}).items()):
        raise NotForThis("domain")
    separator = bound.get("domainSeparator")
    if separator is not None and _separator(data) != separator:
        raise NotForThis("domainSeparator")
    places = bound.get("deployments")
    if places is not None:
        at = {"chainId": domain.get("chainId"), "address": domain.get("verifyingContract")}
        if at not in places:
            raise NotForThis("deployments")


def _separator(data: Plain) -> str:
    return "0x" + encode_typed_data(full_message=data).header.hex()


def _leaves(fields: Plain) -> Iterator[Plain]:
    for field in fields:
        yield from _leaves(field["fields"]) if "fields" in field else (field,)


def _values(message: Plain, path: str) -> list[Plain]:
    """Return what a path leads to; KeyError where it leads nowhere."""
    found = [message]
    for step in path.split("."):
        found = [inner for one in found for inner in (one if step == "[]" else [one[step]])]
    return found


def _lines(fields: Plain, message: Plain) -> Iterator[tuple[str, str]]:
    for field in fields:
        if "fields" not in field:
            for value in _values(message, field["path"]):
                yield from _line(field, value)
            continue
        assert field["iteration"] == "bundled"
        columns = [_values(message, inner["path"]) for inner in field["fields"]]
        assert len({len(column) for column in columns}) == 1, "lists of one length"
        for number, row in enumerate(zip(*columns, strict=True), start=1):
            for inner, value in zip(field["fields"], row, strict=True):
                if "separator" in inner:
                    yield inner["separator"].replace("{index}", str(number)), ""
                yield from _line(inner, value)


def _line(field: Plain, value: Plain) -> Iterator[tuple[str, str]]:
    visible = field.get("visible", "always")
    if isinstance(visible, dict):
        assert visible.keys() == {"ifNotIn"}
        if value in visible["ifNotIn"]:
            return
    elif visible in ("never", "optional"):  # it has little room
        return
    yield field["label"], written(value, field)


def written(value: Plain, field: Plain) -> str:
    """Write a value in its format."""
    form, params = field["format"], field.get("params", {})
    if form == "raw":
        return str(value)
    if form == "addressName":  # it knows no names
        return to_checksum_address(value)
    assert type(value) is int, f"{form} is for integers"
    if form == "unit":
        whole, fraction = divmod(value, 10 ** params["decimals"])
        digits = f"{fraction:0{params['decimals']}}".rstrip("0") if fraction else ""
        return f"{whole}{'.' if digits else ''}{digits} {params['base']}"
    if form == "date":
        assert params["encoding"] == "timestamp"
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert form == "duration", form
    return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
