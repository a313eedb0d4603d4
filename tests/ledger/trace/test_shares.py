from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trace.intervals import Box, Span
from ledger.trace.shares import apportion, fit, share_of

AMOUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("total", "amounts", "shares"),
    [
        (7, [10, 10, 1], [4, 3, 0]),
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [0, 1, 2], [0, 3, 7]),
        (5, [5], [5]),
        (0, [3, 4], [0, 0]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_the_largest_remainders_get_what_is_over_and_ties_go_to_the_earlier(total, amounts, shares):
    assert apportion(total, amounts) == shares


@given(AMOUNTS.filter(any), st.integers(0, 10**6))
def test_an_apportionment_is_the_exact_share_rounded_up_or_down(amounts, total):
    shares = apportion(total, amounts)
    assert sum(shares) == total
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(share - Fraction(total * amount, sum(amounts))) < 1


@st.composite
def divisions(draw):
    """Rows of two countries, and parts that together weigh as much as they do."""
    spans = [Span(0, 3, False), Span(3, 5, False)]
    first, second, third = (draw(st.integers(0, 500)) for _ in range(3))
    rows = [first + second, first, second, third, third]
    total = first + second + third
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=9)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
    return rows, spans, parts


@given(divisions())
def test_the_shares_of_all_parts_add_up_by_part_and_by_origin(division):
    rows, spans, parts = division
    shares = [share_of(rows, spans, parts, position) for position in range(len(parts))]
    assert [sum(column) for column in zip(*shares, strict=True)] == rows
    for share, weight in zip(shares, parts, strict=True):
        assert min(share) >= 0
        assert share[0] + share[3] == weight
        assert (share[0], share[3]) == (share[1] + share[2], share[4])


@given(divisions())
def test_a_share_is_close_to_the_exact_one(division):
    rows, spans, parts = division
    if not sum(parts):
        return
    for position, weight in enumerate(parts):
        share = share_of(rows, spans, parts, position)
        for row in (0, 3):
            exact = Fraction(rows[row] * weight, sum(parts))
            assert abs(share[row] - exact) < 1 + (len(parts) - 1).bit_length()


FLAT = [Span(0, 2, False), Span(2, 4, False), Span(4, 6, False)]


def flat(*amounts):
    return [amount for amount in amounts for _ in range(2)]


def test_rows_within_their_bounds_stay_as_they_are():
    box = Box(tuple(flat(0, 100, 0)), tuple(flat(300, 600, 700)))
    assert fit(flat(300, 200, 500), FLAT, box, 1000) == flat(300, 200, 500)


def test_what_is_impossible_gives_its_share_to_the_others_in_proportion():
    box = Box(tuple(flat(0, 0, 0)), tuple(flat(0, 1000, 1000)))
    assert fit(flat(300, 200, 500), FLAT, box, 1000) == flat(0, 286, 714)


def test_rows_below_their_least_are_filled_from_where_there_is_room():
    box = Box(tuple(flat(600, 100, 0)), tuple(flat(900, 400, 300)))
    assert fit(flat(300, 200, 500), FLAT, box, 1000) == flat(600, 175, 225)


def test_rows_above_their_most_give_to_where_there_is_room():
    box = Box(tuple(flat(0, 0, 0)), tuple(flat(400, 300, 400)))
    assert fit(flat(300, 200, 500), FLAT, box, 1000) == flat(350, 250, 400)


def test_an_origin_that_was_rounded_away_can_come_back():
    box = Box(tuple(flat(0, 0, 0)), tuple(flat(0, 4, 4)))
    assert fit(flat(4, 0, 0), FLAT, box, 4) == flat(0, 2, 2)
