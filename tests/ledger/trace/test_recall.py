"""Recall: every descendant in log order, each once, with what it can hold of what is recalled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.custody import Nothing, Operation, Overlay
from ledger.derivation import decide
from ledger.drafts import Loss, Output
from ledger.errors import Damaged
from ledger.trace.affected import Share, nothing, whole
from ledger.trace.kept import Blends
from ledger.trace.recall import Affected, Place, Starts, These, Turn, Waits, Walk
from ledger.trace.walk import downstream
from ledger.values import ParcelId
from tests.ledger.trace.ancestries import WEIGHT, chain, layers, mined
from tests.world import World

EVER = 1 << 40


class At:
    """Starts at any index, as a test likes them."""

    def __init__(self, *starts: tuple[int, ParcelId]) -> None:
        self._left = sorted(starts)

    scanned = 0

    def until(self, _state, index: int, turn: Turn) -> int | None:
        turn.spend(1)
        return self._left[0][0] if self._left and self._left[0][0] <= index else None

    def take(self) -> tuple[ParcelId, ...]:
        at = self._left[0][0]
        taken = tuple(parcel for index, parcel in self._left if index == at)
        self._left = self._left[len(taken) :]
        return taken


def of(world: World, *parcels: ParcelId) -> These:
    return These(tuple(world.parcel(parcel) for parcel in parcels))


def derived(world: World) -> Overlay:
    """Return a world's state with all that its records leave behind."""
    state, blends = Overlay(Nothing()), Blends()
    for index, (now_ms, signed, _) in enumerate(world.log):
        changes = decide(state, signed, index, now_ms, blends)
        state.apply(signed.record_id, signed.record, changes.items)
    return state


def told(
    world: World, starts: Starts, size: int = EVER, state: Overlay | None = None
) -> list[Affected]:
    """Return all that a recall tells, in turns of a few rows and steps."""
    walk = Walk(starts, size)
    found: list[Affected] = []
    while not walk.is_over:
        found += walk.take(state or world.state, 3, steps_max=5)
    return found


def shares(rows: list[Affected]) -> dict[ParcelId, Share]:
    return {row.parcel.id: row.share for row in rows}


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
    world.open_site()  # an entry that nothing of this is in
    one, other = world.transform("cutter-in", "cut", [mixed], [Output(50_000), Output(30_000)])
    names = {"first": first, "second": second, "left": left, "right": right, "mixed": mixed}
    return world, {**names, "one": one, "other": other}


def test_every_descendant_is_told_once_in_the_log_s_order_from_the_start_on(family) -> None:
    world, parcels = family
    rows = told(world, of(world, parcels["first"]))
    page = downstream(world.state, world.parcel(parcels["first"]), 100)
    made = [child.id for _, outputs in page.steps for child in outputs]
    assert [row.parcel.id for row in rows] == [parcels["first"], *made]
    assert [row.index for row in rows] == sorted(row.index for row in rows)
    assert [row.is_start for row in rows] == [True] + [False] * len(made)


def test_each_is_told_with_the_least_and_the_most_that_is_recalled(family) -> None:
    world, parcels = family
    found = shares(told(world, of(world, parcels["second"])))
    assert found == {
        parcels["second"]: whole(20_000),
        parcels["mixed"]: Share(80_000, 20_000, 20_000),
        parcels["one"]: Share(50_000, 0, 20_000),
        parcels["other"]: Share(30_000, 0, 20_000),
    }


def test_a_recall_of_all_that_went_in_recalls_all_that_came_out(family) -> None:
    world, parcels = family
    found = shares(told(world, of(world, parcels["second"], parcels["left"])))
    assert found[parcels["mixed"]] == whole(80_000)
    assert found[parcels["one"]] == whole(50_000)


def test_a_recall_may_begin_in_the_middle(family) -> None:
    world, parcels = family
    rows = told(world, of(world, parcels["mixed"]))
    assert [row.parcel.id for row in rows] == [parcels[name] for name in ("mixed", "one", "other")]


def test_a_start_is_told_as_a_start_where_it_descends_from_another(family) -> None:
    world, parcels = family
    rows = told(world, of(world, parcels["first"], parcels["mixed"]))
    assert [row.parcel.id for row in rows if row.is_start] == [parcels["first"], parcels["mixed"]]
    assert len({row.parcel.id for row in rows}) == len(rows) == 6
    assert shares(rows)[parcels["one"]] == whole(50_000)


def test_what_becomes_a_start_later_is_told_again_and_is_whole_from_there_on(family) -> None:
    world, parcels = family
    cut = world.parcel(parcels["one"]).made_by
    first = world.parcel(parcels["first"])
    rows = told(world, At((first.made_by, first.id), (cut - 1, parcels["mixed"])))
    mixed = [row for row in rows if row.parcel.id == parcels["mixed"]]
    assert [(row.index, row.is_start, row.share.least) for row in mixed] == [
        (cut - 2, False, 60_000), (cut - 1, True, 80_000)
    ]  # fmt: skip
    assert shares(rows)[parcels["other"]] == whole(30_000)


def test_goods_that_were_used_up_before_they_were_recalled_are_told_and_not_followed(
    family,
) -> None:
    world, parcels = family
    late = world.parcel(parcels["one"]).made_by
    rows = told(world, At((late, parcels["left"])))
    assert [(row.index, row.parcel.id) for row in rows] == [(late, parcels["left"])]


def test_receipts_that_lower_a_weight_lower_the_share_too() -> None:
    world, first = mined()
    second = world.register(world.open_site(), 20_000, stones=0)
    world.hand_over(second, "miner-bw", "cutter-in")
    (mixed,) = world.transform("cutter-in", "mix", sorted([first, second]), [Output(120_000)])
    world.hand_over(mixed, "cutter-in", "trader-be", weight_millicarats=119_900)
    made, rest = world.transform("trader-be", "split", [mixed], [Output(110_000), Output(9_900)])
    found = shares(told(world, of(world, second)))
    assert found[mixed] == Share(119_900, 19_900, 20_000)
    assert found[made] == Share(110_000, 10_000, 20_000)
    assert found[rest] == Share(9_900, 0, 9_900)


def test_a_stone_that_weights_rule_out_is_told_with_nothing_and_followed_on() -> None:
    world, first = mined()
    small = world.register(world.open_site(), 1_000, stones=0)
    world.hand_over(small, "miner-bw", "cutter-in")
    (mixed,) = world.transform("cutter-in", "mix", sorted([first, small]), [Output(101_000)])
    stone, rest = world.transform("cutter-in", "split", [mixed], [Output(9_000, 1), Output(92_000)])
    (polished,) = world.transform(
        "cutter-in", "polish", [stone], [Output(4_000, 1, "7102.39")], polishing=Loss(5_000)
    )
    found = shares(told(world, of(world, small), state=derived(world)))
    assert found[stone] == nothing(9_000)
    assert found[polished] == nothing(4_000)
    assert found[rest] == Share(92_000, 991, 1_000)  # 9 millicarats may be a weighing error


def test_a_stone_s_share_asks_the_tolerance_of_its_own_operation() -> None:
    world, first = mined()
    small = world.register(world.open_site(), 8_996, stones=0)
    world.hand_over(small, "miner-bw", "cutter-in")
    (mixed,) = world.transform("cutter-in", "mix", sorted([first, small]), [Output(108_996)])
    weights = [Output(9_006, 1), Output(9_005, 1), Output(108_996 - 18_011)]
    heavy, near, _ = world.transform("cutter-in", "split", [mixed], weights)
    assert shares(told(world, of(world, small)))[heavy] == Share(9_006, 0, 9_006)  # not known
    found = shares(told(world, of(world, small), state=derived(world)))
    assert found[heavy] == nothing(9_006)  # 9 millicarats of tolerance, and 10 too many
    assert found[near] == Share(9_005, 0, 9_005)


def test_a_parcel_that_is_set_is_held_by_whoever_holds_the_piece() -> None:
    world, first = mined()
    stones = world.transform(
        "cutter-in", "polish", [first],
        [Output(2_000, 1, "7102.39"), Output(3_000, 1, "7102.39")], polishing=Loss(WEIGHT - 5_000),
    )  # fmt: skip
    for stone in stones:
        world.hand_over(stone, "cutter-in", "jeweller-fr")
    piece = world.set_in(list(stones))
    world.sell(piece)
    rows = {row.parcel.id: row for row in told(world, of(world, stones[0]))}
    assert set(rows) == {stones[0], piece}
    assert rows[stones[0]].piece == piece
    assert rows[stones[0]].parcel.custodian == world.parcel(piece).custodian
    assert (rows[piece].parcel.state, rows[piece].piece) == ("sold", None)
    assert rows[piece].share == Share(5_000, 2_000, 2_000)


def test_what_was_taken_out_of_a_piece_is_told_of_the_stone_and_of_the_piece() -> None:
    world, first = mined()
    stones = world.transform(
        "cutter-in", "polish", [first],
        [Output(2_000, 1, "7102.39"), Output(3_000, 1, "7102.39")], polishing=Loss(WEIGHT - 5_000),
    )  # fmt: skip
    for stone in stones:
        world.hand_over(stone, "cutter-in", "jeweller-fr")
    piece = world.set_in(list(stones))
    world.take_out(piece, list(stones))
    assert [row.parcel.id for row in told(world, of(world, stones[0]))] == [stones[0]]
    rows = told(world, of(world, piece))
    assert {row.parcel.id: row.share for row in rows} == {
        piece: whole(5_000), stones[0]: whole(2_000), stones[1]: whole(3_000)
    }  # fmt: skip
    assert all(row.piece is None for row in rows)


# -- turns, pages and memory ---------------------------------------------------------------------


def test_turns_of_any_length_tell_the_same(family) -> None:
    world, parcels = family
    everything = Walk(of(world, parcels["first"]), EVER).take(world.state, 100)
    for limit in (1, 2, 5):
        for steps in (1, 2, 3, 100):
            walk, found = Walk(of(world, parcels["first"]), EVER), []
            while not walk.is_over:
                taken = walk.take(world.state, limit, steps)
                assert len(taken) <= limit
                found += taken
            assert found == everything


def test_a_walk_goes_on_from_every_place_that_it_had_come_to(family) -> None:
    world, parcels = family
    everything = Walk(of(world, parcels["first"]), EVER).take(world.state, 100)
    walk = Walk(of(world, parcels["first"]), EVER)
    places = [(0, walk.place)]
    while not walk.is_over:
        walk.take(world.state, 1, 2)
        places.append((len(everything[: places[-1][0] + 1]), walk.place))
    for steps in (2, 1000):
        for _, place in places:
            again = Walk(of(world, parcels["first"]), EVER)
            while not again.skip_to(world.state, place, steps):
                pass
            rest = again.take(world.state, 100)
            gone = len(everything) - len(rest)
            assert rest == everything[gone:]
            assert all((row.index, 0) < (place.index, 1) for row in everything[:gone])
            assert all(row.index >= place.index for row in rest)


def test_a_walk_says_that_it_is_over_with_its_last_row(family) -> None:
    world, parcels = family
    walk = Walk(of(world, parcels["first"]), EVER)
    assert len(walk.take(world.state, 6)) == 6
    assert walk.is_over
    assert walk.take(world.state, 6) == []
    assert walk.place == Place(EVER, 0)


def test_a_recall_goes_on_past_the_bound_of_every_other_walk(monkeypatch, family) -> None:
    world, parcel = mined()
    end = chain(world, parcel, 40)
    rows = told(world, of(world, parcel))
    assert len(rows) == 41
    assert rows[-1].parcel.id == end


def test_a_walk_is_of_the_log_s_first_entries(family) -> None:
    world, parcels = family
    cut = world.parcel(parcels["one"]).made_by
    rows = told(world, of(world, parcels["first"]), size=cut)
    assert parcels["one"] not in shares(rows)
    last = rows[-1]
    assert (last.parcel.id, last.parcel.state, last.parcel.spent_by) == (
        parcels["mixed"], "spent", cut
    )  # fmt: skip


def test_goods_used_between_two_turns_are_not_followed_beyond_the_size() -> None:
    world, parcel = mined()
    half, other = world.transform(
        "cutter-in", "split", [parcel], [Output(WEIGHT // 2), Output(WEIGHT // 2)]
    )
    size = len(world.log)
    walk = Walk(of(world, parcel), size)
    assert [row.parcel.id for row in walk.take(world.state, 1)] == [parcel]
    world.transform("cutter-in", "mix", sorted([half, other]), [Output(WEIGHT)])
    assert [(row.parcel.id, row.parcel.state) for row in walk.take(world.state, 9)] == [
        (half, "spent"), (other, "spent")
    ]  # fmt: skip
    assert walk.is_over


def test_what_was_told_is_forgotten_but_for_the_frontier() -> None:
    world, parcel = mined()
    layers(world, parcel, 60)
    walk = Walk(of(world, parcel), EVER)
    widths = []
    while not walk.is_over:
        walk.take(world.state, 1)
        widths.append(walk.width)
    assert len(widths) > 180
    assert max(widths) <= 3
    assert widths[-1] == 0


def test_goods_that_went_into_nothing_within_the_size_are_not_kept_in_mind() -> None:
    world, _ = mined()
    site = world.open_site()
    bags = [world.register(site, 1_000, stones=0, by="miner-bw") for _ in range(30)]
    (mixed,) = world.transform("miner-bw", "mix", sorted(bags[:3]), [Output(3_000)])
    size = len(world.log)
    world.transform("miner-bw", "mix", sorted(bags[3:6]), [Output(3_000)])
    starts = [(world.parcel(bag).made_by, bag) for bag in bags]
    for until, widest in ((size, 3 + 1), (len(world.log), 6 + 1)):  # and one to be told next
        walk, widths = Walk(At(*starts), until), []
        while not walk.is_over:
            walk.take(world.state, 1)
            widths.append(walk.width)
        assert (max(widths), widths[-1]) == (widest, 0)
    assert mixed


def test_a_parcel_told_again_goes_on_with_what_it_was_told_last(family) -> None:
    world, parcels = family
    first, cut = world.parcel(parcels["first"]), world.parcel(parcels["one"]).made_by
    walk = Walk(At((first.made_by, first.id), (cut - 1, parcels["mixed"])), EVER)
    rows = []
    while not walk.is_over:
        rows += walk.take(world.state, 1, 3)
    assert shares(rows)[parcels["one"]] == whole(50_000)
    assert walk.width == 0


def test_an_operation_without_its_parcel_is_damage(family) -> None:
    world, parcels = family
    start = world.parcel(parcels["first"])
    step = world.state.read(Operation, start.spent_by.to_bytes(8, "big"))
    broken = Overlay(world.state)
    missing = replace(step, outputs=(ParcelId(bytes(32)), step.outputs[1]))
    broken.apply(step.record_id, world.log[0][1].record, [missing])
    with pytest.raises(Damaged, match="an operation names it"):
        Walk(These((start,)), EVER).take(broken, 10)


def test_looking_for_starts_waits_at_the_bound() -> None:
    turn = Turn(1)
    turn.spend(5)
    with pytest.raises(Waits):
        turn.spend(1)
