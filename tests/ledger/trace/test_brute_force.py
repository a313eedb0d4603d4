"""The judge is judged too: by examples small enough to count on paper."""

import pytest

from tests.ledger.trace.brute_force import Output, TooManyWorlds, Worlds


def mixed(*outputs: Output, worlds_max: int = 100) -> Worlds:
    mined = Worlds(2).register(0, 3).register(1, 2)
    return mined.operate([0, 1], outputs, worlds_max)


def test_bulk_may_hold_every_mixture():
    worlds = mixed(Output(3, None), Output(2, None))
    assert worlds.alive == (2, 3)
    assert worlds.amounts(2, [0]) == {1, 2, 3}
    assert worlds.amounts(3, [1]) == {0, 1, 2}
    assert worlds.amounts(3, [0, 1]) == {2}


def test_a_stone_is_of_one_site():
    worlds = mixed(Output(2, 0), Output(3, None))
    assert worlds.worlds == {((2, 0), (1, 2)), ((0, 2), (3, 0))}


def test_a_stone_may_weigh_more_than_it_drew_by_the_slack():
    assert mixed(Output(4, 0)).worlds == frozenset()
    assert mixed(Output(4, 1)).worlds == {((4, 0),)}
    assert mixed(Output(4, 2)).worlds == {((4, 0),), ((0, 4),)}


def test_a_stone_drew_at_least_something_of_its_site():
    worlds = Worlds(2).register(0, 3).operate([0], [Output(3, 3)], 100)
    assert worlds.worlds == {((3, 0),)}


def test_a_later_split_tells_what_an_earlier_output_was():
    worlds = mixed(Output(3, None), Output(2, None)).operate([2], [Output(3, 0)], 100)
    assert worlds.alive == (3, 4)
    assert worlds.amounts(3, [1]) == {2}


def test_too_many_worlds_are_refused():
    with pytest.raises(TooManyWorlds):
        mixed(Output(3, None), Output(2, None), worlds_max=2)
