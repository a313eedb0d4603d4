"""Judging recalled goods again: which verdicts are others than they were, or than elsewhere.

Goods are judged twice by what is asked: with what was said up to some entry and with all of it,
with the tables of then and of today, for two days, or by two definitions. Only those are told on
which the verdict is another. A verdict is nobody's to be told who may not read of the goods: an
authority that is concerned is told values and reasons, and no records but those it may read.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.access.lineage import EVER
from ledger.answers.definitions import NOTICE, day_of, definition_shown, known, last_second, today
from ledger.answers.reading import Reading
from ledger.answers.recall_starts import Beginning
from ledger.answers.recalls import KeptWalks, recalls
from ledger.answers.shapes.recalls import Flip, RecalledParcel, RejudgedAnswer
from ledger.answers.shapes.verdicts import DifferenceShown
from ledger.answers.verdicts import Discretion, as_readable, bench_of
from ledger.custody import NEVER
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.reference import Collection, Library
from ledger.verdicts.comparing import compare
from ledger.verdicts.definitions import Definition

_JUDGED = ("held", "offered", "frozen", "set", "sold")


@dataclass(frozen=True, slots=True)
class Twice:
    """What goods are judged by, twice.

    Attributes:
        definition: the id of the definition; ``compare_definition`` of that in the second place.
        date: the day that they are judged for, "" is today; ``compare_date`` in the second place.
        facts_before: in the first place, what so many entries say; None is all.
        tables_before: in the first place, the tables that counted then; None is today's, or those
            of ``facts_before``.

    """

    definition: str
    date: str = ""
    compare_date: str = ""
    compare_definition: str = ""
    facts_before: int | None = None
    tables_before: int | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two places."""

    definition: Definition
    collection: Collection
    at: int
    size: int


def rejudged(
    reading: Reading,
    library: Library,
    begun: Beginning,
    twice: Twice,
    limit: int | None,
    cursor: str,
    kept: KeptWalks,
) -> RejudgedAnswer:
    """Answer with the next parcels whose verdict is another in the second place.

    Raises:
        BadQuestion: nothing, or nothing that is there, is asked to be compared; or no such cursor.
        Unknown: there is no such definition.
        TableMissing: a file that the charter then in force names is not here.

    """
    before, after = sides = _sides(reading, library, twice)
    rows = min(LIMITS.page_rows_judged if limit is None else limit, LIMITS.page_rows_judged)
    page = recalls(reading, begun, rows, cursor, kept)
    judged = [one for one in page.parcels if one.state in _JUDGED and one.affected != "none"]
    found = [
        (one, _judge(reading, library, one, sides, is_concerned=page.is_whole)) for one in judged
    ]
    return RejudgedAnswer(
        begins_with=page.begins_with,
        subject=page.subject,
        since=page.since,
        size=page.size,
        definition=definition_shown(before.definition, before.collection.adopted),
        other=definition_shown(after.definition, after.collection.adopted),
        date=day_of(before.at),
        other_date=day_of(after.at),
        facts_size=before.size,
        tables_size=_tables_size(reading, twice),
        judged=len(judged),
        untold=sum(difference is None for _, difference in found),
        flips=tuple(Flip(one, told) for one, told in found if told and told.is_different),
        is_whole=page.is_whole,
        cursor=page.cursor,
        scanned_to=page.scanned_to,
        notice=NOTICE,
        as_of=reading.as_of,
    )


def _tables_size(reading: Reading, twice: Twice) -> int:
    given = (twice.tables_before, twice.facts_before, reading.as_of.size)
    return next(one for one in given if one is not None)


def _sides(reading: Reading, library: Library, twice: Twice) -> tuple[_Side, _Side]:
    head = reading.as_of.size
    given = (twice.facts_before, twice.tables_before, twice.compare_date, twice.compare_definition)
    if all(one in (None, "") for one in given):
        expected = "what to compare: factsBefore, tablesBefore, compareDate or compareDefinition"
        raise BadQuestion("query", expected)
    for name, size in (("factsBefore", twice.facts_before), ("tablesBefore", twice.tables_before)):
        if size is not None and not 1 <= size <= head:
            raise BadQuestion(name, f"1 to {head}")
    at = last_second("asOf", twice.date) if twice.date else today(reading.now_ms)
    then = last_second("compareDate", twice.compare_date) if twice.compare_date else at
    old = library.collection_at(reading.view, _tables_size(reading, twice))
    new = library.collection_at(reading.view, head)
    other = twice.compare_definition or twice.definition
    facts = head if twice.facts_before is None else twice.facts_before
    return (
        _Side(known(old, twice.definition), old, at, facts),
        _Side(known(new, other), new, then, head),
    )


def _judge(
    reading: Reading,
    library: Library,
    one: RecalledParcel,
    sides: tuple[_Side, _Side],
    *,
    is_concerned: bool,
) -> DifferenceShown | None:
    """Judge a parcel twice; None where it was not there, or its story may not be told."""
    try:
        if reading.is_whole:
            size, shown = reading.as_of.size, Discretion(EVER, is_whole=True)
        elif is_concerned:
            size, shown = reading.as_of.size, Discretion(NEVER, is_whole=False)
        else:
            size, shown = as_readable(reading, one.parcel_id, None, None)
        sizes = [min(side.size, size) for side in sides]
        # What was gathered, and narrowed, for one place serves for the other if it is of its size.
        gathered = {at: bench_of(reading, library, one.parcel_id, at, shown) for at in sizes}
    except Unknown:
        return None
    benches = [gathered[at] for at in sizes]
    judged = []
    for side, bench in zip(sides, benches, strict=True):
        bench.collection = side.collection
        judged.append(bench.judged(side.definition, side.at))
    return benches[1].difference(compare(*judged))
