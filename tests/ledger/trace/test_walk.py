"""The walks up to the mines and down to every descendant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.custody import Operation, Overlay, Parcel
from ledger.drafts import Output
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.trace.walk import downstream, upstream
from ledger.values import ParcelId
from tests.ledger.trace.ancestries import WEIGHT, Counted, chain, layers, mined
from tests.world import World


@pytest.fixture(scope="module")
def family() -> tuple[World, dict[str, ParcelId]]:
    """Two bags; the first is split; one half is mixed with the second bag, and cut in two."""
    world, first = mined()
    second = world.register(world.open_site(), 20_000, stones=0)
    world.hand_over(second, "miner-bw", "cutter-in")
    left, right = world.transform(
        "cutter-in", "split", [first], [Output(60_000), Output(WEIGHT - 60_000)]
    )
    (mixed,) = world.transform("cutter-in", "mix", [left, second], [Output(80_000)])
    one, other = world.transform("cutter-in", "cut", [mixed], [Output(50_000), Output(30_000)])
    names = {"first": first, "second": second, "left": left, "right": right, "mixed": mixed}
    return world, {**names, "one": one, "other": other}


def named(operations: tuple[Operation, ...]) -> list[str]:
    return [operation.name for operation in operations]


def test_upstream_leads_back_to_every_registration_the_latest_first(family) -> None:
    world, parcels = family
    page = upstream(world.state, world.parcel(parcels["one"]), 100)
    assert named(page.steps) == ["cut", "mix", "split", "registration", "registration"]
    indices = [operation.index for operation in page.steps]
    assert indices == sorted(set(indices), reverse=True)
    assert (page.cursor, page.is_cut) == (None, False)


def test_upstream_of_goods_from_the_mine_is_their_registration(family) -> None:
    world, parcels = family
    page = upstream(world.state, world.parcel(parcels["first"]), 100)
    assert named(page.steps) == ["registration"]
    assert page.steps[0].outputs == (parcels["first"],)


def test_a_sibling_is_no_ancestor(family) -> None:
    world, parcels = family
    steps = upstream(world.state, world.parcel(parcels["right"]), 100).steps
    assert named(steps) == ["split", "registration"]


def test_downstream_meets_every_descendant_once_the_earliest_first(family) -> None:
    world, parcels = family
    page = downstream(world.state, world.parcel(parcels["first"]), 100)
    assert named(tuple(operation for operation, _ in page.steps)) == ["split", "mix", "cut"]
    made = [child.id for _, outputs in page.steps for child in outputs]
    assert made == [parcels[name] for name in ("left", "right", "mixed", "one", "other")]
    assert (page.cursor, page.is_cut) == (None, False)


def test_downstream_shows_goods_as_they_are_today(family) -> None:
    world, parcels = family
    page = downstream(world.state, world.parcel(parcels["first"]), 100)
    states = {child.id: child.state for _, outputs in page.steps for child in outputs}
    assert states[parcels["left"]] == "spent"
    assert states[parcels["one"]] == "held"


def test_goods_that_nobody_worked_on_have_no_descendants(family) -> None:
    world, parcels = family
    assert downstream(world.state, world.parcel(parcels["other"]), 100).steps == ()


@pytest.mark.parametrize("limit", range(1, 7))
def test_pages_together_are_the_whole(family, limit: int) -> None:
    world, parcels = family
    for walk, start in ((upstream, parcels["one"]), (downstream, parcels["first"])):
        whole = walk(world.state, world.parcel(start), 100).steps
        together, cursor = [], None
        while True:
            page = walk(world.state, world.parcel(start), limit, cursor)
            assert len(page.steps) <= limit
            together += page.steps
            cursor = page.cursor
            if cursor is None:
                break
        assert tuple(together) == whole


def test_a_page_is_the_same_after_goods_went_on(family) -> None:
    world, parcels = family
    first = downstream(world.state, world.parcel(parcels["first"]), 2)
    later = world.fork()
    later.transform("cutter-in", "cut", [parcels["one"]], [Output(50_000)])
    state = later.state
    assert downstream(state, later.parcel(parcels["first"]), 2) == first
    rest = downstream(state, later.parcel(parcels["first"]), 9, first.cursor)
    assert named(tuple(operation for operation, _ in rest.steps)) == ["cut", "cut"]


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_a_walk_that_meets_its_bound_says_so(family, monkeypatch, most: int) -> None:
    world, parcels = family
    whole = upstream(world.state, world.parcel(parcels["one"]), 100).steps
    monkeypatch.setattr("ledger.trace.walk.LIMITS", replace(LIMITS, walk_steps_max=most))
    page = upstream(world.state, world.parcel(parcels["one"]), 100)
    assert page.is_cut
    assert page.cursor is None
    assert page.steps == whole[: len(page.steps)]
    assert len(page.steps) < len(whole)


def test_a_walk_may_be_given_a_bound_of_its_own(family) -> None:
    world, parcels = family
    whole = upstream(world.state, world.parcel(parcels["one"]), 100).steps
    enough = sum(1 + len(operation.inputs) for operation in whole)
    for most in (enough, enough - 1):
        page = upstream(world.state, world.parcel(parcels["one"]), 100, steps_max=most)
        assert page.is_cut == (most < enough)
        assert page.steps == whole[: len(whole) - page.is_cut]


def test_a_bound_that_is_just_enough_cuts_nothing(family, monkeypatch) -> None:
    world, parcels = family
    whole = upstream(world.state, world.parcel(parcels["one"]), 100).steps
    enough = sum(1 + len(operation.inputs) for operation in whole)
    monkeypatch.setattr("ledger.trace.walk.LIMITS", replace(LIMITS, walk_steps_max=enough))
    page = upstream(world.state, world.parcel(parcels["one"]), 100)
    assert (page.steps, page.is_cut) == (whole, False)


def test_sixty_layers_cost_what_a_chain_of_their_size_costs() -> None:
    world, parcel = mined()
    straight, braided = world.fork(), world.fork()
    # 60 splits with one input and 60 mixes with two; and 150 links with one: as many outputs.
    ends = {"chain": chain(straight, parcel, 150), "layers": layers(braided, parcel, 60)}
    counts = []
    for made, end, steps in ((straight, ends["chain"], 151), (braided, ends["layers"], 121)):
        up, down = Counted(made), Counted(made)
        page = upstream(up, made.parcel(end), LIMITS.page_rows_max)
        assert not page.is_cut
        assert page.steps[-1].name == "registration"
        assert up.looked_up == {"Operation": steps}
        assert len(page.steps) == steps
        assert downstream(down, made.parcel(parcel), LIMITS.page_rows_max).steps
        counts.append(down.looked_up.total())
    assert counts[0] == counts[1]


def test_a_parcel_without_its_operation_is_damage(family) -> None:
    world, parcels = family
    known = world.parcel(parcels["one"])
    with pytest.raises(Damaged, match="operation 999999"):
        upstream(world.state, replace(known, made_by=999_999), 10)


@pytest.mark.parametrize("makers", [(), (-1,), (10**30,), (1, 1)])
def test_an_operation_whose_inputs_had_other_makers_is_damage(family, makers) -> None:
    world, parcels = family
    (step,) = (one for one in upstream(world.state, world.parcel(parcels["one"]), 9).steps
               if one.name == "split")  # fmt: skip
    for wrong in (makers, (step.index,)):
        broken = Overlay(world.state)
        altered = replace(step, inputs_made_by=wrong)
        broken.apply(step.record_id, world.log[0][1].record, [altered])
        with pytest.raises(Damaged, match=f"altered at operation {step.index}: its inputs"):
            upstream(broken, world.parcel(parcels["one"]), 10)


def test_a_walk_goes_past_goods_that_were_received_at_a_smaller_weight() -> None:
    world, parcel = mined()
    world.hand_over(parcel, "cutter-in", "miner-bw", weight_millicarats=WEIGHT - 1)
    before = world.parcel(parcel)
    made, _ = world.transform("miner-bw", "split", [parcel], [Output(WEIGHT - 5), Output(4)])
    steps = upstream(world.state, world.parcel(made), 10).steps
    assert named(steps) == ["split", "registration"]
    assert before.blended_by != before.made_by == steps[0].inputs_made_by[0] == steps[1].index


def test_an_operation_without_its_parcel_is_damage(family) -> None:
    world, parcels = family
    start = world.parcel(parcels["first"])
    step = downstream(world.state, start, 1).steps[0][0]
    broken = Overlay(world.state)
    missing = replace(step, outputs=(ParcelId(bytes(32)),))
    broken.apply(step.record_id, world.log[0][1].record, [missing])
    with pytest.raises(Damaged, match="an operation names it"):
        downstream(broken, start, 10)
    assert world.state.read(Parcel, bytes(32)) is None
