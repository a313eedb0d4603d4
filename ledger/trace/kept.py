"""Origin bounds as the ledger keeps them: one blend per operation, an output's bounds on demand.

A registration keeps no blend: all of it is of its own site, as the operation itself says. Nor does
an unsetting: its parcels keep theirs.
"""

from __future__ import annotations

import json

from ledger.canonical import encode
from ledger.custody import (
    Blended,
    Operation,
    Parcel,
    State,
    charter_of,
    operation_key,
)
from ledger.errors import Damaged
from ledger.trace.bounds import Blend, Outputs, blend
from ledger.trace.origins import OriginBounds, registered

REGISTRATION = "registration"
UNSETTING = "unsetting"
"""What is taken out of a piece keeps the bounds that it had before it was set."""


class Blends:
    """Kept blends once made or read, for as long as a group of records is decided.

    Reading one costs more than bounding an output of it, and the inputs of a mix may all come from
    one operation. An answer depends on what is asked alone, never on what was asked before.
    """

    def __init__(self) -> None:
        self._outputs: dict[int, tuple[Blended, Outputs]] = {}

    def keep(self, index: int, made: Blend) -> Blended:
        """Return a blend as it is kept under the index of its operation."""
        kept = Blended(index, encode(made.to_plain()).decode())
        self._outputs[index] = (kept, Outputs(made))
        return kept

    def outputs(self, kept: Blended) -> Outputs:
        """Return the outputs of a kept blend.

        Raises:
            Damaged: it is not readable.

        """
        known = self._outputs.get(kept.index)
        if known is None or known[0] != kept:  # an operation that was undone leaves its index
            known = (kept, Outputs(read_blend(kept)))
            self._outputs[kept.index] = known
        return known[1]


def blend_of(state: State, operation: Operation, blends: Blends | None = None) -> Blend | None:
    """Work out the origin bounds of an operation; None for a registration, or an unsetting.

    Args:
        state: the state that the operation's record meets, so before its own changes.
        operation: what the record does.
        blends: what was made or read of earlier operations.

    Raises:
        Damaged: what is kept of an input is missing or not readable.

    """
    if operation.name in (REGISTRATION, UNSETTING):
        return None
    charter = charter_of(state)
    blends = blends or Blends()
    inputs = [state.read(Parcel, parcel) for parcel in operation.inputs]
    if charter is None or None in inputs:
        raise Damaged("gap", f"inputs of entry {operation.index}", "a parcel is missing")
    return blend(
        [bounds_of(state, parcel, blends) for parcel in inputs if parcel],
        operation.weights_millicarats,
        operation.stones,
        operation.loss_millicarats,
        charter.tolerance,
    )


def bounds_of(state: State, parcel: Parcel, blends: Blends | None = None) -> OriginBounds:
    """Bound what a parcel can be made of.

    Args:
        state: the state that holds the parcel.
        parcel: the parcel.
        blends: what was made or read of earlier operations.

    Raises:
        Damaged: what is kept of its last operation is missing or not readable.

    """
    key = operation_key(parcel.blended_by)
    kept = state.read(Blended, key)
    if kept is not None:
        position = parcel.position if parcel.blended_by == parcel.made_by else 0
        return (blends or Blends()).outputs(kept).output(position)
    operation = state.read(Operation, key)
    if operation is None or operation.name != REGISTRATION:
        raise Damaged("gap", f"origin bounds of entry {parcel.blended_by}", "nothing is kept")
    return registered(operation.country, operation.site, operation.weights_millicarats[0])


def read_blend(kept: Blended) -> Blend:
    """Read what is kept of an operation.

    Raises:
        Damaged: it is not readable.

    """
    try:
        plain = json.loads(kept.blend)
    except ValueError:
        place = f"origin bounds of entry {kept.index}"
        raise Damaged("altered", place, "not JSON") from None
    return Blend.from_plain(plain)
