"""Journals of anchors: the contract, and what a loss of power leaves of SQLite's file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.anchor.journal import ANCHORS, SqliteJournal
from ledger.anchor.kept import Deployment
from ledger.anchor.memory import MemoryJournal
from ledger.database import SETTINGS, Database, check_all, statements
from ledger.errors import RefusesToStart
from ledger.store.sqlite import SqliteStore
from ledger.values import Hash32
from tests.ledger.anchor.journal_contract import (
    HERE,
    SENDER,
    SPOT,
    JournalContract,
    anchor,
    transaction,
)
from tests.ledger.store.disks import Disk, Mark, recording
from tests.ledger.store.histories import write_files
from tests.trials import dice, trials


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def journal(self) -> MemoryJournal:
        return MemoryJournal()


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Iterator[SqliteJournal]:
        with closing(SqliteJournal.create(tmp_path / "anchors.db")) as journal:
            yield journal


def test_a_file_opens_as_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "anchors.db"
    deployment = Deployment(HERE, Hash32(b"\x03" * 32), 7)
    with closing(SqliteJournal.create(path)) as journal:
        journal.keep_deployment(deployment, transaction(0, errand="deploy"))
        journal.keep(HERE, [anchor(5).moved("safe", SPOT)], looked_to=4)
        journal.keep_transaction(transaction(1))
    assert [found.name for found in tmp_path.iterdir()] == ["anchors.db"]
    with closing(SqliteJournal(path)) as journal:
        assert journal.deployment() == deployment
        assert journal.anchors(HERE, 0, 10) == [anchor(5).moved("safe", SPOT)]
        assert journal.looked_to(HERE) == 4
        assert journal.at_nonce(HERE.chain_id, SENDER, 1) == [transaction(1)]
    assert check_all(path, ANCHORS) == []


def test_another_file_of_the_ledger_is_not_taken_for_it(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path / "anchors.db").close()
    with pytest.raises(RefusesToStart):
        SqliteJournal(tmp_path / "anchors.db")
    with pytest.raises(RefusesToStart):
        SqliteJournal(tmp_path / "missing.db")
    with pytest.raises(RefusesToStart):
        SqliteJournal.create(tmp_path / "anchors.db")


def test_after_a_loss_of_power_what_was_kept_is_there_whole(tmp_path: Path) -> None:
    """Each write is marked when it returned: from then on it must be there, before all or none."""
    random = dice("power of journals")
    folder = tmp_path / "ledger"
    folder.mkdir()
    path = folder / "anchors.db"
    with closing(SqliteJournal.create(path)) as journal:
        journal.keep(HERE, [anchor(5)], looked_to=1)
    before = Disk.of(folder)
    name = "anchors-power"
    with recording(name) as vfs:
        settings = replace(SETTINGS, vfs=name, readers=1)
        with closing(SqliteJournal(path, settings)) as journal:
            journal.keep_transaction(transaction(1))
            vfs.tape.append(Mark("sent"))
            journal.keep(HERE, [anchor(5).moved("finalized", SPOT), anchor(9, 5)], looked_to=2)
            vfs.tape.append(Mark("moved"))
        tape = vfs.tape
    outcomes = set()
    for trial in range(trials("anchor.power_losses")):
        disk = Disk(dict(before.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut])
        found = write_files(tmp_path / f"found {trial}", dict(disk.lose_power(random)))
        with closing(SqliteJournal(found / "anchors.db")) as journal:
            is_sent = journal.at_nonce(HERE.chain_id, SENDER, 1) == [transaction(1)]
            states = [one.state for one in journal.anchors(HERE, 0, 10)]
            looked_to = journal.looked_to(HERE)
        assert check_all(found / "anchors.db", ANCHORS) == []
        assert (states, looked_to) in ((["signed"], 1), (["finalized", "signed"], 2))
        assert is_sent or Mark("sent") not in tape[:cut]
        assert looked_to == 2 or Mark("moved") not in tape[:cut]
        outcomes.add((is_sent, looked_to))
    assert outcomes == {(False, 1), (True, 1), (True, 2)}


def test_what_has_not_ended_is_found_without_looking_through_what_has(tmp_path: Path) -> None:
    sql = statements(ANCHORS.package, ANCHORS.name)["read_unended"]
    path = tmp_path / "anchors.db"
    SqliteJournal.create(path).close()
    with closing(Database(path, ANCHORS, SETTINGS)) as file, file.reading() as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("1", HERE.contract)).fetchall()
    assert [row[-1].split(" (")[0] for row in rows] == [
        "SEARCH anchors USING INDEX anchors_unended"
    ]
