"""The desk: what anyone at work with a ledger can ask of it and hand in, wherever it lies."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from ledger.book import Answer, Line, Status
from ledger.desk.answering import AnotherAnswer, about
from ledger.desk.private import Act
from ledger.desk.reading import Reread, RereadInPart, hash_of, read_again, read_as_shown
from ledger.desk.referring import AsksForTables
from ledger.errors import BadQuestion, Damaged, Refusal, Refused, Unknown
from ledger.keys import Signer
from ledger.limits import LIMITS
from ledger.rules import touches
from ledger.values import Address, Hash32, ParcelId, to_hex

Plain = dict[str, Any]
"""An answer: JSON values by camelCase names, as the API gives them."""


class Desk(AsksForTables):
    """Asks and hands in; :class:`~ledger.desk.local.LocalDesk` or a remote one.

    The questions are named as in :class:`ledger.answers.Answers` and answered alike. All of them
    raise ``BadQuestion``, ``Unknown``, ``Refused`` (``sign-in-needed``) and ``Unavailable``, and
    :class:`~ledger.desk.answering.AnotherAnswer` when the answer is about something else.

    Attributes:
        is_remote: whether what it says is a server's word.

    """

    is_remote: ClassVar[bool] = False

    def read_by(self, signer: Callable[[], Signer | None]) -> None:
        """Read by a key where reading needs one: at a server.

        Args:
            signer: returns what signs in, or None if nothing does; called when a question needs
                it.

        """

    @property
    def reader(self) -> Address | None:
        """The key that signed in, if it is known which one did."""
        return None

    @abstractmethod
    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API, with the parameters of its query."""

    @abstractmethod
    def append(
        self, envelopes: Sequence[bytes], *, wait: Status = "checkpointed", atomic: bool = False
    ) -> list[Line]:
        """Hand envelopes in; one line for each says what became of it.

        Args:
            envelopes: canonical bytes, in the order in which they are to be sequenced.
            wait: what must be reached before the answer is given.
            atomic: whether all are accepted or none.

        Raises:
            BadQuestion: too many, or too large, at once.
            Unavailable: nothing was taken, or what became of it is unknown, as it says.

        """

    def private(self, record_id: Hash32) -> Plain:
        """Ask for the private fields of a record, as far as they are shown; each proves itself.

        That their root is the record's is for whoever reads the record to see.

        Raises:
            Unknown: there is none, or none that is shown here.

        """
        raise Unknown("private field", f"of {to_hex(record_id)} at this desk")

    def dispose(self, record_id: Hash32, name: str, act: Act, party: str = "") -> None:  # noqa: ARG002 - see below
        """Show a private field to a party (or ``everyone``), or no longer; or erase it for ever.

        Raises:
            Unknown: there is no such field of one's own here.

        """
        raise Unknown("private field", f"{name} of {to_hex(record_id)} at this desk")

    def hand_in(self, envelope: bytes, record_id: Hash32, wait: Status = "checkpointed") -> Answer:
        """Hand one envelope in, whose record has this id.

        Raises:
            Refused: it was not accepted.
            Unavailable: see :meth:`append`.
            AnotherAnswer: the answer is about another record; what became of this one is unknown.

        """
        (line,) = self.hand_in_all([envelope], [record_id], wait=wait)
        if isinstance(line, Refusal):
            raise Refused(line)
        assert isinstance(line, Answer)  # noqa: S101 - a single record has no other line
        return line

    def hand_in_all(
        self,
        envelopes: Sequence[bytes],
        record_ids: Sequence[Hash32],
        *,
        wait: Status = "checkpointed",
        atomic: bool = False,
    ) -> list[Line]:
        """Hand envelopes in, whose records have these ids; see :meth:`append`.

        Raises:
            AnotherAnswer: a line is about another record; what became of all of them is unknown.

        """
        lines = self.append(envelopes, wait=wait, atomic=atomic)
        for line, record_id in zip(lines, record_ids, strict=True):
            if isinstance(line, Answer) and line.record_id != record_id:
                raise AnotherAnswer("record", to_hex(record_id), to_hex(line.record_id))
        return lines

    # -- the ledger --------------------------------------------------------------------------

    def status(self) -> Plain:
        """Ask what the ledger is, and how far it has come."""
        return self.ask("/v1/status")

    def charter(self) -> Plain:
        """Ask which charter values are in force."""
        return self.ask("/v1/charter")

    def checkpoint(self) -> Plain:
        """Ask for the last checkpoint."""
        return self.ask("/v1/checkpoint")

    def entry(self, index: int) -> Plain:
        """Ask for one line of the log."""
        answer = self.ask(f"/v1/entries/{index}")
        about(answer, "entry", index=index)
        return answer

    def read(self, record_id: Hash32, ledger_id: Hash32, through: Hash32 | None = None) -> Reread:
        """Ask for one record, and read it again here.

        Args:
            record_id: which.
            ledger_id: the ledger that it was signed for.
            through: a later parcel of the same goods, by which to ask.

        Raises:
            Damaged: what came is no record of this ledger.

        """
        return read_again(self._ask_record(record_id, through), record_id, ledger_id)

    def read_as_shown(
        self, record_id: Hash32, ledger_id: Hash32, through: Hash32 | None = None
    ) -> Reread | RereadInPart:
        """Ask for one record, and read it again here as far as it is shown; see :meth:`read`."""
        return read_as_shown(self._ask_record(record_id, through), record_id, ledger_id)

    def record(self, record_id: Hash32, ledger_id: Hash32, through: Hash32 | None = None) -> Plain:
        """Ask for one record, whole or in part, with what the ledger says of it; see :meth:`read`.

        Its status, and its index, are the desk's word; so is that no more of it may be shown.
        """
        answer = self._ask_record(record_id, through)
        read = read_as_shown(answer, record_id, ledger_id)
        signers = None if read.signers is None else [to_hex(signer) for signer in read.signers]
        about(
            answer,
            "record",
            recordedAtMs=read.at_ms,
            signers=signers,
            parcels=[to_hex(parcel) for parcel in touches(read.record, record_id)],
        )
        return answer

    def record_at(self, index: int, ledger_id: Hash32) -> Plain:
        """Ask for the record at an index; see :meth:`record`.

        Raises:
            Unknown: its line is there, and bears no id for this reader.

        """
        record_id = self.entry(index)["recordId"]
        if record_id is None:
            raise Unknown("record", f"at index {index} that this reader is shown by it")
        answer = self.record(hash_of(record_id), ledger_id)
        about(answer, "record", index=index)
        return answer

    def _ask_record(self, record_id: Hash32, through: Hash32 | None = None) -> Plain:
        more = {} if through is None else {"for": to_hex(through)}
        answer = self.ask(f"/v1/records/{to_hex(record_id)}", **more)
        about(answer, "record", recordId=to_hex(record_id))
        return answer

    def inclusion(self, index: int, size: int) -> Plain:
        """Ask for the proof that an entry is in the log."""
        answer = self.ask("/v1/proofs/inclusion", index=index, size=size)
        about(answer, "proof", index=index, size=size)
        return answer

    def chain(self) -> Plain:
        """Ask where the ledger's checkpoints are anchored, and how that goes."""
        return self.ask("/v1/chain")

    def anchors(self, after: int = 0) -> Iterator[Plain]:
        """Ask which checkpoints are recorded on a chain; yield them by size, from after one."""
        given = {"after": after} if after else {}
        for page in self._pages("/v1/anchors", "anchors", **given):
            yield from page["anchors"]

    # -- goods -------------------------------------------------------------------------------

    def parcel(self, parcel: Hash32) -> Plain:
        """Ask what the book says of a parcel."""
        answer = self.ask(f"/v1/parcels/{to_hex(parcel)}")
        about(answer, "parcel", parcelId=to_hex(parcel))
        return answer

    def history(self, parcel: Hash32) -> Iterator[Plain]:
        """Ask what was said of a parcel itself; yield page after page, the latest first."""
        return self._of_parcel(parcel, "history", "steps")

    def story(self, parcel: Hash32) -> Iterator[Plain]:
        """Ask what was said of a parcel and its ancestors; yield pages, the latest first."""
        return self._of_parcel(parcel, "story", "steps")

    def trace(self, parcel: Hash32) -> Iterator[Plain]:
        """Ask which operations led to a parcel, and where its goods can be from; yield pages."""
        return self._of_parcel(parcel, "trace", "operations")

    def descendants(self, parcel: Hash32) -> Iterator[Plain]:
        """Ask what became of a parcel's goods; yield pages, the earliest first."""
        for page in self._pages(f"/v1/parcels/{to_hex(parcel)}/descendants", "operations"):
            about(page["parcel"], "parcel", parcelId=to_hex(parcel))
            yield page

    def recalls(self, **given: str | int) -> Iterator[Plain]:
        """Ask what goods went into; yield pages, the earliest first, some of them without a row."""
        return self._of_recall("/v1/recalls", given)

    def rejudged(self, **given: str | int) -> Iterator[Plain]:
        """Ask on which recalled goods a verdict is another; yield pages, as :meth:`recalls`."""
        return self._of_recall("/v1/recalls/verdicts", given)

    def _of_recall(self, path: str, given: Mapping[str, str | int]) -> Iterator[Plain]:
        for page in self._pages(path, "", **{"limit": LIMITS.page_rows_max, **given}):
            for name in ("parcel", "site", "party"):
                if name in given:
                    about(page, "recall", beginsWith=name, subject=str(given[name]))
            yield page

    def stone(self, token: str) -> Plain:
        """Ask what anyone may see of a stone by its link; whose link it is, is the desk's word.

        Raises:
            LinkEnded: the link was ended.

        """
        answer = self.ask(f"/stones/{token}.json")
        about(answer, "stone", token=token)
        return answer

    # -- borders and definitions -------------------------------------------------------------

    def certificate(self, subject: str) -> Plain:
        """Ask about a certificate by its record's id, or its number as the ledger writes it."""
        answer = self.ask(f"/v1/certificates/{quote(subject, safe='')}")
        member = "certificateId" if subject.startswith("0x") else "number"
        about(answer, "certificate", **{member: subject})
        return answer

    def verdicts(self, parcel: Hash32, **given: str | int) -> Plain:
        """Ask what the definitions say of a parcel, with the parameters of the query."""
        answer = self.ask(f"/v1/parcels/{to_hex(parcel)}/verdicts", **given)
        about(answer, "parcel", parcelId=to_hex(parcel))
        return answer

    def verdicts_by(self, raw: bytes, parcel: Hash32, **given: str | int) -> Plain:  # noqa: ARG002 - see below
        """Ask what a definition says that no ledger has; where the ledger's own files are.

        Raises:
            BadQuestion: it is asked of a server.

        """
        raise BadQuestion("--file", "a ledger's folder: a server judges by its own files alone")

    def definitions(self) -> Plain:
        """Ask by which definitions goods are judged."""
        return self.ask("/v1/definitions")

    # -- links -------------------------------------------------------------------------------

    def links(self, parcel: Hash32) -> list[Plain]:
        """Ask which links to a parcel's page one may end, the earliest first."""
        answer = self.ask(f"/v1/parcels/{to_hex(parcel)}/links")
        about(answer, "parcel", parcelId=to_hex(parcel))
        found: list[Plain] = answer["links"]
        return found

    def link(self, token: str) -> Plain:
        """Ask whose page a link leads to that one may end."""
        answer = self.ask(f"/v1/links/{token}")
        about(answer, "link", token=token)
        return answer

    def mint_link(self, parcel: ParcelId) -> Plain:
        """Mint a link to the page of a parcel that one holds.

        Raises:
            Unknown: there is no such parcel here.
            Refused: ``not-yours``: another holds it.
            BadQuestion: it has as many links as it can have.

        """
        raise Unknown("parcel", f"{to_hex(parcel)} at this desk")

    def end_link(self, parcel: ParcelId, token: str) -> None:  # noqa: ARG002 - see above
        """End a link to a parcel's page, for ever; again changes nothing.

        Raises:
            Unknown: there is no such link that is one's own to end.

        """
        raise Unknown("parcel", f"{to_hex(parcel)} at this desk")

    # -- people and places -------------------------------------------------------------------

    def party(self, address: Address) -> Plain:
        """Ask who an address is; with the first page of what it holds."""
        answer = self.ask(f"/v1/parties/{to_hex(address)}")
        about(answer, "party", address=to_hex(address))
        return answer

    def parties(self) -> Iterator[Plain]:
        """Ask which parties there are; yield pages, by address, with the names shown here."""
        return self._pages("/v1/parties", "parties")

    def parcels_of(self, address: Address) -> Iterator[Plain]:
        """Ask what a party holds and what is offered to it; yield parcels, the oldest first."""
        for page in self._pages(f"/v1/parties/{to_hex(address)}", "parcels"):
            about(page, "party", address=to_hex(address))
            yield from page["parcels"]

    def site(self, site: Hash32) -> Plain:
        """Ask what a site is, and what came from it."""
        answer = self.ask(f"/v1/sites/{to_hex(site)}")
        about(answer, "site", siteId=to_hex(site))
        return answer

    def sites(self) -> Iterator[Plain]:
        """Ask which sites there are; yield them by id."""
        for page in self._pages("/v1/sites", "sites"):
            yield from page["sites"]

    def _of_parcel(self, parcel: Hash32, question: str, rows: str) -> Iterator[Plain]:
        for page in self._pages(f"/v1/parcels/{to_hex(parcel)}/{question}", rows):
            about(page, "parcel", parcelId=to_hex(parcel))
            yield page

    def _pages(self, path: str, rows: str, **given: str | int) -> Iterator[Plain]:
        """Yield page after page of a question.

        Args:
            path: the question's.
            rows: the member of a page that holds what is asked for; "" if that may be nothing.
            given: what else is asked of each page.

        Raises:
            Damaged: the pages come to no end.

        """
        page = self.ask(path, **given)
        yield page
        cursors: set[str] = set()
        while cursor := page.get("cursor"):
            is_new = bool(not rows or page[rows]) and cursor not in cursors
            if not is_new or len(cursors) == LIMITS.answer_pages_max:
                raise Damaged("duplicate", f"the pages of {path}", "they come to no end")
            cursors.add(cursor)
            page = self.ask(path, **given, cursor=cursor)
            yield page
