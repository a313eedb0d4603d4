"""Ledgers to measure: founded, filled from the generator's files, and added to in slices."""

from __future__ import annotations

import json
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.load import BUNDLE_RECORDS, bundles, first_part
from benchmarks.processes import wait_for
from ledger.book import Answer, Book, Line
from ledger.config import (
    LedgerFolder,
    OpenLedger,
    found_ledger,
    locked,
    make_folder,
    open_ledger,
)
from ledger.values import Hash32
from tests.world import ORIGIN, World

_LONG_LINES: Final = 8
_PARTS: Final = 9
_AHEAD: Final = 3
"""How many bundles are handed over before the first one's answer is waited for."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How many records the small and the large ledger hold, and how much is measured."""

    small: int
    large: int
    slice_records: int
    turns: int
    walks: int
    requests: int

    @property
    def more(self) -> int:
        """How many registrations are made beside those of the large ledger."""
        return max(self.slice_records, self.requests) * (self.turns + 1)


SCALES: Final = {
    "full": Scale(10_000, 1_000_000, 10_000, 9, 200, 6_000),
    "small": Scale(10_000, 50_000, 5_000, 3, 50, 2_000),
    "tiny": Scale(500, 1_000, 500, 1, 2, 500),
}


class Load:
    """The generator's files, read when they are there."""

    def __init__(self, folder: Path, scale: Scale, generator: subprocess.Popen[bytes]) -> None:
        self._folder = folder
        self._generator = generator
        self._scale = scale

    def _lines(self, path: Path) -> list[bytes]:
        wait_for(lambda: path.exists() or None, self._generator)
        return path.read_bytes().splitlines()

    def founding(self) -> list[bytes]:
        """Return Charter, admissions and sites."""
        return self._lines(self._folder / "founding.ndjson")

    def family(self, size: int) -> tuple[list[bytes], Hash32]:
        """Return the mixes for a ledger of so many registrations, and the parcel they lead to."""
        lines = self._lines(self._folder / f"family-{size}.ndjson")
        path = self._folder / f"family-{size}.json"
        text: str = wait_for(lambda: path.read_text() if path.exists() else None, self._generator)
        return lines, Hash32(bytes.fromhex(json.loads(text)[2:]))

    def recalled(self) -> tuple[list[bytes], RecalledGoods]:
        """Return what becomes of recalled goods, which may come after the first part of all."""
        lines = self._lines(self._folder / "recalled.ndjson")
        (told,) = map(json.loads, self._lines(self._folder / "recalled.json"))
        return lines, RecalledGoods(told["site"], told["parcels"])

    def bodies(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield bundles of registrations, as bytes, from one number to before another."""
        for number, path in enumerate(bundles(self._folder)):
            if number * BUNDLE_RECORDS >= stop:
                return
            if number * BUNDLE_RECORDS >= start:
                wait_for(lambda at=path: at.exists() or None, self._generator)  # type: ignore[misc]  # the default binds the loop's value
                yield path.read_bytes()

    def more(self, turn: int, records: int) -> list[bytes]:
        """Return bundles that no ledger holds yet, others for each turn."""
        start = self._scale.large + turn * records
        return list(self.bodies(start, start + records))


@dataclass(frozen=True, slots=True)
class RecalledGoods:
    """The site of the recalled goods, and how many parcels they go on into."""

    site: str
    parcels: int


@contextmanager
def opened(folder: LedgerFolder) -> Iterator[OpenLedger]:
    """Open a ledger, its lock held."""
    with locked(folder), open_ledger(folder) as ledger:
        yield ledger


def found(path: Path, load: Load) -> LedgerFolder:
    """Found a ledger with a miner and sites."""
    charter, *others = load.founding()
    folder = make_folder(path, ORIGIN, key=World.log_key())
    found_ledger(folder, charter)
    with opened(folder) as ledger:
        check(ledger.book.submit(others).result())
    return folder


def check(lines: Sequence[Line]) -> None:
    """Return if all were accepted."""
    for line in lines:
        if not isinstance(line, Answer) or line.again:
            raise RuntimeError(f"not accepted: {line}")


def append(book: Book, bodies: Iterator[bytes]) -> None:
    """Bring NDJSON in, all in order; return when a signed checkpoint covers it."""
    waiting: deque[Future[tuple[Line, ...]]] = deque()
    for body in bodies:
        waiting.append(book.submit(body.splitlines(), caller="benchmark"))
        if len(waiting) > _AHEAD:
            check(waiting.popleft().result())
    for promise in waiting:
        check(promise.result())


def fill(folder: LedgerFolder, load: Load, size: int) -> Hash32:
    """Bring so many registrations in, and a family over them; return its last parcel."""
    with opened(folder) as ledger:
        append(ledger.book, load.bodies(0, size))
        lines, last = load.family(size)
        check(ledger.book.submit(lines).result())
    return last


def fill_with_recalled(folder: LedgerFolder, load: Load, size: int) -> tuple[Hash32, RecalledGoods]:
    """Fill a ledger, and bring recalled goods in among the registrations after the first part."""
    first = first_part(size)
    lines, goods = load.recalled()
    step = max(1, (size - first) // _PARTS // BUNDLE_RECORDS) * BUNDLE_RECORDS
    each = -(-len(lines) // _PARTS)
    with opened(folder) as ledger:
        append(ledger.book, load.bodies(0, first))
        for part in range(_PARTS):
            append(ledger.book, _bodies_of(lines[part * each : (part + 1) * each]))
            start = first + part * step
            stop = size if part == _PARTS - 1 else min(size, start + step)
            append(ledger.book, load.bodies(start, stop))
        family, last = load.family(size)
        check(ledger.book.submit(family).result())
    return last, goods


def _bodies_of(lines: Sequence[bytes]) -> Iterator[bytes]:
    for start in range(0, len(lines), _LONG_LINES):
        yield b"\n".join(lines[start : start + _LONG_LINES])


def time_append(book: Book, bodies: Sequence[bytes]) -> float:
    """Return how many seconds it takes to bring bodies in."""
    begin = time.perf_counter()
    append(book, iter(bodies))
    return time.perf_counter() - begin
