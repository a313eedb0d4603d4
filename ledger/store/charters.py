"""The chain of charters, from the one in force back to the Charter."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.custody import charter_of
from ledger.errors import Damaged
from ledger.records import Amendment, Charter
from ledger.store.protocol import View
from ledger.values import Hash32, to_hex


def charters(view: View) -> Iterator[tuple[int, Charter | Amendment]]:
    """Yield the index and the record of each Charter or Amendment, the last one first.

    Raises:
        Damaged: the chain of charters has a gap, or leads forward.

    """
    charter, last = charter_of(view), view.head().size
    if charter is None:
        raise Damaged("gap", "charter in force", "rebuild the derived tables")
    head = charter.head
    while True:
        index, record = view.index_of(head), view.record(head)
        if index is None or record is None:
            raise Damaged("gap", f"charter chain, record {to_hex(head)}")
        if index >= last or not isinstance(record, Charter | Amendment):  # no end, or no charter
            raise Damaged("altered", f"charter chain, entry {index}", "rebuild the derived tables")
        yield (last := index), record
        if isinstance(record, Charter):
            return
        head = Hash32(record.what.previous)
