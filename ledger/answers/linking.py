"""Links: which parcel's page a token leads to, who mints and who ends it.

* A link is minted for one parcel by its custodian, by its own key or an agent's, or by whoever
  holds the ledger's folder. A hand-over does not end it.
* It is ended by the party that minted it, by the parcel's custodian, or by whoever holds the
  folder; for ever. What it led to is as it was.
* Whoever may not see a parcel is told that there is none; of links that are not for it to end,
  nobody is told. A stranger is asked to sign in, whatever it asks about.
* Nothing is written into the log, and nothing that the log takes depends on a link.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from ledger.access import Reader
from ledger.answers.reading import Source, reading
from ledger.answers.seeing import known_parcel
from ledger.answers.shapes import LinksAnswer, LinkShown
from ledger.custody import Parcel, as_held
from ledger.errors import LinkEnded, NotYours, SignInNeeded, Unknown
from ledger.store.links import THE_OPERATOR, TOKEN_BYTES, Link, LinkStore
from ledger.values import ParcelId, to_hex

STONES_PATH: Final = "/stones/"


class Linking:
    """Links to the pages of one ledger; any thread, at any time.

    Args:
        source: the ledger.
        store: keeps them.
        clock: gives milliseconds since 1970-01-01 UTC.

    """

    def __init__(self, source: Source, store: LinkStore, clock: Callable[[], int]) -> None:
        self._source = source
        self._store = store
        self._clock = clock

    def followed(self, token: bytes) -> ParcelId:
        """Return the parcel that a link leads to; for everyone.

        Raises:
            Unknown: no such link was ever minted.
            LinkEnded: it was ended.

        """
        link = self._store.find(token)
        if link is None:
            raise Unknown("stone", "by this link")
        if link.ended_at_ms is not None:
            raise LinkEnded
        return link.parcel

    def mint(self, reader: Reader, parcel_id: ParcelId) -> LinkShown:
        """Mint a link.

        Raises:
            SignInNeeded: a stranger asks.
            Unknown: there is no such parcel, or none that the reader may see.
            NotYours: the reader does not hold it.
            BadQuestion: it has as many links as it can have.

        """
        if not _may_end_all(reader, self._parcel(reader, parcel_id)):
            self._check_seen(reader, parcel_id)
            raise NotYours("a link is minted by the parcel's custodian")
        minter = reader.party if reader.sort == "party" else THE_OPERATOR
        link = Link(secrets.token_bytes(TOKEN_BYTES), parcel_id, minter, self._clock())
        self._store.mint(link)
        return _shown(reader, link)

    def of(self, reader: Reader, parcel_id: ParcelId) -> LinksAnswer:
        """Return the links of a parcel that the reader may end.

        Raises:
            SignInNeeded: a stranger asks.
            Unknown: there is no such parcel, or none that the reader may see.

        """
        parcel = self._parcel(reader, parcel_id)
        live = self._store.live(parcel_id)
        links = tuple(_shown(reader, link) for link in live if _may_end(reader, parcel, link))
        if not links:
            self._check_seen(reader, parcel_id)
        return LinksAnswer(parcel_id, links)

    def one(self, reader: Reader, token: bytes) -> LinkShown:
        """Return a link that the reader may end, or could before it was ended.

        Raises:
            SignInNeeded: a stranger asks.
            Unknown: there is no such link that is for the reader to end.

        """
        _check_signed_in(reader)
        link = self._store.find(token)
        if link is None or not self._is_for(reader, link):
            raise _no_link()
        return _shown(reader, link)

    def end(self, reader: Reader, parcel_id: ParcelId, token: bytes) -> None:
        """End a link; again changes nothing.

        Raises:
            SignInNeeded: a stranger asks.
            Unknown: there is no such parcel that the reader may see, or no such link of it that is
                for the reader to end.

        """
        parcel = self._parcel(reader, parcel_id)
        link = self._store.find(token)
        if link is None or link.parcel != parcel_id or not _may_end(reader, parcel, link):
            self._check_seen(reader, parcel_id)
            raise _no_link()
        self._store.end(token, self._clock())

    def _parcel(self, reader: Reader, parcel_id: ParcelId) -> Parcel:
        _check_signed_in(reader)
        with self._source.view() as view:
            parcel = view.read(Parcel, parcel_id)
            if parcel is None:
                raise Unknown("parcel", to_hex(parcel_id))
            return as_held(view, parcel)

    def _check_seen(self, reader: Reader, parcel_id: ParcelId) -> None:
        """Return if a reader is told that there is this parcel; else raise ``Unknown``."""
        with reading(self._source, self._clock(), reader) as ledger:
            known_parcel(ledger, parcel_id, None)

    def _is_for(self, reader: Reader, link: Link) -> bool:
        with self._source.view() as view:
            parcel = view.read(Parcel, link.parcel)
            return parcel is not None and _may_end(reader, as_held(view, parcel), link)


def _check_signed_in(reader: Reader) -> None:
    if reader.sort == "stranger":
        raise SignInNeeded("links are minted and ended by parties: sign in")


def _may_end_all(reader: Reader, parcel: Parcel) -> bool:
    """Tell whether a reader disposes of every link of a parcel: its custodian, or the operator."""
    is_custodian = reader.sort == "party" and reader.party == parcel.custodian
    return is_custodian or reader.sort == "operator"


def _may_end(reader: Reader, parcel: Parcel, link: Link) -> bool:
    is_minter = reader.sort == "party" and reader.party == link.minter
    return is_minter or _may_end_all(reader, parcel)


def _no_link() -> Unknown:
    return Unknown("link", "by this token that is yours to end")


def _shown(reader: Reader, link: Link) -> LinkShown:
    # Who minted it is told to nobody else: who held the goods is not for every later holder.
    own = reader.party if reader.sort == "party" else THE_OPERATOR
    token = link.token.hex()
    return LinkShown(
        token=token,
        path=STONES_PATH + token,
        parcel_id=link.parcel,
        minted_at_ms=link.minted_at_ms,
        is_own=link.minter == own,
        ended_at_ms=link.ended_at_ms,
    )
