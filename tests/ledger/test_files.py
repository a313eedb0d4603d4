from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from ledger.files import OWNER_ONLY, write_once, write_over


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
    write_once(path, "a secret")
    assert path.read_text() == "a secret"
