"""Opening a copy without the log's key: it answers questions, and takes nothing in.

An auditor, or whoever keeps a copy, has no business with the key that signs checkpoints. What is
stored is checked as for a ledger that takes records, and nothing in it is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from ledger.book.starting import may_start
from ledger.config.clocks import system_clock
from ledger.config.folder import LedgerFolder
from ledger.config.opening import open_stores
from ledger.errors import RefusesToStart
from ledger.limits import LIMITS
from ledger.store.links import LinkStore
from ledger.store.protocol import CheckpointStore, Published, Store, View


@dataclass(frozen=True, slots=True)
class Copy:
    """A ledger that is only read.

    Attributes:
        log: its log.
        published: the last checkpoint that was signed.
        fault: why it takes nothing in.
        links: its links to stones' pages, which are read alone.
        private: no store: a copy is made without private fields.

    """

    log: Store
    published: Published
    fault: RefusesToStart
    links: LinkStore
    private: None = None

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view."""
        return self.log.view()


@contextmanager
def open_copy(folder: LedgerFolder) -> Iterator[Copy]:
    """Open a ledger's folder that has no log key, and whose lock is held.

    Raises:
        RefusesToStart: what is stored must be settled first, or no checkpoint was ever signed.
        Damaged: a file is not what was written.

    """
    with open_stores(folder) as stores:
        may_start(stores.log, stores.checkpoints, system_clock)
        fault = RefusesToStart(
            f"there is no log key in {folder.path}: this copy answers questions, and takes nothing "
            "in"
        )
        yield Copy(stores.log, _last_signed(stores.checkpoints), fault, stores.links)


def _last_signed(checkpoints: CheckpointStore) -> Published:
    """Return the last claim whose note is kept: a crash may have left the last one without."""
    signed: Published | None = None
    after = -1
    while page := checkpoints.claims(after, LIMITS.page_rows):
        after = page[-1].size
        signed = next((claim for claim in reversed(page) if claim.note is not None), signed)
    if signed is None:
        raise RefusesToStart("no checkpoint of this ledger was ever signed")
    return signed
