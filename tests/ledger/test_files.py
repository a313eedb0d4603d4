from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys

import pytest

from ledger.files import OWNER_ONLY, write_once, write_over, written_over


def names_in(folder) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_written_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "log.key"
    write_once(path, "a secret\n")
    assert path.read_text() == "a secret\n"
    assert stat.S_IMODE(path.stat().st_mode) == OWNER_ONLY
    assert names_in(tmp_path) == ["log.key"]


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    path = tmp_path / "log.key"
    path.write_text("the first")
    with pytest.raises(FileExistsError):
        write_once(path, "the second")
    assert path.read_text() == "the first"
    assert names_in(tmp_path) == ["log.key"]


def test_a_file_can_be_replaced(tmp_path):
    path = tmp_path / "server.json"
    for text in ("the first", "the second"):
        write_over(path, text)
        assert path.read_text() == text
    assert names_in(tmp_path) == ["server.json"]


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_writer_killed_on_the_way_leaves_no_file_and_the_next_one_writes_it(tmp_path, call):
    path = tmp_path / "log.key"
    killed = f"""
import os, signal, sys
from ledger import files
def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if {call!r} == "write":
    os.fdopen = die
else:
    setattr(os, {call!r}, die)
files.write_once(files.Path({str(path)!r}), "a secret")
"""
    done = subprocess.run([sys.executable, "-c", killed], check=False)
    assert done.returncode == -9
    assert not path.exists()
    write_once(path, "another")
    assert path.read_text() == "another"
    assert names_in(tmp_path) == ["log.key"]  # and nowhere the secret of the one that was killed


def test_only_drafts_of_the_same_file_are_cleared_away(tmp_path):
    others = {"my.log.key.1.draft", "log.key.mine.draft", "log.key.1.draft.txt", "logskey.1.draft"}
    for name in (*others, "log.key.1.draft"):
        (tmp_path / name).touch()
    write_once(tmp_path / "log.key", "a secret")
    assert set(names_in(tmp_path)) == {*others, "log.key"}


@pytest.fixture
def no_links(monkeypatch):
    """A file system that has no hard links."""

    def refuse(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_file_is_written_once_too(tmp_path):
    path = tmp_path / "log.key"
    write_once(path, "the first")
    with pytest.raises(FileExistsError):
        write_once(path, "the second")
    assert path.read_text() == "the first"
    assert stat.S_IMODE(path.stat().st_mode) == OWNER_ONLY
    assert names_in(tmp_path) == ["log.key"]


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_file_that_cannot_be_written_whole_is_not_left_in_part(
    tmp_path, monkeypatch
):
    real, calls = os.fsync, []

    def fill(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:  # the draft, then the file itself
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(OSError, match="No space"):
        write_once(tmp_path / "log.key", "a secret")
    assert names_in(tmp_path) == []


def test_a_file_written_in_parts_takes_its_place_when_all_is_there(tmp_path):
    path = tmp_path / "parcels.csv"
    path.write_text("before")
    with written_over(path) as file:
        file.write(b"one\n")
        assert path.read_text() == "before"
        file.write(b"two\n")
    assert path.read_text() == "one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == OWNER_ONLY
    assert names_in(tmp_path) == ["parcels.csv"]


def test_a_file_written_in_parts_that_breaks_off_leaves_what_was_there(tmp_path):
    path = tmp_path / "parcels.csv"
    path.write_text("before")

    def break_off():
        with written_over(path) as file:
            file.write(b"one\n")
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        break_off()
    assert path.read_text() == "before"
    assert names_in(tmp_path) == ["parcels.csv"]
