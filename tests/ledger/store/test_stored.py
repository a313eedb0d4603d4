from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.custody import SORTS, Item, Parcel, encode_item
from ledger.errors import Damaged
from ledger.store.stored import Fingerprint, Row, holders_of, read_item, read_record, row_of
from ledger.values import NO_ADDRESS, NO_HASH
from tests.ledger.store.material import HOLDERS, random_hash, random_operation, random_others
from tests.ledger.store.material import random_parcel as make_parcel
from tests.trials import dice


def one_of_each() -> dict[type[Item], Item]:
    random = dice("one of each")
    items = [make_parcel(random, random_hash(random), 1), random_operation(random, 1)]
    items += random_others(random, 1)
    return {type(item): item for item in items}


ITEMS = one_of_each()
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


def test_there_is_an_item_of_every_sort() -> None:
    assert set(ITEMS) == set(SORTS)


@pytest.mark.parametrize("sort", SORTS)
def test_an_item_is_read_back_from_its_bytes(sort: type[Item]) -> None:
    item = ITEMS[sort]
    assert read_item(sort, item.key, encode_item(item)) == item


@pytest.mark.parametrize("sort", SORTS)
def test_an_item_under_another_key_is_damage(sort: type[Item]) -> None:
    item = ITEMS[sort]
    with pytest.raises(Damaged, match=f"altered at derived {sort.__name__} 0x"):
        read_item(sort, item.key + b"\0", encode_item(item))


@pytest.mark.parametrize("sort", SORTS)
@given(raw=st.binary(max_size=60))
def test_bytes_of_no_item_are_damage_and_nothing_worse(sort: type[Item], raw: bytes) -> None:
    with pytest.raises(Damaged):
        read_item(sort, ITEMS[sort].key, raw)


@pytest.mark.parametrize("sort", SORTS)
@given(data=st.data())
def test_a_field_of_another_form_is_damage_or_another_item(
    sort: type[Item], data: st.DataObject
) -> None:
    item = ITEMS[sort]
    fields = json.loads(encode_item(item))
    fields[data.draw(st.integers(0, len(fields) - 1))] = data.draw(plain)
    with suppress(Damaged):
        assert read_item(sort, item.key, json.dumps(fields).encode()).key == item.key


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"[" + b"9" * 5_000 + b"]", b"\xff\xfe", b""])
def test_bytes_that_json_chokes_on_are_damage(raw: bytes) -> None:
    with pytest.raises(Damaged):
        read_item(Parcel, NO_HASH, raw)


def test_an_envelope_of_no_record_is_damage() -> None:
    for raw in (b"", b"{}", b"\xff"):
        with pytest.raises(Damaged, match="altered at envelope 7"):
            read_record(7, raw)


def test_a_parcel_that_is_offered_to_nobody_has_no_recipient() -> None:
    parcel = ITEMS[Parcel]
    assert isinstance(parcel, Parcel)
    held = replace(parcel, state="held", recipient=NO_ADDRESS)
    assert holders_of(held) == (held.custodian, None, 1)
    offered = replace(parcel, state="offered", recipient=HOLDERS[2])
    assert holders_of(offered) == (offered.custodian, HOLDERS[2], 1)
    assert holders_of(replace(offered, state="spent"))[2] == 0
    assert holders_of(replace(held, state="set"))[2] == 0


def fingerprint_of(*tables: tuple[str, list[Row]]) -> bytes:
    fingerprint = Fingerprint()
    for table, rows in tables:
        fingerprint.add(table, rows)
    return fingerprint.digest()


def test_the_fingerprint_tells_every_column_of_every_row_of_every_table_apart() -> None:
    parcel = ITEMS[Parcel]
    assert isinstance(parcel, Parcel)
    key, value, custodian, recipient, live = row_of(parcel)
    assert (custodian, recipient, live) == holders_of(parcel)
    rows: list[list[Row]] = [
        [],
        [(key, value, custodian, recipient, live)],
        [(key, value, b"x" * 20, recipient, live)],
        [(key, value, custodian, b"x" * 20, live)],
        [(key, value, custodian, recipient, 1 - live)],
        [(key, value, custodian, recipient, live)] * 2,
        [(b"", b"ab")],
        [(b"a", b"b")],
        [(b"ab", b"")],
        [(b"a", None)],
        [(b"a", 1)],
        [(b"a",), (1,)],
    ]
    seen = {fingerprint_of((table, content)) for table in ("one", "other") for content in rows}
    seen |= {fingerprint_of(("one", content), ("other", [])) for content in rows}
    seen |= {fingerprint_of(("one", []), ("other", content)) for content in rows[1:]}
    assert len(seen) == 4 * len(rows) - 1


@given(st.integers(0, 3_000))
def test_the_fingerprint_depends_on_all_rows_however_many(count: int) -> None:
    rows: list[Row] = [(number.to_bytes(4, "big"), number) for number in range(count)]
    whole = fingerprint_of(("one", rows))
    assert whole == fingerprint_of(("one", list(rows)))
    assert whole != fingerprint_of(("one", [*rows, (b"last", 0)]))
    if rows:
        assert whole != fingerprint_of(("one", rows[:-1]))
        assert whole != fingerprint_of(("one", rows[1:]))
