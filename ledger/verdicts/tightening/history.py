"""A connected history as plain data: who drew what from whom, and what was known already.

A *holding* is a parcel at one book weight: as it was made, and again as it was received lighter. A
*draw* turns holdings into others and a loss. Weights are millicarats.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ledger.custody import NEVER, Blended, Operation, Parcel, State, operation_key
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.trace.kept import REGISTRATION, Blends, bounds_of
from ledger.trace.origins import OriginBounds
from ledger.values import ParcelId, SiteId, to_hex

UNSETTING = "unsetting"
"""The parcels that leave a piece are those that went in, so nothing is drawn."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A parcel at one book weight.

    Attributes:
        weight: in millicarats.
        slack: of one stone: by how much that weight may exceed what the stone drew of its own
            site; None for other parcels.
        kept: what is known of it without the rest of the history.

    """

    weight: int
    slack: int | None
    kept: OriginBounds


@dataclass(frozen=True, slots=True)
class Draw:
    """Holdings, by number, that are made of others; what the others weigh more is lost."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Holdings by number, how they were drawn, and what was mined.

    Attributes:
        holdings: by number.
        draws: in any order; those that are left out only leave more open.
        mined: country and site of each registered holding.

    """

    holdings: tuple[Holding, ...]
    draws: tuple[Draw, ...]
    mined: Mapping[int, tuple[str, SiteId]]

    @property
    def heaviest(self) -> int:
        """The weight of the heaviest goods that were weighed together."""
        drawn = [sum(self.holdings[given].weight for given in draw.inputs) for draw in self.draws]
        return max(drawn + [holding.weight for holding in self.holdings])


def history_of(state: State, subject: Parcel, size: int) -> tuple[History, int]:
    """Collect the history that is connected with a parcel, from near to far.

    Args:
        state: the ledger.
        subject: the parcel as it was before entry ``size``.
        size: operations from this entry on are not looked at.

    Returns:
        The history, at most ``LIMITS.tightening_operations_max`` operations and
        ``LIMITS.tightening_holdings_max`` holdings, and the number of the subject.

    """
    collecting = _Collecting(state, size)
    number = collecting.meet(subject)
    queue = deque(collecting.around(subject))
    queued = set(queue)
    while queue and collecting.has_room:
        for index in collecting.take(queue.popleft()):
            if index not in queued:
                queued.add(index)
                queue.append(index)
    found = History(tuple(collecting.holdings), tuple(collecting.draws), dict(collecting.mined))
    return found, number


@dataclass(slots=True)
class _Collecting:
    """What was collected so far.

    Attributes:
        made, last: of each parcel, the number of the holding as it was made, and as it last was.

    """

    state: State
    size: int
    blends: Blends = field(default_factory=Blends)
    holdings: list[Holding] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    mined: dict[int, tuple[str, SiteId]] = field(default_factory=dict)
    made: dict[ParcelId, int] = field(default_factory=dict)
    last: dict[ParcelId, int] = field(default_factory=dict)
    operations: int = 0

    @property
    def has_room(self) -> bool:
        """Whether another operation may be looked at."""
        return (
            self.operations < LIMITS.tightening_operations_max
            and len(self.holdings) < LIMITS.tightening_holdings_max
        )

    def around(self, parcel: Parcel) -> Iterator[int]:
        """Yield the operations that made a parcel and that used it up."""
        yield parcel.made_by
        if NEVER < parcel.spent_by < self.size:
            yield parcel.spent_by

    def take(self, index: int) -> list[int]:
        """Add an operation; return those next to it."""
        self.operations += 1
        operation = self.state.read(Operation, operation_key(index))
        if operation is None:
            raise Damaged("gap", f"operation {index}", "a parcel names it")
        if operation.name == UNSETTING:
            return []
        inputs = [self._parcel(parcel) for parcel in operation.inputs]
        outputs = [self._parcel(parcel) for parcel in operation.outputs]
        for parcel in (*inputs, *outputs):
            self.meet(parcel)
        made = tuple(self.made[parcel.id] for parcel in outputs)
        weights = zip(inputs, operation.input_weights_millicarats, strict=True)
        given = [self._weighing(parcel.id, weight) for parcel, weight in weights]
        if operation.name == REGISTRATION:
            self.mined[made[0]] = (operation.country, operation.site)
        elif None not in given:
            self.draws.append(Draw(tuple(one for one in given if one is not None), made))
        return [near for parcel in (*inputs, *outputs) for near in self.around(parcel)]

    def meet(self, parcel: Parcel) -> int:
        """Hold a parcel as it was made and as it was last received; return the latter's number."""
        if parcel.id in self.last:
            return self.last[parcel.id]
        first = replace(parcel, blended_by=parcel.made_by)
        self.made[parcel.id] = self.last[parcel.id] = self._hold(first)
        if parcel.made_by != parcel.blended_by < self.size:
            received = self.last[parcel.id] = self._hold(parcel)
            self.draws.append(Draw((self.made[parcel.id],), (received,)))
        return self.last[parcel.id]

    def _hold(self, parcel: Parcel) -> int:
        kept = bounds_of(self.state, parcel, self.blends)
        blended = self.state.read(Blended, operation_key(parcel.blended_by))
        slack = None
        if blended is not None:
            position = parcel.position if parcel.blended_by == parcel.made_by else 0
            slack = self.blends.outputs(blended).slack(position)
        self.holdings.append(Holding(kept.weight_millicarats, slack, kept))
        return len(self.holdings) - 1

    def _parcel(self, parcel_id: ParcelId) -> Parcel:
        known = self.state.read(Parcel, parcel_id)
        if known is None:
            raise Damaged("gap", f"parcel {to_hex(parcel_id)}", "an operation names it")
        return known

    def _weighing(self, parcel: ParcelId, weight: int) -> int | None:
        """Return the holding of a parcel that has this weight, or None."""
        for number in (self.last[parcel], self.made[parcel]):
            if self.holdings[number].weight == weight:
                return number
        return None
