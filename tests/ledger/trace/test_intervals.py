from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trace.intervals import Box, Span, one_stone, part, settle

TREES = [
    [Span(0, 2, False)],
    [Span(0, 2, False), Span(2, 4, False)],
    [Span(0, 3, False), Span(3, 5, False)],
    [Span(0, 4, False)],
]


def compositions(spans, box, weight):
    """List, by trying them all, the rows that fit into a box and add up."""
    sites = [row for span in spans for row in range(span.start + 1, span.end)]
    for amounts in product(*(range(box.least[row], box.most[row] + 1) for row in sites)):
        rows = dict(zip(sites, amounts, strict=True))
        for span in spans:
            rows[span.start] = sum(rows[row] for row in range(span.start + 1, span.end))
        whole = tuple(rows[row] for row in range(len(box.least)))
        fits = zip(box.least, whole, box.most, strict=True)
        if sum(amounts) == weight and all(low <= value <= high for low, value, high in fits):
            yield whole


@st.composite
def boxes(draw):
    spans = draw(st.sampled_from(TREES))
    ends = [
        sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6)))) for _ in range(spans[-1].end)
    ]
    return spans, Box(tuple(low for low, _ in ends), tuple(high for _, high in ends))


@given(boxes(), st.integers(1, 12))
def test_settling_leaves_exactly_what_is_possible(tree, weight):
    spans, box = tree
    settled = settle(box, spans, weight)
    found = list(compositions(spans, box, weight))
    assert settled.is_empty == (not found)
    if found:
        assert settled.least == tuple(map(min, zip(*found, strict=True)))
        assert settled.most == tuple(map(max, zip(*found, strict=True)))
        assert settle(settled, spans, weight) == settled


@st.composite
def wholes(draw):
    """A box with room around a composition, and what that weighs."""
    spans = draw(st.sampled_from(TREES))
    least, most, weight = [], [], 0
    for span in spans:
        sites = [draw(st.integers(0, 3)) for _ in range(span.start + 1, span.end)]
        weight += sum(sites)
        for amount in (sum(sites), *sites):
            least.append(max(0, amount - draw(st.integers(0, 2))))
            most.append(amount + draw(st.integers(0, 2)))
    return spans, Box(tuple(least), tuple(most)), weight


@given(wholes(), st.data())
def test_a_part_is_bounded_by_all_that_may_be_in_it(whole, data):
    spans, box, total = whole
    weight = data.draw(st.integers(0, total))
    bounded = part(settle(box, spans, total), spans, total, weight)
    parts = {
        taken
        for rows in compositions(spans, box, total)
        for taken in compositions(spans, Box((0,) * len(rows), rows), weight)
    }
    assert bounded.least == tuple(map(min, zip(*parts, strict=True)))
    assert bounded.most == tuple(map(max, zip(*parts, strict=True)))


TWO = [Span(0, 2, False), Span(2, 4, False)]


def test_a_stone_with_one_origin_left_is_wholly_of_it():
    stone = one_stone(Box((3, 3, 0, 0), (10, 10, 7, 7)), TWO, 10, 2)
    assert stone.whole == Box((10, 10, 0, 0), (10, 10, 0, 0))
    assert stone.drawn == Box((8, 8, 0, 0), (10, 10, 2, 2))


def test_a_stone_of_either_of_two_origins_is_none_or_all_of_each():
    stone = one_stone(Box((2, 2, 0, 0), (10, 10, 8, 8)), TWO, 10, 2)
    assert stone.whole == Box((0, 0, 0, 0), (10, 10, 10, 10))
    assert stone.drawn == Box((2, 2, 0, 0), (10, 10, 8, 8))


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        (Box((4, 4, 4, 4), (6, 6, 6, 6)), "each is too little"),
        (Box((3, 3, 3, 3), (9, 9, 9, 9)), "each is certain"),
    ],
)
def test_a_stone_that_nothing_fits_is_none(box, reason):
    assert one_stone(box, TWO, 10, 2) is None, reason


def test_a_site_may_be_reached_through_the_goods_known_by_country_alone():
    spans = [Span(0, 3, True), Span(3, 5, False)]
    stone = one_stone(Box((0, 0, 0, 0, 0), (10, 6, 4, 10, 10)), spans, 10, 0)
    assert stone.whole.most == (10, 0, 10, 10, 10)
    assert stone.drawn.most == (10, 6, 4, 10, 10)


def test_what_is_known_by_country_alone_leaves_open_which_site_a_stone_is_of():
    spans = [Span(0, 3, True), Span(3, 5, False)]
    stone = one_stone(Box((5, 5, 0, 0, 0), (10, 10, 10, 5, 5)), spans, 10, 0)
    assert stone.whole == Box((10, 0, 0, 0, 0), (10, 10, 10, 0, 0))
    assert stone.drawn == Box((10, 5, 0, 0, 0), (10, 10, 5, 0, 0))
