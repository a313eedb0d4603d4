"""A desk that answers from what it was told, and says what it lacks.

What the desk's own checks ask for is thus fetched step by step, by whoever drives the client: the
check runs, lacks an answer, is given it, and runs again from its start, which costs little, since
records once read again are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from ledger.book import Line
from ledger.client.exchange import Steps
from ledger.desk import Desk, Plain
from ledger.desk.private import Act
from ledger.desk.reading import Reread
from ledger.errors import BadQuestion, Damaged, Refused, Unknown
from ledger.limits import LIMITS
from ledger.values import Hash32

T = TypeVar("T")

Asked: TypeAlias = tuple[str, tuple[tuple[str, str | int], ...]]
"""A path, and the parameters of its query in their order."""

_ANSWERS: tuple[type[Exception], ...] = (Refused, Unknown, BadQuestion, Damaged)


class Lacking(Exception):
    """An answer that the desk was not told."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked[0])
        self.asked = asked


class Recalling(Desk):
    """Answers what it was told.

    Attributes:
        told: answers, and errors in their place, by what was asked.
        records: every record that was read again, by its id.

    """

    is_remote = True

    def __init__(self) -> None:
        self.told: dict[Asked, Plain | Exception] = {}
        self.records: dict[Hash32, Reread] = {}

    def tell(self, path: str, answer: Plain) -> None:
        """Take the answer to a question without parameters."""
        self.told[path, ()] = answer

    def ask(self, path: str, **given: str | int) -> Plain:
        """Answer, or raise :class:`Lacking`."""
        asked = (path, tuple(sorted(given.items())))
        if asked not in self.told:
            raise Lacking(asked)
        answer = self.told[asked]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self, record_id: Hash32, ledger_id: Hash32, through: Hash32 | None = None) -> Reread:
        """Read a record again, once."""
        if record_id not in self.records:
            self.records[record_id] = super().read(record_id, ledger_id, through)
        return self.records[record_id]

    def append(self, envelopes: Sequence[bytes], **_options: object) -> list[Line]:
        """Take nothing."""
        raise NotImplementedError

    def private(self, record_id: Hash32) -> Plain:
        """Know nothing of private fields."""
        raise NotImplementedError

    def dispose(self, record_id: Hash32, name: str, act: Act, party: str = "") -> None:
        """Know nothing of private fields."""
        raise NotImplementedError

    def fetch(
        self, question: Callable[[], T], ask: Callable[[str, dict[str, str]], Steps[Plain]]
    ) -> Steps[T]:
        """Run a question to this desk until it lacks nothing.

        Args:
            question: asks this desk.
            ask: asks the server.

        """
        while len(self.told) < LIMITS.answer_pages_max:
            try:
                return question()
            except Lacking as lacking:
                asked = lacking.asked
            path, given = asked
            try:
                query = {name: str(value) for name, value in given}
                self.told[asked] = yield from ask(path, query)
            except _ANSWERS as error:
                self.told[asked] = error
        raise Damaged("duplicate", "the records of the charter", "they come to no end")
