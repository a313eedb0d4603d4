"""Shapes of recalls: every parcel that recalled goods may be in, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.answers.shapes.goods import ParcelShown
from ledger.answers.shapes.log import AsOf, Names
from ledger.answers.shapes.verdicts import DefinitionShown, DifferenceShown
from ledger.values import ParcelId

RecallSort = Literal["parcel", "site", "zone", "country", "party"]
"""What a recall begins with."""
AffectedBy = Literal["all", "all or none", "part", "possibly part", "none"]
"""How much of a parcel is recalled goods; of one stone it is all, none, or either."""


@dataclass(frozen=True, slots=True)
class RecalledParcel(ParcelShown):
    """A parcel that recalled goods may be in, as its book stands.

    Attributes:
        custodian: who holds it; of a parcel that is set, who holds the piece. Null, with *who*
            among what is withheld, for an authority where the goods are in another country.
        index: the entry that made it, or by which it is recalled.
        is_start: whether the recall begins with it, so that all of it is recalled.
        used_by: the index of the record that used it up, or set it; null if none did.
        piece_id: the piece that it is set in, or null.
        affected: how much of it is of the goods recalled, in a word.
        least_millicarats: certainly of the goods recalled; compare it with the weighing tolerance.
        most_millicarats: possibly of them, at most; 0 where weights and counts rule it out.
        is_followed_whole: whether its whole ancestry was looked at; if not, nothing is ruled out.

    """

    index: int
    is_start: bool
    used_by: int | None
    piece_id: ParcelId | None
    affected: AffectedBy
    least_millicarats: int
    most_millicarats: int
    is_followed_whole: bool


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """What a recall reaches, in the order of the log; each parcel where it was made.

    Attributes:
        begins_with: what it begins with; ``subject`` is which.
        since: the first entry that counts for where it begins.
        size: of how many entries of the log it is; the same on every page. What became of goods
            later is told in their own rows, and not followed.
        parcels: may be few, or none, on a page that has a cursor.
        is_whole: whether this reader is told every parcel; if not, those alone that it holds or is
            offered today and that recalled goods may be in.
        cursor: asks for the next page; null at the end.
        scanned_to: all that the recall reaches below this index was told, on this page or before;
            null where it is of the reader's own goods, which come in no such order.

    """

    begins_with: RecallSort
    subject: str
    since: int
    size: int
    parcels: tuple[RecalledParcel, ...]
    is_whole: bool
    cursor: str | None
    scanned_to: int | None
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flip:
    """Goods that a recall reaches, and of which the verdict is another in the second place."""

    parcel: RecalledParcel
    difference: DifferenceShown


@dataclass(frozen=True, slots=True)
class RejudgedAnswer:
    """Which verdicts on recalled goods are others in the second place than in the first.

    Only goods are judged that still are what they are: live, or sold to a consumer; and that
    recalled goods may be in. ``begins_with`` to ``size``: see :class:`RecallAnswer`.

    Attributes:
        definition: what they are judged by in the first place; ``other`` in the second.
        date: for which day in the first place; ``other_date`` in the second.
        facts_size: what so many entries say counts in the first place; in the second, all.
        tables_size: the tables and definitions that counted at this size do in the first place;
            in the second, those of today.
        judged: how many parcels were judged for this page.
        untold: how many of these were not there yet in the first place, or their story may not be
            told to this reader.
        flips: in the order of the log; there may be none on a page that has a cursor.
        scanned_to: see :class:`RecallAnswer`.
        notice: what a verdict is, and is not.

    """

    begins_with: RecallSort
    subject: str
    since: int
    size: int
    definition: DefinitionShown
    other: DefinitionShown
    date: str
    other_date: str
    facts_size: int
    tables_size: int
    judged: int
    untold: int
    flips: tuple[Flip, ...]
    is_whole: bool
    cursor: str | None
    scanned_to: int | None
    notice: str
    as_of: AsOf
    names: Names = field(default_factory=dict)
