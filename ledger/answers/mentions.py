"""What others said of goods, for a page that anyone may ask for.

Anybody admitted may dispute goods, as often as they like, so one party could bury what another
says. Authorities therefore come first, nobody speaks more than a few times, and what is left out is
counted.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.answers.reading import Line, Reading
from ledger.limits import LIMITS
from ledger.values import Address, ParcelId


@dataclass(frozen=True, slots=True)
class Spoken:
    """Records that speak of goods, and how many more there are."""

    lines: tuple[Line, ...]
    left_out: int


def spoken_of(reading: Reading, parcels: Iterable[ParcelId]) -> Spoken:
    """Choose from the last records that speak of some parcels.

    One that speaks of several of them is chosen once, and left out once for each that it speaks of.
    """
    counts = {parcel: reading.view.count_mentions(parcel) for parcel in parcels}
    most, size = LIMITS.mentions_read_max, reading.as_of.size
    found = Counter(
        index
        for parcel, count in counts.items()
        if count
        for index in reading.view.last_mentions(parcel, size, most)
    )
    chosen = _choose([reading.line(index) for index in heapq.nlargest(most, found)])
    told = sum(found[line.index] for line in chosen)
    return Spoken(tuple(chosen), sum(counts.values()) - told)


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
