"""Stores of links: the contract, and what crashes leave of SQLite's file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.database import SETTINGS, check_all
from ledger.database.file import create
from ledger.database.layout import connect
from ledger.errors import Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.store.links import MemoryLinks
from ledger.store.sqlite import LINKS, SqliteLinks, SqliteStore
from tests.ledger.store.disks import Disk, Mark, failing, recording
from tests.ledger.store.histories import write_files
from tests.ledger.store.links_contract import STONE, LinksContract, link
from tests.trials import dice, trials


class TestMemoryLinks(LinksContract):
    @pytest.fixture
    def store(self) -> MemoryLinks:
        return MemoryLinks()


class TestSqliteLinks(LinksContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteLinks]:
        with closing(SqliteLinks(tmp_path / "links.db")) as store:
            yield store


def test_the_file_is_made_with_the_first_link_and_opens_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "links.db"
    with closing(SqliteLinks(path)) as store:
        assert store.live(STONE) == []
        store.end(link(1).token, 5)
        assert not path.exists()
        store.mint(link(1))
        store.mint(link(2))
        store.end(link(2).token, 9_000)
    assert [found.name for found in tmp_path.iterdir()] == ["links.db"]
    with closing(SqliteLinks(path)) as store:
        assert store.live(STONE) == [link(1)]
        assert store.find(link(2).token) == replace(link(2), ended_at_ms=9_000)
    assert check_all(path, LINKS) == []


def test_another_file_of_the_ledger_is_not_taken_for_it(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path / "links.db").close()
    with pytest.raises(RefusesToStart):
        SqliteLinks(tmp_path / "links.db")


def test_after_a_loss_of_power_what_was_answered_holds(tmp_path: Path) -> None:
    random = dice("power of links")
    folder = tmp_path / "ledger"
    folder.mkdir()
    with closing(SqliteLinks(folder / "links.db")) as store:
        store.mint(link(0))
    before = Disk.of(folder)
    name = "links-power"
    with recording(name) as vfs:
        with closing(SqliteLinks(folder / "links.db", replace(SETTINGS, vfs=name))) as store:
            store.mint(link(1))
            vfs.tape.append(Mark("minted"))
            store.end(link(0).token, 9_000)
            vfs.tape.append(Mark("ended"))
            store.mint(link(2))
        tape = vfs.tape
    outcomes = set()
    for trial in range(trials("links.power_losses")):
        disk = Disk(dict(before.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut])
        found = write_files(tmp_path / f"found {trial}", dict(disk.lose_power(random)))
        with closing(SqliteLinks(found / "links.db")) as store:
            old, minted = store.find(link(0).token), store.find(link(1).token)
        assert check_all(found / "links.db", LINKS) == []
        assert old in (link(0), replace(link(0), ended_at_ms=9_000))
        assert minted in (None, link(1))
        if Mark("minted") in tape[:cut]:
            assert minted is not None, "what was answered as minted is gone"
        if Mark("ended") in tape[:cut]:
            assert old != link(0), "what was answered as ended leads somewhere again"
        outcomes.add((minted is not None, old == link(0)))
    assert outcomes == {(False, True), (True, True), (True, False)}


def test_an_error_of_the_disk_at_any_call_mints_whole_or_not_at_all(tmp_path: Path) -> None:
    outcomes = set()
    for fail_at in range(1, 200):
        path = tmp_path / f"{fail_at}" / "links.db"
        path.parent.mkdir()
        with closing(SqliteLinks(path)) as store:
            store.mint(link(0))
        name = f"links-{fail_at}"
        with failing(name, fail_at) as vfs:
            was_answered = _try_to_mint(path, name)
            has_failed = vfs.failed
        with closing(SqliteLinks(path)) as store:
            assert store.find(link(0).token) == link(0)
            found = store.find(link(1).token)
        assert found in (None, link(1))
        assert found is not None or not was_answered
        outcomes.add(found is not None)
        if has_failed is None:
            break
    else:
        pytest.fail("more calls than were tried")
    assert outcomes == {True, False}


def _try_to_mint(path: Path, vfs: str) -> bool:
    try:
        store = SqliteLinks(path, replace(SETTINGS, vfs=vfs))
    except (StoreFailed, Damaged, RefusesToStart, Unavailable):
        return False
    with closing(store):
        try:
            store.mint(link(1))
        except (StoreFailed, Damaged, Unavailable):
            return False
    return True


def test_a_transaction_that_a_crash_cut_short_is_undone_and_is_no_fault(tmp_path: Path) -> None:
    path, copy = tmp_path / "links.db", tmp_path / "copy"
    copy.mkdir()
    create(path, LINKS, SETTINGS)
    with closing(connect(path, SETTINGS, may_write=True)) as connection:
        connection.pragma("synchronous", LINKS.synchronous)
        connection.pragma("cache_size", 2)  # pages that do not fit go to the file at once
        connection.execute("BEGIN IMMEDIATE")
        row = "INSERT INTO links VALUES (?, zeroblob(32), zeroblob(20), 1, NULL)"
        connection.executemany(row, [(number.to_bytes(16, "big"),) for number in range(2_000)])
        for file in (path, Path(f"{path}-journal")):
            shutil.copyfile(file, copy / file.name)
        connection.execute("ROLLBACK")
    assert (copy / "links.db").stat().st_size > path.stat().st_size
    assert check_all(copy / "links.db", LINKS) == []
    assert (copy / "links.db").stat().st_size == path.stat().st_size
