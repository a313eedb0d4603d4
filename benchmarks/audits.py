"""(d) The serial audit: everything checked again, on one core."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.raw import verify_for
from ledger.audit import audit
from ledger.config import LedgerFolder, locked, open_stores
from ledger.store.sqlite import SqliteStore

RAW_SECONDS = 0.5


def audits(folder: LedgerFolder, turns: int) -> Iterator[Figure]:
    """Measure audits of a ledger, in turns with one core of the library alone."""
    ratios, rates = [], []
    for _ in range(turns):
        before = verify_for(RAW_SECONDS)
        rate = _audit_rate(folder)
        ratios.append(2 * rate / (before + verify_for(RAW_SECONDS)))
        rates.append(rate)
    bound_by = "Python on one core: reading, deciding and writing the scratch ledger"
    yield Figure("audit-ratio", median(ratios), "", 0.25, "more", bound_by)
    yield Figure("audit-rate", median(rates), "records/s", None, "more", bound_by)


def _audit_rate(folder: LedgerFolder) -> float:
    with (
        locked(folder),
        open_stores(folder) as stores,
        tempfile.TemporaryDirectory(dir=folder.path) as aside,
        closing(SqliteStore.create(Path(aside) / "log.db")) as scratch,
    ):
        begin = time.perf_counter()
        report = audit(stores.log, stores.checkpoints, scratch)
        spent = time.perf_counter() - begin
    if not report.is_clean:
        raise RuntimeError(f"the audit found {report.faults[0]}")
    return report.size / spent
