"""A certificate's number shown a second time.

Forged certificates have borne numbers of an earlier year's range. Number 4306 was issued and
confirmed in 2005; in 2006 goods arrive with a paper that bears it again.
"""

from __future__ import annotations

from examples.stories.stage import Stage
from examples.stories.telling import Teller

DEFINITIONS = ("kp-2003", "un-embargo")
EXPECTED = {"what came under the number in 2005": ("pass", "pass")}


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2005-03-10") as stage:
        stage.cast("GH BE", miner="miner GH", trader="trader BE")
        site = stage.site("authority-gh", "Akwatia")
        for number in ("GH4305", "GH4306", "GH4307"):
            parcel = stage.mine("miner", site, "850.00", 0)
            stage.ship(parcel, "miner", "trader", number, ["GH"], 25_000)
            if number == "GH4306":
                first = parcel
        stage.at("2006-02-01")
        parcel = stage.mine("miner", site, "850.00", 0)
        stage.ship(parcel, "miner", "trader", "GH6001", ["GH"], 25_000)
        stage.refuse_paper("authority-be", "GH4306", "850.00", "number")
        teller.certificate_findings(stage, "GH4306")
        teller.judge(stage, "what came under the number in 2005", first, DEFINITIONS)
