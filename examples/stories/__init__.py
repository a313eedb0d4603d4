"""Nine stories of the trade, told on ledgers whose clocks are set to their time.

Each prints what every definition says of the goods, and why: ``python -m examples.stories`` tells
all of them, ``python -m examples.stories a_nola`` one. What they print stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Protocol

STORIES: Final = (
    "a_nola",
    "b_mixed_into_the_eu",
    "c_outside_russia",
    "d_half_a_carat",
    "e_melee",
    "f_counterfeit_inscription",
    "g_over_capacity",
    "h_number_again",
    "i_three_valuations",
)


class Story(Protocol):
    """One story.

    Attributes:
        EXPECTED: by title, the value of each of its definitions, worked out by hand.

    """

    EXPECTED: Mapping[str, tuple[str, ...]]

    def tell(self, teller: Any) -> None:  # noqa: ANN401 - a Teller, whose module needs a ledger
        """Tell it."""


def story(name: str) -> Story:
    """Return a story by its name."""
    told: Story = import_module(f"{__name__}.{name}")
    return told
