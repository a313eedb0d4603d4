"""The hashers of sheets: their source, and the values that stand for nothing."""

import dataclasses
import struct

import pytest

from ledger.canonical import read_record
from ledger.records import KINDS, SHEETS
from ledger.signing import record_id, sheet_hash
from ledger.signing.packing import hasher_source
from ledger.values import NO_HASH
from tests.random_records import random_record
from tests.trials import dice

REGISTRATION_SCENE = """\
def hash_RegistrationScene(sheet):
    if len(sheet.salt) != 32:
        raise ValueError(LENGTHS)
    return keccak_256(pack(
        TYPE_HASH,
        sheet.occurred_at,
        hash_of_text(sheet.author_country),
        hash_of_text(sheet.zone),
        sheet.period_from,
        sheet.period_to,
        sheet.salt,
    )).digest()
"""


def test_the_source_of_a_hasher_packs_a_word_for_each_field():
    assert hasher_source(KINDS["Registration"].sheets["scene"]) == REGISTRATION_SCENE


def sheets_of(kind):
    made = read_record(kind, random_record(kind, dice(f"packed {kind.name}")))
    return [getattr(made, place) for place in SHEETS]


def with_values_of(sheet, wire_types, change):
    """Yield copies of a sheet, each with one value of these types, or of a list's, changed."""
    for field in sheet.FIELDS:
        value = getattr(sheet, field.name)
        if field.spec.wire_type not in wire_types or value == ():
            continue
        changed = change(value) if field.spec.items is None else (change(value[0]), *value[1:])
        yield dataclasses.replace(sheet, **{field.name: changed})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("change", [lambda value: value[1:], lambda value: value + b"\0"])
def test_bytes_of_another_length_are_not_hashed(kind, change):
    for sheet in sheets_of(kind):
        for changed in with_values_of(sheet, ("address", "bytes32"), change):
            with pytest.raises(ValueError, match="20 bytes"):
                sheet_hash(changed)


def test_a_byte_too_many_is_not_made_up_for_by_one_too_few():
    who = sheets_of(KINDS["Registration"])[0]
    with pytest.raises(ValueError, match="20 bytes"):
        sheet_hash(dataclasses.replace(who, site=who.site + who.salt[:1], salt=who.salt[1:]))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("integer", [-1, 2**64, "1", 1.0])
def test_what_is_no_integer_of_64_bits_is_not_hashed(kind, integer):
    for sheet in sheets_of(kind):
        for changed in with_values_of(sheet, ("uint64",), lambda _: integer):
            with pytest.raises(struct.error):
                sheet_hash(changed)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_value_of_a_record_is_in_its_id(kind):
    record = read_record(kind, random_record(kind, dice(f"packed {kind.name}")))
    changes = {
        "address": lambda value: bytes(reversed(value[:-1])) + bytes([value[-1] ^ 1]),
        "bytes32": lambda value: value[:-1] + bytes([value[-1] ^ 1]),
        "uint64": lambda value: value + 1,
        "string": lambda value: value + "x",
    }
    changed = [
        dataclasses.replace(record, **{place: sheet})
        for place in SHEETS
        for wire_type, change in changes.items()
        for sheet in with_values_of(getattr(record, place), (wire_type,), change)
    ]
    ids = {record_id(each, NO_HASH) for each in (record, *changed)}
    assert len(ids) == 1 + len(changed) > len(SHEETS)
