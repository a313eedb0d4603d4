import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.limits import LIMITS
from ledger.records import KINDS
from ledger.signing import Detail, details_leaves, details_root
from ledger.values import to_hex
from tests.vectors.make_records import FILE

EXAMPLE = json.loads(FILE.with_name("chain.json").read_text("ascii"))["detailsExample"]
NAMES = KINDS[EXAMPLE["kind"]].details
FILLER = [bytes([0xE0 + position]) * 32 for position in range(16)]
SALT = b"\x5a" * 32
GIVEN = {
    name: Detail(value, bytes.fromhex(EXAMPLE["salts"][name][2:]))
    for name, value in EXAMPLE["values"].items()
}
HASH = to_hex(hashlib.sha256(b"document").digest())


def sha256(data):
    return hashlib.sha256(data).digest()


def naive_root(leaves):
    """Return the root of RFC 6962 §2.1 over 16 leaves, level by level."""
    level = [sha256(b"\x00" + leaf) for leaf in leaves]
    while len(level) > 1:
        level = [sha256(b"\x01" + a + b) for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def refusal_of(name, value, salt=SALT):
    with pytest.raises(Refused) as found:
        details_leaves(NAMES, {name: Detail(value, salt)}, FILLER)
    return found.value.refusal


def test_the_details_of_the_worked_example_have_their_root():
    leaves = details_leaves(NAMES, GIVEN, FILLER)
    assert to_hex(details_root(leaves)) == EXAMPLE["root"]
    assert details_root(leaves) == naive_root(leaves)


def test_a_field_stands_at_its_position_and_filler_at_every_other():
    leaves = details_leaves(NAMES, GIVEN, FILLER)
    assert leaves[0] == sha256(b"\xd0" * 32 + b'["priceUsCents",162500]')
    assert leaves[1] == sha256(b"\xd1" * 32 + b'["invoiceNumber","INV-7"]')
    assert list(leaves[2:]) == FILLER[2:]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_private_field_of_every_kind_has_a_position_of_its_own(kind):
    names = KINDS[kind].details
    for position, name in enumerate(names):
        value = 1 if name.endswith("UsCents") else HASH
        leaves = details_leaves(names, {name: Detail(value, SALT)}, FILLER)
        differing = [i for i in range(16) if leaves[i] != FILLER[i]]
        assert differing == [position]


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=16, max_size=16), st.integers(0, 15))
def test_the_root_binds_every_leaf_and_its_place(leaves, position):
    root = details_root(leaves)
    assert root == naive_root(leaves)
    changed = [*leaves[:position], sha256(leaves[position]), *leaves[position + 1 :]]
    assert details_root(changed) != root


def test_value_and_salt_both_make_the_leaf():
    made = {
        details_leaves(NAMES, {"terms": Detail(value, salt)}, FILLER)[4]
        for value in ("CIF", "FOB")
        for salt in (SALT, b"\xa5" * 32)
    }
    assert len(made) == 4


def test_undeclared_names_are_refused_without_repeating_them():
    with pytest.raises(Refused) as found:
        details_leaves(NAMES, {"terms": Detail("CIF", SALT), "canary": Detail("x", SALT)}, FILLER)
    assert found.value.refusal.rule == "fields"
    assert "canary" not in str(found.value)


@pytest.mark.parametrize("salt", [bytes(32), b"", b"\x01" * 31, b"\x01" * 33])
def test_a_salt_is_32_random_bytes(salt):
    assert refusal_of("terms", "CIF", salt).rule == "salt"


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("priceUsCents", "162500", "type"),
        ("priceUsCents", True, "type"),
        ("priceUsCents", 1625.0, "type"),
        ("priceUsCents", None, "type"),
        ("priceUsCents", -1, "integer"),
        ("priceUsCents", LIMITS.integer_max + 1, "integer"),
        ("invoiceNumber", 7, "type"),
        ("invoiceNumber", None, "type"),
        ("invoiceNumber", b"INV-7", "type"),
        ("invoiceNumber", ["INV-7"], "type"),
        ("invoiceNumber", "", "emptiness"),
        ("terms", "x" * 1001, "text"),
        ("terms", "é" * 500 + "x", "text"),
        ("terms", "a\nb", "text"),
        ("terms", "e\u0301", "text"),
        ("terms", "\u202e", "text"),
        ("terms", "\ud800", "text"),
        ("document", "contract.pdf", "hex"),
        ("document", HASH[2:], "hex"),
        ("document", "0x" + HASH[2:].upper(), "hex"),
        ("document", "", "hex"),
        ("document", 0, "type"),
    ],
    ids=repr,
)
def test_a_value_of_another_form_is_refused(name, value, rule):
    refusal = refusal_of(name, value)
    assert (refusal.rule, refusal.field) == (rule, f"private.{name}")
    assert len(refusal.came) <= LIMITS.refusal_value_characters_max


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priceUsCents", 0),
        ("priceUsCents", LIMITS.integer_max),
        ("terms", "x" * 1000),
        ("terms", "é" * 500),
        ("invoiceNumber", "7"),
        ("document", HASH),
    ],
)
def test_values_at_their_bounds_are_taken(name, value):
    assert len(set(details_leaves(NAMES, {name: Detail(value, SALT)}, FILLER))) == 16


@pytest.mark.parametrize("filler", [FILLER[:15], [*FILLER, SALT], [*FILLER[:15], b"\x01" * 31]])
def test_filler_is_16_times_32_bytes(filler):
    with pytest.raises(ValueError):
        details_leaves(NAMES, GIVEN, filler)


@pytest.mark.parametrize("count", [0, 1, 15, 17, 32])
def test_details_have_exactly_16_leaves(count):
    with pytest.raises(ValueError):
        details_root([SALT] * count)
