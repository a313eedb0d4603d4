"""Opening a ledger for an audit: every byte of its files first, then what can still be opened."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ledger.config.folder import LedgerFolder
from ledger.errors import Damaged, RefusesToStart, StoreFailed
from ledger.store.checkpoints import MemoryCheckpoints, SqliteCheckpoints
from ledger.store.protocol import CheckpointStore, Store
from ledger.store.sqlite import CHECKPOINTS, LOG, SqliteStore, check_all


@dataclass(frozen=True, slots=True)
class UnderAudit:
    """What an audit reads, and an empty store in which it makes the ledger again.

    Attributes:
        log: the log; None when it is too damaged to be opened.
        checkpoints: the second store; an empty one in its place when it cannot be opened.
        scratch: empty, and gone when the audit is.
        faults: what the bytes of the files, and opening them, showed already.

    """

    log: Store | None
    checkpoints: CheckpointStore
    scratch: Store
    faults: tuple[Damaged, ...]


@contextmanager
def open_for_audit(folder: LedgerFolder) -> Iterator[UnderAudit]:
    """Look at every byte of a ledger's files, then open them, whose lock is held.

    The log's key is looked at if it is there; an auditor's copy has none.
    """
    faults = _faults_of_key(folder)
    # As bytes first: opening a store settles what a crash left behind.
    for path, layout in ((folder.log, LOG), (folder.checkpoints(), CHECKPOINTS)):
        faults += check_all(path, layout)
    with tempfile.TemporaryDirectory(prefix="adamant-audit-") as aside, ExitStack() as opened:
        scratch = opened.enter_context(closing(SqliteStore.create(Path(aside) / "log.db")))
        log = _open_or_note(folder.log, SqliteStore, opened, faults)
        checkpoints = _open_or_note(folder.checkpoints(), SqliteCheckpoints, opened, faults)
        distinct = {str(fault): fault for fault in faults}.values()
        yield UnderAudit(log, checkpoints or MemoryCheckpoints(), scratch, tuple(distinct))


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


def _faults_of_key(folder: LedgerFolder) -> list[Damaged]:
    if not folder.log_key.exists():
        return []
    try:
        folder.read_log_keys()
    except RefusesToStart as refused:
        return [Damaged("altered", folder.log_key.name, str(refused))]
    return []
