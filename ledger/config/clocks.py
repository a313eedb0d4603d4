"""The ledger's clock, and what is kept so that a restart does not believe a clock that leapt.

A clock set far ahead ends the book (:class:`~ledger.book.WatchedClock`), and a supervisor starts
the server again at once. So the difference between the clock and the time since the machine started
is kept in the ledger's folder, and holds until the machine starts again. A clock that was wrong
before the first start of the ledger on a boot is not seen.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final

from ledger.book import Clock, WatchedClock
from ledger.errors import StoreFailed
from ledger.files import write_over

BOOT_ID_FILE: Final = Path("/proc/sys/kernel/random/boot_id")


def system_clock() -> int:
    """Return the machine's time in milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


def steady_clock() -> int:
    """Return milliseconds that pass alike whatever the machine's time is set to."""
    # Where there is one, the clock that also counts the time in which the machine sleeps.
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(clock) // 1_000_000


def boot_id() -> str:
    """Return what names this run of the machine's kernel; empty where nothing does."""
    try:
        return BOOT_ID_FILE.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def watched_clock(file: Path, clock: Clock) -> WatchedClock:
    """Watch a clock by what was kept on this boot, or from here on if nothing was.

    Args:
        file: where :func:`keep_offset` keeps it.
        clock: the ledger's clock.

    """
    return WatchedClock(clock, steady_clock, _kept_offset(file))


def keep_offset(file: Path, watched: WatchedClock) -> None:
    """Keep by how much the clock differs from the steady one, once for each boot.

    For a ledger that could be opened: a clock behind its last entry is not worth keeping.

    Raises:
        StoreFailed: the medium failed.

    """
    boot = boot_id()
    if not boot or _kept_offset(file) is not None:
        return
    try:
        write_over(file, json.dumps({"boot": boot, "offsetMs": watched.offset_ms}) + "\n")
    except OSError as error:
        raise StoreFailed(f"{file.name} could not be written: {error}") from error


def _kept_offset(file: Path) -> int | None:
    """Return what was kept on this boot; None when nothing was, or what is there says nothing."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        boot, offset_ms = str(kept["boot"]), int(kept["offsetMs"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return offset_ms if boot and boot == boot_id() else None
