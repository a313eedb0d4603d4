"""Reading cells: carats, counts, times, outputs and losses; strictly, each as what it is.

Every function raises :class:`~ledger.sheets.faults.Unfit`, which says why a cell is not what it
must be.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from typing import Final

from ledger.drafts import Loss, Output
from ledger.limits import LIMITS
from ledger.records.goods import LOSS_REASONS
from ledger.sheets.faults import Unfit
from ledger.values import (
    COUNTRIES,
    HASH_BYTES,
    HS_CODES,
    ROUGH_CODES,
    Millicarats,
    millicarats,
    text_fault,
)

_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_COUNT_DIGITS_MAX: Final = 15
_ID_CHARACTERS: Final = len("0x") + 2 * HASH_BYTES
_DAY_SECONDS: Final = 24 * 3600
_ERRORS: Final = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
_APART: Final = ";"
_REST: Final = "rest"


def check_cell(text: str) -> None:
    """Check what holds for every cell: its length, and that it is no error of the spreadsheet."""
    if len(text.encode("utf-8", "surrogatepass")) > LIMITS.sheet_cell_bytes_max:
        raise Unfit(f"more than {LIMITS.sheet_cell_bytes_max} bytes")
    if text in _ERRORS:
        raise Unfit("an error of the spreadsheet")


def weight(text: str, decimal: str = ".") -> Millicarats:
    """Read carats; more than 0, with at most three decimals, after this mark alone."""
    if decimal == ",":
        if "." in text:
            # Where the mark is a comma, 1.250 may be a little over one carat, or over a thousand.
            raise Unfit("a point, where the decimal mark is a comma")
        text = text.replace(",", ".", 1)
    elif "," in text:
        raise Unfit('a comma: if it is the decimal mark, say decimal = "," in the mapping')
    found = millicarats(text)
    if found is None:
        if text.startswith("-"):
            raise Unfit("less than nothing")
        is_number = _NUMBER.fullmatch(text) is not None
        raise Unfit(
            "carats have at most three decimals, and nothing is rounded"
            if is_number
            else "not a number of carats: digits alone, such as 12.5"
        )
    if not found:
        raise Unfit("a weight of nothing")
    return found


def count(text: str) -> int:
    """Read a number of stones; 0 = not counted."""
    if not (text.isascii() and text.isdigit() and len(text) <= _COUNT_DIGITS_MAX):
        raise Unfit("not a whole number of stones")
    return int(text)


def words(text: str) -> str:
    """Read a label or a seal: text as records take it."""
    return _fit(text, LIMITS.text_bytes_max)


def name(text: str) -> str:
    """Read how a party is named: an address, the name of a key, or its own name."""
    return _fit(text, LIMITS.detail_text_bytes_max)


def _fit(text: str, bytes_max: int) -> str:
    fault = text_fault(text)
    if fault is None and len(text.encode()) > bytes_max:
        fault = f"more than {bytes_max} bytes"
    if fault is not None:
        raise Unfit(fault)
    return text


def words_or_id(text: str) -> str:
    """Read how a parcel is named: an id or a label."""
    return text if len(text) == _ID_CHARACTERS else words(text)


def choice(text: str, *values: str) -> str:
    """Read one of a few words, in any case."""
    if text.lower() not in values:
        raise Unfit("not one of " + " ".join(values))
    return text.lower()


def country(text: str) -> str:
    """Read a country's code."""
    if text not in COUNTRIES:
        raise Unfit("not the two letters of a country")
    return text


def rough_code(text: str) -> str:
    """Read an HS code of rough."""
    code = hs_code(text)
    if code not in ROUGH_CODES:
        raise Unfit("not a code of rough: " + " ".join(ROUGH_CODES))
    return code


def hs_code(text: str) -> str:
    """Read an HS code of diamonds; a spreadsheet writes 7102.10 as the number 7102.1."""
    for code in (text, f"{text}0"):
        if code in HS_CODES:
            return code
    raise Unfit("not an HS code of diamonds: " + " ".join(HS_CODES))


def time(text: str) -> int:
    """Read a date, or a time that is UTC unless it says otherwise, as seconds."""
    if _TIME.fullmatch(text) is None:
        raise Unfit("not a date such as 2026-03-01")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit("no such day") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = int(moment.timestamp())
    if seconds < 0:
        raise Unfit("before 1970")
    return seconds


def last_second(text: str) -> int:
    """Read until when something lasts: a date means the end of that day."""
    seconds = time(text)
    is_midnight = seconds % _DAY_SECONDS == 0
    is_date = _DATE.fullmatch(text) is not None or (is_midnight and text.endswith("T00:00:00"))
    return seconds + _DAY_SECONDS - 1 if is_date else seconds


def day_or_time(text: str) -> tuple[int, int]:
    """Read a date or a time as the first and the last second that it can mean."""
    return time(text), last_second(text)


def period(text: str) -> tuple[int, int]:
    """Read a period: a month, a day, or two days with a slash between them."""
    month = _MONTH.fullmatch(text)
    if month is not None:
        year, number = int(month[1]), int(month[2])
        if not (year >= 1970 and 1 <= number <= 12):
            raise Unfit("no such month")
        last = calendar.monthrange(year, number)[1]
        return time(f"{text}-01"), last_second(f"{text}-{last:02d}")
    first, slash, last_day = text.partition("/")
    try:
        since = time(first.strip())
        until = last_second(last_day.strip() if slash else first.strip())
    except Unfit:
        raise Unfit("not a period: 2026-03, 2026-03-01 or 2026-03-01/2026-03-31") from None
    if since > until:
        raise Unfit("it ends before it begins")
    return since, until


def outputs(text: str, decimal: str = ".") -> tuple[Output, ...]:
    """Read outputs: ``CARATS[:STONES[:LABEL]]`` each, apart by semicolons; without their codes."""
    found = tuple(_output(one.strip(), decimal) for one in text.split(_APART) if one.strip())
    if len(found) < 2:
        raise Unfit("a split gives two parcels or more")
    return found


def _output(text: str, decimal: str) -> Output:
    carats, _, rest = text.partition(":")
    stones, _, label = rest.partition(":")
    number = count(stones.strip()) if stones.strip() else 0
    return Output(weight(carats.strip(), decimal), number, "", words(label.strip()))


def losses(text: str, decimal: str = ".") -> dict[str, Loss | None]:
    """Read losses by reason: ``REASON=CARATS[:STONES]``; None for ``REASON=rest``."""
    found: dict[str, Loss | None] = {}
    for one in filter(None, (part.strip() for part in text.split(_APART))):
        reason, equals, rest = (part.strip() for part in one.partition("="))
        if not equals or reason in found:
            raise Unfit("not REASON=CARATS[:STONES], each reason once")
        if reason not in LOSS_REASONS:
            raise Unfit("a reason is one of " + " ".join(LOSS_REASONS))
        carats, _, stones = rest.partition(":")
        is_rest = rest == _REST
        number = count(stones.strip()) if stones.strip() else 0
        found[reason] = None if is_rest else Loss(weight(carats.strip(), decimal), number)
    if list(found.values()).count(None) > 1:
        raise Unfit("one REASON=rest at most")
    return found
