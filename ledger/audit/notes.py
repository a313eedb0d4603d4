"""The claims of the second store, each chained to the one before, verified and laid on the tree."""

from __future__ import annotations

import math
from itertools import pairwise

from ledger.audit.held import HeldCheck, Mark
from ledger.audit.replay import Replay
from ledger.audit.report import FaultList, Figures
from ledger.audit.tree import TreeCheck
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import Damaged, ProofError
from ledger.limits import LIMITS
from ledger.merkle import EMPTY_ROOT
from ledger.store.protocol import CheckpointStore, Published, chain_claim
from ledger.values import Hash32


class NoteCheck:
    """Walks the claims beside the log, in ascending order of size, noted or not.

    Args:
        checkpoints: the second store.
        latest: its last claim, read before the log was.
        held: the checkpoints that others hold.
        faults: where faults are noted.
        figures: where is counted.

    """

    def __init__(
        self,
        checkpoints: CheckpointStore,
        latest: Published | None,
        held: HeldCheck,
        faults: FaultList,
        figures: Figures,
    ) -> None:
        self._checkpoints = checkpoints
        self._latest = latest
        self._held = held
        self._faults = faults
        self._figures = figures
        self._read_to = -1
        self._page: list[Published] = []  # descending, so that the next one is popped
        self._is_read = False
        self._is_reordered = False
        self._last: Published | None = None
        self._is_forked = False
        self._mark: Mark | None = None
        self._due: float = 0  # at smaller sizes there is nothing to take down
        self.covered = 0
        """The size of the last checkpoint that verifies and lies on the tree."""

    def _next_size(self) -> int | None:
        """Return the size of the next claim, up to the last one; None at the end."""
        if self._latest is None:
            return None
        if not self._page and not self._is_read:
            page = self._faults.attempt("checkpoint store", self._read_page) or []
            self._page = [claim for claim in page if claim.size <= self._latest.size][::-1]
            self._is_read = not self._page
            if self._page:
                self._read_to = self._page[0].size
        return self._page[-1].size if self._page else None

    def _read_page(self) -> list[Published]:
        """Read the next claims; where they do not ascend, none: they would be read for ever.

        Raises:
            Damaged: ``reorder``.

        """
        page = self._checkpoints.claims(self._read_to, LIMITS.page_rows)
        for before, after in pairwise((self._read_to, *(claim.size for claim in page))):
            if after <= before:
                self._is_reordered = True
                raise Damaged("reorder", "checkpoint store", f"claim {after} follows {before}")
        return page

    def stand(self, tree: TreeCheck, replay: Replay) -> None:
        """Take down the root and the keys where the tree has reached a checkpoint's size."""
        if tree.size < self._due:
            return
        latest = None if self._latest is None else self._latest.size
        due = [size for size in (self._next_size(), self._held.next_size) if size is not None]
        if latest == tree.size or any(size <= tree.size for size in due):
            self._mark = _mark(tree, replay)
        else:
            ahead = [size for size in (*due, latest or 0) if size > tree.size]
            self._due = min(ahead, default=math.inf)

    def compare(self, *, log_is_clean: bool) -> None:
        """Check the checkpoints up to the size that was last taken down.

        Args:
            log_is_clean: whether no entry below that size is at fault, so that the root counts.

        """
        mark, self._mark = self._mark, None
        if mark is None:
            return
        while (following := self._next_size()) is not None and following <= mark.size:
            self._compare_claim(self._page.pop(), mark, log_is_clean=log_is_clean)
        latest = self._latest
        if latest is not None and latest.size == mark.size and log_is_clean:
            self._lies_on(latest.root, mark)
        self._held.compare(mark, log_is_clean=log_is_clean)

    def _compare_claim(self, claim: Published, mark: Mark, *, log_is_clean: bool) -> None:
        place = f"checkpoint {claim.size}"
        self._check_chain(claim, mark)
        if claim.note is None:
            # Whether the last one may wait for its note, `finish` says.
            if self._latest is not None and claim.size < self._latest.size:
                self._faults.add("gap", place, "its note is not kept, and later ones are claimed")
            if log_is_clean and claim.size == mark.size:
                self._lies_on(claim.root, mark)
            return
        said = self._verify(claim, mark)
        if said is None or not log_is_clean:
            return
        if said.size != mark.size or self._lies_on(said.root, mark):
            self._figures.checkpoints += 1
            self.covered = max(self.covered, said.size)

    def _check_chain(self, claim: Published, mark: Mark) -> None:
        """Check that a claim follows the one before it, and that none between them is gone."""
        place, before, self._last = f"checkpoint {claim.size}", self._last, claim
        if claim.size == 0 and claim.root != EMPTY_ROOT:
            self._faults.add("altered", place, "its root is not that of no entries")
        elif claim.chain != chain_claim(before, claim.size, claim.root):
            is_true = claim.size in (0, mark.size) and claim.root in (EMPTY_ROOT, mark.root)
            detail = f"it is not chained to {f'checkpoint {before.size}' if before else 'nothing'}"
            self._faults.add("gap" if is_true else "altered", place, detail)

    def _verify(self, kept: Published, mark: Mark) -> Checkpoint | None:
        """Return what a kept note says, or None when it does not verify."""
        place = f"checkpoint {kept.size}"
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

    def finish(self, tree: TreeCheck, replay: Replay, *, log_is_clean: bool) -> None:
        """Check what lies beyond the end of the log, and that the last claim is there.

        Args:
            tree: the tree of all entries.
            replay: the state after them.
            log_is_clean: whether no entry is at fault.

        """
        self._held.finish(_mark(tree, replay), log_is_clean=log_is_clean)
        size, latest = tree.size, self._latest
        if latest is None:
            return
        if latest.size > size:
            if log_is_clean:
                place = f"checkpoint {latest.size}"
                self._faults.add("truncated", place, f"the log ends at entry {size}")
            return
        if self._is_reordered:  # which of them are there is not known
            return
        last = self._last
        is_there = last is not None and last.size == latest.size
        is_noted = is_there and (latest.note is None or (last and last.note) is not None)
        if log_is_clean and not is_noted:
            what = "its note" if is_there else "it"
            self._faults.add("gap", f"checkpoint {latest.size}", f"{what} is not kept")


def _mark(tree: TreeCheck, replay: Replay) -> Mark:
    return Mark(tree.size, tree.root(), replay.checkpoint_keys(), replay.follows)
