"""Counts over moving windows of time, in bounded memory: the storage beneath the rate limits.

``limits`` brings a storage in memory too; it keeps a cell for each unit of what was counted, never
forgets a key, and walks all of them again and again beside the requests. This one keeps a few slots
for each key, and forgets the key that was used longest ago when there are too many.

Counting errs to one side alone: a slot leaves the window when the last of it does, so that never
more than the limit is let through in any window.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from limits.storage import MovingWindowSupport, Storage

SLOTS: Final = 20
"""How many slots a window is counted in."""


@dataclass(slots=True)
class _Slot:
    began: float
    last: float
    count: int


@dataclass(slots=True)
class _Window:
    slots: deque[_Slot] = field(default_factory=deque)
    count: int = 0

    def leave(self, now: float, seconds: float) -> None:
        """Let what has passed leave."""
        while self.slots and self.slots[0].last + seconds <= now:
            self.count -= self.slots.popleft().count

    def add(self, now: float, seconds: float, amount: int) -> None:
        """Count what comes."""
        self.count += amount
        if self.slots and now - self.slots[-1].began < seconds / SLOTS:
            self.slots[-1].last = now
            self.slots[-1].count += amount
        else:
            self.slots.append(_Slot(now, now, amount))


class Windows(Storage, MovingWindowSupport):
    """Moving windows by key; any thread, at any time.

    Args:
        keys_max: how many keys are remembered.
        clock: gives seconds that never go back.

    """

    STORAGE_SCHEME = None

    def __init__(self, keys_max: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._keys_max = keys_max
        self._clock = clock
        self._windows: OrderedDict[str, _Window] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._windows)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` if no more than ``limit`` are then in the window of ``expiry`` seconds.

        Returns:
            Whether it was counted.

        """
        with self._lock:
            now = self._clock()
            window = self._windows.get(key) or _Window()
            window.leave(now, expiry)
            if window.count + amount > limit:
                return False
            window.add(now, expiry, amount)
            self._windows[key] = window
            self._windows.move_to_end(key)
            if len(self._windows) > self._keys_max:
                self._windows.popitem(last=False)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - as the library has it
        """Return since when anything is in the window, and how much."""
        with self._lock:
            now = self._clock()
            window = self._windows.get(key)
            if window is None:
                return now, 0
            window.leave(now, expiry)
            return (window.slots[0].last if window.slots else now), window.count

    def seconds_until(self, key: str, limit: int, expiry: int, amount: int) -> float:
        """Return in how many seconds ``amount`` could be counted, if nothing else comes.

        It is at most ``limit``: more never could.
        """
        with self._lock:
            now = self._clock()
            window = self._windows.get(key) or _Window()
            window.leave(now, expiry)
            count, wait = window.count, 0.0
            for slot in window.slots:
                if count + amount <= limit:
                    break
                count -= slot.count
                wait = slot.last + expiry - now
            return wait

    # -- what the library asks of any storage ------------------------------------------------

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors of the medium; there are none."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a fixed window, which is no strategy of this storage."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Return the count of a fixed window, which is no strategy of this storage."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Return the end of a fixed window, which is no strategy of this storage."""
        raise NotImplementedError

    def check(self) -> bool:
        """Tell whether it works."""
        return True

    def reset(self) -> int:
        """Forget everything; return how many keys that were."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._windows.pop(key, None)
