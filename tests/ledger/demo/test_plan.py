"""The demo's world is drawn from real figures, and adds up."""

import pytest

from ledger.demo.figures import load_figures
from ledger.demo.plan import STONES_PER_SCALE, YIELD_PERCENT, make_plan

FIGURES = load_figures()


def test_the_figures_are_the_counted_ones():
    assert sum(count for _, count in FIGURES.weights) == 53_940
    assert sum(count for _, count in FIGURES.grades) == 53_940
    assert sum(weight * count for weight, count in FIGURES.weights) // 1000 == 43_040
    assert dict(FIGURES.countries)["BW"] == 25_095
    assert FIGURES.us_cents_per_carat["BW"] == 130_82
    assert FIGURES.us_cents_per_carat.keys() == dict(FIGURES.countries).keys()


@pytest.mark.parametrize("scale", [1, 3])
def test_a_plan_has_as_many_stones_as_its_scale_asks(scale):
    assert make_plan(FIGURES, scale, 7).stones == scale * STONES_PER_SCALE


def test_the_same_seed_draws_the_same_world_and_another_draws_another():
    assert make_plan(FIGURES, 2, 1) == make_plan(FIGURES, 2, 1)
    assert make_plan(FIGURES, 2, 1) != make_plan(FIGURES, 2, 2)


def test_every_stone_is_of_a_counted_weight_and_a_plausible_yield():
    weights = dict(FIGURES.weights)
    least, most = YIELD_PERCENT
    for stone in _stones(make_plan(FIGURES, 5, 3)):
        assert stone.polished_millicarats in weights
        percent = 100 * stone.polished_millicarats / stone.rough_millicarats
        assert least - 0.5 <= percent <= most + 0.5


def test_a_lot_weighs_what_its_gems_its_industrial_goods_and_its_cleaning_weigh():
    for mix in make_plan(FIGURES, 3, 5).mixes:
        for lot in mix:
            parts = (
                sum(stone.rough_millicarats for stone in lot.stones),
                lot.industrial_millicarats,
                lot.cleaning_loss_millicarats,
            )
            assert lot.mined_millicarats == sum(parts)
            assert min(parts) > 0


def test_countries_come_in_proportion_to_what_they_mined():
    plan = make_plan(FIGURES, 100, 11)
    total = sum(count for _, count in FIGURES.countries)
    for country, mined in FIGURES.countries:
        share = (
            sum(len(lot.stones) for mix in plan.mixes for lot in mix if lot.country == country)
            / plan.stones
        )
        # Four standard deviations of a binomial draw of 4,000 stones.
        expected = mined / total
        assert abs(share - expected) < 4 * (expected * (1 - expected) / plan.stones) ** 0.5 + 1e-9


def _stones(plan):
    return [stone for mix in plan.mixes for lot in mix for stone in lot.stones]
