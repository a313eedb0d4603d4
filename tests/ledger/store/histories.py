"""Histories of a ledger's two files, written as the book writes them, for tests that harm them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from ledger.database import SETTINGS, Settings, check_all
from ledger.errors import Damaged
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.protocol import EMPTY_HEAD, Group, Head
from ledger.store.sqlite import CHECKPOINTS, LOG, SqliteStore
from ledger.store.tiles import Tail
from ledger.values import Hash32
from tests.ledger.store.disks import Mark, Tape
from tests.ledger.store.material import Scribe, commit, fingerprint_of, memory_of

SMALL = replace(SETTINGS, wal_bytes_max=100_000)
"""Settings that move the write-ahead log into the file every few groups."""


@dataclass
class History:
    """Groups for a ledger, and what a store must look like after each."""

    groups: list[Group]
    fingerprints: dict[Head, Hash32] = field(init=False)

    def __post_init__(self) -> None:
        store = memory_of([])
        self.fingerprints = {EMPTY_HEAD: fingerprint_of(store)}
        for group in self.groups:
            commit(store, group)
            self.fingerprints[group.new] = fingerprint_of(store)

    @classmethod
    def of(cls, random: Random, count: int) -> History:
        scribe = Scribe(random)
        return cls([scribe.group(random.randrange(1, 40)) for _ in range(count)])

    def check(self, store: SqliteStore) -> Head:
        """Check that a store holds a whole number of groups, byte for byte; return its head."""
        with store.view() as view:
            head = view.head()
            rows = [row for group in self.groups for row in group.rows if row.index < head.size]
            assert list(view.rows(0, head.size + 1)) == rows
            assert Tail.load(view).root() == head.root
            assert view.fingerprint() == self.fingerprints[head]
            return head


def write_all(folder: Path, history: History, settings: Settings, answered: Tape) -> None:
    """Write a history as the book does: commit, claim, keep; rebuild and reopen on the way."""
    with ExitStack() as opened:
        store, checkpoints = open_both(folder, settings, opened)
        for number, group in enumerate(history.groups):
            if number % 5 == 2:
                opened.close()
                store, checkpoints = open_both(folder, settings, opened)
            with store.view() if number % 3 == 1 else ExitStack():  # a reader holds up emptying
                commit(store, group)
                answered.append(Mark(("sequenced", group.new)))
            if number % 4 == 3:
                rebuild(store, history.groups[: number + 1])
            claim = checkpoints.latest()
            checkpoints.claim(claim, group.new.size, group.new.root)
            answered.append(Mark(("claimed", group.new.size)))
            checkpoints.keep(group.new.size, b"note %d" % group.new.size)
            answered.append(Mark(("kept", group.new.size)))


def open_both(
    folder: Path, settings: Settings, opened: ExitStack
) -> tuple[SqliteStore, SqliteCheckpoints]:
    store = opened.enter_context(closing(SqliteStore(folder / "log.db", settings)))
    second = SqliteCheckpoints(folder / "checkpoints.db", settings)
    return store, opened.enter_context(closing(second))


def rebuild(store: SqliteStore, groups: list[Group]) -> None:
    with store.write() as writer:
        writer.clear_derived()
        for group in groups:
            writer.derive(group.derived, group.items)
        writer.finish_rebuild()


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    SqliteStore.create(folder / "log.db").close()
    SqliteCheckpoints.create(folder / "checkpoints.db").close()
    return folder


def faults_of(folder: Path) -> list[Damaged]:
    return check_all(folder / "log.db", LOG) + check_all(folder / "checkpoints.db", CHECKPOINTS)


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
