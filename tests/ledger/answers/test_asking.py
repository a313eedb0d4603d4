from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.answers.asking import (
    Cursors,
    read_address,
    read_hash,
    read_integer,
    read_limit,
    read_token,
)
from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.values import to_hex

HASH = "0x" + "ab" * 32
NOT_HASHES = [
    "", "0x", "ab" * 32, "0x" + "AB" * 32, "0X" + "ab" * 32, HASH + "00", HASH[:-1], HASH[:-2],
    " " + HASH, HASH + "\n", "0x" + "\uff11" * 64, "0x" + "g" * 64,
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_HASHES)
def test_only_lower_case_hex_of_the_right_length_is_an_id(text: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        read_hash("id", text)
    assert refused.value.field == "id"
    assert len(text) < 9 or text not in str(refused.value)


def test_an_id_is_read_as_it_is_written() -> None:
    assert to_hex(read_hash("id", HASH)) == HASH
    assert to_hex(read_address("address", HASH[:42])) == HASH[:42]


def test_an_address_is_not_an_id() -> None:
    with pytest.raises(BadQuestion):
        read_address("address", HASH)


@pytest.mark.parametrize("text", ["", "AB" * 16, "ab" * 15, "0x" + "ab" * 16, "\u0661" * 32])
def test_only_32_lower_case_hex_digits_are_a_token(text: str) -> None:
    with pytest.raises(BadQuestion):
        read_token(text)


def test_a_token_is_read_as_it_is_written() -> None:
    token = bytes(range(16))
    assert read_token(token.hex()) == token


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "1_0", "1.0", " 1", "١", "1" * 20])
def test_numbers_have_one_writing(text: str) -> None:
    with pytest.raises(BadQuestion):
        read_integer("start", text)


@pytest.mark.parametrize("text", ["0", "7", "9007199254740993"])
def test_a_number_is_read_as_it_is_written(text: str) -> None:
    assert str(read_integer("start", text)) == text


@pytest.mark.parametrize("limit", [0, -1, LIMITS.page_rows_max + 1])
def test_a_page_has_some_rows_and_not_too_many(limit: int) -> None:
    with pytest.raises(BadQuestion):
        read_limit(limit)


def test_a_page_has_a_usual_size() -> None:
    assert read_limit(None) == LIMITS.page_rows
    assert read_limit(LIMITS.page_rows_max) == LIMITS.page_rows_max


@given(st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back_as_it_was_given(index: int) -> None:
    cursors = Cursors("history 0x01")
    cursor = cursors.write_index(index)
    assert cursor is not None
    assert cursors.read_index(cursor) == index


@given(st.integers(2**63, 2**64 - 1))
@example(2**63)
@example(2**64 - 1)
def test_a_cursor_after_an_index_that_no_log_has_is_refused(index: int) -> None:
    cursors = Cursors("history 0x01")
    made_up = cursors.write_index(index)
    assert made_up is not None
    with pytest.raises(BadQuestion):
        cursors.read_index(made_up)


def test_no_cursor_is_the_first_page_and_the_end() -> None:
    assert Cursors("q").read_index("") is None
    assert Cursors("q").write_index(None) is None


@given(st.text(max_size=40))
def test_any_other_text_is_no_cursor(text: str) -> None:
    cursors = Cursors("history 0x01")
    if text:
        with pytest.raises(BadQuestion):
            cursors.read_index(text)


def test_the_cursor_of_another_question_is_refused() -> None:
    cursor = Cursors("history 0x01").write_index(7)
    assert cursor is not None
    with pytest.raises(BadQuestion):
        Cursors("history 0x02").read_index(cursor)


def test_a_cursor_has_one_writing() -> None:
    cursors = Cursors("sites")
    cursor = cursors.write(bytes(32))
    for other in (cursor + "=", cursor + "\n", cursor[:-1], cursor + "A", cursor.replace("A", "B")):
        with pytest.raises(BadQuestion):
            cursors.read(other, 32)
