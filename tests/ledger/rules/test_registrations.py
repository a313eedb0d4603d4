"""Registration: parcels of rough from open sites."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import drafts
from ledger.custody import NEVER, YearOutput, year_key
from ledger.drafts import SiteStatement
from ledger.records import Record
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
from tests.world import address_of

case = Cases()
MINER = ("miner-bw",)
BOOK = 10_000
"""The book weight of every parcel here; its tolerance is 10 (1,000 parts per million)."""


def registering(stage: Stage, by: str = "miner-bw", **more: Any) -> Record:
    """Return a Registration at the stage's site."""
    return drafts.registration(stage.speaker(by), stage.moment(), stage.site, BOOK, **more)


def close(stage: Stage) -> None:
    """Close the stage's site."""
    record = drafts.site(
        stage.speaker("authority-bw"), stage.moment(), "close", SiteStatement("BW", "ML-1"),
        site_id=stage.site, previous=stage.site_state(stage.site).head,
    )  # fmt: skip
    stage.say(record, "authority-bw")


# Registration.


@case("site-unknown", "who.site")
def _no_such_site(stage: Stage, wrong: bool) -> Said:
    site = SOME_HASH if wrong else stage.site
    return Said(altered(registering(stage), {"who.site": site}), MINER)


@case("site-closed", "who.site")
def _a_site_that_is_closed(stage: Stage, wrong: bool) -> Said:
    if wrong:
        close(stage)
    return Said(registering(stage), MINER)


@case("site-closed", "who.site")
def _a_licence_a_millisecond_after_its_last_second(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site(valid_until=stage.now_s + 10)
    record = registering(stage)
    stage.later(10 + wrong)
    stage.rest_ms = 0 if wrong else 999
    return Said(record, MINER)


@case("site-operator", "who.author")
def _a_miner_who_is_not_among_the_operators(stage: Stage, wrong: bool) -> Said:
    operator = address_of("miner-za" if wrong else "miner-bw")
    stage.site = stage.open_site(operators=(operator,))
    return Said(registering(stage), MINER)


@case("site-operator", "scene.authorCountry")
def _a_miner_of_another_country(stage: Stage, wrong: bool) -> Said:
    by = "miner-za" if wrong else "miner-bw"
    return Said(registering(stage, by), (by,))


@case("site-operator", "scene.authorCountry")
def _an_operator_who_speaks_as_a_miner_of_another_country(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site(operators=(address_of("miner-za"),))
    stage.admit("miner-za", "miner", "BW")
    record = registering(stage, "miner-za")
    country = "ZA" if wrong else "BW"
    return Said(altered(record, {"scene.author_country": country}), ("miner-za",))


@case("site-zone", "scene.zone")
def _another_zone(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site(zone="North")
    return Said(registering(stage, zone="South" if wrong else "North"), MINER)


@case("site-zone", "scene.zone")
def _no_zone_where_the_site_has_one(stage: Stage, wrong: bool) -> Said:
    stage.site = stage.open_site(zone="North" if wrong else "")
    return Said(registering(stage), MINER)


@case("site-zone", "scene.zone")
def _a_zone_where_the_site_has_none(stage: Stage, wrong: bool) -> Said:
    return Said(registering(stage, zone="North" if wrong else ""), MINER)


@case("period", "scene.periodTo")
def _mined_until_before_it_began(stage: Stage, wrong: bool) -> Said:
    until = stage.now_s - 100
    return Said(registering(stage, mined=(until + wrong, until)), MINER)


@case("period", "scene.periodTo")
def _mined_after_it_is_said(stage: Stage, wrong: bool) -> Said:
    return Said(registering(stage, mined=(1, stage.now_s + wrong)), MINER)


@case("time-ahead", "scene.occurredAt")
def _registered_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    stage.rest_ms = 999 if wrong else 0
    at = stage.now_s + MINUTES_5 + wrong
    return Said(altered(registering(stage), {"scene.occurred_at": at}), MINER)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


# What a Registration changes.


def test_a_registration_makes_a_parcel_in_the_sites_country() -> None:
    stage = new_stage()
    signed = stage.say(registering(stage, stones=3, hs_code="7102.10"), "miner-bw")
    (parcel_id,) = stage.outputs(signed)
    parcel = stage.book(parcel_id)
    assert (parcel.state, parcel.custodian, parcel.country) == (
        "held",
        address_of("miner-bw"),
        "BW",
    )
    assert (parcel.weight_millicarats, parcel.stones, parcel.hs_code) == (BOOK, 3, "7102.10")
    assert (parcel.head, parcel.position, parcel.spent_by) == (signed.record_id, 0, NEVER)
    assert parcel.made_by == parcel.blended_by == len(stage.log) - 1


def test_registrations_of_one_year_add_up_by_the_year_of_their_last_day() -> None:
    stage = new_stage()
    new_year = 1_767_225_600  # 2026-01-01T00:00:00Z
    for until in (new_year - 1, new_year, new_year + 1):
        stage.say(registering(stage, mined=(1, until)), "miner-bw")
    for year, weight in ((2025, BOOK), (2026, 2 * BOOK)):
        output = stage.state.read(YearOutput, year_key(stage.site, year))
        assert output == YearOutput(stage.site, year, weight)


def test_an_operator_named_registers() -> None:
    stage = new_stage()
    stage.site = stage.open_site(operators=(address_of("miner-bw"), address_of("miner-za")))
    stage.check(registering(stage), "miner-bw")
