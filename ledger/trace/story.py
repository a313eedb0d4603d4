"""The story of a parcel: every record of its chain and of its ancestors' chains, in order.

The chains themselves are the index: each record names the one before it, so the story is walked
from the parcel's head backwards and needs no table of its own. The Transformation that made a
parcel leads on to the chains of all its inputs. Steps come latest first and each once, bounded and
paged like the other walks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from ledger.custody import Parcel
from ledger.errors import Damaged
from ledger.records import Record, Setting, Transformation, previous_of
from ledger.trace.walk import Budget, Page, in_order, page_of
from ledger.values import Hash32, ParcelId, to_hex


class Chains(Protocol):
    """Accepted records, and where they stand in the log."""

    def record(self, record_id: Hash32) -> Record | None:
        """Return an accepted record, or None."""

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record, or None."""


@dataclass(frozen=True, slots=True)
class Step:
    """One record of a story, and the parcels of the story that it advances or makes."""

    index: int
    record_id: Hash32
    record: Record
    parcels: tuple[ParcelId, ...]


def story(
    chains: Chains,
    parcel: Parcel,
    limit: int,
    cursor: int | None = None,
    *,
    ancestors: bool = True,
    steps_max: int | None = None,
    keep: Callable[[Step], bool] | None = None,
) -> Page[Step]:
    """Return the records that tell a parcel's story, the latest first.

    Args:
        chains: where the records are.
        parcel: whose story; the record at its head is the first step.
        limit: most steps of the page.
        cursor: the ``cursor`` of the page before.
        ancestors: whether to go on into the chains of the parcels that it was made from.
        steps_max: how many look-ups the walk may make; as many as every walk, if not said.
        keep: which steps may be told; see :func:`~ledger.trace.walk.page_of`.

    Raises:
        Damaged: a record that another names is not there.

    """
    walk = _told(chains, parcel.id, parcel.head, Budget(steps_max), ancestors=ancestors)
    return page_of(walk, cursor, limit, keep)


def own_steps(chains: Chains, parcel: ParcelId, start: Hash32, limit: int) -> tuple[Step, ...]:
    """Return steps of a parcel's own chain, the latest first, from the record ``start`` on.

    Costs as many look-ups as it returns steps, wherever on the chain it starts.

    Raises:
        Damaged: a record that another names is not there.

    """
    walk = _told(chains, parcel, start, Budget(2 * limit), ancestors=False)
    return tuple(met[1] for met in islice(walk, limit) if met is not None)


def story_since(
    chains: Chains, parcel: Parcel, since: int, steps_max: int
) -> tuple[list[Step], bool]:
    """Return the records from an index on that tell a parcel's story and its ancestors'.

    Args:
        chains: where the records are.
        parcel: whose story.
        since: the lowest index that is asked for; nothing below it is looked at.
        steps_max: how many look-ups the walk may make.

    Returns:
        The steps, the latest first, and whether they are all of them.

    Raises:
        Damaged: a record that another names is not there.

    """
    steps: list[Step] = []
    budget = Budget(steps_max)
    for met in _told(chains, parcel.id, parcel.head, budget, ancestors=True, since=since):
        if met is None:
            return steps, False
        steps.append(met[1])
    return steps, True


def _told(
    chains: Chains,
    parcel: ParcelId,
    start: Hash32,
    budget: Budget,
    *,
    ancestors: bool,
    since: int = 0,
) -> Iterator[tuple[int, Step] | None]:
    """Walk a story from a record down to an index; None where the budget cuts it."""
    ids: dict[int, Hash32] = {}
    told: dict[int, list[ParcelId]] = {}

    def queue(record_id: Hash32, of: ParcelId) -> int:
        index = chains.index_of(record_id)
        if index is None:
            raise Damaged("gap", f"record {to_hex(record_id)}", "another record names it")
        ids[index] = record_id
        parcels = told.setdefault(index, [])
        if of not in parcels:
            parcels.append(of)
        return -index

    def expand(key: int) -> tuple[Step, list[int]] | None:
        index = -key
        record = chains.record(ids[index])
        if record is None:
            raise Damaged("gap", f"record {to_hex(ids[index])}", "its index is known")
        links = _links(record, told[index], ancestors=ancestors)
        if not budget.spend(1 + len(links)):
            return None
        step = Step(index, ids[index], record, tuple(told[index]))
        before = [queue(record_id, of) for record_id, of in links]
        return step, [key for key in before if -key >= since]

    first = [key for key in [queue(start, parcel)] if -key >= since]
    return in_order(first, expand)


def _links(
    record: Record, told: Iterable[ParcelId], *, ancestors: bool
) -> list[tuple[Hash32, ParcelId]]:
    """Return what stands before a record in the chains of its told parcels, each once.

    The outputs of one record lead to the same inputs, so these are followed for the first.
    """
    if isinstance(record, Setting):
        return _links_of_setting(record, tuple(told), ancestors=ancestors)
    links: list[tuple[Hash32, ParcelId]] = []
    goes_on = ancestors
    for of in told:
        if not isinstance(record, Transformation) or of in record.what.inputs:
            links += [(record_id, of) for record_id in previous_of(record, of)]
        elif goes_on:
            links += zip(record.what.previous, record.what.inputs, strict=True)
            goes_on = False
    return links


def _links_of_setting(
    record: Setting, told: tuple[ParcelId, ...], *, ancestors: bool
) -> list[tuple[Hash32, ParcelId]]:
    """Return what stands before a Setting in the chains of its told parcels.

    A parcel that was taken out of a piece was wherever the piece went: its story goes on into the
    piece's chain too, and from there no further than to where itself was set.
    """
    what = record.what
    chains = list(zip(what.previous, what.parcels, strict=True))
    own = [(record_id, of) for record_id, of in chains if of in told]
    if what.operation == "unset":
        with_piece = ancestors or what.piece in told
        return [*own, (what.piece_previous, what.piece)] if with_piece else own
    return own or (chains if ancestors else [])
