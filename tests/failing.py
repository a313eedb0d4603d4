"""Stores that fail at a chosen step, as a disk would: they wrap real ones and do the rest for real.

The step is named by the call and by whether it had its effect: ``commit-before`` fails without
having written, ``commit-after`` when the group is durable already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ledger.errors import StoreFailed
from ledger.store.protocol import CheckpointStore, Group, Published, Store, Writer
from ledger.values import Hash32

STEPS = (
    "lock",
    "commit-before",
    "commit-after",
    "view",
    "latest",
    "claim-before",
    "claim-after",
    "keep-before",
    "keep-after",
)
"""Every step at which a store can fail, in the order of work."""


class Disk:
    """Fails at one step, from when it is armed on."""

    def __init__(self) -> None:
        self.fails_at = ""
        self.met: list[str] = []

    def step(self, name: str) -> None:
        """Pass a step, or fail at it."""
        if name == self.fails_at:
            self.met.append(name)
            raise StoreFailed(f"planted at {name}")


class FailingWriter:
    """A writer whose commit may fail."""

    def __init__(self, writer: Writer, disk: Disk) -> None:
        self._writer = writer
        self._disk = disk

    def commit(self, group: Group) -> None:
        self._disk.step("commit-before")
        self._writer.commit(group)
        self._disk.step("commit-after")

    def derive(self, *what: Any) -> None:
        self._disk.step("derive")
        self._writer.derive(*what)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class FailingStore:
    """A store that may fail, and tells of each commit."""

    def __init__(self, store: Store, disk: Disk | None = None) -> None:
        self._store = store
        self._disk = disk or Disk()
        self.before_turn: Callable[[], object] = lambda: None
        self.groups: list[Group] = []

    @contextmanager
    def view(self) -> Iterator[Any]:
        self._disk.step("view")
        with self._store.view() as view:
            yield view

    @contextmanager
    def view_aside(self) -> Iterator[Any]:
        self._disk.step("view")
        with self._store.view_aside() as view:
            yield view

    @contextmanager
    def write(self) -> Iterator[Any]:
        self.before_turn()
        self._disk.step("lock")
        with self._store.write() as writer:
            yield FailingWriter(_Counting(writer, self.groups), self._disk)

    def close(self) -> None:
        self._store.close()


class _Counting:
    def __init__(self, writer: Writer, groups: list[Group]) -> None:
        self._writer = writer
        self._groups = groups

    def commit(self, group: Group) -> None:
        self._writer.commit(group)
        self._groups.append(group)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


class FailingCheckpoints:
    """A checkpoint store that may fail."""

    def __init__(self, checkpoints: CheckpointStore, disk: Disk | None = None) -> None:
        self._checkpoints = checkpoints
        self._disk = disk or Disk()
        self.before_claim: Callable[[], object] = lambda: None

    def latest(self) -> Published | None:
        self._disk.step("latest")
        return self._checkpoints.latest()

    def note_at(self, size: int) -> bytes | None:
        return self._checkpoints.note_at(size)

    def claims(self, after: int, limit: int) -> list[Published]:
        self._disk.step("claims")
        return self._checkpoints.claims(after, limit)

    def claim(self, old: Published | None, size: int, root: Hash32) -> None:
        self.before_claim()
        self._disk.step("claim-before")
        self._checkpoints.claim(old, size, root)
        self._disk.step("claim-after")

    def keep(self, size: int, note: bytes) -> None:
        self._disk.step("keep-before")
        self._checkpoints.keep(size, note)
        self._disk.step("keep-after")

    def close(self) -> None:
        self._checkpoints.close()
