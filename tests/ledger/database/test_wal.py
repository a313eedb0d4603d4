"""The write-ahead log as bytes: cut short, altered, or left by a process that was killed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ledger.database import SETTINGS
from ledger.database.wal import Break, find_break
from ledger.errors import Damaged
from ledger.store.sqlite import SqliteStore
from tests.ledger.store.material import Scribe, commit
from tests.trials import dice

HEADER = 32
FRAME = 24 + SETTINGS.page_bytes


class Killed:
    """The files of a store whose process was killed after some commits."""

    def __init__(self, folder: Path, counts: tuple[int, ...]) -> None:
        scribe, aside = Scribe(dice("killed")), folder / "aside.db"
        self.sizes = [0]
        with closing(SqliteStore.create(aside)) as store:
            for count in counts:
                commit(store, scribe.group(count))
                self.sizes.append(scribe.head.size)
            self.database = aside.read_bytes()
            self.wal = aside.with_name("aside.db-wal").read_bytes()
        self.path = folder / "log.db"

    @property
    def frames(self) -> int:
        return (len(self.wal) - HEADER) // FRAME

    @property
    def commits(self) -> list[int]:
        """The numbers of the frames that end a transaction, from 1."""
        starts = range(HEADER, len(self.wal), FRAME)
        return [n for n, at in enumerate(starts, 1) if self.wal[at + 4 : at + 8] != bytes(4)]

    def put(self, wal: bytes) -> Break | None:
        self.path.write_bytes(self.database)
        self.path.with_name("log.db-wal").write_bytes(wal)
        self.path.with_name("log.db-shm").unlink(missing_ok=True)
        return find_break(self.path, SETTINGS.page_bytes)

    def size_found(self) -> int:
        """Open the files as they were put, and return how many entries there are."""
        with closing(SqliteStore(self.path)) as store, store.view() as view:
            return view.head().size

    def flipped(self, at: int) -> bytes:
        changed = bytearray(self.wal)
        changed[at] ^= 0x10
        return bytes(changed)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    return Killed(tmp_path_factory.mktemp("killed"), (3, 1, 9, 1))


def test_a_whole_log_has_no_break_and_is_all_recovered(killed: Killed) -> None:
    assert killed.put(killed.wal) is None
    assert killed.commits[-1] == killed.frames
    assert len(killed.commits) == 4
    assert killed.size_found() == killed.sizes[-1]


def test_no_log_and_an_empty_log_have_no_break(killed: Killed, tmp_path: Path) -> None:
    assert killed.put(b"") is None
    assert find_break(tmp_path / "log.db", SETTINGS.page_bytes) is None


def test_a_log_cut_short_anywhere_is_what_a_killed_process_leaves(killed: Killed) -> None:
    random = dice("cuts")
    ends = [HEADER + n * FRAME for n in range(killed.frames + 1)]
    for end in (*ends, *(random.randrange(HEADER, len(killed.wal)) for _ in range(20))):
        assert killed.put(killed.wal[:end]) is None
        done = sum(HEADER + commit * FRAME <= end for commit in killed.commits)
        assert killed.size_found() == killed.sizes[done]


def test_a_change_is_found_at_its_frame_and_is_a_loss_where_a_transaction_follows(
    killed: Killed,
) -> None:
    random = dice("changes")
    last_begins = killed.commits[-2] + 1
    for frame in range(1, killed.frames + 1):
        start = HEADER + (frame - 1) * FRAME
        # Of the frame's header: page, size at a commit, salts, sums; and its page.
        for at in (start + 3, start + 8, start + 12, start + 16, start + 23,
                   start + 24 + random.randrange(SETTINGS.page_bytes)):  # fmt: skip
            found = killed.put(killed.flipped(at))
            assert found is not None
            assert found.frame == frame
            if frame >= last_begins:
                assert not found.is_loss
                assert killed.size_found() == killed.sizes[-2]
            elif frame not in killed.commits:
                assert found.is_loss
            if found.is_loss:
                with pytest.raises(Damaged, match=f"truncated at log.db-wal frame {frame}: "):
                    SqliteStore(killed.path)


def test_a_changed_header_loses_every_frame_behind_it(killed: Killed) -> None:
    for at in range(HEADER):
        assert killed.put(killed.flipped(at)) == Break(0, is_loss=True)
    assert killed.put(killed.flipped(0)[:HEADER]) == Break(0, is_loss=False)
    assert killed.put(killed.wal[: HEADER - 1]) == Break(0, is_loss=False)


def test_frames_of_an_earlier_generation_are_no_loss(killed: Killed, tmp_path: Path) -> None:
    """Power was lost when the log had begun anew, and its cutting was not durable yet."""
    other = Killed(tmp_path, (1,))
    wal = other.wal + killed.wal[len(other.wal) :]
    assert len(wal) == len(killed.wal)
    assert other.put(wal) == Break(other.frames + 1, is_loss=False)
    assert other.size_found() == 1
