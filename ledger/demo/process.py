"""Running the ``adamant`` command as a person would, in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from ledger.config import LedgerFolder
from ledger.errors import Unavailable

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05
_SIGNALLED: Final = 128  # and the signal's number: how shells tell it


def command(*words: str) -> list[str]:
    """Return the command line that runs ``adamant`` with this Python."""
    return [sys.executable, "-m", "ledger.cli", *words]


def run_command(words: Sequence[str]) -> int:
    """Run ``adamant`` on this terminal; return its exit code."""
    return subprocess.run(command(*words), check=False).returncode  # noqa: S603 - our own command


@contextmanager
def running_server(folder: LedgerFolder) -> Iterator[str]:
    """Serve a ledger's folder on a free port of this machine; yield its URL.

    Raises:
        Unavailable: the server did not come up, or ended with an error.

    """
    words = ("--ledger", str(folder.path), "serve", "--port", "0")
    log = folder.path / "server.log"
    with log.open("ab") as file:
        server = subprocess.Popen(command(*words), stderr=file, stdout=file)  # noqa: S603 - as above
    try:
        yield _url_of(folder, server)
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            server.wait(_STOP_SECONDS)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Let SIGTERM end this process as an exception would, so that what it started is ended too."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(_SIGNALLED + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _url_of(folder: LedgerFolder, process: subprocess.Popen[bytes]) -> str:
    """Wait until the server has written where it listens."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Unavailable(f"the server ended at once; see {folder.path / 'server.log'}")
        server = folder.server()
        if server is not None and server.pid == process.pid:
            return server.url
        time.sleep(_POLL_SECONDS)
    raise Unavailable(f"the server did not come up; see {folder.path / 'server.log'}")


def command_name() -> str:
    """Return what a reader types for this very ``adamant``: its name if that finds it."""
    own = Path(sys.executable).with_name("adamant")
    found = shutil.which("adamant")
    if found is not None and Path(found).resolve() == own.resolve():
        return "adamant"
    return os.path.relpath(own)
