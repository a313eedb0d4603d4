"""Small files written in one step: after a crash a file is there whole, or it is not there.

What is written is durable when the function returns, and readable by its owner alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600
_DRAFT: Final = ".draft"


def write_once(path: Path, text: str) -> None:
    """Write a file that must not exist yet.

    Raises:
        FileExistsError: there is one already; it is left as it is.

    """
    draft = _write_draft(path, text)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    _flush_folder(path.parent)


def write_over(path: Path, text: str) -> None:
    """Write a file, in the place of one that may be there."""
    _write_draft(path, text).replace(path)
    _flush_folder(path.parent)


def _write_draft(path: Path, text: str) -> Path:
    # The process is part of the name: two that write at once must not write into one draft.
    draft = path.with_name(f"{path.name}.{os.getpid()}{_DRAFT}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
