"""What an accepted record leaves behind: decided once, for append, rebuild and audit alike.

The rules say whether a record is accepted and what it changes; beside that, an operation leaves its
origin bounds, and a finding for each output that they leave no origin. Nothing here reads a store:
state comes in, changes go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger import entry as entries
from ledger.custody import Changes, Item, Operation, State
from ledger.entry import Entry, Sort
from ledger.errors import Damaged, Refused
from ledger.rules import check
from ledger.rules.findings import contradictions
from ledger.signing import SignedRecord, read_signed
from ledger.trace.kept import Blends, blend_of
from ledger.values import Hash32


def decide(
    state: State, signed: SignedRecord, index: int, now_ms: int, blends: Blends | None = None
) -> Changes:
    """Decide whether a record may be said now, and all that it changes.

    Args:
        state: the state left by the record before; it does not hold this record.
        signed: the record, its id and its signers.
        index: the index that it would have.
        now_ms: the time that its entry would bear, milliseconds.
        blends: what was made or read of earlier operations; handed in with each record of a group.

    Raises:
        Refused: a rule of the groups from *ledger* on.
        Damaged: the state is not what it must be.

    """
    changes = check(state, signed, index, now_ms)
    left: list[Item] = []
    for item in changes.items:
        if isinstance(item, Operation):
            left += _origins(state, item, blends or Blends())
    return replace(changes, items=(*changes.items, *left)) if left else changes


def _origins(state: State, operation: Operation, blends: Blends) -> Sequence[Item]:
    made = blend_of(state, operation, blends)
    if made is None:
        return ()
    kept = blends.keep(operation.index, made)
    return (kept, *contradictions(operation, blends.outputs(kept).contradicted()))


def reread(
    index: int, entry: bytes, envelope: bytes, ledger_id: Hash32
) -> tuple[Entry, SignedRecord]:
    """Read one line of the log again, with its signatures; the chain is the caller's to follow.

    Raises:
        Damaged: it is not what the ledger wrote.

    """
    place = f"entry {index}"
    line = entries.decode(entry, place)
    if line.sort is not Sort.RECORD:
        raise Damaged("altered", place, "no record")
    try:
        signed = read_signed(envelope, ledger_id)
    except Refused as refused:
        raise Damaged("altered", place, str(refused)) from None
    if signed.root != line.root:
        raise Damaged("altered", place, "entry and envelope do not belong together")
    return line, signed
