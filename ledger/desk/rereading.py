"""Records as a desk gave them, read again here, each one once, and proved to be in the log.

What was read before there is a checkpoint to prove it under is owed a proof, and proved as soon as
there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ledger.checkpoint import Checkpoint
from ledger.desk.answering import AnotherAnswer
from ledger.desk.asking import Desk
from ledger.desk.checked import Checked, Doubt
from ledger.desk.reading import Reread, RereadInPart, hash_of
from ledger.errors import BadQuestion, Damaged, ProofError, Refused, Unknown
from ledger.limits import LIMITS
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.values import Hash32, to_hex

Told = Callable[[int], None]
"""Told how many records were read so far."""

Answered = TypeVar("Answered", bound=Reread | RereadInPart)
_Ask = Callable[[Hash32, Hash32, Hash32 | None], Answered]


class Reader:
    """Reads records of one desk again, and proves them.

    Args:
        desk: who gives them.
        checked: where doubts and proofs are noted.
        told: told how many were read.

    """

    def __init__(self, desk: Desk, checked: Checked, told: Told | None) -> None:
        self.checked = checked
        self._desk = desk
        self._told = told or (lambda _: None)
        self.through: Hash32 | None = None
        """The parcel by which what is upstream of it is asked for."""
        self._known: dict[Hash32, Reread | None] = {}
        self._shown: dict[Hash32, Reread | RereadInPart | None] = {}
        self._proved: dict[Hash32, bool] = {}
        self._owed: list[Reread | RereadInPart] = []

    def doubt(self, place: str, said: str) -> None:
        """Note something that does not prove itself."""
        self.checked.doubts.append(Doubt(place, said))

    # -- reading -----------------------------------------------------------------------------

    def read(self, record_id: Hash32, ledger_id: Hash32 | None = None) -> Reread | None:
        """Read a whole record again; None, and a doubt, when it is not what was asked for.

        Args:
            record_id: which record.
            ledger_id: which ledger it was signed for; the one that is checked if not said.

        """
        if record_id not in self._known:
            ledger = self.checked.ledger_id if ledger_id is None else ledger_id
            self._known[record_id] = self._read(self._desk.read, record_id, ledger)
            self._tell()
        return self._known[record_id]

    def read_as_shown(self, record_id: Hash32) -> Reread | RereadInPart | None:
        """Read a record of the story again, as far as it is shown; see :meth:`read`."""
        if record_id not in self._shown:
            ledger = self.checked.ledger_id
            self._shown[record_id] = self._read(self._desk.read_as_shown, record_id, ledger)
            self._tell()
        return self._shown[record_id]

    def _tell(self) -> None:
        self._told(len(self._known) + len(self._shown))

    def _read(self, ask: _Ask[Answered], record_id: Hash32, ledger_id: Hash32) -> Answered | None:
        place = f"record {to_hex(record_id)}"
        try:
            return self._read_for(ask, record_id, ledger_id)
        except AnotherAnswer as other:
            self.doubt(place, f"another record was given: {other.came}")
        except (Damaged, Unknown, Refused) as error:
            self.doubt(place, str(error))
        return None

    def _read_for(self, ask: _Ask[Answered], record_id: Hash32, ledger_id: Hash32) -> Answered:
        try:
            return ask(record_id, ledger_id, None)
        except Unknown:
            if self.through is None or not self._desk.is_remote:
                raise
            return ask(record_id, ledger_id, self.through)

    def follow(
        self, head: Hash32, end: Hash32, belongs: Callable[[Reread], bool]
    ) -> list[Reread] | None:
        """Read a chain again, from its last record back by what each names as ``previous``.

        Args:
            head: the chain's last record.
            end: the id at which it ends; the record of this id is not read.
            belongs: whether a record may be of this chain; it then has a ``previous``.

        Returns:
            The records, the first one first; None if the chain does not come to its end, or comes
            to a record that is no older than the one that names it.

        """
        chain: list[Reread] = []
        while head != end:
            read = self.read(head)
            if (
                read is None
                or len(chain) == LIMITS.chain_records_max
                or (chain and read.index >= chain[-1].index)
                or not belongs(read)
            ):
                return None
            chain.append(read)
            head = read.record.what.previous
        return chain[::-1]

    # -- proving -----------------------------------------------------------------------------

    def lay_on(self, checkpoint: Checkpoint) -> None:
        """Take the checkpoint that everything is proved under, and give the proofs owed."""
        self.checked.checkpoint = checkpoint
        owed, self._owed = self._owed, []
        for read in owed:
            self.prove(read)

    def prove(self, read: Reread | RereadInPart) -> bool:
        """Tell whether the checkpoint proves a record at its index; doubt it if not.

        Before there is a checkpoint the proof is owed, and True is returned.
        """
        checkpoint = self.checked.checkpoint
        if checkpoint is None:
            self._owed.append(read)
            return True
        if read.record_id not in self._proved:
            self._proved[read.record_id] = self._verify(read, checkpoint)
        return self._proved[read.record_id]

    def _verify(self, read: Reread | RereadInPart, checkpoint: Checkpoint) -> bool:
        if read.index >= checkpoint.size:
            self.doubt(
                read.place, "no checkpoint covers it yet: nothing proves that it is recorded"
            )
            return False
        try:
            answer = self._desk.inclusion(read.index, checkpoint.size)
            proof = [hash_of(text) for text in answer["proof"]]
            leaf = leaf_hash(read.raw)
            verify_inclusion(leaf, read.index, checkpoint.size, proof, checkpoint.root)
        except (ProofError, BadQuestion, Damaged) as error:
            self.doubt(read.place, f"its proof does not hold: {error}")
            return False
        self.checked.proofs += 1
        return True
