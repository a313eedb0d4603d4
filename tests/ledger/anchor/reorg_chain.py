"""A chain in memory that runs real code and takes blocks back: py-evm's, mined when a test says so.

Every block is kept with the header that it goes on from, so a reorganisation is a list cut short;
state is found by a header alone. Transactions wait until they are mined, by sender and nonce, and
nodes' rule for replacements holds. Blocks up to :attr:`final` are never taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth.abc import BlockHeaderAPI
from eth.db.atomic import AtomicDB

from ledger.anchor.local import asking, mining, reading
from ledger.anchor.local.identity import Evm, evm_of, write_genesis
from ledger.anchor.protocol import Block, Event, Fees, Mined, Tag
from ledger.anchor.submitting import contract_of
from ledger.errors import ChainDown, ChainRefused
from ledger.signing import keccak
from ledger.values import Address, Hash32

CHAIN_ID = 31_337
_BUMP_PER_MILLE = 1_125
_BLOCK_SECONDS = 12


@dataclass(frozen=True)
class Waiting:
    """A transaction in the pool."""

    raw: bytes
    hash: Hash32
    sender: Address
    nonce: int
    max_fee: int
    priority: int

    @classmethod
    def read(cls, raw: bytes) -> Waiting:
        one = mining.read_transaction(raw, CHAIN_ID)
        fees = one.max_fee_per_gas, one.max_priority_fee_per_gas
        return cls(raw, keccak(raw), Address(one.sender), one.nonce, *fees)


@dataclass(frozen=True)
class Grown:
    """A block, and what is in it."""

    header: BlockHeaderAPI
    mined: tuple[Mined, ...] = ()
    taken: tuple[Waiting, ...] = ()

    @property
    def block(self) -> Block:
        return reading.block_of(self.header)


class ReorgChain:
    """A chain that a test mines and reorganises."""

    def __init__(self, funded: Address, final_depth: int = 3) -> None:
        self.chain_id, self.final_depth, self.final = CHAIN_ID, final_depth, 0
        self._pairs = AtomicDB()
        self.grown = [Grown(write_genesis(self._pairs, CHAIN_ID, funded))]
        self.pool: dict[tuple[Address, int], Waiting] = {}
        self._seconds = 1_700_000_000

    # -- what happens to it ------------------------------------------------------------------

    def mine(self, blocks: int = 1) -> None:
        """Add blocks, each with one transaction that can be taken, if there is any."""
        for _ in range(blocks):
            self._mine(next(iter(self._takeable()), None))
            self.final = max(self.final, len(self.grown) - 1 - self.final_depth)

    def reorganise(self, depth: int, *, forget: bool = False) -> None:
        """Take blocks back, as far as none is final, and put more empty ones in their place."""
        depth = min(depth, len(self.grown) - 1 - self.final)
        cut = self.grown[len(self.grown) - depth :]
        del self.grown[len(self.grown) - depth :]
        for grown in cut if not forget else ():
            for one in grown.taken:
                self.pool.setdefault((one.sender, one.nonce), one)
        for _ in range(depth + 1):
            self._mine(None)

    def _takeable(self) -> list[Waiting]:
        return [
            one
            for (sender, nonce), one in sorted(self.pool.items())
            if nonce == self.nonce(sender) and self.balance(sender)
        ]

    def _mine(self, one: Waiting | None) -> None:
        self._seconds += _BLOCK_SECONDS
        last = self._evm(self.grown[-1].header)
        if one is None:
            header = self._empty(last)
            self.grown.append(Grown(header))
            return
        transaction = mining.read_transaction(one.raw, CHAIN_ID)
        sealed = mining.seal(last, self._pairs, transaction, self._seconds)
        header, receipt = sealed.header, sealed.receipt
        block = reading.block_of(header)
        events = tuple(
            Event(
                Address(log.address),
                tuple(Hash32(topic.to_bytes(32, "big")) for topic in log.topics),
                log.data, block.number, block.block_hash, one.hash, place,
            )
            for place, log in enumerate(receipt.logs)
        )  # fmt: skip
        made = contract_of(one.sender, one.nonce) if not transaction.to else None
        mined = Mined(
            one.hash, block.number, block.block_hash, receipt.state_root == b"\x01",
            receipt.gas_used, block.base_fee_wei, made, events,
        )  # fmt: skip
        self.grown.append(Grown(header, (mined,), (one,)))
        self.pool.pop((one.sender, one.nonce), None)

    def _empty(self, last: Evm) -> BlockHeaderAPI:
        made = last.create_header_from_parent(
            last.header, coinbase=last.header.coinbase, gas_limit=last.header.gas_limit,
            timestamp=self._seconds,
        )  # fmt: skip
        result, _, _ = type(last)(self._pairs, made).mine_all([])
        return result.imported_block.header

    def _evm(self, header: BlockHeaderAPI) -> Evm:
        return evm_of(CHAIN_ID)(self._pairs, header)

    # -- what it answers ---------------------------------------------------------------------

    def _at(self, which: Tag | int) -> Grown | None:
        last = len(self.grown) - 1
        tags = {"latest": last, "finalized": self.final, "safe": (self.final + last) // 2}
        number = which if isinstance(which, int) else tags[which]
        return self.grown[number] if 0 <= number <= last else None

    def block(self, which: Tag | int) -> Block | None:
        found = self._at(which)
        return None if found is None else found.block

    def _state(self) -> Any:
        last = self.grown[-1].header
        return self._evm(last).get_vm(last).state

    def code(self, address: Address) -> bytes:
        return self._state().get_code(address)

    def balance(self, address: Address) -> int:
        return self._state().get_balance(address)

    def nonce(self, address: Address, *, pending: bool = False) -> int:
        assert not pending
        return self._state().get_nonce(address)

    def call(self, to: Address, data: bytes, which: Tag | int = "latest") -> bytes:
        found = self._at(which)
        if found is None:
            raise ChainDown("no such block")
        return asking.call(self._evm(found.header), found.header, to, data)

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        return asking.estimate_gas(self._evm(self.grown[-1].header), sender, to, data)

    def fees(self) -> Fees:
        return Fees(mining.next_base_fee(self.grown[-1].header), 1)

    def send(self, raw: bytes) -> Hash32:
        one = Waiting.read(raw)
        known = self.pool.get((one.sender, one.nonce))
        if known is not None and known.hash == one.hash:
            return one.hash
        if one.nonce < self.nonce(one.sender):
            raise ChainRefused("nonce-too-low", "nonce too low")
        if known is not None and not _pays_more(one, known):
            raise ChainRefused("underpriced", "replacement transaction underpriced")
        self.pool[one.sender, one.nonce] = one
        return one.hash

    def mined(self, transaction_hash: Hash32) -> Mined | None:
        found = (one for grown in self.grown for one in grown.mined)
        return next((one for one in found if one.transaction_hash == transaction_hash), None)

    def events(
        self,
        address: Address,
        topics: tuple[Hash32 | None, ...],
        first_block: int,
        last_block: int,
    ) -> tuple[Event, ...]:
        span = self.grown[first_block : last_block + 1]
        return tuple(
            event
            for grown in span
            for mined in grown.mined
            for event in mined.events
            if reading.is_asked_for(event, address, topics)
        )

    def close(self) -> None:
        """Nothing is held."""


def _pays_more(one: Waiting, known: Waiting) -> bool:
    pairs = ((one.max_fee, known.max_fee), (one.priority, known.priority))
    return all(1000 * ours >= _BUMP_PER_MILLE * theirs for ours, theirs in pairs)
