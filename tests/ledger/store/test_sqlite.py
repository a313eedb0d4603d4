from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import apsw
import pytest

from ledger.custody import Operation, Parcel, Party, sort_number
from ledger.database import SETTINGS, check_all
from ledger.database.file import Database
from ledger.database.layout import load_checksums
from ledger.errors import Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.protocol import EMPTY_HEAD
from ledger.store.sqlite import CHECKPOINTS, SqliteStore
from ledger.store.sqlite.layout import LOG
from ledger.values import NO_HASH
from tests.ledger.store.contract import CheckpointsContract, StoreContract
from tests.ledger.store.material import Scribe, commit, fingerprint_of
from tests.trials import dice


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        with closing(SqliteStore.create(tmp_path / "log.db")) as store:
            yield store


class TestSqliteCheckpoints(CheckpointsContract):
    @pytest.fixture
    def checkpoints(self, tmp_path: Path) -> Iterator[SqliteCheckpoints]:
        with closing(SqliteCheckpoints.create(tmp_path / "checkpoints.db")) as checkpoints:
            yield checkpoints


def change(path: Path, sql: str, *values: object) -> None:
    """Change a closed file as somebody with the right tools would."""
    load_checksums()
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(sql, values)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed store with 300 records."""
    path = tmp_path / "log.db"
    with closing(SqliteStore.create(path)) as store:
        commit(store, Scribe(dice("path")).group(300))
    return path


# Making and opening.


def test_a_store_that_is_closed_is_one_file_and_opens_as_it_was(tmp_path: Path) -> None:
    scribe = Scribe(dice("reopen"))
    path = tmp_path / "log.db"
    for _ in range(3):
        with closing(SqliteStore(path) if path.exists() else SqliteStore.create(path)) as store:
            commit(store, scribe.group(40))
            fingerprint = fingerprint_of(store)
        assert [file.name for file in tmp_path.iterdir()] == ["log.db"]
        with closing(SqliteStore(path)) as store, store.view() as view:
            assert view.head() == scribe.head
            assert list(view.rows(0, 1_000)) == scribe.rows
            assert view.fingerprint() == fingerprint


def test_a_missing_store_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(RefusesToStart, match=r"log\.db is missing"):
        SqliteStore(tmp_path / "log.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["log.db", "log.db-wal"])
def test_a_store_is_not_made_over_another_ones_files(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"kept")
    with pytest.raises(RefusesToStart, match=f"{taken} is there already"):
        SqliteStore.create(tmp_path / "log.db")
    assert (tmp_path / taken).read_bytes() == b"kept"


def test_what_an_interrupted_making_left_is_cleared_away(tmp_path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"log.db.part{ending}").write_bytes(b"half a file")
    SqliteStore.create(tmp_path / "log.db").close()
    assert [file.name for file in tmp_path.iterdir()] == ["log.db"]


def test_a_store_cannot_be_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        SqliteStore.create(tmp_path / "nowhere" / "log.db")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("PRAGMA application_id = 7", "not a log file"),
        ("PRAGMA user_version = 1", "layout 1; this Adamant reads 3"),
        ("PRAGMA journal_mode = delete", "journal_mode is delete, not wal"),
    ],
)
def test_a_file_of_another_kind_refuses_to_start(path: Path, sql: str, reason: str) -> None:
    change(path, sql)
    with pytest.raises(RefusesToStart, match=reason):
        SqliteStore(path)
    assert [fault.place for fault in check_all(path, LOG)] == ["log.db"]


def test_the_checkpoint_store_is_not_taken_for_the_log(path: Path) -> None:
    with pytest.raises(RefusesToStart, match="not a checkpoints file"):
        SqliteCheckpoints(path)


def test_pages_of_another_size_refuse_to_start(path: Path) -> None:
    with pytest.raises(RefusesToStart, match="page_size is 4096, not 8192"):
        SqliteStore(path, replace(SETTINGS, page_bytes=8192))


def test_pages_without_room_for_checksums_refuse_to_start(path: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside.db"
    with closing(apsw.Connection(str(aside))) as connection:
        connection.pragma("journal_mode", "wal")
        connection.pragma("application_id", 0x41444C47)
        connection.pragma("user_version", LOG.version)
        connection.execute("CREATE TABLE head (id)")
    aside.rename(path)
    with pytest.raises(RefusesToStart, match="checksum_verification is 0, not 1"):
        SqliteStore(path)


def test_an_sqlite_that_may_lose_commits_refuses_to_start(monkeypatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(RefusesToStart, match=r"SQLite 3\.51\.2 is older than 3\.51\.3"):
        load_checksums.__wrapped__()


def test_files_that_cannot_be_read_are_faults_and_refuse_to_start(tmp_path: Path) -> None:
    (tmp_path / "log.db").mkdir()
    assert [fault.place for fault in check_all(tmp_path / "log.db", LOG)] == [
        "log.db page 1",
        "log.db",
    ]
    with pytest.raises(StoreFailed):
        SqliteStore(tmp_path / "log.db")
    (tmp_path / "checkpoints.db-wal").mkdir()
    (tmp_path / "checkpoints.db").touch()
    faults = check_all(tmp_path / "checkpoints.db", CHECKPOINTS)
    assert faults[0].place == "checkpoints.db-wal"
    with pytest.raises(StoreFailed):
        SqliteCheckpoints(tmp_path / "checkpoints.db")


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"no database " * 1_000)
    with pytest.raises(Damaged, match=r"altered at log\.db page 1"):
        SqliteStore(tmp_path / "log.db")


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("DELETE FROM entries WHERE idx = 299", "truncated at entries: 299 of them"),
        ("DELETE FROM entries", "truncated at entries: 0 of them, and a head at 300"),
        ("UPDATE head SET size = 299", "altered at entries"),
        ("UPDATE entries SET entry = zeroblob(73) WHERE idx = 299", "altered at entry 299"),
        ("DELETE FROM head", "gap at head"),
    ],
)
def test_a_head_and_a_last_entry_that_differ_are_damage(path: Path, sql: str, fault: str) -> None:
    change(path, sql)
    with pytest.raises(Damaged, match=fault):
        SqliteStore(path)


# Damage in what is stored.


def test_damaged_derived_values_are_damage_by_name(tmp_path: Path) -> None:
    scribe, path = Scribe(dice("derived")), tmp_path / "log.db"
    with closing(SqliteStore.create(path)) as store:
        commit(store, scribe.group(60))
    party = scribe.of_sort(Party)[0]
    change(path, "UPDATE state SET value = x'7b7d' WHERE sort = ?", sort_number(Party))
    change(path, "UPDATE parcels SET value = x'ff' WHERE id = ?", scribe.parcels[0])
    change(path, "UPDATE operations SET value = x'5b5d' WHERE idx = 3")
    assert check_all(path, LOG) == []  # no page is damaged: a rebuild will show it
    asked = [
        (Party, party.key, f"altered at derived Party 0x{party.key.hex()}"),
        (Parcel, scribe.parcels[0], f"altered at derived Parcel 0x{scribe.parcels[0].hex()}"),
        (Operation, (3).to_bytes(8, "big"), "altered at derived Operation 0x0000000000000003"),
    ]
    with closing(SqliteStore(path)) as store, store.view() as view:
        for sort, key, fault in asked:
            with pytest.raises(Damaged, match=fault):
                view.read(sort, key)
            with pytest.raises(Damaged):
                view.items_of(sort, b"", 1_000)
        with pytest.raises(StoreFailed, match="is damaged"), store.write():
            pass


def test_a_record_without_its_row_is_a_gap(path: Path) -> None:
    scribe = Scribe(dice("path"))
    scribe.group(300)
    change(path, "DELETE FROM entries WHERE idx = 17")
    with closing(SqliteStore(path)) as store, store.view() as view, pytest.raises(Damaged) as found:
        view.record(scribe.derived[17].record_id)
    assert (found.value.fault, found.value.place) == ("gap", "entry 17")


def test_a_broken_constraint_or_index_is_found(path: Path) -> None:
    load_checksums()
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("ignore_check_constraints", 1)
        connection.execute("UPDATE entries SET entry = x'00' WHERE idx = 5")
    assert [str(fault) for fault in check_all(path, LOG)] == [
        "altered at log.db: CHECK constraint failed in entries"
    ]


# Readers, the writer, and others.


def test_readers_cannot_write(path: Path) -> None:
    with closing(SqliteStore(path)) as store, store.view() as view:
        connection = view._connection  # noqa: SLF001 - to try what no method does
        with pytest.raises(apsw.ReadOnlyError):
            connection.execute("DELETE FROM entries")


def test_a_view_that_is_over_answers_nothing_more(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        with store.view() as view:
            rows = view.rows(0, 300)
            next(rows)
        for ask in (lambda: view.row(0), view.fingerprint, lambda: list(rows)):
            with pytest.raises(RuntimeError, match="after its end"):
                ask()


def test_another_process_that_writes_makes_the_store_unavailable(path: Path) -> None:
    with closing(SqliteStore(path, replace(SETTINGS, busy_ms=1))) as store:
        with closing(apsw.Connection(str(path))) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="another process"), store.write():
                pass
            with store.view() as view:
                assert view.head().size == 300
        with store.write() as writer:  # and that was no failure
            assert writer.head().size == 300


def test_the_write_ahead_log_is_emptied_when_it_has_grown(tmp_path: Path) -> None:
    scribe, wal = Scribe(dice("wal")), tmp_path / "log.db-wal"
    with closing(
        SqliteStore.create(tmp_path / "log.db", replace(SETTINGS, wal_bytes_max=200_000))
    ) as store:
        sizes = []
        for _ in range(30):
            commit(store, scribe.group(15))
            sizes.append(wal.stat().st_size)
        assert max(sizes) < 500_000
        assert sum(after < before for before, after in pairwise(sizes)) > 3
        with store.view() as view:  # a reader keeps what it reads, however long it takes
            for _ in range(10):
                commit(store, scribe.group(20))
            assert view.head().size == 450
            assert len(list(view.rows(0, 1_000))) == 450
        commit(store, scribe.group(1))
        assert wal.stat().st_size < 200_000
        assert store.check() == []


def test_an_abandoned_rebuild_leaves_nothing_behind_that_looks_like_a_loss(tmp_path: Path) -> None:
    scribe, path = Scribe(dice("spill")), tmp_path / "log.db"
    settings = replace(SETTINGS, writer_cache_kib=40)
    with closing(SqliteStore.create(path, settings)) as store:
        commit(store, scribe.group(300))
        with store.write() as writer:
            writer.clear_derived()
            writer.derive(scribe.derived, list(scribe.items.values()))
        for _ in range(2):
            commit(store, scribe.group(1))
        assert store.check() == []
        killed = tmp_path / "killed"
        killed.mkdir()
        for name in ("log.db", "log.db-wal"):
            (killed / name).write_bytes((tmp_path / name).read_bytes())
    assert check_all(killed / "log.db", LOG) == []
    with closing(SqliteStore(killed / "log.db")) as store, store.view() as view:
        assert view.head() == scribe.head


def test_a_store_may_be_closed_while_somebody_reads(path: Path) -> None:
    store = SqliteStore(path)
    with store.view() as view:
        store.close()
        assert view.row(0) is not None
    with closing(SqliteStore(path)) as store, store.view() as view:
        assert view.head().size == 300


# More readers than there are connections or descriptors.


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Leave this process no file descriptor to open anything with."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(file.name) for file in Path("/dev/fd").iterdir())
    with ExitStack() as opened:
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 10, hard))
        with suppress(OSError):
            while True:
                opened.enter_context(Path("/dev/null").open("rb"))
        yield


def test_readers_need_no_file_descriptors(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        with no_descriptors(), ExitStack() as opened:
            for _ in range(SETTINGS.readers):
                assert opened.enter_context(store.view()).head().size == 300
        scribe = Scribe(dice("path"))
        scribe.group(300)
        commit(store, scribe.group(1))


def test_who_reads_while_all_connections_are_lent_is_told_to_come_again(path: Path) -> None:
    settings = replace(SETTINGS, readers=2, reader_wait_ms=1)
    with closing(SqliteStore(path, settings)) as store:
        with store.view(), store.view():
            for _ in range(3):
                with pytest.raises(Unavailable, match="too many read"), store.view():
                    pass
        with store.view() as view, store.write():
            assert view.head().size == 300


def test_a_reader_that_cannot_be_opened_again_is_unavailable_and_no_failure(path: Path) -> None:
    settings = replace(SETTINGS, readers=1)
    with closing(Database(path, LOG, settings)) as database:
        with database.reading() as connection:
            connection.close()
        with no_descriptors():
            for _ in range(3):
                with pytest.raises(Unavailable, match="at the moment"), database.reading():
                    pass
        assert database.health.is_good
        with database.reading() as connection, database.turn():
            assert connection.execute("SELECT size FROM head").fetchone() == (300,)


def test_a_reader_that_finds_another_file_in_its_place_finds_damage(path: Path) -> None:
    with closing(Database(path, LOG, replace(SETTINGS, readers=1))) as database:
        with database.reading() as connection:
            connection.close()
        path.rename(path.with_name("aside"))
        path.write_bytes(b"no database at all" * 1000)
        with pytest.raises(Damaged), database.reading():
            pass
        assert not database.health.is_good


def test_checking_a_store_beside_readers_finds_nothing_wrong_with_it(path: Path) -> None:
    with closing(SqliteStore(path)) as store, store.view() as view:
        assert store.check() == []
        assert view.head().size == 300
    assert check_all(path, LOG) == []
    assert [file.name for file in path.parent.iterdir()] == ["log.db"]


def test_checkpoints_are_there_again_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    with closing(SqliteCheckpoints.create(path)) as checkpoints:
        checkpoints.claim(None, 0, EMPTY_HEAD.root)
        checkpoints.keep(0, b"note")
        checkpoints.claim(checkpoints.latest(), 5, NO_HASH)
        assert checkpoints.check() == []
    with closing(SqliteCheckpoints(path)) as checkpoints:
        latest = checkpoints.latest()
        assert latest is not None
        assert (latest.size, latest.note) == (5, None)
        assert [(one.size, one.note) for one in checkpoints.claims(-1, 10)] == [
            (0, b"note"),
            (5, None),
        ]
    assert check_all(path, CHECKPOINTS) == []
