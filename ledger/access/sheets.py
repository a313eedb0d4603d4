"""Which sheets of a record a reader is shown: ``docs/spec/access.md`` as a function."""

from __future__ import annotations

from typing import Final

from ledger.access.facts import Facts
from ledger.access.readers import Reader
from ledger.records import SHEETS

Sheets = tuple[str, ...]

ALL: Final[Sheets] = SHEETS
PARTS: Final[Sheets] = ("what", "scene")
"""What was done, when and where, in which role: neither by whom nor how much."""
NONE: Final[Sheets] = ()

OFFICES: Final = frozenset(("Charter", "Amendment", "Admission", "Revocation", "KeyChange"))
"""Who is who: every signature rests on these, and they say nothing of goods."""
PLACES: Final = frozenset(("Site",))


def is_whole_for(mode: str, reader: Reader) -> bool:
    """Tell whether a reader is shown every record whole.

    Args:
        mode: the charter's: open, or trade.
        reader: who asks.

    """
    if reader.sort == "party":
        return mode == "open" or reader.is_auditor
    return reader.sort == "operator"


def may_withhold(mode: str, kind: str) -> Sheets:
    """Return the sheets that are withheld from a party that is shown a record in part.

    Whoever is shown a record is shown all of it, or all but these: so what a ledger may withhold
    can be told without knowing who it takes the reader for.

    Args:
        mode: the charter's.
        kind: the record's.

    """
    is_whole = mode == "open" or kind in OFFICES
    return NONE if is_whole else tuple(place for place in ALL if place not in PARTS)


def sheets_shown(mode: str, reader: Reader, facts: Facts) -> Sheets:
    """Return the sheets of a record that a reader is shown, in their order."""
    if is_whole_for(mode, reader):
        return ALL
    if reader.sort != "party":
        return NONE
    if facts.kind in OFFICES or reader.party in facts.parties:
        return ALL
    if any(reader.is_authority_of(country) for country in facts.countries):
        return ALL
    return PARTS if facts.is_of_line or facts.kind in PLACES else NONE
