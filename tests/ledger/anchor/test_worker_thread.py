"""A worker's thread: how long it waits, what wakes it, and that it ends at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from ledger.errors import ChainDown
from tests.ledger.anchor.yard import Yard, anchored, silent, waits

SECONDS = 30.0


@pytest.fixture
def yard() -> Yard:
    """Return a worker whose contract is final and holds 5 entries; 10 are published."""
    return anchored()


def wait_for(holds: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_thread_anchors_and_ends_at_once(yard: Yard) -> None:
    yard.with_limits(poll_seconds=0.01, close_seconds=SECONDS)
    yard.worker.ask()
    yard.worker.start()
    wait_for(lambda: waits(yard))
    yard.chain.mine(5)
    wait_for(lambda: yard.worker.anchored_size() == 10)
    yard.worker.close()
    assert yard.worker.status().condition == "closed"
    assert not [one for one in threading.enumerate() if one.name == "anchoring"]


def test_the_thread_waits_longer_each_time_up_to_a_limit_and_ends_at_once(yard: Yard) -> None:
    yard.with_limits(retry_seconds=1.0, retry_seconds_max=20.0)
    yard.chain.trouble = silent("block")
    pauses = []
    for _ in range(8):
        with suppress(ChainDown):
            yard.worker.step()
        pauses.append(yard.worker.pause())
    assert pauses == [1, 2, 4, 8, 16, 20, 20, 20]
    yard.options = {"dice": lambda: 0.999}
    yard.reopened()
    yard.step()
    assert 0.5 <= yard.worker.pause() < 0.51
    yard.with_limits(retry_seconds=3_600.0, retry_seconds_max=3_600.0)
    yard.worker.start()
    wait_for(lambda: yard.worker.status().condition == "down")
    yard.worker.close()
    assert yard.worker.status().condition == "closed"


def test_the_thread_ends_when_the_chain_is_another(yard: Yard) -> None:
    yard.chain.chain_id += 1
    yard.worker.start()
    wait_for(lambda: yard.worker.status().condition == "diverged")
    wait_for(lambda: not [one for one in threading.enumerate() if one.name == "anchoring"])
    yard.worker.close()
    assert yard.worker.status().condition == "diverged", "closing does not hide it"


def test_asking_wakes_the_thread(yard: Yard) -> None:
    yard.settled()
    yard.with_limits(poll_seconds=3_600.0)
    yard.worker.start()
    wait_for(lambda: yard.worker.status().condition == "waiting")
    yard.log.append(5)
    yard.worker.ask()
    wait_for(lambda: waits(yard))
    yard.worker.close()
