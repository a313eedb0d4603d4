"""What happened where an entry does not follow the one before it: a name for each broken link.

An entry names its predecessor by hash. Where that is the hash of another stored entry, entries were
moved or doubled. Where it is the hash of nothing, the entry or the one before it was altered, or
entries between them were taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ledger import entry as entries
from ledger.audit.report import FaultList
from ledger.canonical import read_envelope
from ledger.custody import charter_of
from ledger.derivation import reread
from ledger.errors import Damaged, Refused
from ledger.records import Charter
from ledger.signing import read_signed, record_id
from ledger.store.protocol import Head, View
from ledger.values import NO_HASH, Hash32


def name_breaks(
    view: View,
    head: Head,
    ledger_id: Hash32,
    breaks: Sequence[int],
    bad: Collection[int],
    faults: FaultList,
) -> None:
    """Name each broken link that no fault explains yet.

    Args:
        view: the log.
        head: its head; the size is that of what could be read.
        ledger_id: the ledger's id.
        breaks: indices of the entries that do not follow the one before; ascending.
        bad: indices of entries that are at fault already.
        faults: where faults are noted.

    """
    bad = set(bad)
    unexplained = [at for at in breaks if at not in bad and at - 1 not in bad]
    wanted = {at: _previous(view, at) for at in unexplained}
    places = _places(view, head.size, {named for named in wanted.values() if named})
    moved: list[tuple[int, int]] = []
    for at in unexplained:
        named = wanted[at]
        place = places.get(named) if named else None
        if at - 1 in bad:  # it was found out in this loop
            continue
        if place is None:
            bad.add(_name_unknown(view, head, ledger_id, at, faults))
        elif place + 1 < at and _entry(view, place + 1) == _entry(view, at):
            faults.add("duplicate", f"entry {at}", f"it is entry {place + 1} once more")
            bad.add(at)
        else:
            known = _known_index(view, at, ledger_id)
            # Where its predecessor stands says little: that one may have been moved as well.
            moved.append((at, place + 1 if known == at else known))
    _name_moved(moved, faults)


def _entry(view: View, index: int) -> bytes:
    try:
        row = view.row(index)
    except Exception:  # its fault was noted when the log was walked
        return b""
    return row.entry if row else b""


def _previous(view: View, index: int) -> Hash32 | None:
    try:
        return entries.decode(_entry(view, index)).previous
    except Damaged:
        return None


def _places(view: View, size: int, wanted: set[Hash32]) -> dict[Hash32, int]:
    """Find which stored entries have the wanted hashes."""
    places: dict[Hash32, int] = {}
    for index in range(size) if wanted else ():
        line = _entry(view, index)
        if len(places) == len(wanted):
            break
        if len(line) == entries.ENTRY_BYTES and (found := entries.hash_of(line)) in wanted:
            places.setdefault(found, index)
    return places


def _name_unknown(view: View, head: Head, ledger_id: Hash32, at: int, faults: FaultList) -> int:
    """Name a link to no stored entry: entries were taken out, or one of two was altered.

    Returns:
        The index of the entry that was named.

    """
    missing = _known_index(view, at, ledger_id) - at
    if missing > 0:
        faults.add("gap", f"entry {at}", f"{missing} entries before it were taken out")
        return at
    # If only the link itself was altered, the next one holds once it is mended.
    line = entries.decode(_entry(view, at))
    before = entries.hash_of(_entry(view, at - 1)) if at else NO_HASH
    mended = entries.hash_of(replace(line, previous=before).encode())
    following = head.entry_hash if at + 1 == head.size else _previous(view, at + 1)
    altered = at if at == 0 or following == mended else at - 1
    faults.add("altered", f"entry {altered}", f"the chain is broken before entry {at}")
    return altered


def _known_index(view: View, at: int, ledger_id: Hash32) -> int:
    """Return where the derived tables say that the record of entry ``at`` stands."""
    try:
        row = view.row(at)
        known = view.index_of(read_signed(row.envelope, ledger_id).record_id) if row else None
    except (Damaged, Refused):
        return at
    return at if known is None else known


def _name_moved(moved: Sequence[tuple[int, int]], faults: FaultList) -> None:
    """Name entries that stand in the wrong place, neighbours together."""
    runs: list[list[tuple[int, int]]] = []
    for at, belongs in moved:
        if runs and runs[-1][-1][0] == at - 1:
            runs[-1].append((at, belongs))
        else:
            runs.append([(at, belongs)])
    for run in runs:
        (first, belongs), (last, _) = run[0], run[-1]
        faults.add(
            "reorder", f"entry {first}", f"it belongs at {belongs}; links broken up to entry {last}"
        )


def find_ledger_id(view: View) -> Hash32:
    """Return the ledger's id, from the Charter or, where that is damaged, from the state.

    It is the one under which the record of entry 1 has the root that the log gives it.
    """
    found = [candidate for read in (_charter_id, _state_id) if (candidate := read(view))]
    return next((ledger_id for ledger_id in found if _fits(view, ledger_id)), [*found, NO_HASH][0])


def _charter_id(view: View) -> Hash32 | None:
    try:
        row = view.row(0)
        record = read_envelope(row.envelope).record if row else None
    except Exception:  # its fault is noted when the log is walked
        return None
    return record_id(record, NO_HASH) if isinstance(record, Charter) else None


def _state_id(view: View) -> Hash32 | None:
    try:
        charter = charter_of(view)
    except Exception:  # its fault is noted when the tables are compared
        return None
    return charter.ledger_id if charter else None


def _fits(view: View, ledger_id: Hash32) -> bool:
    try:
        row = view.row(1)
        return row is not None and reread(1, row.entry, row.envelope, ledger_id) is not None
    except Exception:  # its fault is noted when the log is walked
        return False
