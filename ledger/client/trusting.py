"""Which checkpoint is believed: signed under the charter in force, and continuing the one before.

1. Nothing is asked while a dispute is open (:mod:`.remembering`).
2. The keys are those of the charter in force under the checkpoint, as :mod:`ledger.desk.founding`
   finds them from the pinned Charter on. It is looked for again whenever the charter's last record
   is another than the remembered one. Whoever may not read the charter keeps to the keys it has.
3. The note must be signed by one of these keys, and say what the answer around it says.
4. It must continue the remembered checkpoint, by a consistency proof. A smaller one than was
   remembered when it was asked for is a rollback; another root at the same size, or a proof that
   fails, is a fork: evidence is kept, the dispute is open, and nothing of it is believed.
5. What was remembered meanwhile, by another thread or process, is compared likewise.

A server that gives no consistency proof at all is not believed either, but proves nothing by that:
its error is raised as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from ledger import entry as entries
from ledger.answers.shapes import CheckpointAnswer, ConsistencyAnswer, InclusionAnswer
from ledger.checkpoint import Checkpoint, VerifierKey, open_checkpoint
from ledger.client.asking import Asking
from ledger.client.evidence import Evidence, Fault, checkpoint_in, continues
from ledger.client.exchange import Steps
from ledger.client.recalling import Recalling
from ledger.client.remembering import Dispute, Remembered, Trusted
from ledger.desk import Plain
from ledger.desk.answering import about
from ledger.desk.checked import Checked
from ledger.desk.founding import Founding
from ledger.desk.reading import hash_of
from ledger.desk.rereading import Reader
from ledger.desk.speakers import Speakers
from ledger.errors import Damaged, Forked, ProofError, Refused, RolledBack
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.values import Hash32, to_hex

_NOT_TOLD: Final = "sign-in-needed"
"""A trade ledger says so to a stranger; a party whose session has ended is to sign in again."""


class Trusting:
    """Believes checkpoints, and proves what is under them.

    Args:
        asking: asks the server.
        remembered: what is believed so far.

    """

    def __init__(self, asking: Asking, remembered: Remembered) -> None:
        self._asking = asking
        self._remembered = remembered

    @property
    def ledger_id(self) -> Hash32:
        """The ledger that is pinned."""
        return self._remembered.load().ledger_id

    def settled(self) -> Trusted:
        """Return what is believed.

        Raises:
            Forked: a fork that was seen is not settled.
            RolledBack: likewise a rollback.

        """
        trusted = self._remembered.load()
        if trusted.dispute is not None:
            raise _error(trusted.dispute)
        return trusted

    # -- believing a checkpoint --------------------------------------------------------------

    def checkpoint(self) -> Steps[CheckpointAnswer]:
        """Ask for the last checkpoint, and believe it or raise.

        Raises:
            ProofError: no key of the charter in force has signed it.
            Forked, RolledBack: it does not continue what was remembered.
            Damaged: the charter that the server gives is not signed or proved as it must be.
            AnotherAnswer: the note says something else than the answer around it.

        """
        before = self.settled()
        plain = yield from self._asking.plain("/v1/checkpoint", {})
        answer = self._asking.made(plain, CheckpointAnswer)
        keys, head = yield from self._keys(before, plain)
        opened = open_checkpoint(answer.note.encode(), [VerifierKey.parse(key) for key in keys])
        served = opened.checkpoint
        root = to_hex(served.root)
        about(plain, "checkpoint", origin=served.origin, size=served.size, root=root)
        yield from self._take_up(before, served, answer.note, keys, head)
        return answer

    def _take_up(
        self,
        before: Trusted,
        served: Checkpoint,
        note: str,
        keys: tuple[str, ...],
        head: Hash32,
    ) -> Steps[None]:
        """Lay a signed checkpoint beside what is remembered, and remember it if it is larger."""
        remembered = before
        while True:
            known = remembered.checkpoint
            if known is not None:
                if served.size < known.size and remembered is before:
                    self._dispute(remembered, "rolled-back", keys, note, None)
                proof = yield from self._proof(known, served)
                if not _fits(known, served, proof):
                    self._dispute(remembered, "forked", keys, note, proof)
                if served.size < known.size:
                    return
            after = replace(remembered, note=note, log_keys=keys, charter_head=head)
            if after == remembered or self._remembered.replace(remembered, after):
                return
            remembered = self.settled()

    def _proof(self, one: Checkpoint, other: Checkpoint) -> Steps[tuple[Hash32, ...] | None]:
        """Ask for the proof that the larger of two checkpoints continues the smaller, if needed."""
        old, new = sorted((one.size, other.size))
        if old in (0, new):
            return None
        query = {"from": str(old), "to": str(new)}
        plain = yield from self._asking.plain("/v1/proofs/consistency", query)
        about(plain, "proof", fromSize=old, toSize=new)
        return self._asking.made(plain, ConsistencyAnswer).proof

    def _dispute(
        self,
        before: Trusted,
        fault: Fault,
        keys: Sequence[str],
        served: str,
        proof: tuple[Hash32, ...] | None,
    ) -> None:
        """Keep the evidence, open the dispute, and raise."""
        known_keys = tuple(dict.fromkeys((*before.log_keys, *keys)))
        seen_at_ms = self._asking.now_ms()
        evidence = Evidence(
            fault, before.ledger_id, known_keys, before.note, served, proof, seen_at_ms
        )
        dispute = Dispute(evidence, self._remembered.keep(evidence))
        while not self._remembered.replace(before, replace(before, dispute=dispute)):
            before = self.settled()
        raise _error(dispute)

    # -- whose keys --------------------------------------------------------------------------

    def _keys(self, trusted: Trusted, checkpoint: Plain) -> Steps[tuple[tuple[str, ...], Hash32]]:
        """Return the keys that a checkpoint may be signed by, and the record they stand in."""
        try:
            charter = yield from self._asking.plain("/v1/charter", {})
        except Refused as refused:
            if refused.refusal.rule != _NOT_TOLD or not trusted.log_keys:
                raise
            return trusted.log_keys, trusted.charter_head
        head = hash_of(charter["head"])
        if trusted.log_keys and head == trusted.charter_head:
            return trusted.log_keys, head
        desk = Recalling()
        desk.tell("/v1/charter", charter)
        desk.tell("/v1/checkpoint", checkpoint)
        found = partial(_found, desk, trusted.ledger_id)
        checked = yield from desk.fetch(found, self._asking.plain)
        return _in_force(desk, checked, head, checkpoint)

    # -- proving -----------------------------------------------------------------------------

    def covering(self, index: int) -> Steps[Checkpoint]:
        """Return the remembered checkpoint, or a newer one, that covers an entry.

        Raises:
            ProofError: ``index``: no checkpoint covers it yet.

        """
        known = self.settled().checkpoint
        if known is None or known.size <= index:
            yield from self.checkpoint()
            known = self.settled().checkpoint
        if known is None or known.size <= index:
            raise ProofError("index", f"no checkpoint covers entry {index} yet")
        return known

    def inclusion(self, index: int) -> Steps[tuple[InclusionAnswer, Checkpoint]]:
        """Prove under a believed checkpoint which line stands at an index.

        Raises:
            ProofError: the proof does not hold.

        """
        checkpoint = yield from self.covering(index)
        size = checkpoint.size
        query = {"index": str(index), "size": str(size)}
        plain = yield from self._asking.plain("/v1/proofs/inclusion", query)
        about(plain, "proof", index=index, size=size)
        answer = self._asking.made(plain, InclusionAnswer)
        verify_inclusion(leaf_hash(answer.entry), index, size, answer.proof, checkpoint.root)
        return answer, checkpoint

    def prove(self, index: int, root: Hash32, recorded_at_ms: int) -> Steps[Checkpoint]:
        """Prove that the line at an index is the one of a record, written at a time.

        Args:
            index: where it is said to stand.
            root: the record's root in the log, computed here.
            recorded_at_ms: when it is said to be recorded.

        Raises:
            ProofError: it is not proved.

        """
        answer, checkpoint = yield from self.inclusion(index)
        line = entries.decode(answer.entry, f"entry {index}")
        if line.root != root or line.recorded_at_ms != recorded_at_ms:
            raise ProofError("root", f"entry {index} is the line of another record")
        return checkpoint


def _error(dispute: Dispute) -> Forked | RolledBack:
    evidence = dispute.evidence
    sort = Forked if evidence.fault == "forked" else RolledBack
    known, served = checkpoint_in(evidence.remembered), checkpoint_in(evidence.served)
    return sort(known.size, served.size, dispute.place)


def _fits(known: Checkpoint, served: Checkpoint, proof: Sequence[Hash32] | None) -> bool:
    if known.size == served.size:
        return known.root == served.root
    return proof is None or continues(known, served, proof)  # none is needed from size 0


def _found(desk: Recalling, ledger_id: Hash32) -> Checked:
    checked = Checked({})
    reader = Reader(desk, checked, None)
    Founding(desk, reader, Speakers(desk, reader)).holds(ledger_id)
    return checked


def _in_force(
    desk: Recalling, checked: Checked, head: Hash32, checkpoint: Plain
) -> tuple[tuple[str, ...], Hash32]:
    """Return the keys of the charter in force under a checkpoint, and the record they stand in."""
    for doubt in checked.doubts:
        if doubt.place != "checkpoint":
            raise Damaged("altered", doubt.place, doubt.said)
    # The chain was followed from its head back to the Charter, and is whole.
    read = desk.records[head]
    while read.record_id != checked.ledger_id and read.index >= checkpoint["size"]:
        read = desk.records[read.record.what.previous]
    for doubt in checked.doubts:
        keys = [VerifierKey.parse(key) for key in read.record.what.checkpoint_keys]
        open_checkpoint(checkpoint["note"].encode(), keys)  # says what is wrong with it, or:
        raise Damaged("altered", doubt.place, doubt.said)
    return read.record.what.checkpoint_keys, read.record_id
