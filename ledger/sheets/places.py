"""The mines and the people that rows name, each looked up once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.errors import BadQuestion, Unknown
from ledger.records import CUSTODY_ROLES
from ledger.sheets.faults import Unfit
from ledger.sheets.shelf import Plain, Source
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Address, Hash32, from_hex, to_hex

People = Callable[[str], Address]
"""Returns the address of a party by what was typed, or raises ``Unknown`` or ``BadQuestion``."""


class Known:
    """What was found out about texts, each once; a text that is unfit stays so."""

    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find
        self._found: dict[str, Any] = {}

    def __call__(self, text: str) -> Any:  # noqa: ANN401 - whatever is found
        """Return what is known of a text.

        Raises:
            Unfit: it was never fit.

        """
        if text not in self._found:
            try:
                self._found[text] = self._find(text)
            except Unfit as unfit:
                self._found[text] = unfit
        found = self._found[text]
        if isinstance(found, Unfit):
            raise Unfit(found.reason, found.field)
        return found


class Mines:
    """The sites where a party registers.

    Args:
        source: the ledger.
        author: who registers.
        now: the time, in seconds.

    """

    def __init__(self, source: Source, author: Address, now: int) -> None:
        self._source = source
        self._author = to_hex(author)
        self._now = now
        self._sites: list[Plain] | None = None
        self.named = Known(self._named)

    def _named(self, text: str) -> Plain:
        """Return the site of an id, a label or a licence, at which the party may register."""
        site_id = from_hex(text, HASH_BYTES)
        if site_id is None:
            site_id = self._id_of(text)
        try:
            site = self._source.site(Hash32(site_id))
        except Unknown:
            raise Unfit("a site that this ledger does not know") from None
        if site["isClosed"]:
            raise Unfit("a site that is closed")
        if site["validUntil"] and site["validUntil"] < self._now:
            raise Unfit("a site whose licence has run out")
        if site["operators"] and self._author not in site["operators"]:
            raise Unfit("a site where this party may not register")
        return site

    def _id_of(self, text: str) -> bytes:
        if self._sites is None:
            self._sites = list(self._source.sites())
        fitting = [one for one in self._sites if text in (one["label"], one["licence"])]
        fitting = [one for one in fitting if not one["isClosed"]] or fitting
        if not fitting:
            raise Unfit("neither the id of a site, nor its label or licence")
        if len(fitting) > 1:
            raise Unfit(f"the label or licence of {len(fitting)} sites: give its id")
        return bytes.fromhex(fitting[0]["siteId"].removeprefix("0x"))


class Recipients:
    """The parties to whom goods go.

    Args:
        source: the ledger.
        people: knows addresses by name.
        author: who hands over.

    """

    def __init__(self, source: Source, people: People, author: Address) -> None:
        self._source = source
        self._people = people
        self._author = author
        self.named = Known(self._named)

    def _named(self, text: str) -> Plain:
        typed = from_hex(text, ADDRESS_BYTES)
        try:
            address = Address(typed) if typed is not None else self._people(text)
            party = self._source.party(address)
        except Unknown:
            raise Unfit("neither the name of a key here, nor a party of this ledger") from None
        except BadQuestion as error:
            raise Unfit(f"not {error.expected}") from None
        if party["sort"] != "party":
            raise Unfit(f"a key or agent of {party['party']}: name the party itself")
        if address == self._author:
            raise Unfit("the party that hands over")
        return party

    def country(self, party: Plain, said: str) -> str:
        """Return the country in which a party takes custody.

        Raises:
            Unfit: it has none, several, or another than was said.

        """
        roles = (one for one in party["roles"] or () if one["isInForce"])
        countries: list[str] = sorted({r["country"] for r in roles if r["role"] in CUSTODY_ROLES})
        if said and said in countries:
            return said
        if said or not countries:
            raise Unfit("the recipient has no role there in which it could take custody", "country")
        if len(countries) > 1:
            raise Unfit("the recipient has several: " + " ".join(countries), "country")
        return countries[0]
