"""Anchoring as the settings want it: the chain, the journal, the worker; adapters on demand.

A ledger whose settings name no chain has none of this, and imports none of it. The worker runs
beside the book, never in its way: it reads what is published, and asks the chain in its own thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ledger import merkle
from ledger.anchor.artifacts import contract
from ledger.anchor.errands import Founding
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.mirror import Mirror
from ledger.anchor.mirror_queue import Records
from ledger.anchor.mirroring import creation_of
from ledger.anchor.protocol import Chain
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.told import Anchors
from ledger.anchor.watching import contradiction
from ledger.anchor.worker import Worker
from ledger.book import Book
from ledger.canonical import read_envelope
from ledger.config.chain_keys import check_local_chain, read_chain_key, read_or_make_chain_key
from ledger.config.clocks import system_clock
from ledger.config.folder import LedgerFolder
from ledger.config.settings import GWEI, Settings
from ledger.custody import charter_of
from ledger.errors import BadQuestion, Damaged, Diverged, RefusesToStart, Unavailable
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits, MirrorLimits
from ledger.merkle import node_from_tiles
from ledger.records import Charter
from ledger.signing import keccak
from ledger.store.protocol import View
from ledger.values import ADDRESS_BYTES, NO_ADDRESS, Address, Hash32, from_hex

_log = logging.getLogger(__name__)
ANCHOR_KEY: Final = "the anchor key"
SUBMITTER_KEY: Final = "the submitting key"
MIRROR_ALLOWED: Final = "allowed"
LOCAL_GAS_MAX: Final = 200_000_000
"""The most gas of a mirrored record on a local chain, whose blocks have room for any."""

LOCAL_BYTES_MAX: Final = 1_000_000
_LOOK_SECONDS: Final = 0.5
LOCAL_SECONDS: Final = 5
"""How long an entry waits at most on a local chain, where anchors cost nothing but time."""


@dataclass(frozen=True, slots=True)
class Anchoring:
    """A ledger's anchoring, open; whoever starts the worker leaves the chain to it."""

    chain: Chain
    journal: SqliteJournal
    worker: Worker
    anchors: Anchors


class BookLog:
    """What an open book shows to the worker that anchors it."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def published(self) -> tuple[int, Hash32]:
        """Return size and root of the last checkpoint."""
        published = self._book.published
        return published.size, published.root

    def root_at(self, size: int) -> Hash32:
        """Return the root of the first ``size`` entries."""
        with self._book.view() as view:
            return merkle.root(size, _nodes(view))

    def consistency(self, old_size: int, size: int) -> tuple[Hash32, ...]:
        """Return the proof that the log of ``size`` entries continues that of ``old_size``."""
        with self._book.view() as view:
            return merkle.consistency_proof(old_size, size, _nodes(view))

    def envelopes(self, start: int, stop: int) -> list[bytes]:
        """Return the envelopes of entries from ``start`` up to but not including ``stop``."""
        with self._book.view() as view:
            return [row.envelope for row in view.rows(start, stop)]

    def may_mirror(self) -> bool:
        """Tell whether the charter in force allows to mirror hand-overs."""
        with self._book.view() as view:
            charter = charter_of(view)
        return charter is not None and charter.mirror == MIRROR_ALLOWED


def _nodes(view: View) -> merkle.ReadNode:
    return partial(node_from_tiles, read_tile=view.read_tile)


def anchor_limits(settings: Settings) -> AnchorLimits:
    """Return when and how to anchor, as the settings say."""
    usual = AnchorLimits()
    seconds = LOCAL_SECONDS if settings.chain == "local" else usual.seconds
    return AnchorLimits(
        entries=settings.anchor_entries,
        seconds=settings.anchor_seconds or seconds,
        fee_wei_max=int(settings.anchor_fee_gwei_max * GWEI),
        confirmations=settings.anchor_confirmations,
        poll_seconds=1.0 if settings.chain == "local" else usual.poll_seconds,
        may_lag=settings.chain != "local",
    )


def mirror_limits(settings: Settings) -> MirrorLimits:
    """Return how much to mirror at a time, as the settings say."""
    if settings.chain == "local":
        return MirrorLimits(seconds=1, gas_max=LOCAL_GAS_MAX, bytes_max=LOCAL_BYTES_MAX)
    return MirrorLimits(seconds=anchor_limits(settings).seconds)


def check_mirror(settings: Settings, log: Records) -> None:
    """Check that hand-overs may be mirrored, if that is set.

    Raises:
        RefusesToStart: there is no chain, or the charter in force does not allow it.

    """
    if not settings.mirror:
        return
    if settings.chain == "none":
        raise RefusesToStart("mirror = true in the settings, and chain names none")
    if not log.may_mirror():
        raise RefusesToStart(
            "mirror = true in the settings, and the charter in force says mirror: forbidden; "
            "`adamant amend --mirror allowed` changes the charter"
        )


def open_chain(folder: LedgerFolder, settings: Settings, ledger_id: Hash32) -> Chain:
    """Open the chain that the settings name; the caller closes it.

    Raises:
        RefusesToStart: there is none, or what it needs is not installed.
        BadQuestion: its address or id is not said.
        Diverged: it is another chain than the one expected.

    """
    if settings.chain == "local":
        if not folder.local_chain.exists():
            raise RefusesToStart(f"{folder.local_chain} is missing: `adamant chain start` makes it")
        room, expected = _local_room(), local_chain_id(ledger_id)
        opened: Chain = room.LocalChain(folder.local_chain, system_clock, chain_id=expected)
        return opened
    if settings.chain == "node":
        from ledger.anchor.rpc import Node, RpcChain

        if not settings.chain_url or settings.chain_id is None:
            raise BadQuestion("chain_url, chain_id", "the node's address, and its chain's id")
        return RpcChain(Node(settings.chain_url, settings.chain_id))
    raise RefusesToStart('this ledger has no chain: `adamant chain start`, or chain = "node"')


def check_chain_file(folder: LedgerFolder, settings: Settings) -> tuple[Damaged, ...]:
    """Look at every byte of the chain in the folder, if that is the ledger's; return what is wrong.

    Raises:
        RefusesToStart: what it needs is not installed.

    """
    if settings.chain != "local" or not folder.local_chain.exists():
        return ()
    return tuple(_local_room().check_chain(folder.local_chain))


def make_local_chain(folder: LedgerFolder, chain_id: int, funded: Address) -> Chain:
    """Make the chain in the folder, whose money one account has, and open it.

    Raises:
        RefusesToStart: there is one already, or what it needs is not installed.

    """
    room = _local_room()
    made: Chain = room.LocalChain.create(folder.local_chain, system_clock, chain_id, funded)
    return made


def check_no_chain_was_lost(folder: LedgerFolder, chain_id: int) -> None:
    """Check that no chain is made anew on which the journal knows of anchors.

    Raises:
        RefusesToStart: it does; the chain in the folder was lost.

    """
    if not folder.anchors.exists():
        return
    with closing(SqliteJournal(folder.anchors)) as journal:
        deployment = journal.deployment()
    if deployment is not None and deployment.place.chain_id == chain_id:
        raise RefusesToStart(
            f"{folder.anchors} knows of anchors on a chain that is not there any more: put "
            f"{folder.local_chain.name} back, or move {folder.anchors.name} away to begin anew"
        )


def local_chain_id(ledger_id: Hash32) -> int:
    """Return the id of the local chain of a ledger; raises as :func:`make_local_chain` does."""
    chain_id: int = _local_room().chain_id_of(ledger_id)
    return chain_id


def _local_room() -> Any:  # noqa: ANN401 - a module that is imported here alone
    check_local_chain()
    from ledger.anchor import local

    return local


@contextmanager
def open_anchors(folder: LedgerFolder, book: Book) -> Iterator[Anchors | None]:
    """Open what the folder knows of its anchors, without asking any chain; its lock is held."""
    if not folder.anchors.exists():
        yield None
        return
    with closing(SqliteJournal(folder.anchors)) as journal:
        doubt = contradiction(journal, BookLog(book), book.ledger_id)
        yield Anchors(journal, mirror=journal.mirror, doubt=doubt)


@contextmanager
def open_anchoring(
    folder: LedgerFolder, settings: Settings, book: Book, founding: Founding | None = None
) -> Iterator[Anchoring]:
    """Open a ledger's anchoring, whose folder is open; the worker is not started.

    Args:
        folder: the ledger.
        settings: its settings, which name a chain.
        book: what is anchored.
        founding: deploys the contract where there is none, and opens the ledger there.

    Raises:
        RefusesToStart: no chain is named, a key is missing, or an extra is not installed.
        BadQuestion: a setting has not its form.
        Damaged, StoreFailed: the journal, or the local chain.

    """
    log = BookLog(book)
    check_mirror(settings, log)
    check_anchor_key(book)
    speaker = read_chain_key(folder.anchor_key, ANCHOR_KEY)
    payer = read_or_make_chain_key(folder.submitter_key, SUBMITTER_KEY)
    with (
        closing(open_chain(folder, settings, book.ledger_id)) as chain,
        closing(open_journal(folder)) as journal,
    ):
        worker = Worker(
            chain,
            journal,
            log,
            book.ledger_id,
            SecretSigner(speaker.secret),
            KeySubmitter(payer.secret),
            anchor_limits(settings),
            contract=_address(settings.anchor_contract),
            code_hash=keccak(contract("CheckpointAnchor").code),
            first_block=settings.anchor_first_block,
            founding=founding,
            on_final=lambda anchor: anchors.anchored.reach(anchor.size),
            on_doubt=lambda: anchors.anchored.withdraw(),
            mirror=_mirror(settings, chain, journal, log, book, founding),
        )
        # There before the worker has told anything.
        anchors = Anchors(journal, worker.status, journal.mirror, worker.doubt)
        try:
            yield Anchoring(chain, journal, worker, anchors)
        finally:
            worker.close()


def _mirror(
    settings: Settings,
    chain: Chain,
    journal: SqliteJournal,
    log: BookLog,
    book: Book,
    founding: Founding | None,
) -> Mirror | None:
    if not settings.mirror:
        return None
    contract_there = _address(settings.mirror_contract)
    may_deploy = founding is not None and contract_there is None
    return Mirror(
        chain,
        journal,
        journal.mirror,
        log,
        book.ledger_id,
        anchor_limits(settings),
        mirror_limits(settings),
        contract=contract_there,
        creation=creation_of(book.ledger_id, founding.charter) if founding and may_deploy else b"",
    )


@contextmanager
def anchored(folder: LedgerFolder, settings: Settings, book: Book) -> Iterator[Anchors | None]:
    """Anchor a ledger for as long as this is open, if its settings name a chain."""
    if settings.chain == "none":
        check_mirror(settings, BookLog(book))
        with open_anchors(folder, book) as anchors:
            yield anchors
        return
    with open_anchoring(folder, settings, book) as anchoring:
        anchoring.worker.start()
        yield anchoring.anchors


def anchor_now(folder: LedgerFolder, book: Book, size: int, seconds: float) -> int:
    """Anchor what is published, and wait a while until so many entries are anchored for good.

    Whatever keeps it from being anchored is no fault of the records: it is left to who asks for
    the chain.

    Returns:
        How many entries are anchored for good.

    """
    try:
        with open_anchoring(folder, folder.settings(), book) as made:
            made.worker.ask()
            made.worker.start()
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                is_reached = made.anchors.anchored.wait(size, min(left, _LOOK_SECONDS))
                if is_reached or made.worker.status().condition in ("diverged", "failed"):
                    break
            return made.anchors.anchored.size
    except (RefusesToStart, BadQuestion, Unavailable, Diverged, Damaged) as error:
        _log.warning("not anchored: %s", error)
        return 0


def founding_of(book: Book) -> Founding:
    """Return what makes the anchor contract and opens the book's ledger there."""
    made = contract("CheckpointAnchor")
    return Founding(made.bytecode, made.code, _founded_by(book))


def _founded_by(book: Book) -> Charter:
    with book.view() as view:
        row = view.row(0)
    assert row is not None  # noqa: S101 - no book opens without its Charter
    charter = read_envelope(row.envelope).record
    assert isinstance(charter, Charter)  # noqa: S101 - likewise
    return charter


def check_anchor_key(book: Book) -> None:
    """Check that a contract can ever take anchors of a ledger.

    Raises:
        RefusesToStart: its Charter names no anchor key.

    """
    if _founded_by(book).what.anchor_key == NO_ADDRESS:
        raise RefusesToStart("this ledger's Charter names no anchor key: it can never be anchored")


def open_journal(folder: LedgerFolder) -> SqliteJournal:
    """Open the journal of anchors, or make it; the caller closes it."""
    path = folder.anchors
    return SqliteJournal(path) if path.exists() else SqliteJournal.create(path)


def _address(text: str) -> Address | None:
    said = from_hex(text, ADDRESS_BYTES)
    return None if said is None else Address(said)
