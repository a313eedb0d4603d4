"""Whether two parcels can hold the same stone, because one was made from the other.

Asked by findings alone, so what the bound leaves open is taken as unrelated: the worst of it is a
finding that somebody has to answer.
"""

from __future__ import annotations

from typing import Final

from ledger.custody import Operation, Parcel, State, operation_key
from ledger.limits import LIMITS
from ledger.trace.walk import Budget, in_order

RESHAPING: Final = frozenset(("cut", "polish", "recut"))
"""What goes in does not come out as the same stone; a laboratory's report ends here."""


class Kinship:
    """Walks from later goods to earlier ones, all of them together within one bound."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._budget = Budget(LIMITS.kinship_steps_max)

    def are_kin(self, one: Parcel, other: Parcel) -> bool:
        """Tell whether one of two parcels was made from the other, or they are one."""
        return self._leads(one, other, frozenset())

    def are_one_stone(self, one: Parcel, other: Parcel) -> bool:
        """Tell whether one of two parcels can hold a stone of the other as it was."""
        return self._leads(one, other, RESHAPING)

    def _leads(self, one: Parcel, other: Parcel, barred: frozenset[str]) -> bool:
        """Tell whether the later of two is reached from the earlier, by no barred operation."""
        if one.id == other.id:
            return True
        earlier, later = sorted((one, other), key=lambda parcel: parcel.made_by)

        def expand(key: int) -> tuple[Operation, list[int]] | None:
            operation = self._state.read(Operation, operation_key(-key))
            if operation is None or not self._budget.spend(1 + len(operation.inputs)):
                return None
            makers = () if operation.name in barred else operation.inputs_made_by
            # What was made before the earlier parcel cannot have been made from it.
            return operation, [-index for index in makers if index >= earlier.made_by]

        for met in in_order([-later.made_by], expand):
            operation = None if met is None else met[1]
            if operation is None or operation.index <= earlier.made_by:
                return False
            if operation.name not in barred and earlier.id in operation.inputs:
                return True
        return False
