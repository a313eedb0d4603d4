"""Counts over moving windows, against counting every single one."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from api.windows import SLOTS, Windows

SECONDS = 60


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


STEPS = st.lists(st.tuples(st.floats(0, 40), st.integers(1, 12)), max_size=60)


@given(STEPS, st.integers(1, 20))
def test_no_window_ever_lets_through_more_than_the_limit(
    steps: list[tuple[float, int]], limit: int
) -> None:
    clock = Clock()
    windows = Windows(10, clock)
    taken: list[tuple[float, int]] = []
    for pause, amount in steps:
        clock.now += pause
        if windows.acquire_entry("key", limit, SECONDS, amount):
            taken.append((clock.now, amount))
        recent = [count for at, count in taken if at > clock.now - SECONDS]
        assert sum(recent) <= limit


@given(STEPS, st.integers(1, 20))
def test_what_is_free_in_every_window_around_is_let_through(
    steps: list[tuple[float, int]], limit: int
) -> None:
    clock = Clock()
    windows = Windows(10, clock)
    taken: list[tuple[float, int]] = []
    slot = SECONDS / SLOTS
    for pause, amount in steps:
        clock.now += pause
        recent = [count for at, count in taken if at > clock.now - SECONDS - slot]
        is_let_through = windows.acquire_entry("key", limit, SECONDS, amount)
        assert is_let_through or sum(recent) + amount > limit
        if is_let_through:
            taken.append((clock.now, amount))


@given(STEPS, st.integers(1, 20), st.integers(1, 20))
def test_who_waits_as_long_as_told_is_let_through_and_no_sooner(
    steps: list[tuple[float, int]], limit: int, asked: int
) -> None:
    clock = Clock()
    windows = Windows(10, clock)
    asked = min(asked, limit)
    for pause, amount in steps:
        clock.now += pause
        windows.acquire_entry("key", limit, SECONDS, amount)
    wait = windows.seconds_until("key", limit, SECONDS, asked)
    assert 0 <= wait <= SECONDS + 0.001
    if wait > 0.001:
        clock.now += wait - 0.001
        assert not windows.acquire_entry("key", limit, SECONDS, asked)
        clock.now += 0.002
    assert windows.acquire_entry("key", limit, SECONDS, asked)


def test_the_key_that_was_used_longest_ago_is_forgotten_first() -> None:
    windows = Windows(3, Clock())
    for key in ("a", "b", "c", "a", "d"):
        assert windows.acquire_entry(key, 2, SECONDS)
    assert len(windows) == 3
    assert not windows.acquire_entry("a", 2, SECONDS)
    assert [windows.get_moving_window(key, 2, SECONDS)[1] for key in "abcd"] == [2, 0, 1, 1]


def test_any_number_of_keys_and_requests_is_held_in_bounded_memory() -> None:
    clock = Clock()
    windows = Windows(50, clock)
    for number in range(5_000):
        clock.now += 0.5
        windows.acquire_entry(f"key {number % 40}", 10_000, SECONDS)
        windows.acquire_entry(f"other {number}", 10_000, SECONDS)
    assert len(windows) == 50
    slots = [len(window.slots) for window in windows._windows.values()]  # noqa: SLF001 - its room
    assert max(slots) <= SLOTS + 1


def test_the_library_s_strategy_counts_by_it() -> None:
    clock = Clock()
    limiter = MovingWindowRateLimiter(Windows(3, clock))
    item = RateLimitItemPerMinute(5)
    assert limiter.hit(item, "key", cost=3)
    assert limiter.test(item, "key", cost=2)
    assert not limiter.test(item, "key", cost=3)
    assert not limiter.hit(item, "key", cost=3)
    assert limiter.get_window_stats(item, "key").remaining == 2
    limiter.clear(item, "key")
    assert limiter.hit(item, "key", cost=5)
    assert limiter.storage.check()
    assert limiter.storage.reset() == 1
    assert limiter.hit(item, "key", cost=5)
