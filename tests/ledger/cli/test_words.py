"""What people type is read strictly: one writing for each value, and anything else is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cli import words
from ledger.drafts import Loss, Output
from ledger.errors import BadQuestion
from ledger.values import carats


@given(st.integers(0, 2**53 - 1))
def test_every_weight_that_is_shown_is_read_again(weight):
    assert words.read_carats(carats(weight)) == weight
    assert words.read_carats(f"{carats(weight)} ct") == weight


@given(st.text("0123456789.,ct e-+１", max_size=8))
def test_what_is_read_as_a_weight_is_digits_with_at_most_three_decimals(text):
    try:
        words.read_carats(text)
    except BadQuestion:
        return
    assert re.fullmatch(r"\s*[0-9]+(\.[0-9]{1,3})?\s*(ct)?", text)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("2.50", Output(2500, 0, "7102.31", "")),
        ("2.50:1", Output(2500, 1, "7102.31", "")),
        ("2.50:1:Lot 7", Output(2500, 1, "7102.31", "Lot 7")),
        ("2.50::Lot 7", Output(2500, 0, "7102.31", "Lot 7")),
        ("2.50:1:Lot: 7", Output(2500, 1, "7102.31", "Lot: 7")),
    ],
)
def test_an_output_is_weight_count_and_label(text, output):
    assert words.read_output(text, "7102.31") == output


@pytest.mark.parametrize("text", ["", ":1", "2.5:x", "2.5:-1", "2.5:１", "2.5555:1", "Lot 7"])
def test_another_text_is_no_output(text):
    with pytest.raises(BadQuestion):
        words.read_output(text, "7102.31")


def test_losses_are_read_by_reason():
    read = words.read_losses(["sawing=0.10", "missing=0.05:1"])
    assert read == {"sawing": Loss(100), "missing": Loss(50, 1)}


@pytest.mark.parametrize("texts", [["sawing"], ["sawing="], ["sawing=1", "sawing=1"], ["=x"]])
def test_another_text_is_no_loss(texts):
    with pytest.raises(BadQuestion):
        words.read_losses(texts)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01", 1_767_225_600),
        ("2026-01-01T00:00:00Z", 1_767_225_600),
        ("2026-01-01T02:00:00+02:00", 1_767_225_600),
        ("2026-01-01T00:00", 1_767_225_600),
    ],
)
def test_times_are_utc_unless_they_say_otherwise(text, seconds):
    assert words.read_time(text) == seconds


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1767225600", "01/02/2026"])
def test_another_text_is_no_time(text):
    with pytest.raises(BadQuestion):
        words.read_time(text)


def test_until_a_date_means_to_its_last_second_and_nothing_said_means_for_ever():
    assert words.read_last_second("2026-01-01") == 1_767_225_600 + 86_399
    assert words.read_last_second("2026-01-01T12:00Z") == 1_767_225_600 + 43_200
    assert words.read_last_second("") == 0


@pytest.mark.parametrize("text", ["", "0x12", "0X" + "1" * 64, "0x" + "G" * 64, "1" * 64])
def test_another_text_is_no_id_and_no_address(text):
    with pytest.raises(BadQuestion):
        words.read_id(text, "id")
    with pytest.raises(BadQuestion):
        words.read_address(text[:42], "address")


@pytest.mark.parametrize(
    ("number", "thing", "words_"),
    [
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (0, "fault", "0 faults"),
        (1234, "step", "1,234 steps"),
    ],
)
def test_things_are_counted_in_words(number, thing, words_):
    assert words.count_of(number, thing) == words_


def test_a_time_that_no_calendar_holds_is_shown_as_its_number():
    assert words.show_time(1_767_225_600) == "2026-01-01 00:00:00 UTC"
    assert words.show_time(2**53) == f"second {2**53}"
