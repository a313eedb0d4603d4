"""The kept checkpoints, each verified and laid on the tree as it grows past its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.audit.replay import Replay
from ledger.audit.report import FaultList, Figures
from ledger.audit.tree import TreeCheck
from ledger.checkpoint import Checkpoint, VerifierKey, open_checkpoint
from ledger.errors import ProofError
from ledger.limits import LIMITS
from ledger.store.protocol import CheckpointStore, Published
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Mark:
    """The tree at a checkpoint's size: its root, and the log keys that the charter then names."""

    size: int
    root: Hash32
    keys: Sequence[VerifierKey]
    keys_are_certain: bool


class NoteCheck:
    """Walks the kept checkpoints beside the log, in ascending order of size.

    Args:
        checkpoints: the second store.
        latest: its last claim, read before the log was.
        faults: where faults are noted.
        figures: where is counted.

    """

    def __init__(
        self,
        checkpoints: CheckpointStore,
        latest: Published | None,
        faults: FaultList,
        figures: Figures,
    ) -> None:
        self._checkpoints = checkpoints
        self._latest = latest
        self._faults = faults
        self._figures = figures
        self._read_to = -1
        self._page: list[Published] = []  # descending, so that the next one is popped
        self._is_read = False
        self._last_kept = -1
        self._is_forked = False
        self._mark: Mark | None = None

    def _next_size(self) -> int | None:
        """Return the size of the next kept checkpoint, up to the last claim; None at the end."""
        if self._latest is None:
            return None
        if not self._page and not self._is_read:
            page = self._faults.attempt(
                "checkpoint store",
                lambda: self._checkpoints.notes(self._read_to, LIMITS.page_rows),
            )
            self._page = [kept for kept in page or [] if kept.size <= self._latest.size][::-1]
            self._is_read = not self._page
            if self._page:
                self._read_to = self._page[0].size
        return self._page[-1].size if self._page else None

    def stand(self, tree: TreeCheck, replay: Replay) -> None:
        """Take down the root and the keys where the tree has reached a checkpoint's size."""
        following = self._next_size()
        is_claimed = self._latest is not None and self._latest.size == tree.size
        if is_claimed or (following is not None and following <= tree.size):
            self._mark = Mark(tree.size, tree.root(), replay.checkpoint_keys(), replay.follows)

    def compare(self, *, log_is_clean: bool) -> None:
        """Check the checkpoints up to the size that was last taken down.

        Args:
            log_is_clean: whether no entry below that size is at fault, so that the root counts.

        """
        mark, self._mark = self._mark, None
        if mark is None:
            return
        while (following := self._next_size()) is not None and following <= mark.size:
            said = self._verify(self._page.pop(), mark)
            if said is not None and log_is_clean:
                at_mark = said.size == mark.size
                self._figures.checkpoints += not at_mark or self._lies_on(said.root, mark)
        latest = self._latest
        if latest is not None and latest.size == mark.size and log_is_clean:
            self._lies_on(latest.root, mark)

    def _verify(self, kept: Published, mark: Mark) -> Checkpoint | None:
        """Return what a kept note says, or None when it does not verify."""
        place = f"checkpoint {kept.size}"
        if kept.size <= self._last_kept:
            self._faults.add("reorder", place, f"it follows checkpoint {self._last_kept}")
        self._last_kept = kept.size
        try:
            said = open_checkpoint(kept.note or b"", mark.keys).checkpoint
        except ProofError as error:
            if error.reason != "no-known-signature" or mark.keys_are_certain:
                self._faults.add("altered", place, f"its note does not verify: {error}")
            return None
        if (said.size, said.root) != (kept.size, kept.root):
            self._faults.add("altered", place, "its note says something else than its row")
        return said

    def _lies_on(self, root: Hash32, mark: Mark) -> bool:
        if root == mark.root:
            return True
        if not self._is_forked:  # all later ones fork with the first
            self._is_forked = True
            place = f"checkpoint {mark.size}"
            self._faults.add("forked", place, "the log has another root at this size")
        return False

    def finish(self, size: int, *, log_is_clean: bool) -> None:
        """Check what lies beyond the end of the log, and that the last claim is there.

        Args:
            size: how many entries the log has.
            log_is_clean: whether no entry is at fault.

        """
        latest = self._latest
        if latest is None:
            return
        if latest.size > size:
            if log_is_clean:
                place = f"checkpoint {latest.size}"
                self._faults.add("truncated", place, f"the log ends at entry {size}")
            return
        if latest.note is not None and log_is_clean and self._last_kept < latest.size:
            self._faults.add("gap", f"checkpoint {latest.size}", "its note is not kept")
