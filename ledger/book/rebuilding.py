"""Making the derived tables again from the envelopes, byte for byte."""

from __future__ import annotations

from collections.abc import Callable

from ledger.custody import Overlay
from ledger.derivation import decide, reread
from ledger.errors import Damaged, Refused
from ledger.limits import LIMITS
from ledger.store.protocol import Derived, Store, Writer
from ledger.trace.kept import Blends
from ledger.values import NO_HASH, Hash32

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


def rebuild(store: Store, progress: Progress | None = None) -> Hash32:
    """Empty the derived tables and make them again, in one durable transaction.

    Args:
        store: the ledger, with no book open on it.
        progress: told how far it is.

    Returns:
        The fingerprint of the derived tables.

    Raises:
        Damaged: an entry cannot be decided again as it was; nothing was changed.

    """
    with store.write() as writer:
        size = writer.head().size
        ledger_id = NO_HASH  # of use for the Charter alone, which then gives the right one
        writer.clear_derived()
        for start in range(0, size, LIMITS.reread_rows):
            stop = min(start + LIMITS.reread_rows, size)
            ledger_id = _derive(writer, start, stop, ledger_id)
            if progress is not None:
                progress(stop, size)
        writer.finish_rebuild()
    with store.view() as view:
        return view.fingerprint()


def _derive(writer: Writer, start: int, stop: int, ledger_id: Hash32) -> Hash32:
    overlay, blends = Overlay(writer), Blends()
    derived: list[Derived] = []
    known: dict[Hash32, int] = {}
    for index, row in enumerate(list(writer.rows(start, stop)), start):
        line, signed = reread(index, row.entry, row.envelope, ledger_id)
        first = known.get(signed.record_id, writer.index_of(signed.record_id))
        if first is not None:
            raise Damaged("duplicate", f"entry {index}", f"the record of entry {first} again")
        known[signed.record_id] = index
        try:
            changes = decide(overlay, signed, index, line.recorded_at_ms, blends)
        except Refused as refused:
            raise Damaged("altered", f"entry {index}", str(refused)) from None
        overlay.apply(signed.record_id, signed.record, changes.items)
        ledger_id = signed.record_id if index == 0 else ledger_id
        derived.append(Derived(index, signed.record_id, changes.mentions))
    if len(derived) != stop - start:
        raise Damaged("gap", f"entries {start} to {stop - 1}", f"{len(derived)} of them are there")
    writer.derive(derived, list(overlay.items()))
    return ledger_id
