"""Items of state as bytes, the same bytes on every machine: canonical JSON lists of their fields.

Stores keep these bytes, so ``rebuild`` can be compared byte for byte. How each sort is written and
read is worked out once, from its fields.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from ledger.custody import items
from ledger.custody.items import SORTS, Admitted, Item
from ledger.records.compiled import maker

ItemType = TypeVar("ItemType")
Turn = Callable[[Any], Any]
Turns = tuple[tuple[int, Turn], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Form:
    """How the values of a class are written and read; most of them are in JSON as they are.

    Attributes:
        give: gives the values of all fields.
        write: turns those at some places into what JSON holds.
        plain: the type of that, all fields together.
        read: turns them back.
        make: makes an instance of the class from all of them.

    """

    give: Callable[[Any], tuple[Any, ...]]
    write: Turns
    plain: Any
    read: Turns
    make: Callable[..., Any]


def _turned(values: Iterable[Any], turns: Turns) -> list[Any]:
    turned = list(values)
    for place, turn in turns:
        turned[place] = turn(turned[place])
    return turned


def _turns(ways: Iterable[Turn | None]) -> Turns:
    return tuple([(place, turn) for place, turn in enumerate(ways) if turn is not None])


def _each(turn: Turn) -> Turn:
    return lambda values: tuple([turn(value) for value in values])


def _tuple_of(types: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a type, made from fields
    return tuple.__class_getitem__(types)


def _ways(hint: Any) -> tuple[Any, Turn | None, Turn | None]:  # noqa: ANN401 - a field's type
    """Return what a field of a type is in JSON, and how it is written and read."""
    if typing.get_origin(hint) is tuple:
        plain, write, read = _ways(typing.get_args(hint)[0])
        return _tuple_of((plain, ...)), write and _each(write), read and _each(read)
    if hint is Admitted:
        form = _form_of(Admitted)
        return (
            form.plain,
            lambda held: _turned(form.give(held), form.write),
            lambda plain: form.make(*_turned(plain, form.read)),
        )
    base = getattr(hint, "__supertype__", hint)
    return (str, bytes.hex, bytes.fromhex) if base is bytes else (base, None, None)


def _form_of(cls: type[Any]) -> _Form:
    names = [field.name for field in dataclasses.fields(cls)]
    hints = typing.get_type_hints(cls, vars(items))
    plain, write, read = zip(*(_ways(hints[name]) for name in names), strict=True)
    give = attrgetter(*names)
    return _Form(give, _turns(write), _tuple_of(plain), _turns(read), maker(cls))


_FORMS: Final = {cls: _form_of(cls) for cls in SORTS}
_READERS: Final = {
    cls: (msgspec.json.Decoder(form.plain).decode, form.read, form.make)
    for cls, form in _FORMS.items()
}
_ENCODER: Final = msgspec.json.Encoder()
_NUMBERS: Final = {cls: number for number, cls in enumerate(SORTS)}


def encode_item(item: Item) -> bytes:
    """Write an item as bytes."""
    form = _FORMS[type(item)]
    return _ENCODER.encode(_turned(form.give(item), form.write))


def decode_item(sort: type[ItemType], raw: bytes) -> ItemType:
    """Read an item of a sort from the bytes that :func:`encode_item` wrote.

    Raises:
        ValueError: the bytes are not of this sort.

    """
    decode, turns, make = _READERS[sort]  # type: ignore[index]  # only Items are ever asked
    return make(*_turned(decode(raw), turns))  # type: ignore[no-any-return]  # of its own sort


def sort_number(sort: type[Item]) -> int:
    """Return the number under which stores keep a sort."""
    return _NUMBERS[sort]
