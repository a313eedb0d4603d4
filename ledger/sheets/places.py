"""The mines and the people that rows name, each looked up once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.records import CUSTODY_ROLES
from ledger.sheets.faults import Unfit
from ledger.sheets.shelf import Plain, Source
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Address, Hash32, from_hex, to_hex

People = Callable[[str], Address]
"""Returns the address of a key by its name here, or raises ``Unknown`` or ``BadQuestion``."""

_NAMESAKES_SHOWN_MAX: Final = 5


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


class PartyNames:
    """Admitted parties by the names that the reader may see; asked for once, when first needed.

    Args:
        source: the ledger.

    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def address(self, name: str) -> Address:
        """Return the address of the one admitted party that bears a name.

        Raises:
            Unfit: none does, or several do; or there are too many parties to look through.

        """
        if self._by_name is None:
            most = LIMITS.sheet_parties_max
            raise Unfit(f"a name, where more than {most} parties may bear it: give the address")
        found = self._by_name.get(name.strip(), [])
        if not found:
            raise Unfit("no address, and no name of a key or of a party that is known here")
        if len(found) > 1:
            more = ", …" if len(found) > _NAMESAKES_SHOWN_MAX else ""
            listed = ", ".join(found[:_NAMESAKES_SHOWN_MAX])
            raise Unfit(f"the name of {len(found)} parties: give the address, {listed}{more}")
        return Address(bytes.fromhex(found[0].removeprefix("0x")))

    @cached_property
    def _by_name(self) -> dict[str, list[str]] | None:
        """The addresses of each name; None where there are too many parties to look through."""
        found: dict[str, list[str]] = {}
        count = 0
        for page in self._source.parties():
            count += len(page["parties"])
            if count > LIMITS.sheet_parties_max:
                return None
            for one in page["parties"]:
                name = page["names"].get(one["address"], "").strip()
                if name and (one["isGovernor"] or one["roles"]):
                    found.setdefault(name, []).append(one["address"])
        return found


class Recipients:
    """The parties to whom goods go.

    Args:
        source: the ledger.
        people: knows the addresses of keys by name.
        author: who hands over.

    Attributes:
        called: the addresses of those that were found by their own names, by name.

    """

    def __init__(self, source: Source, people: People, author: Address) -> None:
        self._source = source
        self._people = people
        self._names = PartyNames(source)
        self._author = author
        self.called: dict[str, Address] = {}
        self.named = Known(self._named)

    def _named(self, text: str) -> Plain:
        address = self._address(text)
        try:
            party = self._source.party(address)
        except Unknown:
            raise Unfit("no party of this ledger") from None
        if party["sort"] != "party":
            raise Unfit(f"a key or agent of {party['party']}: name the party itself")
        if address == self._author:
            raise Unfit("the party that hands over")
        return party

    def _address(self, text: str) -> Address:
        typed = from_hex(text, ADDRESS_BYTES)
        if typed is not None:
            return Address(typed)
        try:
            return self._people(text)
        except BadQuestion as error:
            raise Unfit(f"not {error.expected}") from None
        except Unknown:
            # What was to be an address is none's name, whatever somebody calls itself.
            if text.lower().startswith("0x"):
                raise Unfit("an address that is not whole: 0x and 40 digits") from None
        self.called[text] = self._names.address(text)
        return self.called[text]

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
