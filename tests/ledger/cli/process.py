"""The command as a process of its own: with a server behind it, and with a terminal before it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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


def at_a_terminal(words: Sequence[str], answers: Sequence[tuple[str, str]], **env: str) -> str:
    """Run the command at a terminal, answering its questions; return all that the terminal showed.

    Args:
        words: the command's words.
        answers: what to wait for, and what to type then.
        env: the environment's ``ADAMANT_`` variables.

    """
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - the other process
        os.execve(sys.executable, command(*words), environment(TERM="dumb", **env))  # noqa: S606 - the point
    shown = b""
    left = list(answers)
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        shown += read
        if left and shown.endswith(left[0][0].encode()):
            os.write(terminal, left.pop(0)[1].encode() + b"\n")
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert not left, shown
    return f"{shown.decode()}\nexit {os.waitstatus_to_exitcode(status)}"
