"""Recall: what goods went into, wherever they are now, and how much of it they can be.

* Whoever reads everything, and the authorities concerned, are told every descendant, page by page
  in the order of the log (:mod:`ledger.trace.recall`); these are told who holds it of goods in
  their own country alone. Everybody else is told of its own goods of
  today, each looked at from below (:mod:`ledger.trace.descent`): so neither what is told, nor how
  long it takes, tells of anyone else's.
* All pages of a recall are of the log as it was for the first. A walk that waits for the next page
  is kept for a while; one that is not kept is made again, up to its place, in as many turns as that
  takes. So a recall of any length can be followed to its end, and no page costs more than a turn.
"""

from __future__ import annotations

import struct
from threading import Lock
from typing import Final

from ledger.access import ALL
from ledger.answers.asking import Cursors, read_limit
from ledger.answers.parcels import shown
from ledger.answers.reading import Reading
from ledger.answers.recall_starts import Beginning, is_concerned
from ledger.answers.seeing import book_of_holder, known_parcel
from ledger.answers.shapes.recalls import AffectedBy, RecallAnswer, RecalledParcel
from ledger.answers.wire import members_of
from ledger.custody import NEVER, Parcel
from ledger.errors import BadQuestion, NotYours, Unavailable, Unknown
from ledger.limits import LIMITS
from ledger.trace.affected import Share
from ledger.trace.descent import share_in
from ledger.trace.recall import Affected, Place, Walk
from ledger.trace.walk import Budget
from ledger.values import HASH_BYTES, NO_HASH, Hash32, ParcelId

_PLACE: Final = struct.Struct(">QQIH")
"""In a cursor: of which size, the walk's place, and how many pages came without getting on."""

BUT_WHO: Final = tuple(sheet for sheet in ALL if sheet != "who")
_TURNS_MAX: Final = 0xFFFF
_EXPECTED: Final = "the cursor that the page before gave"

Key = tuple[str, int, Place, int]


class KeptWalks:
    """Walks that wait for their next page: a few, and only so wide.

    Those are let go first that cost least to be made again. What is kept ages by the cost of what
    was let go, so that a walk that is never asked for goes too. The last one stays, however wide:
    it would not get on otherwise.

    Source: GreedyDual (N. Young, "The k-server dual and loose competitiveness for paging", 1994).
    """

    def __init__(self) -> None:
        self._walks: dict[Key, tuple[int, Walk]] = {}
        self._let_go = 0
        self._lock = Lock()

    def take(self, key: Key) -> Walk | None:
        """Return the walk that waits there, which is nobody else's from now on; or None."""
        with self._lock:
            _, walk = self._walks.pop(key, (0, None))
            return walk

    def keep(self, key: Key, walk: Walk) -> None:
        """Keep a walk until its next page is asked for, or others take its place."""
        with self._lock:
            self._walks.pop(key, None)
            self._walks[key] = (self._let_go + walk.cost, walk)
            while len(self._walks) > 1 and self._is_too_much():
                least = min(self._walks, key=lambda one: self._walks[one][0])
                self._let_go, _ = self._walks.pop(least)

    def _is_too_much(self) -> bool:
        width = sum(walk.width for _, walk in self._walks.values())
        return len(self._walks) > LIMITS.recalls_kept_max or width > LIMITS.recall_width_max


def recalls(
    reading: Reading, begun: Beginning, limit: int | None, cursor: str, kept: KeptWalks
) -> RecallAnswer:
    """Answer with the next parcels that a recall reaches.

    Raises:
        BadQuestion: the page before did not give this cursor.
        NotYours: the reader asks for another party's records, and is told nothing of those.
        Unavailable: so many recalls go on at once that this one does not get on.

    """
    rows = read_limit(limit)
    if not is_concerned(reading, begun):
        return _own(reading, begun, rows, cursor)
    cursors = Cursors(begun.text)
    size, place, turns = _read_place(reading, cursors, cursor)
    walk = kept.take((begun.text, size, place, turns)) if cursor else None
    walk = walk or Walk(begun.starts(reading), size)
    found: list[Affected] = []
    if walk.place >= place or walk.skip_to(reading.view, place):
        found = walk.take(reading.view, rows)
    following: str | None = None
    if not walk.is_over:
        turns = 0 if walk.place > place else turns + 1
        if turns > _TURNS_MAX:
            raise Unavailable("too many recalls at once; try again later")
        place = max(place, walk.place)
        following = cursors.write(_PLACE.pack(size, place.index, place.told, turns))
        kept.keep((begun.text, size, place, turns), walk)
    scanned_to = size if following is None else place.index
    parcels = tuple(_told(reading, one) for one in found)
    return _answer(reading, begun, size, parcels, following, scanned_to)


def _read_place(reading: Reading, cursors: Cursors, cursor: str) -> tuple[int, Place, int]:
    if not cursor:
        return reading.as_of.size, Place(0, 0), 0
    size, index, told, turns = _PLACE.unpack(cursors.read(cursor, _PLACE.size))
    if not index <= size <= reading.as_of.size:
        raise BadQuestion("cursor", _EXPECTED)
    return size, Place(index, told), turns


def _answer(
    reading: Reading,
    begun: Beginning,
    size: int,
    parcels: tuple[RecalledParcel, ...],
    cursor: str | None,
    scanned_to: int | None,
) -> RecallAnswer:
    return RecallAnswer(
        begins_with=begun.sort,
        subject=begun.subject,
        since=begun.since,
        size=size,
        parcels=parcels,
        is_whole=scanned_to is not None,
        cursor=cursor,
        scanned_to=scanned_to,
        as_of=reading.as_of,
    )


def _told(reading: Reading, one: Affected) -> RecalledParcel:
    parcel, share = one.parcel, one.share
    # An authority concerned is told of all goods, but who holds them in its own country alone.
    book = book_of_holder(reading, parcel) or BUT_WHO
    return RecalledParcel(
        **members_of(shown(parcel, book)),
        index=one.index,
        is_start=one.is_start,
        used_by=None if parcel.spent_by == NEVER else parcel.spent_by,
        piece_id=one.piece,
        affected=affected(share, parcel.stones),
        least_millicarats=share.least,
        most_millicarats=share.most,
        is_followed_whole=True,
    )


def affected(share: Share, stones: int) -> AffectedBy:
    """Say in a word how much of a parcel is of the goods recalled."""
    if share.most == 0:
        return "none"
    if share.least == share.weight:
        return "all"
    if stones == 1:
        return "all or none"
    return "part" if share.least else "possibly part"


# -- from below ------------------------------------------------------------------------------------


def _own(reading: Reading, begun: Beginning, rows: int, cursor: str) -> RecallAnswer:
    """Answer with those of the reader's own goods that recalled goods may be in."""
    reader = reading.reader
    if begun.author not in (None, reader.party):
        # Who is upstream of its goods is not told a party; asked so, it would be.
        raise NotYours("a recall of a party's records is for that party, authorities and auditors")
    cursors = Cursors(f"own {begun.text}")
    after = _read_after(reading, cursors, cursor)
    budget = Budget(LIMITS.recall_steps_max)
    found: list[RecalledParcel] = []
    held = reading.view.parcels_of(reader.party, after, LIMITS.page_rows_max)
    for parcel in held:
        if len(found) == rows or budget.left <= 0:
            size = reading.as_of.size
            return _answer(reading, begun, size, tuple(found), cursors.write(after), None)
        row = _own_row(reading, begun, parcel, budget)
        if row is not None:
            found.append(row)
        after = parcel.id
    goes_on = len(held) == LIMITS.page_rows_max
    return _answer(
        reading,
        begun,
        reading.as_of.size,
        tuple(found),
        cursors.write(after) if goes_on else None,
        None,
    )


def _own_row(
    reading: Reading, begun: Beginning, parcel: Parcel, budget: Budget
) -> RecalledParcel | None:
    """Look at one of the reader's own parcels; None if nothing recalled can be in it."""
    steps = Budget(LIMITS.page_walk_steps_max)
    share = share_in(reading.view, parcel, begun.is_start(reading, steps), steps)
    budget.spend(1 + LIMITS.page_walk_steps_max - steps.left)
    known = share or Share(parcel.weight_millicarats, 0, parcel.weight_millicarats)
    if known.most == 0:
        return None
    book = book_of_holder(reading, parcel)
    return RecalledParcel(
        **members_of(shown(parcel, book)),
        index=parcel.made_by,
        is_start=begun.parcel is not None and begun.parcel.id == parcel.id,
        used_by=None if parcel.spent_by == NEVER else parcel.spent_by,
        piece_id=None,  # of goods that are set, whoever holds the piece holds that alone
        affected=affected(known, parcel.stones),
        least_millicarats=known.least,
        most_millicarats=known.most,
        is_followed_whole=share is not None,
    )


def _read_after(reading: Reading, cursors: Cursors, cursor: str) -> ParcelId:
    """Read behind which of the reader's parcels a page begins."""
    if not cursor:
        return ParcelId(NO_HASH)
    after = ParcelId(Hash32(cursors.read(cursor, HASH_BYTES)))
    try:
        known_parcel(reading, after, None)
    except Unknown:
        raise BadQuestion("cursor", _EXPECTED) from None
    return after
