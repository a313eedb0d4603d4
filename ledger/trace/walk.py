"""Walking the ancestry: up to the mines, down to every descendant, each step once.

The nodes are operations (what makes parcels) and the walk goes by index: parents always have a
lower one, so going up in descending and down in ascending order meets every operation after all
that lead to it, and never twice. Nothing enumerates paths: sixty layers of split-and-mix cost what
a chain of the same number of operations costs. A walk is bounded by ``LIMITS.walk_steps_max``
steps and paged by the index of the last step given; a page that the bound cut short says so.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ledger.custody import NEVER, Operation, Parcel, State, as_held, operation_key
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.values import ParcelId, to_hex

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a walk.

    Attributes:
        steps: what was met, in the order of the walk.
        cursor: where the next page starts, or None at the end.
        is_cut: whether the walk's bound was reached, so that what lies beyond is not known.

    """

    steps: tuple[T, ...]
    cursor: int | None
    is_cut: bool = False


class Budget:
    """How many steps a walk may still make: as many as every walk may, unless told otherwise.

    An operation is a step, and so is each parcel that it takes (upstream) or makes (downstream); in
    a story, each record and each look for the one before it.
    """

    __slots__ = ("_left",)

    def __init__(self, steps_max: int | None = None) -> None:
        self._left = LIMITS.walk_steps_max if steps_max is None else steps_max

    @property
    def left(self) -> int:
        """How many are left; below 0 once a walk was cut."""
        return self._left

    def spend(self, steps: int) -> bool:
        """Spend some; False when they are used up."""
        self._left -= steps
        return self._left >= 0


def read_parcel(state: State, parcel: ParcelId) -> Parcel:
    """Return a parcel that an operation names, as it is held today.

    Raises:
        Damaged: it is not there.

    """
    known = state.read(Parcel, parcel)
    if known is None:
        raise Damaged("gap", f"parcel {to_hex(parcel)}", "an operation names it")
    return as_held(state, known)


def read_operation(state: State, index: int) -> Operation:
    """Return the operation of an index that a parcel or an operation names.

    Raises:
        Damaged: it is not there.

    """
    known = state.read(Operation, operation_key(index))
    if known is None:
        raise Damaged("gap", f"operation {index}", "a parcel or an operation names it")
    return known


def makers_of(operation: Operation) -> tuple[int, ...]:
    """Return the operations that made the inputs: one for each, and all before it.

    Raises:
        Damaged: they are not.

    """
    makers = operation.inputs_made_by
    if len(makers) != len(operation.inputs) or not all(
        0 <= index < operation.index for index in makers
    ):
        raise Damaged("altered", f"operation {operation.index}", "its inputs had other makers")
    return makers


def in_order(
    start: Iterable[int], expand: Callable[[int], tuple[T, Iterable[int]] | None]
) -> Iterator[tuple[int, T] | None]:
    """Yield each key once, ascending, with what it expands to; None where a bound cuts the walk.

    Args:
        start: the keys to start from.
        expand: returns a key's value and the larger keys that follow it, or None at the bound.

    """
    heap = sorted(start)
    queued = set(heap)
    while heap:
        key = heapq.heappop(heap)
        expanded = expand(key)
        if expanded is None:
            yield None
            return
        value, following = expanded
        yield key, value
        for follower in following:
            if follower not in queued:
                queued.add(follower)
                heapq.heappush(heap, follower)


def page_of(
    walk: Iterator[tuple[int, T] | None],
    after: int | None,
    limit: int,
    keep: Callable[[T], bool] | None = None,
) -> Page[T]:
    """Return at most ``limit`` steps of a walk from after the key ``after`` on.

    Args:
        walk: the steps by key, ascending; None where a bound cut them short.
        after: the ``cursor`` of the page before.
        limit: most steps of the page.
        keep: whether a step may be told; the others are walked and left out, so that neither steps
            nor cursor tell of them. All of them, if not said.

    """
    steps: list[T] = []
    last: int | None = None
    for step in walk:
        if step is None:
            return Page(tuple(steps), None, is_cut=True)
        key, value = step
        if (after is not None and key <= after) or (keep is not None and not keep(value)):
            continue
        if len(steps) == limit:
            return Page(tuple(steps), last)
        steps.append(value)
        last = key
    return Page(tuple(steps), None)


def upstream(
    state: State,
    parcel: Parcel,
    limit: int,
    cursor: int | None = None,
    *,
    steps_max: int | None = None,
    keep: Callable[[Operation], bool] | None = None,
) -> Page[Operation]:
    """Return the operations that lead to a parcel, the latest first, back to the registrations.

    Args:
        state: the state to read.
        parcel: where to start; its own operation is the first step.
        limit: most steps of the page.
        cursor: the ``cursor`` of the page before.
        steps_max: how many steps the walk may make (:class:`Budget`); as many as every walk, if
            not said.
        keep: which steps may be told; see :func:`page_of`.

    """
    budget = Budget(steps_max)

    def expand(key: int) -> tuple[Operation, list[int]] | None:
        operation = read_operation(state, -key)
        if not budget.spend(1 + len(operation.inputs)):
            return None
        return operation, [-index for index in makers_of(operation)]

    return page_of(in_order([-parcel.made_by], expand), cursor, limit, keep)


def downstream(
    state: State,
    parcel: Parcel,
    limit: int,
    cursor: int | None = None,
    *,
    keep: Callable[[Operation], bool] | None = None,
) -> Page[tuple[Operation, tuple[Parcel, ...]]]:
    """Return the operations that a parcel went into, the earliest first, each with its outputs.

    Every descendant stands once, under the operation that made it, as it is now: its state and
    custodian say where it went. Operations that may not be told (``keep``) are followed all the
    same.
    """
    budget = Budget()

    def expand(index: int) -> tuple[tuple[Operation, tuple[Parcel, ...]], list[int]] | None:
        operation = read_operation(state, index)
        if not budget.spend(1 + len(operation.outputs)):
            return None
        made = tuple(read_parcel(state, output) for output in operation.outputs)
        return (operation, made), [child.spent_by for child in made if child.spent_by != NEVER]

    start = [] if parcel.spent_by == NEVER else [parcel.spent_by]
    told = None if keep is None else lambda step: keep(step[0])
    return page_of(in_order(start, expand), cursor, limit, told)
