"""Spans of time, known to a day, a month or a year."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.verdicts.spans import Span, Window, all_of, any_of, negation, read_window


def at(text: str) -> int:
    """Return the first second of a day."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def span(begins: tuple[str, str], ends: tuple[str, str]) -> Span:
    first, last = read_window(*begins), read_window(*ends)
    assert first is not None
    assert last is not None
    return Span(first, last)


@pytest.mark.parametrize(
    ("when", "held"),
    [
        ("2013-05-22", "no"),
        ("2013-05-23", "yes"),
        ("2013-05-24", "yes"),
        ("2015-07-16", "yes"),
        ("2015-07-17", "no"),
        ("2015-07-18", "no"),
    ],
)
def test_a_span_of_days_begins_with_its_first_day_and_has_ended_on_the_day_of_its_end(when, held):
    assert span(("2013-05-23", "day"), ("2015-07-17", "day")).on(at(when)) == held


def test_a_day_begins_with_its_first_second():
    days = span(("2013-05-23", "day"), ("2015-07-17", "day"))
    assert [days.on(at("2013-05-23") - 1), days.on(at("2013-05-23"))] == ["no", "yes"]
    assert [days.on(at("2015-07-17") - 1), days.on(at("2015-07-17"))] == ["yes", "no"]


@pytest.mark.parametrize(
    ("when", "held"),
    [
        ("2009-10-31", "no"),
        ("2009-11-01", "unknown"),
        ("2009-11-29", "unknown"),
        ("2009-11-30", "yes"),
        ("2011-10-31", "yes"),
        ("2011-11-01", "unknown"),
        ("2011-11-29", "unknown"),
        ("2011-11-30", "no"),
    ],
)
def test_inside_an_uncertain_month_nobody_can_tell(when, held):
    assert span(("2009-11", "month"), ("2011-11-01", "month")).on(at(when)) == held


def test_of_a_date_more_may_be_written_than_is_relied_upon():
    assert read_window("2016-10", "year") == read_window("2016", "year")
    assert read_window("2016-02-11", "month") == Window(at("2016-02-01"), at("2016-02-29"))


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        *(("2016", "month"), ("2016-05", "day"), ("2016-02-30", "day"), ("2016-13", "month")),
        *(("0000", "year"), ("2016-5", "month"), (" 2016", "year"), ("2016", "week"), ("", "day")),
        ("2016-00", "year"), ("٢٠١٦", "year"),
    ],
)  # fmt: skip
def test_what_is_no_date_of_that_precision_is_none(text, precision):
    assert read_window(text, precision) is None


def test_a_moment_within_a_time_is_certain_only_where_every_moment_of_it_is():
    days = span(("2013-05-23", "day"), ("2015-07-17", "day"))
    assert days.throughout(at("2013-05-23"), at("2015-07-16")) == "yes"
    assert days.throughout(at("2013-05-22"), at("2013-05-23")) == "unknown"
    assert days.throughout(at("2013-05-01"), at("2013-05-22")) == "no"
    assert days.throughout(at("2015-07-16"), at("2015-07-17")) == "unknown"
    assert days.throughout(at("2015-07-17"), at("2016-01-01")) == "no"


def test_without_ends_a_span_always_holds():
    assert Span().on(at("0001-01-01")) == Span().on(at("9999-12-31")) == "yes"


PRECISIONS = st.sampled_from(["day", "month", "year"])
DATES = st.dates()


@given(DATES, PRECISIONS, DATES, PRECISIONS, DATES)
def test_whatever_the_true_days_are_no_answer_is_wrong(a, exact_a, b, exact_b, when):
    begins, ends = read_window(a.isoformat(), exact_a), read_window(b.isoformat(), exact_b)
    assert begins is not None
    assert ends is not None
    if begins.latest >= ends.latest or begins.earliest >= ends.earliest:
        return
    held = Span(begins, ends).on(at(when.isoformat()))
    firsts, lasts = (begins.earliest, begins.latest), (ends.earliest, ends.latest)
    for first, last in product(firsts, lasts):
        truth = first <= at(when.isoformat()) < last
        assert held == "unknown" or held == ("yes" if truth else "no")


def test_three_values_combine_as_they_must():
    assert any_of(["no", "unknown"]) == all_of(["yes", "unknown"]) == "unknown"
    assert any_of(["yes", "unknown"]) == all_of([]) == negation("no") == "yes"
    assert all_of(["no", "unknown"]) == any_of([]) == negation("yes") == "no"
    assert negation("unknown") == "unknown"
