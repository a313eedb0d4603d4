"""Random records of every declared kind, as plain JSON values that pass all checks of form.

They are drawn from the declarations alone: types, closed lists, patterns, bounds, ascending and
parallel lists, and what each operation fills or leaves empty. The same dice give the same record,
on every version of Python. Nothing here asks whether a ledger would take the record.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

from ledger.records import KINDS, SHEETS, Field, Kind, Spec

Plain = Any
Dice = Random

ZERO = {"address": "0x" + "00" * 20, "bytes32": "0x" + "00" * 32, "uint64": 0, "string": ""}
"""The empty value of each wire type."""

_ELEMENTS_USUAL = 5
_ELEMENTS_SELDOM = 40
_DIGITS = "0123456789"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = _UPPER.lower()
# Letters and signs that Unicode 14 and every later version assign, of one to four bytes of UTF-8,
# with those that JSON escapes, marks that NFC composes and a letter that follows by code point
# what precedes it by UTF-16.
_ALPHABETS = (
    _UPPER + _LOWER + _DIGITS + " -/.,",
    "\"\\/<>&'`{}[]:,; ~",
    "àéîõüßŁłøÆç€₽¥",
    "АБВГДЕЖабвгдежΩλσ",
    "ダイヤモンド钻石다이아",
    "हीरा" + "اَلماس",
    "💎🜁𝔸\uff21\ufb00",
    "e\u0301a\u0308o\u0302n\u0303 ",
)


def operations(kind: Kind) -> tuple[str, ...]:
    """Return the operations of a kind (of Admission and Revocation the roles); "" for none."""
    for field in kind.sheets["what"].FIELDS:
        if field.name == kind.selector:
            return field.spec.one_of or ()
    return ("",)


def random_record(kind: Kind, dice: Dice, operation: str | None = None) -> dict[str, Plain]:
    """Return a random record of ``kind``, of ``operation`` or of any."""
    chosen = dice.choice(operations(kind)) if operation is None else operation
    sizes: dict[str, int] = {}
    record: dict[str, Plain] = {place: {} for place in SHEETS}
    for place in SHEETS:
        for field in kind.sheets[place].FIELDS:
            if field.name == kind.selector:
                value: Plain = chosen
            elif field.name == "author_role":
                value = dice.choice(kind.roles.get(chosen) or kind.roles[""])
            elif field.name == "author_country":
                by_governor = record["what"]["authorRole"] == "governor"
                value = "" if by_governor else dice.choice(field.spec.one_of or ())
            else:
                value = _random_field(field, chosen, sizes, dice)
            record[place][field.wire] = value
            sizes[f"{place}.{field.wire}"] = len(value) if field.spec.items else 1
    record["details"] = dice.choice((ZERO["bytes32"], _hex(dice, 32)))
    _MENDERS.get(kind.name, _leave)(record, dice)
    return record


def random_records(count: int, dice: Dice) -> list[tuple[str, dict[str, Plain]]]:
    """Return ``count`` records of each declared kind, with the kind's name."""
    return [(name, random_record(kind, dice)) for name, kind in KINDS.items() for _ in range(count)]


def fit_text(dice: Dice, bytes_max: int) -> str:
    """Return a text of at least one character that a record may hold."""
    alphabet = dice.choice(_ALPHABETS) + dice.choice(_ALPHABETS)
    letters = "".join(dice.choice(alphabet) for _ in range(1 + dice.randrange(bytes_max)))
    text = unicodedata.normalize("NFC", letters)
    while len(text.encode()) > bytes_max:
        text = text[:-1]  # what begins a text in NFC is in NFC
    return text


def _random_field(field: Field, operation: str, sizes: dict[str, int], dice: Dice) -> Plain:
    filling = field.spec.filling.of(operation)
    if field.spec.items:
        return _random_list(field, filling, sizes, dice)
    empty = filling == "empty" or (filling == "either" and dice.randrange(4) == 0)
    return ZERO[field.spec.wire_type] if empty else _random_value(field, dice)


def _random_list(field: Field, filling: str, sizes: dict[str, int], dice: Dice) -> list[Plain]:
    items = field.spec.items
    assert items is not None
    if filling == "empty":
        return []
    if items.parallel_to:
        size = sizes[items.parallel_to]
    else:
        least = max(items.least, 1) if filling == "filled" else items.least
        usual = _ELEMENTS_SELDOM if dice.randrange(16) == 0 else _ELEMENTS_USUAL
        size = least + dice.randrange(min(items.most - least, usual) + 1)
    if not items.ascending:
        return [_random_element(field, dice) for _ in range(size)]
    if field.spec.one_of:
        shuffled = sorted(filter(None, field.spec.one_of), key=lambda _: dice.random())
        return sorted(shuffled[:size])
    values: set[Plain] = set()
    while len(values) < size:
        values.add(_random_value(field, dice))
    return sorted(values, key=lambda value: value.encode())


def _random_element(field: Field, dice: Dice) -> Plain:
    items = field.spec.items
    if items and items.empty_elements and dice.randrange(4) == 0:
        return ZERO[field.spec.wire_type]
    return _random_value(field, dice)


def _random_value(field: Field, dice: Dice) -> Plain:
    spec = field.spec
    if spec.one_of is not None:
        return dice.choice([text for text in spec.one_of if text])
    if spec.pattern is not None:
        return _PATTERNED[field.wire](dice)
    if spec.wire_type == "uint64":
        return _random_integer(spec, dice)
    if spec.wire_type == "string":
        return fit_text(dice, min(spec.bytes_max, 60))
    return _hex(dice, 20 if spec.wire_type == "address" else 32)


def _random_integer(spec: Spec, dice: Dice) -> int:
    bound = dice.choice((3, 1000, 10**7, 2 * 10**9, spec.integer_max))
    most = min(bound, spec.integer_max)
    return most if dice.randrange(8) == 0 else 1 + dice.randrange(most)


def _hex(dice: Dice, length: int) -> str:
    return "0x" + dice.randbytes(length).hex()


def _letters(dice: Dice, alphabet: str, most: int) -> str:
    return "".join(dice.choice(alphabet) for _ in range(1 + dice.randrange(most)))


def _coarse_place(dice: Dice) -> str:
    code = "23456789CFGHJMPQRVWX"  # the digits of an Open Location Code
    first = dice.choice(code[:9]) + dice.choice(code[:18]) + dice.choice(code) + dice.choice(code)
    return first + dice.choice(("0000", dice.choice(code) + dice.choice(code) + "00")) + "+"


_PATTERNED: dict[str, Callable[[Dice], str]] = {
    "origin": lambda dice: _letters(dice, _LOWER + _DIGITS + "./-", 100),
    "tables": lambda dice: _letters(dice, _LOWER + _DIGITS + "-", 40),
    "place": _coarse_place,
    "reportNumber": lambda dice: _letters(dice, _UPPER + _DIGITS, 24),
}


# What a kind's own `faults` asks beyond single fields.


def _leave(_record: dict[str, Plain], _dice: Dice) -> None:
    """Most kinds ask nothing more."""


def _mend_statement(record: dict[str, Plain], _dice: Dice) -> None:
    measured = record["amounts"]["measurementsMicrometres"]
    if len(measured) not in (0, 3):
        record["amounts"]["measurementsMicrometres"] = []
    if record["what"]["operation"] == "location":
        record["scene"]["countries"] = record["scene"]["countries"][:1]


def _mend_report(record: dict[str, Plain], dice: Dice) -> None:
    what = record["what"]
    if what["operation"] == "answer":
        about_parcel = what["parcel"] != ZERO["bytes32"]
        what["state"] = _hex(dice, 32) if about_parcel else ZERO["bytes32"]


def _mend_correction(record: dict[str, Plain], dice: Dice) -> None:
    named = [name for place in ("what", "amounts", "scene") for name in record[place]["fields"]]
    if not named and record["details"] == ZERO["bytes32"]:
        record["details"] = _hex(dice, 32)


def _mend_transformation(record: dict[str, Plain], dice: Dice) -> None:
    amounts = record["amounts"]
    for position, stones in enumerate(amounts["lossStones"]):
        if not stones and not amounts["lossWeightsMillicarats"][position]:
            amounts["lossWeightsMillicarats"][position] = 1 + dice.randrange(1000)


_MENDERS: dict[str, Callable[[dict[str, Plain], Dice], None]] = {
    "Statement": _mend_statement,
    "Report": _mend_report,
    "Correction": _mend_correction,
    "Transformation": _mend_transformation,
}


def largest_transformation(dice: Dice) -> dict[str, Plain]:
    """Return a Transformation of 512 inputs and 512 outputs, which no label makes longer."""
    record = random_record(KINDS["Transformation"], dice, "mix")
    count = 512
    record["what"] |= {
        "inputs": sorted(_hex(dice, 32) for _ in range(count)),
        "previous": [_hex(dice, 32) for _ in range(count)],
        "hsCodes": [dice.choice(("7102.10", "7102.21", "7102.31")) for _ in range(count)],
    }
    record["amounts"] |= {
        "weightsMillicarats": [1 + dice.randrange(10**6) for _ in range(count)],
        "stones": [dice.randrange(1000) for _ in range(count)],
        "labels": [""] * count,
    }
    return record
