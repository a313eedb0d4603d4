"""Opening a desk: the folder itself, or the server that holds it; never one that is gone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ledger.config import LedgerFolder, locked, make_folder
from ledger.desk import RemoteDesk, open_desk
from ledger.errors import Unavailable
from tests.world import ORIGIN

URL = "http://127.0.0.1:9"


@pytest.fixture
def folder(tmp_path: Path) -> LedgerFolder:
    return make_folder(tmp_path / "ledger", ORIGIN)


def leave(folder: LedgerFolder, pid: int) -> None:
    """Leave a server's address behind, as a server does that is killed."""
    folder.server_file.write_text(json.dumps({"url": URL, "pid": pid}))


def test_a_server_that_holds_the_lock_is_asked(folder: LedgerFolder) -> None:
    with locked(folder):
        leave(folder, os.getpid())
        with open_desk(str(folder.path), wait_seconds=0) as desk:
            assert isinstance(desk, RemoteDesk)


def test_while_another_command_holds_the_lock_a_server_that_was_killed_is_not_asked(
    folder: LedgerFolder,
) -> None:
    with locked(folder):
        leave(folder, os.getpid() + 1)
        with (
            pytest.raises(Unavailable, match="in use by another process"),
            open_desk(str(folder.path), wait_seconds=0),
        ):
            pass
