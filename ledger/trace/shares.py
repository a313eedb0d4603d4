"""Pro-rata amounts: whole millicarats that always add up.

Goods of several origins are divided by weight alone, as if they were well mixed. Rows and spans
are those of :mod:`ledger.trace.intervals`; a country's row is the sum of its sites' rows.

Example: 7 millicarats of goods that hold 10, 10 and 1 are 4, 3 and 0: the exact shares 3⅓, 3⅓ and
⅓ leave one millicarat over, all remainders are equal, and the first origin gets it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.trace.intervals import Box, Span


def apportion(total: int, amounts: Sequence[int]) -> list[int]:
    """Divide ``total`` in proportion to ``amounts`` by largest remainder, ties to the earlier.

    The result sums to ``total``; with ``total`` at most the sum of ``amounts``, no row gets more
    than its amount. Not all amounts may be zero, unless ``total`` is.
    """
    whole = sum(amounts)
    if whole == 0:
        return [0] * len(amounts)
    shares = [total * amount // whole for amount in amounts]
    over = total - sum(shares)
    if over:
        remainders = [(-(total * amount % whole), row) for row, amount in enumerate(amounts)]
        for _, row in sorted(remainders)[:over]:
            shares[row] += 1
    return shares


def _take(rows: Sequence[int], spans: Sequence[Span], weight: int) -> list[int]:
    """Take ``weight`` out of ``rows`` pro rata: first by country, then by site within each."""
    taken: list[int] = []
    by_country = apportion(weight, [rows[span.start] for span in spans])
    for span, amount in zip(spans, by_country, strict=True):
        taken += (amount, *apportion(amount, rows[span.sites]))
    return taken


Halves = dict[tuple[int, int], list[int]]
"""Rows of the parts from the first number up to but not including the second, once worked out."""


def share_of(
    rows: Sequence[int],
    spans: Sequence[Span],
    parts: Sequence[int],
    position: int,
    known: Halves | None = None,
) -> list[int]:
    """Give the rows of the part at ``position``, when ``rows`` are divided into all ``parts``.

    The parts are halved and halved again (the lower half has the smaller number when it is odd);
    the lower half takes its weight by largest remainder and the upper half gets the rest. So each
    part sums to its weight, and each row sums to itself over the parts, exactly. Costs
    O(rows x log parts); with the same ``known`` handed in for each, all parts together cost
    O(rows x parts).
    """
    low, high = 0, len(parts)
    held, halves = list(rows), {} if known is None else known
    while high - low > 1:
        middle = (low + high) // 2
        if (low, middle) not in halves:
            lower = _take(held, spans, sum(parts[low:middle]))
            halves[low, middle] = lower
            halves[middle, high] = [have - gone for have, gone in zip(held, lower, strict=True)]
        low, high = (low, middle) if position < middle else (middle, high)
        held = halves[low, high]
    return held


def _fit(rows: Sequence[int], least: Sequence[int], most: Sequence[int], total: int) -> list[int]:
    """Move ``rows`` into their bounds, with sum ``total``, by as little as the bounds ask."""
    open_rows = [row if upper else 0 for row, upper in zip(rows, most, strict=True)]
    fair = apportion(total, open_rows)
    held = [
        min(max(row, lower), upper) for row, lower, upper in zip(fair, least, most, strict=True)
    ]
    short = total - sum(held)
    if short > 0:
        room = [upper - row for row, upper in zip(held, most, strict=True)]
        return [row + more for row, more in zip(held, apportion(short, room), strict=True)]
    room = [row - lower for row, lower in zip(held, least, strict=True)]
    return [row - less for row, less in zip(held, apportion(-short, room), strict=True)]


def fit(rows: Sequence[int], spans: Sequence[Span], box: Box, weight: int) -> list[int]:
    """Keep pro-rata rows within their bounds; rows that lie there already stay as they are.

    What is impossible gets nothing, and what it had goes to the others in proportion. ``box`` is
    settled for ``weight`` (:func:`ledger.trace.intervals.settle`).
    """
    fitted: list[int] = []
    by_country = _fit(
        [rows[span.start] for span in spans],
        [box.least[span.start] for span in spans],
        [box.most[span.start] for span in spans],
        weight,
    )
    for span, amount in zip(spans, by_country, strict=True):
        below = _fit(rows[span.sites], box.least[span.sites], box.most[span.sites], amount)
        fitted += (amount, *below)
    return fitted
