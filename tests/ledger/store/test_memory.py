from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from tests.ledger.store.contract import CheckpointsContract, StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        with closing(MemoryStore()) as store:
            yield store


class TestMemoryCheckpoints(CheckpointsContract):
    @pytest.fixture
    def checkpoints(self) -> Iterator[MemoryCheckpoints]:
        with closing(MemoryCheckpoints()) as checkpoints:
            yield checkpoints
