"""What happens in the demo's world, from mine to jeweller, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import Final

from ledger.demo.customs import Customs, Declared
from ledger.demo.plan import ELSEWHERE, Lot, Plan
from ledger.demo.scribe import GOVERNORS, Actor, Scribe, fresh_secret
from ledger.demo.workshop import DAY, LABORATORIES, WARRANTY, FinishedStone, Way, Workshop
from ledger.drafts import Goods, Loss, Output, SiteStatement
from ledger.values import SiteId

STORY_DAYS: Final = 28
"""The story ends now and began this long ago: inside the 30 days after which a record is late."""

AUTHORITIES: Final = ("EU", "IN", "AE")
"""Participants without mines, whose authorities stand at their borders."""
AGGREGATOR: Final = ("aggregator", "trader", "BE")
AGGREGATOR_ELSEWHERE: Final = ("aggregator-dubai", "trader", "AE")
CUTTERS: Final = (("cutter-surat", "cutter", "IN"), ("cutter-antwerp", "cutter", "BE"))
JEWELLERS: Final = (("jeweller-paris", "jeweller", "FR"), ("jeweller-milan", "jeweller", "IT"))
JEWELLER_ELSEWHERE: Final = ("jeweller-dubai", "jeweller", "AE")
INDUSTRIAL: Final = "7102.21"


def admit_everybody(scribe: Scribe, plan: Plan) -> None:
    """Admit authorities, miners, traders, cutters, laboratories and jewellers."""
    governors = [scribe.actors[name] for name in GOVERNORS]
    for country in (*plan.countries, *AUTHORITIES):
        authority = scribe.add(f"authority-{country.lower()}", fresh_secret(), "authority", country)
        scribe.admit(authority, *governors[:2])
        if country in plan.countries:
            miner = scribe.add(f"miner-{country.lower()}", fresh_secret(), "miner", country)
            scribe.admit(miner, authority)
    elsewhere = (AGGREGATOR_ELSEWHERE, JEWELLER_ELSEWHERE)
    for name, role, country in (AGGREGATOR, *CUTTERS, *JEWELLERS, *elsewhere, *LABORATORIES):
        scribe.admit(scribe.add(name, fresh_secret(), role, country), governors[0])
    scribe.later(DAY)


class Ways:
    """Chooses the way of each mix: goods that large markets do not admit go by Dubai and Surat."""

    def __init__(self, scribe: Scribe) -> None:
        self._of = scribe.actors
        self._cutters = cycle([name for name, _, _ in CUTTERS])

    def of(self, lots: Sequence[Lot]) -> Way:
        """Choose the way of the next mix."""
        if any(lot.country in ELSEWHERE for lot in lots):
            return self._way(AGGREGATOR_ELSEWHERE[0], CUTTERS[0][0], [JEWELLER_ELSEWHERE[0]])
        return self._way(AGGREGATOR[0], next(self._cutters), [name for name, _, _ in JEWELLERS])

    def _way(self, aggregator: str, cutter: str, jewellers: Sequence[str]) -> Way:
        chosen = tuple(self._of[name] for name in jewellers)
        return Way(self._of[aggregator], self._of[cutter], chosen)


def open_sites(scribe: Scribe, plan: Plan) -> dict[str, SiteId]:
    """Open one mine in each country; return the site ids by country."""
    sites = {}
    for country in plan.countries:
        stated = SiteStatement(
            country=country,
            licence=f"DEMO-{country}-1",
            label=f"Demo mine {country}",
            operators=(scribe.actors[f"miner-{country.lower()}"].address,),
            yearly_capacity_millicarats=10**9,
        )
        sites[country] = scribe.open_site(scribe.actors[f"authority-{country.lower()}"], stated)
    scribe.later(DAY)
    return sites


def mine(scribe: Scribe, lot: Lot, site: SiteId, number: int) -> Goods:
    """Register a lot, clean it and sort it; return its gem stones."""
    miner = scribe.actors[f"miner-{lot.country.lower()}"]
    raw = scribe.register(miner, site, lot.mined_millicarats, lot.mined_stones, f"Run {number}")
    clean_weight = lot.mined_millicarats - lot.cleaning_loss_millicarats
    cleaned = scribe.transform(
        miner, "reweigh", [raw], [Output(clean_weight, lot.mined_stones, raw.hs_code)],
        {"cleaning": Loss(lot.cleaning_loss_millicarats)},
    )  # fmt: skip
    gem, _industrial = scribe.transform(
        miner, "split", cleaned,
        [
            Output(lot.gem_millicarats, len(lot.stones), label=f"Gem {number}"),
            Output(lot.industrial_millicarats, lot.industrial_stones, INDUSTRIAL),
        ],
    )  # fmt: skip
    return gem


def export(scribe: Scribe, customs: Customs, lot: Lot, gem: Goods, to: Actor) -> Goods:
    """Have the authority state where gem stones are from, and sell them across the border."""
    authority = scribe.actors[f"authority-{lot.country.lower()}"]
    scribe.state(gem, authority, "origin", countries=(lot.country,))
    miner = scribe.actors[f"miner-{lot.country.lower()}"]
    return customs.ship(gem, miner, to, _declared([lot], gem))


def _declared(lots: Sequence[Lot], goods: Goods) -> Declared:
    """Declare goods of lots, at the average value of the countries that they are from."""
    gems = sum(lot.gem_millicarats for lot in lots)
    worth = sum(lot.gem_millicarats * lot.us_cents_per_carat for lot in lots)
    value = max(1, goods.weight_millicarats * worth // gems // 1000)
    return Declared(value, tuple(sorted({lot.country for lot in lots})))


def _mix(scribe: Scribe, lots: list[Goods], number: int, by: Actor) -> Goods:
    """Mix lots, warrant the goods, and say where they are."""
    mixed = lots[0]
    if len(lots) > 1:
        weight, stones = sum(g.weight_millicarats for g in lots), sum(g.stones for g in lots)
        mixed = scribe.transform(
            by, "mix", lots, [Output(weight, stones, label=f"Mix {number}")]
        )[0]  # fmt: skip
    scribe.state(mixed, by, "warranty", text_id=WARRANTY)
    here = (by.speaker.country,)
    scribe.state(mixed, by, "location", as_of=scribe.occurred_at, countries=here)
    return mixed


def from_mine_to_jeweller(
    scribe: Scribe, plan: Plan, sites: dict[str, SiteId], told: Callable[[], None]
) -> Iterator[FinishedStone]:
    """Take every lot from its mine to a jeweller; yield each finished stone.

    Args:
        scribe: writes the records.
        plan: what to do.
        sites: the mines by country.
        told: called after each mix has been taken to its end, to send and to show progress.

    """
    began, numbers = scribe.occurred_at, iter(range(1, 1_000_000))
    customs, ways, workshop = Customs(scribe), Ways(scribe), Workshop(scribe)
    for number, lots in enumerate(plan.mixes, start=1):
        scribe.occurred_at = began
        way = ways.of(lots)
        gems = []
        for lot in lots:
            scribe.occurred_at = began
            gem = mine(scribe, lot, sites[lot.country], next(numbers))
            gems.append(export(scribe, customs, lot, gem, way.aggregator))
        scribe.later(DAY)
        mixed = _mix(scribe, gems, number, way.aggregator)
        at_cutter = customs.ship(mixed, way.aggregator, way.cutter, _declared(lots, mixed))
        scribe.later(DAY)
        yield from workshop.finish(at_cutter, [one for lot in lots for one in lot.stones], way)
        told()
