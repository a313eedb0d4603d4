"""Recall: every descendant in log order, each once, with what it can hold of what is recalled."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from ledger.custody import Mined, Nothing, Operation, Overlay, Parcel
from ledger.derivation import decide
from ledger.drafts import Loss, Output
from ledger.errors import Damaged
from ledger.trace.affected import Share, nothing, whole
from ledger.trace.descent import share_in
from ledger.trace.kept import Blends
from ledger.trace.mined import MinedAt
from ledger.trace.recall import Affected, Place, Starts, These, Turn, Waits, Walk
from ledger.trace.walk import Budget, downstream
from ledger.values import Hash32, ParcelId
from tests.ledger.trace.ancestries import WEIGHT, chain, layers, mined
from tests.world import World, address_of, usual_world

EVER = 1 << 40


class At:
    """Starts at any index, as a test likes them."""

    def __init__(self, *starts: tuple[int, ParcelId]) -> None:
        self._left = sorted(starts)

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


def test_an_operation_without_its_parcel_is_damage(family) -> None:
    world, parcels = family
    start = world.parcel(parcels["first"])
    step = world.state.read(Operation, start.spent_by.to_bytes(8, "big"))
    broken = Overlay(world.state)
    missing = replace(step, outputs=(ParcelId(bytes(32)), step.outputs[1]))
    broken.apply(step.record_id, world.log[0][1].record, [missing])
    with pytest.raises(Damaged, match="an operation names it"):
        Walk(These((start,)), EVER).take(broken, 10)


# -- from below ----------------------------------------------------------------------------------


def test_from_below_a_parcel_is_told_what_it_is_told_from_above(family) -> None:
    world, parcels = family
    for start in parcels.values():
        above = shares(told(world, of(world, start)))
        for name, parcel in parcels.items():
            known = world.parcel(parcel)
            below = share_in(world.state, known, lambda _, made, at=start: made == at, Budget())
            expected = above.get(parcel, nothing(known.weight_millicarats))
            assert below == expected, name


def test_an_ancestry_beyond_the_bound_is_not_known() -> None:
    world, parcel = mined()
    end = world.parcel(chain(world, parcel, 5))
    assert share_in(world.state, end, lambda _, made: made == parcel, Budget(12)) == whole(WEIGHT)
    assert share_in(world.state, end, lambda _, made: made == parcel, Budget(10)) is None


# -- sites ---------------------------------------------------------------------------------------


class WithItems:
    """A world's state, with its registrations by site."""

    def __init__(self, world: World) -> None:
        self._world = world
        found = [item for *_, changes in world.log for item in changes.items]
        self._mined = sorted(
            (one for one in found if isinstance(one, Mined)), key=lambda one: one.key
        )
        self.asked = 0

    def read(self, sort, key):
        return self._world.state.read(sort, key)

    def items_of(self, sort, after: bytes, limit: int) -> list[Mined]:
        assert sort is Mined
        self.asked += 1
        return [one for one in self._mined if one.key > after][:limit]


@pytest.fixture(scope="module")
def mines() -> tuple[World, tuple[Hash32, ...], dict[Hash32, list[ParcelId]]]:
    """Three sites, from which bags are registered in turns, in unequal numbers."""
    world = usual_world()
    sites = tuple(world.open_site(licence=f"ML-{number}") for number in range(3))
    bags: dict[Hash32, list[ParcelId]] = {site: [] for site in sites}
    for number in range(24):
        site = sites[0 if number % 5 else number % 3]
        bags[site].append(world.register(site, 1_000 + number, stones=0))
    return world, sites, bags


@pytest.mark.parametrize("rows", [1, 2, 5, 256])
def test_a_recall_of_sites_begins_with_all_that_was_registered_from_them(
    mines, rows: int, monkeypatch
) -> None:
    world, sites, bags = mines
    monkeypatch.setattr("ledger.trace.mined._ROWS_MAX", rows)
    state = WithItems(world)
    for chosen in ([sites[0]], [sites[1], sites[2]], list(sites), []):
        walk, found = Walk(MinedAt(chosen), EVER), []
        while not walk.is_over:
            found += walk.take(state, 2, 3)
        expected = {bag for site in chosen for bag in bags[site]}
        assert {row.parcel.id for row in found} == expected
        assert len(found) == len(expected)
        assert [row.index for row in found] == sorted(row.index for row in found)
        assert all(row.is_start for row in found)


def test_a_recall_of_a_site_may_begin_with_an_index(mines) -> None:
    world, sites, bags = mines
    state = WithItems(world)
    known = [world.parcel(bag) for bag in bags[sites[0]]]
    for since in (0, known[3].made_by, known[3].made_by + 1, EVER):
        rows = Walk(MinedAt([sites[0]], since), EVER).take(state, 100)
        expected = [one.id for one in known if one.made_by >= since]
        assert [row.parcel.id for row in rows] == expected


def test_the_first_registrations_are_told_before_the_last_are_read(mines, monkeypatch) -> None:
    world, sites, _ = mines
    monkeypatch.setattr("ledger.trace.mined._ROWS_MAX", 2)
    state = WithItems(world)
    assert len(Walk(MinedAt([sites[0]]), EVER).take(state, 2)) == 2
    assert state.asked <= 2


def test_looking_for_starts_waits_at_the_bound() -> None:
    turn = Turn(1)
    turn.spend(5)
    with pytest.raises(Waits):
        turn.spend(1)
    assert sys.getsizeof(turn) < 100
    assert address_of("miner-bw")


def test_a_parcel_of_the_world_is_what_the_walk_reads(family) -> None:
    world, parcels = family
    row = told(world, of(world, parcels["first"]))[0]
    assert row.parcel == world.state.read(Parcel, parcels["first"])
