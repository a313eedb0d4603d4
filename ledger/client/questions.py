"""The questions, typed: each answer a frozen shape that names what was asked for.

Pages come one by one, by the cursor that the page before gave, and end: a cursor that comes twice,
or more pages than any answer needs, is ``Damaged``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.answers.shapes import (
    AnchorsAnswer,
    ChainAnswer,
    CharterAnswer,
    CheckpointAnswer,
    DescendantsAnswer,
    EntriesAnswer,
    HistoryAnswer,
    LinksAnswer,
    LinkShown,
    ParcelAnswer,
    PartiesAnswer,
    PartyAnswer,
    SiteAnswer,
    SitesAnswer,
    StatusAnswer,
    StoneAnswer,
    TraceAnswer,
)
from ledger.client.asking import Asking
from ledger.client.exchange import Steps
from ledger.client.pages import Check, Pages, Shape
from ledger.client.recalled import AskingRecalls
from ledger.client.trusting import Trusting
from ledger.desk import Plain
from ledger.desk.answering import AnotherAnswer, about
from ledger.errors import BadQuestion
from ledger.store.links import TOKEN_BYTES
from ledger.values import Address, ParcelId, SiteId, from_hex, to_hex


class Questions(AskingRecalls):
    """Asks everything that needs no proof.

    All of them raise ``BadQuestion``, ``Unknown``, ``Refused`` (``sign-in-needed``),
    ``Unavailable``, and ``Forked`` or ``RolledBack`` while a dispute is not settled. What they
    answer is the server's word; :class:`ledger.client.core.Core` has the questions that are proved.

    Args:
        asking: asks the server.
        trusting: what is believed.

    """

    def __init__(self, asking: Asking, trusting: Trusting) -> None:
        self._asking = asking
        self._trusting = trusting

    # -- the ledger --------------------------------------------------------------------------

    def status(self) -> Steps[StatusAnswer]:
        """Ask what the ledger is, and how far it has come.

        Raises:
            AnotherAnswer: it is another ledger than the pinned one.

        """
        ledger_id = to_hex(self._trusting.ledger_id)
        return self._one("/v1/status", StatusAnswer, _names("ledger", ledgerId=ledger_id))

    def charter(self) -> Steps[CharterAnswer]:
        """Ask which charter values are in force; see :meth:`status`."""
        ledger_id = to_hex(self._trusting.ledger_id)
        return self._one("/v1/charter", CharterAnswer, _names("ledger", ledgerId=ledger_id))

    def checkpoint(self) -> Steps[CheckpointAnswer]:
        """Ask for the last checkpoint; believe and remember it, or raise.

        Raises:
            ProofError: no key of the charter in force has signed it.
            Forked, RolledBack: it does not continue what was remembered; the evidence is kept.
            Damaged: the charter that the server gives is not signed or proved as it must be.

        """
        return self._trusting.checkpoint()

    def entries(self, start: int = 0, *, limit: int | None = None) -> Pages[EntriesAnswer]:
        """Ask for the lines of the log from an index on; pages."""

        def take(query: Mapping[str, str]) -> Steps[EntriesAnswer]:
            first = int(query["start"])
            page = yield from self._one(
                "/v1/entries", EntriesAnswer, query={**query, **_size(limit)}
            )
            came = [entry.index for entry in page.entries]
            if came != list(range(first, first + len(came))):
                raise AnotherAnswer("entry", first, came)
            return page

        return Pages(take, _next_start, "start", str(start))

    def chain(self) -> Steps[ChainAnswer]:
        """Ask where checkpoints are anchored, and how that goes; it is the server's word."""
        return self._one("/v1/chain", ChainAnswer)

    def anchors(self, *, limit: int | None = None) -> Pages[AnchorsAnswer]:
        """Ask which checkpoints are recorded on a chain, by size; the server's word."""
        return self._pages("/v1/anchors", AnchorsAnswer, None, _size(limit))

    # -- goods -------------------------------------------------------------------------------

    def parcel(self, parcel: ParcelId, *, through: ParcelId | None = None) -> Steps[ParcelAnswer]:
        """Ask what the book says of a parcel.

        Args:
            parcel: which.
            through: a later parcel of the same goods that the reader holds or held.

        """
        path, names = _parcel(parcel)
        return self._one(path, ParcelAnswer, names, _for(through))

    def history(
        self, parcel: ParcelId, *, through: ParcelId | None = None, limit: int | None = None
    ) -> Pages[HistoryAnswer]:
        """Ask what was said of a parcel itself, the latest first; pages."""
        return self._of_parcel(parcel, "history", HistoryAnswer, _for(through) | _size(limit))

    def story(
        self, parcel: ParcelId, *, through: ParcelId | None = None, limit: int | None = None
    ) -> Pages[HistoryAnswer]:
        """Ask what was said of a parcel and its ancestors, the latest first; pages."""
        return self._of_parcel(parcel, "story", HistoryAnswer, _for(through) | _size(limit))

    def trace(
        self, parcel: ParcelId, *, through: ParcelId | None = None, limit: int | None = None
    ) -> Pages[TraceAnswer]:
        """Ask which operations led to a parcel, and where its goods can be from; pages."""
        return self._of_parcel(parcel, "trace", TraceAnswer, _for(through) | _size(limit))

    def descendants(
        self, parcel: ParcelId, *, through: ParcelId | None = None, limit: int | None = None
    ) -> Pages[DescendantsAnswer]:
        """Ask what became of a parcel's goods, the earliest first; pages."""
        path, names = _parcel(parcel)

        def check(plain: Plain) -> None:
            names(plain["parcel"])

        query = _for(through) | _size(limit)
        return self._pages(f"{path}/descendants", DescendantsAnswer, check, query)

    def stone(self, token: str) -> Steps[StoneAnswer]:
        """Ask what anyone may see of a stone by its link's token, 32 hex digits.

        Whose page a link leads to is the server's word.

        Raises:
            LinkEnded: the link was ended.

        """
        check_token(token)
        return self._one(f"/stones/{token}.json", StoneAnswer, _names("stone", token=token))

    def links(self, parcel: ParcelId) -> Steps[LinksAnswer]:
        """Ask which links to a parcel's page the reader may end, the earliest first."""
        path, names = _parcel(parcel)
        return self._one(f"{path}/links", LinksAnswer, names)

    def link(self, token: str) -> Steps[LinkShown]:
        """Ask whose page a link leads to that the reader may end."""
        check_token(token)
        return self._one(f"/v1/links/{token}", LinkShown, _names("link", token=token))

    # -- people and places -------------------------------------------------------------------

    def party(self, address: Address) -> Steps[PartyAnswer]:
        """Ask who an address is; with the first page of what it holds."""
        return self._one(*_party(address))

    def parties(self, *, limit: int | None = None) -> Pages[PartiesAnswer]:
        """Ask which parties there are, by address, with the names that this reader sees; pages."""
        return self._pages("/v1/parties", PartiesAnswer, None, _size(limit))

    def holdings(self, address: Address, *, limit: int | None = None) -> Pages[PartyAnswer]:
        """Ask what a party holds, and what is offered to it; pages of :meth:`party`."""
        return self._pages(*_party(address), _size(limit))

    def site(self, site: SiteId) -> Steps[SiteAnswer]:
        """Ask what a site is, and what came from it."""
        named = to_hex(site)
        return self._one(f"/v1/sites/{named}", SiteAnswer, _names("site", siteId=named))

    def sites(self, *, limit: int | None = None) -> Pages[SitesAnswer]:
        """Ask which sites there are, by id; pages."""
        return self._pages("/v1/sites", SitesAnswer, None, _size(limit))

    # -- how they are asked ------------------------------------------------------------------

    def _one(
        self,
        path: str,
        shape: type[Shape],
        check: Check | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Steps[Shape]:
        self._trusting.settled()
        plain = yield from self._asking.plain(path, query or {})
        if check is not None:
            check(plain)
        return self._asking.made(plain, shape)

    def _pages(
        self, path: str, shape: type[Shape], check: Check | None, given: Mapping[str, str]
    ) -> Pages[Shape]:
        def take(query: Mapping[str, str]) -> Steps[Shape]:
            return self._one(path, shape, check, {**given, **query})

        return Pages(take, _cursor, "cursor")

    def _of_parcel(
        self, parcel: ParcelId, question: str, shape: type[Shape], given: Mapping[str, str]
    ) -> Pages[Shape]:
        path, names = _parcel(parcel)
        return self._pages(f"{path}/{question}", shape, names, given)


def check_token(token: str) -> None:
    """Return if a link's token has its form; else raise ``BadQuestion``."""
    if from_hex(f"0x{token}", TOKEN_BYTES) is None:
        raise BadQuestion("token", f"{2 * TOKEN_BYTES} digits of lower-case hex")


def _names(sort: str, **asked: str) -> Check:
    def check(plain: Plain) -> None:
        about(plain, sort, **asked)

    return check


def _parcel(parcel: ParcelId) -> tuple[str, Check]:
    named = to_hex(parcel)
    return f"/v1/parcels/{named}", _names("parcel", parcelId=named)


def _party(address: Address) -> tuple[str, type[PartyAnswer], Check]:
    named = to_hex(address)
    return f"/v1/parties/{named}", PartyAnswer, _names("party", address=named)


def _size(limit: int | None) -> dict[str, str]:
    return {} if limit is None else {"limit": str(limit)}


def _for(through: ParcelId | None) -> dict[str, str]:
    return {} if through is None else {"for": to_hex(through)}


def _cursor(page: Any) -> str | None:  # noqa: ANN401 - any shape that has one
    cursor: str | None = page.cursor
    return cursor


def _next_start(page: EntriesAnswer) -> str | None:
    return None if page.next_start is None else str(page.next_start)
