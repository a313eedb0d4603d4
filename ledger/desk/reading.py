"""One record as a desk gave it, read again here: its id, its signers, and its entry.

What a desk says of a record stands in the record itself, and so is computed, never believed. Only
its index is the desk's word, until a proof shows it (:mod:`.rereading`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.canonical import encode
from ledger.derivation import reread
from ledger.desk.answering import AnotherAnswer
from ledger.entry import Entry
from ledger.errors import Damaged, Refusal, Refused
from ledger.records import Record
from ledger.signing import SignedRecord
from ledger.values import HASH_BYTES, NO_HASH, Hash32, from_hex, to_hex


def hash_of(text: str | None) -> Hash32:
    """Return an id as a desk writes it; zeros, which no record has, for anything else."""
    return Hash32(from_hex(text or "", HASH_BYTES) or NO_HASH)


def _withheld(places: Sequence[str]) -> Refused:
    expected = "a record that this reader is shown whole"
    return Refused(Refusal("withheld", "", expected, f"one without {' and '.join(places)}"))


@dataclass(frozen=True, slots=True)
class Reread:
    """A record as a desk gave it, read again: its place, its entry's bytes, and what it says.

    The index is the desk's word until the record is proved.
    """

    index: int
    raw: bytes
    entry: Entry
    signed: SignedRecord

    @property
    def record(self) -> Record:
        """The checked record."""
        return self.signed.record

    @property
    def record_id(self) -> Hash32:
        """Its id, computed here."""
        return Hash32(self.signed.record_id)

    @property
    def at_ms(self) -> int:
        """When it was recorded, by its entry."""
        return self.entry.recorded_at_ms

    @property
    def place(self) -> str:
        """How a doubt names it."""
        return f"entry {self.index}"


def read_again(answer: Mapping[str, Any], asked: Hash32, ledger_id: Hash32) -> Reread:
    """Read a record out of a desk's answer.

    Args:
        answer: what came.
        asked: the id that was asked for.
        ledger_id: the ledger that the record was signed for; not used for a Charter.

    Raises:
        Damaged: it is no record of this ledger, or its entry is another's.
        AnotherAnswer: it is another record than the one that was asked for.
        Refused: ``withheld``; this reader is not shown all of it.

    """
    if places := answer.get("withheld"):
        raise _withheld(places)
    try:
        index, raw = answer["index"], bytes.fromhex(answer["entry"].removeprefix("0x"))
        entry, signed = reread(index, raw, encode(answer["envelope"]), ledger_id)
    except (TypeError, ValueError, RecursionError):  # no hex, or no envelope that JSON can write
        place = f"record {to_hex(asked)}"
        raise Damaged("altered", place, "the answer is not of its form") from None
    if signed.record_id != asked:
        raise AnotherAnswer("record", to_hex(asked), to_hex(signed.record_id))
    return Reread(index, raw, entry, signed)
