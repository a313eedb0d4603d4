"""Parcels, their stories, and what became of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from ledger.access import ALL
from ledger.answers.asking import Cursors, read_limit
from ledger.answers.correcting import corrections_shown
from ledger.answers.log import anchors_of
from ledger.answers.reading import Line, Reading, withheld
from ledger.answers.seeing import (
    Sheets,
    Standing,
    book_of_holder,
    findings_seen,
    known_parcel,
    path_to,
    shown_record,
)
from ledger.answers.shapes import (
    DescendantsAnswer,
    Descent,
    FindingShown,
    HistoryAnswer,
    ParcelAnswer,
    ParcelShown,
    Step,
)
from ledger.answers.suspicions import descent_of
from ledger.answers.wire import members_of
from ledger.custody import NEVER, NOBODY, Finding, Operation, Parcel
from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.rules import touches
from ledger.trace import story as stories
from ledger.trace.walk import downstream
from ledger.values import Address, Hash32, ParcelId, to_hex

_PLACE: Final = struct.Struct(">QQ")
"""In a history's cursor: the index of the last step shown, and that of the chain's next."""

_CHAIN_ENDS: Final = 0
"""In a cursor, in place of where a parcel's chain goes on: index 0 is the Charter's."""


def shown(parcel: Parcel, book: Sheets) -> ParcelShown:
    """Show a parcel as its book stands, as far as the reader is shown it."""
    says, weighs, names = bool(book), "amounts" in book, "who" in book
    return ParcelShown(
        parcel_id=parcel.id,
        state=parcel.state if says else None,
        form=parcel.form if says else None,
        hs_code=parcel.hs_code if says else None,
        weight_millicarats=parcel.weight_millicarats if weighs else None,
        stones=parcel.stones if weighs else None,
        country=parcel.country if says else None,
        custodian=parcel.custodian if names else None,
        recipient=somebody(parcel.recipient) if names else None,
        withheld=withheld(book),
    )


def somebody(address: Address) -> Address | None:
    """Return an address, or None for nobody's."""
    return None if address == NOBODY else address


def label_of(record: Record, position: int) -> str:
    """Return the label that the record that made a parcel gave it."""
    if hasattr(record.amounts, "labels"):
        return str(record.amounts.labels[position])
    return str(record.amounts.label)


def findings_about(
    reading: Reading, subject: Hash32, limit: int = LIMITS.page_rows
) -> tuple[FindingShown, ...]:
    """Show the findings about a parcel or a site, at most ``limit`` of them, by id."""
    # Most goods have none: one look tells, before any more of the table is read.
    if not _findings_of(reading, subject, 1):
        return ()
    return tuple(map(finding_shown, _findings_of(reading, subject, limit)))


def _findings_of(reading: Reading, subject: Hash32, limit: int) -> list[Finding]:
    found = reading.view.items_of(Finding, subject, limit)
    return [one for one in found if isinstance(one, Finding) and one.subject == subject]


def finding_shown(finding: Finding) -> FindingShown:
    """Show a finding."""
    return FindingShown(
        finding_id=finding.id,
        name=finding.name,
        index=finding.index,
        record_id=finding.record_id,
        subject=finding.subject,
        evidence=finding.evidence,
    )


def parcel(reading: Reading, parcel_id: ParcelId, through: ParcelId | None = None) -> ParcelAnswer:
    """Answer what is known of a parcel."""
    known, standing = known_parcel(reading, parcel_id, through)
    book = standing.book
    made = reading.line(known.made_by)
    made_sheets = reading.sheets(made, standing.until)
    last = reading.line(reading.index_of(known.head))
    last_sheets = reading.sheets(last, standing.until)
    descent = descent_of(reading, known)
    # Who is not shown the book is not told what came after it gave the goods on.
    findings = (*findings_about(reading, known.id), *(descent.findings if book else ()))
    is_used = known.spent_by != NEVER
    return ParcelAnswer(
        **members_of(shown(known, book)),
        label=label_of(made.record, known.position) if "amounts" in made_sheets else None,
        position=known.position,
        frozen_by=somebody(known.reporter) if "who" in book else None,
        is_seized=known.seized if book else None,
        used_by=known.spent_by if book and is_used else None,
        head=known.head if book else None,
        head_at=known.head_at if book else None,
        made=reading.said(made, made_sheets) if made_sheets else None,
        last=reading.said(last, last_sheets) if last_sheets else None,
        findings=findings_seen(reading, findings, standing.until),
        is_followed_whole=descent.is_whole,
        as_of=reading.as_of,
    )


def history(
    reading: Reading,
    parcel_id: ParcelId,
    limit: int | None,
    cursor: str,
    through: ParcelId | None = None,
) -> HistoryAnswer:
    """Answer with a parcel's own chain, and the records that speak of it; the latest first."""
    rows = read_limit(limit)
    known, standing = known_parcel(reading, parcel_id, through)
    cursors = Cursors(f"history {to_hex(parcel_id)}")
    if not reading.is_whole:
        return _history_in_part(reading, known, standing, rows, cursors, cursor)
    below, start = _read_place(reading, known, cursors, cursor)
    own = stories.own_steps(reading.view, parcel_id, start, rows + 1) if start else ()
    indices = {step.index: False for step in own}
    for index in reading.view.last_mentions(parcel_id, below, rows + 1):
        indices.setdefault(index, True)
    latest = sorted(indices, reverse=True)
    page = latest[:rows]
    next_cursor = None
    if len(latest) > rows:
        goes_on = next((step.index for step in own if step.index < page[-1]), _CHAIN_ENDS)
        next_cursor = cursors.write(_PLACE.pack(page[-1], goes_on))
    return HistoryAnswer(
        parcel_id=parcel_id,
        steps=tuple(
            step(reading, reading.line(index), (parcel_id,), ALL, is_mention=indices[index])
            for index in page
        ),
        is_whole=True,
        cursor=next_cursor,
        is_cut=False,
        anchors=anchors_of(reading, page),
        as_of=reading.as_of,
    )


def _history_in_part(
    reading: Reading,
    known: Parcel,
    standing: Standing,
    rows: int,
    cursors: Cursors,
    cursor: str,
) -> HistoryAnswer:
    """Answer with those records of a history that the reader may read.

    The cursor tells of none of the others: the chain is walked from its head for every page.
    """
    below = _read_below(reading, cursors, cursor)
    most = LIMITS.chain_records_max
    own = stories.own_steps(reading.view, known.id, known.head, most)
    spoken = reading.view.last_mentions(known.id, below, LIMITS.mentions_read_max)
    indices = {**dict.fromkeys(spoken, True), **{one.index: False for one in own}}
    steps: list[Step] = []
    for index in sorted((index for index in indices if index < below), reverse=True):
        line = reading.line(index)
        sheets = reading.sheets(line, standing.until)
        if sheets:
            steps.append(step(reading, line, (known.id,), sheets, is_mention=indices[index]))
        if len(steps) > rows:
            break
    page = steps[:rows]
    return HistoryAnswer(
        parcel_id=known.id,
        steps=tuple(page),
        is_whole=False,
        cursor=cursors.write(_PLACE.pack(page[-1].index, _CHAIN_ENDS))
        if len(steps) > rows
        else None,
        is_cut=len(own) == most or len(spoken) == LIMITS.mentions_read_max,
        anchors=anchors_of(reading, [one.index for one in page]),
        as_of=reading.as_of,
    )


def _read_below(reading: Reading, cursors: Cursors, cursor: str) -> int:
    """Read where a page of a history in part begins: the index below which all of it lies.

    Anybody can write a cursor. So one that names a place on the chain is refused unlooked at: that
    it is taken would tell which lines of the log are of the parcel.

    Raises:
        BadQuestion: the page before did not give this cursor.

    """
    size = reading.as_of.size
    if not cursor:
        return size
    below, goes_on = _PLACE.unpack(cursors.read(cursor, _PLACE.size))
    if below >= size or goes_on != _CHAIN_ENDS:
        raise BadQuestion("cursor", "the cursor that the page before gave")
    return int(below)


def _read_place(
    reading: Reading, parcel: Parcel, cursors: Cursors, cursor: str
) -> tuple[int, Hash32 | None]:
    """Read where a page of a history begins.

    Returns:
        The index below which all of it lies; the record from which the parcel's own chain goes on,
        or None when that is at its end.

    Raises:
        BadQuestion: the page before did not give this cursor.

    """
    if not cursor:
        return reading.as_of.size, parcel.head
    below, goes_on = _PLACE.unpack(cursors.read(cursor, _PLACE.size))
    if below < reading.as_of.size and goes_on == _CHAIN_ENDS:
        return below, None
    if goes_on < below < reading.as_of.size:
        signed = reading.line(goes_on).signed
        if parcel.id in touches(signed.record, signed.record_id):
            return below, signed.record_id
    raise BadQuestion("cursor", "the cursor that the page before gave")


def story(
    reading: Reading,
    parcel_id: ParcelId,
    limit: int | None,
    cursor: str,
    through: ParcelId | None = None,
) -> HistoryAnswer:
    """Answer with a parcel's chain and those of all its ancestors; the latest first."""
    rows = read_limit(limit)
    known, standing = known_parcel(reading, parcel_id, through)
    cursors = Cursors(f"story {to_hex(parcel_id)}")
    before = cursors.read_index(cursor)

    def is_told(told: stories.Step) -> bool:
        return told.index <= standing.until or bool(reading.sheets(reading.line(told.index)))

    page = stories.story(
        reading.view,
        known,
        rows,
        None if before is None else -before,
        steps_max=LIMITS.story_walk_steps_max,
        keep=is_told,
    )
    lines = ((reading.line(told.index), told.parcels) for told in page.steps)
    return HistoryAnswer(
        parcel_id=parcel_id,
        steps=tuple(
            step(reading, line, parcels, reading.sheets(line, standing.until))
            for line, parcels in lines
        ),
        is_whole=reading.is_whole,
        cursor=cursors.write_index(None if page.cursor is None else -page.cursor),
        is_cut=page.is_cut,
        anchors=anchors_of(reading, [told.index for told in page.steps]),
        as_of=reading.as_of,
    )


def step(
    reading: Reading,
    line: Line,
    parcels: Sequence[ParcelId],
    sheets: Sheets,
    *,
    is_mention: bool = False,
) -> Step:
    """Show one record of a story."""
    return Step(
        **members_of(reading.said(line, sheets)),
        parcels=tuple(parcels),
        is_mention=is_mention,
        record=shown_record(line, sheets),
        corrections=corrections_shown(reading, line, sheets),
    )


def descendants(
    reading: Reading,
    parcel_id: ParcelId,
    limit: int | None,
    cursor: str,
    through: ParcelId | None = None,
) -> DescendantsAnswer:
    """Answer with every operation that a parcel's goods went into; the earliest first."""
    rows = read_limit(limit)
    known, standing = known_parcel(reading, parcel_id, through)
    cursors = Cursors(f"descendants {to_hex(parcel_id)}")
    path = frozenset() if reading.is_whole else path_to(reading, through)

    def sheets(operation: Operation) -> Sheets:
        if reading.is_whole:
            return ALL
        until = operation.index if operation.index in path else NEVER
        return reading.sheets(reading.line(operation.index), until)

    page = downstream(
        reading.view,
        known,
        rows,
        cursors.read_index(cursor),
        keep=lambda operation: bool(sheets(operation)),
    )
    return DescendantsAnswer(
        parcel=shown(known, standing.book),
        operations=tuple(
            _descent(reading, operation, made, sheets(operation)) for operation, made in page.steps
        ),
        is_whole=reading.is_whole,
        cursor=cursors.write_index(page.cursor),
        is_cut=page.is_cut,
        as_of=reading.as_of,
    )


def _descent(
    reading: Reading, operation: Operation, made: Sequence[Parcel], sheets: Sheets
) -> Descent:
    return Descent(
        index=operation.index,
        record_id=operation.record_id,
        operation=operation.name,
        author=operation.author if "who" in sheets else None,
        country=operation.country,
        occurred_at=operation.occurred_at,
        recorded_at_ms=operation.recorded_at_ms,
        status=reading.status(operation.index),
        withheld=withheld(sheets),
        made=tuple(shown(child, book_of_holder(reading, child)) for child in made),
    )
