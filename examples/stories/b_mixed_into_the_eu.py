"""A mix of Botswana, Canada, Namibia and South Africa, into the European Union.

Since 1 March 2025 the Union refuses a certificate that says only "mixed" for a first import of
rough: it must name every country of mining origin.
"""

from __future__ import annotations

from examples.stories.stage import ROUGH, Stage
from examples.stories.telling import Teller
from ledger.values import ParcelId

DEFINITIONS = ("kp-2003", "eu-2024", "us-2024")
EXPECTED = {
    'plain "mixed", in February 2025': ("pass", "pass", "pass"),
    'plain "mixed", in March 2025': ("pass", "fail", "pass"),
    "all four countries named, in March 2025": ("pass", "pass", "pass"),
}
COUNTRIES = ("BW", "CA", "NA", "ZA")


def _mixed(stage: Stage) -> ParcelId:
    """Mine in four countries, bring it all to Botswana, and mix it."""
    parcels: list[ParcelId] = []
    for country in COUNTRIES:
        miner = f"miner-{country.lower()}"
        site = stage.site(f"authority-{country.lower()}", f"Mine of {country}")
        parcel = stage.mine(miner, site, "250.000", 300)
        number = f"{country}{len(parcels)}{stage.now % 10**9}"
        if country == "BW":
            stage.hand_over(parcel, miner, "sorter")
        else:
            stage.ship(parcel, miner, "sorter", number, [country], 40_000)
        parcels.append(parcel)
    return stage.transform("sorter", "mix", sorted(parcels), [("1000.000", 1200, ROUGH)])[0]


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2025-01-10") as stage:
        miners = {f"miner-{country.lower()}": f"miner {country}" for country in COUNTRIES}
        stage.cast("BW CA NA ZA EU", **miners, sorter="trader BW", trader="trader BE")
        for title, date, origins in (
            ('plain "mixed", in February 2025', "2025-02-10", ()),
            ('plain "mixed", in March 2025', "2025-03-05", ()),
            ("all four countries named, in March 2025", "2025-03-20", COUNTRIES),
        ):
            parcel = _mixed(stage)
            stage.at(date)
            number = f"BW25{stage.now % 10**8}"
            stage.ship(parcel, "sorter", "trader", number, origins, 150_000, "EU")
            teller.judge(stage, title, parcel, DEFINITIONS)
