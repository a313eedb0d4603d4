from __future__ import annotations

import os
import signal
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path

import pytest

from ledger.errors import RefusesToStart
from ledger.lock import LOCK_NAME, FolderLock
from tests.tree import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from ledger.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_folder_that_is_in_use_says_by_whom_and_since_when(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        text = (tmp_path / LOCK_NAME).read_text("utf-8")
        assert text.startswith(f"process {os.getpid()}, since 2")
        with pytest.raises(RefusesToStart, match=f"in use by process {os.getpid()}, since 2"):
            FolderLock(tmp_path)
    assert (tmp_path / LOCK_NAME).read_text("utf-8") == ""


def test_a_folder_that_was_released_can_be_taken_again(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    lock.release()
    lock.release()
    with FolderLock(tmp_path):
        pass


def test_the_kernel_releases_what_a_killed_process_held(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(RefusesToStart, match=f"in use by process {holder.pid}, "):
                FolderLock(tmp_path)
        finally:
            holder.send_signal(signal.SIGKILL)
    with FolderLock(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text("utf-8").startswith(f"process {os.getpid()}, ")


def test_a_process_that_the_holder_starts_does_not_hold_the_lock(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        lock.release()
        with FolderLock(tmp_path):
            pass
        child.communicate(b"\n")


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(RefusesToStart, match="no lock can be taken"):
        FolderLock(tmp_path / "nowhere")


def test_a_full_disk_takes_no_lock_and_keeps_none(tmp_path: Path, monkeypatch) -> None:
    def fill(*_arguments: object) -> int:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", fill)
        with pytest.raises(RefusesToStart, match="no lock can be taken") as refused:
            FolderLock(tmp_path)
    assert isinstance(refused.value.__cause__, OSError)  # whose frames hold the lock's object
    with FolderLock(tmp_path) as lock, monkeypatch.context() as full:
        full.setattr(os, "ftruncate", fill)
        lock.release()
    with FolderLock(tmp_path):
        pass


def test_an_unreadable_holder_is_still_a_holder(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        (tmp_path / LOCK_NAME).write_bytes(b"\xff" * 300)
        with pytest.raises(RefusesToStart, match="in use by"):
            FolderLock(tmp_path)
