"""Facts of goods in random trades, against what was really done."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from ledger.custody import Parcel
from ledger.errors import Unknown
from ledger.values import Hash32, ParcelId
from ledger.verdicts.facts import Facts, Origin, Stay
from ledger.verdicts.gathering import gather
from ledger.verdicts.tightening import tightened
from tests.ledger.verdicts.gathering.knowing import Told
from tests.ledger.verdicts.gathering.trade import ACTS, Stone, Trade, founded, mine, traded
from tests.trials import dice, trials

TRADES = range(trials("verdicts.trades"))


def there(trade: Trade) -> list[ParcelId]:
    """Return what the dealers hold, with the parcels in pieces."""
    return [*trade.truth, *trade.pieces]


def of(origin: Origin, stones: list[Stone]) -> list[Stone]:
    """Return the stones that are of an origin."""
    if origin.site:
        return [stone for stone in stones if stone.site == origin.site]
    return [stone for stone in stones if stone.country == origin.country]


def assert_true(facts: Facts, stones: list[Stone]) -> None:
    """Check that facts hold of the goods as they really are."""
    assert facts.is_whole
    assert not facts.is_contradicted
    assert {stone.site for stone in stones} <= {origin.site for origin in facts.origins}
    for origin in facts.origins:
        amount = sum(stone.weight for stone in of(origin, stones))
        assert origin.least <= amount <= origin.most
    for country, least in facts.least_by_country:
        assert 0 < least <= sum(stone.weight for stone in stones if stone.country == country)
    by_key = {origin.key: of(origin, stones) for origin in facts.origins}
    for told in (*facts.crossings, *facts.stays, *facts.sayings):
        assert_concerns(told, by_key)
    for stay in facts.stays:
        assert_stayed(stay, by_key)


def assert_concerns(told: Any, by_key: dict[str, list[Stone]]) -> None:
    """Check whom a fact concerns: who was there when its record was made."""
    assert told.concerns <= told.may_concern <= by_key.keys()
    ground = told.ground if hasattr(told, "ground") else told.grounds[0]
    for key, stones in by_key.items():
        had = [ground.record_id in stone.records for stone in stones]
        if key in told.concerns:
            assert all(had)
        # Where one record bears on several parcels, a stay does not say which of them it is of.
        if any(had) and ground.kind not in ("Transformation", "Clearance"):
            assert key in told.may_concern


def assert_stayed(stay: Stay, by_key: dict[str, list[Stone]]) -> None:
    """Check that goods were where they certainly were."""
    until = stay.since if stay.until is None else stay.until
    for key in stay.concerns:
        for stone in by_key[key]:
            assert stone.was_in(stay.country, stay.since, until)


@pytest.mark.parametrize("number", TRADES)
def test_what_is_gathered_is_true_of_every_stone(number: int) -> None:
    trade = traded(dice(f"verdicts.trades.{number}"), 60)
    told = Told(trade)
    for parcel in there(trade):
        facts = gather(told, parcel)
        known = trade.parcel(parcel)
        assert_true(facts, trade.stones(parcel))
        assert (facts.weight_millicarats, facts.stones, facts.country) == (
            known.weight_millicarats, known.stones, known.country,
        )  # fmt: skip
        for part in facts.parts:
            assert_true(part, trade.truth[part.parcel])
        assert_true(tightened(told, facts), trade.stones(parcel))


@pytest.mark.parametrize("number", TRADES)
def test_facts_of_an_earlier_size_are_what_was_known_then(number: int) -> None:
    random_ = dice(f"verdicts.sizes.{number}")
    trade = traded(random_, 40)
    whole = Told(trade)
    for _ in range(4):
        size = random_.randint(len(trade.log) // 2, len(trade.log))
        before = Told(replace(trade, log=trade.log[:size]))
        for parcel in sorted({made for _, _, changes in trade.log for made in changes.parcels}):
            if before.read(Parcel, parcel) is None:
                with pytest.raises(Unknown):
                    gather(whole, parcel, size)
                continue
            then = gather(before, parcel)
            assert gather(whole, parcel, size) == then
            assert tightened(whole, then, size) == tightened(before, then)


def without_places(facts: Facts) -> Facts:
    """Return facts without where their records stand in the log, and the log's own times."""

    def plain(value: Any) -> Any:
        if hasattr(value, "recorded_at_ms"):
            return replace(value, index=0, recorded_at_ms=0)
        if isinstance(value, tuple):
            return tuple(plain(one) for one in value)
        if hasattr(value, "__dataclass_fields__"):
            names = value.__dataclass_fields__
            return replace(value, **{name: plain(getattr(value, name)) for name in names})
        return value

    return plain(facts)  # type: ignore[no-any-return]  # what it was given


def acted(base: Trade, random_: random.Random, acts: int, salts: int) -> Trade:
    """Let a trade go on from a common beginning, with salts of its own."""
    trade = replace(
        base.fork(), salts_given=salts, truth={}, pieces={}, numbers=salts,
    )  # type: ignore[assignment]  # a fork is of its world's class  # fmt: skip
    for _ in range(2):
        mine(trade, random_)
    for _ in range(acts):
        trade.later(60)
        random_.choice(ACTS)(trade, random_)
    return trade


@pytest.mark.parametrize("number", TRADES)
def test_facts_do_not_depend_on_the_order_of_records_that_do_not_touch_the_goods(
    number: int,
) -> None:
    random_ = dice(f"verdicts.orders.{number}")
    base = founded(random_)
    ours, others = acted(base, random_, 30, 10_000), acted(base, random_, 30, 20_000)
    start = len(base.log)
    mine_, theirs = ours.log[start:], others.log[start:]
    found: list[dict[Hash32, Facts]] = []
    for _ in range(3):
        merged = base.fork()
        merged.now_s = max(ours.now_s, others.now_s)
        turns = random_.sample([True] * len(mine_) + [False] * len(theirs), len(mine_ + theirs))
        lines = {True: iter(mine_), False: iter(theirs)}
        for turn in turns:
            merged.append(next(lines[turn])[1].envelope)
        told = Told(merged)
        gathered = {parcel: gather(told, parcel) for parcel in there(ours)}
        narrowed = {parcel: tightened(told, facts) for parcel, facts in gathered.items()}
        found += [
            {parcel: without_places(facts) for parcel, facts in facts_of.items()}
            for facts_of in (gathered, narrowed)
        ]
    assert found[0] == found[2] == found[4]
    assert found[1] == found[3] == found[5]
