"""Numbers of certificates: which an authority has used, year by year, and which do not fit.

Participants number their certificates in one ascending series each (Kimberley Process Certification
Scheme, Annex I: a unique number with the country's prefix); forged ones have carried numbers of an
earlier year. Only numbers whose rest is digits are compared. What is noticed here refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.custody import NumberSeries, State
from ledger.limits import LIMITS
from ledger.rules.goods import year_of


def _rest(number: str) -> int | None:
    return int(number[2:]) if number[2:].isdigit() else None


def used_here(state: State, number: str, issued_at: int) -> Iterator[NumberSeries]:
    """Yield a country's series with the number of a Certificate issued here."""
    rest = _rest(number)
    if rest is not None:
        series = _series(state, number)
        after = series.with_number(year_of(issued_at), rest)
        if after != series:
            yield after


def used_on_paper(state: State, number: str, shown_at: int) -> Iterator[NumberSeries]:
    """Yield a country's series with a number confirmed on paper, unless it does not fit."""
    if not misfit_on_paper(state, number, shown_at):
        yield from used_here(state, number, shown_at)


def _series(state: State, number: str) -> NumberSeries:
    country = number[:2]
    return state.read(NumberSeries, country.encode()) or NumberSeries(country, (), ())


def misfit(state: State, number: str, issued_at: int) -> str:
    """Say in words why the number of a Certificate issued here does not fit; "" if it does."""
    return _misfit(state, number, year_of(issued_at))


def misfit_on_paper(state: State, number: str, shown_at: int) -> str:
    """Say in words why a number shown on paper does not fit; "" if it does.

    Nothing says when such a certificate was issued: it is given the time that certificates live.
    """
    return _misfit(state, number, year_of(max(shown_at - LIMITS.certificate_seconds, 0)))


def _misfit(state: State, number: str, year: int) -> str:
    rest = _rest(number)
    series = _series(state, number)
    if rest is None or not series.years:
        return ""
    earlier, highest = series.highest_before(year), series.highest_ever
    if rest <= earlier:
        return f"number {number} is not above {number[:2]}{earlier}, in use before {year}"
    if rest > highest + LIMITS.certificate_number_step_max:
        return f"number {number} is far above {number[:2]}{highest}, the highest in use"
    return ""
