"""Spans of time whose ends are known to a day, a month or a year, and answers of three values.

A date of precision ``month`` says: on some day of this month. So a span has a window at each end
inside which nobody can tell whether it held (``unknown``). A span begins with the first second
(UTC) of its first day, and has ended with the first second of the day that is named as its end:
that day is the first one outside.

Times are whole seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Held = Literal["yes", "no", "unknown"]
Precision = Literal["day", "month", "year"]

DAY_SECONDS: Final = 24 * 3600
BEFORE_ALL: Final = -(2**62)
AFTER_ALL: Final = 2**62
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_PARTS: Final = {"year": 1, "month": 2, "day": 3}
"""How many parts of a date must be written for each precision."""


@dataclass(frozen=True, slots=True)
class Window:
    """When something happened: with the first second of one of the days from first to last."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Span:
    """From one window to another; ends that are not told reach to before and after all times."""

    begins: Window = Window(BEFORE_ALL, BEFORE_ALL)
    ends: Window = Window(AFTER_ALL, AFTER_ALL)

    def on(self, when: int) -> Held:
        """Tell whether it held at a moment."""
        return self.throughout(when, when)

    def throughout(self, since: int, until: int) -> Held:
        """Tell of a moment that lies somewhere from ``since`` to ``until`` whether it was within.

        ``yes``: whenever it was. ``no``: whenever it was, it was not. ``unknown`` otherwise.
        """
        if until < self.begins.earliest or since >= self.ends.latest:
            return "no"
        is_within = since >= self.begins.latest and until < self.ends.earliest
        return "yes" if is_within else "unknown"


def read_window(text: str, precision: str) -> Window | None:
    """Read a date (``2016``, ``2016-05``, ``2016-05-23``) that is known to ``precision``.

    More may be written than is known (the rest is for readers, never for answers); None if less
    is, or if there is no such day.
    """
    match = _DATE.fullmatch(text)
    if match is None or precision not in _PARTS:
        return None
    parts = [int(part) for part in match.groups() if part is not None]
    if len(parts) < _PARTS[precision]:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return None
    if precision == "day":
        return Window(_seconds(year, month, day), _seconds(year, month, day))
    first, last = (1, 12) if precision == "year" else (month, month)
    return Window(
        _seconds(year, first, 1), _seconds(year, last, calendar.monthrange(year, last)[1])
    )


def _seconds(year: int, month: int, day: int) -> int:
    return (date(year, month, day).toordinal() - _EPOCH) * DAY_SECONDS


def negation(value: Held) -> Held:
    """Return the opposite; of what is unknown, the opposite is too."""
    if value == "unknown":
        return "unknown"
    return "no" if value == "yes" else "yes"


def any_of(values: Iterable[Held]) -> Held:
    """Tell whether one of them holds at least."""
    found = set(values)
    return "yes" if "yes" in found else "unknown" if "unknown" in found else "no"


def all_of(values: Iterable[Held]) -> Held:
    """Tell whether they hold all."""
    found = set(values)
    return "no" if "no" in found else "unknown" if "unknown" in found else "yes"
