"""What becomes of a ledger's files when power is lost or a disk fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.database import SETTINGS, Settings
from ledger.errors import AdamantError, Damaged, StoreFailed
from ledger.store.protocol import EMPTY_HEAD, Head
from ledger.store.sqlite import SqliteStore
from tests.ledger.store.disks import Disk, Mark, Tape, failing, recording
from tests.ledger.store.histories import (
    SMALL,
    History,
    faults_of,
    make_folder,
    open_both,
    write_all,
    write_files,
)
from tests.ledger.store.material import commit
from tests.trials import dice, trials

TRIALS_A_HISTORY = 10

# Power loss.


def record(folder: Path, history: History, name: str) -> Tape:
    with recording(name) as vfs:
        write_all(folder, history, replace(SMALL, vfs=name), vfs.tape)
        return vfs.tape


@dataclass
class Answered:
    """What was answered before a moment on a tape."""

    head: Head = EMPTY_HEAD
    claimed: int = -1
    kept: int = -1

    @classmethod
    def by(cls, tape: Tape) -> Answered:
        answered = cls()
        for mark in tape:
            if isinstance(mark, Mark):
                what, value = mark.what
                setattr(answered, "head" if what == "sequenced" else what, value)
        return answered


def survive(folder: Path, history: History, answered: Answered) -> None:
    """Start again after a loss of power, and check that nothing answered is gone, nothing half."""
    with ExitStack() as opened:
        store, checkpoints = open_both(folder, SETTINGS, opened)
        head = history.check(store)
        assert head.size >= answered.head.size, "an acknowledged group is gone"
        latest = checkpoints.latest()
        size = latest.size if latest else -1
        assert size >= answered.claimed, "a claim is gone"
        assert size <= head.size, "a claim is there before its entries"
        assert answered.kept < 0 or checkpoints.note_at(answered.kept) is not None
        assert store.check() + checkpoints.check() == []
        for group in history.groups:
            if group.old == head:
                commit(store, group)
                history.check(store)
    assert faults_of(folder) == []


def losses(
    tmp_path: Path, name: str, count: int, *, hears_syncs: bool
) -> Iterator[tuple[Path, History, Answered]]:
    """Lose power at random moments of random histories."""
    for trial in range(count):
        random = dice(f"{name}.{trial}")
        if trial % TRIALS_A_HISTORY == 0:
            history = History.of(random, 12)
            folder = make_folder(tmp_path / f"history {trial}")
            made = Disk.of(folder)
            tape = record(folder, history, name)
        disk = Disk(dict(made.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut], hears_syncs=hears_syncs)
        found = write_files(tmp_path / f"found {trial}", dict(disk.lose_power(random)))
        yield found, history, Answered.by(tape[:cut])
        shutil.rmtree(found)


@pytest.mark.long
def test_a_loss_of_power_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    count = trials("store.power_losses")
    for folder, history, answered in losses(tmp_path, "power", count, hears_syncs=True):
        survive(folder, history, answered)


@pytest.mark.long
def test_a_disk_that_does_not_sync_loses_what_was_answered(tmp_path: Path) -> None:
    """The trial of the trials: where syncs are not heard, they must notice."""
    noticed = 0
    for folder, history, answered in losses(tmp_path, "deaf", 20, hears_syncs=False):
        try:
            survive(folder, history, answered)
        except (AssertionError, AdamantError, KeyError):
            noticed += 1
    assert noticed > 10


def test_whatever_is_answered_was_synced_before(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "ledger")
    disk = Disk.of(folder)
    tape = record(folder, History.of(dice("synced"), 6), "synced")
    answers = 0
    for step in tape:
        if isinstance(step, Mark):
            name = "log.db-wal" if step.what[0] == "sequenced" else "checkpoints.db-wal"
            writes = [waiting for waiting in disk.waiting[name] if waiting.act == "write"]
            assert writes == [], f"{step.what} was answered before it was durable"
            answers += 1
        disk.replay([step])
    assert answers == 18


# Failing disks.


def work(folder: Path, history: History, settings: Settings, acknowledged: list[Head]) -> None:
    """Open, write, empty the write-ahead log, read and close; after an error, refuse all else."""
    with closing(SqliteStore(folder / "log.db", settings)) as store:
        try:
            for number, group in enumerate(history.groups):
                with store.view() if number == 1 else ExitStack():
                    commit(store, group)
                    acknowledged.append(group.new)
            history.check(store)
        except (StoreFailed, Damaged) as error:
            with pytest.raises(StoreFailed), store.write():
                pass
            if isinstance(error, StoreFailed):
                with pytest.raises(StoreFailed), store.view():
                    pass
            raise


@pytest.mark.long
def test_a_call_that_fails_once_stops_the_store_and_loses_nothing(tmp_path: Path) -> None:
    history = History.of(dice("failing"), 4)
    made = make_folder(tmp_path / "made")
    stopped, went_on, number = 0, set(), 0
    while True:
        number += 1
        folder = shutil.copytree(made, tmp_path / f"{number}")
        acknowledged = [EMPTY_HEAD]
        with failing("failing", number) as vfs:
            try:
                settings = replace(SETTINGS, wal_bytes_max=0, vfs="failing")
                work(folder, history, settings, acknowledged)
                went_on.add(vfs.failed)
            except (StoreFailed, Damaged):
                assert vfs.failed is not None
                stopped += 1
        with closing(SqliteStore(folder / "log.db")) as store:
            assert history.check(store).size >= acknowledged[-1].size
            assert store.check() == []
        shutil.rmtree(folder)
        if vfs.failed is None:
            break
    assert stopped > 50
    # SQLite itself goes on after these, rightly: cutting the write-ahead log behind a commit, and
    # what it does while closing, when everything is durable.
    assert went_on <= {None, "truncate", "sync", "write", "read"}, went_on
