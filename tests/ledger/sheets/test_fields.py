"""Cells read as what they are, and never as what they nearly are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.drafts import Loss, Output
from ledger.sheets import fields
from ledger.sheets.faults import Unfit
from ledger.values import carats

DAY = 24 * 3600


def seconds(*parts):
    """Return a time in UTC as seconds."""
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@given(st.integers(1, 2**53 - 1))
def test_every_weight_is_read_as_it_is_written(weight):
    assert fields.weight(carats(weight)) == weight
    assert fields.weight(carats(weight).replace(".", ","), ",") == weight


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a number"),
        ("twelve", "not a number"),
        ("1.2345", "nothing is rounded"),
        ("0.30000000000000004", "nothing is rounded"),
        ("0", "nothing"),
        ("0.000", "nothing"),
        ("-1", "less than nothing"),
        ("1,5", "decimal mark"),
        ("1e3", "not a number"),
        ("+1", "not a number"),
        (" 1", "not a number"),
        ("１", "not a number"),
        ("9" * 20, "not a number|nothing is rounded"),
    ],
)
def test_what_is_no_weight_is_said_to_be_none(text, said):
    with pytest.raises(Unfit, match=said):
        fields.weight(text)


@pytest.mark.parametrize("text", ["1.000,5", "1,000,5", "1,2345", "1.250", "12.5", "1.000.000"])
def test_with_a_decimal_comma_nothing_stands_between_thousands(text):
    with pytest.raises(Unfit):
        fields.weight(text, ",")


@pytest.mark.parametrize("text", ["-1", "1.0", "x", "1 000", "²", "1" * 16])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(Unfit, match="whole number of stones"):
        fields.count(text)


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "e\u0301", "x" * 49, "é" * 25, "a\nb"])
def test_a_label_is_text_as_records_take_it(text):
    with pytest.raises(Unfit):
        fields.words(text)


def test_a_party_may_have_a_longer_name_than_a_label():
    for text in ("x" * 49, "é" * 500):
        assert fields.name(text) == text
    for text in ("x" * 1_001, "é" * 501, "a\u202eb", "a\nb", "e\u0301"):
        with pytest.raises(Unfit):
            fields.name(text)


def test_a_date_is_midnight_in_utc_and_a_time_keeps_its_zone():
    assert fields.time("2026-03-01") == seconds(2026, 3, 1)
    assert fields.time("2026-03-01T14:30") == seconds(2026, 3, 1, 14, 30)
    assert fields.time("2026-03-01 14:30:05Z") == seconds(2026, 3, 1, 14, 30, 5)
    assert fields.time("2026-03-01T14:30+02:00") == seconds(2026, 3, 1, 12, 30)


@pytest.mark.parametrize(
    "text", ["01/03/2026", "2026-3-1", "20260301", "2026-02-30", "2026-W01", "1969-12-31", "x"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unfit):
        fields.time(text)


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01T00:00:00"])
def test_until_a_date_means_the_end_of_that_day(text):
    assert fields.last_second(text) == seconds(2026, 3, 1) + DAY - 1


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-02", seconds(2026, 2, 1), seconds(2026, 3, 1) - 1),
        ("2026-03-05", seconds(2026, 3, 5), seconds(2026, 3, 6) - 1),
        ("2026-03-01/2026-03-31", seconds(2026, 3, 1), seconds(2026, 4, 1) - 1),
    ],
)
def test_a_period_is_a_month_a_day_or_two_days(text, since, until):
    assert fields.period(text) == (since, until)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026", "March", "2026-03-02/2026-03-01"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Unfit):
        fields.period(text)


@pytest.mark.parametrize("text", ["7102.10", "7102.1"])
def test_a_code_is_known_as_text_and_as_the_number_that_spreadsheets_make_of_it(text):
    assert fields.rough_code(text) == "7102.10"


@pytest.mark.parametrize("text", ["7102", "7102.100", "7102.39", "9999.99"])
def test_what_is_no_code_of_rough_is_refused(text):
    with pytest.raises(Unfit):
        fields.rough_code(text)


def test_outputs_are_apart_by_semicolons():
    assert fields.outputs("2.5:1:Lot 7:a; 10") == (
        Output(2_500, 1, "", "Lot 7:a"),
        Output(10_000, 0, "", ""),
    )


@pytest.mark.parametrize("text", ["", "2.5", "2.5;", "2.5:x; 1", "0; 1", "1:1:a\x07; 2"])
def test_what_are_no_outputs_is_refused(text):
    with pytest.raises(Unfit):
        fields.outputs(text)


def test_losses_have_reasons_and_one_may_be_the_rest():
    assert fields.losses("sorting=0.1; missing=0.05:1; weighing=rest") == {
        "sorting": Loss(100),
        "missing": Loss(50, 1),
        "weighing": None,
    }


@pytest.mark.parametrize(
    "text", ["sorting", "sorting=", "theft=1", "sorting=1; sorting=2", "sorting=rest; other=rest"]
)
def test_what_are_no_losses_is_refused(text):
    with pytest.raises(Unfit):
        fields.losses(text)


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "x" * 5_000, "\udc80" * 2_000])
def test_no_cell_is_an_error_of_the_spreadsheet_or_endless(text):
    with pytest.raises(Unfit):
        fields.check_cell(text)


def test_a_day_lasts_until_its_last_second_and_a_time_for_one():
    day = seconds(2026, 3, 1)
    assert fields.day_or_time("2026-03-01") == (day, day + DAY - 1)
    assert fields.day_or_time("2026-03-01T00:00:00") == (day, day + DAY - 1)  # a workbook's day
    assert fields.day_or_time("2026-03-01T14:30") == (day + 52_200, day + 52_200)
