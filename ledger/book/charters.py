"""Which keys may sign a checkpoint of a given size: those of the charter as it then stood."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.checkpoint import VerifierKey
from ledger.custody import charter_of
from ledger.errors import Damaged
from ledger.records import Amendment, Charter
from ledger.store.protocol import View
from ledger.values import Hash32, to_hex


def key_sets(view: View) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (index, checkpoint keys) of each Charter or Amendment, the last one first.

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
        yield (last := index), record.what.checkpoint_keys
        if isinstance(record, Charter):
            return
        head = Hash32(record.what.previous)


def keys_at(view: View, size: int) -> tuple[VerifierKey, ...]:
    """Return the keys that may sign a checkpoint of ``size`` entries.

    They are those of the last Charter or Amendment among these entries; the empty log's are the
    Charter's.

    Raises:
        Damaged: the chain of charters has a gap.

    """
    last = max(size, 1)
    keys = next(keys for index, keys in key_sets(view) if index < last)
    return tuple(VerifierKey.parse(key) for key in keys)


def keys_ever(view: View) -> tuple[VerifierKey, ...]:
    """Return every key that could ever sign a checkpoint, each once."""
    texts = {key: None for _, keys in key_sets(view) for key in keys}
    return tuple(VerifierKey.parse(key) for key in texts)
