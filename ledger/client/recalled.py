"""The questions of recall, typed: methods that :class:`.questions.Questions` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from ledger.answers.shapes import RecallAnswer, RejudgedAnswer
from ledger.client.pages import Check, Pages, Shape
from ledger.desk import Plain
from ledger.desk.answering import about
from ledger.values import Address, ParcelId, SiteId, to_hex


class AskingRecalls(ABC):
    """Asks what goods went into, and on which of them a verdict is another."""

    @abstractmethod
    def _pages(
        self, path: str, shape: type[Shape], check: Check | None, given: Mapping[str, str]
    ) -> Pages[Shape]: ...

    def recalls(
        self,
        *,
        parcel: ParcelId | None = None,
        site: SiteId | None = None,
        zone: str | None = None,
        country: str | None = None,
        party: Address | None = None,
        since: int | None = None,
        limit: int | None = None,
    ) -> Pages[RecallAnswer]:
        """Ask what goods went into, the earliest first; pages, some of them without a parcel.

        Args:
            parcel: what is recalled: a parcel; or one of the next four.
            site: all that was registered from a site.
            zone: all from the sites of a zone.
            country: all from the sites of a country; with a zone, from that zone of it.
            party: the goods of every record by a party or an agent.
            since: the first entry that counts for it.
            limit: how many parcels a page has at most.

        """
        words = {"zone": zone, "country": country, "since": since, "limit": limit}
        ids = {"parcel": parcel, "site": site, "party": party}
        return self._of_recall("/v1/recalls", RecallAnswer, ids, words)

    def rejudged(
        self,
        definition: str,
        *,
        as_of: str | None = None,
        facts_before: int | None = None,
        tables_before: int | None = None,
        compare_date: str | None = None,
        compare_definition: str | None = None,
        parcel: ParcelId | None = None,
        site: SiteId | None = None,
        zone: str | None = None,
        country: str | None = None,
        party: Address | None = None,
        since: int | None = None,
        limit: int | None = None,
    ) -> Pages[RejudgedAnswer]:
        """Ask on which recalled goods a verdict is another; pages, some of them without one.

        Args:
            definition: the id of the definition.
            as_of: the day that the goods are judged for, such as 2025-03-01; today if not said.
            facts_before: compare what the first so many entries say with all that is said.
            tables_before: compare by the tables of this size with those of today.
            compare_date: compare with another day.
            compare_definition: compare with another definition.
            parcel: what is recalled, as for :meth:`recalls`.
            site: likewise.
            zone: likewise.
            country: likewise.
            party: likewise.
            since: the first entry that counts for it.
            limit: how many parcels are judged for a page at most.

        """
        words = {
            "definition": definition,
            "asOf": as_of,
            "factsBefore": facts_before,
            "tablesBefore": tables_before,
            "compareDate": compare_date,
            "compareDefinition": compare_definition,
            "zone": zone,
            "country": country,
            "since": since,
            "limit": limit,
        }
        ids = {"parcel": parcel, "site": site, "party": party}
        return self._of_recall("/v1/recalls/verdicts", RejudgedAnswer, ids, words)

    def _of_recall(
        self,
        path: str,
        shape: type[Shape],
        ids: Mapping[str, bytes | None],
        words: Mapping[str, str | int | None],
    ) -> Pages[Shape]:
        named = {name: to_hex(one) for name, one in ids.items() if one is not None}
        given = {name: str(one) for name, one in words.items() if one is not None}

        def check(plain: Plain) -> None:
            for name, one in named.items():
                about(plain, "recall", beginsWith=name, subject=one)

        return self._pages(path, shape, check, {**named, **given})
