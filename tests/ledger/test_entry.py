import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entry import (
    ENTRY_BYTES,
    Entry,
    Sort,
    decode,
    hash_of,
    record_root,
    root_of,
    signatures_hash,
)
from ledger.errors import BadQuestion, Damaged
from ledger.values import NO_HASH
from tests.vectors.make_log import FOLDER, files

VECTORS = json.loads((FOLDER / "entries.json").read_text("utf-8"))
CHAIN = VECTORS["chain"]

hashes = st.binary(min_size=32, max_size=32)
entries = st.builds(Entry, st.integers(0, 2**64 - 1), hashes, hashes, st.sampled_from(Sort))


def about(case):
    return case["description"]


def test_the_vectors_are_what_their_generator_writes():
    assert (FOLDER / "entries.json").read_text("utf-8") == files()["entries.json"]


@pytest.mark.parametrize("case", CHAIN, ids=about)
def test_a_record_root_follows_from_record_id_and_signatures(case):
    signatures = [bytes.fromhex(signature) for signature in case["signatures"]]
    made = record_root(bytes.fromhex(case["record_id"]), signatures)
    assert made.hex() == case["record_root"]


def test_the_entries_of_the_worked_examples_come_out_byte_for_byte():
    previous = NO_HASH
    for case in CHAIN:
        signatures = [bytes.fromhex(signature) for signature in case["signatures"]]
        root = record_root(bytes.fromhex(case["record_id"]), signatures)
        line = Entry(case["recorded_at_ms"], previous, root).encode()
        assert line.hex() == case["expected"]
        previous = hash_of(line)


@pytest.mark.parametrize("case", CHAIN, ids=about)
def test_an_entry_of_the_worked_examples_is_read(case):
    entry = decode(bytes.fromhex(case["expected"]))
    assert (entry.recorded_at_ms, entry.sort) == (case["recorded_at_ms"], Sort.RECORD)
    assert entry.previous.hex() == case["previous"]
    assert entry.root.hex() == case["record_root"]


@pytest.mark.parametrize("case", VECTORS["lines"], ids=about)
def test_a_line_is_read_or_refused_as_its_vector_says(case):
    line = bytes.fromhex(case["entry"])
    if case["expected"] == "valid":
        assert decode(line).encode() == line
        return
    with pytest.raises(Damaged) as found:
        decode(line, "entry 7")
    assert (found.value.fault, found.value.place) == (case["expected"], "entry 7")


@given(entries)
def test_what_is_written_is_read_again(entry):
    line = entry.encode()
    assert len(line) == ENTRY_BYTES == 73
    assert decode(line) == entry


@given(st.binary(max_size=80) | st.binary(min_size=73, max_size=73))
def test_any_bytes_are_written_the_same_again_or_are_damage(data):
    try:
        entry = decode(data)
    except Damaged:
        assert len(data) != ENTRY_BYTES or data[0] not in (1, 2)
    else:
        assert entry.encode() == data


@given(entries, st.integers(0, 73 * 8 - 1))
def test_a_flipped_bit_gives_another_hash(entry, bit):
    line = entry.encode()
    other = (int.from_bytes(line, "big") ^ 1 << bit).to_bytes(73, "big")
    assert hash_of(line) == sha256(line).digest() != hash_of(other)


@pytest.mark.parametrize("length", [0, 72, 74])
def test_only_an_entry_has_an_entry_hash(length):
    with pytest.raises(Damaged):
        hash_of(bytes(length))


@pytest.mark.parametrize(
    "entry",
    [
        Entry(-1, NO_HASH, NO_HASH),
        Entry(2**64, NO_HASH, NO_HASH),
        Entry(0, NO_HASH[1:], NO_HASH),
        Entry(0, NO_HASH, NO_HASH + b"\0"),
        Entry(0, NO_HASH[1:], NO_HASH + b"\0"),
    ],
)
def test_an_entry_that_does_not_fit_its_73_bytes_is_not_written(entry):
    with pytest.raises(BadQuestion):
        entry.encode()


def test_a_record_root_depends_on_every_signature_and_their_order():
    one, two = b"\x01" * 65, b"\x02" * 65
    lists = [[], [one], [two], [one, two], [two, one], [one, one]]
    assert len({record_root(NO_HASH, signatures) for signatures in lists}) == len(lists)
    assert record_root(NO_HASH, iter([one, two])) == record_root(NO_HASH, [one, two])


@pytest.mark.parametrize("signatures", [[bytes(64)], [bytes(130)], [bytes(66), bytes(64)]])
def test_signatures_of_another_length_have_no_record_root(signatures):
    with pytest.raises(BadQuestion):
        record_root(NO_HASH, signatures)


def test_an_id_of_another_length_has_no_record_root():
    with pytest.raises(BadQuestion):
        record_root(bytes(31), [bytes(65)])


def test_the_hash_of_the_signatures_stands_for_them_in_the_record_root():
    signatures = [b"\x01" * 65, b"\x02" * 65]
    hidden = signatures_hash(signatures)
    assert hidden == sha256(b"".join(signatures)).digest()
    assert root_of(NO_HASH, hidden) == record_root(NO_HASH, signatures)
    assert root_of(NO_HASH, hidden) != root_of(NO_HASH, signatures_hash(signatures[::-1]))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_of_another_length_leaves_no_record_root(length):
    with pytest.raises(BadQuestion):
        root_of(NO_HASH, bytes(length))
    with pytest.raises(BadQuestion):
        root_of(bytes(length), NO_HASH)
