"""Small goods of a trade, made by hand."""

from __future__ import annotations

from ledger.drafts import Output
from ledger.values import ParcelId
from ledger.verdicts.facts import Facts
from ledger.verdicts.gathering import gather
from tests.ledger.verdicts.gathering.knowing import Told
from tests.ledger.verdicts.gathering.trade import ROUGH, Trade


def mined(trade: Trade, country: str, weight: int = 10_000, stones: int = 0) -> ParcelId:
    site = trade.sites[country][0]
    zone = trade.site_state(site).zone
    return trade.register(site, weight, stones, by=f"miner-{country.lower()}", zone=zone)


def sent(trade: Trade, parcel: ParcelId, recipient: str = "trader-be") -> ParcelId:
    trade.hand_over(parcel, trade.holder(parcel), recipient)
    return parcel


def mixed(trade: Trade, *countries: str) -> ParcelId:
    parcels = [sent(trade, mined(trade, country)) for country in countries]
    trade.later()
    weight = 10_000 * len(parcels)
    return trade.transform("trader-be", "mix", sorted(parcels), [Output(weight, 0, ROUGH)])[0]


def facts_of(trade: Trade, parcel: ParcelId, size: int | None = None) -> Facts:
    return gather(Told(trade), parcel, size)


def key(trade: Trade, country: str) -> str:
    return f"{country}:{trade.sites[country][0].hex()[:16]}"
