"""The fourth store: links to the pages of parcels, outside the log.

* A link is minted once and ended at most once; neither is ever undone. What returns is durable.
* Of an ended link all is kept, so that whoever follows it is told that it was ended.
* No record makes a link and none depends on one; who may mint and end is asked on other floors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, Protocol

from ledger.errors import BadQuestion, Unavailable
from ledger.limits import LIMITS
from ledger.values import NO_ADDRESS, Address, ParcelId

TOKEN_BYTES: Final = 16
"""A link's token: 128 random bits."""

THE_OPERATOR: Final = NO_ADDRESS
"""Stands as the minter of a link that was minted by whoever holds the ledger's folder."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Attributes:
        token: what the link says.
        parcel: whose page it leads to.
        minter: the party that minted it, by its own key or an agent's.
        minted_at_ms: when.
        ended_at_ms: when it was ended, or None.

    """

    token: bytes
    parcel: ParcelId
    minter: Address
    minted_at_ms: int
    ended_at_ms: int | None = None


class LinkStore(Protocol):
    """Keeps links; any thread, at any time.

    All methods raise ``StoreFailed`` and ``Damaged`` for the medium, ``Unavailable`` when closed or
    another process writes.
    """

    def mint(self, link: Link) -> None:
        """Keep a fresh link.

        Raises:
            BadQuestion: its parcel, or this minter of it, has as many as it can have.

        """

    def find(self, token: bytes) -> Link | None:
        """Return a link, ended or not; None if it was never minted."""

    def live(self, parcel: ParcelId) -> list[Link]:
        """Return the links of a parcel that were not ended, the earliest first."""

    def end(self, token: bytes, at_ms: int) -> None:
        """End a link; again, or of one that was never minted, it changes nothing."""

    def close(self) -> None:
        """Refuse all further work."""


def check_room(live: int, ever: int) -> None:
    """Check that one more link of a parcel may be minted.

    What can never be undone is counted for each minter: nobody can use up what later holders of
    the goods may mint.

    Args:
        live: how many it has that were not ended, by whomever; its holder may end them all.
        ever: how many this minter has minted, with those ended.

    Raises:
        BadQuestion: it may not.

    """
    if live >= LIMITS.links_live_max:
        raise BadQuestion("parcel", f"at most {LIMITS.links_live_max} links; end one first")
    if ever >= LIMITS.links_ever_max:
        most = LIMITS.links_ever_max
        raise BadQuestion("parcel", f"at most {most} links by one party, with those ended")


class MemoryLinks:
    """Links in memory."""

    def __init__(self) -> None:
        self._links: dict[bytes, Link] = {}
        self._turn = Lock()
        self._is_closed = False

    def mint(self, link: Link) -> None:
        """Keep a fresh link."""
        with self._turn:
            self._check_open()
            of_parcel = [one for one in self._links.values() if one.parcel == link.parcel]
            live = sum(one.ended_at_ms is None for one in of_parcel)
            check_room(live, sum(one.minter == link.minter for one in of_parcel))
            self._links[link.token] = link

    def find(self, token: bytes) -> Link | None:
        """Return a link, or None."""
        with self._turn:
            self._check_open()
            return self._links.get(token)

    def live(self, parcel: ParcelId) -> list[Link]:
        """Return the links of a parcel that were not ended, the earliest first."""
        with self._turn:
            self._check_open()
            of_parcel = (one for one in self._links.values() if one.parcel == parcel)
            found = [one for one in of_parcel if one.ended_at_ms is None]
            return sorted(found, key=lambda one: (one.minted_at_ms, one.token))

    def end(self, token: bytes, at_ms: int) -> None:
        """End a link."""
        with self._turn:
            self._check_open()
            known = self._links.get(token)
            if known is not None and known.ended_at_ms is None:
                self._links[token] = replace(known, ended_at_ms=at_ms)

    def close(self) -> None:
        """Refuse all further work."""
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the store of links is closed")
