"""What happens in the demo's world, from mine to jeweller, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from ledger.demo.plan import Lot, Plan, Stone
from ledger.demo.scribe import GOVERNORS, Actor, Scribe, fresh_secret
from ledger.drafts import Goods, Loss, Output, SiteStatement
from ledger.values import SiteId

DAY: Final = 24 * 3600
STORY_DAYS: Final = 28
"""The story ends now and began this long ago: inside the 30 days after which a record is late."""

AGGREGATOR: Final = ("aggregator", "trader", "BE")
CUTTERS: Final = (("cutter-surat", "cutter", "IN"), ("cutter-antwerp", "cutter", "BE"))
JEWELLERS: Final = (("jeweller-paris", "jeweller", "FR"), ("jeweller-milan", "jeweller", "IT"))
POLISHED: Final = "7102.39"
INDUSTRIAL: Final = "7102.21"


@dataclass(frozen=True, slots=True)
class FinishedStone:
    """A polished stone at its jeweller's."""

    goods: Goods
    stone: Stone
    jeweller: Actor


def admit_everybody(scribe: Scribe, plan: Plan) -> None:
    """Admit authorities, miners, traders, cutters and jewellers."""
    governors = [scribe.actors[name] for name in GOVERNORS]
    for country in plan.countries:
        authority = scribe.add(f"authority-{country.lower()}", fresh_secret(), "authority", country)
        scribe.admit(authority, *governors[:2])
        miner = scribe.add(f"miner-{country.lower()}", fresh_secret(), "miner", country)
        scribe.admit(miner, authority)
    for name, role, country in (AGGREGATOR, *CUTTERS, *JEWELLERS):
        scribe.admit(scribe.add(name, fresh_secret(), role, country), governors[0])
    scribe.later(DAY)


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
    """Register a lot, clean it, sort it, and sell the gem stones on; return them."""
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
    return scribe.hand_over(gem, miner, scribe.actors[AGGREGATOR[0]])


def polish(scribe: Scribe, goods: Goods, stones: list[Stone], cutter: Actor) -> tuple[Goods, ...]:
    """Saw a mixed lot, then polish each stone of it; return the polished stones."""
    sawing_loss = goods.weight_millicarats // 50
    sawn = scribe.transform(
        cutter, "cut", [goods], [Output(goods.weight_millicarats - sawing_loss, goods.stones)],
        {"sawing": Loss(sawing_loss)},
    )  # fmt: skip
    scribe.later(DAY)
    outputs = [Output(s.polished_millicarats, 1, POLISHED, s.label) for s in stones]
    lost = sawn[0].weight_millicarats - sum(output.weight_millicarats for output in outputs)
    return scribe.transform(cutter, "polish", sawn, outputs, {"polishing": Loss(lost)})


def _mix(scribe: Scribe, lots: list[Goods], number: int) -> Goods:
    aggregator = scribe.actors[AGGREGATOR[0]]
    if len(lots) == 1:
        return lots[0]
    weight, stones = sum(g.weight_millicarats for g in lots), sum(g.stones for g in lots)
    return scribe.transform(
        aggregator, "mix", lots, [Output(weight, stones, label=f"Mix {number}")]
    )[0]


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
    cutters = cycle([scribe.actors[name] for name, _, _ in CUTTERS])
    jewellers = cycle([scribe.actors[name] for name, _, _ in JEWELLERS])
    for number, lots in enumerate(plan.mixes, start=1):
        scribe.occurred_at = began
        gems = [mine(scribe, lot, sites[lot.country], next(numbers)) for lot in lots]
        scribe.later(DAY)
        mixed = _mix(scribe, gems, number)
        cutter = next(cutters)
        at_cutter = scribe.hand_over(mixed, scribe.actors[AGGREGATOR[0]], cutter)
        scribe.later(DAY)
        stones = [stone for lot in lots for stone in lot.stones]
        polished = polish(scribe, at_cutter, stones, cutter)
        scribe.later(DAY)
        sold_at = scribe.occurred_at
        for goods, stone in zip(polished, stones, strict=True):
            scribe.occurred_at = sold_at
            jeweller = next(jewellers)
            yield FinishedStone(scribe.hand_over(goods, cutter, jeweller), stone, jeweller)
        told()
