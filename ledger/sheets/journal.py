"""The journal of an import: what was signed, before any of it is sent.

A row is signed once. Its envelope is made durable here before the ledger hears of it, so that after
a crash at any moment the very same record is sent again, which the ledger answers as it answered
the first time. Whatever becomes of the import, no row is ever recorded twice.

A file of lines, each ``SHA-256 of the rest, in hex`` ‖ space ‖ JSON. The first says what the
journal belongs to; each of the others holds the envelopes of one batch, or what became of rows.
Each line is durable before the next is written: so only the last one can be torn by a crash, and of
a torn one nothing was sent yet, or all of it can be asked for again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from ledger.errors import BadQuestion, Damaged, Unavailable
from ledger.files import OWNER_ONLY, flush
from ledger.limits import LIMITS
from ledger.values import HASH_BYTES, NO_HASH, Hash32, from_hex, to_hex

_FORMAT: Final = "adamant import journal 1"
_DIGEST_CHARACTERS: Final = 64
_HEAD_BYTES_MAX: Final = 4_096

SUFFIX: Final = ".journal"
"""How the name of a journal ends."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a journal belongs to: hashes and addresses, all as hex.

    Attributes:
        file: SHA-256 of the spreadsheet.
        mapping: SHA-256 of the mapping, and of what else decides how rows are read.
        ledger: the ledger's id.
        party: the address of the party that speaks.

    """

    file: str
    mapping: str
    ledger: str
    party: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that was signed: its line, its record's id, and the envelope."""

    line: int
    record_id: Hash32
    raw: bytes


class Journal:
    """An open journal.

    Attributes:
        kept: the rows that were signed, by line, in the order in which they were.
        told: what became of rows, by line: whatever was given to :meth:`tell`.

    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.kept: dict[int, Kept] = {}
        self.told: dict[int, dict[str, Any]] = {}

    def keep(self, rows: Sequence[Kept]) -> None:
        """Make signed rows durable; only then may they be sent.

        Raises:
            OSError: the disk failed; none of them may be sent.

        """
        plain = [[row.line, to_hex(row.record_id), row.raw.decode()] for row in rows]
        self._write({"signed": plain})
        self.kept |= {row.line: row for row in rows}

    def tell(self, told: dict[int, dict[str, Any]]) -> None:
        """Note what became of rows, so that those that are in are not sent again."""
        self._write({"told": [[line, what] for line, what in told.items()]})
        self.told |= told

    def _write(self, plain: Any) -> None:  # noqa: ANN401 - any JSON value
        self._file.write(_line(plain))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, plain: dict[str, Any]) -> None:
        for line, record_id, text in plain.get("signed", ()):
            known = Hash32(from_hex(record_id, HASH_BYTES) or NO_HASH)
            self.kept[line] = Kept(line, known, text.encode())
        for line, what in plain.get("told", ()):
            self.told[line] = what

    def go_on(self, tie: Tie, name: str) -> None:
        """Read what the file holds, and write on after it; a file without a line is begun.

        Raises:
            BadQuestion: it belongs to something else.
            Damaged: it holds what nobody wrote.

        """
        found = self._file.read()
        if not _may_be_ours(found):
            raise BadQuestion("--journal", f"the journal of an import; {name} is none")
        lines = found.split(b"\n")
        whole = 0
        for number, line in enumerate(lines[:-1]):
            plain = _plain(line)
            if plain is None:
                if number < len(lines) - 2 or lines[-1]:
                    raise Damaged("altered", f"line {number + 1} of {name}")
                break
            if number:
                self._read(plain)
            elif changed := _changed(plain, tie, name):
                if len(lines) > 2:
                    raise changed
                break
            whole += len(line) + 1
        self._file.seek(whole)
        self._file.truncate()
        if not whole:
            self._write({"format": _FORMAT, **asdict(tie)})


def _line(plain: Any) -> bytes:  # noqa: ANN401 - any JSON value
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(text).hexdigest().encode() + b" " + text + b"\n"


def _plain(line: bytes) -> dict[str, Any] | None:
    """Return what a line holds, or None when it is not whole."""
    digest, text = line[:_DIGEST_CHARACTERS], line[_DIGEST_CHARACTERS + 1 :]
    if digest != hashlib.sha256(text).hexdigest().encode():
        return None
    plain: dict[str, Any] = json.loads(text)
    return plain


_TIES: Final = {
    "file": "the spreadsheet has changed since",
    "mapping": "the mapping or an option has changed since",
    "ledger": "it was for another ledger",
    "party": "it was for another party",
}


def _changed(plain: dict[str, Any], tie: Tie, name: str) -> BadQuestion | None:
    """Say what a journal belongs to instead, and what to do; None when it belongs to this."""
    changed = [said for part, said in _TIES.items() if plain.get(part) != getattr(tie, part)]
    if not changed:
        return None
    way = (
        "take the change back and import again to go on; or move the rows that are not in yet "
        "(see the result file) to a file of their own, and import that one"
    )
    return BadQuestion("--journal", f"the journal of this import; by {name}, {changed[0]}: {way}")


def _may_be_ours(found: bytes) -> bool:
    """Tell whether a file is a journal, or as much of one as a crash may have left."""
    head = _line({"format": _FORMAT})[_DIGEST_CHARACTERS:-2]
    digest, rest = found[:_DIGEST_CHARACTERS], found[_DIGEST_CHARACTERS:]
    is_begun = all(one in b"0123456789abcdef" for one in digest)
    return not found.strip(b"\0") or (is_begun and (rest[: len(head)] == head[: len(rest)]))


def signed_elsewhere(path: Path, tie: Tie) -> Path | None:
    """Return another journal in the same folder that holds rows of the very same spreadsheet.

    A file that was renamed or copied leaves its journal behind, and all of its rows would be signed
    a second time.

    Args:
        path: the journal that is to be begun.
        tie: what it is to belong to.

    """
    others = (one for one in path.parent.glob(f"*{SUFFIX}") if one != path and one.is_file())
    return next((one for one in sorted(others) if _holds_rows(one, tie)), None)


def _holds_rows(path: Path, tie: Tie) -> bool:
    try:
        with path.open("rb") as file:
            head = _plain(file.readline(_HEAD_BYTES_MAX).removesuffix(b"\n"))
            is_begun = bool(file.read(1))
    except (OSError, ValueError):
        return False
    if not is_begun or not isinstance(head, dict):
        return False
    return all(head.get(part) == getattr(tie, part) for part in ("file", "ledger", "party"))


@contextmanager
def open_journal(path: Path, tie: Tie) -> Iterator[Journal]:
    """Open the journal of an import, which is made if it is not there, and lock it.

    Args:
        path: the file.
        tie: what it must belong to.

    Raises:
        BadQuestion: it belongs to something else, and says what.
        Damaged: it holds what nobody wrote.
        Unavailable: another process imports with it.

    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unavailable(f"another process imports with {path.name}") from None
        flush(path.parent)
        if os.fstat(handle).st_size > LIMITS.journal_bytes_max:
            raise BadQuestion("--journal", f"at most {LIMITS.journal_bytes_max} bytes")
        journal = Journal(file)
        journal.go_on(tie, path.name)
        yield journal
