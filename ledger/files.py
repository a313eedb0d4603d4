"""Small files written in one step: after a crash a file is there whole, or it is not there.

What is written is durable when the function returns, and readable by its owner alone. A draft that
a killed process left behind may hold a secret: whoever writes the same file next clears it away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

OWNER_ONLY: Final = 0o600
_DRAFT: Final = ".draft"


def write_once(path: Path, text: str) -> None:
    """Write a file that must not exist yet.

    On a file system without hard links it is written in place: a crash can leave a part of it.

    Raises:
        FileExistsError: there is one already, or another process makes it; it is left as it is.

    """
    draft = _write_draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except FileNotFoundError:
        raise FileExistsError(f"another process writes {path.name}") from None
    except OSError:
        _write_in_place(path, text)
    finally:
        draft.unlink(missing_ok=True)
    flush(path.parent)


def write_over(path: Path, text: str) -> None:
    """Write a file, in the place of one that may be there."""
    _write_draft(path, text).replace(path)
    flush(path.parent)


@contextmanager
def written_over(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write into, which takes the place of ``path`` once all of it is written.

    Nothing is left behind when the block ends by an error.
    """
    for left in _drafts(path):
        left.unlink(missing_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}{_DRAFT}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Make what a file holds, or the names that a folder holds, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_draft(path: Path, text: str) -> Path:
    for left in _drafts(path):
        left.unlink(missing_ok=True)
    # The process is part of the name: two that write at once must not write into one draft.
    draft = path.with_name(f"{path.name}.{os.getpid()}{_DRAFT}")
    _write_in_place(draft, text)
    return draft


def _drafts(path: Path) -> list[Path]:
    named = re.compile(rf"{re.escape(path.name)}\.[0-9]+{re.escape(_DRAFT)}")
    return [found for found in path.parent.iterdir() if named.fullmatch(found.name)]


def _write_in_place(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
