"""Files that bear on keys, read only if nobody but their owner could have written or read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from ledger.errors import BadQuestion

WRITABLE_BY_OTHERS: Final = 0o022
OPEN_TO_OTHERS: Final = 0o077
_SYSTEM: Final = 0


def read_guarded(path: Path, forbidden: int, field: str, bytes_max: int) -> bytes:
    """Return what a file holds.

    Args:
        path: the file.
        forbidden: the permissions that nobody else may have, as bits of a mode.
        field: what to call the file in errors, which never repeat what it holds.
        bytes_max: how long it may be.

    Raises:
        BadQuestion: it cannot be read, is another's, open to others, or too long.

    """
    try:
        # Not to hang on a pipe that nobody writes to.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            check_guarded(os.fstat(handle), forbidden, field)
            raw = file.read(bytes_max + 1)
    except OSError as error:
        raise BadQuestion(field, f"a file that can be read: {error.strerror}") from None
    if len(raw) > bytes_max:
        raise BadQuestion(field, f"a file of at most {bytes_max} bytes")
    return raw


def check_guarded(found: os.stat_result, forbidden: int, field: str) -> None:
    """Check whose a file or folder is, and who else may do what with it.

    Raises:
        BadQuestion: it is another's, open to others, or no file or folder.

    """
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise BadQuestion(field, "a file")
    if found.st_uid not in (os.geteuid(), _SYSTEM):
        raise BadQuestion(field, "a file of your own")
    if found.st_mode & forbidden:
        done = "read or written" if forbidden == OPEN_TO_OTHERS else "written"
        undo = "go-rwx" if forbidden == OPEN_TO_OTHERS else "go-w"
        raise BadQuestion(field, f"a place not {done} by others: chmod {undo}")
