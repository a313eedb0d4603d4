"""One process to a folder, or to a part of it: a lock that the kernel lets go with its holder.

The lock is the kernel's (flock), not the file's presence, so nothing is left to be cleared away
after a crash. What stands in the file, the holder's process id and when it started, is for people.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from ledger.errors import RefusesToStart

LOCK_NAME: Final = "lock"
_TEXT_BYTES_MAX: Final = 200


class FolderLock:
    """The lock of a folder, or of a part of it, held from its making until it is released.

    It is not for a process that forks: a child holds it too.
    """

    def __init__(self, folder: Path, name: str = LOCK_NAME) -> None:
        """Take the lock.

        Args:
            folder: where the lock file lies.
            name: the lock file; each part of a folder that is locked alone has its own.

        Raises:
            RefusesToStart: another process holds it, or the folder cannot be written to.

        """
        path = folder / name
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise RefusesToStart(f"no lock can be taken on {folder}: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._descriptor, _TEXT_BYTES_MAX, 0).decode(errors="replace")
            os.close(self._descriptor)
            what = holder.strip() or "another process"
            raise RefusesToStart(f"{folder} is in use by {what}") from error
        started = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._write(f"process {os.getpid()}, since {started}\n")
        except OSError as error:
            os.close(self._descriptor)
            raise RefusesToStart(f"no lock can be taken on {folder}: {error.strerror}") from error

    def release(self) -> None:
        """Let the folder go; a second time does nothing."""
        if self._descriptor >= 0:
            with suppress(OSError):  # it is for people alone
                self._write("")
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, text: str) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
