"""Whatever JSON a node answers with, it is read as what it is, or not at all."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.anchor.protocol import Block, Event, Mined
from ledger.anchor.rpc import reading
from ledger.anchor.rpc.reading import NUMBER_MAX, WEI_MAX, Malformed
from tests.ledger.anchor.rpc.answers import BLOCK, EVENT, RECEIPT, SENT
from tests.trials import trials

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70)
    | st.from_regex(r"\A0x[0-9a-fA-F]{0,70}\Z")
)  # fmt: skip
json = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from([*BLOCK, *EVENT, *RECEIPT]), inner, max_size=9)
    ),
    max_leaves=12,
)


def replaced(value: Any, path: list[int], other: Any) -> Any:
    """Return a copy in which the place that a path leads to has another value."""
    if not path or not isinstance(value, dict | list) or not value:
        return other
    made = copy.copy(value)
    keys = [*made] if isinstance(made, dict) else [*range(len(made))]
    key = keys[path[0] % len(keys)]
    made[key] = replaced(made[key], path[1:], other)
    return made


READERS: list[tuple[Any, Callable[[Any], Any]]] = [
    (BLOCK, reading.block),
    (EVENT, reading.event),
    (RECEIPT, lambda value: reading.mined(value, SENT)),
]


@settings(max_examples=trials("anchor.answers"), deadline=None)
@given(
    which=st.sampled_from(READERS),
    path=st.lists(st.integers(0, 99), max_size=4),
    other=json,
)
def test_any_answer_is_read_or_refused(
    which: tuple[Any, Callable[[Any], Any]], path: list[int], other: Any
) -> None:
    whole, read = which
    refused = ""
    try:
        found = read(replaced(whole, path, other))
    except Malformed as error:
        refused = str(error)
    if refused:
        assert len(refused) < 80, "it is never echoed"
        return
    match found:
        case Block():
            assert 0 <= found.number <= NUMBER_MAX
            assert 0 <= found.base_fee_wei <= WEI_MAX
            assert len(found.block_hash) == len(found.parent_hash) == 32
        case Mined():
            assert found.transaction_hash == SENT
            assert len(found.block_hash) == 32
            assert found.succeeded in (True, False)
        case Event():
            assert len(found.address) == 20
            assert len(found.topics) <= 4
        case _:
            assert found is None


@given(st.integers(0, WEI_MAX), st.integers(0, 4), st.booleans())
def test_quantities_are_read_with_zeros_before_and_letters_of_either_case(
    number: int, zeros: int, is_upper: bool
) -> None:
    digits = ("0" * zeros + f"{number:x}")[-64:]
    written = "0x" + (digits.upper() if is_upper else digits)
    assert reading.quantity(written, "a balance", WEI_MAX) == number


def test_a_number_greater_than_stores_hold_is_refused() -> None:
    assert reading.quantity(hex(NUMBER_MAX), "gas") == NUMBER_MAX
    with pytest.raises(Malformed, match="gas that is too great"):
        reading.quantity(hex(NUMBER_MAX + 1), "gas")
