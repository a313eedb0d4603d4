"""What every store must do: one suite, run for each by subclasses that make the stores.

Expectations come from the :class:`~tests.ledger.store.material.Scribe`, which knows what it wrote;
fingerprints are compared with those of the store in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from threading import Thread

import pytest

from ledger.errors import BadQuestion, HeadMoved, Unavailable
from ledger.store.protocol import CheckpointStore, Published, Store, chain_claim
from ledger.values import NO_HASH, Hash32
from tests.ledger.store.derived_contract import DerivedContract
from tests.ledger.store.log_contract import LogContract
from tests.ledger.store.material import Scribe
from tests.trials import dice


class StoreContract(LogContract, DerivedContract):
    """The suite for :class:`~ledger.store.protocol.Store`."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        raise NotImplementedError("a subclass makes the store")

    @pytest.fixture
    def scribe(self, request: pytest.FixtureRequest) -> Scribe:
        return Scribe(dice(request.node.name))


class CheckpointsContract:
    """The suite for :class:`~ledger.store.protocol.CheckpointStore`."""

    @pytest.fixture
    def checkpoints(self) -> Iterator[CheckpointStore]:
        raise NotImplementedError("a subclass makes the store")

    def test_nothing_is_claimed_at_first(self, checkpoints: CheckpointStore) -> None:
        assert checkpoints.latest() is None
        assert checkpoints.note_at(1) is None
        assert checkpoints.claims(-1, 10) == []

    def test_a_claim_comes_before_its_note(self, checkpoints: CheckpointStore) -> None:
        root = Hash32(b"r" * 32)
        checkpoints.claim(None, 3, root)
        assert checkpoints.latest() == Published(3, root, None)
        assert checkpoints.note_at(3) is None
        assert checkpoints.claims(0, 10) == [Published(3, root, None)]
        checkpoints.keep(3, b"note")
        assert checkpoints.latest() == Published(3, root, b"note")
        assert checkpoints.note_at(3) == b"note"
        checkpoints.keep(3, b"note with a witness")
        assert checkpoints.note_at(3) == b"note with a witness"

    def test_claims_come_in_pages_each_chained_to_the_one_before(
        self, checkpoints: CheckpointStore
    ) -> None:
        previous, made = NO_HASH, []
        for size in (0, 3, 7, 2**40, 2**63 - 1):
            root = Hash32(bytes([size % 251]) * 32)
            checkpoints.claim(checkpoints.latest(), size, root)
            if size in (3, 7):
                checkpoints.keep(size, b"note %d" % size)
            previous = Hash32(sha256(previous + size.to_bytes(8, "big") + root).digest())
            made.append((size, root, b"note %d" % size if size in (3, 7) else None, previous))
        assert checkpoints.claims(made[-1][0], 10) == []
        for limit in (1, 2, 10):
            found: list[Published] = []
            while page := checkpoints.claims(found[-1].size if found else -1, limit):
                assert len(page) <= limit
                found += page
            assert [(one.size, one.root, one.note, one.chain) for one in found] == made
        latest = checkpoints.latest()
        assert latest is not None
        assert latest.chain == previous

    def test_the_chain_begins_with_zeros_and_depends_on_size_and_root(self) -> None:
        root = Hash32(b"r" * 32)
        first = chain_claim(None, 3, root)
        assert first == sha256(bytes(32) + b"\0\0\0\0\0\0\0\3" + root).digest()
        assert len({first, chain_claim(None, 4, root), chain_claim(None, 3, NO_HASH)}) == 3

    def test_a_claim_that_was_overtaken_is_refused(self, checkpoints: CheckpointStore) -> None:
        checkpoints.claim(None, 3, NO_HASH)
        first = Published(3, NO_HASH, None)
        for old in (None, replace(first, size=2), replace(first, root=Hash32(b"x" * 32)),
                    replace(first, note=b"note")):  # fmt: skip
            with pytest.raises(HeadMoved):
                checkpoints.claim(old, 9, NO_HASH)
        assert checkpoints.latest() == first
        checkpoints.claim(first, 9, NO_HASH)
        assert checkpoints.latest() == Published(9, NO_HASH, None)

    def test_claims_only_grow(self, checkpoints: CheckpointStore) -> None:
        checkpoints.claim(None, 3, NO_HASH)
        last = checkpoints.latest()
        for size in (3, 2, 0, -1):
            with pytest.raises(BadQuestion):
                checkpoints.claim(last, size, Hash32(b"x" * 32))
        assert checkpoints.latest() == last

    def test_only_the_last_claims_note_is_kept(self, checkpoints: CheckpointStore) -> None:
        with pytest.raises(BadQuestion):
            checkpoints.keep(0, b"note")
        checkpoints.claim(None, 3, NO_HASH)
        checkpoints.claim(checkpoints.latest(), 4, NO_HASH)
        for size in (3, 5):
            with pytest.raises(BadQuestion):
                checkpoints.keep(size, b"note")
        assert checkpoints.latest() == Published(4, NO_HASH, None)

    def test_of_racing_claims_one_wins(self, checkpoints: CheckpointStore) -> None:
        outcomes: list[str] = []

        def race(number: int) -> None:
            try:
                checkpoints.claim(None, 1, Hash32(bytes([number]) * 32))
                outcomes.append("won")
            except HeadMoved:
                outcomes.append("lost")

        racers = [Thread(target=race, args=(number,)) for number in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert sorted(outcomes) == ["lost"] * 7 + ["won"]

    def test_a_closed_store_refuses_all_work(self, checkpoints: CheckpointStore) -> None:
        checkpoints.close()
        checkpoints.close()
        with pytest.raises(Unavailable):
            checkpoints.latest()
        with pytest.raises(Unavailable):
            checkpoints.claim(None, 1, NO_HASH)
