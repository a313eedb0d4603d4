"""What the reader of a question sees: of a record, of a parcel's book, of findings.

``docs/spec/access.md`` is the rule; :mod:`ledger.access` decides about records. What a parcel's
book says was said by records, and is shown to whom it concerns as it stands. Who may read nothing
of a thing is told, in the same words, that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ledger.access import ALL, NONE, held_until, is_ancestor
from ledger.access.lineage import EVER
from ledger.answers.reading import Line, Reading
from ledger.answers.replies import with_answers
from ledger.answers.shapes import FindingShown
from ledger.canonical import to_plain
from ledger.custody import NEVER, CertificateState, Parcel, as_held
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.records import Clearance, Correction
from ledger.rules import touches
from ledger.rules.laboratories import ABOUT_OTHERS, OF_THE_BOOK
from ledger.signing import sheet_hash
from ledger.trace.story import own_steps
from ledger.trace.walk import upstream
from ledger.values import NO_HASH, ParcelId, to_hex

Sheets = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader is to a parcel.

    Attributes:
        until: what was said of the parcel, and of its ancestors, up to this index is of the line
            of goods that the reader holds or held.
        book: what of the book the reader is shown, named as the sheets of records.

    """

    until: int
    book: Sheets


def known_parcel(
    reading: Reading, parcel_id: ParcelId, through: ParcelId | None
) -> tuple[Parcel, Standing]:
    """Return a parcel that was asked for, and what the reader is to it.

    Args:
        reading: whose question it is.
        parcel_id: the parcel.
        through: a later parcel, of the same goods, by which the reader asks; or None.

    Raises:
        Unknown: there is none, or the reader may read nothing that was said of it.

    """
    known = reading.known_parcel(parcel_id)
    if reading.is_whole:
        return known, Standing(EVER, ALL)
    until = reach(reading, known, through)
    standing = Standing(until, _book(reading, known, until))
    if not standing.book and not _is_told_of(reading, known, until):
        raise Unknown("parcel", to_hex(parcel_id))
    return known, standing


def reach(
    reading: Reading,
    parcel: Parcel,
    through: ParcelId | None,
    records_max: int = LIMITS.chain_records_max,
) -> int:
    """Return up to which index what was said of a parcel is of the line of the reader's goods."""
    if reading.reader.sort != "party":
        return NEVER
    party = reading.reader.party
    until = held_until(reading.view, parcel, party, records_max)
    later = _parcel(reading, through)
    by_later = NEVER if later is None else held_until(reading.view, later, party, records_max)
    # Asked last: for goods that are not the reader's own, where they come from is not looked up.
    if later is not None and by_later > until and is_ancestor(reading.view, parcel.id, later):
        return by_later
    return until


def _parcel(reading: Reading, parcel_id: ParcelId | None) -> Parcel | None:
    known = None if parcel_id is None else reading.view.read(Parcel, parcel_id)
    return None if known is None else as_held(reading.view, known)


def book_of_holder(reading: Reading, parcel: Parcel) -> Sheets:
    """Return what of a book a reader is shown for what it is to the goods today.

    All of it: whoever holds them, is offered them or had them frozen; an authority of the country
    that they are in; and governors while they are frozen, since these may release them.
    """
    reader = reading.reader
    if reading.is_whole:
        return ALL
    if reader.sort != "party":
        return NONE
    is_lifted_by = parcel.state == "frozen" and reader.party in reading.charter.governors
    is_concerned = (
        reader.party in (parcel.custodian, parcel.recipient, parcel.reporter)
        or reader.is_authority_of(parcel.country)
        or is_lifted_by
    )
    return ALL if is_concerned else NONE


def _book(reading: Reading, parcel: Parcel, until: int) -> Sheets:
    # Whoever may read the last record of the chain knows what the book says.
    last = reading.line(reading.index_of(parcel.head))
    return book_of_holder(reading, parcel) or reading.sheets(last, until)


def _is_told_of(reading: Reading, parcel: Parcel, until: int) -> bool:
    if parcel.made_by <= until:
        return True
    most = LIMITS.chain_records_max
    own = own_steps(reading.view, parcel.id, parcel.head, most)
    spoken = reading.view.last_mentions(parcel.id, reading.as_of.size, LIMITS.mentions_read_max)
    indices = [*(step.index for step in own), *spoken]
    return any(reading.sheets(reading.line(index), until) for index in indices)


# -- records -------------------------------------------------------------------------------------


def sheets_of(reading: Reading, line: Line, through: ParcelId | None = None) -> Sheets:
    """Return which sheets of a record a reader is shown who asks for it by its id."""
    sheets = reading.sheets(line)
    goods = () if sheets == ALL else tuple(goods_of(reading, line))
    for parcel_id in goods:
        parcel = _parcel(reading, parcel_id)
        records_max = max(1, LIMITS.page_walk_steps_max // len(goods))
        if parcel and line.index <= reach(reading, parcel, through, records_max):
            return reading.sheets(line, line.index)
    return sheets


def goods_of(reading: Reading, line: Line) -> Iterator[ParcelId]:
    """Yield the parcels that a record, or what it corrects or clears, makes, moves or names."""
    record, record_id = line.record, line.signed.record_id
    for kind, named in ((Correction, "record"), (Clearance, "certificate")):
        if isinstance(record, kind):  # the Correction of a Clearance goes both ways
            record_id = getattr(record.what, named)
            record = reading.view.record(record_id) or record
    what = record.what
    yield from touches(record, record_id)
    spoken_of = (getattr(what, "parcel", NO_HASH), *getattr(what, "parcels", ()))
    yield from (parcel for parcel in spoken_of if parcel != NO_HASH)
    if isinstance(record, Clearance):
        certificate = reading.view.read(CertificateState, record.what.certificate)
        yield from certificate.parcels if certificate is not None else ()


def shown_record(line: Line, sheets: Sheets) -> dict[str, Any]:
    """Write a record; the hash of each withheld sheet in its place."""
    plain = to_plain(line.record)
    for place in plain.keys() - {*sheets, "details"}:
        plain[place] = to_hex(sheet_hash(getattr(line.record, place)))
    return plain


def path_to(reading: Reading, through: ParcelId | None) -> frozenset[int]:
    """Return the indices of the operations that lead to the parcel by which a reader asks.

    Those alone that are of the line of that parcel, whatever else the reader holds or held.
    """
    later = _parcel(reading, through)
    if later is None or reading.reader.sort != "party":
        return frozenset()
    until = held_until(reading.view, later, reading.reader.party)
    most = LIMITS.page_walk_steps_max
    walk = upstream(reading.view, later, most, steps_max=most)
    return frozenset(operation.index for operation in walk.steps if operation.index <= until)


# -- findings ------------------------------------------------------------------------------------


def findings_seen(
    reading: Reading, findings: Iterable[FindingShown], until: int
) -> tuple[FindingShown, ...]:
    """Return findings as the reader is shown them, with what was answered to them.

    The evidence is of the record that raised a finding, so it is shown with that record. One that
    was raised by what is said of other goods is shown without that record, and what the book says
    to nobody who neither held the goods since nor may see that. A finding of descent
    names a record in doubt of somebody upstream: its name alone is shown, once.
    """
    seen: Iterable[FindingShown | None] = findings
    if not reading.is_whole:
        seen = (_finding_seen(reading, one, until) for one in findings)
    every = dict.fromkeys(one for one in seen if one is not None)
    return tuple(with_answers(reading, one, until) for one in every)


def _finding_seen(reading: Reading, finding: FindingShown, until: int) -> FindingShown | None:
    if finding.name == "descends-from-suspected":
        # Its id too would tell which Revocation it follows from: there are few to try.
        return replace(finding, finding_id=None, index=None, record_id=None, evidence=None)
    assert finding.index is not None  # noqa: S101 - nothing was taken from it yet
    line = reading.line(finding.index)
    if finding.name in ABOUT_OTHERS and finding.subject not in set(goods_of(reading, line)):
        # Said of goods of somebody else: who may not read that is told that there is something.
        untold = replace(finding, index=None, record_id=None, evidence=None)
        return finding if reading.sheets(line) == ALL else untold
    sheets = reading.sheets(line, until)
    if not sheets:
        return None
    is_told = sheets == ALL and _may_know_book(reading, finding, until)
    return finding if is_told else replace(finding, evidence=None)


def _may_know_book(reading: Reading, finding: FindingShown, until: int) -> bool:
    """Tell whether what a finding's evidence says of a book is no news to the reader.

    Anybody may say of goods what they weigh, and would be told how far that is from the book.
    """
    assert finding.index is not None  # noqa: S101 - of one that was raised by a record
    if finding.name not in OF_THE_BOOK or finding.index <= until:
        return True
    parcel = _parcel(reading, ParcelId(finding.subject))
    return parcel is not None and book_of_holder(reading, parcel) == ALL
