"""The desk of a ledger's own folder: its lock is held while it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from ledger.access import OPERATOR
from ledger.anchor.told import Anchors
from ledger.answers import Answers, read_token
from ledger.answers.wire import to_wire
from ledger.book import Book, Line, Reached, Status, as_anchored, size_needed
from ledger.config import Copy, LedgerFolder, open_copy, open_ledger, system_clock
from ledger.desk.asking import Desk, Plain
from ledger.desk.private import Act, dispose_of
from ledger.disclosing import Disclosing
from ledger.limits import DoorLimits
from ledger.reference import Library
from ledger.store.links import LinkStore
from ledger.values import Hash32, ParcelId, to_hex

AnchorNow: TypeAlias = Callable[[int, float], int]
"""Anchors so many entries, waits so many seconds for it, and returns how many are anchored."""


class LocalDesk(Desk):
    """Asks an open book, and hands in to it.

    Args:
        book: the book.
        links: links to stones' pages.
        anchors: what is told of anchors, if the ledger has any.
        anchor_now: anchors what was handed in, if the ledger has a chain.
        library: its files of reference tables.

    """

    def __init__(
        self,
        book: Book,
        links: LinkStore | None = None,
        anchors: Anchors | None = None,
        anchor_now: AnchorNow | None = None,
        library: Library | None = None,
    ) -> None:
        self._book = book
        self._anchor_now = anchor_now
        self._answers = Answers(book, system_clock, links=links, anchors=anchors, library=library)
        self._disclosing = Disclosing(book, book.private, system_clock)

    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API."""
        answer: Plain = self._answers.ask(path, **given)
        return answer

    def verdicts_by(self, raw: bytes, parcel: Hash32, **given: str | int) -> Plain:
        """Ask what a definition says that the ledger has not."""
        answer: Plain = self._answers.verdicts_by(raw, to_hex(parcel), **given)
        return answer

    def append(
        self, envelopes: Sequence[bytes], *, wait: Status = "checkpointed", atomic: bool = False
    ) -> list[Line]:
        """Hand envelopes in, and wait for what becomes of them; for an anchor a while."""
        of_book: Reached = "sequenced" if wait == "sequenced" else "checkpointed"
        lines = self._book.submit(envelopes, atomic=atomic, wait=of_book).result()
        if wait == "anchored" and self._anchor_now is not None:
            seconds = DoorLimits().anchored_seconds_max
            lines = as_anchored(lines, self._anchor_now(size_needed(lines), seconds))
        return list(lines)

    def private(self, record_id: Hash32) -> Plain:
        """Ask for the private fields of a record."""
        return self._disclosing.shown(OPERATOR, record_id)

    def dispose(self, record_id: Hash32, name: str, act: Act, party: str = "") -> None:
        """Show a private field to a party, or no longer; or erase it for ever."""
        dispose_of(self._disclosing, record_id, name, act, party)

    def mint_link(self, parcel: ParcelId) -> Plain:
        """Mint a link to a parcel's page."""
        minted: Plain = to_wire(self._answers.linking.mint(OPERATOR, parcel))
        return minted

    def end_link(self, parcel: ParcelId, token: str) -> None:
        """End a link to a parcel's page."""
        self._answers.linking.end(OPERATOR, parcel, read_token(token))


class CopyDesk(Desk):
    """Asks a copy that lacks the log's key; hands nothing in."""

    def __init__(self, copy: Copy, library: Library | None = None) -> None:
        self._copy = copy
        self._answers = Answers(copy, system_clock, links=copy.links, library=library)

    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API."""
        answer: Plain = self._answers.ask(path, **given)
        return answer

    def verdicts_by(self, raw: bytes, parcel: Hash32, **given: str | int) -> Plain:
        """Ask what a definition says that the ledger has not."""
        answer: Plain = self._answers.verdicts_by(raw, to_hex(parcel), **given)
        return answer

    def append(self, *_given: object, **_options: object) -> list[Line]:
        """Raise RefusesToStart: only who has the log's key takes records in."""
        raise self._copy.fault

    def private(self, _record_id: Hash32) -> Plain:
        """Raise RefusesToStart: a copy is made without private fields."""
        raise self._copy.fault

    def dispose(self, *_given: object, **_options: object) -> None:
        """Raise RefusesToStart likewise."""
        raise self._copy.fault

    def mint_link(self, _parcel: ParcelId) -> Plain:
        """Raise RefusesToStart: what a copy mints leads nowhere at the ledger itself."""
        raise self._copy.fault

    def end_link(self, *_given: object) -> None:
        """Raise RefusesToStart likewise."""
        raise self._copy.fault


@contextmanager
def local_desk(folder: LedgerFolder) -> Iterator[LocalDesk | CopyDesk]:
    """Open the desk of a folder whose lock is held.

    Raises:
        RefusesToStart: what is stored must be settled first.
        Damaged: a file is not what was written.

    """
    library = Library(folder.tables)
    if not folder.log_key.exists():
        with open_copy(folder) as copy:
            yield CopyDesk(copy, library)
        return
    with open_ledger(folder) as ledger, _anchors(folder, ledger.book) as anchors:
        now = partial(_anchor_now, folder, ledger.book)
        anchor_now = now if folder.settings().chain != "none" else None
        yield LocalDesk(ledger.book, ledger.stores.links, anchors, anchor_now, library)


def _anchor_now(folder: LedgerFolder, book: Book, size: int, seconds: float) -> int:
    from ledger.config.anchoring import anchor_now  # loaded here: most have no chain

    return anchor_now(folder, book, size, seconds)


@contextmanager
def _anchors(folder: LedgerFolder, book: Book) -> Iterator[Anchors | None]:
    """Open what the folder knows of its anchors; no chain is asked."""
    if not folder.anchors.exists():
        yield None
        return
    from ledger.config.anchoring import open_anchors  # loaded here: most have none

    with open_anchors(folder, book) as anchors:
        yield anchors
