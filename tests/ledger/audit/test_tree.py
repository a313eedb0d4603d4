"""Damage planted in the stored tiles of the tree."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import cast

import pytest

from ledger.audit import audit
from ledger.audit.report import FaultList, Figures
from ledger.audit.tree import TreeCheck
from ledger.merkle import TILE_WIDTH, leaf_hash
from ledger.store.memory import MemoryStore
from ledger.store.protocol import FullTile, View
from tests.desk import Desk, long_journey
from tests.planting import Plan, Planted


@functools.cache
def desk() -> Desk:
    """Return a ledger with two full tiles."""
    return Desk(long_journey()).fill()


def faults(plan: Plan) -> list[str]:
    """Return what an audit finds."""
    report = audit(Planted(desk().store, plan), desk().checkpoints, MemoryStore())
    return [str(fault) for fault in report.faults]


def tile(number: int) -> bytes:
    """Return the hashes of a full tile."""
    with desk().store.view() as view:
        return view.read_tile(0, number, 256)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("at", [0, 100, 255])
def test_an_altered_tile_is_named_with_the_hash(number: int, at: int) -> None:
    altered = bytearray(tile(number))
    altered[32 * at + 5] ^= 4
    assert faults(Plan(tiles={(0, number): bytes(altered)})) == [
        f"altered at tile 0/{number}: hash {at} is not that of the entries"
    ]


def test_a_tile_that_is_not_there_is_a_gap() -> None:
    (found,) = faults(Plan(tiles={(0, 1): None}))
    assert found.startswith("gap at tile 0/1")


def test_a_tile_that_is_too_short_is_truncated() -> None:
    (found,) = faults(Plan(tiles={(0, 0): tile(0)[:-1]}))
    assert found.startswith("truncated at tile 0/0")


@pytest.mark.parametrize("number", [0, 1])
def test_an_altered_root_of_a_full_tile_is_named(number: int) -> None:
    assert faults(Plan(roots={(0, number): bytes(32)})) == [
        f"altered at tile 1/0: hash {number} is not that of the entries"
    ]


def test_two_altered_tiles_are_both_named() -> None:
    plan = Plan(tiles={(0, 0): tile(1), (0, 1): tile(0)})
    assert [found.partition(":")[0] for found in faults(plan)] == [
        "altered at tile 0/0",
        "altered at tile 0/1",
    ]


class _Tiles:
    """The full tiles of a tree alone, kept by level and number."""

    def __init__(self) -> None:
        self.full: dict[tuple[int, int], FullTile] = {}

    def read_tile(self, level: int, number: int, _width: int) -> bytes:
        return self.full[level, number].hashes

    def tile_roots(self, level: int, start: int, stop: int) -> list[bytes]:
        kept = (self.full.get((level, number)) for number in range(start, stop))
        return [tile.root for tile in kept if tile]


def test_an_altered_root_is_named_though_a_full_tile_above_holds_it_too() -> None:
    stored, found = _Tiles(), FaultList(10)
    check = TreeCheck(cast("View", stored), found, Figures())
    for number in range(TILE_WIDTH**2):
        for tile in check.append(leaf_hash(number.to_bytes(4, "big"))):
            stored.full[tile.level, tile.number] = tile
    assert len(stored.full) == TILE_WIDTH + 1
    check.compare(lambda _start, _stop: False)
    assert found.all == ()
    again = TreeCheck(cast("View", stored), found, Figures())
    for number in range(TILE_WIDTH**2):
        again.append(leaf_hash(number.to_bytes(4, "big")))
    stored.full[0, 77] = replace(stored.full[0, 77], root=leaf_hash(b"another"))
    again.compare(lambda start, _stop: start == 78 * TILE_WIDTH)
    assert [str(fault) for fault in found.all] == ["altered at tile 0/77: its root is another"]
