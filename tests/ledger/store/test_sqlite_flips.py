"""Every bit that flips in a ledger's files is found, and none is lost unseen."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from random import Random

import apsw
import pytest

from ledger.database import SETTINGS
from ledger.database.layout import connect
from ledger.errors import Damaged, RefusesToStart, StoreFailed
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.protocol import Group
from ledger.store.sqlite import SqliteStore
from tests.ledger.store.histories import (
    SMALL,
    History,
    faults_of,
    make_folder,
    open_both,
    rebuild,
    write_all,
    write_files,
)
from tests.ledger.store.material import Scribe, commit
from tests.trials import dice, trials


@pytest.fixture(scope="module")
def flip_history() -> History:
    return History.of(dice("store.bit_flips.history"), 12)


@pytest.fixture(scope="module")
def closed_folder(tmp_path_factory: pytest.TempPathFactory, flip_history: History) -> Path:
    """A ledger that was closed: two files, of which the log has free pages too."""
    folder = make_folder(tmp_path_factory.mktemp("closed") / "ledger")
    write_all(folder, flip_history, SMALL, [])
    with closing(SqliteStore(folder / "log.db")) as store:
        rebuild(store, [*flip_history.groups, _much_derived()])
        rebuild(store, flip_history.groups)  # leaves free pages behind
        with store.view() as view:
            assert flip_history.fingerprints[view.head()] == view.fingerprint()
    with closing(connect(folder / "log.db", SETTINGS, may_write=False)) as connection:
        assert connection.pragma("freelist_count") > 10
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoints.db", "log.db"]
    assert faults_of(folder) == []
    return folder


@pytest.fixture(scope="module")
def killed_folder(tmp_path_factory: pytest.TempPathFactory, flip_history: History) -> Path:
    """A ledger whose process was killed: both write-ahead logs are full of committed frames."""
    aside = make_folder(tmp_path_factory.mktemp("killed") / "aside")
    with ExitStack() as opened:
        store, checkpoints = open_both(aside, SETTINGS, opened)
        for group in flip_history.groups:
            commit(store, group)
            checkpoints.claim(checkpoints.latest(), group.new.size, group.new.root)
            checkpoints.keep(group.new.size, b"note %d" % group.new.size)
        files = {path.name: path.read_bytes() for path in aside.iterdir()}
    folder = write_files(
        aside.with_name("ledger"), {n: f for n, f in files.items() if not n.endswith("-shm")}
    )
    assert faults_of(folder) == []
    assert (folder / "log.db-wal").stat().st_size > 100_000
    assert (folder / "checkpoints.db-wal").stat().st_size > 10_000
    return folder


def _much_derived() -> Group:
    scribe = Scribe(dice("much"))
    scribe.group(10_000, has_items=False)
    return scribe.group(500)


def stored_files(folder: Path) -> list[Path]:
    """Return all files that hold anything, but for the index of a log, which is made again."""
    paths = sorted(path for path in folder.iterdir() if path.stat().st_size)
    return [path for path in paths if not path.name.endswith("-shm")]


def flip_a_bit(folder: Path, random: Random) -> str:
    """Flip one bit of one file, each file as likely as the others; name the place."""
    path = random.choice(stored_files(folder))
    content = bytearray(path.read_bytes())
    at, bit = random.randrange(len(content)), random.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f"{path.name}, byte {at}, bit {bit}"


@pytest.mark.long
@pytest.mark.parametrize("state", ["closed", "killed"])
def test_every_flipped_bit_is_found(
    state: str, request: pytest.FixtureRequest, tmp_path: Path, flip_history: History
) -> None:
    original: Path = request.getfixturevalue(f"{state}_folder")
    random = dice(f"store.bit_flips.{state}")
    claimed = flip_history.groups[-1].new.size
    unseen: list[str] = []
    for trial in range(trials("store.bit_flips")):
        folder = tmp_path / f"{trial}"
        shutil.copytree(original, folder)
        place = flip_a_bit(folder, random)
        contents = {path: path.read_bytes() for path in stored_files(folder)}
        faults = faults_of(folder)
        named = place.partition(",")[0].removesuffix("-wal")
        if not any(fault.place.startswith(named) for fault in faults):
            unseen.append(place)
        for path, content in contents.items():
            assert path.read_bytes() == content, f"looking changed {path.name}: {place}"
        _check_nothing_is_lost_unseen(folder, flip_history, claimed, place)
        shutil.rmtree(folder)
    assert unseen == []


def _check_nothing_is_lost_unseen(folder: Path, history: History, claimed: int, place: str) -> None:
    """Open without an audit: all is there, or it is refused, or the second store knows more."""
    with suppress(Damaged, RefusesToStart), ExitStack() as opened:
        store, checkpoints = open_both(folder, SETTINGS, opened)
        head = history.check(store)
        latest = checkpoints.latest()
        assert latest is not None
        assert head.size == claimed or head.size < latest.size, place


def test_a_flipped_bit_is_named_by_page_and_table(closed_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(closed_folder, tmp_path / "ledger")
    content = bytearray((folder / "log.db").read_bytes())
    at = content.rindex(b"envelope 7")
    content[at] ^= 1
    (folder / "log.db").write_bytes(content)
    page = at // SETTINGS.page_bytes + 1
    places = [fault.place for fault in faults_of(folder)]
    assert f"log.db page {page} (entries)" in places
    with closing(SqliteStore(folder / "log.db")) as store:
        with store.view() as view, pytest.raises(Damaged, match=f"altered at log.db page {page}"):
            list(view.rows(0, 1_000))
        with store.view() as view:  # what is not damaged can still be read
            assert view.row(view.head().size - 1) is not None
        with pytest.raises(StoreFailed, match="damaged"), store.write():
            pass
        assert f"log.db page {page} (entries)" in [fault.place for fault in store.check()]


def test_a_missing_or_shortened_file_is_found(closed_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(closed_folder, tmp_path / "ledger")
    (folder / "checkpoints.db").unlink()
    content = (folder / "log.db").read_bytes()
    for cut in (1, SETTINGS.page_bytes, len(content) // 2, len(content) - 50, len(content)):
        (folder / "log.db").write_bytes(content[: len(content) - cut])
        places = {fault.place.split()[0] for fault in faults_of(folder)}
        assert places == {"log.db", "checkpoints.db"}
        with pytest.raises((Damaged, RefusesToStart)):
            SqliteStore(folder / "log.db").close()
    with pytest.raises(RefusesToStart, match="missing"):
        SqliteCheckpoints(folder / "checkpoints.db")
