"""(f) Appends while a chain is down: by how much they are slower than without one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.ledgers import Load, Scale, check, found, opened, time_append
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.book import Book
from ledger.config.anchoring import BookLog
from ledger.errors import ChainDown
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits
from tests.world import secret_of

ANSWER_SECONDS: Final = 0.05
"""How long it takes to learn that the chain is down."""

RESTLESS: Final = AnchorLimits(entries=1, seconds=1, retry_seconds=0.05, retry_seconds_max=0.05)
"""Some twenty questions a second: many times what a worker asks whose chain is down."""

_SINGLES: Final = 200
_BOUND_BY: Final = "one thread that mostly waits; it reads what is published and nothing else"


class Down:
    """A chain of which nothing is ever heard."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is asked
        time.sleep(ANSWER_SECONDS)
        raise ChainDown(name)


@contextmanager
def anchored_in_vain(book: Book) -> Iterator[Worker]:
    """Have a worker try to anchor a book for as long as this is open."""
    keys = SecretSigner(secret_of("anchor key")), KeySubmitter(secret_of("submitting key"))
    worker = Worker(Down(), MemoryJournal(), BookLog(book), book.ledger_id, *keys, RESTLESS)
    worker.start()
    try:
        yield worker
    finally:
        worker.close()


def anchoring(folder: Path, load: Load, scale: Scale) -> Iterator[Figure]:
    """Measure appends with and without a worker whose chain is down, in turns."""
    batches, singles = [], []
    plain, anchored = found(folder / "plain", load), found(folder / "anchored", load)
    with opened(plain) as one, opened(anchored) as other, anchored_in_vain(other.book) as worker:
        for turn in range(scale.turns):
            first, *more = load.more(turn, scale.slice_records)
            lines = first.splitlines()
            bodies = [b"\n".join(lines[_SINGLES:]), *more]
            books = (one.book, other.book)[:: 1 if turn % 2 else -1]  # neither is always first
            alone, beside = _in_turns(books, one.book, lambda book: _time_each(book, lines))  # noqa: B023 - called before the next turn
            singles.append(beside / alone)
            alone, beside = _in_turns(books, one.book, lambda book: time_append(book, bodies))  # noqa: B023 - likewise
            batches.append(beside / alone)
        if worker.status().fails == 0:
            raise RuntimeError("the chain was never asked")
    yield Figure("batch-slowed-by-a-chain-down", median(batches), "", 1.1, "less", _BOUND_BY)
    yield Figure("single-slowed-by-a-chain-down", median(singles), "", 1.1, "less", _BOUND_BY)


def _in_turns(
    books: tuple[Book, ...], alone: Book, measure: Callable[[Book], float]
) -> tuple[float, float]:
    """Measure both books in the order given; return that of the one alone first."""
    taken = [(book is not alone, measure(book)) for book in books]
    (_, first), (_, second) = sorted(taken)
    return first, second


def _time_each(book: Book, lines: list[bytes]) -> float:
    """Return the median time of one record alone, from its bytes to a checkpoint."""
    spent = []
    for line in lines[:_SINGLES]:
        begin = time.perf_counter()
        check(book.submit([line], caller="benchmark").result())
        spent.append(time.perf_counter() - begin)
    return median(spent)
