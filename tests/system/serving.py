"""A ledger's server as a process of its own, as its operator starts and stops it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import uvicorn
from fastapi import FastAPI

from ledger.config import LedgerFolder
from tests.tree import ROOT

WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.005


class Ended(Exception):
    """A process ended, or took too long, before it reached what was waited for."""


@dataclass
class Adamant:
    """The ``adamant`` command as a process; its output goes to ``output`` beside the folder."""

    folder: LedgerFolder
    process: subprocess.Popen[bytes]

    @classmethod
    def begin(cls, folder: LedgerFolder, *words: str) -> Self:
        """Start the process, and do not wait for it."""
        command = [sys.executable, "-m", "ledger.cli", "--ledger", str(folder.path), *words]
        # Settings of whoever runs the tests are not for this ledger.
        inherited = {name: value for name, value in os.environ.items() if "ADAMANT" not in name}
        with folder.path.with_name("output").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=inherited, stdout=output, stderr=output
            )
        return cls(folder, process)

    def wait_for_lock(self) -> None:
        """Wait until the process has taken the folder's lock, and so begins to open its files."""
        mine = f"process {self.process.pid},"
        self._wait(lambda: self.folder.lock.exists() and mine in self.folder.lock.read_text())

    def _wait(self, is_reached: Callable[[], object]) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not is_reached():
            if self.process.poll() is not None or time.monotonic() > until:
                raise Ended(f"exit code {self.process.poll()}; it said: {self.said()}")
            time.sleep(_POLL_SECONDS)

    def said(self) -> str:
        """Return what all processes of this folder wrote to stdout and stderr."""
        return self.folder.path.with_name("output").read_text()

    def kill(self) -> None:
        """End the process as ``kill -9`` does."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(WAIT_SECONDS) == -signal.SIGKILL

    def end(self) -> None:
        """Leave no process behind, whatever happened."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT_SECONDS)


class Server(Adamant):
    """The process that serves a folder."""

    @classmethod
    def of(cls, folder: LedgerFolder) -> Self:
        """Start the process, and do not wait for it."""
        return cls.begin(folder, "serve", "--port", "0", "--log-level", "warning")

    def url(self) -> str:
        """Wait until the server listens; return its address."""
        self._wait(lambda: (found := self.folder.server()) and found.pid == self.process.pid)
        found = self.folder.server()
        assert found is not None
        return found.url

    def token(self) -> str:
        """Return the token by which the operator reads at the server."""
        self.url()
        found = self.folder.server()
        assert found is not None
        return found.token

    def stop(self) -> int:
        """Ask the process to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_SECONDS)


@contextmanager
def serving(folder: LedgerFolder) -> Iterator[Server]:
    """Start a server, wait until it listens, and leave none behind."""
    server = Server.of(folder)
    try:
        server.url()
        yield server
    finally:
        server.end()


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve an application in a thread of this process; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
