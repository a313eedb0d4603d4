"""(a) Batch appends: NDJSON bytes to signed checkpoint, in process."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from statistics import median

from benchmarks.figures import Figure
from benchmarks.ledgers import Load, Scale, opened, time_append
from benchmarks.raw import AllCores
from ledger.config import LedgerFolder

RAW_SECONDS = 0.5
_SMALL = "Python: deciding, writing and re-reading share one interpreter, and wait for helpers"
_LARGE = "pages of SQLite: a random id is a page of its own in each of two indexes"


def appends(small: LedgerFolder, large: LedgerFolder, load: Load, scale: Scale) -> Iterator[Figure]:
    """Measure batch appends on a small and on a large ledger, in turns with the library alone."""
    raw_rates: dict[str, list[float]] = {"small": [], "large": []}
    seconds: dict[str, list[float]] = {"small": [], "large": []}
    with AllCores() as library, opened(small) as one, opened(large) as other:
        for turn in range(scale.turns):
            bodies = load.more(turn, scale.slice_records)
            for name, ledger in (("small", one), ("large", other)):
                before = library.verify_for(RAW_SECONDS)
                seconds[name].append(time_append(ledger.book, bodies) / scale.slice_records)
                raw_rates[name].append((before + library.verify_for(RAW_SECONDS)) / 2)
    yield from _figures("", scale.small, raw_rates["small"], seconds["small"], _SMALL, 0.15)
    yield from _figures("-large", scale.large, raw_rates["large"], seconds["large"], _LARGE, None)
    pairs = zip(seconds["large"], seconds["small"], strict=True)
    growth = median(slow / fast for slow, fast in pairs)
    yield Figure("batch-append-growth", growth, "", 1.5, "less", _LARGE)
    raw = median(chain.from_iterable(raw_rates.values()))
    yield Figure("raw-verify", raw, "signatures/s", None, "more", "libsecp256k1")


def _figures(
    name: str, size: int, raw: list[float], seconds: list[float], bound_by: str, floor: float | None
) -> Iterator[Figure]:
    ratio = median(1 / (rate * spent) for rate, spent in zip(raw, seconds, strict=True))
    yield Figure(f"batch-append-ratio{name}", ratio, "", floor, "more", bound_by)
    rate = 1 / median(seconds)
    yield Figure(f"batch-append-rate-at-{size}", rate, "records/s", None, "more", bound_by)
