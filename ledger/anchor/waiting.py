"""How far a log is anchored for good, and who waits for it to be further.

The worker says how far; callers ask, or wait in a thread or by a promise. Nothing here knows of
chains: a ledger without one has no :class:`Anchored` at all.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import suppress


class Anchored:
    """The size of the largest checkpoint whose anchor is final; it grows, until it is withdrawn."""

    def __init__(self, size: int = 0) -> None:
        self._lock = threading.Lock()
        self._size = size
        self._is_withdrawn = False
        self._waiting: dict[Future[int], int] = {}  # with the size that each needs

    @property
    def size(self) -> int:
        """How many entries an anchor that is final covers."""
        with self._lock:
            return self._size

    def reach(self, size: int) -> None:
        """Say that an anchor of this size is final; a smaller one than before says nothing."""
        with self._lock:
            if self._is_withdrawn:
                return
            self._size = max(self._size, size)
            reached = [promise for promise, need in self._waiting.items() if need <= self._size]
            for promise in reached:
                del self._waiting[promise]
        for promise in reached:  # outside: whoever is told may ask again
            with suppress(Exception):  # who waits no longer has cancelled it
                promise.set_result(size)

    def withdraw(self) -> None:
        """Call nothing anchored any more: what was final is in doubt."""
        with self._lock:
            self._is_withdrawn, self._size = True, 0

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing is called anchored any more."""
        with self._lock:
            return self._is_withdrawn

    def promise(self, size: int) -> Future[int]:
        """Return what is kept once ``size`` entries are anchored; cancel it to wait no longer."""
        promise: Future[int] = Future()
        with self._lock:
            if size > self._size:
                self._waiting[promise] = size
                promise.add_done_callback(self._forget)
                return promise
        promise.set_result(self._size)
        return promise

    def wait(self, size: int, timeout_seconds: float) -> bool:
        """Wait until ``size`` entries are anchored; tell whether they are."""
        promise = self.promise(size)
        try:
            promise.result(timeout_seconds)
        except TimeoutError:
            promise.cancel()
            return self.size >= size
        return True

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return len(self._waiting)

    def _forget(self, promise: Future[int]) -> None:
        with self._lock:
            self._waiting.pop(promise, None)
