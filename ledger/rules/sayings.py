"""Rules of what is said of goods and of records: Statement, Correction, Reports that only speak.

None of them moves goods. A Statement or a Report speaks of any record of a parcel's chain; whoever
does need not be one of those who may read it, so that no refusal tells what that record says. A
Correction is its author's own, and its values are checked like the first ones; what an office
attested is corrected by whoever still holds that office.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ledger.canonical.correcting import named_values, with_values
from ledger.custody import (
    Answered,
    CertificateState,
    Changes,
    Corrected,
    Item,
    YearOutput,
    year_key,
)
from ledger.errors import Refused
from ledger.records import (
    Certificate,
    Clearance,
    Correction,
    Record,
    Registration,
    Report,
    Statement,
)
from ledger.rules.case import Case, refuse
from ledger.rules.goods import check_freezing, known_parcel, year_of
from ledger.rules.laboratories import report_items
from ledger.rules.lineage import touches
from ledger.rules.who import check_who
from ledger.trace.corrections import record_now
from ledger.values import NO_HASH, Hash32, ParcelId

SPEAKING: Final = ("dispute", "answer")
"""The Reports that move nothing."""
ATTESTED: Final = (Certificate, Clearance, Statement)
"""What counts for the office in which it was said: whoever lost that does not say it again."""
_EARLIEST: Final = "no earlier than what it speaks of"


def check_statement(case: Case, record: Statement) -> Changes:
    """Check a Statement; it moves nothing."""
    check_who(case)
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    _check_described(case, parcel.id, record.what.state)
    scene = record.scene
    if scene.as_of > scene.occurred_at:
        raise refuse(
            "period", "scene.asOf", f"at most occurredAt, {scene.occurred_at}", scene.as_of
        )
    items = report_items(case, case.signed.record_id, None, record)
    return Changes(items, mentions=(parcel.id,))


def check_report(case: Case, record: Report) -> Changes:
    """Check a Report: it freezes a parcel, lifts that, or only speaks."""
    if record.what.operation in SPEAKING:
        check_who(case)
        return _speak(case, record)
    return check_freezing(case, record)


def _speak(case: Case, record: Report) -> Changes:
    """Check a dispute, or the answer to a finding; it moves nothing.

    A finding that is answered need not be among those kept: those that need tables or the time of
    asking are never kept, and their ids are made the same way.
    """
    items = _answer(case, record)
    parcel_id = record.what.parcel
    if parcel_id == NO_HASH:
        case.check_time(())
        return Changes(items)
    known_parcel(case, parcel_id, "what.parcel")
    _check_described(case, parcel_id, record.what.state)
    return Changes(items, mentions=(parcel_id,))


def _answer(case: Case, record: Report) -> tuple[Item, ...]:
    if record.what.operation != "answer":
        return ()
    return (Answered(record.what.finding, record.author, case.index, case.signed.record_id),)


def _check_described(case: Case, parcel: ParcelId, state: Hash32) -> None:
    """Check that a record of a parcel's chain is spoken of, and not before it occurred."""
    described = case.state.record(state)
    if described is None or parcel not in touches(described, state):
        raise refuse("state-unknown", "what.state", "a record of this parcel's chain", state)
    case.check_time((described.scene.occurred_at,), earliest=_EARLIEST)


# -- corrections ---------------------------------------------------------------------------------


def check_correction(case: Case, record: Correction) -> Changes:
    """Check a Correction, and put its values in the place of those that it names."""
    author = check_who(case)
    record_id = record.what.record
    original = case.state.record(record_id)
    _check_latest(case, record, original)
    if original is None or not original.KIND.correctable:
        expected = "a record of this ledger that may be corrected"
        raise refuse("state-unknown", "what.record", expected, record_id)
    last = case.state.record(record.what.state) or original
    since = (original.scene.occurred_at, last.scene.occurred_at)
    case.check_time(since, earliest=_EARLIEST)
    if original.author != author.address:
        raise refuse("correction-author", "who.author", "the author of that record", "another")
    _check_office(record, original)
    before = record_now(case.state, record_id) or original
    after = _corrected(record, before)
    _check_together(record, after)
    kept = _kept(case, record)
    items = (kept, *_effects(case, record_id, before, after))
    return Changes(items, mentions=_goods_of(case, original, record_id))


def _check_latest(case: Case, record: Correction, original: Record | None) -> None:
    latest = case.state.read(Corrected, record.what.record)
    head = record.what.record if latest is None else latest.correction
    if record.what.state != head:
        is_own = original is not None and original.author == record.author
        expected = head if is_own else "its latest Correction, or the record itself"
        raise refuse("stale-previous", "what.state", expected, record.what.state)


def _check_office(record: Correction, original: Record) -> None:
    """Check that values of what an office attested are corrected in that office."""
    if not isinstance(original, ATTESTED) or not any(named_values(record)):
        return  # its private fields are whoever's it is
    for place, field, name in (
        ("what", "author_role", "Role"),
        ("scene", "author_country", "Country"),
    ):
        said = getattr(getattr(original, place), field)
        came = getattr(getattr(record, place), field)
        if came != said:
            expected = f"{said}, as that record was said"
            raise refuse("correction-author", f"{place}.author{name}", expected, came)


def _corrected(record: Correction, before: Record) -> Record:
    named = {path: (value, field) for path, value, field in named_values(record)}
    try:
        return with_values(before, {path: value for path, (value, _) in named.items()})
    except Refused as refused:
        fault = refused.refusal
        # A list's fault names the list, where one of its elements has the value.
        at = (field for path, (_, field) in named.items() if path.startswith(fault.field))
        raise refuse("correction-field", next(at, ""), fault.expected, fault.came) from None


def _check_together(record: Correction, after: Record) -> None:
    """Check values against others of the same record."""
    scene = after.scene
    if isinstance(after, Registration) and not (
        scene.period_from <= scene.period_to <= scene.occurred_at
    ):
        expected = f"periodFrom, periodTo and occurredAt, {scene.occurred_at}, in order"
        raise _value_refused(record, "scene.period", expected)
    # One that another certificate took the place of is void, and stays so whenever it expires.
    if isinstance(after, Certificate) and scene.expires_at <= scene.occurred_at:
        expected = f"later than occurredAt, {scene.occurred_at}"
        raise _value_refused(record, "scene.expiresAt", expected)


def _value_refused(record: Correction, path: str, expected: str) -> Refused:
    named = (field for name, _, field in named_values(record) if name.startswith(path))
    return refuse("correction-field", next(named, ""), expected, "another value")


def _kept(case: Case, record: Correction) -> Corrected:
    latest = case.state.read(Corrected, record.what.record)
    values = {} if latest is None else dict(zip(latest.paths, latest.values, strict=True))
    values |= {path: value for path, value, _ in named_values(record)}
    details = record.details
    if details == NO_HASH and latest is not None:
        details = latest.details
    paths = tuple(sorted(values))
    told = tuple(values[path] for path in paths)
    return Corrected(record.what.record, case.signed.record_id, paths, told, details)


def _effects(case: Case, record_id: Hash32, before: Record, after: Record) -> tuple[Item, ...]:
    """Return the items, besides the Correction itself, that a record's other values change."""
    if isinstance(before, Registration) and isinstance(after, Registration):
        return _moved_output(case, before, after)
    if isinstance(after, Certificate):
        return _endorsed(case, record_id, after)
    if isinstance(before, Statement) and isinstance(after, Statement):
        return report_items(case, record_id, before, after)
    return ()


def _moved_output(case: Case, before: Registration, after: Registration) -> tuple[Item, ...]:
    years = year_of(before.scene.period_to), year_of(after.scene.period_to)
    if years[0] == years[1]:
        return ()
    weight, site = before.amounts.weight_millicarats, before.who.site
    return tuple(
        YearOutput(site, year, _output(case, site, year) + by)
        for year, by in zip(years, (-weight, weight), strict=True)
    )


def _output(case: Case, site: Hash32, year: int) -> int:
    known = case.state.read(YearOutput, year_key(site, year))
    return known.weight_millicarats if known else 0


def _endorsed(case: Case, record_id: Hash32, after: Certificate) -> tuple[Item, ...]:
    known = case.state.read(CertificateState, record_id)
    if known is None:
        return ()
    endorsed = replace(
        known,
        values_us_cents=after.amounts.values_us_cents,
        expires_at=after.scene.expires_at,
        provenance=after.scene.provenance,
        destination=after.scene.destination,
    )
    return () if endorsed == known else (endorsed,)


def _goods_of(case: Case, original: Record, record_id: Hash32) -> tuple[ParcelId, ...]:
    """Return the parcels that a corrected record makes, advances or speaks of, each once."""
    what = original.what
    spoken = (getattr(what, "parcel", NO_HASH), *getattr(what, "parcels", ()))
    if isinstance(original, Clearance):
        cleared = case.state.read(CertificateState, what.certificate)
        spoken = cleared.parcels if cleared else ()
    every = dict.fromkeys((*touches(original, record_id), *spoken))
    return tuple(parcel for parcel in every if parcel != NO_HASH)
