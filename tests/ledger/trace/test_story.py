"""The story of a parcel: the records of its chain, and of its ancestors' chains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger import drafts
from ledger.drafts import Output
from ledger.errors import Damaged
from ledger.limits import LIMITS
from ledger.trace.story import Step, story, story_since
from ledger.values import Hash32, ParcelId
from tests.ledger.trace.ancestries import WEIGHT, Counted, chain, layers, mined
from tests.world import World, address_of


def say(world: World, parcel: ParcelId, act: str, by: str) -> None:
    """Withdraw an offer of a parcel, or report on the parcel."""
    goods = world.goods(parcel)
    if act == "withdraw":
        world.say(drafts.withdrawal(world.speaker(by), world.moment(), goods), by)
        return
    record = drafts.report(world.speaker(by), world.moment(), act, parcel, previous=goods.previous)
    world.say(record, by)


@pytest.fixture(scope="module")
def tale() -> tuple[World, dict[str, ParcelId]]:
    """One parcel is offered, withdrawn, offered, refused, stolen, found, split; a half goes on."""
    world, first = mined()
    world.offer(first, "cutter-in", "jeweller-fr")
    say(world, first, "withdraw", "cutter-in")
    world.offer(first, "cutter-in", "jeweller-fr")
    refusal = drafts.receipt(
        world.speaker("jeweller-fr"), world.moment(), world.goods(first),
        address_of("cutter-in"), operation="refuse", reason="goods", weight_millicarats=0,
    )  # fmt: skip
    world.say(refusal, "jeweller-fr")
    say(world, first, "theft", "cutter-in")
    say(world, first, "recovery", "cutter-in")
    left, right = world.transform(
        "cutter-in", "split", [first], [Output(60_000), Output(WEIGHT - 60_000)]
    )
    world.hand_over(right, "cutter-in", "trader-be")
    world.hand_over(left, "cutter-in", "jeweller-fr")
    return world, {"first": first, "left": left, "right": right}


def kinds(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.record.KIND.name} {step.record.operation}".strip() for step in steps]


OWN = ["Receipt accept", "Handoff sale", "Transformation split"]
BEFORE = [
    "Report recovery", "Report theft", "Receipt refuse", "Handoff sale", "Withdrawal",
    "Handoff sale", "Receipt accept", "Handoff sale", "Registration",
]  # fmt: skip


def told(world: World, parcel: ParcelId, **more: bool) -> tuple[Step, ...]:
    return story(Counted(world), world.parcel(parcel), 100, **more).steps


def test_a_story_goes_back_to_the_mine_the_latest_first(tale) -> None:
    world, parcels = tale
    steps = told(world, parcels["left"])
    assert kinds(steps) == OWN + BEFORE
    indices = [step.index for step in steps]
    assert indices == sorted(set(indices), reverse=True)


def test_what_became_of_a_sibling_is_another_story(tale) -> None:
    world, parcels = tale
    left = {step.index for step in told(world, parcels["left"])}
    right = {step.index for step in told(world, parcels["right"])}
    assert kinds(told(world, parcels["right"])) == OWN + BEFORE
    assert len(left & right) == len(BEFORE) + 1


def test_without_ancestors_a_story_ends_with_the_record_that_made_the_parcel(tale) -> None:
    world, parcels = tale
    assert kinds(told(world, parcels["left"], ancestors=False)) == OWN
    own = kinds(told(world, parcels["first"], ancestors=False))
    assert own == ["Transformation split", *BEFORE]


def test_a_step_names_the_parcels_of_the_story_that_it_is_about(tale) -> None:
    world, parcels = tale
    steps = told(world, parcels["left"])
    assert [step.parcels for step in steps] == [(parcels["left"],)] * 3 + [(parcels["first"],)] * 9


def test_a_record_on_two_ways_to_the_mine_is_told_once_with_both_parcels(tale) -> None:
    world = tale[0].fork()
    parcel = tale[1]["left"]
    world.hand_over(parcel, "jeweller-fr", "trader-be")
    halves = world.transform("trader-be", "split", [parcel], [Output(20_000), Output(40_000)])
    (mixed,) = world.transform("trader-be", "mix", list(halves), [Output(60_000)])
    steps = told(world, mixed)
    assert kinds(steps)[:3] == ["Transformation mix", "Transformation split", "Receipt accept"]
    assert set(steps[1].parcels) == set(halves)


@pytest.mark.parametrize("limit", range(1, 13))
def test_pages_together_are_the_whole(tale, limit: int) -> None:
    world, parcels = tale
    whole = told(world, parcels["left"])
    together, cursor = [], None
    while True:
        page = story(Counted(world), world.parcel(parcels["left"]), limit, cursor)
        together += page.steps
        cursor = page.cursor
        if cursor is None:
            break
    assert tuple(together) == whole


def test_a_story_that_meets_its_bound_says_so(tale, monkeypatch) -> None:
    world, parcels = tale
    whole = told(world, parcels["left"])
    monkeypatch.setattr("ledger.trace.walk.LIMITS", replace(LIMITS, walk_steps_max=9))
    page = story(Counted(world), world.parcel(parcels["left"]), 100)
    assert page.is_cut
    assert page.cursor is None
    assert page.steps == whole[: len(page.steps)]
    assert 0 < len(page.steps) < len(whole)


def test_sixty_layers_cost_as_many_look_ups_as_a_chain_of_their_size() -> None:
    world, parcel = mined()
    straight, braided = world.fork(), world.fork()
    ends = (chain(straight, parcel, 120), layers(braided, parcel, 60))
    stories = []
    for made, end in zip((straight, braided), ends, strict=True):
        counted = Counted(made)
        page = story(counted, made.parcel(end), LIMITS.page_rows_max)
        assert kinds(page.steps)[-1] == "Registration"
        stories.append((len(page.steps), counted.looked_up["record"], counted.looked_up))
    assert stories[0][:2] == stories[1][:2] == (123, 123)
    # Every link is looked up once: one a step, and one more where a mix has two inputs.
    assert stories[0][2]["index_of"] == 123
    assert stories[1][2]["index_of"] == 123 + 60


def test_a_record_that_another_names_and_that_is_missing_is_damage(tale) -> None:
    world, parcels = tale
    known = world.parcel(parcels["left"])
    with pytest.raises(Damaged, match="another record names it"):
        story(Counted(world), replace(known, head=Hash32(bytes(32))), 10)


def test_the_end_of_a_story_is_all_of_it_from_an_index_on(tale) -> None:
    world, parcels = tale
    counted = Counted(world)
    for name in ("first", "left", "right"):
        parcel = world.parcel(parcels[name])
        whole = story(counted, parcel, 100).steps
        for since in range(len(world.log) + 1):
            expected = [step for step in whole if step.index >= since]
            assert story_since(counted, parcel, since, 100) == (expected, True)


def test_the_end_of_a_story_costs_what_stands_in_it(tale) -> None:
    world, parcels = tale
    counted = Counted(world)
    parcel = world.parcel(parcels["right"])
    last = story(counted, parcel, 1).steps[0].index
    counted.looked_up.clear()
    assert len(story_since(counted, parcel, last, 100)[0]) == 1
    assert counted.looked_up["record"] == 1


def test_the_end_of_a_story_that_meets_its_bound_says_so(tale) -> None:
    world, parcels = tale
    parcel = world.parcel(parcels["right"])
    whole, is_whole = story_since(Counted(world), parcel, 0, 100)
    assert is_whole
    steps, is_whole = story_since(Counted(world), parcel, 0, 5)
    assert not is_whole
    assert 0 < len(steps) < len(whole)
    assert steps == whole[: len(steps)]


def test_a_story_may_be_given_a_bound_of_its_own(tale) -> None:
    world, parcels = tale
    parcel = world.parcel(parcels["right"])
    whole = story(Counted(world), parcel, 100).steps
    page = story(Counted(world), parcel, 100, steps_max=5)
    assert page.is_cut
    assert page.steps == whole[: len(page.steps)]


@pytest.fixture(scope="module")
def ring() -> tuple[World, dict[str, ParcelId]]:
    """Two stones are set in a piece that goes to a second jeweller, who takes them out again."""
    world, first = mined()
    rough = world.transform("cutter-in", "split", [first], [Output(WEIGHT - 1), Output(1)])
    work = [Output(1_000, 0, "7102.39")]
    lost = WEIGHT - 1 - 1_000
    (stone,) = world.transform("cutter-in", "polish", [rough[0]], work, other=drafts.Loss(lost))
    (speck,) = world.transform("cutter-in", "polish", [rough[1]], [Output(1, 0, "7102.39")])
    world.admit("cutter-in", "jeweller", "IN")
    goods = [world.goods(parcel) for parcel in (stone, speck)]
    record = drafts.setting(jeweller(world), world.moment(), goods)
    (piece,) = world.outputs(world.say(record, "cutter-in"))
    world.hand_over(piece, "cutter-in", "jeweller-fr")
    world.take_out(piece, sorted([stone, speck]))
    return world, {"first": first, "stone": stone, "speck": speck, "piece": piece}


PIECE = ["Setting unset", "Receipt accept", "Handoff sale", "Setting set"]


def jeweller(world: World) -> drafts.Speaker:
    """Return the cutter as a jeweller."""
    return replace(world.speaker("cutter-in"), role="jeweller")


def test_the_story_of_a_stone_taken_out_goes_by_its_piece_and_not_by_its_neighbour(ring) -> None:
    world, parcels = ring
    steps = told(world, parcels["stone"])
    way = [*PIECE, "Transformation polish", "Transformation split"]
    assert kinds(steps)[:6] == way
    assert kinds(steps)[-1] == "Registration"
    assert all(parcels["speck"] not in step.parcels for step in steps)
    own = told(world, parcels["stone"], ancestors=False)
    assert kinds(own) == ["Setting unset", "Setting set", "Transformation polish"]


def test_the_story_of_a_piece_goes_back_by_every_stone_in_it(ring) -> None:
    world, parcels = ring
    steps = told(world, parcels["piece"])
    ways = [*PIECE, *["Transformation polish"] * 2, "Transformation split"]
    assert kinds(steps)[:7] == ways
    assert kinds(steps)[-1] == "Registration"
    own = told(world, parcels["piece"], ancestors=False)
    assert kinds(own) == PIECE
