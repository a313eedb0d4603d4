"""Waiting for a log to be anchored: told once it is, never before, and let go at any time."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor.waiting import Anchored

sizes = st.integers(0, 10)


@given(st.lists(st.tuples(st.booleans(), sizes), max_size=30))
def test_a_promise_is_kept_exactly_when_its_size_is_reached(steps: list[tuple[bool, int]]) -> None:
    anchored = Anchored()
    promises, most = [], 0
    for asks, size in steps:
        if asks:
            promises.append((size, anchored.promise(size)))
        else:
            anchored.reach(size)
            most = max(most, size)
        assert anchored.size == most
        assert all(promise.done() == (needed <= most) for needed, promise in promises)
    assert anchored.waiting == sum(needed > most for needed, _ in promises)


def test_who_waits_in_a_thread_is_woken() -> None:
    anchored = Anchored()
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(anchored.wait(5, 60)))
    thread.start()
    anchored.reach(4)
    anchored.reach(5)
    thread.join(60)
    assert told == [True]


def test_who_waits_no_longer_leaves_nothing_behind() -> None:
    anchored = Anchored(3)
    assert not anchored.wait(4, 0)
    promise = anchored.promise(4)
    assert anchored.waiting == 1
    assert promise.cancel()
    assert anchored.waiting == 0
    anchored.reach(4)
    assert anchored.wait(4, 0)


def test_whoever_is_told_may_ask_again() -> None:
    anchored = Anchored()
    again: list[int] = []
    first = anchored.promise(1)
    first.add_done_callback(lambda _: again.append(anchored.promise(1).result(0)))
    anchored.reach(2)
    assert again == [2]


def test_what_was_withdrawn_stays_so() -> None:
    anchored = Anchored(5)
    promise = anchored.promise(6)
    anchored.withdraw()
    anchored.reach(7)
    assert (anchored.size, anchored.is_withdrawn, promise.done()) == (0, True, False)
