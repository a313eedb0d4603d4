"""A stone of 0.499 ct and one of 0.500 ct, both polished from Russian rough.

The trade prints both as 0.50 ct; the rules compare thousandths.
"""

from __future__ import annotations

from examples.stories.stage import POLISHED, Stage
from examples.stories.telling import Teller

DEFINITIONS = ("us-2024", "eu-2024", "uk-2024", "ca-2024", "west-2025")
EXPECTED = {
    "0.499 ct": ("pass", "pass", "pass", "pass", "fail"),
    "0.500 ct": ("fail", "fail", "fail", "fail", "fail"),
}


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2025-01-10") as stage:
        stage.cast("RU IN", miner="miner RU", cutter="cutter IN")
        site = stage.site("authority-ru", "A mine in Yakutia")
        rough = stage.mine("miner", site, "2.400", 2)
        stage.ship(rough, "miner", "cutter", "RU25001", ["RU"])
        small, large = stage.transform(
            "cutter", "polish", [rough], [("0.499", 1, POLISHED), ("0.500", 1, POLISHED)],
            "polishing",
        )  # fmt: skip
        stage.at("2025-03-01")
        teller.judge(stage, "0.499 ct", small, DEFINITIONS)
        teller.judge(stage, "0.500 ct", large, DEFINITIONS)
