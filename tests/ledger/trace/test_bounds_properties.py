"""Properties of bounds in any history, whether its records contradict each other or not."""

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Damaged
from ledger.trace.bounds import (
    OTHER_SITES,
    Blend,
    Bound,
    OriginBounds,
    Outputs,
    blend,
    registered,
)
from ledger.values import Hash32
from tests.ledger.trace import stones
from tests.trials import dice, trials


def of(country: str, weight: int, site: int) -> OriginBounds:
    return registered(country, Hash32(site.to_bytes(32, "big")), weight)


def exact(_: int) -> int:
    return 0


def within_five(_: int) -> int:
    return 5


def pro_rata(bounds: OriginBounds) -> dict[tuple[str, Hash32], int]:
    return {
        (part.country, name): bound.pro_rata
        for part in bounds.countries
        for name, bound in part.sites
    }


@st.composite
def operations(draw, *, single_stones=True):
    """An operation on parcels that come out of a random history; its blend, inputs and loss."""
    alive = [
        of(draw(st.sampled_from(["BW", "CA", "RU"])), draw(st.integers(1, 3000)), number % 4 + 1)
        for number in range(draw(st.integers(1, 5)))
    ]
    sites_max = draw(st.sampled_from([1, 2, 64]))
    tolerance = draw(st.sampled_from([0, 5, 100]))
    counts = st.sampled_from([0, 0, 1, 2] if single_stones else [0, 2])
    for _ in range(draw(st.integers(1, 4))):
        chosen = draw(
            st.lists(st.sampled_from(range(len(alive))), min_size=1, max_size=3, unique=True)
        )
        inputs = [alive[place] for place in chosen]
        total = sum(parcel.weight_millicarats for parcel in inputs)
        cuts = draw(st.lists(st.integers(1, total), min_size=1, max_size=4, unique=True))
        weights = [high - low for low, high in pairwise([0, *sorted(cuts)])]
        stones = [draw(counts) for _ in weights]
        loss = total - sum(weights)
        made = blend(inputs, weights, stones, loss, lambda _: tolerance, sites_max=sites_max)
        alive = [parcel for place, parcel in enumerate(alive) if place not in chosen]
        alive += [made.output(position) for position in range(len(weights))]
    return made, inputs


@given(operations())
def test_bounds_and_pro_rata_amounts_always_fit_together(operation):
    made, _ = operation
    for position, weight in enumerate(made.weights):
        parcel = made.output(position)
        assert parcel.weight_millicarats == weight
        assert_levels_agree(
            [part.bound for part in parcel.countries], Bound(weight, weight, weight)
        )
        for part in parcel.countries:
            assert_levels_agree([bound for _, bound in part.sites], part.bound)


def assert_levels_agree(below: list[Bound], above: Bound) -> None:
    least, most = sum(bound.least for bound in below), sum(bound.most for bound in below)
    assert least <= above.least <= above.most <= most
    assert sum(bound.pro_rata for bound in below) == above.pro_rata
    for bound in below:
        assert 0 <= bound.least <= bound.pro_rata <= bound.most <= above.most
        assert bound.most > 0
        # Nothing is left that this sum alone would tighten.
        assert bound.most <= above.most - (least - bound.least)
        assert bound.least >= above.least - (most - bound.most)


@given(operations(single_stones=False))
def test_without_single_stones_pro_rata_amounts_are_kept_to_the_millicarat(operation):
    made, inputs = operation
    before, after = Counter(made.lost()), Counter()
    assert sum(before.values()) == made.loss
    for position in range(len(made.weights)):
        for part in made.output(position).countries:
            before[part.country] += part.bound.pro_rata
    for parcel in inputs:
        for part in parcel.countries:
            after[part.country] += part.bound.pro_rata
    assert +before == +after


@given(operations())
def test_a_blend_read_back_from_its_plain_values_is_the_same(operation):
    made, _ = operation
    text = json.dumps(made.to_plain())
    assert Blend.from_plain(json.loads(text)) == made
    assert json.dumps(Blend.from_plain(json.loads(text)).to_plain()) == text


@given(operations(), st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_does_not_matter(operation, order):
    made, inputs = operation
    shuffled = order.sample(inputs, len(inputs))
    again = blend(shuffled, made.weights, made.stones, made.loss, exact)
    assert again == blend(inputs, made.weights, made.stones, made.loss, exact)


@given(operations())
def test_the_outputs_listed_as_contradicted_are_those_that_say_so(operation):
    made, _ = operation
    positions = range(len(made.weights))
    says_so = tuple(position for position in positions if made.output(position).contradicted)
    assert Outputs(made).contradicted() == says_so


@given(operations())
def test_a_receipt_at_full_weight_changes_nothing(operation):
    made, _ = operation
    for position, weight in enumerate(made.weights):
        parcel = made.output(position)
        if not parcel.contradicted:
            assert blend([parcel], [weight], [made.stones[position]], 0, exact).output(0) == parcel


@given(operations())
def test_what_was_split_and_mixed_again_may_be_all_that_it_was(operation):
    made, inputs = operation
    whole = blend(inputs, [sum(made.weights) + made.loss], [0], 0, exact).output(0)
    outputs = [made.output(position) for position in range(len(made.weights))]
    if made.loss or 1 in made.stones:
        return
    again = blend(outputs, [whole.weight_millicarats], [0], 0, exact).output(0)
    for part in whole.countries:
        assert again.country(part.country).least <= part.bound.least
        assert again.country(part.country).most >= part.bound.most


PLAIN = blend([of("BW", 70, 1), of("CA", 30, 2)], [80, 20], [0, 1], 0, within_five).to_plain()


@pytest.mark.parametrize(
    "change",
    [
        {"loss": -1},
        {"loss": 0.0},
        {"loss": None},
        {"most": PLAIN["most"][1:]},
        {"stones": [0]},
        {"tolerances": [0, True]},
        {"weights": "80"},
        {"origins": [["BW", ["0x01"]]]},
        {"origins": [["BW"]]},
        {"origins": 5},
        {"extra": 1},
    ],
)
def test_plain_values_that_no_blend_gives_are_damage(change):
    assert Blend.from_plain(PLAIN)
    with pytest.raises(Damaged):
        Blend.from_plain(PLAIN | change)


def test_the_largest_operation_is_bounded():
    inputs = [of(f"{'ABCDEFGH'[n % 8]}A", 1000 + n, n % 64 + 1) for n in range(512)]
    total = sum(parcel.weight_millicarats for parcel in inputs)
    weights = [total // 512] * 511 + [total - total // 512 * 511]
    once = blend(inputs, weights, [0] * 512, 0, exact)
    twice = blend(
        [once.output(n) for n in range(512)], weights, [n % 2 for n in range(512)], 0, exact
    )
    assert sum(len(sites) for _, sites in twice.origins) == 64
    assert twice.output(511).possible() == tuple(f"{letter}A" for letter in "ABCDEFGH")
    shares = sum((Counter(pro_rata(twice.output(n))) for n in range(512)), Counter())
    assert shares == sum((Counter(pro_rata(parcel)) for parcel in inputs), Counter())


def test_real_stones_stay_within_their_parcels_bounds():
    random_ = dice("bounds.stones")
    for _ in range(max(20, trials("bounds.histories") // 10)):
        sites_max = random_.choice([2, 5, 64])
        alive = [stones.mined(random_) for _ in range(random_.randint(2, 12))]
        for _ in range(random_.randint(1, 12)):
            random_.shuffle(alive)
            taken = random_.randint(1, min(6, len(alive)))
            made = stones.worked(random_, alive[:taken], sites_max)
            for parcel in made:
                assert_holds(parcel)
            alive = alive[taken:] + made


def assert_holds(parcel: stones.Parcel) -> None:
    assert not parcel.bounds.contradicted
    assert {stone.country for stone in parcel.stones} <= set(parcel.bounds.possible())
    for stone in parcel.stones:
        bound = parcel.bounds.country(stone.country)
        assert bound.least <= parcel.amount(stone.country) <= bound.most
        bound = parcel.bounds.site(stone.country, stone.site)
        assert bound.least <= parcel.amount(stone.country, stone.site) <= bound.most
    for part in parcel.bounds.countries:
        assert part.bound.least <= parcel.amount(part.country)
        for site, bound in part.sites:
            if site != OTHER_SITES:
                assert bound.least <= parcel.amount(part.country, site)
