"""What every store of private values must do."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from ledger.errors import BadQuestion, Unavailable, Unknown
from ledger.limits import LIMITS
from ledger.signing.private import PrivateField
from ledger.store.private import EVERYONE, Keeping, Kept, PrivateStore
from ledger.values import Address, Hash32
from tests.trials import dice


def field(random: Random, position: int = 0, value: str | int | None = None) -> PrivateField:
    """Return a field of random bytes; whether it proves itself is asked elsewhere."""
    said = f"canary {random.randbytes(12).hex()} é" if value is None else value
    hashes = [Hash32(random.randbytes(32)) for _ in range(5)]
    return PrivateField(position, f"name{position}", said, hashes[0], tuple(hashes[1:]))


def record(number: int) -> Hash32:
    """Return the id of a record."""
    return Hash32(bytes([number]) * 32)


ONE, OTHER = Address(b"\x01" * 20), Address(b"\x02" * 20)


class PrivateContract:
    """The suite for :class:`~ledger.store.private.PrivateStore`."""

    @pytest.fixture
    def store(self) -> Iterator[PrivateStore]:
        raise NotImplementedError("a subclass makes the store")

    @pytest.fixture
    def random(self, request: pytest.FixtureRequest) -> Random:
        return dice(request.node.name)

    def test_nothing_is_kept_at_first(self, store: PrivateStore) -> None:
        assert store.of(record(1)) == []
        assert store.pending() == []
        assert store.about(ONE, 10) == []
        for act in (store.grant, store.withdraw):
            with pytest.raises(Unknown):
                act(record(1), 0, ONE)
        with pytest.raises(Unknown):
            store.erase(record(1), 0, 5)

    def test_what_is_kept_comes_back_by_position(self, store: PrivateStore, random: Random) -> None:
        long = field(random, 15, "é" * 500)
        fields = [field(random, 7, LIMITS.integer_max), field(random, 2), long]
        store.keep([Keeping(record(1), fields), Keeping(record(2), fields[:1])])
        assert store.of(record(1)) == [
            Kept(one.position, one) for one in sorted(fields, key=lambda one: one.position)
        ]
        assert store.of(record(2)) == [Kept(7, fields[0])]

    def test_what_is_kept_is_pending_until_it_is_confirmed(
        self, store: PrivateStore, random: Random
    ) -> None:
        store.keep([Keeping(record(number), [field(random)]) for number in (1, 2)])
        assert store.pending() == [record(1), record(2)]
        store.confirm([record(1)])
        assert store.pending() == [record(2)]
        store.keep([Keeping(record(3), [field(random)])])
        assert store.pending() == [record(2), record(3)]

    def test_settling_keeps_the_accepted_and_leaves_nothing_of_the_others(
        self, store: PrivateStore, random: Random
    ) -> None:
        kept = field(random)
        store.keep([Keeping(record(1), [kept], ONE), Keeping(record(2), [field(random)], ONE)])
        store.settle([record(1)], [record(2)])
        assert store.pending() == []
        assert store.of(record(1)) == [Kept(0, kept)]
        assert store.of(record(2)) == []
        assert store.about(ONE, 10) == [record(1)]

    def test_settling_others_takes_no_confirmed_field_of_the_same_record(
        self, store: PrivateStore, random: Random
    ) -> None:
        first, second = field(random, 0), field(random, 1)
        store.keep([Keeping(record(1), [first])])
        store.confirm([record(1)])
        store.keep([Keeping(record(1), [second])])
        store.settle([], [record(1)])
        assert store.of(record(1)) == [Kept(0, first)]

    def test_keeping_again_changes_nothing(self, store: PrivateStore, random: Random) -> None:
        first = field(random)
        store.keep([Keeping(record(1), [first])])
        store.grant(record(1), 0, ONE)
        store.keep([Keeping(record(1), [field(random), field(random, 3)])])
        assert [one.position for one in store.of(record(1))] == [0, 3]
        assert store.of(record(1))[0] == Kept(0, first, (ONE,))

    def test_an_erased_field_leaves_its_place_and_when_and_never_comes_back(
        self, store: PrivateStore, random: Random
    ) -> None:
        again = field(random)
        store.keep([Keeping(record(1), [again, field(random, 1)], ONE)])
        store.grant(record(1), 0, OTHER)
        store.erase(record(1), 0, 77)
        store.erase(record(1), 0, 99)
        gone = Kept(0, None, (), 77)
        assert store.of(record(1))[0] == gone
        store.keep([Keeping(record(1), [again], ONE)])
        assert store.of(record(1))[0] == gone
        with pytest.raises(Unknown):
            store.grant(record(1), 0, OTHER)
        assert store.about(ONE, 10) == [record(1)], "another field of it is there"
        store.erase(record(1), 1, 100)
        assert store.about(ONE, 10) == []

    def test_grants_are_given_and_withdrawn_once(self, store: PrivateStore, random: Random) -> None:
        store.keep([Keeping(record(1), [field(random), field(random, 1)])])
        for party in (OTHER, EVERYONE, ONE, OTHER):
            store.grant(record(1), 0, party)
        assert store.of(record(1))[0].grants == (EVERYONE, ONE, OTHER)
        assert store.of(record(1))[1].grants == ()
        for _ in range(2):
            store.withdraw(record(1), 0, ONE)
        assert store.of(record(1))[0].grants == (EVERYONE, OTHER)

    def test_grants_are_bounded(self, store: PrivateStore, random: Random) -> None:
        store.keep([Keeping(record(1), [field(random)])])
        for number in range(LIMITS.grants_max):
            store.grant(record(1), 0, Address(number.to_bytes(20, "big")))
        store.grant(record(1), 0, Address(bytes(20)))
        with pytest.raises(BadQuestion):
            store.grant(record(1), 0, Address(b"\xff" * 20))

    def test_the_admissions_of_a_party_come_latest_first(
        self, store: PrivateStore, random: Random
    ) -> None:
        for number in (3, 1, 2):
            store.keep([Keeping(record(number), [field(random)], ONE)])
        store.keep([Keeping(record(4), [field(random)], OTHER)])
        assert store.about(ONE, 10) == [record(2), record(1), record(3)]
        assert store.about(ONE, 2) == [record(2), record(1)]

    def test_a_closed_store_does_nothing_more(self, store: PrivateStore, random: Random) -> None:
        store.keep([Keeping(record(1), [field(random)])])
        store.close()
        store.close()
        with pytest.raises(Unavailable):
            store.of(record(1))
        with pytest.raises(Unavailable):
            store.keep([])
