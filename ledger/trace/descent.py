"""Whether a parcel descends from recalled goods, asked from below: by its own ancestry alone.

It finds what :mod:`ledger.trace.recall` finds from above, for one parcel, and costs what its
ancestry costs, however far the recall goes. Nothing of other descendants is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from ledger.custody import Operation, Parcel, State
from ledger.trace.affected import Share, reweighed, whole
from ledger.trace.recall import spread_over
from ledger.trace.walk import Budget, in_order, makers_of, read_operation
from ledger.values import ParcelId

IsStart = Callable[[Operation, ParcelId], bool]
"""Tells whether a recall begins with a parcel, that an operation made; may spend the budget too."""


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
        for made, weight, share in _made_by(state, operation, held, wanted):
            is_begun = is_start(operation, made)
            if budget.left < 0:
                return None
            if is_begun:
                held[made] = whole(weight)
            elif share is not None:
                held[made] = share
    found = held.get(parcel.id)
    weight = parcel.weight_millicarats
    return reweighed(found, weight, parcel.stones) if found else Share(weight, 0, 0)


def _made_by(
    state: State, operation: Operation, held: Mapping[ParcelId, Share], wanted: Set[ParcelId]
) -> Iterator[tuple[ParcelId, int, Share | None]]:
    """Yield what is wanted of an operation's outputs, with shares if recalled goods went in."""
    taken = {given: held[given] for given in operation.inputs if given in held}
    shares = spread_over(state, operation, taken) if taken else [None] * len(operation.outputs)
    for made, weight, share in zip(
        operation.outputs, operation.weights_millicarats, shares, strict=True
    ):
        if made in wanted:
            yield made, weight, share
