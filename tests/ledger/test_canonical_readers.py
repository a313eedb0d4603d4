"""The readers of kinds: their source, and what single addresses and hashes must look like."""

import json
from itertools import pairwise

import pytest

from ledger.canonical import encode
from ledger.canonical.quick import read_quickly
from ledger.canonical.readers import reader_source
from ledger.records import KINDS, WRITABLE
from tests.ledger.test_canonical import places_in, replaced
from tests.ledger.test_canonical_quick import VALID, assert_both_agree

WITHDRAWAL = """\
def read_Withdrawal(record):
    who = record.who
    what = record.what
    amounts = record.amounts
    scene = record.scene
    digits = ''.join((
        who.author.removeprefix('0x'),
        who.salt.removeprefix('0x'),
        what.parcel.removeprefix('0x'),
        what.previous.removeprefix('0x'),
        what.salt.removeprefix('0x'),
        amounts.salt.removeprefix('0x'),
        scene.salt.removeprefix('0x'),
        record.details.removeprefix('0x'),
    ))
    packed = fromhex(digits)
    if len(packed) != 244 or packed.hex() != digits: raise ValueError
    who_author = packed[0:20]
    who_salt = packed[20:52]
    what_parcel = packed[52:84]
    what_previous = packed[84:116]
    what_salt = packed[116:148]
    amounts_salt = packed[148:180]
    scene_salt = packed[180:212]
    record_details = packed[212:244]
    what_author_role = what.authorRole
    scene_occurred_at = scene.occurredAt
    scene_author_country = scene.authorCountry
    if who_author == NO_ADDRESS: raise ValueError
    if what_parcel == NO_HASH: raise ValueError
    if what_previous == NO_HASH: raise ValueError
    if (what_author_role == 'governor') is (scene_author_country != ''): raise ValueError
    if len({NO_HASH, who_salt, what_salt, amounts_salt, scene_salt}) != 5: raise ValueError
    made = make_record(
        make_who(who_author, who_salt),
        make_what(what_author_role, what_parcel, what_previous, what_salt),
        make_amounts(amounts_salt),
        make_scene(scene_occurred_at, scene_author_country, scene_salt),
        record_details,
    )
    return made
"""


def test_the_source_of_a_reader_names_every_field_of_its_kind():
    assert reader_source(KINDS["Withdrawal"]) == WITHDRAWAL


def test_a_reader_asks_for_what_the_operation_asks_for():
    lines = reader_source(KINDS["Receipt"])
    assert "if what_operation in ('refuse',) and not what_reason: raise ValueError\n" in lines
    others = "('accept', 'acceptShort')"
    assert f"if what_operation in {others} and not (not what_reason): raise ValueError\n" in lines


@pytest.mark.parametrize("record", WRITABLE, ids=lambda record: record.KIND.name)
def test_a_reader_looks_at_whole_records_where_fields_may_contradict_each_other(record):
    assert ("made.faults()" in reader_source(record.KIND)) is ("faults" in vars(record))


def hex_places(plain):
    """Return the paths of all texts of hex in a plain envelope, its signatures aside."""
    paths = [path for path in places_in(plain) if path[0] == "record"]
    return [path for path in paths if str(at(plain, path)).startswith("0x")]


def at(plain, path):
    for step in path:
        plain = plain[step]
    return plain


# Each as long as what it stands for, so that it is not for its length that it is refused.
SPOILED = {
    "a capital": lambda text: text[:-1] + "A",
    "a capital x": lambda text: "0X" + text[2:],
    "a space within": lambda text: text[:10] + "  " + text[12:],
    "a space at the end": lambda text: text[:-2] + "  ",
    "no 0x": lambda text: text[2:] + "ab",
    "0x twice": lambda text: "0x" + text[:-2],
    "0x at the end": lambda text: text[2:] + "0x",
    "a digit of another script": lambda text: text[:-1] + "\u0661",
    "a letter that is no digit": lambda text: text[:-1] + "g",
}


@pytest.mark.parametrize("name", SPOILED)
def test_any_other_way_to_write_any_hex_of_a_record_is_not_read_quickly(name):
    for raw in VALID:
        plain = json.loads(raw)
        for path in hex_places(plain):
            spoiled = encode(replaced(plain, path, SPOILED[name](at(plain, path))))
            assert read_quickly(spoiled) is None
            assert_both_agree(spoiled)


def test_one_text_without_0x_is_not_made_up_for_by_the_next():
    for raw in VALID:
        plain = json.loads(raw)
        paths = hex_places(plain)
        for one, other in pairwise(paths):
            lacking = replaced(plain, one, at(plain, one)[2:] + "ab")
            for put in (lambda text: "0x" + text[:-2], lambda text: text[2:-2] + "0x00"):
                assert read_quickly(encode(replaced(lacking, other, put(at(plain, other))))) is None
