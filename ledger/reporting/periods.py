"""Years, half-years and quarters, in UTC: production is told by halves, trade by quarters.

Source: KPCS core document, Annex III (a) and (c).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.errors import BadQuestion

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998
_LABEL: Final = re.compile("([0-9]{4})-(?:H([12])|Q([1-4]))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when.

    Attributes:
        label: ``2026``, ``2026-H1`` or ``2026-Q3``.
        since: its first second.
        until: the first second after it.

    """

    label: str
    since: int
    until: int

    def has(self, at: int) -> bool:
        """Tell whether a moment is in it."""
        return self.since <= at < self.until


def _months(number: int, first: int, count: int, label: str) -> Period:
    after = number * 12 + first - 1 + count
    since = datetime(number, first, 1, tzinfo=UTC)
    until = datetime(after // 12, after % 12 + 1, 1, tzinfo=UTC)
    return Period(label, int(since.timestamp()), int(until.timestamp()))


def year(number: int) -> Period:
    """Return a calendar year."""
    return _months(number, 1, 12, f"{number}")


def half_year(number: int, half: int) -> Period:
    """Return a half of a year, 1 or 2."""
    return _months(number, 6 * half - 5, 6, f"{number}-H{half}")


def quarter(number: int, which: int) -> Period:
    """Return a quarter of a year, 1 to 4."""
    return _months(number, 3 * which - 2, 3, f"{number}-Q{which}")


def read_period(number: int, half: int | None, which: int | None) -> Period:
    """Read which period is asked for: a year, or one half or one quarter of it.

    Raises:
        BadQuestion: it is none, or both a half and a quarter.

    """
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise BadQuestion("year", f"{FIRST_YEAR} to {LAST_YEAR}")
    if half is not None and which is not None:
        raise BadQuestion("quarter", "a half or a quarter of the year, not both")
    if half is not None:
        if half not in (1, 2):
            raise BadQuestion("half", "1 or 2")
        return half_year(number, half)
    if which is not None:
        if which not in (1, 2, 3, 4):
            raise BadQuestion("quarter", "1 to 4")
        return quarter(number, which)
    return year(number)


def labelled(field: str, label: str) -> Period:
    """Return the half-year or the quarter of a label.

    Raises:
        BadQuestion: it is the label of none.

    """
    found = _LABEL.fullmatch(label)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise BadQuestion(field, "of a half-year or a quarter, such as 2026-H1 or 2026-Q3")
    number, half, which = (int(part or 0) for part in found.groups())
    return half_year(number, half) if half else quarter(number, which)


def half_label(at: int) -> str:
    """Name the half-year of a moment."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.year}-H{(moment.month + 5) // 6}"


def quarter_label(at: int) -> str:
    """Name the quarter of a moment."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.year}-Q{(moment.month + 2) // 3}"
