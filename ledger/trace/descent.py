"""Whether a parcel descends from recalled goods, asked from below: by its own ancestry alone.

It finds what :mod:`ledger.trace.recall` finds from above, for one parcel, and costs what its
ancestry costs, however far the recall goes. Nothing of other descendants is looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from ledger.custody import Operation, Parcel, State
from ledger.trace.affected import Share, reweighed, whole
from ledger.trace.recall import spread_over
from ledger.trace.walk import Budget, in_order, makers_of, read_operation
from ledger.values import ParcelId

IsStart = Callable[[Operation, ParcelId], bool]
"""Tells whether a recall begins with a parcel, that an operation made."""


def share_in(state: State, parcel: Parcel, is_start: IsStart, budget: Budget) -> Share | None:
    """Return what a parcel holds of recalled goods; None where the bound cuts its ancestry.

    Args:
        state: the ledger.
        parcel: which.
        is_start: where the recall begins.
        budget: how many steps there are: an operation is one, and so is each of its inputs.

    Raises:
        Damaged: an operation that another names is not there.

    """

    def expand(key: int) -> tuple[Operation, list[int]] | None:
        operation = read_operation(state, -key)
        if not budget.spend(1 + len(operation.inputs)):
            return None
        return operation, [-index for index in makers_of(operation)]

    operations: list[Operation] = []
    for met in in_order([-parcel.made_by], expand):
        if met is None:
            return None
        operations.append(met[1])
    wanted = {parcel.id, *(given for one in operations for given in one.inputs)}
    held: dict[ParcelId, Share] = {}
    for operation in reversed(operations):
        taken = {given: held[given] for given in operation.inputs if given in held}
        shares = spread_over(state, operation, taken) if taken else []
        for position, made in enumerate(operation.outputs):
            if made not in wanted:
                continue
            if is_start(operation, made):
                held[made] = whole(operation.weights_millicarats[position])
            elif taken:
                held[made] = shares[position]
    found = held.get(parcel.id)
    weight = parcel.weight_millicarats
    return reweighed(found, weight, parcel.stones) if found else Share(weight, 0, 0)
