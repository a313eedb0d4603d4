"""How a process that works for long looks for garbage."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from ledger.config import collect_seldom

class Knot:
    pass

before = len(gc.get_objects())
collect_seldom()
print(gc.get_freeze_count() > before / 2, gc.isenabled(), gc.get_threshold()[0] >= 30_000)
knot = Knot()
knot.itself = knot
del knot
print(gc.collect())
"""


def test_what_was_imported_is_left_alone_and_later_cycles_are_still_found() -> None:
    """In a process of its own, since it holds for all of a process."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    told, found = done.stdout.splitlines()
    assert told == "True True True"
    assert int(found) > 0
