"""Finding out how much of a parcel's story proves itself, whoever told it.

What a desk answers is hearsay. From the Charter at index 0 on, this is checked here:

1. the Charter: signed by every governor that it names; its id is the ledger's, and the pinned one;
2. the amendments since, back to it, each signed by exactly the governors that the one before asks;
3. the checkpoint: signed by a key of the charter as it then stood, and proving these charters;
4. each record: its entry, the entry's proof of inclusion under that checkpoint, and its signers:
   each is the first key of whom it speaks for (the address), or a later key or an agent that proved
   records show (:mod:`.speakers`);
5. the links: each record names the one before, back to a Registration, and makes its parcels' ids;
6. the weights: each step takes what the one before left, and gives no more than it takes;
7. what the desk says of the parcel: its weight, stones, code, label and custodian are those that
   the steps leave.

Whatever of it cannot be shown is a doubt, and a story with a doubt is not sound; so is a record
that no checkpoint covers yet, since anybody could write one that is in no log.

Not checked here, and so the ledger's own word: which ledger it is, if no id is pinned; the parcel's
state and country; that an author was admitted and had the role, and every rule but these; names of
sites, bounds of origin, findings; and that nothing was left out after the last record shown of the
parcel, of a key, of an agent or of the charter. ``adamant audit``, on a folder, checks all of it.

The parcel is asked about first, and the checkpoint after it: what is recorded meanwhile is no part
of the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.desk.asking import Desk
from ledger.desk.books import Books, Goods
from ledger.desk.checked import Checked, CheckedStep
from ledger.desk.founding import Founding
from ledger.desk.reading import Reread, hash_of
from ledger.desk.rereading import Reader, Told
from ledger.desk.speakers import Speakers
from ledger.records import Transformation, previous_of
from ledger.rules import touches
from ledger.values import Hash32, ParcelId, to_hex


def check_story(
    desk: Desk, parcel: ParcelId, pinned: Hash32 | None = None, told: Told | None = None
) -> Checked:
    """Check a parcel's story, from its mines to the last record that the desk tells.

    Args:
        desk: who tells it.
        parcel: whose story.
        pinned: the id that the ledger must have; without it, the one that the desk says is taken,
            and ``is_pinned`` is false.
        told: told how far it is.

    Raises:
        Unknown: the desk knows no such parcel.
        Unavailable: the desk is away.
        AnotherAnswer: it tells of another parcel.

    """
    checked = Checked(desk.parcel(parcel))
    reader = Reader(desk, checked, told)
    reader.through = parcel
    speakers = Speakers(desk, reader)
    # 1.-3. Who is to be believed, and the checkpoint.
    if not Founding(desk, reader, speakers).holds(pinned):
        return checked
    # 4. Every record that the desk tells of, read again.
    ids = [step["recordId"] for page in desk.story(parcel) for step in page["steps"]]
    reads = [reader.read(hash_of(text)) for text in dict.fromkeys(ids)]
    known = {read.record_id: read for read in reads if read}
    # 5. How they hang together: only what leads to this parcel is part of its story.
    teller = _Teller(reader, speakers)
    story = teller.link(parcel, hash_of(checked.parcel["head"]), known)
    # 4. and 6. Who signed them, that they are in the log, and what they weigh.
    goods = teller.tell(story, known).goods(parcel)
    # 7. What the desk says of the parcel itself.
    if goods is not None:
        teller.compare(goods)
    return checked


class _Teller:
    """Lays the records of one story in their order, and notes what does not fit."""

    def __init__(self, reader: Reader, speakers: Speakers) -> None:
        self._checked = reader.checked
        self._reader = reader
        self._speakers = speakers

    def link(
        self, parcel: ParcelId, head: Hash32, known: Mapping[Hash32, Reread]
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
                self._reader.doubt(
                    f"record {to_hex(record_id)}", "the story lacks it, but a record names it"
                )
                continue
            record = read.signed.record
            if of not in touches(record, record_id):
                self._reader.doubt(read.place, f"it does not move {to_hex(of)}")
                continue
            previous = previous_of(record, of)
            is_made = isinstance(record, Transformation) and of not in record.what.inputs
            goods = record.what.inputs if is_made else (of,) * len(previous)
            waiting += zip(previous, goods, strict=True)
        return story

    def tell(
        self, story: Mapping[Hash32, Sequence[ParcelId]], known: Mapping[Hash32, Reread]
    ) -> Books:
        """Replay the story in its order: who signed, what is proved, what is left of the goods."""
        books, steps = Books(), []
        reads = sorted((known[at] for at in story if at in known), key=lambda read: read.index)
        time_ms = 0
        for read in reads:
            fault = books.take(read.record, read.record_id, story[read.record_id])
            if fault:
                self._reader.doubt(read.place, fault)
            if read.at_ms < time_ms:
                self._reader.doubt(read.place, "it is earlier than the step before it")
            time_ms = read.at_ms
            self._count_signatures(read)
            parcels = tuple(story[read.record_id])
            is_proved = self._reader.prove(read)
            steps.append(CheckedStep(read.index, time_ms, read.signed, parcels, is_proved))
        self._checked.steps = tuple(steps)
        return books

    def compare(self, goods: Goods) -> None:
        """Compare what the desk says of the parcel with what the steps leave of it."""
        agreed = []
        for name, value in goods.shown().items():
            said = self._checked.parcel.get(name)
            if said == value:
                agreed.append(name)
            else:
                self._reader.doubt("parcel", f"{name} is said to be {said}; its records: {value}")
        self._checked.agreed = tuple(agreed)

    def _count_signatures(self, read: Reread) -> None:
        signers = read.signed.signers
        self._checked.signatures += len(signers)
        shown = self._speakers.signatures_of(read)
        if shown is None:
            names = ", ".join(to_hex(signer) for signer in signers)
            self._reader.doubt(
                read.place, f"nothing shows that {names} may sign for {to_hex(read.record.author)}"
            )
            return
        self._checked.own_signatures += shown.count("own")
        self._checked.shown_signatures += shown.count("shown")
