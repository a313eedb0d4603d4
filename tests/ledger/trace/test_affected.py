"""How much of a parcel can be of recalled goods, against every world that the records allow."""

from __future__ import annotations

import doctest
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.trace import affected as room
from ledger.trace.affected import Made, Share, nothing, reweighed, spread, whole
from ledger.trace.bounds import blend
from ledger.trace.origins import Bound, CountryBounds, OriginBounds
from ledger.values import Hash32
from tests.ledger.trace.brute_force import Output, TooManyWorlds, Worlds
from tests.trials import dice, seed, trials

RECALLED, OTHER = 0, 1
WORLDS_MAX = 20_000


def made(weights: Sequence[int], stones: Sequence[int], loss: int = 0, tolerance: int = 0) -> Made:
    return Made(weights, stones, loss, lambda: [tolerance] * len(weights))


# -- by hand -----------------------------------------------------------------------------------


def test_the_example_in_the_docstring_is_true() -> None:
    found = doctest.testmod(room)
    assert found.attempted > 0
    assert found.failed == 0


def test_a_part_of_a_mix_holds_what_the_rest_has_no_room_for() -> None:
    bulk, rest = spread([whole(70), nothing(30)], made([80, 20], [0, 0]))
    assert (bulk, rest) == (Share(80, 50, 70), Share(20, 0, 20))


def test_a_loss_may_be_of_recalled_goods_or_of_others() -> None:
    assert spread([whole(70), nothing(30)], made([80], [0], 20)) == [Share(80, 50, 70)]


def test_one_stone_of_a_mix_is_recalled_or_not_and_never_in_part() -> None:
    one, rest = spread([whole(70), nothing(30)], made([20, 80], [1, 0]))
    assert one == Share(20, 0, 20)
    assert rest == Share(80, 50, 70)


def test_a_stone_heavier_than_all_recalled_goods_is_none_of_them() -> None:
    one, rest = spread([whole(10), nothing(30)], made([20, 20], [1, 0]))
    assert one == nothing(20)
    assert rest == Share(20, 10, 10)


def test_a_stone_heavier_than_all_other_goods_is_recalled() -> None:
    assert spread([whole(30), nothing(10)], made([20, 20], [1, 0]))[0] == whole(20)


def test_within_the_weighing_tolerance_a_stone_may_be_of_lighter_goods() -> None:
    one, rest = spread([whole(18), nothing(40)], made([20, 38], [1, 0], tolerance=2))
    assert one == Share(20, 0, 20)
    assert rest == Share(38, 0, 18)
    assert spread([whole(18), nothing(40)], made([20, 38], [1, 0], tolerance=1))[0] == nothing(20)


def test_a_lower_weight_takes_from_recalled_goods_or_from_others() -> None:
    assert reweighed(Share(100, 40, 70), 90) == Share(90, 30, 70)
    assert reweighed(Share(100, 40, 70), 50) == Share(50, 0, 50)
    assert reweighed(whole(100), 90) == whole(90)
    assert reweighed(nothing(100), 90) == nothing(90)


def test_what_is_left_of_a_parcel_as_one_stone_is_all_or_none() -> None:
    assert reweighed(Share(100, 40, 70), 90, stones=1) == Share(90, 0, 90)
    assert reweighed(Share(100, 95, 100), 90, stones=1) == Share(90, 0, 90)
    assert reweighed(whole(100), 90, stones=1) == whole(90)
    assert reweighed(nothing(100), 90, stones=1) == nothing(90)


def test_no_tolerance_is_asked_for_where_it_decides_nothing() -> None:
    def never() -> list[int]:
        raise AssertionError("asked")

    goods = Made([20, 80], [1, 0], 0, never)
    assert spread([whole(50), nothing(50)], goods)[0] == Share(20, 0, 20)
    assert spread([whole(100)], goods) == [whole(20), whole(80)]
    assert spread([nothing(100)], goods) == [nothing(20), nothing(80)]


# -- against the bounds of two origins -----------------------------------------------------------


def as_origins(share: Share) -> OriginBounds:
    """Write a share as the bounds of a parcel of two countries."""
    rows = {"AA": (share.least, share.most), "ZZ": (share.weight - share.most,
                                                   share.weight - share.least)}  # fmt: skip
    countries = [
        CountryBounds(country, bound, ((Hash32(country.encode() * 16), bound),))
        for country, (least, most) in rows.items()
        if (bound := Bound(least, most, least)).most
    ]
    return OriginBounds(share.weight, tuple(countries))


@st.composite
def operations(draw):
    inputs = []
    for _ in range(draw(st.integers(1, 4))):
        weight = draw(st.integers(1, 40))
        least = draw(st.integers(0, weight))
        inputs.append(
            draw(
                st.sampled_from(
                    [
                        Share(weight, least, draw(st.integers(least, weight))),
                        Share(weight, 0, weight), whole(weight), nothing(weight),
                    ]
                )
            )
        )  # fmt: skip
    total = sum(share.weight for share in inputs)
    cuts = sorted(draw(st.sets(st.integers(1, total), min_size=1, max_size=4)))
    weights = [high - low for low, high in zip([0, *cuts], cuts, strict=False)]
    stones = [draw(st.sampled_from([0, 1, 1, 2])) for _ in weights]
    return inputs, weights, stones, total - sum(weights), draw(st.sampled_from([0, 1, 3, 100]))


@given(operations())
def test_shares_are_the_bounds_of_two_origins(operation) -> None:
    inputs, weights, stones, loss, tolerance = operation
    asked = blend([as_origins(one) for one in inputs], weights, stones, loss, lambda _: tolerance)
    found = spread(inputs, made(weights, stones, loss, tolerance))
    for position, share in enumerate(found):
        assert 0 <= share.least <= share.most <= share.weight == weights[position]
        if asked.output(position).contradicted:
            assert stones[position] != 1 or share == Share(weights[position], 0, weights[position])
            continue
        bound = asked.output(position).country("AA")
        assert (share.least, share.most) == (bound.least, bound.most)


# -- against every possible world ----------------------------------------------------------------


@dataclass(slots=True)
class History:
    """Parcels by number: the share that is told of each, and every world that is possible."""

    tolerance: int
    worlds: Worlds = field(default_factory=lambda: Worlds(2))
    shares: list[Share] = field(default_factory=list)
    stones: list[int] = field(default_factory=list)

    def register(self, sort: int, weight: int, stones: int) -> None:
        """Add a parcel, recalled or other."""
        self.worlds = self.worlds.register(sort, weight)
        self._add(whole(weight) if sort == RECALLED else nothing(weight), stones)

    def recall(self, number: int) -> None:
        """Recall a parcel: all of it, whatever it is made of."""
        share = whole(self.shares[number].weight)
        place = self.worlds.alive.index(number)
        pure = (share.weight, 0)
        worlds = {(*world[:place], pure, *world[place + 1 :]) for world in self.worlds.worlds}
        self.worlds = replace(self.worlds, worlds=frozenset(worlds))
        self.shares[number] = share

    def receive(self, number: int, weight: int) -> bool:
        """Lower a parcel's weight as a Receipt does; the walk sees only what it comes to."""
        stones = self.stones[number]
        after = self._after([number], [weight], [stones])
        if after is None:
            return False
        self.worlds = after
        self._add(reweighed(self.shares[number], weight, stones), stones)
        return True

    def operate(self, inputs: Sequence[int], weights: Sequence[int], stones: Sequence[int]) -> bool:
        """Turn parcels into others and a loss; nothing if that contradicts or is too large."""
        after = self._after(inputs, weights, stones)
        if after is None:
            return False
        used = [self.shares[number] for number in inputs]
        loss = sum(share.weight for share in used) - sum(weights)
        shares = spread(used, made(weights, stones, loss, self.tolerance))
        self.worlds = after
        for share, count in zip(shares, stones, strict=True):
            self._add(share, count)
        return True

    def _after(
        self, inputs: Sequence[int], weights: Sequence[int], stones: Sequence[int]
    ) -> Worlds | None:
        outputs = [
            Output(weight, min(self.tolerance, weight - 1) if count == 1 else None)
            for weight, count in zip(weights, stones, strict=True)
        ]
        try:
            after = self.worlds.operate(inputs, outputs, WORLDS_MAX)
        except TooManyWorlds:
            return None
        return after if after.worlds else None

    def _add(self, share: Share, stones: int) -> None:
        self.shares.append(share)
        self.stones.append(stones)


def step(history: History, random_: random.Random) -> None:
    """Take a random step."""
    alive = list(history.worlds.alive)
    kind = random_.random()
    if len(alive) < 2 or kind < 0.2:
        weight = random_.randint(1, 10)
        sort = random_.choice([RECALLED, OTHER])
        history.register(sort, weight, random_.choice([0, 0, 1, 2]))
        return
    if kind < 0.27:
        history.recall(random_.choice(alive))
        return
    one = random_.choice(alive)
    if kind < 0.4 and history.shares[one].weight > 1:
        weight = history.shares[one].weight
        history.receive(one, random_.randint(max(1, weight - 2), weight - 1))
        return
    inputs = sorted(random_.sample(alive, min(len(alive), random_.choice([1, 2, 2, 3]))))
    total = sum(history.shares[number].weight for number in inputs)
    loss = random_.choice([0, 0, 1, 2]) if total > 3 else 0
    parts = min(random_.choice([1, 2, 2, 3]), total - loss)
    cuts = sorted(random_.sample(range(1, total - loss), parts - 1))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, total - loss], strict=True)]
    history.operate(inputs, weights, [random_.choice([0, 0, 1, 1, 2]) for _ in weights])


def test_shares_hold_in_every_possible_world(record_property) -> None:
    random_ = dice("recall.histories")
    counts: Counter[str] = Counter()
    for _ in range(trials("recall.histories")):
        history = History(random_.choice([0, 0, 1, 2]))
        for _ in range(random_.randint(3, 10)):
            step(history, random_)
            for number in history.worlds.alive:
                share, real = history.shares[number], history.worlds.amounts(number, [RECALLED])
                assert share.least <= min(real) <= max(real) <= share.most
                if history.stones[number] == 1:
                    assert {share.least, share.most} <= {0, share.weight}
                counts["parcels"] += 1
                counts["exact"] += (share.least, share.most) == (min(real), max(real))
    line = (
        f"recall: {counts['parcels']:,} shares in {trials('recall.histories'):,} histories "
        f"(seed {seed()}), none too narrow, {100 * counts['exact'] / counts['parcels']:.1f} % exact"
    )
    record_property("figure", line)
    sys.stdout.write(f"\n{line}")
    assert counts["exact"] > 0.7 * counts["parcels"]
