"""How many trials a test runs, by level, and the seed that all of them share.

The level is the environment's ``ADAMANT_TRIALS`` (``check``, ``test`` or ``torture``; ``test``
when it is not set), the seed its ``ADAMANT_SEED``. Counts stand in ``tests/trials.toml``.
"""

from __future__ import annotations

import os
import random
import tomllib
from pathlib import Path

LEVELS = ("check", "test", "torture")
_TABLE = tomllib.loads(Path(__file__).with_name("trials.toml").read_text("utf-8"))


def level() -> str:
    """Return the level of this run."""
    chosen = os.environ.get("ADAMANT_TRIALS", "test")
    if chosen not in LEVELS:
        raise ValueError(f"ADAMANT_TRIALS is one of {LEVELS}")
    return chosen


def trials(name: str) -> int:
    """Return how often the test ``name`` (``room.test``) repeats at this run's level."""
    room, _, test = name.partition(".")
    return int(_TABLE[room][test][level()])


def seed() -> int:
    """Return this run's seed: a fixed one unless the environment names another."""
    return int(os.environ.get("ADAMANT_SEED", "20260101"))


def dice(name: str) -> random.Random:
    """Return a random generator that depends on the run's seed and the test's name alone."""
    return random.Random(f"{seed()}:{name}")
