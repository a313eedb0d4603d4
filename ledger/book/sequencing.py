"""Steps 2 and 3 of the order of work: decide a group, and commit it (``docs/order-of-work.md``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ledger.book.answers import Answer, Line
from ledger.book.drafting import Draft, Edge
from ledger.book.queueing import Portion
from ledger.errors import ClockAhead, ClockBehind, Unavailable
from ledger.limits import LIMITS
from ledger.store.private import PrivateStore
from ledger.store.protocol import Head, Store, Writer
from ledger.values import Hash32, Milliseconds

Clock = Callable[[], int]
"""Gives whole milliseconds since 1970-01-01 UTC."""


class NotBegun(Unavailable):
    """The store's lock could not be taken; nothing was written."""


class WatchedClock:
    """A clock whose progress is compared with that of one which nobody can set.

    An entry's time can never go back, so one clock set years ahead would bind all later entries.

    Args:
        clock: the ledger's clock.
        steady: milliseconds that have passed since any moment; goes on while the machine sleeps.
        offset_ms: by how much the clock was ahead of ``steady`` when it was right; by as much as it
            is at the start, if that is not known.

    """

    def __init__(self, clock: Clock, steady: Clock, offset_ms: int | None = None) -> None:
        self._clock = clock
        self._steady = steady
        self.offset_ms = clock() - steady() if offset_ms is None else offset_ms

    def __call__(self) -> int:
        """Return the clock's time.

        Raises:
            ClockAhead: it has gained more than a day on the time that passed.

        """
        now_ms = self._clock()
        ahead_ms = now_ms - self._steady() - self.offset_ms
        if ahead_ms > LIMITS.clock_ahead_ms_max:
            raise ClockAhead(ahead_ms)
        return now_ms


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What became of a group: the edge that it left, and the lines of each portion."""

    edge: Edge
    lines: Sequence[Sequence[Line]]


def sequence(
    store: Store,
    group: Sequence[Portion],
    cached: Edge | None,
    clock: Clock,
    private: PrivateStore | None = None,
) -> Sequenced:
    """Decide the records of a group in their order, and write all that are accepted at once.

    Args:
        store: the ledger.
        group: what to decide.
        cached: the edge that the last group left, if there was one.
        clock: the ledger's clock.
        private: keeps the private fields that came with records.

    Raises:
        ClockBehind: nothing was written.
        ClockAhead: likewise.
        NotBegun: likewise.
        Exception: whatever else it is, nobody knows whether the group was written.

    """
    # 2.1 Take the lock, and only then look: what is read from here on moves under nobody's hands.
    with _turn(store) as writer:
        # 2.2 Take up the right edge of the log; a cached one counts only at the head it belongs to.
        head = writer.head()
        edge = cached if cached is not None and cached.head == head else Edge.load(writer)
        # 2.3 One time for the whole group, never before the last entry's.
        now_ms = time_of_group(clock(), head)
        # 2.4 Decide each record against the state that the one before it left; a record that was
        #     accepted before, in the store or earlier in this group, gets its first answer.
        draft = Draft(writer, writer, head.size, now_ms)
        lines = [_decide(draft, portion) for portion in group]
        # 2.5 Keep the private fields of what is accepted, durably and pending, before the log can
        #     say so: an acknowledged record's are there after any crash. What is refused leaves
        #     none.
        kept = _keep(private, group, lines)
        # 2.6 Nothing accepted: leave the store as it is.
        if draft.is_empty:
            _confirm(private, kept)
            return Sequenced(edge, lines)
        # 3.1 Chain the entries and grow the tree, on copies.
        written, new_edge = draft.group(edge)
        # 3.2 Envelopes, entries, state, tiles and the head in one durable transaction; the head
        #     moves by compare-and-swap from the one that was read under the lock.
        writer.commit(written)
    # 3.3 Durable: only from here on may anybody be answered, and the edge be used again.
    _confirm(private, kept)
    return Sequenced(new_edge, lines)


def _keep(
    private: PrivateStore | None, group: Sequence[Portion], lines: Sequence[Sequence[Line]]
) -> set[Hash32]:
    keepings = [
        portion.batch.private[place]
        for portion, decided in zip(group, lines, strict=True)
        for (place, _), line in zip(portion.records, decided, strict=True)
        if isinstance(line, Answer) and place in portion.batch.private
    ]
    if private is not None and keepings:
        try:
            private.keep(keepings)
        except Unavailable as busy:
            raise NotBegun(str(busy)) from busy
    return {keeping.record_id for keeping in keepings}


def _confirm(private: PrivateStore | None, kept: set[Hash32]) -> None:
    if private is not None and kept:
        private.confirm(kept)


@contextmanager
def _turn(store: Store) -> Iterator[Writer]:
    with ExitStack() as turn:
        try:
            writer = turn.enter_context(store.write())
        except Unavailable as busy:
            raise NotBegun(str(busy)) from busy
        yield writer


def time_of_group(clock_ms: int, head: Head) -> Milliseconds:
    """Return the time that entries after ``head`` bear: the clock's, but never decreasing.

    Raises:
        ClockBehind: the clock is too far behind to be believed.

    """
    behind_ms = head.recorded_at_ms - clock_ms
    if behind_ms > LIMITS.clock_behind_ms_max:
        raise ClockBehind(behind_ms)
    return Milliseconds(max(clock_ms, head.recorded_at_ms))


def _decide(draft: Draft, portion: Portion) -> Sequence[Line]:
    records = [signed for _, signed in portion.records]
    if portion.atomic:
        return draft.decide_together(records, [place for place, _ in portion.records])
    return draft.decide_each(records)
