"""Rules of Site: mines and diggings, stated by the authority of their country."""

from __future__ import annotations

from ledger.custody import Changes, SiteState
from ledger.records import Site
from ledger.rules.case import Case, refuse
from ledger.rules.who import check_who
from ledger.signing import output_id
from ledger.values import is_within


def check_site(case: Case, record: Site) -> Changes:
    """Check a Site, and open, change or close it."""
    operators = record.who.operators
    check_who(case, *((f"who.operators.{at}", party) for at, party in enumerate(operators)))
    country, own = record.scene.country, record.scene.author_country
    before = case.site(record.who.site)
    if not is_within(country, own):
        raise refuse("country", "scene.country", f"a country within {own}", country)
    if before is not None and country != before.country:
        raise refuse("country", "scene.country", f"the site's country, {before.country}", country)
    if record.what.operation != "open":
        _check_known(case, record, before)
    case.check_time((before.head_at,) if before else ())
    valid_until = record.scene.valid_until
    closing = record.what.operation == "close"  # which may restate a licence that has run out
    if valid_until and valid_until < record.scene.occurred_at and not closing:
        raise refuse("period", "scene.validUntil", "0, or at least occurredAt", valid_until)
    return Changes((_stated(case, record, before),))


def _check_known(case: Case, record: Site, before: SiteState | None) -> None:
    if before is None:
        raise refuse("site-unknown", "who.site", "a site of this ledger", record.who.site)
    if before.closed:
        raise refuse("site-closed", "who.site", "a site that is not closed", before.id)
    case.check_head("what.previous", record.what.previous, before.head)


def _stated(case: Case, record: Site, before: SiteState | None) -> SiteState:
    return SiteState(
        id=before.id if before else output_id(case.signed.record_id, 0),
        country=record.scene.country,
        zone=record.scene.zone,
        site_type=record.what.site_type,
        licence=record.what.licence,
        label=record.amounts.label,
        operators=record.who.operators,
        yearly_capacity_millicarats=record.amounts.yearly_capacity_millicarats,
        valid_until=record.scene.valid_until,
        closed=record.what.operation == "close",
        head=case.signed.record_id,
        head_at=record.scene.occurred_at,
    )
