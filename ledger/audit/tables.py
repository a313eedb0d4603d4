"""The stored derived tables, compared with those that the records leave."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.audit.breaks import find_ledger_id
from ledger.audit.report import FaultList
from ledger.canonical import read_envelope
from ledger.custody import SORTS, Item, Parcel, encode_item
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.signing import record_id
from ledger.store.protocol import View
from ledger.values import to_hex


def compare_tables(view: View, recomputed: View, faults: FaultList) -> None:
    """Compare all derived tables at once and, where they differ, row by row.

    Args:
        view: what is stored.
        recomputed: what the records leave.
        faults: where faults are noted.

    """
    stored = faults.attempt("derived tables", view.fingerprint)
    if stored == recomputed.fingerprint():
        return
    known = faults.count
    _compare_record_ids(view, faults)
    for sort in SORTS:
        # What cannot be read ends the comparison of its table.
        faults.attempt(
            f"table {sort.__name__}",
            lambda of=sort: _compare_sort(view, recomputed, of, faults),  # type: ignore[misc]  # the default binds the loop's value
        )
    _compare_mentions(view, recomputed, faults)
    if stored is not None and faults.count == known:
        faults.add("altered", "derived tables", "rows that no record leaves, or other bytes")


def _items(view: View, sort: type[Item]) -> Iterator[Item]:
    """Yield all items of a sort by key.

    Raises:
        Damaged: they do not ascend.

    """
    after = b""
    if (first := view.read(sort, after)) is not None:
        yield first  # the charter in force has the empty key
    while page := view.items_of(sort, after, LIMITS.page_rows_max):
        for item in page:
            if item.key <= after:  # the same rows would be read for ever
                detail = f"row {to_hex(item.key)} follows {to_hex(after)}"
                raise Damaged("reorder", f"table {sort.__name__}", detail)
            yield item
            after = item.key


def _compare_sort(view: View, recomputed: View, sort: type[Item], faults: FaultList) -> None:
    """Walk both tables of one sort side by side, by key."""
    table = f"table {sort.__name__}"
    theirs = _items(view, sort)
    their = next(theirs, None)
    for our in _items(recomputed, sort):
        while their is not None and their.key < our.key:
            faults.add("altered", f"{table}, {to_hex(their.key)}", "no record leaves this row")
            their = next(theirs, None)
        place = f"{table}, {to_hex(our.key)}"
        if their is None or their.key != our.key:
            faults.add("gap", place, "the row is not there")
            continue
        if encode_item(their) != encode_item(our):
            faults.add("altered", place, "the records leave another row")
        their = next(theirs, None)
    while their is not None:
        faults.add("altered", f"{table}, {to_hex(their.key)}", "no record leaves this row")
        their = next(theirs, None)


def _compare_record_ids(view: View, faults: FaultList) -> None:
    """Ask the stored table for the id of every record, whose entry is known to be in order."""
    ledger_id = find_ledger_id(view)
    for row in view.rows(0, view.head().size):
        place = f"table of record ids, entry {row.index}"
        told = record_id(read_envelope(row.envelope).record, ledger_id)
        found = faults.attempt(place, lambda of=told: (view.index_of(of),))  # type: ignore[misc]  # the default binds the loop's value
        if found is not None and found[0] != row.index:
            kind = "gap" if found[0] is None else "altered"
            faults.add(kind, place, f"it says {found[0]}")


def _compare_mentions(view: View, recomputed: View, faults: FaultList) -> None:
    for parcel in _items(recomputed, Parcel):
        if not isinstance(parcel, Parcel):
            continue
        place = f"table of mentions, {to_hex(parcel.id)}"
        stored = faults.attempt(place, lambda of=parcel.id: view.mentions(of))  # type: ignore[misc]  # the default binds the loop's value
        if stored is not None and stored != recomputed.mentions(parcel.id):
            faults.add("altered", place, "the records speak of this parcel at other indices")
