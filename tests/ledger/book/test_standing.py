"""What a book says of how it stands: sequenced, published, waiting."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager

from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Writer
from tests.desk import Desk, journey

SECONDS = 30.0


class GatedCheckpoints(MemoryCheckpoints):
    """A second store that keeps no note until the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def keep(self, size: int, note: bytes) -> None:
        assert self.gate.wait(SECONDS)
        super().keep(size, note)


class GatedStore(MemoryStore):
    """A store that nobody writes to until the test lets them."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def write(self) -> AbstractContextManager[Writer]:
        assert self.gate.wait(SECONDS)
        return super().write()


def test_a_book_says_how_far_publishing_is_behind_and_since_when() -> None:
    checkpoints = GatedCheckpoints()
    desk = Desk(journey(), checkpoints=checkpoints).fill()
    size = desk.head().size
    first, second = desk.say_registrations(2)
    with desk.open() as book:
        assert (book.sequenced_size, book.published.size, book.lag_seconds) == (size, size, 0)
        checkpoints.gate.clear()
        book.append(first, wait="sequenced", timeout_seconds=SECONDS)
        assert (book.sequenced_size, book.published.size) == (size + 1, size)
        before = book.lag_seconds
        time.sleep(0.002)
        assert book.lag_seconds > before > 0
        checkpoints.gate.set()
        book.append(second, timeout_seconds=SECONDS)
        assert (book.sequenced_size, book.published.size, book.lag_seconds) == (
            size + 2,
            size + 2,
            0,
        )


def test_a_book_says_how_many_records_wait_for_the_writer() -> None:
    store = GatedStore()
    desk = Desk(journey(), store).fill()
    raws = desk.say_registrations(6)
    with desk.open() as book:
        assert book.queued_records == 0
        store.gate.clear()
        taken = book.submit(raws[:1])
        while book.queued_records:  # until the writer has it, before the gate
            time.sleep(0.001)
        waiting = book.submit(raws[1:])
        assert book.queued_records == 5
        store.gate.set()
        for future in (taken, waiting):
            future.result(SECONDS)
        assert book.queued_records == 0
