"""Laboratories' reports: what they leave to compare with, and what does not fit.

A report's number is used once by its laboratory, for one stone as it was then: re-cutting voids it.
Its weight is the stone's, to the millicarat: tolerances are for scales of the trade, and a stone of
3.075 ct with the report of one of 3.078 ct is another stone. And two stones that are alike in every
grade, weight and measure are worth a look. All of it is told, with the amounts; nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from ledger.canonical.correcting import named_values, with_values
from ledger.custody import (
    Changes,
    Graded,
    Item,
    Lookalikes,
    Parcel,
    ReportNumber,
)
from ledger.limits import LIMITS
from ledger.records import Correction, Receipt, Statement
from ledger.rules.case import Case
from ledger.rules.kinship import Kinship
from ledger.trace.corrections import record_now
from ledger.values import NO_HASH, Hash32, carats, to_hex

ALIKE_MILLICARATS_MAX: Final = 5
ALIKE_MICROMETRES_MAX: Final = 30
"""How far apart weights, and each of three measurements, of two heavy stones may be that are alike.

Lighter ones are common: see :func:`alike_within`, and
``docs/decisions/0030-when-two-stones-look-alike.md`` for the counts.
"""
ABOUT_OTHERS: Final = ("report-number-reused", "lookalike-stone")
"""The findings that are about other goods too than those of which their record speaks."""
OF_THE_BOOK: Final = ("report-weight-mismatch",)
"""The findings whose evidence tells what a parcel weighs by the book, or by a laboratory."""
_MEASURES: Final = 3

Noticed: TypeAlias = "Sequence[tuple[Hash32, str]]"


@dataclass(frozen=True, slots=True)
class _Reported:
    """A Statement as a record leaves it: made, or corrected.

    Attributes:
        id: of the Statement.
        before: as it was before this record, or None.
        after: as it is from this record on.
        parcel: of which it speaks.

    """

    id: Hash32
    before: Statement | None
    after: Statement
    parcel: Parcel


# -- what is left ------------------------------------------------------------------------------


def report_items(
    case: Case, statement_id: Hash32, before: Statement | None, after: Statement
) -> tuple[Item, ...]:
    """Return what a Statement leaves to be found again by; or what its Correction moves.

    Args:
        case: the record before the rules: the Statement, or the Correction.
        statement_id: the Statement's.
        before: the Statement as it was until now; None while it is said.
        after: as it is from now on.

    """
    parcel = case.parcel(after.what.parcel)
    if parcel is None:
        return ()
    said = _Reported(statement_id, before, after, parcel)
    graded: tuple[Item, ...] = ()
    if after.what.operation == "grading":
        graded = tuple(_likenesses(case, said))
        if before is None:
            weight = after.amounts.weight_millicarats
            graded = (Graded(parcel.id, statement_id, weight), *graded)
    return (*_numbers(case, said), *graded)


def _numbers(case: Case, said: _Reported) -> Iterator[ReportNumber]:
    number = said.after.what.report_number
    number_before = said.before.what.report_number if said.before else ""
    if number == number_before:
        return
    left = _used(case, said.after, number_before)
    if left is not None and left.statement == said.id:
        yield replace(left, statement=NO_HASH, parcel=NO_HASH, weight_millicarats=0)
    if number and _used(case, said.after, number) is None:
        weight = said.after.amounts.weight_millicarats
        yield ReportNumber(said.after.author, number, said.id, said.parcel.id, weight)


def _used(case: Case, statement: Statement, number: str) -> ReportNumber | None:
    """Return the use of a laboratory's number, if any holds it."""
    used = case.state.read(ReportNumber, statement.author + number.encode()) if number else None
    return None if used is None or used.statement == NO_HASH else used


def _likenesses(case: Case, said: _Reported) -> Iterator[Lookalikes]:
    """Put a graded single stone among those like it; or, corrected, among others."""
    if said.parcel.stones != 1:
        return
    likeness = _likeness(said.after)
    if said.before is not None and _is_comparable(said.before):
        left = _bucket(case, _likeness(said.before))
        if said.id not in left.statements:
            return  # a later grading of this stone, or many of others like it, took its place
        if left.likeness != likeness:  # one that says too little now has another likeness, too
            yield _without(left, said.parcel.id)
    if _is_comparable(said.after):
        yield _with(_without(_bucket(case, likeness), said.parcel.id), said)


def _likeness(statement: Statement, more_millicarats: int = 0) -> str:
    what, weight = statement.what, statement.amounts.weight_millicarats
    return f"{what.shape}|{what.color}|{what.clarity}|{weight + more_millicarats}"


def _is_comparable(statement: Statement) -> bool:
    """Tell whether a grading says enough of a stone to know it from thousands of others."""
    what = statement.what
    return bool(what.color and what.clarity and statement.amounts.measurements_micrometres)


def _bucket(case: Case, likeness: str) -> Lookalikes:
    return case.state.read(Lookalikes, likeness.encode()) or Lookalikes(likeness, (), (), ())


def _without(bucket: Lookalikes, parcel: Hash32) -> Lookalikes:
    kept = [at for at, each in enumerate(bucket.parcels) if each != parcel]
    return _chosen(bucket, kept)


def _with(bucket: Lookalikes, said: _Reported) -> Lookalikes:
    more = Lookalikes(
        bucket.likeness,
        (*bucket.parcels, said.parcel.id),
        (*bucket.statements, said.id),
        (*bucket.measurements_micrometres, *said.after.amounts.measurements_micrometres),
    )
    return _chosen(more, list(range(len(more.parcels)))[-LIMITS.lookalikes_max :])


def _chosen(bucket: Lookalikes, kept: list[int]) -> Lookalikes:
    flat = bucket.measurements_micrometres
    return Lookalikes(
        bucket.likeness,
        tuple(bucket.parcels[at] for at in kept),
        tuple(bucket.statements[at] for at in kept),
        tuple(each for at in kept for each in flat[at * _MEASURES : (at + 1) * _MEASURES]),
    )


# -- what does not fit -------------------------------------------------------------------------


def _reported(case: Case) -> _Reported | None:
    """Return the Statement that a record makes or corrects, or None."""
    record = case.record
    before: Statement | None = None
    statement_id = case.signed.record_id
    if isinstance(record, Correction):
        statement_id = record.what.record
        known = record_now(case.state, statement_id)
        if not isinstance(known, Statement):
            return None
        before = known
        record = with_values(known, {path: value for path, value, _ in named_values(record)})
    if not isinstance(record, Statement):
        return None
    parcel = case.parcel(record.what.parcel)
    return None if parcel is None else _Reported(statement_id, before, record, parcel)


def number_reused(case: Case, _changes: Changes) -> Noticed:
    """Notice a laboratory's number that already belongs to other goods; about both."""
    said = _reported(case)
    if said is None or (said.before and _number(said.before) == _number(said.after)):
        return ()
    first = _used(case, said.after, _number(said.after))
    known = None if first is None else case.parcel(first.parcel)
    if first is None or known is None or first.statement == said.id:
        return ()
    if Kinship(case.state).are_one_stone(known, said.parcel):
        return ()
    number = f"report {first.number} of this laboratory"
    by_first = f"{number} was first used by {to_hex(first.statement)}, for other goods"
    again = f"{number}, by {to_hex(first.statement)}, is used again for other goods"
    return ((said.parcel.id, by_first), (known.id, again))


def _number(statement: Statement) -> str:
    return statement.what.report_number


def weight_mismatch(case: Case, _changes: Changes) -> Noticed:
    """Notice a measured weight that is not the book's."""
    record = case.record
    if not isinstance(record, Statement) or not record.amounts.weight_millicarats:
        return ()
    parcel = case.parcel(record.what.parcel)
    if parcel is None:
        return ()
    measured, book = record.amounts.weight_millicarats, parcel.weight_millicarats
    tolerance = case.charter.tolerance(book)
    if measured == book or (parcel.stones != 1 and measured <= book + tolerance):
        return ()
    evidence = f"{carats(measured)} ct as stated, {carats(book)} ct by the book: "
    return ((parcel.id, evidence + _difference(measured - book, tolerance)),)


def received_mismatch(case: Case, _changes: Changes) -> Noticed:
    """Notice a graded stone that its recipient finds to weigh something else than its report."""
    record = case.record
    if not isinstance(record, Receipt) or record.what.operation == "refuse":
        return ()
    parcel = case.parcel(record.what.parcel)
    if parcel is None or parcel.stones != 1:
        return ()
    graded, received = case.state.read(Graded, parcel.id), record.amounts.weight_millicarats
    if graded is None or received in (0, graded.weight_millicarats):
        return ()
    tolerance = case.charter.tolerance(graded.weight_millicarats)
    evidence = (
        f"{carats(received)} ct as received, {carats(graded.weight_millicarats)} ct as graded by "
        f"{to_hex(graded.statement)}: "
    )
    difference = _difference(received - graded.weight_millicarats, tolerance)
    return ((parcel.id, evidence + difference),)


def _difference(millicarats: int, tolerance: int) -> str:
    way = "more" if millicarats > 0 else "less"
    return f"{abs(millicarats)} millicarats {way} (weighing tolerance: {tolerance})"


def lookalikes(case: Case, _changes: Changes) -> Noticed:
    """Notice graded stones that are alike, though none was made from another; about each."""
    said = _reported(case)
    if said is None or said.parcel.stones != 1 or said.after.what.operation != "grading":
        return ()
    if said.before is not None and _looks(said.before) == _looks(said.after):
        return ()
    kinship = Kinship(case.state)
    alike: dict[Hash32, Hash32] = {}
    for statement, parcel_id in _alike(case, said):
        parcel = case.parcel(parcel_id)
        if parcel is not None and not kinship.are_kin(parcel, said.parcel):
            alike[parcel_id] = statement
        if len(alike) == LIMITS.lookalikes_max:
            break  # of every weight around it there may be as many
    if not alike:
        return ()
    millicarats, micrometres = alike_within(said.after.amounts.weight_millicarats)
    within = (
        f"same shape, colour and clarity, weight within {millicarats} millicarats, "
        f"measurements within {micrometres} micrometres"
    )
    first, more = next(iter(alike.values())), len(alike) - 1
    others = f" and {more} more" if more else ""
    about_this = (said.parcel.id, f"{within}, as in {to_hex(first)}{others}")
    return (about_this, *((each, f"{within}, as in {to_hex(said.id)}") for each in alike))


def _looks(statement: Statement) -> tuple[str, tuple[int, ...]]:
    return _likeness(statement), statement.amounts.measurements_micrometres


def alike_within(weight_millicarats: int) -> tuple[int, int]:
    """Return how many millicarats and micrometres apart a stone of a weight may have its like."""
    whole_carats = weight_millicarats // 1_000
    return min(whole_carats, ALIKE_MILLICARATS_MAX), min(10 * whole_carats, ALIKE_MICROMETRES_MAX)


def _alike(case: Case, said: _Reported) -> Iterator[tuple[Hash32, Hash32]]:
    """Yield Statement and parcel of each remembered stone that is alike."""
    if not _is_comparable(said.after):
        return
    measured = said.after.amounts.measurements_micrometres
    millicarats, micrometres = alike_within(said.after.amounts.weight_millicarats)
    for more in range(-millicarats, millicarats + 1):
        bucket = _bucket(case, _likeness(said.after, more))
        for at, parcel in enumerate(bucket.parcels):
            others = bucket.measurements_micrometres[at * _MEASURES : (at + 1) * _MEASURES]
            apart = max(abs(one - other) for one, other in zip(measured, others, strict=True))
            if apart <= micrometres:
                yield bucket.statements[at], parcel
