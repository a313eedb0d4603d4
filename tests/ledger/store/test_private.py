"""Stores of private values: the contract, and what is left of erased ones in SQLite's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from ledger.database import SETTINGS, check_all
from ledger.errors import Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.signing.private import PrivateField
from ledger.store.private import Keeping, MemoryPrivate
from ledger.store.sqlite import PRIVATE, SqlitePrivate, SqliteStore
from ledger.store.sqlite.private import of_secret, to_secret
from ledger.values import Hash32
from tests.ledger.store.disks import Disk, Mark, failing, recording
from tests.ledger.store.histories import write_files
from tests.ledger.store.private_contract import PrivateContract, field, record
from tests.trials import dice, trials


class TestMemoryPrivate(PrivateContract):
    @pytest.fixture
    def store(self) -> MemoryPrivate:
        return MemoryPrivate()


class TestSqlitePrivate(PrivateContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlitePrivate]:
        with closing(SqlitePrivate(tmp_path / "private.db")) as store:
            yield store


def everything_in(folder: Path) -> bytes:
    """Return the bytes of every file in a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def traces_of(one: PrivateField) -> list[bytes]:
    """Return all of a field that must be nowhere once it is erased."""
    return [str(one.value).encode(), one.salt, *one.proof]


def test_the_file_is_made_with_the_first_value_and_opens_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "private.db"
    one = field(dice("made"))
    with closing(SqlitePrivate(path)) as store:
        assert store.pending() == []
        assert not path.exists()
        store.keep([Keeping(record(1), [one])])
        store.confirm([record(1)])
        store.keep([Keeping(record(2), [one])])
    assert [found.name for found in tmp_path.iterdir()] == ["private.db"]
    with closing(SqlitePrivate(path)) as store:
        assert store.pending() == [record(2)]
        assert store.of(record(1))[0].field == one
    assert check_all(path, PRIVATE) == []


def test_a_confirmation_is_written_down_when_the_store_closes(tmp_path: Path) -> None:
    with closing(SqlitePrivate(tmp_path / "private.db")) as store:
        store.keep([Keeping(record(1), [field(dice("confirmed"))])])
        store.confirm([record(1)])
    with closing(SqlitePrivate(tmp_path / "private.db")) as store:
        assert store.pending() == []


def test_the_file_has_a_rollback_journal_and_syncs_its_folder(tmp_path: Path) -> None:
    with closing(SqlitePrivate(tmp_path / "private.db")) as store:
        store.keep([Keeping(record(1), [field(dice("journal"))])])
        connection = store._file.connection  # noqa: SLF001 - settings that hold for it alone
        assert connection is not None
        found = {name: connection.pragma(name) for name in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "delete", "synchronous": 3}
        assert connection.pragma("secure_delete") == 1
        assert connection.reserve_bytes() == 8


def test_another_file_of_the_ledger_is_not_taken_for_it(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path / "private.db").close()
    with pytest.raises(RefusesToStart):
        SqlitePrivate(tmp_path / "private.db")


def test_a_slot_reads_back_and_an_emptied_one_does_not() -> None:
    random = dice("slots")
    for value in ("x", "é" * 500, 'a "quoted" \\ text', 0, 2**53 - 1):
        one = field(random, 5, value)
        secret = to_secret(one)
        assert len(secret) % 256 == 0
        assert of_secret(5, secret) == one
        with pytest.raises(Damaged):
            of_secret(5, bytes(len(secret)))


def test_what_is_erased_is_in_no_file_whatever_was_kept_before_and_after(tmp_path: Path) -> None:
    random, path = dice("erased"), tmp_path / "private.db"
    kept: dict[Hash32, PrivateField] = {}
    erased: list[PrivateField] = []
    with closing(SqlitePrivate(path)) as store:
        for _ in range(trials("private.erasures")):
            name, one = Hash32(random.randbytes(32)), field(random, random.randrange(16))
            one = replace(one, value=f"{one.value}{'x' * random.randrange(900)}")
            store.keep([Keeping(name, [one])])
            if random.random() < 0.1:
                store.settle([], [name])  # the log did not take it
                erased.append(one)
                continue
            kept[name] = one
            if random.random() < 0.5:
                gone = random.choice(list(kept))
                store.erase(gone, kept[gone].position, 5)
                erased.append(kept.pop(gone))
        found = everything_in(tmp_path)  # beside the open store
        for name, one in kept.items():
            assert [held.field for held in store.of(name)] == [one]
    left = found + everything_in(tmp_path)
    assert not [one for one in erased if any(trace in left for trace in traces_of(one))]
    assert all(one.salt in left for one in kept.values()), "the search finds what is there"
    assert check_all(path, PRIVATE) == []


# Crashes.


def test_after_a_loss_of_power_a_value_is_there_whole_or_gone_whole(tmp_path: Path) -> None:
    random = dice("power of private values")
    whole = field(random, value="canary " + "y" * 900)
    folder = tmp_path / "ledger"
    folder.mkdir()
    with closing(SqlitePrivate(folder / "private.db")) as store:
        store.keep([Keeping(record(number), [field(random)]) for number in range(2, 9)])
        store.keep([Keeping(record(1), [whole])])
    before = Disk.of(folder)
    name = "private-power"
    with recording(name) as vfs:
        settings = replace(SETTINGS, vfs=name)
        with closing(SqlitePrivate(folder / "private.db", settings)) as store:
            store.erase(record(1), 0, 5)
            vfs.tape.append(Mark("erased"))
            store.erase(record(2), 0, 6)
        tape = vfs.tape
    outcomes = set()
    for trial in range(trials("private.power_losses")):
        disk = Disk(dict(before.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut])
        was_answered = Mark("erased") in tape[:cut]
        found = write_files(tmp_path / f"found {trial}", dict(disk.lose_power(random)))
        outcomes.add(_survived(found, whole, was_answered=was_answered))
    assert outcomes == {True, False}


def _survived(found: Path, whole: PrivateField, *, was_answered: bool) -> bool:
    with closing(SqlitePrivate(found / "private.db")) as store:
        (kept,) = store.of(record(1))
    if kept.field is not None:
        assert not was_answered, "what was answered as erased is back"
        assert kept.field == whole
        return True
    left = everything_in(found)
    assert not [trace for trace in traces_of(whole) if trace in left]
    assert check_all(found / "private.db", PRIVATE) == []
    return False


def test_an_error_of_the_disk_at_any_call_erases_whole_or_not_at_all(tmp_path: Path) -> None:
    random = dice("errors of private values")
    whole = field(random, value="canary " + "z" * 900)
    outcomes = set()
    for fail_at in range(1, 200):
        path = tmp_path / f"{fail_at}" / "private.db"
        path.parent.mkdir()
        with closing(SqlitePrivate(path)) as store:
            store.keep([Keeping(record(1), [whole])])
        name = f"private-{fail_at}"
        with failing(name, fail_at) as vfs:
            was_answered = _try_to_erase(path, name)
            has_failed = vfs.failed
        with closing(SqlitePrivate(path)) as store:
            (kept,) = store.of(record(1))
        assert kept.field in (whole, None)
        assert kept.field is None or not was_answered
        if kept.field is None:
            assert not [one for one in traces_of(whole) if one in everything_in(path.parent)]
        outcomes.add(kept.field is None)
        if has_failed is None:
            break
    else:
        pytest.fail("more calls than were tried")
    assert outcomes == {True, False}


def _try_to_erase(path: Path, vfs: str) -> bool:
    try:
        store = SqlitePrivate(path, replace(SETTINGS, vfs=vfs))
    except (StoreFailed, Damaged, RefusesToStart, Unavailable):
        return False
    try:
        store.erase(record(1), 0, 5)
    except (StoreFailed, Damaged, Unavailable):
        return False
    else:
        return True
    finally:
        with suppress(apsw.Error):
            store.close()


def test_a_failed_disk_ends_all_work(tmp_path: Path) -> None:
    random = dice("failed")
    path = tmp_path / "private.db"
    with closing(SqlitePrivate(path)) as store:
        store.keep([Keeping(record(1), [field(random)])])
    more = [Keeping(record(number), [field(random)]) for number in range(2, 40)]
    with failing("private-failed", 40):
        failed = SqlitePrivate(path, replace(SETTINGS, vfs="private-failed"))
        with closing(failed):
            assert _until_failure(failed, more) < len(more)
            with pytest.raises(StoreFailed):
                failed.of(record(1))
            with pytest.raises(StoreFailed):
                failed.keep(more)


def _until_failure(store: SqlitePrivate, keepings: list[Keeping]) -> int:
    for done, keeping in enumerate(keepings):
        try:
            store.keep([keeping])
        except StoreFailed:
            return done
    return len(keepings)
