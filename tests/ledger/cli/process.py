"""The command as a process of its own: with a server behind it, and with a terminal before it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.config import LedgerFolder
from tests.ledger.cli.town import PASSPHRASE, Town
from tests.tree import ROOT

WAIT_SECONDS = 60.0


def command(*words: str) -> list[str]:
    """Return the command line of the command."""
    return [sys.executable, "-m", "ledger.cli", *words]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that finds the project."""
    inherited = {name: value for name, value in os.environ.items() if "ADAMANT" not in name}
    return {**inherited, "PYTHONPATH": str(ROOT), **more}


class Server:
    """A server of a town's ledger, in a process of its own."""

    def __init__(self, town: Town) -> None:
        self.folder = LedgerFolder(Path(town.ledger))
        self.log = town.path / "server.log"
        words = ("--ledger", town.ledger, "serve", "--port", "0", "--log-level", "debug")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command(*words),
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(ADAMANT_PASSPHRASE=PASSPHRASE),
                text=True,
            )
        self.url = ""

    def start(self) -> None:
        """Wait until it listens: it prints its address then, or ends without one."""
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().removeprefix("serving ")
        assert self.url.startswith("http"), self.said()

    def said(self) -> str:
        """Return what it logged."""
        return self.log.read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WAIT_SECONDS)


@contextmanager
def server_of(town: Town) -> Iterator[Server]:
    """Serve a town's ledger; leave no process behind."""
    server = Server(town)
    try:
        server.start()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(WAIT_SECONDS)
        assert server.process.stdout is not None
        server.process.stdout.close()


# What a process of its own session does first: it makes its stdin the terminal that passphrases are
# asked for at. A fork would do so too, but this process has threads, and a fork of it may hang.
_TAKE_THE_TERMINAL: Final = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def at_a_terminal(words: Sequence[str], answers: Sequence[tuple[str, str]], **env: str) -> str:
    """Run the command at a terminal, answering its questions; return all that the terminal showed.

    Args:
        words: the command's words.
        answers: what to wait for, and what to type then.
        env: the environment's ``ADAMANT_`` variables.

    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_THE_TERMINAL, *command(*words)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env=environment(TERM="dumb", **env),
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    left = list(answers)
    try:
        while read := _read(ours, shown):
            shown += read
            if left and shown.endswith(left[0][0].encode()):
                os.write(ours, left.pop(0)[1].encode() + b"\n")
        code = process.wait(WAIT_SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(WAIT_SECONDS)
        os.close(ours)
    assert not left, shown
    return f"{shown.decode()}\nexit {code}"


def _read(terminal: int, shown: bytes) -> bytes:
    """Return what a terminal shows next; nothing when its process has left it."""
    assert select.select([terminal], [], [], WAIT_SECONDS)[0], shown
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""
