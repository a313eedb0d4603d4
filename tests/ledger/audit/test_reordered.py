"""Leaves exchanged, each page with its checksum: the audit ends, and names the table or look-up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import audit
from ledger.database import SETTINGS, check_all
from ledger.errors import StoreFailed
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.sqlite import LOG, SqliteStore
from tests.desk import Desk, journey, long_journey
from tests.ledger.audit.test_forgers import named, pen


def exchange_leaves(path: Path, table: str) -> None:
    """Exchange the first and the last leaf of a table: each page still has its checksum."""
    with pen(path) as connection:
        select = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        pages = [page - 1 for (page,) in connection.execute(select, (table,))]
    first, last, bytes_ = pages[0], pages[-1], SETTINGS.page_bytes
    assert first != last
    content = bytearray(path.read_bytes())
    low, high = (slice(page * bytes_, (page + 1) * bytes_) for page in (first, last))
    content[low], content[high] = content[high], content[low]
    path.write_bytes(content)


class Impatient:
    """A store, or a view, whose pages are asked for so often at most; then it raises."""

    def __init__(self, inner: Any, name: str, times: int = 50) -> None:
        self._inner = inner
        self._name = name
        self._times = times

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            self._times -= 1
            if self._times < 0:
                raise StoreFailed(f"{name} was asked for ever")
        return getattr(self._inner, name)

    @contextmanager
    def view(self) -> Iterator[Any]:
        with self._inner.view() as view:
            yield Impatient(view, self._name, self._times)


def test_an_audit_of_a_reordered_checkpoint_store_ends_and_names_it(tmp_path: Path) -> None:
    with (
        closing(SqliteStore.create(tmp_path / "log.db")) as log,
        closing(SqliteCheckpoints.create(tmp_path / "checkpoints.db")) as checkpoints,
    ):
        desk = Desk(journey(), log, checkpoints).fill(1)
        with desk.open() as book:
            for raw in desk.raws(1):
                book.append(raw)
    exchange_leaves(tmp_path / "checkpoints.db", "claims")
    with (
        closing(SqliteStore(tmp_path / "log.db")) as log,
        closing(SqliteCheckpoints(tmp_path / "checkpoints.db")) as checkpoints,
    ):
        report = audit(log, Impatient(checkpoints, "claims"), MemoryStore())
    assert named(report) == [("reorder", "checkpoint store")]


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a longer ledger in files, closed: its tables have many pages."""
    path = tmp_path_factory.mktemp("long")
    with (
        closing(SqliteStore.create(path / "log.db")) as log,
        closing(SqliteCheckpoints.create(path / "checkpoints.db")) as checkpoints,
    ):
        Desk(long_journey(), log, checkpoints).fill()
    return path


def test_an_audit_of_a_reordered_table_ends_and_names_it(long_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(long_folder, tmp_path / "ledger")
    exchange_leaves(folder / "log.db", "operations")
    with (
        closing(SqliteStore(folder / "log.db")) as log,
        closing(SqliteCheckpoints(folder / "checkpoints.db")) as checkpoints,
    ):
        impatient: Any = Impatient(log, "items_of")
        report = audit(impatient, checkpoints, MemoryStore(), faults_max=10_000)
    assert ("reorder", "table Operation") in named(report)


@pytest.mark.parametrize("index", ["records_by_id", "parcels_by_id", "parcels_held"])
def test_a_reordered_index_is_named(index: str, long_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(long_folder, tmp_path / "ledger")
    exchange_leaves(folder / "log.db", index)
    assert any(index in str(fault) for fault in check_all(folder / "log.db", LOG))


@pytest.mark.parametrize("index", ["records_by_id", "parcels_by_id"])
def test_an_audit_of_a_reordered_look_up_ends_and_names_it(
    index: str, long_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(long_folder, tmp_path / "ledger")
    exchange_leaves(folder / "log.db", index)
    with (
        closing(SqliteStore(folder / "log.db")) as log,
        closing(SqliteCheckpoints(folder / "checkpoints.db")) as checkpoints,
    ):
        impatient: Any = Impatient(log, "items_of")
        report = audit(impatient, checkpoints, MemoryStore(), faults_max=10_000)
    assert ("altered", f"index {index}") in named(report)
