"""Four parcels of the Central African Republic, and four different answers.

The country was suspended on 23 May 2013; from 17 July 2015 zones found compliant could export;
on 15 November 2024 all restrictions were lifted (``kp-measures``). Nola was one of those zones.
The authority of the country signs a certificate each time: who may not export is not kept from
saying that it did, and the verdicts say what follows.
"""

from __future__ import annotations

from examples.stories.stage import Stage
from examples.stories.telling import Teller

DEFINITIONS = ("kp-2003", "un-embargo", "us-2024", "eu-2024")
EXPECTED = {
    "Nola, exported in 2014": ("fail", "pass", "pass", "pass"),
    "Nola, exported in 2017": ("pass", "pass", "pass", "pass"),
    "Bria, exported in 2017": ("fail", "pass", "pass", "pass"),
    "Nola, exported in 2025": ("pass", "pass", "pass", "pass"),
}
_EXPORTS = (
    ("Nola, exported in 2014", "Nola", "2014-05-12", "CF140001"),
    ("Nola, exported in 2017", "Nola", "2017-05-12", "CF170001"),
    ("Bria, exported in 2017", "Bria", "2017-05-12", "CF170002"),
    ("Nola, exported in 2025", "Nola", "2025-05-12", "CF250001"),
)


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2014-01-15") as stage:
        stage.cast("CF AE", miner="miner CF", trader="trader AE")
        sites = {zone: stage.site("authority-cf", zone, zone=zone) for zone in ("Nola", "Bria")}
        for title, zone, date, number in _EXPORTS:
            stage.at(date)
            parcel = stage.mine("miner", sites[zone], "12.50", 3)
            stage.ship(parcel, "miner", "trader", number, ["CF"])
            teller.judge(stage, title, parcel, DEFINITIONS)
