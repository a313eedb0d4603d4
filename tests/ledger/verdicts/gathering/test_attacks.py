"""Real ledgers of somebody who wants a verdict that the evidence does not carry, by hand."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from ledger import drafts
from ledger.drafts import Loss, Output, Speaker, Work
from ledger.values import ParcelId
from ledger.verdicts.judging import judge
from tests.ledger.verdicts.gathering.small import facts_of, mined, sent
from tests.ledger.verdicts.gathering.trade import POLISHED, ROUGH, Trade, founded
from tests.verdict_cases import shipped_definitions, shipped_shelf
from tests.world import address_of

SHELF, DEFINITIONS = shipped_shelf(), shipped_definitions()


@pytest.fixture
def trade() -> Trade:
    """A trade in which nothing happened yet."""
    return founded(random.Random(1))


def verdict(trade: Trade, parcel: ParcelId, definition: str) -> dict[str, str]:
    """Return the value, and that of each rule that is not a pass."""
    found = judge(facts_of(trade, parcel), DEFINITIONS[definition], SHELF, trade.now_s)
    rules = {one.rule: one.value for one in found.reasons if one.value != "pass"}
    return {"": found.value, **rules}


def work_in(trade: Trade, speaker: Speaker, name: str, operation: str, *parcels: ParcelId,
            output: Output, polishing: int = 0) -> ParcelId:  # fmt: skip
    """Work on parcels as a party that is at home in two countries."""
    inputs = [trade.goods(parcel) for parcel in sorted(parcels)]
    losses = {"polishing": Loss(polishing)} if polishing else {}
    record = drafts.transformation(
        speaker, trade.moment(), operation, inputs, Work([output], losses)
    )
    return trade.outputs(trade.say(record, name))[0]


def test_a_refused_certificate_fails_the_goods_that_it_was_refused_for(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE")
    trade.later()
    trade.clear(certificate, reason="seal")
    assert verdict(trade, parcel, "kp-2003") == {"": "fail", "KP-sound-certificate": "fail"}


def test_a_hand_over_abroad_without_a_certificate_never_fails(trade) -> None:
    parcel = sent(trade, mined(trade, "BW"))
    found = verdict(trade, parcel, "kp-2003")
    assert found == {"": "cannot tell", "KP-certificate": "cannot tell"}


def test_an_origin_analysis_does_not_take_the_origin_from_goods_that_are_mixed_later(
    trade,
) -> None:
    russian = sent(trade, mined(trade, "RU"))
    trade.state_that("lab-be", "origin", russian, countries=["BW"])
    trade.later()
    other = sent(trade, mined(trade, "BW"))
    heap = [Output(20_000, 0, ROUGH)]
    (mix,) = trade.transform("trader-be", "mix", sorted([russian, other]), heap)
    small, _ = trade.transform(
        "trader-be", "split", [mix], [Output(900, 1, ROUGH), Output(19_100, 0, ROUGH)]
    )
    facts = facts_of(trade, small)
    assert [saying.is_contradicted for saying in facts.sayings] == [True]
    assert verdict(trade, small, "us-2024")[""] == "cannot tell"
    trade.state_that("lab-be", "origin", small, countries=["BW"])
    assert verdict(trade, small, "us-2024")[""] == "pass"


def test_stones_that_lie_in_russia_are_not_polished_in_india_because_a_cutter_says_so(
    trade,
) -> None:
    trade.admit("miner-ru", "cutter", "IN")
    rough = mined(trade, "RU", 600, 1)
    trade.later()
    cutter = Speaker(address_of("miner-ru"), "cutter", "IN")
    polished = work_in(
        trade, cutter, "miner-ru", "polish", rough, output=Output(300, 1, POLISHED), polishing=300
    )
    places = {country for country, _, _ in facts_of(trade, polished).polished_in}
    assert places == {"IN", "RU"}
    assert verdict(trade, polished, "us-2024")[""] == "cannot tell"


def test_mixing_with_goods_elsewhere_moves_nothing_out_of_russia(trade) -> None:
    trade.admit("miner-ru", "trader", "AE")
    russian = mined(trade, "RU", 5_000, 1)
    other = sent(trade, mined(trade, "BW", 5_000, 1), "miner-ru")
    trade.later()
    certificate = trade.certify([other], "BW000009", "AE")
    trade.clear(certificate, by="authority-ae")
    trader = Speaker(address_of("miner-ru"), "trader", "AE")
    trade.later()
    mix = work_in(trade, trader, "miner-ru", "mix", russian, other, output=Output(10_000, 2, ROUGH))
    assert facts_of(trade, mix).country == "AE"
    stays = [stay for stay in facts_of(trade, mix).stays if stay.country == "AE"]
    assert [stay.basis for stay in stays][-1] == "statement"
    ways = [(one.issuer, one.destination) for one in facts_of(trade, mix).crossings
            if one.sort == "none" and one.grounds[0].kind == "Transformation"]  # fmt: skip
    assert ways == [("RU", "AE")]
    assert verdict(trade, mix, "kp-2003")["KP-certificate"] == "cannot tell"


def test_a_suspect_registration_does_not_hide_between_two_sound_ones(trade) -> None:
    site = trade.sites["BW"][0]
    zone = trade.site_state(site).zone
    trade.admit_agent("miner-bw", "thief", "Registration")
    record = drafts.registration(
        trade.speaker("miner-bw"), trade.moment(), site, 5_000, stones=1, zone=zone
    )
    first = mined(trade, "BW", 5_000, 1)
    at = len(trade.log)
    bad = trade.outputs(trade.say(record, "thief"))[0]
    last = mined(trade, "BW", 5_000, 1)
    trade.later()
    parcels = sorted([first, bad, last])
    (mix,) = trade.transform("miner-bw", "mix", parcels, [Output(15_000, 3, ROUGH)])
    revocation = drafts.revocation(
        trade.speaker("miner-bw"), trade.moment(), address_of("thief"), "agent", "BW",
        previous=trade.head_of(address_of("thief")), compromised_since=at,
    )  # fmt: skip
    trade.say(revocation, "miner-bw")
    (origin,) = facts_of(trade, mix).origins
    assert [ground.is_suspect for ground in origin.grounds] == [False, True, False]
    assert verdict(trade, mix, "us-2024")[""] == "cannot tell"


def test_a_certificate_that_was_prolonged_after_its_end_is_told(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE")
    (crossing,) = facts_of(trade, parcel).crossings
    end = crossing.expires_at
    trade.correct("authority-bw", certificate, {"scene.expiresAt": str(end + 86_400)})
    assert not facts_of(trade, parcel).crossings[0].is_prolonged
    trade.later(end + 2 * 86_400 - trade.now_s)
    trade.correct("authority-bw", certificate, {"scene.expiresAt": str(trade.now_s + 86_400)})
    assert facts_of(trade, parcel).crossings[0].is_prolonged
    trade.clear(certificate)
    assert verdict(trade, parcel, "kp-2003")["KP-sound-certificate"] == "cannot tell"


def test_a_correction_of_the_period_of_mining_makes_doubt_and_no_pass(trade) -> None:
    parcel = mined(trade, "RU")
    registration = trade.log[-1][1]
    assert verdict(trade, parcel, "west-2025")[""] == "fail"
    day = str(int(datetime(2021, 6, 1, tzinfo=UTC).timestamp()))
    trade.later()
    values = {"scene.periodFrom": day, "scene.periodTo": day}
    trade.correct("miner-ru", registration, values)
    assert verdict(trade, parcel, "west-2025")[""] == "cannot tell"


def test_goods_keep_the_codes_that_they_had_been_given(trade) -> None:
    parcel = mined(trade, "RU", 5_000, 2)
    trade.later()
    halves = [Output(2_500, 1, "7102.21"), Output(2_500, 1, ROUGH)]
    called, _ = trade.transform("miner-ru", "split", [parcel], halves)
    facts = facts_of(trade, called)
    assert (facts.hs_code, facts.former_codes) == ("7102.21", (ROUGH,))
    assert verdict(trade, called, "us-2024")[""] == "cannot tell"


def test_handing_a_stone_to_a_friend_takes_it_below_no_threshold(trade) -> None:
    rough = sent(trade, mined(trade, "RU", 1_200, 1), "cutter-in")
    (stone,) = trade.transform(
        "cutter-in", "polish", [rough], [Output(503, 1, POLISHED)], polishing=Loss(697)
    )
    trade.hand_over(stone, "cutter-in", "cutter-be", weight_millicarats=500)
    (stone,) = trade.transform(
        "cutter-be", "reweigh", [stone], [Output(499, 1, POLISHED)], cleaning=Loss(1)
    )
    facts = facts_of(trade, stone)
    assert (facts.weight_millicarats, facts.heaviest_millicarats) == (499, 503)
    assert verdict(trade, stone, "us-2024")["US-DET-0.5ct"] == "cannot tell"
    (stone,) = trade.transform(
        "cutter-be", "recut", [stone], [Output(450, 1, POLISHED)], polishing=Loss(49)
    )
    assert facts_of(trade, stone).heaviest_millicarats == 450
