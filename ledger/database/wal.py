"""The write-ahead log, read as bytes, before SQLite recovers it and forgets what it left out.

SQLite takes from it the longest valid beginning that ends with a commit and drops the rest without
a word (https://sqlite.org/fileformat.html#the_write_ahead_log). What is dropped is one of two:

* the last transaction, cut short by a crash before its fsync returned: nothing was acknowledged;
* transactions that were durable, because a bit of them has changed since.

Where a later transaction has begun behind the break, the first one was synced before: it is the
second case for certain. In the last transaction alone the two look the same; whoever compares the
head with the checkpoint store learns whether anything that was published is gone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_MAGIC: Final = 0x377F0682
_FORMAT: Final = 3007000
_WORD: Final = 0xFFFFFFFF

_Sums = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Break:
    """Where the valid part of a write-ahead log ends although frames follow.

    Attributes:
        frame: the first frame that is not valid, from 1; 0 for the header.
        is_loss: whether what follows was durable for certain.

    """

    frame: int
    is_loss: bool


def find_break(path: Path, page_bytes: int) -> Break | None:
    """Find the break in the write-ahead log of the database file at ``path``; None when whole.

    A log that ends in the middle of a valid transaction is whole: its writer was killed.
    """
    try:
        file = path.with_name(path.name + "-wal").open("rb")
    except FileNotFoundError:
        return None
    with file:
        header = file.read(_HEADER.size)
        if not header:
            return None
        frames = iter(lambda: file.read(_FRAME.size + page_bytes), b"")
        return _find_break(header, frames, page_bytes)


def _find_break(header: bytes, frames: Iterator[bytes], page_bytes: int) -> Break | None:
    sums = _check_header(header, page_bytes)
    if sums is None:
        # The header is synced before any frame is written.
        return Break(0, is_loss=next(frames, None) is not None)
    salts = header[16:24]
    order = ">" if _HEADER.unpack(header)[0] & 1 else "<"
    for number, frame in enumerate(frames, start=1):
        if len(frame) < _FRAME.size + page_bytes:
            return None
        sums = _add(_add(sums, frame[:8], order), frame[_FRAME.size :], order)
        page, _, _, _, *found = _FRAME.unpack_from(frame)
        if page == 0 or frame[8:16] != salts or tuple(found) != sums:
            return Break(number, is_loss=_another_begins(frame, frames, salts))
    return None


def _another_begins(broken: bytes, frames: Iterator[bytes], salts: bytes) -> bool:
    """Tell whether a frame follows behind a commit of the same generation (the same salts)."""
    is_committed = False
    frame: bytes | None = broken
    while frame is not None and len(frame) >= _FRAME.size:
        if frame[8:16] == salts:
            if is_committed:
                return True
            is_committed = frame[4:8] != b"\0\0\0\0"  # the size of the database, at a commit
        frame = next(frames, None)
    return False


def _check_header(header: bytes, page_bytes: int) -> _Sums | None:
    """Return the header's checksum, with which that of the frames goes on; None if it is wrong."""
    if len(header) != _HEADER.size:
        return None
    magic, version, page, _, _, _, *found = _HEADER.unpack(header)
    if magic & ~1 != _MAGIC or (version, page) != (_FORMAT, page_bytes):
        return None
    sums = _add((0, 0), header[:24], ">" if magic & 1 else "<")
    return sums if tuple(found) == sums else None


def _add(sums: _Sums, data: bytes, order: str) -> _Sums:
    """Add bytes to a running checksum (same page, "Checksum Algorithm")."""
    first, second = sums
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for even, odd in zip(words, words, strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second
