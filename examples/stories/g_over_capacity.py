"""An exporter that exports ninety times what its mines can give.

In 2004 the Republic of Congo exported about a hundred times its own production, and was removed
from the list of participants on 9 July 2004. A ledger does not refuse what an authority signs; it
says what the declared capacity was, and what the participant's standing was on each date.
"""

from __future__ import annotations

from examples.stories.stage import Stage
from examples.stories.telling import Teller

DEFINITIONS = ("kp-2003", "un-embargo", "us-2024")
EXPECTED = {
    "exported on 1 June 2004": ("pass", "pass", "pass"),
    "exported on 9 July 2004": ("fail", "pass", "pass"),
}


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2004-01-10") as stage:
        stage.cast("CG BE", miner="miner CG", trader="trader BE")
        site = stage.site("authority-cg", "Diggings in the Likouala", yearly_carats="55000")
        for title, date, number in (
            ("exported on 1 June 2004", "2004-06-01", "CG0401"),
            ("exported on 9 July 2004", "2004-07-09", "CG0402"),
        ):
            stage.at(date)
            parcel = stage.mine("miner", site, "2500000", 0)
            stage.ship(parcel, "miner", "trader", number, ["CG"], 100_000_000)
            teller.judge(stage, title, parcel, DEFINITIONS)
            teller.findings(stage, parcel)
