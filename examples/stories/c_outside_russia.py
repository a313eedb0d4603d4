"""Russian rough of 1.20 ct, outside Russia on 15 February 2024, polished in Surat to 0.53 ct.

The United States ask whether it was outside Russia before the cut-off (a general licence, known to
run until 1 September 2026); the European Union whether it was located elsewhere before the ban, and
since 2026 for a due diligence statement; Canada whether it was *exported* from Russia before. A
second stone left Russia in October 2024.
"""

from __future__ import annotations

from examples.stories.stage import POLISHED, Stage
from examples.stories.telling import Teller
from ledger.values import ParcelId

DEFINITIONS = ("us-2024", "eu-2024", "ca-2024", "uk-2024", "kp-2003", "west-2025")
EXPECTED = {
    "the first stone, on 1 July 2024": ("pass", "pass", "pass", "pass", "pass", "fail"),
    "the first stone, on 1 December 2024": ("pass", "pass", "pass", "pass", "pass", "fail"),
    "the second stone, on 1 December 2024": ("fail", "fail", "fail", "fail", "pass", "fail"),
    "the first stone, on 1 October 2026": (
        "cannot tell", "cannot tell", "pass", "pass", "pass", "fail",
    ),
}  # fmt: skip


def _polished(stage: Stage, number: str, exported: str) -> ParcelId:
    """Mine 1.20 ct in Russia, take it out of the country on a date, and polish it in Surat."""
    site = stage.site("authority-ru", f"A mine in Yakutia {number}")
    rough = stage.mine("miner", site, "1.200", 1)
    stage.at(exported)
    stage.ship(rough, "miner", "trader", f"RU{number}", ["RU"])
    stage.locate("trader", rough, "AE", exported)
    stage.ship(rough, "trader", "cutter", f"AE{number}", ["RU"])
    (stone,) = stage.transform("cutter", "polish", [rough], [("0.530", 1, POLISHED)], "polishing")
    return stone


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2024-01-10") as stage:
        stage.cast("RU AE IN", miner="miner RU", trader="trader AE", cutter="cutter IN")
        first = _polished(stage, "24001", "2024-02-12")
        stage.at("2024-07-01")
        teller.judge(stage, "the first stone, on 1 July 2024", first, DEFINITIONS)
        second = _polished(stage, "24002", "2024-10-15")
        stage.at("2024-12-01")
        teller.judge(stage, "the first stone, on 1 December 2024", first, DEFINITIONS)
        teller.judge(stage, "the second stone, on 1 December 2024", second, DEFINITIONS)
        stage.at("2026-10-01")
        teller.judge(stage, "the first stone, on 1 October 2026", first, DEFINITIONS)
