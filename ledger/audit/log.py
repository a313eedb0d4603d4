"""The walk along the log: every entry, its place in the chain, its envelope, its signatures.

An entry is named once: what follows from its fault is not reported as another one. That an entry
was altered may show only in the link of the next, so tiles and checkpoints are compared one entry
later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from ledger import entry as entries
from ledger.audit.breaks import find_ledger_id, name_breaks
from ledger.audit.notes import NoteCheck
from ledger.audit.replay import Replay
from ledger.audit.report import FaultList, Figures
from ledger.audit.tree import TreeCheck
from ledger.derivation import reread
from ledger.entry import Entry
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.merkle import leaf_hash
from ledger.signing import SignedRecord
from ledger.store.protocol import Head, Row, View
from ledger.values import NO_HASH, Hash32, Milliseconds

Reread: TypeAlias = tuple[Entry, SignedRecord]
"""What is read of a line: its entry, and its record with who signed."""

_GAP_ENTRIES_MAX: Final = 100_000
"""How far behind a gap is looked for more: a damaged head may claim any size."""

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


class Stand(NamedTuple):
    """Where the walk stands: the hash and the time of the entry just passed."""

    entry_hash: Hash32
    recorded_at_ms: Milliseconds


class LogCheck:
    """Checks the entries in their order, and with each the state, the tree and the checkpoints."""

    def __init__(
        self,
        view: View,
        replay: Replay,
        tree: TreeCheck,
        notes: NoteCheck,
        faults: FaultList,
        figures: Figures,
    ) -> None:
        self._view = view
        self._replay = replay
        self._tree = tree
        self._notes = notes
        self._faults = faults
        self._figures = figures
        self._ledger_id = find_ledger_id(view)
        self._bad: set[int] = set()
        self._breaks: list[int] = []
        self._early: list[int] = []
        self._ahead: tuple[int, int] | None = None  # the first entry of the future, by how many ms
        self._clock_ms: int | None = None
        self._head_is_wrong = False
        self._reached = 0
        self._missing_from: int | None = None
        self._last = Stand(NO_HASH, Milliseconds(0))
        self._stand: Stand | None = self._last  # None behind an entry that is not there

    @property
    def is_clean(self) -> bool:
        """Tell whether no entry is at fault so far."""
        is_whole = self._missing_from is None and not self._head_is_wrong
        return is_whole and not self._bad and not self._breaks and not self._early

    # -- the walk ----------------------------------------------------------------------------

    def walk(self, head: Head, clock_ms: int | None, progress: Progress | None) -> None:
        """Check all entries up to the head, and the head itself."""
        start, self._clock_ms = 0, clock_ms
        while start < head.size and not self._faults.is_full:
            stop = min(start + LIMITS.reread_rows, head.size)
            rows = self._read(start, stop)
            if not rows and not self._bad.intersection(range(start, stop)):
                self._miss(start)
                following = self._faults.attempt(
                    f"entry {start}", lambda at=start: self._next_index(at, head.size)  # type: ignore[misc]  # the default binds the loop's value
                )  # fmt: skip
                if following is None:
                    break
                start = following
                continue
            read = {index: self._reread(row) for index, row in rows.items()}
            record_ids = [found[1].record_id for found in read.values() if isinstance(found, tuple)]
            with self._replay.page(record_ids):
                for index in range(start, stop):
                    self._check(index, rows.get(index), read.get(index))
            start = stop
            if progress is not None:
                progress(stop, head.size)
        self._finish(head)

    def _next_index(self, start: int, stop: int) -> int | None:
        """Return where the log goes on behind a gap; None when it does not within reach.

        Raises:
            Damaged: ``reorder``: what is stored there stands before the gap, and would lead back.

        """
        row = next(iter(self._view.rows(start, min(stop, start + _GAP_ENTRIES_MAX))), None)
        if row is not None and row.index <= start:
            raise Damaged("reorder", f"entry {row.index}", f"it is stored behind entry {start}")
        return row.index if row else None

    def _read(self, start: int, stop: int) -> dict[int, Row]:
        """Read lines together or, where that fails, one by one."""
        try:
            return {row.index: row for row in self._view.rows(start, stop)}
        except Exception as error:  # which of them it is shows when they are read alone
            together = error
        rows: dict[int, Row] = {}
        for index in range(start, stop):
            found = self._faults.attempt(
                f"entry {index}", lambda at=index: (self._view.row(at),)  # type: ignore[misc]  # the default binds the loop's value
            )  # fmt: skip
            if found is None:
                self._spoil(index)
            elif found[0] is not None:
                rows[index] = found[0]
        if len(rows) == stop - start:
            self._faults.add_error(f"entries {start} to {stop - 1}", together)
        return rows

    def _reread(self, row: Row) -> Reread | Exception:
        """Read an entry and its envelope again, a page of them together; its fault waits."""
        try:
            return reread(row.index, row.entry, row.envelope, self._ledger_id)
        except Exception as error:  # whatever damage raises is a finding, not our end
            return error

    def _check(self, index: int, row: Row | None, read: Reread | Exception | None) -> None:
        self._reached = index + 1
        if row is None or read is None:
            self._miss(index)
            self._settle()
            return
        self._close_gap(index)
        self._figures.entries += 1
        if isinstance(read, Exception):
            self._faults.add_error(f"entry {index}", read)
            self._spoil(index)
            self._settle()
            self._advance(row, Milliseconds(0))
            return
        line, signed = read
        self._check_link(index, line)
        self._settle()
        self._check_record(index, line, signed)
        self._advance(row, line.recorded_at_ms)

    # -- one entry ---------------------------------------------------------------------------

    def _check_link(self, index: int, line: Entry) -> None:
        if self._clock_ms is not None and self._ahead is None:
            ahead_ms = line.recorded_at_ms - self._clock_ms
            self._ahead = (index, ahead_ms) if ahead_ms > LIMITS.clock_ahead_ms_max else None
        stand = self._stand
        if stand is None:
            return
        if line.previous != stand.entry_hash:
            self._breaks.append(index)
            self._replay.follows = False
        elif line.recorded_at_ms < stand.recorded_at_ms:
            self._early.append(index)  # it was written so, or altered: the next link will show
            self._replay.follows = False

    def _check_record(self, index: int, line: Entry, signed: SignedRecord) -> None:
        figures, kind = self._figures, signed.envelope.kind
        figures.signatures += len(signed.signers)
        figures.kinds[kind] = figures.kinds.get(kind, 0) + 1
        first = self._replay.index_of(signed.record_id)
        if first is not None:
            self._faults.add("duplicate", f"entry {index}", f"the record of entry {first} again")
            self._breaks.append(index)
            self._spoil(index)
            return
        self._replay.note(index, signed.record_id)
        if self._replay.follows and not self._replay.decide(index, signed, line.recorded_at_ms):
            self._spoil(index)

    def _advance(self, row: Row, recorded_at_ms: Milliseconds) -> None:
        if len(row.entry) == entries.ENTRY_BYTES:
            self._stand = self._last = Stand(entries.hash_of(row.entry), recorded_at_ms)
        else:
            self._stand = None
        self._tree.append(leaf_hash(row.entry))
        self._notes.stand(self._tree, self._replay)

    def _settle(self) -> None:
        """Compare what waited for the next link: tiles, and checkpoints of the size before."""
        self._tree.compare(self._is_explained)
        self._notes.compare(log_is_clean=self.is_clean)

    # -- what is not there, and what is known to be wrong ------------------------------------

    def _spoil(self, index: int) -> None:
        self._bad.add(index)
        self._replay.follows = False

    def _is_explained(self, start: int, stop: int) -> bool:
        """Tell whether a tile over these entries may differ because an entry does."""
        if self._breaks and self._breaks[0] <= stop:
            return True
        return any(start <= index < stop for index in self._bad)

    def _miss(self, index: int) -> None:
        self._tree.end()
        self._replay.follows = False
        self._stand = None
        if self._missing_from is None and index not in self._bad:
            self._missing_from = index

    def _close_gap(self, index: int) -> None:
        if self._missing_from is None:
            return
        detail = f"entries {self._missing_from} to {index - 1} are not there"
        self._faults.add("gap", f"entry {self._missing_from}", detail)
        self._bad.update((self._missing_from, index - 1))
        self._missing_from = None

    # -- the end -----------------------------------------------------------------------------

    def _finish(self, head: Head) -> None:
        self._check_end(head)
        self._settle()
        if self.is_clean:
            self._tree.compare_edge(self._is_explained)
            self._tree.compare_count()
        for index in self._early:
            if index not in self._bad and index + 1 not in self._breaks:
                self._faults.add("reorder", f"entry {index}", "it is earlier than the one before")
        index, ahead_ms = self._ahead or (-1, 0)
        if self._ahead and index not in self._bad and index + 1 not in self._breaks:
            detail = f"it is {ahead_ms} ms ahead of the auditor's clock"
            self._faults.add("altered", f"entry {index}", detail)
        self._faults.attempt(
            "log",
            lambda: name_breaks(
                self._view,
                replace(head, size=self._reached),
                self._ledger_id,
                self._breaks,
                self._bad,
                self._faults,
            ),
        )

    def _check_end(self, head: Head) -> None:
        """Compare the head with the entries."""
        root_fits = head.root == self._tree.root()
        hash_fits = head.entry_hash == self._last.entry_hash
        beyond = self._faults.attempt("head", lambda: self._view.row(head.size))
        if beyond is not None:
            self._blame_head(f"entry {head.size} stands beyond it")
        elif self._missing_from is not None:
            if root_fits and hash_fits and self._missing_from == self._tree.size:
                self._blame_head(f"it says {head.size}, and there are {self._missing_from}")
                return
            detail = f"entries {self._missing_from} to {head.size - 1} are not there"
            self._faults.add("truncated", f"entry {self._missing_from}", detail)
        elif self._bad or self._breaks:
            return
        elif not root_fits and not hash_fits and head.size:
            last = head.size - 1
            self._faults.add("altered", f"entry {last}", "neither hash nor root of the head is its")
            self._spoil(last)
        elif Head(self._tree.size, self._tree.root(), *self._last) != head:
            self._blame_head("the entries give another root, hash or time")

    def _blame_head(self, detail: str) -> None:
        self._faults.add("altered", "head", detail)
        self._head_is_wrong = True
