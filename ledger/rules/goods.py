"""Rules of parcels that are registered, handed over, reported: one parcel at a time.

A refusal tells its author nothing about others: what the book says of a parcel is told to its
custodian, to whom it is offered, and to those who may freeze or release it; anyone else is told in
words what was asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ledger.custody import (
    NOBODY,
    Changes,
    Item,
    Mined,
    Operation,
    Parcel,
    Party,
    SiteState,
    YearOutput,
    as_held,
    year_key,
)
from ledger.records import FREEZING, Handoff, Receipt, Registration, Report, Withdrawal
from ledger.records.compiled import maker
from ledger.rules.case import Case, refuse, shown
from ledger.rules.who import check_not_recovering, check_who
from ledger.signing import output_id
from ledger.values import NO_HASH, Address, Hash32, Milliseconds, ParcelId

_make_parcel: Final = maker(Parcel)
_make_operation: Final = maker(Operation)
_make_year_output: Final = maker(YearOutput)
_make_mined: Final = maker(Mined)
_make_changes: Final = maker(Changes)


def year_of(seconds: int) -> int:
    """Return the calendar year (UTC) of a time in seconds."""
    return datetime.fromtimestamp(seconds, UTC).year


def known_parcel(case: Case, parcel: ParcelId, field: str) -> Parcel:
    """Return a parcel that must exist.

    Raises:
        Refused: ``parcel-absent``.

    """
    known = case.parcel(parcel)
    if known is None:
        raise refuse("parcel-absent", field, "a parcel of this ledger", parcel)
    return known


def custodian_of(case: Case, parcel: Parcel) -> Address:
    """Return who holds a parcel: of a set one, whoever holds its piece."""
    return as_held(case.state, parcel).custodian


def check_custodian(
    case: Case,
    parcel: Parcel,
    holder: Party,
    field: str,
    expected: str = "a parcel that the author holds",
) -> None:
    """Check that a party, mostly the author, holds a parcel.

    Raises:
        Refused: ``not-custodian``.

    """
    if custodian_of(case, parcel) != holder.address:
        raise refuse("not-custodian", field, expected, parcel.id)


def check_state(parcel: Parcel, states: Collection[str], field: str) -> None:
    """Check that a parcel is in one of the states that its record asks.

    Raises:
        Refused: ``parcel-`` and the state that it is in.

    """
    if parcel.state not in states:
        raise refuse(f"parcel-{parcel.state}", field, "a parcel " + " or ".join(states), parcel.id)


def _check_site(case: Case, record: Registration) -> SiteState:
    site = case.site(record.who.site)
    if site is None:
        raise refuse("site-unknown", "who.site", "a site of this ledger", record.who.site)
    expired = site.valid_until and case.now_ms // 1000 > site.valid_until
    if site.closed or expired:
        raise refuse("site-closed", "who.site", "an open site with a licence in force", site.id)
    if site.operators and record.author not in site.operators:
        raise refuse("site-operator", "who.author", "an operator of the site", record.author)
    if record.scene.author_country != site.country:
        expected = f"a miner of {site.country}"
        raise refuse("site-operator", "scene.authorCountry", expected, record.scene.author_country)
    if record.scene.zone != site.zone:
        expected = f"the site's zone, {shown(site.zone)}" if site.zone else "no zone, as the site"
        raise refuse("site-zone", "scene.zone", expected, "another")
    return site


def check_registration(case: Case, record: Registration) -> Changes:
    """Check a Registration, and make its parcel."""
    check_who(case)
    site = _check_site(case, record)
    case.check_time(())
    scene, amounts = record.scene, record.amounts
    if not scene.period_from <= scene.period_to:
        raise refuse("period", "scene.periodTo", f"at least {scene.period_from}", scene.period_to)
    if scene.period_to > scene.occurred_at:
        expected = f"at most occurredAt, {scene.occurred_at}"
        raise refuse("period", "scene.periodTo", expected, scene.period_to)
    parcel = _make_parcel(
        id=output_id(case.signed.record_id, 0),
        state="held",
        custodian=record.author,
        weight_millicarats=amounts.weight_millicarats,
        stones=amounts.stones,
        hs_code=record.what.hs_code,
        country=site.country,
        head=case.signed.record_id,
        head_at=scene.occurred_at,
        made_by=case.index,
        position=0,
        blended_by=case.index,
    )
    operation = _operation(case, "registration", site.country, site.id, (), (parcel,))
    output = _year_output(case, site, year_of(scene.period_to), amounts.weight_millicarats)
    mined = _make_mined(site.id, case.index, parcel.id)
    return _make_changes((parcel, operation, output, mined), parcels=(parcel.id,))


def _year_output(case: Case, site: SiteState, year: int, weight_millicarats: int) -> YearOutput:
    before = case.state.read(YearOutput, year_key(site.id, year))
    so_far = before.weight_millicarats if before else 0
    return _make_year_output(site.id, year, so_far + weight_millicarats)


def _operation(
    case: Case,
    name: str,
    country: str,
    site: Hash32,
    inputs: tuple[Parcel, ...],
    outputs: tuple[Parcel, ...],
) -> Operation:
    weights_in = tuple([parcel.weight_millicarats for parcel in inputs])
    weights_out = tuple([parcel.weight_millicarats for parcel in outputs])
    return _make_operation(
        index=case.index,
        record_id=case.signed.record_id,
        name=name,
        author=case.record.author,
        occurred_at=case.record.scene.occurred_at,
        recorded_at_ms=Milliseconds(case.now_ms),
        country=country,
        site=site,
        inputs=tuple([parcel.id for parcel in inputs]),
        input_weights_millicarats=weights_in,
        inputs_made_by=tuple([parcel.made_by for parcel in inputs]),
        outputs=tuple([parcel.id for parcel in outputs]),
        weights_millicarats=weights_out,
        stones=tuple([parcel.stones for parcel in outputs]),
        loss_millicarats=max(sum(weights_in) - sum(weights_out), 0),
    )


def make_operation(
    case: Case, name: str, inputs: tuple[Parcel, ...], outputs: tuple[Parcel, ...]
) -> Operation:
    """Return the edge of the ancestry that an accepted record is."""
    return _operation(case, name, case.record.scene.author_country, NO_HASH, inputs, outputs)


def _advance(case: Case, parcel: Parcel) -> Parcel:
    """Return a parcel whose chain the record has advanced."""
    return replace(parcel, head=case.signed.record_id, head_at=case.record.scene.occurred_at)


def _moved(case: Case, parcel: Parcel, *items: Item) -> Changes:
    return _make_changes((_advance(case, parcel), *items), parcels=(parcel.id,))


def check_handoff(case: Case, record: Handoff) -> Changes:
    """Check a Handoff, and offer the parcel."""
    author = check_who(case, ("who.recipient", record.who.recipient))
    check_not_recovering(case, author)
    if record.who.recipient == author.address:
        raise refuse("self", "who.recipient", "another party than the author", "the author")
    _check_recipient(case, record)
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    check_custodian(case, parcel, author, "what.parcel")
    check_state(parcel, ("held",), "what.parcel")
    case.check_head("what.previous", record.what.previous, parcel.head)
    if record.amounts.weight_millicarats != parcel.weight_millicarats:
        came = record.amounts.weight_millicarats
        raise refuse("book-weight", "amounts.weightMillicarats", parcel.weight_millicarats, came)
    if record.amounts.stones != parcel.stones:
        raise refuse("book-stones", "amounts.stones", parcel.stones, record.amounts.stones)
    case.check_time((parcel.head_at,))
    return _moved(case, replace(parcel, state="offered", recipient=record.who.recipient))


def _check_recipient(case: Case, record: Handoff) -> None:
    recipient = case.known_party(record.who.recipient, "who.recipient")
    country = record.scene.recipient_country
    if not any(recipient.holds(role, country, case.now_ms) for role in record.KIND.roles[""]):
        expected = f"a party with a custody role in {country}"
        raise refuse("recipient", "who.recipient", expected, recipient.address)


def check_receipt(case: Case, record: Receipt) -> Changes:
    """Check a Receipt, and move the parcel or leave it with its sender."""
    author = check_who(case, ("who.sender", record.who.sender))
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    check_state(parcel, ("offered",), "what.parcel")
    if parcel.recipient != author.address:
        expected = "the party it is offered to"
        raise refuse("not-recipient", "who.author", expected, author.address)
    if parcel.custodian != record.who.sender:
        expected = "the party that offered it"
        raise refuse("not-recipient", "who.sender", expected, record.who.sender)
    case.check_head("what.previous", record.what.previous, parcel.head)
    if record.what.operation == "refuse":
        case.check_time((parcel.head_at,))
        return _moved(case, replace(parcel, state="held", recipient=NOBODY))
    _check_received_weight(case, record, parcel)
    _check_received_stones(record, parcel)
    case.check_time((parcel.head_at,))
    return _received(case, record, parcel)


def _check_received_weight(case: Case, record: Receipt, parcel: Parcel) -> None:
    field, came = "amounts.weightMillicarats", record.amounts.weight_millicarats
    book = parcel.weight_millicarats
    if parcel.form == "piece":
        if came not in (0, book):
            raise refuse("book-weight", field, f"0 or {book}: a piece is not weighed again", came)
        return
    if came == 0:
        raise refuse("emptiness", field, "the recipient's own weight", "an empty field")
    tolerance = case.charter.tolerance(book)
    if came > book + tolerance:
        raise refuse("weight-over", field, f"at most {book + tolerance}", came)
    if record.what.operation == "accept" and came < book - tolerance:
        expected = f"at least {book - tolerance}, or acceptShort, or refuse"
        raise refuse("weight-short", field, expected, came)


def _check_received_stones(record: Receipt, parcel: Parcel) -> None:
    field, came, book = "amounts.stones", record.amounts.stones, parcel.stones
    if parcel.form == "piece" and came not in (0, book):
        raise refuse("book-stones", field, f"0 or {book}", came)
    if not came or not book:
        return
    if came > book:
        raise refuse("stones-over", field, f"at most {book}", came)
    if record.what.operation == "accept" and came < book:
        raise refuse("stones-short", field, f"{book}, or acceptShort, or refuse", came)


def _received(case: Case, record: Receipt, parcel: Parcel) -> Changes:
    weight = parcel.weight_millicarats  # a piece keeps its own: it may come with none
    if parcel.form != "piece":
        weight = min(weight, record.amounts.weight_millicarats)
    stones = record.amounts.stones if parcel.stones and record.amounts.stones else parcel.stones
    country = parcel.country if parcel.form == "rough" else record.scene.author_country
    lighter = (weight, stones) != (parcel.weight_millicarats, parcel.stones)
    received = replace(
        parcel,
        state="held",
        custodian=record.author,
        recipient=NOBODY,
        weight_millicarats=weight,
        stones=stones,
        country=country,
        blended_by=case.index if lighter else parcel.blended_by,
    )
    if not lighter:
        return _moved(case, received)
    return _moved(case, received, make_operation(case, "receipt", (parcel,), (received,)))


def check_withdrawal(case: Case, record: Withdrawal) -> Changes:
    """Check a Withdrawal, and take the offer back."""
    author = check_who(case)
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    check_custodian(case, parcel, author, "what.parcel")
    check_state(parcel, ("offered",), "what.parcel")
    case.check_head("what.previous", record.what.previous, parcel.head)
    case.check_time((parcel.head_at,))
    return _moved(case, replace(parcel, state="held", recipient=NOBODY))


def check_freezing(case: Case, record: Report) -> Changes:
    """Check a Report that freezes a parcel, or lifts that."""
    author = check_who(case)
    _check_seizure_country(case, record)
    parcel = known_parcel(case, record.what.parcel, "what.parcel")
    if record.what.operation in FREEZING:
        changed = _freeze(case, record, parcel, author)
    else:
        changed = _lift(record, parcel, author)
    case.check_head("what.previous", record.what.previous, parcel.head)
    case.check_time((parcel.head_at,))
    return _moved(case, changed)


def _check_seizure_country(case: Case, record: Report) -> None:
    parcel = case.parcel(record.what.parcel)
    area = record.scene.author_country
    if record.what.operation == "seizure" and parcel is not None and not parcel.is_in(area):
        raise refuse("country", "scene.authorCountry", "where the parcel is", area)


def _freeze(case: Case, record: Report, parcel: Parcel, author: Party) -> Parcel:
    seizure = record.what.operation == "seizure"
    if not seizure:
        check_custodian(case, parcel, author, "what.parcel")
    if not (seizure and parcel.state == "frozen" and not parcel.seized):
        check_state(parcel, ("held", "offered"), "what.parcel")
    return replace(
        parcel, state="frozen", recipient=NOBODY, reporter=author.address, seized=seizure
    )


def _lift(record: Report, parcel: Parcel, author: Party) -> Parcel:
    check_state(parcel, ("frozen",), "what.parcel")
    if record.what.operation == "recovery" and parcel.reporter != author.address:
        expected = "the author of the freezing report"
        raise refuse("not-reporter", "who.author", expected, author.address)
    return replace(parcel, state="held", reporter=NOBODY, seized=False)
