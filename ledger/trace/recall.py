"""Recall: every parcel that goods went into, from wherever they are called back, in log order.

* A walk begins with *starts*: parcels that are wholly recalled from an index of the log on. From
  there it goes by index (:mod:`ledger.trace.walk`): operations come after all that lead to them, so
  every descendant is met once, with all that went into it known.
* What is kept is the frontier: goods that went on into operations not reached yet. What was told is
  forgotten, so a walk takes the memory of its widest place, however long it is.
* A walk is of the log's first ``size`` entries. These never change, so that one which is made again
  tells the same parcels in the same places; what is told of a parcel is how its book stands when it
  is told. Goods that were worked on since are told as spent, and are not followed.
* A walk takes so many steps at a time and then waits, with another view of the same ledger if need
  be: it ends for no other reason than that all is told.

A parcel is told where it was made. Only one that becomes a start later, after it had been told as a
descendant, is told again there: from then on all of it is recalled.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from ledger.custody import Blended, Item, Operation, Parcel, State, operation_key
from ledger.limits import LIMITS
from ledger.trace.affected import Made, Share, nothing, reweighed, spread, whole
from ledger.trace.kept import read_blend
from ledger.trace.walk import read_operation, read_parcel
from ledger.values import ParcelId


class Waits(Exception):
    """The steps of this turn are used up; the next turn goes on from here."""


class Turn:
    """How many steps a walk may take before it waits; the first one it may always take.

    A parcel that is told is a step, so is an operation, each of its inputs, and each look for where
    a recall begins.

    Attributes:
        spent: how many it took.

    """

    __slots__ = ("_most", "spent")

    def __init__(self, steps_max: int | None = None) -> None:
        self.spent = 0
        self._most = LIMITS.recall_steps_max if steps_max is None else steps_max

    @property
    def is_over(self) -> bool:
        """Whether the next step waits."""
        return self.spent >= self._most

    def spend(self, steps: int) -> None:
        """Spend some.

        Raises:
            Waits: all were spent before.

        """
        if self.is_over:
            raise Waits
        self.spent += steps

    def owe(self, steps: int) -> None:
        """Spend some that cannot be put off; the next one waits if they were too many."""
        self.spent += steps


class Line(Protocol):
    """A line of the log, as far as starts are looked for in it."""

    @property
    def index(self) -> int:
        """Its index."""

    @property
    def envelope(self) -> bytes:
        """The bytes of its envelope."""


class Ledger(State, Protocol):
    """State, its items by key, and the log."""

    def items_of(self, sort: type[Item], after: bytes, limit: int) -> list[Item]:
        """Return items of a sort by key, from after the key ``after`` on."""

    def rows(self, start: int, stop: int) -> Iterator[Line]:
        """Yield the lines from ``start`` up to but not including ``stop``, ascending."""


class Starts(Protocol):
    """Where a walk begins: starts by index, found as the walk comes to them."""

    @property
    def scanned(self) -> int:
        """Below which index no start is left; 0 where that is not known."""

    def until(self, ledger: Ledger, index: int, turn: Turn) -> int | None:
        """Return the index of the next start if it is at most ``index``; look no further.

        Raises:
            Waits: not known yet; what was looked through is not looked through again.

        """

    def take(self) -> tuple[ParcelId, ...]:
        """Return the parcels of the next start, each once, and go on behind it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a walk has come: all is told below ``index``, and so many parcels at it."""

    index: int
    told: int


@dataclass(frozen=True, slots=True)
class Affected:
    """A parcel that recalled goods may be in.

    Attributes:
        index: the entry that made it, or by which it is recalled.
        parcel: its book as it stands; a set one is held by whose piece it is, where that is.
        share: how much of it can be recalled goods; most 0 where weights rule it out.
        is_start: whether the recall begins with it.
        piece: the piece that it is set in, or None.

    """

    index: int
    parcel: Parcel
    share: Share
    is_start: bool
    piece: ParcelId | None


class _Waiting(NamedTuple):
    """A parcel that is to be told next; ``share`` as it was made, None for a start."""

    parcel: ParcelId
    share: Share | None


class Walk:
    """A recall under way.

    Args:
        starts: where it begins.
        size: how many entries of the log it is of.

    Attributes:
        is_over: whether all is told.
        cost: how many steps it took, and would take again if it were made again.

    """

    def __init__(self, starts: Starts, size: int) -> None:
        self.is_over = False
        self.cost = 0
        self._starts = starts
        self._size = size
        self._heap: list[int] = []
        # By the operation that they go into. Most goods are recalled whole: those have no share.
        self._pending: dict[int, list[ParcelId]] = {}
        self._parts: dict[ParcelId, Share] = {}
        self._followed = 0
        self._ready: deque[_Waiting] = deque()
        self._place = Place(0, 0)

    @property
    def place(self) -> Place:
        """How far it has come."""
        return self._place

    @property
    def width(self) -> int:
        """How many parcels it keeps in mind."""
        return self._followed + len(self._ready)

    def take(self, ledger: Ledger, limit: int, steps_max: int | None = None) -> list[Affected]:
        """Go on, and return the next parcels: fewer than ``limit`` at the end or at the bound.

        Args:
            ledger: the ledger, of at least the walk's size.
            limit: most parcels that are returned.
            steps_max: how many steps this turn may take; as many as every walk, if not said.

        Raises:
            Damaged: a parcel or an operation that another names is not there.

        """
        found: list[Affected] = []
        turn = Turn(steps_max)
        try:
            while self._make_ready(ledger, turn) and len(found) < limit:
                found.append(self._tell(ledger))
        except Waits:
            self._note_scanned()
        finally:
            self.cost += turn.spent
        return found

    def skip_to(self, ledger: Ledger, place: Place, steps_max: int | None = None) -> bool:
        """Go on to a place without telling anything; False if the bound comes before it."""
        turn = Turn(steps_max)
        try:
            while self._make_ready(ledger, turn) and self._place < place:
                self._tell(ledger)
        except Waits:
            self._note_scanned()
            return False
        finally:
            self.cost += turn.spent
        return True

    # -- finding -----------------------------------------------------------------------------

    def _make_ready(self, ledger: Ledger, turn: Turn) -> bool:
        """See that a parcel waits to be told; False when all is told."""
        if self._ready:
            turn.spend(1)
            return True
        following = self._heap[0] if self._heap else self._size - 1
        start = self._starts.until(ledger, following, turn)
        if start is None and not self._heap:
            self.is_over = True
            self._place = Place(self._size, 0)
            return False
        index = following if start is None else start
        self._place = Place(index, 0)
        operation = read_operation(ledger, index) if index in self._pending else None
        turn.spend(1 + (len(operation.inputs) if operation else 0))
        starts = () if start is None else self._starts.take()
        made: tuple[ParcelId, ...] = ()
        if operation is not None:  # its outputs first, then what else is recalled from here on
            heapq.heappop(self._heap)
            made = operation.outputs
            shares = spread_over(ledger, operation, self._held_by(operation))
            self._ready.extend(
                _Waiting(parcel, None if parcel in starts else share)
                for parcel, share in zip(made, shares, strict=True)
            )
        self._ready.extend(_Waiting(parcel, None) for parcel in starts if parcel not in made)
        return True

    def _held_by(self, operation: Operation) -> dict[ParcelId, Share]:
        """Return the goods that went into an operation, and keep them no longer."""
        given = self._pending.pop(operation.index)
        self._followed -= len(given)
        followed, held = set(given), {}
        inputs = zip(operation.inputs, operation.input_weights_millicarats, strict=True)
        for parcel, weight in inputs:
            if parcel in followed:
                is_part = parcel in self._parts
                held[parcel] = self._parts.pop(parcel) if is_part else whole(weight)
        return held

    def _note_scanned(self) -> None:
        """Note how far lines were looked through, where nothing before that is left to tell."""
        if not self._ready:
            following = self._heap[0] if self._heap else self._size
            self._place = max(self._place, Place(min(self._starts.scanned, following), 0))

    # -- telling -----------------------------------------------------------------------------

    def _tell(self, state: State) -> Affected:
        """Tell the parcel that waits, and follow it."""
        waiting = self._ready.popleft()
        parcel = read_parcel(state, waiting.parcel)
        weight = parcel.weight_millicarats
        made = waiting.share
        share = whole(weight) if made is None else reweighed(made, weight, parcel.stones)
        index = self._place.index
        if index < parcel.spent_by < self._size:
            self._follow(parcel, share)
        self._place = Place(index, self._place.told + 1)
        piece = None
        if parcel.state == "set":
            piece = read_operation(state, parcel.spent_by).outputs[0]
            parcel = replace(parcel, country=read_parcel(state, piece).country)
        return Affected(index, parcel, share, made is None, piece)

    def _follow(self, parcel: Parcel, share: Share) -> None:
        if parcel.spent_by not in self._pending:
            self._pending[parcel.spent_by] = []
            heapq.heappush(self._heap, parcel.spent_by)
        self._pending[parcel.spent_by].append(parcel.id)
        self._followed += 1
        self._parts.pop(parcel.id, None)  # what it was told with before, if it is told again
        if share.least < share.weight:
            self._parts[parcel.id] = share


def spread_over(state: State, operation: Operation, held: Mapping[ParcelId, Share]) -> list[Share]:
    """Return what each output of an operation holds, if ``held`` is all that it took of these."""
    inputs = [
        reweighed(held[parcel], weight) if parcel in held else nothing(weight)
        for parcel, weight in zip(
            operation.inputs, operation.input_weights_millicarats, strict=True
        )
    ]

    def tolerances() -> tuple[int, ...]:
        kept = state.read(Blended, operation_key(operation.index))
        if kept is None:  # taken out of a piece: no scale says anything of it
            return operation.weights_millicarats
        return read_blend(kept).tolerances

    made = Made(
        operation.weights_millicarats, operation.stones, operation.loss_millicarats, tolerances
    )
    return spread(inputs, made)


class These:
    """Starts that are known: parcels, each from where it was made."""

    def __init__(self, parcels: tuple[Parcel, ...]) -> None:
        self._left = sorted({(parcel.made_by, parcel.position, parcel.id) for parcel in parcels})

    @property
    def scanned(self) -> int:
        """It looks through nothing."""
        return 0

    def until(self, ledger: Ledger, index: int, turn: Turn) -> int | None:  # noqa: ARG002 - as Starts
        """Return the index of the next start if it is at most ``index``."""
        return self._left[0][0] if self._left and self._left[0][0] <= index else None

    def take(self) -> tuple[ParcelId, ...]:
        """Return the parcels of the next start."""
        at = self._left[0][0]
        taken = tuple(parcel for made_by, _, parcel in self._left if made_by == at)
        self._left = self._left[len(taken) :]
        return taken
