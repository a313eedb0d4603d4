"""Where a recall of sites begins: with every parcel that was registered from them."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from typing import Final

from ledger.custody import Mined
from ledger.trace.recall import Ledger, Turn
from ledger.values import ParcelId, SiteId

_ROWS_MAX: Final = 256
_ROWS_OF_ALL: Final = 8_192
_INDEX_BYTES: Final = 8


class MinedAt:
    """The parcels registered from sites, by index; read site by site, a few rows ahead.

    Args:
        sites: which, each once.
        since: the lowest index that counts.

    """

    def __init__(self, sites: Sequence[SiteId], since: int = 0) -> None:
        self._rows = max(1, min(_ROWS_MAX, _ROWS_OF_ALL // max(1, len(sites))))
        self._unread = deque(sites)
        self._since = since
        self._next: list[tuple[int, ParcelId, SiteId]] = []
        self._ahead: dict[SiteId, deque[Mined]] = {}
        self._goes_on: set[SiteId] = set()
        self._behind: deque[tuple[SiteId, int]] = deque()

    @property
    def scanned(self) -> int:
        """It looks through no lines."""
        return 0

    def until(self, ledger: Ledger, index: int, turn: Turn) -> int | None:
        """Return the index of the next registration if it is at most ``index``."""
        while self._unread:
            turn.spend(1)
            self._read(ledger, self._unread[0], self._since - 1)
            self._unread.popleft()
        while self._behind:
            site, after = self._behind[0]
            turn.spend(1)
            self._read(ledger, site, after)
            self._behind.popleft()
        return self._next[0][0] if self._next and self._next[0][0] <= index else None

    def take(self) -> tuple[ParcelId, ...]:
        """Return the parcel of the next registration."""
        index, parcel, site = heapq.heappop(self._next)
        ahead = self._ahead[site]
        if ahead:
            self._queue(ahead.popleft())
        elif site in self._goes_on:
            self._behind.append((site, index))
        return (parcel,)

    def _read(self, ledger: Ledger, site: SiteId, after: int) -> None:
        """Read the next rows of a site, from after an index on; -1 is before all."""
        key = site + after.to_bytes(_INDEX_BYTES, "big") if after >= 0 else site
        found = ledger.items_of(Mined, key, self._rows)
        rows = [one for one in found if isinstance(one, Mined) and one.site == site]
        self._goes_on.discard(site)
        if len(rows) == self._rows:
            self._goes_on.add(site)
        self._ahead[site] = deque(rows[1:])
        if rows:
            self._queue(rows[0])

    def _queue(self, mined: Mined) -> None:
        heapq.heappush(self._next, (mined.index, mined.parcel, mined.site))
