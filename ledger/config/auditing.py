"""Opening a ledger for an audit: every byte of its files first, then what can still be opened."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ledger.anchor.journal import ANCHORS
from ledger.book.charters import keys_at
from ledger.checkpoint import VerifierKey
from ledger.config.folder import LedgerFolder
from ledger.database import check_all, check_unused
from ledger.errors import AdamantError, Damaged, RefusesToStart, StoreFailed, Unavailable
from ledger.reference import Library, Shelf
from ledger.store.checkpoints import MemoryCheckpoints, SqliteCheckpoints
from ledger.store.protocol import CheckpointStore, Store
from ledger.store.sqlite import CHECKPOINTS, LINKS, LOG, PRIVATE, SqliteStore
from ledger.values import Hash32

NAME_THE_COPY: Final = "a copy of the ledger needs a copy of it, named by ADAMANT_CHECKPOINTS"


@dataclass(frozen=True, slots=True)
class UnderAudit:
    """What an audit reads, and an empty store in which it makes the ledger again.

    Attributes:
        log: the log; None when it is too damaged to be opened.
        checkpoints: the second store; an empty one in its place when it cannot be opened.
        scratch: empty, and gone when the audit is.
        faults: what the bytes of the files, and opening them, showed already.
        missing_tables: (name, SHA-256) of the reference tables that a charter names and that are
            neither in the folder nor in the package: no fault of the log, which never read them.

    """

    log: Store | None
    checkpoints: CheckpointStore
    scratch: Store
    faults: tuple[Damaged, ...]
    missing_tables: tuple[tuple[str, Hash32], ...] = ()


@contextmanager
def open_for_audit(folder: LedgerFolder) -> Iterator[UnderAudit]:
    """Look at every byte of a ledger's files, then open them, whose lock is held.

    The log's key is looked at if it is there; an auditor's copy has none.

    Raises:
        Unavailable: somebody works with the second store. The settings of a folder that was copied
            may still name that of the living ledger, which no lock of the copy guards.

    """
    second = folder.checkpoints()
    try:
        check_unused(second)
    except Unavailable as error:
        raise Unavailable(f"{error}; {NAME_THE_COPY}") from None
    faults: list[Damaged] = []
    # As bytes first: opening a store settles what a crash left behind.
    for path, layout in ((folder.log, LOG), (second, CHECKPOINTS)):
        faults += check_all(path, layout)
    # There is none before the first private field, link or anchor, nor in an auditor's copy.
    files = ((folder.private(), PRIVATE), (folder.links, LINKS), (folder.anchors, ANCHORS))
    for path, layout in files:
        if path.exists():
            faults += check_all(path, layout)
    faults += Shelf(folder.tables).faults()
    with tempfile.TemporaryDirectory(prefix="adamant-audit-") as aside, ExitStack() as opened:
        scratch = opened.enter_context(closing(SqliteStore.create(Path(aside) / "log.db")))
        log = _open_or_note(folder.log, SqliteStore, opened, faults)
        faults += _faults_of_key(folder, log)
        checkpoints = _open_or_note(second, SqliteCheckpoints, opened, faults)
        distinct = {str(fault): fault for fault in faults}.values()
        second_store = checkpoints or MemoryCheckpoints()
        missing = _missing_tables(folder, log)
        yield UnderAudit(log, second_store, scratch, tuple(distinct), missing)


Closes = TypeVar("Closes", SqliteStore, SqliteCheckpoints)


def _open_or_note(
    path: Path, open_file: Callable[[Path], Closes], opened: ExitStack, faults: list[Damaged]
) -> Closes | None:
    try:
        return opened.enter_context(closing(open_file(path)))
    except Damaged as damage:
        faults.append(damage)
    except (RefusesToStart, StoreFailed) as refused:
        faults.append(Damaged("altered", path.name, str(refused)))
    return None


def _faults_of_key(folder: LedgerFolder, log: Store | None) -> list[Damaged]:
    if not folder.log_key.exists():
        return []
    try:
        held = {key.verifier_key for key in folder.read_log_keys()}
    except RefusesToStart as refused:
        return [Damaged("altered", folder.log_key.name, str(refused))]
    named = _named_keys(log)
    if named and not held.intersection(named):
        detail = "it holds none of the keys that the charter names"
        return [Damaged("altered", folder.log_key.name, detail)]
    return []


def _named_keys(log: Store | None) -> tuple[VerifierKey, ...]:
    """Return the keys that sign the next checkpoint; none of a log whose faults are elsewhere."""
    if log is None:
        return ()
    try:
        with log.view() as view:
            return keys_at(view, view.head().size)
    except AdamantError:  # what is wrong there is found by the audit itself
        return ()


def _missing_tables(folder: LedgerFolder, log: Store | None) -> tuple[tuple[str, Hash32], ...]:
    if log is None:
        return ()
    try:
        with log.view() as view:
            return tuple(Library(folder.tables).missing(view))
    except AdamantError:  # likewise; an altered file is a fault already
        return ()
