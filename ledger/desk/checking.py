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
   the steps leave, and what is withheld of it is not said.

Whatever of it cannot be shown is a doubt, and a story with a doubt is not sound; so is a record
that no checkpoint covers yet, since anybody could write one that is in no log.

A trade ledger shows a party its goods' way with *who*, *amounts* and the signatures of most records
withheld. Of such a record all is checked but who signed it and what it weighs: its id, its form as
far as it is shown, its entry and proof, and its links. That it may be withheld at all follows from
the charter (:mod:`.withholding`). A record that another one names, and that is not shown at all,
leaves a gap, which is a doubt.

What was said of the goods besides - certificates, clearances, statements, reports - is read again
and checked as in 4 (:mod:`.mentioning`); no link shows whether there is more of it.

Not checked here, and so the ledger's own word: which ledger it is, if no id is pinned; the parcel's
state and country; that an author was admitted and had the role, and every rule but these; names of
sites and of parties, bounds of origin, findings; and that nothing was left out after the last
record shown of the parcel, of a key, of an agent or of the charter. ``adamant audit``, on a folder,
checks all of it.

The parcel is asked about first, and the checkpoint after it: what is recorded meanwhile is no part
of the story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from ledger.desk.asking import Desk
from ledger.desk.books import Books, Goods
from ledger.desk.checked import Checked, CheckedStep
from ledger.desk.founding import Founding
from ledger.desk.mentioning import check_spoken
from ledger.desk.reading import Reread, RereadInPart, hash_of
from ledger.desk.rereading import Reader, Told
from ledger.desk.speakers import Speakers
from ledger.desk.withholding import fault_of
from ledger.records import SHEETS, Record, Setting, Transformation, previous_of
from ledger.rules import touches
from ledger.values import NO_HASH, Hash32, ParcelId, to_hex

AnyRead: TypeAlias = Reread | RereadInPart

_SHEET_OF: Final = {
    "weightMillicarats": "amounts",
    "stones": "amounts",
    "label": "amounts",
    "hsCode": "what",
    "form": "what",
    "custodian": "who",
    "recipient": "who",
    "frozenBy": "who",
    "state": "what",
    "country": "scene",
}
"""The sheet that a member of a parcel's book is withheld with; a label, with its own record's."""


def check_story(
    desk: Desk,
    parcel: ParcelId,
    pinned: Hash32 | None = None,
    told: Told | None = None,
    spoken: Sequence[str] = (),
) -> Checked:
    """Check a parcel's story, from its mines to the last record that the desk tells.

    Args:
        desk: who tells it.
        parcel: whose story.
        pinned: the id that the ledger must have; without it, the one that the desk says is taken,
            and ``is_pinned`` is false.
        told: told how far it is.
        spoken: the ids of records that speak of the story's goods, asked for before.

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
    pages = list(desk.story(parcel))
    ids = [step["recordId"] for page in pages for step in page["steps"]]
    for page in (checked.parcel, *pages):
        checked.names.update(page["names"])
    named = {one["size"]: one for page in pages for one in page.get("anchors", ())}
    checked.anchors = [one for _, one in sorted(named.items())]
    reads = [reader.read_as_shown(hash_of(text)) for text in dict.fromkeys(ids)]
    known = {read.record_id: read for read in reads if read}
    # 5. How they hang together: only what leads to this parcel is part of its story.
    teller = _Teller(desk, reader, speakers)
    head, last = hash_of(checked.parcel["head"]), _last_shown(parcel, known)
    story = teller.link(parcel, [head] if head in known else [head, *last], known)
    # 4. and 6. Who signed them, that they are in the log, and what they weigh.
    goods = teller.tell(story, known).goods(parcel)
    # 4. The same of what was said of them.
    parcels = {one for told_of in story.values() for one in told_of}
    checked.spoken = check_spoken(reader, map(hash_of, spoken), parcels, teller.count_signatures)
    # 7. What the desk says of the parcel itself.
    teller.check_silence()
    if goods is not None and (head in known or not checked.gaps):
        teller.compare(goods)
    if checked.in_part and any(page["isWhole"] for page in pages):
        reader.doubt("story", "it is said to be told whole, and a part of it is withheld")
    return checked


def _last_shown(parcel: ParcelId, known: Mapping[Hash32, AnyRead]) -> list[Hash32]:
    """Return the last record of a parcel's own chain that is shown, if any is."""
    own = [read for read in known.values() if parcel in touches(read.record, read.record_id)]
    return [read.record_id for read in sorted(own, key=lambda read: read.index)[-1:]]


def _before(
    record: Record, of: ParcelId, told: Collection[ParcelId]
) -> Iterator[tuple[Hash32, ParcelId]]:
    """Yield what stands before a record in the story of one of its parcels, the nearest last.

    Args:
        record: the record.
        of: the parcel that is followed.
        told: the parcels that were followed to this record, this one among them.

    """
    if isinstance(record, Setting) and of not in record.what.parcels and _has_stone(record, told):
        return  # the piece was followed for what came out of it again, and ends where that was set
    if isinstance(record, Setting) and record.what.operation == "unset" and of != record.what.piece:
        yield record.what.piece_previous, record.what.piece
    previous = previous_of(record, of)
    inputs: tuple[ParcelId, ...] = ()
    if isinstance(record, Transformation):
        inputs = record.what.inputs
    elif isinstance(record, Setting) and record.what.operation == "set":
        inputs = record.what.parcels
    is_made = bool(inputs) and of not in inputs
    yield from zip(previous, inputs if is_made else (of,) * len(previous), strict=True)


def _has_stone(record: Setting, told: Collection[ParcelId]) -> bool:
    """Tell whether a stone of a Setting was followed to it."""
    is_set = record.what.operation == "set"
    return is_set and any(parcel in told for parcel in record.what.parcels)


class _Teller:
    """Lays the records of one story in their order, and notes what does not fit."""

    def __init__(self, desk: Desk, reader: Reader, speakers: Speakers) -> None:
        self._desk = desk
        self._checked = reader.checked
        self._reader = reader
        self._speakers = speakers

    def link(
        self, parcel: ParcelId, heads: Sequence[Hash32], known: Mapping[Hash32, AnyRead]
    ) -> dict[Hash32, list[ParcelId]]:
        """Follow the links from a parcel's last records back to its mines.

        Args:
            parcel: whose story.
            heads: the last record of its chain, which is zeros where its book is withheld; and
                the last one that is shown, if it is another.
            known: the records that are shown.

        Returns:
            For each record of the story, the parcels of it that the record makes or advances.

        """
        story: dict[Hash32, list[ParcelId]] = {}
        if len(heads) > 1 and heads[0] == NO_HASH and self._may_end(known[heads[1]]):
            heads = heads[1:]
        waiting = [(head, parcel) for head in heads]
        while waiting:
            record_id, of = waiting.pop()
            told = story.setdefault(record_id, [])
            if of in told:
                continue
            told.append(of)
            read = known.get(record_id)
            if read is None:
                self._checked.gaps += 1
                self._reader.doubt(
                    f"record {to_hex(record_id)}", "the story lacks it, but a record names it"
                )
                continue
            record = read.record
            if of not in touches(record, record_id):
                self._reader.doubt(read.place, f"it does not move {to_hex(of)}")
                continue
            waiting += _before(record, of, told)
        return story

    def _may_end(self, last: AnyRead) -> bool:
        """Tell whether a trade ledger may say nothing of a parcel after a record of its chain.

        It does so of goods that the reader gave on: by a record that names it, and so is whole.
        """
        is_withheld = self._checked.parcel["withheld"] == list(SHEETS)
        return self._checked.mode == "trade" and is_withheld and not last.withheld

    def tell(
        self, story: Mapping[Hash32, Sequence[ParcelId]], known: Mapping[Hash32, AnyRead]
    ) -> Books:
        """Replay the story in its order: who signed, what is proved, what is left of the goods."""
        books, steps = Books(), []
        reads = sorted((known[at] for at in story if at in known), key=lambda read: read.index)
        time_ms = 0
        for read in reads:
            hidden = fault_of(read, self._checked.mode)
            fault = books.take(read.record, read.record_id, story[read.record_id])
            for said in filter(None, (hidden, fault)):
                self._reader.doubt(read.place, said)
            if read.at_ms < time_ms:
                self._reader.doubt(read.place, "it is earlier than the step before it")
            time_ms = read.at_ms
            if isinstance(read, Reread):
                self.count_signatures(read)
            steps.append(
                CheckedStep(
                    index=read.index,
                    recorded_at_ms=time_ms,
                    record=read.record,
                    record_id=read.record_id,
                    signers=read.signers,
                    withheld=read.withheld,
                    parcels=tuple(story[read.record_id]),
                    is_proved=self._reader.prove(read),
                )
            )
        self._checked.steps = tuple(steps)
        return books

    def check_silence(self) -> None:
        """Doubt what is said of the parcel although it is said to be withheld.

        No record that is shown would speak against it.
        """
        said = self._checked.parcel
        for name, sheet in _SHEET_OF.items():
            if name != "label" and sheet in said["withheld"] and said[name] is not None:
                self._reader.doubt("parcel", f"{name} is said to be withheld, and {said[name]}")

    def compare(self, goods: Goods) -> None:
        """Compare what the desk says of the parcel with what the steps leave of it."""
        agreed = []
        for name, value in goods.shown().items():
            if name == "custodian" and self._checked.parcel.get("state") == "set":
                continue  # whoever holds its piece, of which another story tells
            said = self._checked.parcel.get(name)
            if name == "custodian" and value is None and self._is_reader(said):
                self._reader.doubt("parcel", "how this reader came to hold it is kept from it")
            if name == "custodian" and said is None and self._is_reader(value):
                # It would know of a record by which it gave them on: it was part of that.
                self._reader.doubt(
                    "parcel", "this reader holds it by its records, and is not told so"
                )
            if value is None or (said is None and self._may_be_silent(name)):
                continue  # one of the two is withheld
            if said == value:
                agreed.append(name)
            else:
                self._reader.doubt("parcel", f"{name} is said to be {said}; its records: {value}")
        self._checked.agreed = tuple(agreed)

    def _is_reader(self, custodian: str | None) -> bool:
        """Tell whether the parcel is said to be held by the party whose key signed in.

        What it took over, or made, is signed by it, and so is shown to it whole.
        """
        reader = self._desk.reader
        if reader is None or custodian is None:
            return False
        text = to_hex(reader)
        return custodian == text or custodian == self._desk.party(reader)["party"]

    def _may_be_silent(self, name: str) -> bool:
        """Tell whether a trade ledger may say nothing of a member of the parcel's book.

        A label is shown with the record that gave it, the rest as the book's sheets.
        """
        is_withheld = _SHEET_OF[name] in self._checked.parcel["withheld"] or name == "label"
        return self._checked.mode == "trade" and is_withheld

    def count_signatures(self, read: Reread) -> None:
        """Count who signed a record; doubt those of whom nothing shows that they may."""
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
