"""What the ledger answers to a question, as plain JSON values: the same by HTTP and in a terminal.

Each question is read strictly, answered from one consistent view, and says how sure the answer is:
who declared it, whether it is sequenced or checkpointed, and the sizes that it was read at. Origin
is bounds, never a percentage. Nothing here decides who may ask: the API does, by
:meth:`Question.is_public_when` and the charter's mode.

    answers = Answers(book)
    answers.parcel("0x…")
    answers.ask("/v1/parcels/0x…/history", limit="20")
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from ledger.answers import log, parcels, people, stones, tracing
from ledger.answers.asking import (
    read_address,
    read_hash,
    read_integer,
    read_token,
    token_of,
)
from ledger.answers.keeping import KeptStones
from ledger.answers.questions import QUESTIONS, Parameter, Question, find
from ledger.answers.reading import Reading, Source, reading
from ledger.answers.typed_data import typed_data
from ledger.answers.wire import Plain, to_wire


def wall_clock_ms() -> int:
    """Return the time, in milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


class Answers:
    """Answers questions about one ledger; any thread, at any time.

    Args:
        source: an open book, or anything that gives a view and the last checkpoint.
        clock: gives milliseconds since 1970-01-01 UTC: whether a role is in force depends on it.

    """

    def __init__(self, source: Source, clock: Callable[[], int] = wall_clock_ms) -> None:
        self._source = source
        self._clock = clock
        self._stones = KeptStones()

    def _read(self) -> AbstractContextManager[Reading]:
        return reading(self._source, self._clock())

    def ask(self, path: str, **given: str | int) -> Plain:
        """Answer the question of a path of the API.

        Args:
            path: as in a request, without the query: ``/v1/parcels/0x…``.
            given: the query's parameters.

        Raises:
            BadQuestion: it is not well asked.
            Unknown: the ledger knows no such thing, or no such question.

        """
        question, in_path = find(path)
        texts = {name: str(value) for name, value in given.items()}
        return self.answer(question, {**texts, **in_path})

    def answer(self, question: Question, given: dict[str, str]) -> Plain:
        """Answer a question with the texts of its parameters; raises as :meth:`ask` does."""
        return getattr(self, question.name)(**question.arguments(given))

    # -- the ledger --------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether everyone may ask everything: the charter's mode is open."""
        with self._read() as ledger:
            return ledger.charter.mode == "open"

    def status(self) -> Plain:
        """Answer what the ledger is, and how far it has come."""
        takes_records = self._source.fault is None
        with self._read() as ledger:
            return to_wire(log.status(ledger, takes_records=takes_records))

    def charter(self) -> Plain:
        """Answer which charter values are in force."""
        with self._read() as ledger:
            return to_wire(people.charter(ledger))

    def checkpoint(self) -> Plain:
        """Answer with the last checkpoint."""
        with self._read() as ledger:
            return to_wire(log.checkpoint(ledger))

    def inclusion(
        self, index: int | None = None, record: str | None = None, size: int | None = None
    ) -> Plain:
        """Prove that an entry, named by index or by record id, is in the log."""
        record_id = None if record is None else read_hash("record", record)
        with self._read() as ledger:
            at = log.index_asked(ledger, index, record_id)
            return to_wire(log.inclusion(ledger, at, size))

    def consistency(self, from_size: int, to_size: int | None = None) -> Plain:
        """Prove that a tree continues a smaller one."""
        with self._read() as ledger:
            return to_wire(log.consistency(ledger, from_size, to_size))

    def entries(self, start: int = 0, limit: int | None = None) -> Plain:
        """Answer with lines of the log."""
        with self._read() as ledger:
            return to_wire(log.entries(ledger, start, limit))

    def entry(self, index: int) -> Plain:
        """Answer with one line of the log."""
        with self._read() as ledger:
            return to_wire(log.entry(ledger, index))

    def record(self, subject: str) -> Plain:
        """Answer with one record."""
        record_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(log.record(ledger, record_id))

    def typed_data(self, kind: str) -> Plain:
        """Answer what a wallet signs for a record of a kind."""
        with self._read() as ledger:
            return to_wire(typed_data(kind, ledger.charter.ledger_id))

    # -- goods -------------------------------------------------------------------------------

    def parcel(self, subject: str) -> Plain:
        """Answer what the book says of a parcel."""
        parcel_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(parcels.parcel(ledger, parcel_id))

    def history(self, subject: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer what was said of a parcel itself, the latest first."""
        parcel_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(parcels.history(ledger, parcel_id, limit, cursor))

    def story(self, subject: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer what was said of a parcel and its ancestors, the latest first."""
        parcel_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(parcels.story(ledger, parcel_id, limit, cursor))

    def trace(self, subject: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer which operations led to a parcel, and where its goods can be from."""
        parcel_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(tracing.trace(ledger, parcel_id, limit, cursor))

    def descendants(self, subject: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer what became of a parcel's goods, the earliest first."""
        parcel_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(parcels.descendants(ledger, parcel_id, limit, cursor))

    def stone(self, token: str) -> Plain:
        """Answer what anyone may see of a stone by its link."""
        prefix = read_token(token)
        with self._read() as ledger:
            made = self._stones.answer(prefix, ledger.as_of, lambda: stones.stone(ledger, prefix))
            return to_wire(made)

    # -- people and places -------------------------------------------------------------------

    def party(self, address: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer who an address is, and what it holds."""
        known = read_address("address", address)
        with self._read() as ledger:
            return to_wire(people.party(ledger, known, limit, cursor))

    def site(self, subject: str) -> Plain:
        """Answer what a site is, and what came from it."""
        site_id = read_hash("id", subject)
        with self._read() as ledger:
            return to_wire(people.site(ledger, site_id))

    def sites(self, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer which sites there are, by id."""
        with self._read() as ledger:
            return to_wire(people.sites(ledger, limit, cursor))


__all__ = [
    "QUESTIONS",
    "Answers",
    "Parameter",
    "Plain",
    "Question",
    "Source",
    "find",
    "read_address",
    "read_hash",
    "read_integer",
    "read_token",
    "token_of",
]
