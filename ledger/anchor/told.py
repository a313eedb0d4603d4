"""What is told of a ledger's anchors, to whoever asks; read from the journal alone.

No chain is asked here: what was seen of it is what the worker kept. How sure that is stands with
each anchor, and whoever doubts it asks the chain by its transaction and block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ledger.anchor.kept import Journal, KeptAnchor, Place
from ledger.anchor.mirror_kept import LeftOut, MirrorJournal, status_of
from ledger.anchor.status import Condition, Status
from ledger.anchor.waiting import Anchored


class Anchors:
    """The anchors of one ledger.

    Attributes:
        anchored: how far the log is anchored for good.

    Args:
        journal: keeps them.
        status: says how the worker is, where there is one.
        mirror: what is kept of a mirror of hand-overs, where there is one.
        doubt: how the journal contradicts the log, if it does; then nothing is told of its anchors.

    """

    def __init__(
        self,
        journal: Journal,
        status: Callable[[], Status] | None = None,
        mirror: MirrorJournal | None = None,
        doubt: str = "",
    ) -> None:
        self._journal = journal
        self._doubt = doubt
        self._mirror = mirror
        self._status = status
        place = self._deployed()
        last = None if place is None else journal.last(place)
        self.anchored = Anchored(0 if last is None else last.size)
        if doubt:
            self.anchored.withdraw()

    @property
    def place(self) -> Place | None:
        """The contract they go to; None before there is one, and where nothing is told."""
        return None if self.anchored.is_withdrawn else self._deployed()

    def _deployed(self) -> Place | None:
        deployment = self._journal.deployment()
        return None if deployment is None else deployment.place

    def status(self) -> Status:
        """Say how the worker is; without one, what the journal knows."""
        if self._status is not None:
            return self._status()
        place, size = self._deployed(), self.anchored.size
        mirror = self._mirror
        is_known = mirror is not None and mirror.deployment() is not None
        shown = status_of(mirror) if mirror is not None and is_known else None
        condition: Condition = "diverged" if self._doubt else "closed"
        return Status(condition, self._doubt, place, anchored_size=size, mirror=shown)

    def left_out(self) -> Iterator[LeftOut]:
        """Yield the records that are not mirrored, in the order of the log."""
        deployment = None if self._mirror is None else self._mirror.deployment()
        if self._mirror is None or deployment is None:
            return
        after = -1
        while page := self._mirror.left_out(deployment.place, after):
            yield from page
            after = page[-1].index

    def covering(self, indices: Iterable[int]) -> tuple[KeptAnchor, ...]:
        """Return for each entry the smallest anchor that covers it, each anchor once, by size.

        Entries that none covers that is in a block are passed over.
        """
        place = self.place
        found: dict[int, KeptAnchor] = {}
        covered = 0
        for index in sorted(indices):
            if place is None or index < covered:
                continue
            anchor = self._journal.covering(place, index + 1)
            if anchor is None or anchor.spot is None:
                break
            found[anchor.size], covered = anchor, anchor.size
        return tuple(found.values())

    def page(self, after: int, limit: int) -> tuple[KeptAnchor, ...]:
        """Return anchors by size, from after the size ``after`` on."""
        place = self.place
        return () if place is None else tuple(self._journal.anchors(place, after, limit))
