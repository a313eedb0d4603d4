"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import apsw


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def machine() -> str:
    """Name the machine in one line."""
    python, sqlite = platform.python_version(), apsw.sqlite_lib_version()
    return f"{cores()} cores of {_model()}, Python {python}, SQLite {sqlite}"


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
