"""What every store of links must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ledger.errors import BadQuestion, Unavailable
from ledger.limits import LIMITS
from ledger.store.links import THE_OPERATOR, TOKEN_BYTES, Link, LinkStore
from ledger.values import Address, ParcelId

STONE, RING = ParcelId(b"\x01" * 32), ParcelId(b"\x02" * 32)
JEWELLER = Address(b"\x07" * 20)


def link(number: int, parcel: ParcelId = STONE, minter: Address = JEWELLER) -> Link:
    """Return a link by its number, minted at that time."""
    return Link(number.to_bytes(TOKEN_BYTES, "big"), parcel, minter, 1_000 + number)


class LinksContract:
    """The suite for :class:`~ledger.store.links.LinkStore`."""

    @pytest.fixture
    def store(self) -> Iterator[LinkStore]:
        raise NotImplementedError("a subclass makes the store")

    def test_a_minted_link_is_found_as_it_was_minted(self, store: LinkStore) -> None:
        assert store.find(link(1).token) is None
        for one in (link(1), link(2, RING, THE_OPERATOR)):
            store.mint(one)
            assert store.find(one.token) == one
        assert store.find(link(3).token) is None

    def test_live_links_are_those_of_one_parcel_the_earliest_first(self, store: LinkStore) -> None:
        assert store.live(STONE) == []
        for number in (5, 3, 4):
            store.mint(link(number))
            store.mint(link(number + 100, RING))
        store.end(link(4).token, 9_000)
        assert store.live(STONE) == [link(3), link(5)]

    def test_an_ended_link_is_kept_as_ended_and_never_comes_back(self, store: LinkStore) -> None:
        store.mint(link(1))
        for at_ms in (9_000, 9_999):
            store.end(link(1).token, at_ms)
            assert store.find(link(1).token) == replace(link(1), ended_at_ms=9_000)
        assert store.live(STONE) == []

    def test_ending_what_was_never_minted_changes_nothing(self, store: LinkStore) -> None:
        store.end(link(1).token, 9_000)
        store.mint(link(2))
        store.end(link(1).token, 9_000)
        assert store.find(link(1).token) is None
        assert store.live(STONE) == [link(2)]

    def test_a_parcel_has_so_many_links_until_one_is_ended(
        self, store: LinkStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "ledger.store.links.LIMITS", replace(LIMITS, links_live_max=3, links_ever_max=5)
        )
        for number in range(3):
            store.mint(link(number))
        with pytest.raises(BadQuestion, match="at most 3 links"):
            store.mint(link(3))
        assert store.find(link(3).token) is None
        store.mint(link(100, RING))
        store.end(link(0).token, 9_000)
        store.mint(link(4))
        for number in (1, 2, 4):
            store.end(link(number).token, 9_000)
        store.mint(link(5))
        with pytest.raises(BadQuestion, match="at most 5 links by one party, with those"):
            store.mint(link(6))
        assert store.live(STONE) == [link(5)]

    def test_no_holder_uses_up_what_the_next_one_may_mint(
        self, store: LinkStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ledger.store.links.LIMITS", replace(LIMITS, links_ever_max=3))
        for number in range(3):
            store.mint(link(number))
            store.end(link(number).token, 9_000)
        with pytest.raises(BadQuestion):
            store.mint(link(3))
        later = link(4, minter=Address(b"\x08" * 20))
        store.mint(later)
        assert store.live(STONE) == [later]

    def test_a_closed_store_refuses_all_work(self, store: LinkStore) -> None:
        store.mint(link(1))
        store.close()
        store.close()
        for work in (
            lambda: store.mint(link(2)),
            lambda: store.find(link(1).token),
            lambda: store.live(STONE),
            lambda: store.end(link(1).token, 9_000),
        ):
            with pytest.raises(Unavailable):
                work()
