"""What the ledger answers to a question, as plain JSON values: the same by HTTP and in a terminal.

Each question is read strictly, answered from one consistent view, and says how sure the answer is:
who declared it, whether it is sequenced or checkpointed, and the sizes that it was read at. Origin
is bounds, never a percentage. Who may ask stands with each question, and each answer shows its
reader what that reader may read (:mod:`ledger.access`), with the names of the parties in it as far
as it may see them (:mod:`.naming`). Whoever asks without naming a reader, in
the process that holds the ledger's folder, is its operator.

    answers = Answers(book)
    answers.parcel("0x…")
    answers.ask("/v1/parcels/0x…/history", limit="20")
    answers.answer(question, given, reader)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from copy import copy
from functools import partial
from typing import Final

from ledger.access import OPERATOR, STRANGER, Reader, reader_of
from ledger.anchor.told import Anchors
from ledger.anchor.waiting import Anchored
from ledger.answers import log, parcels, people, stones, tracing
from ledger.answers.asking import (
    read_address,
    read_hash,
    read_integer,
    read_token,
)
from ledger.answers.certified import ForCertificates
from ledger.answers.clear_signing import descriptor
from ledger.answers.drafted import drafted, with_signature
from ledger.answers.judged import ForVerdicts
from ledger.answers.keeping import KeptStones
from ledger.answers.linking import Linking
from ledger.answers.naming import with_names
from ledger.answers.questions import QUESTIONS, Parameter, Question, find
from ledger.answers.reading import Reading, Source, reading
from ledger.answers.recalling import ForRecalls
from ledger.answers.recalls import KeptWalks
from ledger.answers.referring import ForTables
from ledger.answers.regulators import ForRegulators
from ledger.answers.typed_data import kind_named, typed_data
from ledger.answers.wire import Plain, to_wire
from ledger.canonical import Envelope
from ledger.disclosing import Disclosing
from ledger.errors import SignInNeeded
from ledger.reference import Library
from ledger.store.links import LinkStore, MemoryLinks
from ledger.values import Address, ParcelId

_DAY_MS: Final = 86_400_000


def wall_clock_ms() -> int:
    """Return the time, in milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


class Answers(ForCertificates, ForVerdicts, ForRecalls, ForRegulators, ForTables):
    """Answers questions about one ledger; any thread, at any time.

    Attributes:
        linking: mints and ends the links to stones' pages.

    Args:
        source: an open book, or anything that gives a view and the last checkpoint.
        clock: gives milliseconds since 1970-01-01 UTC: whether a role is in force depends on it.
        reader: who asks, where the question does not say.
        kept: stones' answers that are kept already.
        links: the links to stones' pages; if not said, there are those alone that are minted by
            this object, as long as it lasts.
        anchors: those of the ledger; if not said, it has none.
        library: its files of reference tables; if not said, those of the package alone.

    """

    def __init__(
        self,
        source: Source,
        clock: Callable[[], int] = wall_clock_ms,
        reader: Reader = OPERATOR,
        kept: KeptStones | None = None,
        links: LinkStore | None = None,
        anchors: Anchors | None = None,
        library: Library | None = None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._reader = reader
        self._stones = KeptStones() if kept is None else kept
        self._links: LinkStore = MemoryLinks() if links is None else links
        self.linking = Linking(source, self._links, clock)
        self._anchors = anchors
        self._library = Library() if library is None else library
        self._disclosing = Disclosing(source, source.private, clock)
        self._walks = KeptWalks()

    def _read(self) -> AbstractContextManager[Reading]:
        return reading(self._source, self._clock(), self._reader, self._anchors)

    def _named(
        self, ledger: Reading, answer: object, reader: Reader | None = None, *, must: bool = False
    ) -> Plain:
        """Write an answer with the names that its reader, or another, may see of its parties."""
        to = self._reader if reader is None else reader
        names_of = partial(self._disclosing.names_in, ledger.view, to, must=must)
        return with_names(to_wire(answer), names_of)

    @property
    def anchored(self) -> Anchored | None:
        """How far the log is anchored for good; None where the ledger has no chain."""
        return None if self._anchors is None else self._anchors.anchored

    def now_ms(self) -> int:
        """Return the time by which questions are answered, in milliseconds."""
        return self._clock()

    def reader(self, signer: Address) -> Reader | None:
        """Return the reader that an address is now, or None when it may not sign in."""
        with self._read() as ledger:
            return reader_of(ledger.view, signer, ledger.now_ms)

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
        return self.answer(question, {**texts, **in_path}, self._reader)

    def answer(self, question: Question, given: Mapping[str, str], reader: Reader) -> Plain:
        """Answer a question with the texts of its parameters; raises as :meth:`ask` does.

        Raises:
            SignInNeeded: a stranger may not ask it; whatever is asked about, and in whatever form.

        """
        is_for_everyone = question.access_when(given) == "everyone"
        if reader.sort == "stranger" and not is_for_everyone:
            raise SignInNeeded("sign in to ask this")
        # What is for everyone is answered to everyone alike.
        asked = self if is_for_everyone else self._asked_by(reader)
        return getattr(asked, question.name)(**question.arguments(given))

    def _asked_by(self, reader: Reader) -> Answers:
        asked = copy(self)  # what is kept between questions is shared
        asked._reader = reader  # noqa: SLF001 - one of its own class
        return asked

    # -- the ledger --------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether every party may read everything: the charter's mode is open."""
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
            return self._named(ledger, people.charter(ledger))

    def checkpoint(self) -> Plain:
        """Answer with the last checkpoint."""
        with self._read() as ledger:
            return to_wire(log.checkpoint(ledger))

    def chain(self) -> Plain:
        """Answer where checkpoints are anchored, and how that goes."""
        with self._read() as ledger:
            return to_wire(log.chain(ledger))

    def anchors(self, after: int = 0, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer which checkpoints are anchored on a chain."""
        with self._read() as ledger:
            return to_wire(log.anchors(ledger, after, limit, cursor))

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

    def record(self, subject: str, through: str | None = None) -> Plain:
        """Answer with one record."""
        record_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, log.record(ledger, record_id, later))

    def typed_data(self, kind: str) -> Plain:
        """Answer what a wallet signs for a record of a kind."""
        with self._read() as ledger:
            return to_wire(typed_data(kind, ledger.charter.ledger_id))

    def descriptor(self, kind: str) -> Plain:
        """Return the ERC-7730 descriptor of a kind of record, bound to this ledger.

        Raises:
            Unknown: no kind has this name.

        """
        with self._read() as ledger:
            return descriptor(kind_named(kind), ledger.charter.ledger_id, ledger.charter.origin)

    def drafted(self, envelope: Envelope) -> Plain:
        """Answer what a draft says, and who has signed it; the same to everyone.

        Raises:
            Refused: ``signature-form`` or ``signature-count``.

        """
        with self._read() as ledger:
            return to_wire(drafted(ledger, envelope))

    def with_signature(self, envelope: Envelope, signature: bytes) -> Envelope:
        """Return a draft with one more signature; raises as :meth:`drafted` does."""
        with self._read() as ledger:
            return with_signature(envelope, ledger.charter.ledger_id, signature)

    # -- goods -------------------------------------------------------------------------------

    def parcel(self, subject: str, through: str | None = None) -> Plain:
        """Answer what the book says of a parcel."""
        parcel_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, parcels.parcel(ledger, parcel_id, later))

    def history(
        self,
        subject: str,
        limit: int | None = None,
        cursor: str = "",
        through: str | None = None,
    ) -> Plain:
        """Answer what was said of a parcel itself, the latest first."""
        parcel_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, parcels.history(ledger, parcel_id, limit, cursor, later))

    def story(
        self,
        subject: str,
        limit: int | None = None,
        cursor: str = "",
        through: str | None = None,
    ) -> Plain:
        """Answer what was said of a parcel and its ancestors, the latest first."""
        parcel_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, parcels.story(ledger, parcel_id, limit, cursor, later))

    def trace(
        self,
        subject: str,
        limit: int | None = None,
        cursor: str = "",
        through: str | None = None,
    ) -> Plain:
        """Answer which operations led to a parcel, and where its goods can be from."""
        parcel_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, tracing.trace(ledger, parcel_id, limit, cursor, later))

    def descendants(
        self,
        subject: str,
        limit: int | None = None,
        cursor: str = "",
        through: str | None = None,
    ) -> Plain:
        """Answer what became of a parcel's goods, the earliest first."""
        parcel_id, later = read_hash("id", subject), _read_through(through)
        with self._read() as ledger:
            return self._named(ledger, parcels.descendants(ledger, parcel_id, limit, cursor, later))

    def links(self, subject: str) -> Plain:
        """Answer which links to a parcel's page the reader may end."""
        return to_wire(self.linking.of(self._reader, read_hash("id", subject)))

    def link(self, token: str) -> Plain:
        """Answer what a link is that the reader may end."""
        return to_wire(self.linking.one(self._reader, read_token(token)))

    def stone(self, token: str) -> Plain:
        """Answer what anyone may see of a stone by its link."""
        named = read_token(token)
        parcel_id = self.linking.followed(named)
        with self._read() as ledger:
            made = self._stones.answer(
                named,
                ledger.as_of,
                lambda: stones.stone(ledger, parcel_id, token, self._library),
                day=ledger.now_ms // _DAY_MS,
            )
            # Anyone may see it: so are the names in it those that anyone may see.
            return self._named(ledger, made, STRANGER)

    # -- people and places -------------------------------------------------------------------

    def party(self, address: str, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer who an address is, and what it holds."""
        known = read_address("address", address)
        with self._read() as ledger:
            return self._named(ledger, people.party(ledger, known, limit, cursor))

    def parties(self, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer which parties there are, by address."""
        with self._read() as ledger:
            # Goods are sent by these names: one that is not there must not be taken for none.
            return self._named(ledger, people.parties(ledger, limit, cursor), must=True)

    def site(self, subject: str) -> Plain:
        """Answer what a site is, and what came from it."""
        site_id = read_hash("id", subject)
        with self._read() as ledger:
            return self._named(ledger, people.site(ledger, site_id))

    def sites(self, limit: int | None = None, cursor: str = "") -> Plain:
        """Answer which sites there are, by id."""
        with self._read() as ledger:
            return to_wire(people.sites(ledger, limit, cursor))


def _read_through(through: str | None) -> ParcelId | None:
    return None if through is None else read_hash("for", through)


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
]
