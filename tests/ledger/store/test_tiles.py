from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import BadQuestion, Damaged
from ledger.merkle import EMPTY_ROOT, complete_root, leaf_hash
from ledger.store.protocol import FullTile
from ledger.store.tiles import Tail, read_tile, width_of
from ledger.values import HASH_BYTES, Hash32
from tests.ledger.store.material import Scribe, memory_of
from tests.reference_merkle import Reference
from tests.trials import dice

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(66_200)]


def test_an_empty_edge_has_the_empty_root() -> None:
    assert Tail().size == 0
    assert Tail().root() == EMPTY_ROOT


def test_the_root_is_that_of_all_leaves_at_every_size() -> None:
    data = [number.to_bytes(4, "big") for number in range(1_100)]
    reference = Reference(dict(enumerate(data)))
    tail = Tail()
    for size, leaf in enumerate(LEAVES[:1_100], start=1):
        tail.append(leaf)
        assert (tail.size, tail.root()) == (size, reference.mth(0, size))


def test_tiles_are_given_out_once_when_they_are_full_the_lowest_first() -> None:
    tail = Tail()
    found = [(index, tile) for index, leaf in enumerate(LEAVES) for tile in tail.append(leaf)]
    expected = []
    roots = []
    for number in range(len(LEAVES) // 256):
        hashes = b"".join(LEAVES[number * 256 : (number + 1) * 256])
        roots.append(complete_root(hashes))
        expected.append((number * 256 + 255, FullTile(0, number, hashes, roots[-1])))
    hashes = b"".join(roots[:256])
    expected.append((65_535, FullTile(1, 0, hashes, complete_root(hashes))))
    assert found == sorted(expected, key=lambda pair: (pair[0], pair[1].level))


def test_a_copy_grows_by_itself() -> None:
    tail = Tail()
    for leaf in LEAVES[:511]:
        tail.append(leaf)
    copied, root = tail.copy(), tail.root()
    assert [tile.number for tile in copied.append(LEAVES[511])] == [1]
    assert (tail.size, tail.root()) == (511, root)
    assert tail.append(LEAVES[511]) == [
        FullTile(0, 1, b"".join(LEAVES[256:512]), complete_root(b"".join(LEAVES[256:512])))
    ]


def test_a_leaf_that_is_no_hash_is_refused_and_changes_nothing() -> None:
    tail = Tail()
    tail.append(LEAVES[0])
    with pytest.raises(BadQuestion):
        tail.append(Hash32(b"short"))
    assert (tail.size, tail.root()) == (1, LEAVES[0])


def test_an_edge_that_gives_another_root_than_the_heads_is_damage() -> None:
    scribe = Scribe(dice("edge"))
    with memory_of([scribe.group(300)]).view() as view:

        class Lying:
            def head(self):
                return replace(view.head(), root=EMPTY_ROOT)

            def read_tile(self, level: int, number: int, width: int) -> bytes:
                return view.read_tile(level, number, width)

        with pytest.raises(Damaged, match="altered at tiles"):
            Tail.load(Lying())


@pytest.mark.parametrize(
    ("size", "tile", "width"),
    [
        (0, (0, 0), 0),
        (1, (0, 0), 1),
        (256, (0, 0), 256),
        (257, (0, 1), 1),
        (65_535, (1, 0), 255),
        (65_536, (1, 0), 256),
        (65_536, (2, 0), 1),
        (65_536, (1, 1), 0),
    ],
)
def test_a_tile_is_as_wide_as_the_tree_has_complete_subtrees(
    size: int, tile: tuple[int, int], width: int
) -> None:
    assert width_of(size, *tile) == width


class Kept:
    """Tiles of a store that has lost some of them."""

    def __init__(self, full: bytes | None = None, roots: int = 0, entries: int = 0) -> None:
        self.full = full
        self.roots = [bytes(HASH_BYTES)] * roots
        self.lines = [bytes(73)] * entries

    def full_tile(self, _level: int, _number: int) -> bytes | None:
        return self.full

    def tile_roots(self, _level: int, _start: int, _stop: int) -> list[bytes]:
        return self.roots

    def entries(self, _start: int, _stop: int) -> list[bytes]:
        return self.lines


@pytest.mark.parametrize(
    ("kept", "size", "level", "width", "fault"),
    [
        (Kept(), 256, 0, 256, "gap at tile 0/0"),
        (Kept(full=bytes(8_191)), 256, 0, 1, "truncated at tile 0/0"),
        (Kept(full=bytes(8_193)), 256, 0, 1, "truncated at tile 0/0"),
        (Kept(entries=2), 3, 0, 3, "gap at tile 0/0: 2 of 3 hashes"),
        (Kept(roots=1), 700, 1, 2, "gap at tile 1/0: 1 of 2 hashes"),
    ],
)
def test_a_tile_whose_parts_are_not_all_there_is_damage(
    kept: Kept, size: int, level: int, width: int, fault: str
) -> None:
    with pytest.raises(Damaged, match=fault):
        read_tile(kept, size, level, 0, width)
