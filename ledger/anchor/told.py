"""What is told of a ledger's anchors, to whoever asks; read from the journal alone.

No chain is asked here: what was seen of it is what the worker kept. How sure that is stands with
each anchor, and whoever doubts it asks the chain by its transaction and block.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.anchor.kept import Journal, KeptAnchor, Place
from ledger.anchor.waiting import Anchored


class Anchors:
    """The anchors of one ledger at one place.

    Attributes:
        place: the contract they go to.
        anchored: how far the log is anchored for good.

    Args:
        journal: keeps them.
        place: as above.
        anchored: as above; what the journal says if it is not given.

    """

    def __init__(self, journal: Journal, place: Place, anchored: Anchored | None = None) -> None:
        self._journal = journal
        self.place = place
        if anchored is None:
            last = journal.last(place)
            anchored = Anchored(0 if last is None else last.size)
        self.anchored = anchored

    def covering(self, indices: Iterable[int]) -> tuple[KeptAnchor, ...]:
        """Return for each entry the smallest anchor that covers it, each anchor once, by size.

        Entries that none covers that is in a block are passed over.
        """
        found: dict[int, KeptAnchor] = {}
        covered = 0
        for index in sorted(indices):
            if index < covered:
                continue
            anchor = self._journal.covering(self.place, index + 1)
            if anchor is None or anchor.spot is None:
                break
            found[anchor.size], covered = anchor, anchor.size
        return tuple(found.values())

    def page(self, after: int, limit: int) -> tuple[KeptAnchor, ...]:
        """Return anchors by size, from after the size ``after`` on."""
        return tuple(self._journal.anchors(self.place, after, limit))
