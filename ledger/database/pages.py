"""The pages of a database file, read as bytes: which of them do not match their checksums.

The file is opened through SQLite's own file system: a process that opens and closes it by other
means drops the locks that SQLite holds on it (https://sqlite.org/howtocorrupt.html, §2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from ledger.database.layout import load_checksums

_PLAIN_VFS: Final = "unix"
_FLAGS: Final = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY


def bad_pages(path: Path, page_bytes: int) -> Iterator[int]:
    """Yield the numbers, from 1, of pages whose last 8 bytes are not their checksum.

    Every page is looked at, those on the freelist too, whatever the header says. A page that
    cannot be read, or that is there in part, is bad.

    Raises:
        apsw.Error: the file cannot be opened.

    """
    load_checksums()
    with closing(apsw.Connection(":memory:")) as calculator:
        file = apsw.VFSFile(_PLAIN_VFS, str(path.absolute()), [_FLAGS, 0])
        try:
            size = file.xFileSize()
            for offset in range(0, size, page_bytes):
                try:
                    page = file.xRead(min(page_bytes, size - offset), offset)
                except apsw.Error:
                    page = b""
                is_good = calculator.execute("SELECT verify_checksum(?)", (page,)).get
                if len(page) != page_bytes or is_good != 1:
                    yield offset // page_bytes + 1
        finally:
            file.xClose()
