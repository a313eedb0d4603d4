"""Step 4 of the order of work: publish (``docs/order-of-work.md``).

The publisher trusts nothing that the writer remembers: it reads the entries again, recomputes the
root, proves that the log continues what was published, claims the head in the second store, and
only then signs. It never signs two heads that contradict each other; on any doubt it raises.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book.charters import keys_at
from ledger.book.helper import Helper
from ledger.book.rereading import Reread, prove_growth, root_at
from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.errors import Damaged, RefusesToStart
from ledger.records import Charter
from ledger.store.protocol import CheckpointStore, Published, Store, View
from ledger.store.stored import read_record
from ledger.values import Hash32


class Publisher:
    """Publishes what is sequenced; one thread at a time.

    Args:
        store: the ledger.
        checkpoints: the second store.
        signers: the log's keys; each checkpoint is signed by those that the charter then names.
        ledger_id: the ledger's id.

    """

    def __init__(
        self,
        store: Store,
        checkpoints: CheckpointStore,
        signers: Sequence[SignerKey],
        ledger_id: Hash32,
    ) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._signers = [(signer, signer.verifier_key) for signer in signers]
        self._ledger_id = ledger_id
        self._reread: Reread | None = None
        self._helper = Helper()

    def publish(self) -> Published:
        """Publish the log as it stands, and return what may be shown.

        Raises:
            Damaged: the log is not what it must be.
            RefusesToStart: the charter names none of our keys.
            HeadMoved: somebody else publishes this log.

        """
        with self._store.view_aside() as view:
            # 4.1 What was claimed last comes first: a claim without a kept note is signed and
            #     kept, if the log still has that root; then the log is at least that long.
            last = self._finish(view)
            # 4.2 A fresh view of what is durable; nothing new means nothing to do.
            head = view.head()
            if head.size < last.size:
                raise Damaged("truncated", f"entry {head.size}", f"{last.size} were published")
            # With nothing to sign too: a wrong key is to be found at the start, before a record.
            signers = self._signers_of(view, head.size)
            if (head.size, head.root) == (last.size, last.root):
                return last
            # 4.3 Read the new entries again; recompute chain, record roots and Merkle root.
            reread = self._start(view, last).go_on(view, head, self._ledger_id, self._helper)
            # 4.4 Prove that the log continues what was published.
            prove_growth(view, last.size, last.root, head.size, reread.frontier.root())
            claim = Published(head.size, reread.frontier.root(), None)
            origin = _origin(view)
        # 4.5 Claim the head durably in the second store, by compare-and-swap from the last claim:
        #     from here on no other head of this size will ever be signed.
        self._checkpoints.claim(last, claim.size, claim.root)
        # 4.6 Sign.
        note = _note(origin, claim, signers)
        # 4.7 Keep the note durably; only then may it be shown (4.8, by the book).
        self._checkpoints.keep(claim.size, note)
        self._reread = reread
        return Published(claim.size, claim.root, note)

    def close(self) -> None:
        """End the helper that reads again."""
        self._helper.close()

    def _finish(self, view: View) -> Published:
        last = self._checkpoints.latest()
        if last is None:
            raise Damaged("truncated", "checkpoint store", "it has no claim")
        if last.note is not None:
            return last
        if view.head().size < last.size or root_at(view, last.size) != last.root:
            raise Damaged("forked", f"checkpoint {last.size}", "the claimed head is not the log's")
        note = _note(_origin(view), last, self._signers_of(view, last.size))
        self._checkpoints.keep(last.size, note)
        return Published(last.size, last.root, note)

    def _start(self, view: View, last: Published) -> Reread:
        known = self._reread
        if known is None or known.frontier.size != last.size:
            known = Reread.load(view, last.size)
        if known.frontier.root() != last.root:
            raise Damaged("forked", f"checkpoint {last.size}", "the log has another root there")
        return known

    def _signers_of(self, view: View, size: int) -> list[SignerKey]:
        named = keys_at(view, size)
        signers = [signer for signer, key in self._signers if key in named]
        if not signers:
            raise RefusesToStart(
                f"the charter in force after {size} entries names none of the log's keys: "
                "start again with a key that it names"
            )
        return signers


def _origin(view: View) -> str:
    """Return the log's name from the Charter's own envelope, as no derived table can change it."""
    row = view.row(0)
    charter = read_record(0, row.envelope) if row else None
    if not isinstance(charter, Charter):
        raise Damaged("altered", "entry 0", "it is no Charter")
    return charter.what.origin


def _note(origin: str, claim: Published, signers: Sequence[SignerKey]) -> bytes:
    return sign_checkpoint(Checkpoint(origin, claim.size, claim.root), signers).encode()
