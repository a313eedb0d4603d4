"""Tightening facts of a ledger: what the whole history tells, and what it does not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger.drafts import Output
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.trace.origins import registered
from ledger.values import Hash32, ParcelId
from ledger.verdicts.facts import Facts
from ledger.verdicts.gathering import gather
from ledger.verdicts.tightening import Interval, Questions, tightened
from ledger.verdicts.tightening.history import Draw, History, Holding, history_of
from ledger.verdicts.tightening.solving import PER_HOLDING
from tests.ledger.verdicts.gathering.knowing import Told
from tests.ledger.verdicts.gathering.trade import ROUGH, Trade, founded

HOLDER = "trader-be"


@pytest.fixture
def trade() -> Trade:
    """A trade in which nothing happened yet."""
    return founded(random.Random(1))


def bought(trade: Trade, country: str, weight: int, stones: int = 0) -> ParcelId:
    """Let the trader in Antwerp receive a parcel from a mine."""
    site, miner = trade.sites[country][0], f"miner-{country.lower()}"
    zone = trade.site_state(site).zone
    parcel = trade.register(site, weight, stones, by=miner, zone=zone)
    trade.hand_over(parcel, miner, HOLDER)
    return parcel


def worked(trade: Trade, name: str, inputs: list[ParcelId], *outputs: Output) -> list[ParcelId]:
    trade.later()
    return list(trade.transform(HOLDER, name, sorted(inputs), list(outputs)))


def heap(weight: int) -> Output:
    return Output(weight, 0, ROUGH)


def stone(weight: int) -> Output:
    return Output(weight, 1, ROUGH)


def both(trade: Trade, parcel: ParcelId, size: int | None = None) -> tuple[Facts, Facts]:
    told = Told(trade)
    facts = gather(told, parcel, size)
    return facts, tightened(told, facts, size)


def countries(facts: Facts) -> list[str]:
    return [origin.country for origin in facts.origins]


def found_out(trade: Trade) -> tuple[ParcelId, int]:
    """Split a mix; a large stone that is found in one half must be the Russian one.

    Returns:
        A stone of the other half, and the size of the log before the large one was found.

    """
    parcels = [bought(trade, "BW", 3_000), bought(trade, "CA", 3_000), bought(trade, "RU", 9_000)]
    (mix,) = worked(trade, "mix", parcels, heap(15_000))
    left, right = worked(trade, "split", [mix], heap(5_000), heap(10_000))
    small, _ = worked(trade, "split", [left], stone(2_500), heap(2_500))
    size = len(trade.log)
    worked(trade, "split", [right], stone(9_000), heap(1_000))
    return small, size


def test_what_a_later_split_tells_of_a_sibling_is_used(trade) -> None:
    small, before = found_out(trade)
    kept, now = both(trade, small)
    assert countries(kept) == ["BW", "CA", "RU"]
    assert countries(now) == ["BW", "CA"]
    assert now.is_tightened
    assert not kept.is_tightened
    _, then = both(trade, small, before)
    assert countries(then) == ["BW", "CA", "RU"]
    assert not then.is_tightened


def test_facts_that_concern_no_origin_left_are_left_out(trade) -> None:
    small, _ = found_out(trade)
    kept, now = both(trade, small)
    assert {crossing.issuer for crossing in kept.crossings} == {"BW", "CA", "RU"}
    assert {crossing.issuer for crossing in now.crossings} == {"BW", "CA"}
    keys = {origin.key for origin in now.origins}
    for told in (*now.crossings, *now.stays, *now.sayings):
        assert told.concerns <= told.may_concern <= keys


def test_relatives_mixed_again_are_what_they_were(trade) -> None:
    parcels = [bought(trade, "BW", 50_000), bought(trade, "RU", 50_000)]
    (mix,) = worked(trade, "mix", parcels, heap(100_000))
    halves = worked(trade, "split", [mix], heap(50_000), heap(50_000))
    (again,) = worked(trade, "mix", halves, heap(100_000))
    kept, now = both(trade, again)
    assert kept.least_by_country == ()
    # 50,000 of each, less the tolerance of 100,000.
    assert now.least_by_country == (("BW", 49_900), ("RU", 49_900))
    assert [origin.most for origin in now.origins] == [50_000, 50_000]
    assert now.is_tightened


def test_a_stone_of_one_origin_left_is_wholly_of_it(trade) -> None:
    parcels = [bought(trade, "BW", 3_000), bought(trade, "RU", 9_000)]
    (mix,) = worked(trade, "mix", parcels, heap(12_000))
    left, right = worked(trade, "split", [mix], heap(2_900), heap(9_100))
    small, _ = worked(trade, "split", [left], stone(2_000), heap(900))
    worked(trade, "split", [right], stone(9_000), heap(100))
    kept, now = both(trade, small)
    assert countries(kept) == ["BW", "RU"]
    assert [(o.country, o.least, o.most) for o in now.origins] == [("BW", 2_000, 2_000)]
    assert now.least_by_country == (("BW", 2_000),)


def test_facts_that_nothing_narrows_stay_as_they_were(trade) -> None:
    parcels = [bought(trade, "BW", 50_000), bought(trade, "RU", 50_000)]
    (mix,) = worked(trade, "mix", parcels, heap(100_000))
    single, _ = worked(trade, "split", [mix], stone(2_000), heap(98_000))
    for parcel in (parcels[0], mix, single):
        kept, now = both(trade, parcel)
        assert now == kept


def test_a_receipt_that_makes_one_stone_of_a_parcel_counts(trade) -> None:
    parcels = [bought(trade, "BW", 1_000, 1), bought(trade, "RU", 3_000, 1)]
    (mix,) = worked(trade, "mix", parcels, Output(4_000, 2, ROUGH))
    told = Told(trade)
    history, number = history_of(told, trade.parcel(mix), len(trade.log))
    assert (history.holdings[number].weight, history.holdings[number].slack) == (4_000, None)
    assert len(history.draws) == 1
    trade.later()
    trade.hand_over(mix, HOLDER, "trader-de", weight_millicarats=3_999)
    history, number = history_of(Told(trade), trade.parcel(mix), len(trade.log))
    assert history.holdings[number].weight == 3_999
    assert len(history.draws) == 2


def test_the_history_is_collected_from_near_to_far_up_to_its_bound(trade, monkeypatch) -> None:
    small, _ = found_out(trade)
    told, size = Told(trade), len(trade.log)
    whole, _ = history_of(told, trade.parcel(small), size)
    assert (len(whole.draws), len(whole.mined)) == (4, 3)
    counts = []
    for most in range(1, 8):
        limits = replace(LIMITS, tightening_operations_max=most)
        monkeypatch.setattr("ledger.verdicts.tightening.history.LIMITS", limits)
        part, number = history_of(told, trade.parcel(small), size)
        assert part.holdings[number].weight == 2_500
        counts.append(len(part.draws) + len(part.mined))
        facts = gather(told, small)
        assert {"BW", "CA"} <= set(countries(tightened(told, facts)))
    assert counts == [1, 2, 3, 4, 5, 6, 7]


def test_large_programs_tell_one_share_from_the_rest(trade, monkeypatch) -> None:
    small, _ = found_out(trade)
    limits = replace(LIMITS, tightening_columns_whole=0)
    monkeypatch.setattr("ledger.verdicts.tightening.LIMITS", limits)
    assert countries(both(trade, small)[1]) == ["BW", "CA"]


@pytest.mark.parametrize("limit", ["tightening_columns_max", "tightening_effort_max"])
def test_over_the_limits_nothing_is_narrowed(trade, monkeypatch, limit: str) -> None:
    small, _ = found_out(trade)
    limits = replace(LIMITS, tightening_columns_whole=0, **{limit: 0})
    monkeypatch.setattr("ledger.verdicts.tightening.LIMITS", limits)
    kept, now = both(trade, small)
    assert now == kept


def test_the_stones_of_a_piece_share_one_effort(trade, monkeypatch) -> None:
    small, _ = found_out(trade)
    told = Told(trade)
    facts = gather(told, small)
    history, _ = history_of(told, trade.parcel(small), len(trade.log))
    piece = replace(facts, parts=(facts, facts, facts))
    assert [part.is_tightened for part in tightened(told, piece).parts] == [True] * 3
    # Enough to collect one history and to ask one question of it.
    limits = replace(LIMITS, tightening_effort_max=PER_HOLDING * len(history.holdings) + 1)
    monkeypatch.setattr("ledger.verdicts.tightening.LIMITS", limits)
    spent = Told(trade)
    found = tightened(spent, piece)
    assert not any(part.is_tightened for part in found.parts[1:])
    once = spent.reads
    tightened(spent, facts)
    assert spent.reads - once == once


def test_a_history_that_contradicts_itself_tells_nothing() -> None:
    bw, ru = registered("BW", Hash32(b"1" * 32), 60), registered("RU", Hash32(b"2" * 32), 40)
    kept = replace(registered("BW", Hash32(b"1" * 32), 90), contradicted=True)
    holdings = (Holding(60, None, bw), Holding(40, None, ru), Holding(90, 0, kept))
    mined = {0: ("BW", Hash32(b"1" * 32)), 1: ("RU", Hash32(b"2" * 32))}
    history = History(holdings, (Draw((0, 1), (2,)),), mined)
    assert Questions(history).ask(2, ("BW", None)) is None
    sound = replace(history, holdings=(*holdings[:2], Holding(90, None, replace(kept))))
    assert Questions(sound).ask(2, ("BW", None)) is None


def test_an_interval_is_asked_of_a_site_or_of_a_country() -> None:
    sites = [Hash32(bytes([number]) * 32) for number in (1, 2)]
    mined = {0: ("BW", sites[0]), 1: ("BW", sites[1])}
    holdings = tuple(Holding(50, None, registered("BW", site, 50)) for site in sites)
    questions = Questions(History(holdings, (), mined))
    assert questions.ask(0, ("BW", sites[0])) == Interval(50, 50)
    assert questions.ask(0, ("BW", sites[1])) == Interval(0, 0)
    assert questions.ask(0, ("BW", None)) == Interval(50, 50)
    assert questions.ask(0, ("RU", None)) == Interval(0, 0)


def test_a_parcel_that_the_ledger_does_not_know_is_not_tightened(trade) -> None:
    small, _ = found_out(trade)
    facts = gather(Told(trade), small)
    with pytest.raises(Unknown):
        tightened(Told(trade), replace(facts, parcel=Hash32(bytes(32))))


def test_asking_twice_gives_the_same(trade) -> None:
    small, _ = found_out(trade)
    assert both(trade, small) == both(trade, small)
