"""A stone of 3.075 ct that bears the report number of a natural one of 3.078 ct.

Laboratory-grown stones have been sold with the inscription of a natural stone's report. No ledger
sees what a stone is made of; it sees that one number was used for two stones, and that the weight
on the report is not the weight in the book.
"""

from __future__ import annotations

from examples.stories.stage import POLISHED, Stage
from examples.stories.telling import Teller
from ledger.drafts.sayings import Grades
from ledger.values import ParcelId

DEFINITIONS = ("kp-2003", "us-2024", "eu-2024")
EXPECTED = {
    "the natural stone": ("pass", "pass", "pass"),
    "the other stone": ("pass", "pass", "pass"),
}
_ROUGH = (("7.100", "3.078", "BW23001"), ("7.200", "3.075", "BW23002"))
_GRADES = Grades("round", "F", "VS1", (9310, 9340, 5760))


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2023-01-10") as stage:
        stage.cast(
            "BW IN BE", miner="miner BW", cutter="cutter IN", lab="lab BE", jeweller="jeweller FR",
        )  # fmt: skip
        site = stage.site("authority-bw", "Mine of BW")
        stones: list[ParcelId] = []
        for carats, polished, number in _ROUGH:
            rough = stage.mine("miner", site, carats, 1)
            stage.ship(rough, "miner", "cutter", number, ["BW"])
            output = (polished, 1, POLISHED)
            stones += stage.transform("cutter", "polish", [rough], [output], "polishing")
        natural, other = stones
        stage.hand_over(natural, "cutter", "lab")
        stage.grade("lab", natural, "2141438171", "3.078", _GRADES)
        teller.judge(stage, "the natural stone", natural, DEFINITIONS)
        stage.at("2023-05-10")
        stage.hand_over(other, "cutter", "lab")
        stage.grade("lab", other, "2141438171", "3.078", _GRADES)
        teller.judge(stage, "the other stone", other, DEFINITIONS)
        found = teller.findings(stage, other)
        stage.answer("cutter", found["report-number-reused"], other)
        teller.note("The cutter answers it: the answer stands beside it, and removes nothing.")
        teller.findings(stage, other)
