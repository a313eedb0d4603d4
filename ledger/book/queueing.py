"""Records on their way to the writer: what was called for, and who waits for the answer.

A :class:`Batch` is one call. The writer takes :class:`Portion`s of it: all of an atomic batch at
once, any other in pieces that fit a group. The queue is bounded in records and bytes. First come is
first served, and whoever has more than one portion waiting gives every other caller a turn between
two of them: nobody waits for the whole of a long batch.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from ledger.book.answers import Answer, Line, Reached, size_needed
from ledger.errors import Refusal, Unavailable
from ledger.limits import LIMITS
from ledger.records import Certificate, Clearance, Correction, Setting, Transformation
from ledger.signing import SignedRecord
from ledger.store.private import Keeping
from ledger.values import NO_HASH


class Promised(Future[tuple[Line, ...]]):
    """The promise of a line for each record of a batch.

    Attributes:
        refusals: of a promise that was broken, the records that were refused before, by their
            place: of these alone it is known what became of them.

    """

    def __init__(self) -> None:
        super().__init__()
        self.refusals: dict[int, Refusal] = {}


class Batch:
    """The records of one call, the answers so far, and the promise of all of them.

    Attributes:
        wait: what must be reached before the answer is given.
        private: the private fields that came with records, by their place.
        future: the promise.

    """

    __slots__ = ("_lines", "_open", "future", "private", "wait")

    def __init__(self, count: int, wait: Reached) -> None:
        self.wait = wait
        self.private: dict[int, Keeping] = {}
        self.future = Promised()
        # From here on nobody can cancel it: what is queued will be answered.
        self.future.set_running_or_notify_cancel()
        self._lines: list[Line | None] = [None] * count
        self._open = count

    def put(self, position: int, line: Line) -> None:
        """Answer one record, once."""
        self._lines[position] = line
        self._open -= 1

    @property
    def is_complete(self) -> bool:
        """Tell whether every record is answered."""
        return self._open == 0

    @property
    def size_needed(self) -> int:
        """The size of the checkpoint that covers all of it; 0 when nothing was accepted."""
        return size_needed(self._lines)

    def resolve(self, published_size: int) -> None:
        """Keep the promise, and say of each record whether a checkpoint covers it."""
        if not self.future.done():
            self.future.set_result(tuple(_reached(line, published_size) for line in self._lines))

    def fail(self, error: Exception) -> None:
        """Break the promise; what is refused already stays told."""
        if not self.future.done():
            known = enumerate(self._lines)
            self.future.refusals = {at: one for at, one in known if isinstance(one, Refusal)}
            self.future.set_exception(error)


def _reached(line: Line | None, published_size: int) -> Line:
    if isinstance(line, Answer) and line.index < published_size:
        return line.checkpointed()
    assert line is not None  # noqa: S101 - only complete batches are resolved
    return line


@dataclass(frozen=True)
class Portion:
    """Records of one batch that the writer takes together, each with its place in the batch."""

    batch: Batch
    records: Sequence[tuple[int, SignedRecord]]
    atomic: bool

    @cached_property
    def parcels(self) -> int:
        """How many parcels its records of many take, make and name: what deciding costs."""
        return sum(work_of(signed) for _, signed in self.records)

    @cached_property
    def size_bytes(self) -> int:
        """How many bytes of envelopes and private fields there are."""
        envelopes = sum(len(signed.envelope.raw) for _, signed in self.records)
        private = self.batch.private
        return envelopes + sum(
            private[place].size_bytes for place, _ in self.records if place in private
        )


def work_of(signed: SignedRecord) -> int:
    """Return how many parcels a record takes, makes and names; 0 where it can be but one.

    Every one of them costs about as much as all the rest of a record does. What a Clearance
    confirms and what a Correction speaks of stands in another record: for these some are counted.
    """
    record = signed.record
    if isinstance(record, Transformation):
        return len(record.what.inputs) + len(record.what.hs_codes)
    if isinstance(record, (Setting, Certificate)):
        return len(record.what.parcels)
    is_paper = isinstance(record, Clearance) and record.what.certificate == NO_HASH
    is_of_others = isinstance(record, (Clearance, Correction)) and not is_paper
    return LIMITS.group_parcels_untold if is_of_others else 0


def portions_of(
    batch: Batch, records: Sequence[tuple[int, SignedRecord]], *, atomic: bool
) -> Iterator[Portion]:
    """Cut a batch for the writer: an atomic one stays whole."""
    if atomic:
        yield from [Portion(batch, records, atomic)] if records else ()
        return
    start = parcels = 0
    for at, (_, signed) in enumerate(records):
        work = work_of(signed)
        is_full = at - start == LIMITS.group_records_max
        if at > start and (is_full or parcels + work > LIMITS.group_parcels_max):
            yield Portion(batch, records[start:at], atomic)
            start, parcels = at, 0
        parcels += work
    if records:
        yield Portion(batch, records[start:], atomic)


class Queue:
    """What waits for the writer."""

    def __init__(self) -> None:
        # Each caller's portions, in order; the caller whose turn is next stands first.
        self._waiting: OrderedDict[Hashable, deque[Portion]] = OrderedDict()
        self._records = 0
        self._bytes = 0
        self._closed = ""
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """Return how many records wait."""
        with self._changed:
            return self._records

    def put(self, portions: Sequence[Portion], caller: Hashable = None) -> None:
        """Queue all portions of a batch, in order.

        Args:
            portions: what to queue.
            caller: whose they are; they follow what the same caller has waiting, and take turns
                with what others have. None is a caller of this one batch alone.

        Raises:
            Unavailable: the queue is full, or the book takes nothing any more; nothing was queued.

        """
        records = sum(len(portion.records) for portion in portions)
        size_bytes = sum(portion.size_bytes for portion in portions)
        with self._changed:
            if self._closed:
                raise Unavailable(self._closed)
            if (
                self._records + records > LIMITS.queue_records_max
                or self._bytes + size_bytes > LIMITS.queue_bytes_max
            ):
                raise Unavailable(f"{self._records} records are waiting; try again later")
            self._waiting.setdefault(object() if caller is None else caller, deque()).extend(
                portions
            )
            self._records += records
            self._bytes += size_bytes
            self._changed.notify()

    def take(self) -> list[Portion]:
        """Wait for records and take as many as fit a group; empty when closed and all is taken."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            group: list[Portion] = []
            records = size_bytes = parcels = 0
            while self._waiting:
                caller, portions = next(iter(self._waiting.items()))
                portion = portions[0]
                records += len(portion.records)
                size_bytes += portion.size_bytes
                parcels += portion.parcels
                too_many = (
                    records > LIMITS.group_records_max
                    or size_bytes > LIMITS.group_bytes_max
                    or parcels > LIMITS.group_parcels_max
                )
                if group and too_many:
                    break
                group.append(portions.popleft())
                self._waiting.move_to_end(caller)
                if not portions:
                    del self._waiting[caller]
                self._records -= len(portion.records)
                self._bytes -= portion.size_bytes
            return group

    def close(self, why: str) -> None:
        """Take nothing more; what is queued may still be taken."""
        with self._changed:
            self._closed = self._closed or why
            self._changed.notify_all()

    def abandon(self, why: str) -> list[Portion]:
        """Take nothing more, and hand back what is queued."""
        self.close(why)
        with self._changed:
            left = list(chain.from_iterable(self._waiting.values()))
            self._waiting.clear()
            self._records = self._bytes = 0
            return left
