"""A parcel of melee: 1,102 stones that weigh 9.67 ct together, polished from a mix.

Nobody weighed the stones one by one, and rough from Russia was in the mix: so no import rule with a
threshold per stone can be decided from the parcel. Sieved, the small ones can.
"""

from __future__ import annotations

from examples.stories.stage import POLISHED, ROUGH, Stage
from examples.stories.telling import Teller
from ledger.values import ParcelId

DEFINITIONS = ("us-2024", "eu-2024", "kp-2003", "west-2025")
EXPECTED = {
    "the parcel of 1,102 stones": ("cannot tell", "cannot tell", "pass", "cannot tell"),
    "its 50 smallest, 0.30 ct together": ("pass", "pass", "pass", "cannot tell"),
}


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2025-01-10") as stage:
        stage.cast(
            "BW RU IN", miner_bw="miner BW", miner_ru="miner RU", sorter="trader IN",
            cutter="cutter IN",
        )  # fmt: skip
        lots: list[ParcelId] = []
        for country, carats, stones in (("BW", "22.000", 1000), ("RU", "3.000", 102)):
            site = stage.site(f"authority-{country.lower()}", f"Mine of {country}")
            miner = f"miner_{country.lower()}"
            lot = stage.mine(miner, site, carats, stones)
            stage.ship(lot, miner, "sorter", f"{country}25001", [country])
            lots.append(lot)
        (mix,) = stage.transform("sorter", "mix", lots, [("25.000", 1102, ROUGH)])
        stage.hand_over(mix, "sorter", "cutter")
        (melee,) = stage.transform(
            "cutter", "polish", [mix], [("9.670", 1102, POLISHED)], "polishing"
        )
        stage.at("2025-06-01")
        teller.judge(stage, "the parcel of 1,102 stones", melee, DEFINITIONS)
        small, _ = stage.transform(
            "cutter", "split", [melee], [("0.300", 50, POLISHED), ("9.370", 1052, POLISHED)]
        )
        teller.judge(stage, "its 50 smallest, 0.30 ct together", small, DEFINITIONS)
