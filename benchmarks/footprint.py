"""(e) Cold start, memory and bytes on disk."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from benchmarks.ledgers import opened
from benchmarks.processes import started
from ledger.config import LedgerFolder

_MIB: Final = 1024 * 1024


def footprint(small: LedgerFolder, large: LedgerFolder, sizes: dict[str, int]) -> Iterator[Figure]:
    """Measure what opening a ledger takes, and how large its files are."""
    cold, resident = _start(large)
    _, resident_small = _start(small)
    bound_by = "importing Python's modules; the ledger itself is opened at its right edge alone"
    yield Figure("cold-start", cold, "s", None, "less", bound_by)
    grown = (resident - resident_small) / (sizes["large"] - sizes["small"]) * 1_000_000
    bound_by = "caches of pages, which have a fixed size: nothing is kept by record"
    yield Figure("memory-per-million-records", grown / _MIB, "MiB", None, "less", bound_by)
    yield Figure("memory", resident / _MIB, "MiB", None, "less", "Python and caches of pages")
    bound_by = "the envelope, about 1.2 kB of JSON; the rest are state and its indexes"
    on_disk = large.log.stat().st_size / sizes["large"]
    yield Figure("disk-per-record", on_disk, "bytes", None, "less", bound_by)


def _start(folder: LedgerFolder) -> tuple[float, int]:
    """Return the seconds until a fresh process has opened a ledger, and its resident bytes."""
    begin = time.perf_counter()
    with started("benchmarks.footprint", str(folder.path), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - asked for
        line = process.stdout.readline()
        return time.perf_counter() - begin, json.loads(line)


def _resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    with opened(LedgerFolder(Path(sys.argv[1]))) as ledger:
        assert ledger.book.published.size  # noqa: S101 - it is open, and says so
        sys.stdout.write(f"{_resident_bytes()}\n")
        sys.stdout.flush()
