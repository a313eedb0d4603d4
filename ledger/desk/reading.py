"""One record as a desk gave it, read again here: its id, its signers, and its entry.

What a desk says of a record stands in the record itself, and so is computed, never believed. Only
its index is the desk's word, until a proof shows it (:mod:`.rereading`).

Of a record that is shown in part, the hashes of the withheld sheets and of the signatures stand in
their place. So its id and its root in the log are computed all the same, and tie what is shown to
its entry; who signed it, and whether anybody did, is then the log's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import entry as entries
from ledger.access import PARTS
from ledger.canonical import encode
from ledger.derivation import reread
from ledger.desk.answering import AnotherAnswer
from ledger.entry import Entry, Sort
from ledger.errors import BadQuestion, Damaged, Refusal, Refused
from ledger.records import Record
from ledger.signing import ShownRecord, SignedRecord, read_shown
from ledger.values import HASH_BYTES, NO_HASH, Address, Hash32, from_hex, to_hex


def hash_of(text: str | None) -> Hash32:
    """Return an id as a desk writes it; zeros, which no record has, for anything else."""
    return Hash32(from_hex(text or "", HASH_BYTES) or NO_HASH)


def _withheld(places: Sequence[str]) -> Refused:
    expected = "a record that this reader is shown whole"
    return Refused(Refusal("withheld", "", expected, f"one without {' and '.join(places)}"))


@dataclass(frozen=True, slots=True)
class _Line:
    """What a record's line in the log says, and where it is said to stand."""

    index: int
    raw: bytes
    entry: Entry

    @property
    def at_ms(self) -> int:
        """When it was recorded, by its entry."""
        return self.entry.recorded_at_ms

    @property
    def place(self) -> str:
        """How a doubt names it."""
        return f"entry {self.index}"


@dataclass(frozen=True, slots=True)
class Reread(_Line):
    """A record as a desk gave it, read again: its place, its entry's bytes, and what it says.

    The index is the desk's word until the record is proved.
    """

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
    def signers(self) -> tuple[Address, ...]:
        """Who signed it, ascending."""
        return self.signed.signers

    @property
    def withheld(self) -> tuple[str, ...]:
        """The sheets that are not shown: none."""
        return ()


@dataclass(frozen=True, slots=True)
class RereadInPart(_Line):
    """A record of which *who* and *amounts* are withheld, read again as far as it is shown.

    Attributes:
        shown: what was given.
        record_id: its id, computed here.
        record: what it says, with ``Withheld`` in the place of what is not shown.

    """

    shown: ShownRecord
    record_id: Hash32
    record: Record

    @property
    def signers(self) -> None:
        """Who signed it is withheld with *who*."""
        return

    @property
    def withheld(self) -> tuple[str, ...]:
        """The sheets that are not shown."""
        return tuple(self.shown.withheld)


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
        raise _formless(asked) from None
    if signed.record_id != asked:
        raise AnotherAnswer("record", to_hex(asked), to_hex(signed.record_id))
    return Reread(index, raw, entry, signed)


def read_as_shown(
    answer: Mapping[str, Any], asked: Hash32, ledger_id: Hash32
) -> Reread | RereadInPart:
    """Read a record out of a desk's answer, whole or in part; see :func:`read_again`.

    Whether this reader may be shown it in part depends on the charter, and is for the caller.
    """
    if not answer.get("withheld"):
        return read_again(answer, asked, ledger_id)
    try:
        index, raw = answer["index"], bytes.fromhex(answer["entry"].removeprefix("0x"))
        shown = read_shown(answer["envelope"])
        record_id, root = shown.record_id(ledger_id), shown.root(ledger_id)
    except (TypeError, ValueError, RecursionError, BadQuestion):
        raise _formless(asked) from None
    except Refused as refused:
        raise Damaged("altered", f"record {to_hex(asked)}", str(refused)) from None
    if record_id != asked:
        raise AnotherAnswer("record", to_hex(asked), to_hex(record_id))
    place = f"entry {index}"
    line = entries.decode(raw, place)
    if line.sort is not Sort.RECORD or line.root != root:
        raise Damaged("altered", place, "entry and envelope do not belong together")
    if tuple(answer["withheld"]) != tuple(shown.withheld) or tuple(shown.shown) != PARTS:
        raise Damaged("altered", place, "what is said to be withheld is not what is")
    return RereadInPart(index, raw, line, shown, record_id, shown.record)


def _formless(asked: Hash32) -> Damaged:
    return Damaged("altered", f"record {to_hex(asked)}", "the answer is not of its form")
