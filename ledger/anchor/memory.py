"""A journal of anchors that lasts as long as its process."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from ledger.anchor.kept import (
    STATES,
    AnchorState,
    Deployment,
    KeptAnchor,
    Place,
    Transaction,
)
from ledger.errors import Unavailable
from ledger.values import Address


class MemoryJournal:
    """A journal in memory."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._deployment: Deployment | None = None
        self._anchors: dict[Place, dict[int, KeptAnchor]] = {}
        self._looked_to: dict[Place, int] = {}
        self._transactions: dict[bytes, Transaction] = {}
        self._is_closed = False

    def deployment(self) -> Deployment | None:
        """Return the contract that anchors go to."""
        with self._turn:
            self._check_open()
            return self._deployment

    def keep_deployment(
        self, deployment: Deployment, transaction: Transaction | None = None
    ) -> None:
        """Keep the contract in the place of the one before, and the transaction that makes it."""
        with self._turn:
            self._check_open()
            self._deployment = deployment
            if transaction is not None:
                self._transactions.setdefault(transaction.transaction_hash, transaction)

    def anchor(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the anchor of a size at a place."""
        with self._turn:
            self._check_open()
            return self._anchors.get(place, {}).get(size)

    def anchors(self, place: Place, after: int, limit: int) -> list[KeptAnchor]:
        """Return anchors at a place by size, from after the size ``after`` on."""
        return [one for one in self._at(place) if one.size > after][:limit]

    def unended(self, place: Place) -> list[KeptAnchor]:
        """Return those that are neither final nor overtaken, by size."""
        return [one for one in self._at(place) if not one.is_ended]

    def last(self, place: Place, state: AnchorState = "finalized") -> KeptAnchor | None:
        """Return the largest that is at least as sure as a state (not ``overtaken``)."""
        enough = STATES[STATES.index(state) :]
        found = [one for one in self._at(place) if one.state in enough]
        return found[-1] if found else None

    def covering(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the smallest anchor of at least ``size`` entries that is not overtaken."""
        found = (one for one in self._at(place) if one.size >= size and one.state in STATES)
        return next(found, None)

    def keep(
        self, place: Place, anchors: Sequence[KeptAnchor], looked_to: int | None = None
    ) -> None:
        """Keep anchors at a place, each instead of what was kept of its size; all or none."""
        with self._turn:
            self._check_open()
            self._anchors.setdefault(place, {}).update({one.size: one for one in anchors})
            if looked_to is not None:
                self._looked_to[place] = looked_to

    def looked_to(self, place: Place) -> int:
        """Return up to which block all events are known for good; -1 for none."""
        with self._turn:
            self._check_open()
            return self._looked_to.get(place, -1)

    def keep_transaction(self, transaction: Transaction) -> None:
        """Keep a signed transaction; again changes nothing."""
        with self._turn:
            self._check_open()
            self._transactions.setdefault(transaction.transaction_hash, transaction)

    def transactions(self, chain_id: int, sender: Address, errand: str) -> list[Transaction]:
        """Return an errand's transactions of an account, in the order in which they were kept."""
        return [one for one in self._sent(chain_id, sender) if one.errand == errand]

    def at_nonce(self, chain_id: int, sender: Address, nonce: int) -> list[Transaction]:
        """Return an account's transactions with a nonce, in the order in which they were kept."""
        return [one for one in self._sent(chain_id, sender) if one.nonce == nonce]

    def close(self) -> None:
        """Refuse all further work."""
        self._is_closed = True

    def _at(self, place: Place) -> list[KeptAnchor]:
        with self._turn:
            self._check_open()
            return [one for _, one in sorted(self._anchors.get(place, {}).items())]

    def _sent(self, chain_id: int, sender: Address) -> list[Transaction]:
        with self._turn:
            self._check_open()
            kept = self._transactions.values()
            return [one for one in kept if (one.chain_id, one.sender) == (chain_id, sender)]

    def _check_open(self) -> None:
        if self._is_closed:
            raise Unavailable("the journal of anchors is closed")
