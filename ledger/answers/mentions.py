"""What others said of goods, for a page that anyone may ask for.

Anybody admitted may dispute goods, as often as they like, so one party could bury what another
says. Authorities therefore come first, nobody speaks more than a few times, and what is left out is
counted. A certificate or a statement is never driven out by disputes and answers alone.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ledger.answers.reading import Line, Reading
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.store.protocol import View
from ledger.store.stored import read_record
from ledger.values import Address, ParcelId
from ledger.verdicts.gathering.known import speaks_only

_TALK: Final = (b'{"kind":"Report"', b'{"kind":"Correction"')


@dataclass(frozen=True, slots=True)
class Spoken:
    """Records that speak of goods, and how many more there are."""

    lines: tuple[Line, ...]
    left_out: int


def only_speaks(view: View, index: int) -> bool:
    """Tell whether the record at an index is one that anybody may make without end.

    Raises:
        Damaged: no record stands there.

    """
    row = view.row(index)
    if row is None:
        raise Damaged("gap", f"entry {index}", "a record is known to stand there")
    # The kind stands first in an envelope: most of the others are told by it alone.
    return row.envelope.startswith(_TALK) and speaks_only(read_record(index, row.envelope))


def spoken_of(
    reading: Reading, parcels: Iterable[ParcelId], keep: Callable[[Line], bool] = lambda _: True
) -> Spoken:
    """Choose from the last records that speak of some parcels.

    One that speaks of several of them is chosen once, and left out once for each that it speaks of.

    Args:
        reading: the ledger.
        parcels: of what.
        keep: which lines may be told at all.

    """
    counts = {parcel: reading.view.count_mentions(parcel) for parcel in parcels}
    most, size = LIMITS.page_walk_steps_max, reading.as_of.size
    found = Counter(
        index
        for parcel, count in counts.items()
        if count
        for index in reading.view.last_mentions(parcel, size, most)
    )
    lines = (reading.line(index) for index in _latest(reading, found))
    chosen = _choose([line for line in lines if keep(line)])
    told = sum(found[line.index] for line in chosen)
    return Spoken(tuple(chosen), sum(counts.values()) - told)


def _latest(reading: Reading, found: Iterable[int]) -> list[int]:
    """Return the latest records, the latest first; a flood of talk drives out nothing else."""
    most = LIMITS.mentions_read_max
    looked_at = heapq.nlargest(LIMITS.page_walk_steps_max, found)
    if len(looked_at) <= most:
        return looked_at
    talk = {index: only_speaks(reading.view, index) for index in looked_at}
    return sorted(sorted(looked_at, key=lambda index: talk[index])[:most], reverse=True)


def _choose(latest: list[Line]) -> list[Line]:
    """Choose authorities' lines first, then the latest, and a few of each author."""
    said: Counter[Address] = Counter()
    chosen: list[Line] = []
    for line in sorted(latest, key=lambda line: line.record.what.author_role != "authority"):
        if len(chosen) == LIMITS.stone_lines_max:
            break
        if said[line.record.author] < LIMITS.mentions_per_author_max:
            said[line.record.author] += 1
            chosen.append(line)
    return chosen
