"""(c) Tracing a parcel with 1,000 ancestors to the mines, with the bounds of its origin."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ledgers import Scale
from benchmarks.load import ANCESTORS
from ledger.config import LedgerFolder, Stores, locked, open_stores
from ledger.custody import Parcel
from ledger.store.protocol import Store
from ledger.trace.kept import bounds_of
from ledger.trace.walk import upstream
from ledger.values import Hash32

_BOUND_BY = "SQLite and Python, for each of 1,001 operations and of the 1,000 parcels they took"


def traces(
    small: LedgerFolder, large: LedgerFolder, parcels: dict[str, Hash32], scale: Scale
) -> Iterator[Figure]:
    """Measure whole walks on a small and on a large ledger, in turns."""
    spent: dict[str, list[float]] = {"small": [], "large": []}
    with locked(small), open_stores(small) as one, locked(large), open_stores(large) as other:
        stores: dict[str, Stores] = {"small": one, "large": other}
        for _ in range(scale.walks):
            for name, opened in stores.items():
                spent[name].append(_walk(opened.log, parcels[name]))
    slow, fast = _p99(spent["large"]), _p99(spent["small"])
    yield Figure("trace-p99", slow * 1000, "ms", 20, "less", _BOUND_BY)
    yield Figure("trace-p99-small", fast * 1000, "ms", 20, "less", _BOUND_BY)
    yield Figure("trace-growth", slow / fast, "", 1.3, "less", "pages that no connection holds")


def _walk(store: Store, parcel: Hash32) -> float:
    """Walk all of a parcel's ancestry, and bound its origin; return seconds."""
    begin = time.perf_counter()
    with store.view() as view:
        known = view.read(Parcel, parcel)
        if known is None:
            raise RuntimeError("the parcel is not there")
        page = upstream(view, known, 2 * ANCESTORS)
        bounds = bounds_of(view, known)
    spent = time.perf_counter() - begin
    mined = sum(
        operation.weights_millicarats[0] for operation in page.steps if not operation.inputs
    )
    if page.is_cut or page.cursor is not None or bounds.weight_millicarats != mined:
        raise RuntimeError("the walk did not reach every mine")
    return spent


def _p99(spent: list[float]) -> float:
    return sorted(spent)[(len(spent) * 99 - 1) // 100]
