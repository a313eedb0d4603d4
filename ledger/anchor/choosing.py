"""Which anchor comes next, signed over what the contract holds."""

from __future__ import annotations

from ledger.anchor.calls import Latest
from ledger.anchor.errands import AnchorSigner, sign_by, stated
from ledger.anchor.kept import Journal, KeptAnchor, Place
from ledger.anchor.watching import Log
from ledger.errors import Diverged
from ledger.limits import AnchorLimits
from ledger.signing.anchors import signer_of
from ledger.values import Hash32, to_hex


class Chooser:
    """Chooses for one ledger.

    Args:
        journal, log: what was signed, and what there is to sign.
        ledger_id: whose anchors these are.
        signer: speaks for the ledger.
        limits: when an anchor is due.

    """

    def __init__(
        self,
        journal: Journal,
        log: Log,
        ledger_id: Hash32,
        signer: AnchorSigner,
        limits: AnchorLimits,
    ) -> None:
        self._journal = journal
        self._log = log
        self._ledger_id = ledger_id
        self._signer = signer
        self._limits = limits
        self._asked_size = 0

    def ask(self) -> None:
        """Take what is published for due; any thread."""
        self._asked_size, _ = self._log.published()

    def choose(self, place: Place, latest: Latest, now: int) -> KeptAnchor | None:
        """Return the anchor that comes next; None where all is on the chain and nothing is due.

        Those that were signed come first, in the order of their sizes. One is signed anew where the
        contract holds something else than when it was signed.

        Raises:
            Diverged: the contract takes anchors of another key, or does not hold what the log
                continues, or another root of that size was signed.

        """
        if latest.anchor_key != self._signer.address:
            key, ours = to_hex(latest.anchor_key), to_hex(self._signer.address)
            raise Diverged(f"the contract takes anchors of {key}, not of {ours}")
        undone = [one for one in self._journal.unended(place) if one.size > latest.size]
        if not undone:
            size = self._due_size(place, latest, now)
            return None if size is None else self._signed(place, latest, size, now)
        first = undone[0]
        said = stated(self._log, self._ledger_id, place, latest, first.size)
        if said.root != first.statement.root:
            raise Diverged(f"another root of {first.size} entries was signed")
        is_good = bool(first.signature) and signer_of(said, first.signature) == self._signer.address
        return first if is_good else self._signed(place, latest, first.size, now)

    def _due_size(self, place: Place, latest: Latest, now: int) -> int | None:
        size, _ = self._log.published()
        fresh = size - latest.size
        if fresh <= 0:
            return None
        last = self._journal.last(place, "signed")
        is_late = last is None or now - last.signed_at >= self._limits.seconds
        is_asked = latest.size < self._asked_size
        return size if is_late or is_asked or fresh >= self._limits.entries else None

    def _signed(self, place: Place, latest: Latest, size: int, now: int) -> KeptAnchor:
        said = stated(self._log, self._ledger_id, place, latest, size)
        return KeptAnchor(said, sign_by(self._signer, said), "signed", now)
