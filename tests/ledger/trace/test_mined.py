"""A recall of sites begins with all that was registered from them, by index, read as it goes."""

from __future__ import annotations

import pytest

from ledger.custody import Mined
from ledger.trace.mined import MinedAt
from ledger.trace.recall import Walk
from ledger.values import Hash32, ParcelId
from tests.world import World, usual_world

EVER = 1 << 40


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
