"""Which goods a party holds or held, and from which other goods they come.

Both are read off the chains and the ancestry, bounded like every walk: beyond the bound nothing is
known, and so nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, Protocol

from ledger.custody import NEVER, Operation, Parcel, State, as_held, operation_key
from ledger.limits import LIMITS
from ledger.records import Receipt, Record, Setting
from ledger.trace.story import Step, own_steps
from ledger.trace.walk import upstream
from ledger.values import Address, Hash32, ParcelId

EVER: Final = LIMITS.tree_leaves_max
"""An index that no record reaches."""


class Ledger(State, Protocol):
    """State, and where accepted records stand in the log."""

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record, or None."""


def held_until(
    ledger: Ledger,
    parcel: Parcel,
    party: Address,
    records_max: int = LIMITS.chain_records_max,
) -> int:
    """Return the index of the record by which a party gave a parcel on.

    Args:
        ledger: what is stored.
        parcel: the goods.
        party: who may have held them.
        records_max: how many records of the chain are looked at, the latest first.

    Returns:
        ``EVER`` while it holds the parcel, or was the last to; ``NEVER`` if it never did, or so
        many hand-overs ago that the walk of the chain does not reach it.

    """
    if as_held(ledger, parcel).custodian == party:
        return EVER
    for step in islice(_hand_overs(ledger, parcel, records_max), records_max):
        record = step.record
        is_accepted = isinstance(record, Receipt) and record.what.operation != "refuse"
        if is_accepted and record.who.sender == party:
            return step.index
    return NEVER


def _hand_overs(ledger: Ledger, parcel: Parcel, records_max: int) -> Iterator[Step]:
    """Yield the records that say who held a parcel, the latest first: in a piece, the piece's."""
    setting = None
    if parcel.state == "set":
        setting = ledger.read(Operation, operation_key(parcel.spent_by))
    piece = None if setting is None else ledger.read(Parcel, setting.outputs[0])
    if piece is not None:
        yield from own_steps(ledger, piece.id, piece.head, records_max)
    for step in own_steps(ledger, parcel.id, parcel.head, records_max):
        yield step
        what = step.record.what
        if isinstance(step.record, Setting) and what.operation == "unset":
            yield from own_steps(ledger, what.piece, what.piece_previous, records_max)


def is_ancestor(ledger: Ledger, ancestor: ParcelId, parcel: Parcel) -> bool:
    """Tell whether a parcel's goods come from another one, or it is that one."""
    if ancestor == parcel.id:
        return True
    most = LIMITS.page_walk_steps_max
    walk = upstream(ledger, parcel, most, steps_max=most)
    return any(ancestor in operation.inputs for operation in walk.steps)
