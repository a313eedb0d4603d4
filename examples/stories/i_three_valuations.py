"""A stone of 144.12 ct from Sierra Leone, valued three times; the highest value counts.

National agency US$ 648,540; owner US$ 601,701; a third party US$ 659,925. The certificate declares
the highest, and 15 % of it, US$ 98,989, is due.
"""

from __future__ import annotations

from examples.stories.stage import Stage
from examples.stories.telling import Teller

DEFINITIONS = ("kp-2003", "un-embargo", "us-2024", "eu-2024")
EXPECTED = {"the stone": ("pass", "pass", "pass", "pass")}
VALUATIONS = {"agency": 648_540, "owner": 601_701, "appraiser": 659_925}
EXPORT_DUTY_PERCENT = 15


def duty_dollars(dollars: int) -> int:
    """Return the duty on a value, in whole dollars, half a dollar rounded up."""
    return (dollars * EXPORT_DUTY_PERCENT + 50) // 100


def tell(teller: Teller) -> None:
    """Tell the story."""
    with Stage("2019-03-01") as stage:
        stage.cast("SL BE", owner="miner SL", buyer="trader BE")
        stage.cast("", agency="auditor SL", appraiser="auditor BE")
        site = stage.site("authority-sl", "Kono")
        stone = stage.mine("owner", site, "144.120", 1)
        for by, dollars in VALUATIONS.items():
            content = f"Valuation of a diamond of 144.12 ct: US$ {dollars:,}"
            record = stage.document(by, stone, content)
            teller.note(f"{by}: US$ {dollars:,}, document {teller.checked(stage, record, content)}")
        highest = max(VALUATIONS.values())
        paper = stage.ship(stone, "owner", "buyer", "SL19001", ["SL"], highest)
        declared = teller.declared_dollars(stage, paper)
        teller.note(f"declared on the certificate: US$ {declared:,}")
        teller.note(f"{EXPORT_DUTY_PERCENT} % of it: US$ {duty_dollars(declared):,}")
        teller.judge(stage, "the stone", stone, DEFINITIONS)
