"""Disks that lose power or fail, as virtual file systems between SQLite and the real one.

A :class:`RecordingVfs` writes down every write, truncation, sync and deletion, while the real files
are served as ever. A :class:`Disk` replays such a tape up to any moment and then loses power: what
was synced is there, and of the rest any part, torn between sectors. A :class:`FailingVfs` raises an
error at its n-th call.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

import apsw

from ledger.database.layout import load_checksums

SECTOR_BYTES = 512
BASE = "cksmvfs"

Call = Literal["read", "write", "sync", "truncate"]
ERRORS: dict[Call, int] = {
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to a file; ``size`` is a truncation's."""

    name: str
    act: Literal["write", "truncate", "delete", "sync"]
    offset: int = 0
    data: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """The moment at which somebody was answered."""

    what: Any


Tape = list[Step | Mark]


def _name_of(path: str | apsw.URIFilename | None) -> str:
    text = path.filename() if isinstance(path, apsw.URIFilename) else path
    return Path(text).name if text else ""


class _RecordingFile(apsw.VFSFile):
    def __init__(self, path: apsw.URIFilename, flags: list[int], vfs: RecordingVfs) -> None:
        is_database = bool(flags[0] & apsw.SQLITE_OPEN_MAIN_DB)
        super().__init__(BASE, path, flags)
        self._name = _name_of(path)
        self._vfs = vfs
        # The checksum VFS below changes what is written to a database, so it is read back.
        self._real = vfs.descriptor(path.filename()) if is_database else -1

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        super().xWrite(data, offset)
        written = os.pread(self._real, len(data), offset) if self._real >= 0 else bytes(data)
        self._vfs.tape.append(Step(self._name, "write", offset, written))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        super().xTruncate(newsize)
        self._vfs.tape.append(Step(self._name, "truncate", size=newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._vfs.tape.append(Step(self._name, "sync"))


class RecordingVfs(apsw.VFS):
    """Does all that is asked, and keeps a tape of it."""

    def __init__(self, name: str) -> None:
        load_checksums()
        super().__init__(name, base=BASE)
        self.tape: Tape = []
        self._descriptors: dict[str, int] = {}

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return _RecordingFile(name, flags, self)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(filename, syncdir)
        self.tape.append(Step(_name_of(filename), "delete"))
        if syncdir:
            self.tape.append(Step(_name_of(filename), "sync"))

    def descriptor(self, path: str) -> int:
        """Open a file once, and keep it open: closing it would drop SQLite's locks."""
        if path not in self._descriptors:
            self._descriptors[path] = os.open(path, os.O_RDONLY)
        return self._descriptors[path]

    def close(self) -> None:
        self.unregister()
        for descriptor in self._descriptors.values():
            os.close(descriptor)


class _FailingFile(apsw.VFSFile):
    def __init__(self, path: Any, flags: list[int], vfs: FailingVfs) -> None:
        super().__init__(BASE, path, flags)
        self._vfs = vfs

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        self._vfs.call("read")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        try:
            self._vfs.call("write")
        except apsw.Error:
            super().xWrite(data[: len(data) // 2 // 8 * 8], offset)  # half of it arrives
            raise
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self._vfs.call("truncate")
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._vfs.call("sync")
        super().xSync(flags)


class FailingVfs(apsw.VFS):
    """Fails once, at the call number ``fail_at`` (from 1); before and after it all is well."""

    def __init__(self, name: str, fail_at: int) -> None:
        load_checksums()
        super().__init__(name, base=BASE)
        self._fail_at = fail_at
        self._calls = 0
        self.failed: Call | None = None

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return _FailingFile(name, flags, self)

    def call(self, call: Call) -> None:
        self._calls += 1
        if self._calls == self._fail_at:
            self.failed = call
            raise apsw.exception_for(ERRORS[call])

    def close(self) -> None:
        self.unregister()


@contextmanager
def recording(name: str) -> Iterator[RecordingVfs]:
    vfs = RecordingVfs(name)
    try:
        yield vfs
    finally:
        vfs.close()


@contextmanager
def failing(name: str, fail_at: int) -> Iterator[FailingVfs]:
    vfs = FailingVfs(name, fail_at)
    try:
        yield vfs
    finally:
        vfs.close()


@dataclass
class Disk:
    """What is durable of each file, and what was done since its last sync."""

    durable: dict[str, bytes]
    waiting: dict[str, list[Step]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        return cls({path.name: path.read_bytes() for path in folder.iterdir()})

    def replay(self, tape: Tape, *, hears_syncs: bool = True) -> None:
        """Do what is on the tape; a disk that does not hear syncs only says that it synced."""
        for step in tape:
            if isinstance(step, Mark):
                continue
            waiting = self.waiting.setdefault(step.name, [])
            if step.act != "sync":
                waiting.append(step)
            elif hears_syncs:
                self.durable |= _done(self.durable, waiting)
                waiting.clear()

    def lose_power(self, dice: Random) -> Mapping[str, bytes]:
        """Return the files as the next start finds them."""
        found = dict(self.durable)
        for name in sorted(self.waiting):
            steps = self.waiting[name]
            match dice.choice(("none", "all", "beginning", "any")):
                case "none":
                    kept = []
                case "all":
                    kept = steps
                case "beginning":
                    pieces = [piece for step in steps for piece in _sectors(step)]
                    kept = pieces[: dice.randrange(len(pieces) + 1)]
                case _:
                    pieces = [piece for step in steps for piece in _sectors(step)]
                    kept = [piece for piece in pieces if dice.random() < 0.5]
            found |= _done(found, kept)
        return found


def _sectors(step: Step) -> Iterator[Step]:
    """Cut a write between sectors; anything else happens in one piece or not at all."""
    if step.act != "write":
        yield step
        return
    start, end = step.offset, step.offset + len(step.data)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield Step(step.name, "write", start, step.data[start - step.offset : stop - step.offset])
        start = stop


def _done(files: Mapping[str, bytes], steps: list[Step]) -> dict[str, bytes]:
    """Return the contents of the files that steps change; a deleted file is empty."""
    changed: dict[str, bytearray] = {}
    for step in steps:
        content = changed.setdefault(step.name, bytearray(files.get(step.name, b"")))
        if step.act == "write":
            content.extend(bytes(max(0, step.offset - len(content))))
            content[step.offset : step.offset + len(step.data)] = step.data
        elif len(content) > step.size:
            del content[step.size :]  # a truncation, or a deletion
        elif step.act == "truncate":
            content.extend(bytes(step.size - len(content)))
    return {name: bytes(content) for name, content in changed.items()}
