"""Where a recall of sites begins: with every parcel that was registered from them."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from ledger.custody import Item, Mined, State
from ledger.trace.recall import Turn
from ledger.values import ParcelId, SiteId

_ROWS_MAX: Final = 256
_ROWS_OF_ALL: Final = 8_192
_INDEX_BYTES: Final = 8


class Items(State, Protocol):
    """State that lists items by key."""

    def items_of(self, sort: type[Item], after: bytes, limit: int) -> list[Item]:
        """Return items of a sort by key, from after the key ``after`` on."""


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

    def until(self, state: Items, index: int, turn: Turn) -> int | None:
        """Return the index of the next registration if it is at most ``index``."""
        while self._unread:
            turn.spend(1)
            site = self._unread[0]
            self._ahead[site] = deque()
            self._read(state, site, self._since - 1)
            self._unread.popleft()
        return self._next[0][0] if self._next and self._next[0][0] <= index else None
