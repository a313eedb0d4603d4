"""The demo's borders: rough crosses each with a certificate, which the other side confirms.

The exporting authority certifies what the book says; the goods travel; the importing authority
confirms what it finds; only then does the buyer take them. The European Union is one participant,
with one authority. Some scales across a border show a little less.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Final

from ledger import drafts
from ledger.demo.scribe import Actor, Scribe
from ledger.drafts import Arrival, Found, Goods, Paper
from ledger.values import EU, EU_COUNTRIES, Hash32

HOUR: Final = 3600
FLIGHT_SECONDS: Final = 20 * HOUR
VALID_SECONDS: Final = 60 * 24 * HOUR
LIGHTER_MILLICARATS: Final = 3
LIGHTER_EVERY: Final = 9
"""One shipment in so many is found lighter by so much: within the weighing tolerance."""


def area_of(country: str) -> str:
    """Return whose authority acts for a country at its borders."""
    return EU if country in EU_COUNTRIES else country


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of goods at a border: their value, and where they were mined."""

    value_us_cents: int
    origins: tuple[str, ...]


class Customs:
    """Takes goods from party to party, across a border or not.

    Args:
        scribe: writes the records.

    """

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe
        self._issued: Counter[str] = Counter()
        self._shipments = count(1)

    def ship(self, goods: Goods, sender: Actor, recipient: Actor, declared: Declared) -> Goods:
        """Sell rough to a party; return it as it arrives."""
        here, there = (area_of(actor.speaker.country) for actor in (sender, recipient))
        if here == there:
            return self._scribe.hand_over(goods, sender, recipient)
        number, certificate = self._certify(goods, sender, recipient, declared)
        self._scribe.later(HOUR)
        offered = self._scribe.offer(goods, sender, recipient, "sale")
        self._scribe.later(FLIGHT_SECONDS)
        is_lighter = next(self._shipments) % LIGHTER_EVERY == 0
        weight = goods.weight_millicarats - LIGHTER_MILLICARATS * is_lighter
        found = Found(weight, declared.value_us_cents)
        arrival = Arrival(
            number, recipient.speaker.country, 1, {goods.hs_code: found},
            exporter=sender.address, importer=recipient.address, certificate=certificate,
        )  # fmt: skip
        self._confirm(there, arrival)
        self._scribe.later(HOUR)
        return self._scribe.accept(offered, sender, recipient, weight)

    def _certify(
        self, goods: Goods, sender: Actor, recipient: Actor, declared: Declared
    ) -> tuple[str, Hash32]:
        here, there = (area_of(actor.speaker.country) for actor in (sender, recipient))
        authority = self._scribe.actors[f"authority-{here.lower()}"]
        self._issued[here] += 1
        paper = Paper(
            number=f"{here}{self._issued[here]:07}",
            destination=there,
            expires_at=self._scribe.occurred_at + VALID_SECONDS,
            values_us_cents={goods.hs_code: declared.value_us_cents},
            origins=declared.origins,
            importer=recipient.address,
        )
        moment = self._scribe.moment()
        record = drafts.certificate(authority.speaker, moment, sender.address, [goods], paper)
        return paper.number, self._scribe.say(record, authority)

    def _confirm(self, area: str, arrival: Arrival) -> None:
        authority = self._scribe.actors[f"authority-{area.lower()}"]
        record = drafts.clearance(authority.speaker, self._scribe.moment(), arrival)
        self._scribe.say(record, authority)
