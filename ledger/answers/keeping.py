"""Stones' answers kept for whoever asks next, as long as the log stands where it stood.

A link may be followed by many at once. What is kept belongs to one head, one checkpoint, one final
anchor and one day, for which goods are judged, and is forgotten when any of them moves. Whether
the link still stands is asked before, each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ledger.answers.shapes import AsOf, StoneAnswer
from ledger.limits import LIMITS


class KeptStones:
    """The last few answers at one moment of the log; any thread, at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moment = (0, 0, 0, 0)
        self._answers: OrderedDict[bytes, StoneAnswer] = OrderedDict()

    def answer(
        self, token: bytes, as_of: AsOf, make: Callable[[], StoneAnswer], day: int = 0
    ) -> StoneAnswer:
        """Return the answer kept for a link at a moment, or make it and keep it.

        Args:
            token: what the link says.
            as_of: the sizes of log, checkpoint and anchor that the question reads at.
            make: makes the answer at that moment; whatever it raises is raised, and not kept.
            day: for which goods are judged; days since 1970-01-01.

        """
        moment = (as_of.size, as_of.checkpoint_size, as_of.anchored_size, day)
        with self._lock:
            if moment == self._moment and token in self._answers:
                self._answers.move_to_end(token)
                return self._answers[token]
        made = make()  # outside the lock: who asks for another stone need not wait
        with self._lock:
            if moment > self._moment:
                self._moment = moment
                self._answers.clear()
            if moment == self._moment:
                self._answers[token] = made
                while len(self._answers) > LIMITS.stone_answers_kept_max:
                    self._answers.popitem(last=False)
        return made

    def __len__(self) -> int:
        """Return how many answers are kept."""
        with self._lock:
            return len(self._answers)
