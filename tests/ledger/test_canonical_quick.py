"""The quick way of reading takes nothing that the strict one refuses, and makes the same record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import _read_strictly, encode, read_record, seal
from ledger.canonical.quick import read_quickly
from ledger.errors import Refused
from ledger.limits import LIMITS
from ledger.records import KINDS, WRITABLE
from tests.ledger.test_canonical import JSON, LONE_LETTERS, places_in, replaced
from tests.random_records import random_record
from tests.trials import dice, trials
from tests.vectors import make_records
from tests.vectors.record_cases import raw_of

VECTORS = json.loads(make_records.FILE.read_text("ascii"))
VALID = [raw_of(case) for case in VECTORS["valid"]]
WRONG = [raw_of(case) for case in VECTORS["wrong"]]
KIND_NAMES = sorted(record.KIND.name for record in WRITABLE)


def read_strictly(raw):
    """Return record and signatures as the strict reader reads them, or None."""
    try:
        envelope = _read_strictly(raw)
    except Refused:
        return None
    return envelope.record, envelope.signatures


def assert_both_agree(raw):
    """Bytes are read by both ways alike, or by the strict one alone."""
    read = read_quickly(raw)
    assert read is None or read == read_strictly(raw)


def test_valid_vectors_are_read_quickly_as_they_are_read_strictly():
    for raw in VALID:
        assert read_quickly(raw) == read_strictly(raw) is not None


def test_wrong_vectors_are_not_read_quickly_unless_their_fault_is_in_who_signed():
    for raw, case in zip(WRONG, VECTORS["wrong"], strict=True):
        if not case["rule"].startswith("signature-"):
            assert read_quickly(raw) is None, case["description"]
        assert_both_agree(raw)


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_random_records_of_every_kind_are_read_quickly_as_they_are_read_strictly(kind):
    source = dice(f"quick {kind}")
    for _ in range(trials("records.random_per_kind")):
        record = read_record(KINDS[kind], random_record(KINDS[kind], source))
        signatures = tuple(source.randbytes(source.choice((0, 1, 65))) for _ in range(3))
        raw = seal(record, signatures).raw
        read = read_quickly(raw)
        assert read == (record, signatures)
        assert [type(value) for value in _values(read[0])] == [
            type(value) for value in _values(record)
        ]


def _values(record):
    """Yield every value of a record, those in lists too."""
    for place in ("who", "what", "amounts", "scene"):
        sheet = getattr(record, place)
        for field in sheet.FIELDS:
            value = getattr(sheet, field.name)
            yield value
            yield from value if isinstance(value, tuple) else ()
    yield record.details


@given(st.sampled_from(VALID), st.floats(0, 1), st.integers(0, 40), st.lists(LONE_LETTERS))
def test_bytes_replaced_by_others_are_read_alike(raw, where, length, put):
    at = int(where * len(raw))
    assert_both_agree(raw[:at] + b"".join(put) + raw[at + length :])


TOUCHES = st.sampled_from(
    ["", "0", "-0", "1.0", "1e0", " ", "\\u0041", "\\/", "A", "F", "0x", "null", "true", ",", "[]"]
)


@given(st.sampled_from(VALID), st.floats(0, 1), st.integers(0, 3), TOUCHES)
def test_bytes_that_differ_by_little_are_read_alike(raw, where, length, put):
    at = int(where * len(raw))
    assert_both_agree(raw[:at] + put.encode() + raw[at + length :])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_alike(raw):
    assert_both_agree(raw)


# What the declarations bound: the values at each bound, one beyond, and values of another sort.
NEAR = (
    st.sampled_from([0, 1, -1, LIMITS.integer_max, LIMITS.integer_max + 1, 2**64, True, 1.0, None])
    | st.sampled_from(["", "0x", "0x" + "00" * 20, "0x" + "00" * 32, "0x" + "AB" * 32, "0x 1"])
    | st.sampled_from(["governor", "miner", "EU", "BW", "e\u0301", "\x7f", "\u200e", "\ud800"])
    | st.text(min_size=46, max_size=50)
    | st.sampled_from(KIND_NAMES)
    | st.lists(st.sampled_from(["", "BW", "AE", "0x" + "11" * 32, "0x" + "22" * 32, 1, 2]))
    | JSON
)


@given(st.sampled_from(VALID), st.data())
def test_records_with_values_replaced_are_read_alike(raw, data):
    plain = json.loads(raw)
    for _ in range(data.draw(st.integers(1, 2))):
        paths = list(places_in(plain))
        if paths:
            plain = replaced(plain, data.draw(st.sampled_from(paths)), data.draw(NEAR))
    try:
        raw = encode(plain)
    except ValueError:  # of a lone surrogate, or a float that is no JSON: there are no bytes
        return
    assert_both_agree(raw)


@given(st.sampled_from(VALID), st.data())
def test_values_moved_within_a_record_are_read_alike(raw, data):
    """Salts that are equal, lists in another order, texts of one list in another."""
    plain = json.loads(raw)
    paths = list(places_in(plain))
    value = plain
    for step in data.draw(st.sampled_from(paths)):
        value = value[step]
    assert_both_agree(encode(replaced(plain, data.draw(st.sampled_from(paths)), value)))
