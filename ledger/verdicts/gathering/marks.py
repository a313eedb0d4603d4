"""Says of each fact which origins it concerns.

Facts of several parcels that are one event, as the clearance of a shipment or what befell a piece,
become one fact about all of them together: goods of an origin that went partly in one and partly in
another of them certainly went that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ledger.limits import LIMITS
from ledger.values import ParcelId
from ledger.verdicts.facts import Crossing, Saying, Stay
from ledger.verdicts.gathering.ancestry import Origins, Ways
from ledger.verdicts.gathering.lives import Life
from ledger.verdicts.gathering.papers import Paper

Told = TypeVar("Told", Crossing, Stay, Saying)


class Marks:
    """Marks the facts of one ancestry.

    How many groups of parcels are looked at together is bounded (``LIMITS.facts_groups_max``); of
    further groups only those origins are told that went through a single one of them.
    """

    def __init__(self, ways: Ways, origins: Origins) -> None:
        self._ways = ways
        self._origins = origins
        self._known: dict[frozenset[ParcelId], tuple[frozenset[str], frozenset[str]]] = {}
        self._groups = 0

    def crossings(self, lives: Iterable[Life], papers: Iterable[Paper]) -> tuple[Crossing, ...]:
        """Return certificates and hand-overs without one, in the log's order."""
        told = [(crossing, life.parcel.id) for life in lives for crossing in life.crossings]
        told += [(paper.crossing(), parcel) for paper in papers for parcel in sorted(paper.parcels)]
        return tuple(sorted(self._marked(told), key=lambda crossing: crossing.grounds[0].index))

    def stays(self, lives: Iterable[Life]) -> tuple[Stay, ...]:
        """Return where the goods were, in the log's order."""
        told = [(stay, life.parcel.id) for life in lives for stay in life.stays]
        return tuple(sorted(self._marked(told), key=lambda stay: stay.grounds[0].index))

    def sayings(self, lives: Iterable[Life], subject: ParcelId) -> tuple[Saying, ...]:
        """Return what was said of the goods, in the log's order."""
        told = []
        about = set()
        for life in lives:
            for saying in life.sayings:
                if saying.about_self and life.parcel.id == subject:
                    about.add(saying.ground.index)
                told.append((replace(saying, about_self=False), life.parcel.id))
        found = [
            replace(saying, about_self=saying.ground.index in about)
            for saying in self._marked(told)
        ]
        return tuple(sorted(found, key=lambda saying: saying.ground.index))

    def _marked(self, told: Iterable[tuple[Told, ParcelId]]) -> Iterator[Told]:
        """Yield each event once with whom it concerns; none that concerns nobody."""
        parcels: dict[Told, set[ParcelId]] = {}
        for one, parcel in told:
            parcels.setdefault(one, set()).add(parcel)
        for one, together in parcels.items():
            may_concern, concerns = self._of(frozenset(together))
            if may_concern:
                yield replace(one, may_concern=may_concern, concerns=concerns)

    def _of(self, parcels: frozenset[ParcelId]) -> tuple[frozenset[str], frozenset[str]]:
        known = self._known.get(parcels)
        if known is None:
            self._groups += len(parcels) > 1
            is_exact = self._groups <= LIMITS.facts_groups_max
            known = self._known[parcels] = (
                self._origins.names(self._ways.may_concern(parcels)),
                self._origins.names(self._ways.concerns(parcels, is_exact=is_exact)),
            )
        return known
