"""The book: it takes records in, and answers when they are sequenced or checkpointed.

Three sorts of threads share the work: callers read records (step 1), one writer sequences and
commits them (2, 3), one publisher publishes (4). A failure of the store, or a doubt about what is
stored, ends the book: whoever waits is told that the outcome is unknown, and nothing more is taken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from types import TracebackType

from ledger.book.answers import Answer, Line, NotDone, Reached
from ledger.book.drafting import Edge
from ledger.book.private import Apart, settle_private
from ledger.book.publishing import Publisher
from ledger.book.queueing import Batch, Portion, Queue, portions_of
from ledger.book.reading import Reader
from ledger.book.sequencing import Clock, NotBegun, Sequenced, sequence
from ledger.book.starting import ledger_id_of, may_start
from ledger.checkpoint import SignerKey
from ledger.errors import (
    BadQuestion,
    ClockAhead,
    ClockBehind,
    Damaged,
    Refusal,
    Refused,
    RefusesToStart,
    Unavailable,
)
from ledger.limits import LIMITS
from ledger.signing import SignedRecord
from ledger.store.private import PrivateStore
from ledger.store.protocol import CheckpointStore, Published, Store, View
from ledger.values import Hash32

_log = logging.getLogger(__name__)
CLOSED = "the ledger is closed"
PUBLISH_TRIES_AT_CLOSE = 10
PUBLISH_PAUSE_SECONDS = 0.2
AGAIN = "send it again: what is recorded is answered as such"
UNKNOWN = "the ledger stopped; whether this is recorded is unknown: ask by record id"


class Book:
    """An open ledger; made by :meth:`open`, ended by :meth:`close` or by a failure."""

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        clock: Clock,
        ledger_id: Hash32,
        published: Published,
        on_fatal: Callable[[Exception], None] | None,
        on_published: Callable[[Published], None] | None,
        private: PrivateStore | None,
    ) -> None:
        self._store = store
        self._private = private
        self._publisher = publisher
        self._clock = clock
        self._ledger_id = ledger_id
        self._reader = Reader(ledger_id)
        self._on_fatal = on_fatal
        self._on_published = on_published
        self._queue = Queue()
        self._changed = threading.Condition()
        self._published = published  # this and the next five are guarded by _changed
        self._behind_since: float | None = None
        self._sequenced_size = published.size
        self._waiting: list[tuple[int, Batch]] = []  # with the size of checkpoint that each needs
        self._writer_is_done = False
        self._fault: Exception | None = None
        self._threads = [
            threading.Thread(target=self._write, name="ledger-writer", daemon=True),
            threading.Thread(target=self._publish, name="ledger-publisher", daemon=True),
        ]

    @classmethod
    def open(
        cls,
        store: Store,
        checkpoints: CheckpointStore,
        signers: Sequence[SignerKey],
        clock: Clock,
        *,
        on_fatal: Callable[[Exception], None] | None = None,
        on_published: Callable[[Published], None] | None = None,
        private: PrivateStore | None = None,
    ) -> Book:
        """Open a ledger that was founded, and publish whatever is not published yet.

        Args:
            store: the ledger; the caller closes it, after the book.
            checkpoints: its second store; likewise.
            signers: the log's keys; at least one is named by the charter.
            clock: gives milliseconds since 1970-01-01 UTC.
            on_fatal: told, once, why the book ended on its own; called in a thread of the book.
            on_published: told of each checkpoint; called in a thread of the book.
            private: keeps private fields; the caller closes it, after the book. Where there is
                none, no record is taken that comes with some.

        Raises:
            RefusesToStart: what is stored must be settled first.

        """
        may_start(store, checkpoints, clock)
        if private is not None:
            settle_private(store, private)
        ledger_id = ledger_id_of(store)
        publisher = Publisher(store, checkpoints, signers, ledger_id)
        try:
            published = publisher.publish()
        except BaseException as error:
            publisher.close()
            if isinstance(error, Damaged):
                raise RefusesToStart(f"{error}; run the audit") from error
            raise
        book = cls(store, publisher, clock, ledger_id, published, on_fatal, on_published, private)
        for thread in book._threads:
            thread.start()
        return book

    # -- what callers do ---------------------------------------------------------------------

    @property
    def ledger_id(self) -> Hash32:
        """The ledger's id."""
        return self._ledger_id

    @property
    def published(self) -> Published:
        """The last checkpoint that may be shown, with its note."""
        with self._changed:
            return self._published

    @property
    def fault(self) -> Exception | None:
        """Why the book ended on its own, or None."""
        with self._changed:
            return self._fault

    @property
    def private(self) -> PrivateStore | None:
        """The store of private fields, or None where none are kept."""
        return self._private

    @property
    def sequenced_size(self) -> int:
        """How many entries the log has, as far as this book has written it."""
        with self._changed:
            return self._sequenced_size

    @property
    def lag_seconds(self) -> float:
        """For how long there have been entries that no checkpoint covers; 0 if there are none."""
        with self._changed:
            since = self._behind_since
        return 0.0 if since is None else time.monotonic() - since

    @property
    def queued_records(self) -> int:
        """How many records wait for the writer."""
        return len(self._queue)

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view of what is sequenced; any thread, at any time."""
        return self._store.view()

    def submit(
        self,
        raws: Sequence[bytes],
        *,
        atomic: bool = False,
        wait: Reached = "checkpointed",
        caller: Hashable = None,
    ) -> Future[tuple[Line, ...]]:
        """Take envelopes in; what is well said is queued for the writer.

        Args:
            raws: the envelopes, in the order in which they are to be sequenced; each may have
                private fields in it (``docs/spec/details.md``).
            atomic: whether all are accepted or none.
            wait: what must be reached before the answer is given.
            caller: who calls; what one caller submits is sequenced in that order, and takes turns
                with what others submit. None is somebody who calls once.

        Returns:
            The promise of one line for each envelope. It raises Unavailable when the book ends
            first; what became of the records is then unknown. Likewise when somebody else holds
            the store's lock: some portions of a batch may be recorded then, of an atomic one none.

        Raises:
            Unavailable: the book is closed or too busy; nothing was taken.
            BadQuestion: too many envelopes, or too many bytes, at once; or too many parcels in an
                atomic batch, which is decided in one go while all others wait.

        """
        if len(raws) > LIMITS.batch_records_max:
            raise BadQuestion("batch", f"at most {LIMITS.batch_records_max} records")
        if sum(map(len, raws)) > LIMITS.batch_bytes_max:
            raise BadQuestion("batch", f"at most {LIMITS.batch_bytes_max} bytes")
        # 1.1 Read each envelope and recover its signers: in the caller's thread, before any lock
        #     and without touching the store.
        batch = Batch(len(raws), wait)
        apart = Apart(raws, keeps=self._private is not None)
        well_said: list[tuple[int, SignedRecord]] = []
        for place, read in enumerate(apart.check(self._reader.read(apart.envelopes))):
            if isinstance(read, SignedRecord):
                well_said.append((place, read))
                continue
            batch.put(place, read)
            if atomic:
                return _refused_whole(len(raws), place, read)
        batch.private = apart.keepings
        # 1.2 Queue what is well said; what is not has its refusal already.
        if batch.is_complete:
            batch.resolve(0)
        else:
            portions = list(portions_of(batch, well_said, atomic=atomic))
            if atomic and portions[0].parcels > LIMITS.group_parcels_max:
                expected = f"at most {LIMITS.group_parcels_max} parcels in and out, if atomic"
                raise BadQuestion("batch", expected)
            self._queue.put(portions, caller)
        return batch.future

    def append(
        self,
        raw: bytes,
        *,
        wait: Reached = "checkpointed",
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Take one envelope in and wait for its answer.

        Raises:
            Refused: it was not accepted; nothing was kept.
            Unavailable: see :meth:`submit`.
            TimeoutError: there is no answer yet.

        """
        (line,) = self.submit([raw], wait=wait).result(timeout_seconds)
        if isinstance(line, Refusal):
            raise Refused(line)
        assert isinstance(line, Answer)  # noqa: S101 - a single record has no other line
        return line

    def close(self) -> None:
        """Sequence and publish what was taken in, then end; safe to call again."""
        self._queue.close(CLOSED)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        self._reader.close()
        self._publisher.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # -- the writer's thread -----------------------------------------------------------------

    def _write(self) -> None:
        edge: Edge | None = None
        while group := self._queue.take():
            try:
                done = sequence(self._store, group, edge, self._clock, self._private)
                edge = done.edge
                self._answer(group, done)
            except NotBegun as busy:  # nothing of this group was written: the next may have a turn
                _log.warning("a group is sent back: %s", busy)
                for portion in group:
                    portion.batch.fail(Unavailable(f"{busy}; {AGAIN}"))
            except Exception as error:  # whatever it is, the outcome is unknown
                self._end(error, group)
                break
        with self._changed:
            self._writer_is_done = True
            self._changed.notify_all()

    def _answer(self, group: Sequence[Portion], done: Sequenced) -> None:
        """Answer who waits for an index alone; the others wait on for the publisher."""
        ready: list[Batch] = []
        waiting: list[tuple[int, Batch]] = []
        for portion, lines in zip(group, done.lines, strict=True):
            batch = portion.batch
            for (place, _), line in zip(portion.records, lines, strict=True):
                batch.put(place, line)
            if batch.is_complete and batch.wait == "checkpointed":
                waiting.append((batch.size_needed, batch))
            elif batch.is_complete:
                ready.append(batch)
        with self._changed:
            self._sequenced_size = done.edge.head.size
            if self._behind_since is None and self._sequenced_size > self._published.size:
                self._behind_since = time.monotonic()
            size, fault = self._published.size, self._fault
            ready += [batch for needed, batch in waiting if needed <= size]
            waiting = [(needed, batch) for needed, batch in waiting if needed > size]
            if fault is None:
                self._waiting += waiting
            self._changed.notify_all()
        for batch in ready:
            batch.resolve(size)
        for _, batch in waiting if fault else ():
            batch.fail(Unavailable(UNKNOWN))

    # -- the publisher's thread --------------------------------------------------------------

    def _publish(self) -> None:
        tries_left = PUBLISH_TRIES_AT_CLOSE
        while self._has_more_to_publish():
            try:
                self._show(self._publisher.publish())
            except Unavailable as error:
                # Too busy is no doubt: what was cut short is taken up where it was, until the book
                # closes, which must come to an end.
                with self._changed:
                    tries_left -= self._writer_is_done
                if not tries_left:
                    self._end(error, ())
                    return
                _log.warning("publishing later: %s", error)
                time.sleep(PUBLISH_PAUSE_SECONDS)
            except Exception as error:  # on any doubt: stop, and say why
                self._end(error, ())
                return

    def _has_more_to_publish(self) -> bool:
        """Wait until there is; False when there never will be."""
        with self._changed:
            while self._fault is None:
                if self._sequenced_size > self._published.size:
                    return True
                if self._writer_is_done:
                    return False
                self._changed.wait()
            return False

    def _show(self, published: Published) -> None:
        # 4.8 Show it, and answer all who waited for a checkpoint of this size or below.
        with self._changed:
            self._published = published
            if published.size >= self._sequenced_size:
                self._behind_since = None
            waited, size = self._waiting, published.size
            self._waiting = [(needed, batch) for needed, batch in waited if needed > size]
        for needed, batch in waited:
            if needed <= size:
                batch.resolve(size)
        if self._on_published is not None:
            try:
                self._on_published(published)
            except Exception:  # what a listener makes of it says nothing about the ledger
                _log.exception("a listener failed at checkpoint %d", size)

    # -- the end -----------------------------------------------------------------------------

    def _end(self, error: Exception, group: Sequence[Portion]) -> None:
        """End the book: take nothing more, tell everybody who waits, and say why, once."""
        with self._changed:
            first, self._fault = self._fault is None, self._fault or error
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        left = self._queue.abandon(f"the ledger stopped: {error}")
        told = error if isinstance(error, (ClockAhead, ClockBehind)) else Unavailable(UNKNOWN)
        for portion in (*group, *left):
            portion.batch.fail(told)
        for _, batch in waiting:
            batch.fail(Unavailable(UNKNOWN))
        if first and self._on_fatal is not None:
            self._on_fatal(error)


def _refused_whole(count: int, place: int, refusal: Refusal) -> Future[tuple[Line, ...]]:
    """Answer an atomic batch of which one record is not well said."""
    batch = Batch(count, "sequenced")
    for at in range(count):
        batch.put(at, refusal if at == place else NotDone(place + 1))
    batch.resolve(0)
    return batch.future
