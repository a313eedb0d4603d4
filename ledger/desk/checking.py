"""Finding out how much of a parcel's story proves itself, whoever told it.

What a desk answers is hearsay. From the Charter at index 0 on, this is checked here:

1. the Charter: signed by every governor that it names; its id is the ledger's;
2. the amendments since, back to it, each with the signatures its predecessor asks;
3. the checkpoint: signed by a key of the charter as it then stood;
4. each record: its signatures, its entry, the entry's proof of inclusion under that checkpoint;
5. the links: each record names the one before, back to a Registration, and makes its parcels' ids;
6. the weights: each step takes what the one before left, and gives no more than it takes.

Not checked here, and so the ledger's own word: that a signer had the role and the key in force,
bounds of origin, findings, and that nothing was said of the parcel since the last record shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.canonical import encode
from ledger.checkpoint import VerifierKey, open_checkpoint
from ledger.derivation import reread
from ledger.desk.asking import Desk
from ledger.desk.books import Books
from ledger.desk.checked import Checked, CheckedStep, Doubt
from ledger.entry import Entry
from ledger.errors import BadQuestion, Damaged, ProofError, Refused, Unknown
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.records import Amendment, Charter, Transformation, previous_of
from ledger.rules import touches
from ledger.signing import SignedRecord
from ledger.values import HASH_BYTES, NO_HASH, Hash32, ParcelId, from_hex, to_hex


@dataclass(frozen=True, slots=True)
class _Read:
    """A record as a desk gave it, read again: its place, its entry's bytes, and what it says."""

    index: int
    raw: bytes
    entry: Entry
    signed: SignedRecord


Told = Callable[[int], None]
"""Told how many records were read so far."""


def check_story(
    desk: Desk, parcel: ParcelId, pinned: Hash32 | None = None, told: Told | None = None
) -> Checked:
    """Check a parcel's story, from its mines to the last record that the desk tells.

    Args:
        desk: who tells it.
        parcel: whose story.
        pinned: the id that the ledger must have; without it, the one that the desk says is taken.
        told: told how far it is.

    Raises:
        Unknown: the desk knows no such parcel.
        Unavailable: the desk is away.

    """
    checker = _Checker(desk, told)
    # 1.-3. Who is to be believed, and the checkpoint.
    if not checker.found_ledger(pinned):
        return checker.checked
    # 4. Every record that the desk tells of, on its own.
    ids = [step["recordId"] for page in desk.story(parcel) for step in page["steps"]]
    reads = [checker.read(hash_of(text)) for text in dict.fromkeys(ids)]
    known = {Hash32(read.signed.record_id): read for read in reads if read}
    # 5. How they hang together: only what leads to this parcel is part of its story.
    head = hash_of(desk.parcel(parcel)["head"])
    parcels = checker.link(parcel, head, known)
    # 6. What they weigh.
    checker.weigh(parcels, known)
    return checker.checked


def hash_of(text: str) -> Hash32:
    """Return an id as a desk writes it; zeros, which no record has, for anything else."""
    return Hash32(from_hex(text, HASH_BYTES) or NO_HASH)


class _Checker:
    """Checks one story, and notes what it finds."""

    def __init__(self, desk: Desk, told: Told | None) -> None:
        self.checked = Checked()
        self._desk = desk
        self._told = told or (lambda _: None)
        self._reads = 0

    def _doubt(self, place: str, said: str) -> None:
        self.checked.doubts.append(Doubt(place, said))

    # -- 1. to 3. ----------------------------------------------------------------------------

    def found_ledger(self, pinned: Hash32 | None) -> bool:
        """Check the Charter, the amendments and the checkpoint; False when that fails."""
        charter = self._read(hash_of(self._desk.entry(0)["recordId"]), NO_HASH)
        if charter is None or not isinstance(charter.signed.record, Charter) or charter.index:
            self._doubt("entry 0", "it is no Charter")
            return False
        record = charter.signed.record
        self.checked.ledger_id = Hash32(charter.signed.record_id)
        self.checked.origin = record.what.origin
        if pinned not in (None, charter.signed.record_id):
            self._doubt("entry 0", "this is another ledger than the one that was asked for")
            return False
        if charter.signed.signers != record.who.governors:
            self._doubt("entry 0", "not every governor has signed the Charter")
            return False
        return self._open_checkpoint([charter, *self._amendments(charter)])

    def _amendments(self, charter: _Read) -> list[_Read]:
        """Return the amendments, the first one first, as far as they lead to the Charter."""
        chain: list[_Read] = []
        at = hash_of(self._desk.charter()["head"])
        while at != charter.signed.record_id:
            read = self._read(at, self.checked.ledger_id)
            if read is None or not isinstance(read.signed.record, Amendment):
                self._doubt("charter", "the amendments do not lead back to the Charter")
                return []
            chain.insert(0, read)
            at = read.signed.record.what.previous
        before = charter
        for read in chain:
            asked = before.signed.record.amounts.threshold
            if len(read.signed.signers) != asked:
                self._doubt(f"entry {read.index}", f"an amendment not signed by {asked} governors")
            before = read
        return chain

    def _open_checkpoint(self, charters: list[_Read]) -> bool:
        answer = self._desk.checkpoint()
        size = answer["size"]
        # The keys of a checkpoint are those of the charter as it stood after that many entries.
        in_force = [read for read in charters if read.index < max(size, 1)][-1]
        try:
            keys = [VerifierKey.parse(key) for key in in_force.signed.record.what.checkpoint_keys]
            opened = open_checkpoint(answer["note"].encode(), keys).checkpoint
        except (ProofError, BadQuestion, UnicodeEncodeError) as error:
            self._doubt("checkpoint", str(error))
            return False
        if opened.size != size or opened.origin != self.checked.origin:
            self._doubt("checkpoint", "its note says something else than the answer around it")
            return False
        self.checked.checkpoint = opened
        for read in charters:
            self._prove(read)
        return True

    # -- 4. ----------------------------------------------------------------------------------

    def read(self, record_id: Hash32) -> _Read | None:
        """Read one record of the story again; None, and a doubt, when it does not hold."""
        read = self._read(record_id, self.checked.ledger_id)
        if read is None:
            return None
        signers, author = read.signed.signers, read.signed.record.author
        self.checked.signatures += len(signers)
        self.checked.own_signatures += author in signers
        return read

    def _read(self, record_id: Hash32, ledger_id: Hash32) -> _Read | None:
        self._reads += 1
        self._told(self._reads)
        place = f"record {to_hex(record_id)}"
        try:
            answer = self._desk.record(record_id)
            index, raw = answer["index"], bytes.fromhex(answer["entry"].removeprefix("0x"))
            entry, signed = reread(index, raw, encode(answer["envelope"]), ledger_id)
        except (Damaged, Unknown, Refused) as error:
            self._doubt(place, str(error))
            return None
        except (TypeError, ValueError):  # no hex, or an envelope that JSON cannot be written of
            self._doubt(place, "the answer is not of its form")
            return None
        if signed.record_id != record_id:
            self._doubt(place, f"another record was given: {to_hex(signed.record_id)}")
            return None
        return _Read(index, raw, entry, signed)

    def _prove(self, read: _Read) -> bool:
        """Check that the checkpoint covers a record at its index; False when it does not yet."""
        checkpoint = self.checked.checkpoint
        if checkpoint is None or read.index >= checkpoint.size:
            return False
        try:
            answer = self._desk.inclusion(read.index, checkpoint.size)
            proof = [hash_of(text) for text in answer["proof"]]
            leaf = leaf_hash(read.raw)
            verify_inclusion(leaf, read.index, checkpoint.size, proof, checkpoint.root)
        except (ProofError, BadQuestion) as error:
            self._doubt(f"entry {read.index}", f"its proof does not hold: {error}")
            return False
        self.checked.proofs += 1
        return True

    # -- 5. and 6. ---------------------------------------------------------------------------

    def link(
        self, parcel: ParcelId, head: Hash32, known: Mapping[Hash32, _Read]
    ) -> dict[Hash32, list[ParcelId]]:
        """Follow the links from a parcel's last record back to its mines.

        Returns:
            For each record of the story, the parcels of it that the record makes or advances.

        """
        story: dict[Hash32, list[ParcelId]] = {}
        waiting = [(head, parcel)]
        while waiting:
            record_id, of = waiting.pop()
            told = story.setdefault(record_id, [])
            if of in told:
                continue
            told.append(of)
            read = known.get(record_id)
            if read is None:
                self._doubt(
                    f"record {to_hex(record_id)}", "the story lacks it, but a record names it"
                )
                continue
            record = read.signed.record
            if of not in touches(record, record_id):
                self._doubt(f"entry {read.index}", f"it does not move {to_hex(of)}")
                continue
            previous = previous_of(record, of)
            is_made = isinstance(record, Transformation) and of not in record.what.inputs
            goods = record.what.inputs if is_made else (of,) * len(previous)
            waiting += zip(previous, goods, strict=True)
        return story

    def weigh(self, story: Mapping[Hash32, list[ParcelId]], known: Mapping[Hash32, _Read]) -> None:
        """Replay the story in its order, proving each step and following the weights."""
        books, steps = Books(), []
        reads = sorted((known[at] for at in story if at in known), key=lambda read: read.index)
        time = 0
        for read in reads:
            record_id = Hash32(read.signed.record_id)
            fault = books.take(read.signed.record, record_id)
            if fault:
                self._doubt(f"entry {read.index}", fault)
            if read.entry.recorded_at_ms < time:
                self._doubt(f"entry {read.index}", "it is earlier than the step before it")
            time = read.entry.recorded_at_ms
            parcels = tuple(story[record_id])
            proved = self._prove(read)
            steps.append(CheckedStep(read.index, time, read.signed, parcels, proved))
        self.checked.steps = tuple(steps)
