"""Sites: opened, changed and closed by the authority of their country."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.drafts import SiteStatement
from ledger.records import Record
from ledger.values import NO_HASH
from tests.ledger.rules.cases import (
    MINUTES_5,
    SOME_HASH,
    Case,
    Cases,
    Said,
    Stage,
    altered,
    name_of,
    new_stage,
)
from tests.world import WEEK, address_of

case = Cases()
AUTHORITY = ("authority-bw",)


def stating(stage: Stage, operation: str, by: str = "authority-bw", **stated: Any) -> Record:
    """Return a Site about the stage's own site, or one that opens another."""
    values = {"country": "BW", "licence": "ML-2", **stated}
    site, previous = (NO_HASH, NO_HASH)
    if operation != "open":
        site, previous = stage.site, stage.site_state(stage.site).head
    return drafts.site(
        stage.speaker(by), stage.moment(), operation, SiteStatement(**values),
        site_id=site, previous=previous,
    )  # fmt: skip


@case("party-unknown", "who.operators.1")
def _an_operator_who_is_no_party(stage: Stage, wrong: bool) -> Said:
    known = (address_of("miner-bw"), address_of("miner-za"))
    strangers = [address_of(f"stranger {n}") for n in range(99)]
    between = next(a for a in strangers if min(known) < a < max(known))
    operators = (min(known), between) if wrong else known
    return Said(stating(stage, "open", operators=operators), AUTHORITY)


@case("country", "scene.country")
def _a_site_abroad(stage: Stage, wrong: bool) -> Said:
    return Said(stating(stage, "open", country="ZA" if wrong else "BW"), AUTHORITY)


@case("country", "scene.country")
def _a_site_outside_the_eu(stage: Stage, wrong: bool) -> Said:
    record = stating(stage, "open", "authority-eu", country="GB" if wrong else "FI")
    return Said(record, ("authority-eu",))


@case("country", "scene.country")
def _a_site_that_moves(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site("authority-eu", country="FI")
    record = stating(stage, "change", "authority-eu", country="SE" if wrong else "FI")
    return Said(record, ("authority-eu",))


@case("country", "scene.country")
def _a_site_changed_by_the_authority_of_another_country(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site("authority-eu", country="BE")
    by = "authority-in" if wrong else "authority-be"
    return Said(stating(stage, "change", by, country="BE"), (by,))


@case("site-unknown", "who.site")
def _a_change_of_no_site(stage: Stage, wrong: bool) -> Said:
    site = SOME_HASH if wrong else stage.site
    return Said(altered(stating(stage, "change"), {"who.site": site}), AUTHORITY)


@case("site-unknown", "who.site")
def _a_parcel_taken_for_a_site(stage: Stage, wrong: bool) -> Said:
    site = stage.give("miner-bw") if wrong else stage.site
    return Said(altered(stating(stage, "close"), {"who.site": site}), AUTHORITY)


@case("site-closed", "who.site")
def _a_change_of_a_closed_site(stage: Stage, wrong: bool) -> Said:
    stage.say(stating(stage, "close" if wrong else "change"), *AUTHORITY)
    return Said(stating(stage, "change"), AUTHORITY)


@case("site-closed", "who.site")
def _a_site_closed_twice(stage: Stage, wrong: bool) -> Said:
    if wrong:
        stage.say(stating(stage, "close"), *AUTHORITY)
    return Said(stating(stage, "close"), AUTHORITY)


@case("stale-previous", "what.previous")
def _a_change_that_misses_another(stage: Stage, wrong: bool) -> Said:
    record = stating(stage, "change")
    if wrong:
        stage.say(stating(stage, "change", label="Deep"), *AUTHORITY)
    return Said(record, AUTHORITY)


@case("time-before", "scene.occurredAt")
def _a_change_before_the_opening(stage: Stage, wrong: bool) -> Said:
    at = stage.site_state(stage.site).head_at - wrong
    return Said(altered(stating(stage, "change"), {"scene.occurred_at": at}), AUTHORITY)


@case("time-ahead", "scene.occurredAt")
def _a_site_opened_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(stating(stage, "open"), {"scene.occurred_at": at}), AUTHORITY)


@case("period", "scene.validUntil")
def _a_licence_that_ends_before_it_is_stated(stage: Stage, wrong: bool) -> Said:
    return Said(stating(stage, "open", valid_until=stage.now_s - wrong), AUTHORITY)


@case("period", "scene.validUntil")
def _a_change_to_a_licence_that_has_run_out(stage: Stage, wrong: bool) -> Said:
    operation = "change" if wrong else "close"
    return Said(stating(stage, operation, valid_until=stage.now_s - 1), AUTHORITY)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


def test_a_change_restates_the_site_in_full() -> None:
    stage = new_stage()
    before = stage.site_state(stage.site)
    record = stating(
        stage, "change", zone="North", label="Deep", operators=[address_of("miner-za")]
    )
    signed = stage.say(record, *AUTHORITY)
    after = stage.site_state(stage.site)
    assert (after.zone, after.label, after.licence) == ("North", "Deep", "ML-2")
    assert after.operators == (address_of("miner-za"),)
    assert (after.id, after.head, after.closed) == (before.id, signed.record_id, False)


def test_a_change_renews_a_licence_that_has_run_out() -> None:
    stage = new_stage()
    stage.say(stating(stage, "change", valid_until=stage.now_s + 1), *AUTHORITY)
    stage.later(WEEK)
    stage.say(stating(stage, "change", valid_until=stage.now_s + WEEK), *AUTHORITY)
    stage.give("miner-bw")


def test_an_operator_need_not_be_a_miner_yet() -> None:
    stage = new_stage()
    stage.check(stating(stage, "open", operators=[address_of("trader-be")]), *AUTHORITY)


def test_two_sites_of_one_licence_are_two() -> None:
    stage = new_stage()
    first, second = stage.open_site(), stage.open_site()
    assert len({first, second, stage.site}) == 3
