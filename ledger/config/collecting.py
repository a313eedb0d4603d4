"""How a process that works for long looks for garbage: seldom, and not among what it imported.

Records, envelopes and items of state are freed by their reference counts; what only a search for
cycles would free is little. Python's own settings search whenever 700 more objects are alive, which
a page of records passes several times, and look through every module again and again.
"""

from __future__ import annotations

import gc
from typing import Final

_ALIVE_MORE: Final = 30_000
"""A few thousand records on their way to a checkpoint come to fewer. None of them is garbage, and
to look through them while they live costs a tenth of taking them in."""


def collect_seldom() -> None:
    """Leave alone what lives now, and search when 30,000 more objects do.

    For a process's own start, when all is imported; it holds until the process ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALIVE_MORE)
