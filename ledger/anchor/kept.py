"""What is remembered of anchors, durably, before anything of it is sent.

Three sorts of things are kept: the contract that anchors go to (:class:`Deployment`), each anchor
that was decided or found on the chain (:class:`KeptAnchor`), and each signed transaction
(:class:`Transaction`). From these and the chain alone the worker goes on after any crash.

An *errand* is what transactions are for: ``deploy``, ``open``, or ``anchor`` and a size. It may
take several transactions; whichever of them is mined, it is done once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from ledger.signing.anchors import Anchor
from ledger.values import Address, Hash32

AnchorState = Literal["signed", "submitted", "mined", "safe", "finalized", "overtaken"]
"""How sure an anchor is.

*signed*: kept, never sent. *submitted*: sent, in no block of the chain. *mined*, *safe*,
*finalized*: in a block that is the last one's ancestor, safe, or final; only *finalized* is called
anchored. *overtaken*: a larger size is final, and this one was never anchored; nor can it be.
"""

STATES: Final[tuple[AnchorState, ...]] = ("signed", "submitted", "mined", "safe", "finalized")
"""From the least to the most sure."""

ENDED: Final[frozenset[AnchorState]] = frozenset(("finalized", "overtaken"))
"""What never changes again."""

DEPLOY: Final = "deploy"
OPEN: Final = "open"


def errand_of(size: int) -> str:
    """Name the errand of anchoring a size."""
    return f"anchor {size}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where anchors go: a contract on a chain."""

    chain_id: int
    contract: Address


@dataclass(frozen=True, slots=True)
class Deployment:
    """The contract that anchors go to.

    Attributes:
        place: its chain and address; of one that is being deployed, the address that it will have.
        code_hash: keccak256 of its code.
        first_block: no event of the contract is in a block before this one.

    """

    place: Place
    code_hash: Hash32
    first_block: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on the chain something is.

    Attributes:
        block_number, block_hash: of the block that it is in.
        transaction_hash: by which it came there, ours or another's.

    """

    block_number: int
    block_hash: Hash32
    transaction_hash: Hash32


@dataclass(frozen=True, slots=True)
class KeptAnchor:
    """One anchor, and what became of it.

    Attributes:
        statement: what the anchor key signed.
        signature: 65 bytes; empty for one that was found on the chain and is not in this journal.
        state: how sure it is.
        signed_at: when it was signed or found, in seconds since 1970-01-01 UTC.
        spot: where it is on the chain; None for one that is in no block of it.

    """

    statement: Anchor
    signature: bytes
    state: AnchorState
    signed_at: int
    spot: Spot | None = None

    @property
    def size(self) -> int:
        """Of how many entries it is."""
        return self.statement.size

    @property
    def place(self) -> Place:
        """Where it goes."""
        return Place(self.statement.chain_id, self.statement.contract)

    @property
    def is_ended(self) -> bool:
        """Whether nothing will change it."""
        return self.state in ENDED

    def moved(self, state: AnchorState, spot: Spot | None = None) -> KeptAnchor:
        """Return it in another state."""
        return replace(self, state=state, spot=spot)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction (EIP-1559).

    Attributes:
        chain_id, sender, nonce: its place in the account's order.
        errand: what it is for.
        to: whom it calls; None where it makes a contract.
        data: with what.
        gas: its limit.
        max_fee_wei, priority_fee_wei: what it pays for each gas at most, and of this to the block's
            maker.
        raw: its bytes, as they are sent.
        transaction_hash: keccak256 of these.
        made_at: when it was kept, in seconds since 1970-01-01 UTC.

    """

    chain_id: int
    sender: Address
    nonce: int
    errand: str
    to: Address | None
    data: bytes
    gas: int
    max_fee_wei: int
    priority_fee_wei: int
    raw: bytes
    transaction_hash: Hash32
    made_at: int


class Journal(Protocol):
    """Keeps what an anchoring worker must not forget; what returns is durable.

    One worker writes; any thread reads. All methods raise ``StoreFailed`` and ``Damaged`` for the
    medium, ``Unavailable`` when closed.
    """

    def deployment(self) -> Deployment | None:
        """Return the contract that anchors go to."""

    def keep_deployment(
        self, deployment: Deployment, transaction: Transaction | None = None
    ) -> None:
        """Keep the contract in the place of the one before, and the transaction that makes it."""

    def anchor(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the anchor of a size at a place."""

    def anchors(self, place: Place, after: int, limit: int) -> list[KeptAnchor]:
        """Return anchors at a place by size, from after the size ``after`` on."""

    def unended(self, place: Place) -> list[KeptAnchor]:
        """Return those that are neither final nor overtaken, by size."""

    def last(self, place: Place, state: AnchorState = "finalized") -> KeptAnchor | None:
        """Return the largest that is at least as sure as a state (not ``overtaken``)."""

    def covering(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the smallest anchor of at least ``size`` entries that is not overtaken."""

    def keep(
        self, place: Place, anchors: Sequence[KeptAnchor], looked_to: int | None = None
    ) -> None:
        """Keep anchors at a place, each instead of what was kept of its size; all or none.

        Args:
            place: where they all go.
            anchors: in any states.
            looked_to: up to which block all events are known for good; None leaves it as it is.

        """

    def looked_to(self, place: Place) -> int:
        """Return up to which block all events are known for good; -1 for none."""

    def keep_transaction(self, transaction: Transaction) -> None:
        """Keep a signed transaction; again changes nothing."""

    def transactions(self, chain_id: int, sender: Address, errand: str) -> list[Transaction]:
        """Return an errand's transactions of an account, in the order in which they were kept."""

    def at_nonce(self, chain_id: int, sender: Address, nonce: int) -> list[Transaction]:
        """Return an account's transactions with a nonce, in the order in which they were kept."""

    def close(self) -> None:
        """Refuse all further work; safe to call again."""
