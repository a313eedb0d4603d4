"""What every journal of anchors must do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.anchor.kept import Deployment, Journal, KeptAnchor, Place, Spot, Transaction
from ledger.errors import Unavailable
from ledger.signing import keccak
from ledger.signing.anchors import Anchor
from ledger.values import NO_HASH, Address, Hash32

HERE = Place(2**62, Address(b"\x02" * 20))
THERE = Place(1, Address(b"\x02" * 20))
SENDER = Address(b"\x07" * 20)
SPOT = Spot(12, Hash32(b"\x0a" * 32), Hash32(b"\x0b" * 32))


def anchor(size: int, previous: int = 0, place: Place = HERE) -> KeptAnchor:
    """Return an anchor that was signed."""
    roots = [Hash32(keccak(b"%d" % number)) if number else NO_HASH for number in (size, previous)]
    said = Anchor(
        Hash32(b"\x01" * 32), place.chain_id, place.contract, size, roots[0], previous, roots[1]
    )
    return KeptAnchor(said, b"\x05" * 65, "signed", 1_700_000_000 + size)


def transaction(nonce: int, fee: int = 10**19, errand: str = "anchor 5") -> Transaction:
    """Return a transaction; its hash depends on nonce and fee."""
    raw = b"%d %d %s" % (nonce, fee, errand.encode())
    to = None if errand == "deploy" else HERE.contract
    return Transaction(
        HERE.chain_id, SENDER, nonce, errand, to, b"data", 21_000, fee, 3, raw, keccak(raw), 17
    )


class JournalContract:
    """Tests of a journal; ``journal`` comes from the subclass."""

    def test_an_empty_one_knows_nothing(self, journal: Journal) -> None:
        assert journal.deployment() is None
        assert journal.anchor(HERE, 5) is None
        assert journal.anchors(HERE, 0, 10) == journal.unended(HERE) == []
        assert journal.last(HERE) is journal.covering(HERE, 1) is None
        assert journal.looked_to(HERE) == -1
        assert journal.transactions(1, SENDER, "deploy") == journal.at_nonce(1, SENDER, 0) == []

    def test_the_last_deployment_is_the_one_that_counts(self, journal: Journal) -> None:
        first = Deployment(THERE, Hash32(b"\x03" * 32), 7)
        making = transaction(0, errand="deploy")
        journal.keep_deployment(first)
        second = replace(first, place=HERE, first_block=9)
        journal.keep_deployment(second, making)
        assert journal.deployment() == second
        assert journal.transactions(HERE.chain_id, SENDER, "deploy") == [making]
        journal.keep_deployment(second, making)
        assert journal.at_nonce(HERE.chain_id, SENDER, 0) == [making]

    def test_anchors_come_back_as_they_were_kept(self, journal: Journal) -> None:
        kept = [
            anchor(5),
            anchor(9, 5).moved("mined", SPOT),
            replace(anchor(2**62, 9), signature=b"").moved("finalized", SPOT),
        ]
        journal.keep(HERE, kept)
        assert journal.anchors(HERE, 0, 10) == kept
        assert [journal.anchor(HERE, one.size) for one in kept] == kept
        assert journal.anchors(HERE, 5, 1) == kept[1:2]
        moved = kept[0].moved("overtaken")
        journal.keep(HERE, [moved])
        assert journal.anchor(HERE, 5) == moved

    def test_each_place_has_its_own(self, journal: Journal) -> None:
        journal.keep(HERE, [anchor(5)], looked_to=3)
        journal.keep(THERE, [anchor(6, place=THERE)])
        assert [one.size for one in journal.anchors(HERE, 0, 10)] == [5]
        assert [one.size for one in journal.anchors(THERE, 0, 10)] == [6]
        assert (journal.looked_to(HERE), journal.looked_to(THERE)) == (3, -1)

    def test_it_tells_what_has_not_ended(self, journal: Journal) -> None:
        states = ("signed", "submitted", "mined", "safe", "finalized", "overtaken")
        kept = [anchor(size).moved(state) for size, state in enumerate(states, start=1)]
        journal.keep(HERE, kept)
        assert journal.unended(HERE) == kept[:4]
        assert [one.is_ended for one in kept] == [False] * 4 + [True] * 2

    def test_it_tells_the_largest_that_is_sure_enough(self, journal: Journal) -> None:
        states = ("finalized", "safe", "finalized", "mined", "submitted", "overtaken", "signed")
        journal.keep(HERE, [anchor(size).moved(state) for size, state in enumerate(states, 1)])
        found = {state: journal.last(HERE, state) for state in states[:5] if state != "overtaken"}
        assert {state: one and one.size for state, one in found.items()} == {
            "finalized": 3,
            "safe": 3,
            "mined": 4,
            "submitted": 5,
        }
        last = journal.last(HERE, "signed")
        assert last is not None
        assert last.size == 7

    def test_it_tells_the_smallest_that_covers_a_size(self, journal: Journal) -> None:
        journal.keep(HERE, [anchor(5), anchor(9).moved("overtaken"), anchor(12)])
        found = [journal.covering(HERE, size) for size in (1, 5, 6, 12, 13)]
        assert [one and one.size for one in found] == [5, 5, 12, 12, None]

    def test_looking_is_kept_with_what_was_seen(self, journal: Journal) -> None:
        journal.keep(HERE, [anchor(5)], looked_to=3)
        journal.keep(HERE, [anchor(6)])
        assert journal.looked_to(HERE) == 3
        journal.keep(HERE, [], looked_to=2**40)
        assert journal.looked_to(HERE) == 2**40

    def test_transactions_come_back_in_the_order_in_which_they_were_kept(
        self, journal: Journal
    ) -> None:
        kept = [transaction(3, 30), transaction(3, 20), transaction(4, 2**70), transaction(3, 10)]
        other = transaction(3, 25, "open")
        for one in (*kept, other, kept[0]):
            journal.keep_transaction(one)
        assert journal.transactions(HERE.chain_id, SENDER, "anchor 5") == kept
        assert journal.at_nonce(HERE.chain_id, SENDER, 3) == [kept[0], kept[1], kept[3], other]
        assert journal.at_nonce(HERE.chain_id, Address(b"\x08" * 20), 3) == []
        assert journal.at_nonce(1, SENDER, 3) == []

    def test_a_closed_one_refuses_all_work(self, journal: Journal) -> None:
        journal.close()
        journal.close()
        for act in (
            journal.deployment,
            lambda: journal.anchors(HERE, 0, 1),
            lambda: journal.keep(HERE, [anchor(5)]),
            lambda: journal.keep_transaction(transaction(1)),
        ):
            with pytest.raises(Unavailable):
                act()
