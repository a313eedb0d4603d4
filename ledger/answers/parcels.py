"""Parcels, their stories, and what became of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from ledger.answers.asking import Cursors, read_limit, token_of
from ledger.answers.reading import Line, Reading
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
from ledger.canonical import to_plain
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


def shown(parcel: Parcel) -> ParcelShown:
    """Show a parcel as its book stands."""
    return ParcelShown(
        parcel_id=parcel.id,
        token=token_of(parcel.id),
        state=parcel.state,
        form=parcel.form,
        hs_code=parcel.hs_code,
        weight_millicarats=parcel.weight_millicarats,
        stones=parcel.stones,
        country=parcel.country,
        custodian=parcel.custodian,
        recipient=somebody(parcel.recipient),
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


def parcel(reading: Reading, parcel_id: ParcelId) -> ParcelAnswer:
    """Answer what is known of a parcel."""
    known = reading.known_parcel(parcel_id)
    made = reading.line(known.made_by)
    last = reading.line(reading.index_of(known.head))
    descent = descent_of(reading, known)
    return ParcelAnswer(
        **members_of(shown(known)),
        label=label_of(made.record, known.position),
        position=known.position,
        frozen_by=somebody(known.reporter),
        is_seized=known.seized,
        used_by=None if known.spent_by == NEVER else known.spent_by,
        head=known.head,
        head_at=known.head_at,
        made=reading.said(made),
        last=reading.said(last),
        findings=(*findings_about(reading, known.id), *descent.findings),
        is_followed_whole=descent.is_whole,
        as_of=reading.as_of,
    )


def history(reading: Reading, parcel_id: ParcelId, limit: int | None, cursor: str) -> HistoryAnswer:
    """Answer with a parcel's own chain, and the records that speak of it; the latest first."""
    known, rows = reading.known_parcel(parcel_id), read_limit(limit)
    cursors = Cursors(f"history {to_hex(parcel_id)}")
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
            step(reading, reading.line(index), (parcel_id,), is_mention=indices[index])
            for index in page
        ),
        cursor=next_cursor,
        is_cut=False,
        as_of=reading.as_of,
    )


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


def story(reading: Reading, parcel_id: ParcelId, limit: int | None, cursor: str) -> HistoryAnswer:
    """Answer with a parcel's chain and those of all its ancestors; the latest first."""
    known, rows = reading.known_parcel(parcel_id), read_limit(limit)
    cursors = Cursors(f"story {to_hex(parcel_id)}")
    before = cursors.read_index(cursor)
    most = LIMITS.story_walk_steps_max
    page = stories.story(
        reading.view, known, rows, None if before is None else -before, steps_max=most
    )
    return HistoryAnswer(
        parcel_id=parcel_id,
        steps=tuple(step(reading, reading.line(told.index), told.parcels) for told in page.steps),
        cursor=cursors.write_index(None if page.cursor is None else -page.cursor),
        is_cut=page.is_cut,
        as_of=reading.as_of,
    )


def step(
    reading: Reading, line: Line, parcels: Sequence[ParcelId], *, is_mention: bool = False
) -> Step:
    """Show one record of a story."""
    return Step(
        **members_of(reading.said(line)),
        parcels=tuple(parcels),
        is_mention=is_mention,
        record=to_plain(line.record),
    )


def descendants(
    reading: Reading, parcel_id: ParcelId, limit: int | None, cursor: str
) -> DescendantsAnswer:
    """Answer with every operation that a parcel's goods went into; the earliest first."""
    known, rows = reading.known_parcel(parcel_id), read_limit(limit)
    cursors = Cursors(f"descendants {to_hex(parcel_id)}")
    page = downstream(reading.view, known, rows, cursors.read_index(cursor))
    return DescendantsAnswer(
        parcel=shown(known),
        operations=tuple(_descent(reading, operation, made) for operation, made in page.steps),
        cursor=cursors.write_index(page.cursor),
        is_cut=page.is_cut,
        as_of=reading.as_of,
    )


def _descent(reading: Reading, operation: Operation, made: Sequence[Parcel]) -> Descent:
    return Descent(
        index=operation.index,
        record_id=operation.record_id,
        operation=operation.name,
        author=operation.author,
        country=operation.country,
        occurred_at=operation.occurred_at,
        recorded_at_ms=operation.recorded_at_ms,
        status=reading.status(operation.index),
        made=tuple(shown(child) for child in made),
    )
