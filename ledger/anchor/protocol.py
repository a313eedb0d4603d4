"""What a chain must do to carry anchors; adapters do no more, so that nothing is decided twice.

An adapter answers questions about blocks and state, hands raw signed transactions on, and says
what became of them. It keeps no keys, chooses no fees or nonces, and never tries again on its own:
that is the worker's (:mod:`ledger.anchor.worker`). Numbers are in wei, gas and whole seconds.
Sources: the Ethereum JSON-RPC specification (execution-apis), EIP-1559.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from ledger.values import Address, Hash32

Tag = Literal["latest", "safe", "finalized"]
"""Blocks by how sure they are; where a chain knows no difference, all three are its last."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the chain that its node holds for the right one at the moment."""

    number: int
    block_hash: Hash32
    parent_hash: Hash32
    time_seconds: int
    base_fee_wei: int


@dataclass(frozen=True, slots=True)
class Event:
    """What a contract logged, and where."""

    address: Address
    topics: tuple[Hash32, ...]
    data: bytes
    block_number: int
    block_hash: Hash32
    transaction_hash: Hash32
    place: int  # among the events of its block


@dataclass(frozen=True, slots=True)
class Mined:
    """What became of a transaction that is in a block."""

    transaction_hash: Hash32
    block_number: int
    block_hash: Hash32
    succeeded: bool
    gas_used: int
    gas_price_wei: int
    contract: Address | None  # that it made
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Fees:
    """What a chain asks of a transaction in the next block."""

    base_fee_wei: int
    priority_fee_wei: int


class Chain(Protocol):
    """One chain, by whichever way; each method may raise ``ChainDown``."""

    @property
    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""

    def block(self, which: Tag | int) -> Block | None:
        """Return a block by tag or number; None where the chain has none such (yet)."""

    def code(self, address: Address) -> bytes:
        """Return the code at an address, as of the last block; empty where there is no contract."""

    def balance(self, address: Address) -> int:
        """Return an account's balance in wei, as of the last block."""

    def nonce(self, address: Address, *, pending: bool = False) -> int:
        """Return how many transactions an account has sent: mined, or with those that wait."""

    def call(self, to: Address, data: bytes, which: Tag | int = "latest") -> bytes:
        """Ask a contract, as of a block.

        Raises:
            Reverted: it refuses, with its error's data.

        """

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        """Return the gas that a transaction would take; ``to`` is None where it makes a contract.

        Raises:
            Reverted: it would fail.

        """

    def fees(self) -> Fees:
        """Return what the next block asks."""

    def send(self, raw: bytes) -> Hash32:
        """Hand a signed transaction in; one that is known already is no error.

        Returns:
            The transaction's hash. It promises nothing about what becomes of it.

        Raises:
            ChainRefused: the node does not take it: nonce too low, fee too low, no money.

        """

    def mined(self, transaction_hash: Hash32) -> Mined | None:
        """Return what became of a transaction; None while it is in no block of the chain."""

    def events(
        self,
        address: Address,
        topics: tuple[Hash32 | None, ...],
        first_block: int,
        last_block: int,
    ) -> tuple[Event, ...]:
        """Return a contract's events in blocks first to last, in order; a topic of None is any."""

    def close(self) -> None:
        """Let go of it; safe to call again."""
