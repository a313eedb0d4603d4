"""The folder of a ledger's table files: ``tables/<sha256>.csv``, or ``.toml`` for a definition.

A file is known by the hash of its bytes, which is also its name, so it never changes: it is there
whole or not at all, and whoever puts it there needs no lock. One whose bytes are not what its name
says is damage, and is never read as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.errors import BadQuestion, Damaged, StoreFailed
from ledger.files import write_once
from ledger.limits import LIMITS
from ledger.reference.shipped import File, is_definition
from ledger.values import Hash32
from ledger.verdicts.tables import sha256_of

FOLDER: Final = "tables"
_NAME: Final = re.compile(r"([0-9a-f]{64})\.(csv|toml)", re.ASCII)
_FOLDER_MODE: Final = 0o700


class Shelf:
    """The files in one folder.

    Args:
        path: the folder; it need not be there.

    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, name: str, sha256: Hash32) -> File | None:
        """Return a version of a table or a definition, or None when it is not here.

        Raises:
            Damaged: the file's bytes are not what its name says.
            StoreFailed: it cannot be read.

        """
        path = self._place(name, sha256)
        raw = _read(path)
        if raw is None:
            return None
        if sha256_of(raw) != sha256:
            raise _altered(path)
        return File(name, sha256, raw)

    def add(self, file: File) -> bool:
        """Keep a version; False if it was here before.

        Raises:
            Damaged: there is a file of this hash, and its bytes are not what its name says.
            StoreFailed: it cannot be written.

        """
        if self.find(file.name, file.sha256) is not None:
            return False
        try:
            self._path.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            write_once(self._place(file.name, file.sha256), file.raw.decode())
        except FileExistsError:  # another process was quicker, with the same bytes
            return False
        except OSError as error:
            raise StoreFailed(f"{self._path} cannot be written to: {error.strerror}") from None
        return True

    def faults(self) -> Iterator[Damaged]:
        """Yield each file whose bytes are not what its name says."""
        for path in self._files():
            try:
                raw = _read(path)
            except StoreFailed as error:
                yield Damaged("altered", f"{FOLDER}/{path.name}", str(error))
                continue
            if raw is not None and sha256_of(raw).hex() != path.stem:
                yield _altered(path)

    def _files(self) -> list[Path]:
        if not self._path.is_dir():
            return []
        return sorted(path for path in self._path.iterdir() if _NAME.fullmatch(path.name))

    def _place(self, name: str, sha256: Hash32) -> Path:
        return self._path / f"{sha256.hex()}.{'toml' if is_definition(name) else 'csv'}"


def read_file(path: Path) -> bytes:
    """Read a file that somebody named, as far as a table may be long.

    Raises:
        BadQuestion: it cannot be read, or is longer.

    """
    try:
        with path.open("rb") as file:
            raw = file.read(LIMITS.table_bytes_max + 1)
    except OSError as error:
        raise BadQuestion(str(path), f"a file that can be read ({error.strerror})") from None
    if len(raw) > LIMITS.table_bytes_max:
        raise BadQuestion(str(path), f"at most {LIMITS.table_bytes_max} bytes")
    return raw


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreFailed(f"{path} cannot be read: {error.strerror}") from None


def _altered(path: Path) -> Damaged:
    return Damaged("altered", f"{FOLDER}/{path.name}", "its bytes have another hash than its name")
