"""Opening a desk, wherever the ledger lies: a folder, the server that works on it, or an address.

One process works on a folder. A command that finds a server at work there goes through it, for
questions as well; one that finds another command there waits a little.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.config import LedgerFolder, in_use, try_lock
from ledger.desk.asking import Desk
from ledger.desk.local import local_desk
from ledger.desk.remote import remote_desk
from ledger.errors import BadQuestion

WAIT_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_SCHEMES: Final = ("http://", "https://")


def is_url(ledger: str) -> bool:
    """Tell whether a ledger is named by a server's address, not by a folder."""
    return "://" in ledger


@contextmanager
def open_desk(ledger: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[Desk]:
    """Open the desk of a ledger.

    Args:
        ledger: a folder's path, or a server's address.
        wait_seconds: how long to wait for another process that is no server.

    Raises:
        Unknown: there is no ledger in the folder.
        Unavailable: another process works on it and is no server.
        BadQuestion: the address is none.
        RefusesToStart: what is stored must be settled first.
        Damaged: a file is not what was written.

    """
    if is_url(ledger):
        if not ledger.startswith(_SCHEMES):
            raise BadQuestion(
                "--ledger", "a folder, or an address that begins with http:// or https://"
            )
        with remote_desk(ledger) as desk:
            yield desk
        return
    folder = LedgerFolder(Path(ledger))
    until = time.monotonic() + wait_seconds
    while (lock := try_lock(folder)) is None:
        server = folder.server()
        if server is not None:
            with remote_desk(server.url, server.token) as desk:
                yield desk
            return
        if time.monotonic() >= until:
            raise in_use(folder)
        time.sleep(_POLL_SECONDS)
    with lock, local_desk(folder) as desk:
        yield desk
