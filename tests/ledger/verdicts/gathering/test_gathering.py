"""Facts gathered from small worlds, by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger import drafts
from ledger.drafts import Loss, Output
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.values import Hash32, ParcelId
from ledger.verdicts.gathering import gather
from tests.ledger.verdicts.gathering.knowing import Told
from tests.ledger.verdicts.gathering.small import facts_of, key, mined, mixed, sent
from tests.ledger.verdicts.gathering.trade import POLISHED, ROUGH, Trade, founded
from tests.world import address_of


@pytest.fixture
def trade() -> Trade:
    """A trade in which nothing happened yet."""
    return founded(random.Random(1))


def test_goods_from_the_mine_are_wholly_of_their_site(trade) -> None:
    facts = facts_of(trade, mined(trade, "BW"))
    (origin,) = facts.origins
    assert (origin.country, origin.site) == ("BW", trade.sites["BW"][0])
    assert (origin.least, origin.most) == (10_000, 10_000)
    assert facts.least_by_country == (("BW", 10_000),)
    assert (facts.form, facts.hs_code, facts.country) == ("rough", ROUGH, "BW")
    assert facts.is_whole
    assert facts.made_at == trade.now_s


def test_the_period_of_mining_is_as_the_miner_corrected_it(trade) -> None:
    parcel = mined(trade, "BW")
    registration = trade.log[-1][1]
    before = len(trade.log)
    day = trade.now_s - 86_400
    trade.correct("miner-bw", registration, {"scene.periodFrom": str(day)})
    (origin,) = facts_of(trade, parcel).origins
    assert (origin.mined_from, origin.mined_to) == (day, trade.now_s)
    assert [ground.kind for ground in origin.grounds] == ["Registration", "Correction"]
    (origin,) = facts_of(trade, parcel, before).origins
    assert origin.mined_from == trade.now_s


def test_the_period_of_an_origin_spans_all_of_its_registrations(trade) -> None:
    first = sent(trade, mined(trade, "BW"))
    start = trade.now_s
    trade.later(86_400)
    second = sent(trade, mined(trade, "BW"))
    (mix,) = trade.transform(
        "trader-be", "mix", sorted([first, second]), [Output(20_000, 0, ROUGH)]
    )
    (origin,) = facts_of(trade, mix).origins
    assert (origin.mined_from, origin.mined_to) == (start, start + 86_400)
    assert [ground.occurred_at for ground in origin.grounds] == [start, start + 86_400]


def test_what_is_certain_is_more_than_the_weighing_tolerance(trade) -> None:
    mix = mixed(trade, "BW", "CA")
    split = trade.transform(
        "trader-be", "split", [mix], [Output(10_019, 0, ROUGH), Output(9_981, 0, ROUGH)]
    )
    # Of the first at least 19 are of either; 20,000 were weighed together, to 20.
    facts = facts_of(trade, split[0])
    assert [origin.least for origin in facts.origins] == [0, 0]
    assert facts.least_by_country == ()
    other = trade.fork()
    other.later()
    bulk = other.transform("trader-be", "reweigh", [split[0]], [Output(10_019, 0, ROUGH)])
    assert facts_of(other, bulk[0]).least_by_country == ()


def test_a_country_may_be_certain_where_none_of_its_sites_is(trade) -> None:
    sites = trade.sites["BW"]
    while len(sites) < 2:
        sites.append(trade.open_site("authority-bw"))
    parcels = [
        sent(
            trade, trade.register(site, 10_000, 0, by="miner-bw", zone=trade.site_state(site).zone)
        )
        for site in sites[:2]
    ] + [sent(trade, mined(trade, "CA"))]
    (mix,) = trade.transform("trader-be", "mix", sorted(parcels), [Output(30_000, 0, ROUGH)])
    half, _ = trade.transform(
        "trader-be", "split", [mix], [Output(15_000, 0, ROUGH), Output(15_000, 0, ROUGH)]
    )
    facts = facts_of(trade, half)
    assert [origin.least for origin in facts.origins] == [0, 0, 0]
    assert facts.least_by_country == (("BW", 4_970),)


def test_a_site_whose_zone_was_changed_is_told_apart_by_zone(trade) -> None:
    site = trade.open_site("authority-ru", zone="North")
    first = trade.register(site, 5_000, 0, by="miner-ru", zone="North")
    state = trade.site_state(site)
    stated = drafts.SiteStatement(country="RU", licence=state.licence, zone="South")
    record = drafts.site(
        trade.speaker("authority-ru"), trade.moment(), "change", stated, site_id=site,
        previous=state.head,
    )  # fmt: skip
    trade.say(record, "authority-ru")
    second = trade.register(site, 5_000, 0, by="miner-ru", zone="South")
    parcels = sorted([sent(trade, first), sent(trade, second)])
    (mix,) = trade.transform("trader-be", "mix", parcels, [Output(10_000, 0, ROUGH)])
    origins = facts_of(trade, mix).origins
    assert [(o.key, o.zone, o.least) for o in origins] == [
        ("RU/North", "North", 0),
        ("RU/South", "South", 0),
    ]


def test_polishing_and_what_was_said_of_ancestors_is_told(trade) -> None:
    rough = sent(trade, mined(trade, "BW", 2_000, 1), "cutter-in")
    said = trade.state_that("lab-be", "origin", rough, countries=["BW"])
    trade.later()
    (stone,) = trade.transform(
        "cutter-in", "polish", [rough], [Output(900, 1, POLISHED)], polishing=Loss(1_100)
    )
    graded = trade.grade("lab-be", stone, "LAB1")
    facts = facts_of(trade, stone)
    assert [(country, at) for country, at, _ in facts.polished_in] == [("IN", trade.now_s)]
    assert [saying.operation for saying in facts.sayings] == ["origin", "grading"]
    origin, grading = facts.sayings
    assert (origin.about_self, origin.form, origin.countries) == (False, "rough", ("BW",))
    assert (grading.about_self, grading.form, grading.report_number) == (True, "polished", "LAB1")
    assert grading.weight_millicarats == 900
    grounds = [saying.ground.record_id for saying in facts.sayings]
    assert grounds == [said.record_id, graded.record_id]
    assert origin.concerns == {key(trade, "BW")}


def report(trade: Trade, operation: str, parcel: ParcelId, by: str, **more: object) -> None:
    record = drafts.report(trade.speaker(by), trade.moment(), operation, parcel, **more)
    trade.say(record, by)


def test_a_theft_is_told_and_that_it_was_lifted(trade) -> None:
    parcel = mined(trade, "BW")
    report(trade, "theft", parcel, "miner-bw", previous=trade.parcel(parcel).head)
    stolen = len(trade.log)
    trade.later()
    report(trade, "recovery", parcel, "miner-bw", previous=trade.parcel(parcel).head)
    report(trade, "dispute", parcel, "auditor-ch", state=trade.parcel(parcel).head)
    now, then = facts_of(trade, parcel), facts_of(trade, parcel, stolen)
    assert [(s.operation, s.is_lifted) for s in then.sayings] == [("theft", False)]
    assert [(s.operation, s.is_lifted) for s in now.sayings] == [
        ("theft", True),
        ("dispute", False),
    ]
    assert then.stays[-1].until is not None
    assert now.stays[-1].until is None


def test_a_flood_of_disputes_costs_no_verdict_its_evidence(trade) -> None:
    parcel = mined(trade, "BW")
    state = trade.parcel(parcel).head
    for _ in range(5_000):
        trade.later(1)
        report(trade, "dispute", parcel, "trader-be", state=state)
    said = trade.state_that("lab-be", "origin", parcel, countries=["BW"])
    told = Told(trade)
    facts = gather(told, parcel, steps_max=100)
    assert facts.is_whole
    assert [one.operation for one in facts.sayings] == ["dispute"] * LIMITS.facts_disputes_max + [
        "origin"
    ]
    assert facts.sayings[-1].ground.record_id == said.record_id
    assert told.reads < 100


def test_corrections_of_what_was_said_are_not_read_twice(trade) -> None:
    parcel = mined(trade, "BW")
    registration = trade.log[-1][1]
    for day in range(1, 30):
        trade.later()
        since = trade.now_s - day * 86_400
        trade.correct("miner-bw", registration, {"scene.periodFrom": str(since)})
    # Read with what they correct: in its chain, and among the origins.
    assert gather(Told(trade), parcel, steps_max=70).is_whole


def test_more_talk_than_is_passed_over_is_said_to_be_missing(trade, monkeypatch) -> None:
    parcel = mined(trade, "BW")
    report(trade, "dispute", parcel, "trader-be", state=trade.parcel(parcel).head)
    for most, is_whole in ((0, False), (1, True)):
        limits = replace(LIMITS, facts_talk_max=most)
        monkeypatch.setattr("ledger.verdicts.gathering.known.LIMITS", limits)
        assert facts_of(trade, parcel).is_whole is is_whole


def test_records_of_a_party_in_doubt_are_marked_from_the_revocation_on(trade) -> None:
    parcel = mined(trade, "BW")
    registered = len(trade.log) - 1
    before = len(trade.log)
    record = drafts.revocation(
        trade.speaker("governor-1"), trade.moment(), address_of("miner-bw"), "miner", "BW",
        previous=trade.head_of(address_of("miner-bw")), compromised_since=registered,
    )  # fmt: skip
    trade.say(record, "governor-1")
    (origin,) = facts_of(trade, parcel).origins
    assert [ground.is_suspect for ground in origin.grounds] == [True]
    (origin,) = facts_of(trade, parcel, before).origins
    assert [ground.is_suspect for ground in origin.grounds] == [False]


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 13, 21])
def test_what_a_bound_cuts_off_is_never_told_as_whole(trade, steps: int) -> None:
    mix = mixed(trade, "BW", "CA", "RU")
    told = Told(trade)
    whole = gather(told, mix)
    facts = gather(told, mix, steps_max=steps)
    assert whole.is_whole
    assert not facts.is_whole
    assert {o.country for o in facts.origins} == {"BW", "CA", "RU"}
    for origin in facts.origins:
        full = next(one for one in whole.origins if one.country == origin.country)
        assert origin.mined_from <= full.mined_from <= full.mined_to <= origin.mined_to
    assert told.reads < 200


def test_more_origins_than_are_told_are_not_told_as_whole(trade, monkeypatch) -> None:
    mix = mixed(trade, "BW", "CA", "RU")
    limits = replace(LIMITS, facts_origins_max=2)
    monkeypatch.setattr("ledger.verdicts.gathering.sources.LIMITS", limits)
    facts = facts_of(trade, mix)
    assert len(facts.origins) == 2
    assert not facts.is_whole


def test_a_parcel_that_was_not_made_by_then_is_unknown(trade) -> None:
    parcel = mined(trade, "BW")
    made_at = len(trade.log) - 1
    assert facts_of(trade, parcel, made_at + 1).is_whole
    for size in (0, made_at):
        with pytest.raises(Unknown):
            facts_of(trade, parcel, size)
    with pytest.raises(Unknown):
        facts_of(trade, ParcelId(Hash32(bytes(32))))


def test_records_read_grow_with_the_ancestry_and_not_with_its_paths(trade) -> None:
    parcel = sent(trade, mined(trade, "BW"))
    reads = []
    for _ in range(3):
        for _ in range(8):
            halves = trade.transform(
                "trader-be", "split", [parcel], [Output(5_000, 0, ROUGH), Output(5_000, 0, ROUGH)]
            )
            (parcel,) = trade.transform(
                "trader-be", "mix", sorted(halves), [Output(10_000, 0, ROUGH)]
            )
        told = Told(trade)
        gather(told, parcel)
        reads.append(told.reads)
    assert reads[2] - reads[1] == reads[1] - reads[0]
