"""Words for what stands in records: people, times, ids, money and lists, as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from ledger.answers.country_names import name_in_text
from ledger.limits import LIMITS
from ledger.values import to_hex

_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_LIKE_ADDRESS: Final = re.compile("0x[0-9a-f]+([.…]*[0-9a-f]+)?", re.ASCII | re.IGNORECASE)
_VOWELS: Final = ("a", "e", "i", "o", "u")


def who(role: str, country: str) -> str:
    """Name an author by role and country: ``a miner in Botswana``."""
    if role == "governor":
        return "the governors of this ledger"
    if role == "authority":
        return f"the authority of {name_in_text(country)}"
    article = "an" if role.startswith(_VOWELS) else "a"
    return f"{article} {role} in {name_in_text(country)}"


def short(value: bytes) -> str:
    """Write an address or an id so that a person can compare it: ``0x12ab…cd34``."""
    text = to_hex(value)
    return f"{text[:6]}…{text[-4:]}"


def called(name: str, address: str) -> str:
    """Write a party's name before its address, as both are to be read: ``Name (0x12ab…cd34)``.

    A name is text of up to :data:`LIMITS.detail_text_bytes_max` bytes: more than a line of it would
    put the address, which alone tells who is meant, out of sight.
    """
    return f"{in_line(name)} ({address})"


def in_line(name: str) -> str:
    """Write as much of a name as stands in a line, and of an address in it that it is one.

    The one address beside a name is that of its party, and alone tells who is meant.
    """
    name, most = _LIKE_ADDRESS.sub("0x…", name), LIMITS.refusal_value_characters_max
    return name if len(name) <= most else name[: most - 1] + "…"


def day(seconds: int) -> str:
    """Write the day of a time, in UTC: ``2 January 2026``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def minute(milliseconds: int) -> str:
    """Write a time to the minute, in UTC: ``2 January 2026, 14:05``."""
    seconds = milliseconds // 1000
    return f"{day(seconds)}, {datetime.fromtimestamp(seconds, UTC):%H:%M}"


def listed(names: tuple[str, ...], last: str = "or") -> str:
    """Join names as a sentence does: ``Angola, Botswana or Canada``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def dollars(cents: int) -> str:
    """Write an amount of money: ``1,234.50``; a difference below zero with its sign."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def parcels(count: int) -> str:
    """Count parcels: ``one parcel``, ``3 parcels``."""
    return "one parcel" if count == 1 else f"{count} parcels"


def counted(stones: int) -> str:
    """Write a count of stones behind a weight; nothing where they were not counted."""
    return f" ({stones} {'stone' if stones == 1 else 'stones'})" if stones else ""
