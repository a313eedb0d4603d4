"""Who is to be believed: from the Charter, by its governors, to the keys that sign checkpoints.

1. The Charter is at index 0, its id is the ledger's, and every governor that it names signed it.
2. An Amendment counts if it is signed by exactly as many governors of the charter before it as that
   one asks.
3. The checkpoint is signed by a key of the charter in force at its size.
4. It proves the Charter and every Amendment that it covers; a later one is not in force in it.

An Amendment that the desk leaves out stays unseen.
"""

from __future__ import annotations

from ledger.checkpoint import VerifierKey, open_checkpoint
from ledger.desk.asking import Desk
from ledger.desk.reading import Reread, hash_of
from ledger.desk.rereading import Reader
from ledger.desk.speakers import Speakers
from ledger.errors import BadQuestion, Damaged, ProofError
from ledger.records import Amendment, Charter
from ledger.values import NO_HASH, Hash32


class Founding:
    """Opens what a desk's ledger rests on, and notes what does not hold.

    Args:
        desk: who is asked.
        reader: reads and proves.
        speakers: learns which charter was in force where.

    """

    def __init__(self, desk: Desk, reader: Reader, speakers: Speakers) -> None:
        self._desk = desk
        self._reader = reader
        self._speakers = speakers
        self._checked = reader.checked

    def holds(self, pinned: Hash32 | None) -> bool:
        """Check the Charter, the amendments and the checkpoint; False when nothing rests on them.

        Args:
            pinned: the id that the ledger must have; without it, that of the Charter given.

        """
        charter = self._charter(pinned)
        if charter is None:
            return False
        self._speakers.seat(charter)
        charters = [charter, *self._amendments(charter)]
        self._checked.mode = charters[-1].record.what.mode
        return self._lay_on_checkpoint(charters)

    def _charter(self, pinned: Hash32 | None) -> Reread | None:
        place = "entry 0"
        try:
            said = hash_of(self._desk.entry(0)["recordId"])
        except Damaged as error:
            self._reader.doubt(place, str(error))
            return None
        charter = self._reader.read(said, NO_HASH)
        if charter is None or not isinstance(charter.record, Charter) or charter.index:
            self._reader.doubt(place, "it is no Charter")
            return None
        self._checked.ledger_id = charter.record_id
        self._checked.origin = charter.record.what.origin
        self._checked.is_pinned = pinned is not None
        if pinned not in (None, charter.record_id):
            self._reader.doubt(place, "this is another ledger than the one that was asked for")
            return None
        if charter.signed.signers != charter.record.who.governors:
            self._reader.doubt(place, "not every governor has signed the Charter")
            return None
        return charter

    def _amendments(self, charter: Reread) -> list[Reread]:
        """Return the amendments, the first one first, as far as each is signed as it must be."""
        counting: list[Reread] = []
        for read in self._amendments_told(charter):
            if self._speakers.governors_of(read) is None:
                self._reader.doubt(
                    read.place,
                    "an amendment that is not signed by exactly the governors that it needs",
                )
                break
            counting.append(read)
            self._speakers.seat(read)
        return counting

    def _amendments_told(self, charter: Reread) -> list[Reread]:
        head = hash_of(self._desk.charter()["head"])
        told = self._reader.follow(head, charter.record_id, _is_amendment)
        if told is None:
            self._reader.doubt("charter", "the amendments do not lead back to the Charter")
        return told or []

    def _lay_on_checkpoint(self, charters: list[Reread]) -> bool:
        answer = self._desk.checkpoint()
        size = answer["size"]
        # The keys of a checkpoint are those of the charter as it stood after that many entries.
        covered = [read for read in charters if read.index < max(size, 1)]
        try:
            keys = [VerifierKey.parse(key) for key in covered[-1].record.what.checkpoint_keys]
            opened = open_checkpoint(answer["note"].encode(), keys).checkpoint
        except (ProofError, BadQuestion, UnicodeEncodeError) as error:
            self._reader.doubt("checkpoint", str(error))
            return False
        if opened.size != size or opened.origin != self._checked.origin:
            self._reader.doubt(
                "checkpoint", "its note says something else than the answer around it"
            )
            return False
        self._reader.lay_on(opened)
        self._speakers.unseat_from(size)
        proved = [self._reader.prove(read) for read in covered]
        return all(proved)


def _is_amendment(read: Reread) -> bool:
    return isinstance(read.record, Amendment)
