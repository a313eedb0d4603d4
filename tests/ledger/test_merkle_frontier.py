import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadQuestion, Damaged
from ledger.merkle import (
    TILE_WIDTH,
    Frontier,
    complete_root,
    consistency_proof,
    inclusion_proof,
    node_from_tiles,
    root,
)
from tests.reference_merkle import Reference, blank, leaf

SIZE_MAX = 2**63
TREE = Reference({index: b"leaf %d" % index for index in range(131)})


@given(st.integers(0, 2**63 - 200), st.integers(1, 40))
def test_a_loaded_frontier_grows_like_the_tree(size, more):
    tree = Reference({size + at: b"%d" % at for at in range(more)})
    frontier = Frontier.load(size, tree.read)
    for at in range(size, size + more):
        frontier.append(tree.mth(at, at + 1))
    assert frontier.root() == tree.mth(0, size + more)
    assert frontier.roots == Frontier.load(size + more, tree.read).roots


def test_a_frontier_never_holds_more_than_63_roots_and_stops_when_the_tree_is_full():
    frontier = Frontier.load(SIZE_MAX - 1, lambda level, _: blank(1 << level))
    assert len(frontier.roots) == 63
    frontier.append(leaf(b""))
    assert frontier.roots == (blank(SIZE_MAX),) == (frontier.root(),)
    with pytest.raises(BadQuestion):
        frontier.append(leaf(b""))
    assert (frontier.size, frontier.roots) == (SIZE_MAX, (blank(SIZE_MAX),))


@pytest.mark.parametrize("duplicate", [Frontier.copy, copy.copy, copy.deepcopy])
def test_a_copy_of_a_frontier_grows_alone(duplicate):
    frontier = Frontier.load(7, TREE.read)
    other = duplicate(frontier)
    other.append(TREE.mth(7, 8))
    assert (frontier.size, frontier.root()) == (7, TREE.mth(0, 7))
    assert (other.size, other.root()) == (8, TREE.mth(0, 8))


def test_a_frontier_is_taken_up_where_it_was_left():
    frontier = Frontier.load(100, TREE.read)
    again = Frontier(frontier.size, frontier.roots)
    again.append(TREE.mth(100, 101))
    assert again.root() == TREE.mth(0, 101)


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33)])
def test_a_leaf_that_is_no_hash_changes_nothing(wrong):
    frontier = Frontier.load(7, TREE.read)
    with pytest.raises(BadQuestion):
        frontier.append(wrong)
    assert (frontier.size, frontier.root()) == (7, TREE.mth(0, 7))


@pytest.mark.parametrize("roots", [(), (bytes(32),), (bytes(32),) * 3, (bytes(32), bytes(31))])
def test_roots_that_cannot_be_a_frontier_are_damage(roots):
    with pytest.raises(Damaged):
        Frontier(3, roots)


def test_a_node_of_another_length_in_the_store_is_damage():
    with pytest.raises(Damaged):
        Frontier.load(3, lambda _level, _index: bytes(31))


# --- Tiles ---


class Tiles:
    """The tiles of a tree of one size: complete hashes only, as wide as that size makes them."""

    def __init__(self, tree: Reference, size: int) -> None:
        self.tree, self.size = tree, size

    def read_tile(self, level: int, n: int, width: int) -> bytes:
        there = min(TILE_WIDTH, (self.size >> 8 * level) - n * TILE_WIDTH)
        assert 1 <= width <= there, "asked for hashes that this size does not have"
        nodes = (self.tree.read(8 * level, n * TILE_WIDTH + at) for at in range(there))
        return b"".join(nodes)

    def read(self, level: int, index: int) -> bytes:
        return node_from_tiles(level, index, self.read_tile)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 65_536, 70_000, 2**40 + 12345, SIZE_MAX])
def test_roots_and_proofs_need_only_the_tiles_of_their_size(size):
    index = size * 2 // 3
    tree = Reference({0: b"first", index: b"this", size - 1: b"last"})
    tiles = Tiles(tree, size)
    assert root(size, tiles.read) == tree.mth(0, size)
    assert [*inclusion_proof(index, size, tiles.read)] == tree.path(index, size)
    assert [*consistency_proof(index + 1, size, tiles.read)] == tree.proof(index + 1, size)
    assert Frontier.load(size, tiles.read).root() == tree.mth(0, size)


@given(st.integers(0, 63), st.data())
def test_any_node_comes_out_of_one_tile(level, data):
    index = data.draw(st.integers(0, (SIZE_MAX >> level) - 1))
    inside = data.draw(st.integers(index << level, ((index + 1) << level) - 1))
    tree = Reference({inside: b"inside"})
    asked = []

    def read_tile(tile_level: int, n: int, width: int) -> bytes:
        asked.append((tile_level, n))
        return Tiles(tree, SIZE_MAX).read_tile(tile_level, n, width)

    assert node_from_tiles(level, index, read_tile) == tree.read(level, index)
    assert asked == [(level // 8, (index << level % 8) // TILE_WIDTH)]


def test_a_tile_may_be_exactly_as_wide_as_asked():
    tile = b"".join(TREE.mth(at, at + 1) for at in range(130))
    assert node_from_tiles(3, 5, lambda _l, _n, width: tile[: width * 32]) == TREE.read(3, 5)


def test_a_tile_that_is_too_short_is_damage():
    for missing in (1, 32, 200):
        with pytest.raises(Damaged) as found:
            node_from_tiles(2, 10, lambda _l, _n, width, m=missing: bytes(width * 32 - m))
        assert (found.value.fault, found.value.place) == ("truncated", "tile 0/0")


def test_a_complete_root_folds_a_power_of_two_of_hashes():
    for level in range(8):
        row = b"".join(TREE.mth(at, at + 1) for at in range(1 << level))
        assert complete_root(row) == TREE.read(level, 0)


@pytest.mark.parametrize("length", [0, 1, 31, 33, 96, 160, 63])
def test_hashes_of_no_complete_subtree_are_a_bad_question(length):
    with pytest.raises(BadQuestion):
        complete_root(bytes(length))
