"""Numbers of certificates: which an authority has used, year by year, and which do not fit.

Participants number their certificates in one ascending series each (Kimberley Process Certification
Scheme, Annex I: a unique number with the country's prefix); forged ones have carried numbers of an
earlier year. Only numbers whose rest is digits are compared. What is noticed here refuses nothing.

What a country's authority issues is compared with what it issued here alone: any authority may say
that a paper was shown to it, and so could put another country's honest numbers out of its range.
What is shown on paper is compared with that too, or, of a country that issues none here, with other
papers.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.custody import NumberSeries, State, series_key
from ledger.limits import LIMITS
from ledger.rules.goods import year_of


def _rest(number: str) -> int | None:
    return int(number[2:]) if number[2:].isdigit() else None


def used_here(state: State, number: str, issued_at: int) -> Iterator[NumberSeries]:
    """Yield a country's series with the number of a Certificate issued here."""
    return _used(_series(state, number), number, issued_at)


def used_on_paper(state: State, number: str, shown_at: int) -> Iterator[NumberSeries]:
    """Yield a country's series with a number confirmed on paper, unless it does not fit."""
    if not misfit_on_paper(state, number, shown_at):
        yield from _used(_series(state, number, on_paper=True), number, shown_at)


def _used(series: NumberSeries, number: str, at: int) -> Iterator[NumberSeries]:
    rest = _rest(number)
    if rest is not None:
        after = series.with_number(year_of(at), rest)
        if after != series:
            yield after


def _series(state: State, number: str, *, on_paper: bool = False) -> NumberSeries:
    country = number[:2]
    known = state.read(NumberSeries, series_key(country, on_paper=on_paper))
    return known or NumberSeries(country, (), (), on_paper)


def misfit(state: State, number: str, issued_at: int) -> str:
    """Say in words why the number of a Certificate issued here does not fit; "" if it does."""
    return _misfit(_series(state, number), number, year_of(issued_at))


def misfit_on_paper(state: State, number: str, shown_at: int) -> str:
    """Say in words why a number shown on paper does not fit; "" if it does.

    Nothing says when such a certificate was issued: it is given the time that certificates live.
    """
    series = _series(state, number)
    if not series.years:
        series = _series(state, number, on_paper=True)
    return _misfit(series, number, year_of(max(shown_at - LIMITS.certificate_seconds, 0)))


def _misfit(series: NumberSeries, number: str, year: int) -> str:
    rest = _rest(number)
    if rest is None or not series.years:
        return ""
    earlier, highest = series.highest_before(year), series.highest_ever
    if rest <= earlier:
        return f"number {number} is not above {number[:2]}{earlier}, in use before {year}"
    if rest > highest + LIMITS.certificate_number_step_max:
        return f"number {number} is far above {number[:2]}{highest}, the highest in use"
    return ""
