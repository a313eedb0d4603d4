"""The desk of a ledger's own folder: its lock is held while it is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ledger.answers import Answers
from ledger.book import Book, Line, Reached
from ledger.config import LedgerFolder, open_ledger, system_clock
from ledger.desk.asking import Desk, Plain


class LocalDesk(Desk):
    """Asks an open book, and hands in to it."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._answers = Answers(book, system_clock)

    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API."""
        answer: Plain = self._answers.ask(path, **given)
        return answer

    def append(
        self, envelopes: Sequence[bytes], *, wait: Reached = "checkpointed", atomic: bool = False
    ) -> list[Line]:
        """Hand envelopes in, and wait for what becomes of them."""
        return list(self._book.submit(envelopes, atomic=atomic, wait=wait).result())


@contextmanager
def local_desk(folder: LedgerFolder) -> Iterator[LocalDesk]:
    """Open the desk of a folder whose lock is held.

    Raises:
        RefusesToStart: what is stored must be settled first.
        Damaged: a file is not what was written.

    """
    with open_ledger(folder) as ledger:
        yield LocalDesk(ledger.book)
