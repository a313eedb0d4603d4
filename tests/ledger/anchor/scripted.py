"""A chain in memory that does as it is told: mines, forgets, reorganises, lies and falls silent.

Transactions are real ones, decoded and recovered; the one contract is :mod:`.stand_in`. Blocks keep
the whole state after them, so that any depth of reorganisation is a list cut short. Nothing happens
by itself: a test mines. Blocks up to :attr:`final` are never taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from ledger.anchor.protocol import Block, Event, Fees, Mined, Tag
from ledger.anchor.submitting import contract_of
from ledger.errors import ChainDown, ChainRefused, Reverted
from ledger.signing import keccak
from ledger.values import NO_HASH, Address, Hash32
from tests.ledger.anchor.stand_in import CODE, CREATION, StandIn, Told

CHAIN_ID = 31_337
GWEI = 10**9
DEPLOY_GAS, TRANSFER_GAS = 900_000, 21_000
_BUMP_PER_MILLE = 1_125
_BLOCK_SECONDS = 12


@dataclass(frozen=True)
class Sent:
    """A transaction as a node has it."""

    raw: bytes
    hash: Hash32
    sender: Address
    nonce: int
    to: Address | None
    data: bytes
    gas: int
    max_fee: int
    priority: int

    @classmethod
    def read(cls, raw: bytes) -> Sent:
        values = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        assert values["chainId"] == CHAIN_ID
        assert values["type"] == 2
        return cls(
            raw,
            keccak(raw),
            Address(bytes.fromhex(Account.recover_transaction(raw)[2:])),
            values["nonce"],
            Address(bytes(values["to"])) if values["to"] else None,
            bytes(values["data"]),
            values["gas"],
            values["maxFeePerGas"],
            values["maxPriorityFeePerGas"],
        )


@dataclass(frozen=True)
class State:
    """All accounts and contracts."""

    nonces: dict[Address, int] = field(default_factory=dict)
    contracts: dict[Address, StandIn] = field(default_factory=dict)


@dataclass(frozen=True)
class Grown:
    """A block with what is in it, and the state after it."""

    block: Block
    state: State
    mined: tuple[Mined, ...] = ()
    sent: tuple[Sent, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for mined in self.mined for event in mined.events)


class ScriptedChain:
    """A chain that a test scripts.

    Attributes:
        final_depth: how many blocks behind the last one are not final.
        base_fee, priority: what blocks ask, in wei.
        pool: transactions that wait, by sender and nonce.
        trouble: asked before each answer with the question's name; it may raise.
        lag: says by how many blocks the node that answers next is behind.
        names_final: whether it knows safe and final blocks; where not, it has none by these tags.
        change: given each answer with the question's name; what it returns is answered.

    """

    def __init__(self, final_depth: int = 3) -> None:
        self.chain_id = CHAIN_ID
        self.final_depth = final_depth
        self.base_fee, self.priority = 10 * GWEI, GWEI
        self.pool: dict[tuple[Address, int], Sent] = {}
        self.sends: list[bytes] = []
        self.trouble: Callable[[str], None] = lambda _: None
        self.change: Callable[[str, Any], Any] = lambda _, answer: answer
        self.final = 0
        self.names_final = True
        self.lag: Callable[[], int] = lambda: 0
        self._salt = 0
        genesis = Block(0, keccak(b"genesis"), NO_HASH, 1_700_000_000, self.base_fee)
        self.grown = [Grown(genesis, State())]

    # -- what happens to it --------------------------------------------------------------------

    @property
    def last(self) -> Grown:
        return self.grown[-1]

    def mine(self, blocks: int = 1, *, empty: bool = False) -> None:
        """Add blocks; the first takes all that can be taken."""
        for _ in range(blocks):
            self._mine([] if empty else self._takeable())
            self.final = max(self.final, self.last.block.number - self.final_depth)

    def reorganise(self, depth: int, *, forget: bool = False, more: int = 1) -> None:
        """Take blocks back, as far as none is final, and put empty ones in their place.

        Args:
            depth: how many at most.
            forget: whether what was in them is lost; otherwise it waits again.
            more: how many blocks longer the chain is then.

        """
        depth = min(depth, self.last.block.number - self.final)
        cut = self.grown[len(self.grown) - depth :]
        del self.grown[len(self.grown) - depth :]
        for grown in cut if not forget else ():
            for sent in grown.sent:
                self.pool.setdefault((sent.sender, sent.nonce), sent)
        for _ in range(depth + more):
            self._mine([])
        self.final = max(self.final, self.last.block.number - self.final_depth)

    def use_key(self, secret: bytes) -> None:
        """Let somebody else use an account's next nonce for something else, in a block."""
        sender = Account.from_key(secret)
        address = Address(bytes.fromhex(sender.address[2:]))
        nonce = self.last.state.nonces.get(address, 0)
        sent = self._foreign(secret, nonce, address, b"")
        self.pool.pop((address, nonce), None)
        self._mine([sent])

    def submit_as(self, secret: bytes, to: Address, data: bytes) -> None:
        """Let somebody else send a call, in a block."""
        address = Address(bytes.fromhex(Account.from_key(secret).address[2:]))
        self._mine([self._foreign(secret, self.last.state.nonces.get(address, 0), to, data)])

    def _foreign(self, secret: bytes, nonce: int, to: Address, data: bytes) -> Sent:
        fields = {
            "type": 2,
            "chainId": CHAIN_ID,
            "nonce": nonce,
            "to": to,
            "value": 0,
            "data": data,
            "gas": 500_000,
            "maxFeePerGas": 10**15,
            "maxPriorityFeePerGas": GWEI,
        }
        return Sent.read(bytes(Account.sign_transaction(fields, secret).raw_transaction))

    def _takeable(self) -> list[Sent]:
        counts = dict(self.last.state.nonces)
        taken = []
        for (sender, nonce), sent in sorted(self.pool.items()):
            if nonce == counts.get(sender, 0) and sent.max_fee >= self.base_fee:
                taken.append(sent)
                counts[sender] = nonce + 1
        return taken

    def _mine(self, sents: list[Sent]) -> None:
        before = self.last.block
        self._salt += 1
        seed = before.block_hash + self._salt.to_bytes(8, "big")
        number, seconds = before.number + 1, before.time_seconds + _BLOCK_SECONDS
        block = Block(number, keccak(seed), before.block_hash, seconds, self.base_fee)
        state, mined, place = self.last.state, [], 0
        for sent in sents:
            state, told, receipt = _apply(state, sent, block)
            events = tuple(
                Event(sent.to or b"", one.topics, one.data, number, block.block_hash, sent.hash, at)
                for at, one in enumerate(told, start=place)
            )
            place += len(events)
            mined.append(replace(receipt, events=events))
        self.grown.append(Grown(block, state, tuple(mined), tuple(sents)))
        for sender, nonce in list(self.pool):
            if nonce < state.nonces.get(sender, 0):
                del self.pool[sender, nonce]

    # -- what it answers -----------------------------------------------------------------------

    def _answer(self, name: str, make: Callable[[], Any]) -> Any:
        self.trouble(name)
        return self.change(name, make())

    def _seen(self) -> list[Grown]:
        """Return the blocks that the node knows that answers."""
        return self.grown[: max(1, len(self.grown) - self.lag())]

    def _at(self, seen: list[Grown], which: Tag | int) -> Grown | None:
        last = len(seen) - 1
        final = min(self.final, last)
        tags = {"latest": last, "finalized": final, "safe": (final + last) // 2}
        number = which if isinstance(which, int) else tags[which]
        return seen[number] if 0 <= number <= last else None

    def block(self, which: Tag | int) -> Block | None:
        found = self._at(self._seen(), which)
        if which in ("safe", "finalized") and not self.names_final:
            found = None
        return self._answer("block", lambda: found and found.block)

    def code(self, address: Address) -> bytes:
        is_there = address in self._seen()[-1].state.contracts
        return self._answer("code", lambda: CODE if is_there else b"")

    def balance(self, address: Address) -> int:
        assert address
        return self._answer("balance", lambda: 10**18)

    def nonce(self, address: Address, *, pending: bool = False) -> int:
        count = self._seen()[-1].state.nonces.get(address, 0)
        while pending and (address, count) in self.pool:
            count += 1
        return self._answer("nonce", lambda: count)

    def call(self, to: Address, data: bytes, which: Tag | int = "latest") -> bytes:
        return self._answer("call", lambda: self._call(to, data, which))

    def _call(self, to: Address, data: bytes, which: Tag | int) -> bytes:
        found = self._at(self._seen(), which)
        if found is None:
            raise ChainDown("no such block")
        contract = found.state.contracts.get(to)
        return b"" if contract is None else contract.ask(data)

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        assert sender
        return self._answer("estimate_gas", lambda: self._estimate(to, data))

    def _estimate(self, to: Address | None, data: bytes) -> int:
        if to is None:
            return DEPLOY_GAS
        contract = self._seen()[-1].state.contracts.get(to)
        return TRANSFER_GAS if contract is None else contract.do(data)[2]

    def fees(self) -> Fees:
        return self._answer("fees", lambda: Fees(self.base_fee, self.priority))

    def send(self, raw: bytes) -> Hash32:
        self.trouble("send")
        sent = Sent.read(raw)
        known = self.pool.get((sent.sender, sent.nonce))
        if known is None or known.hash != sent.hash:
            if sent.nonce < self.last.state.nonces.get(sent.sender, 0):
                raise ChainRefused("nonce-too-low", "nonce too low")
            if known is not None and not _pays_more(sent, known):
                raise ChainRefused("underpriced", "replacement transaction underpriced")
            self.pool[sent.sender, sent.nonce] = sent
            self.sends.append(raw)
        return self.change("send", sent.hash)

    def mined(self, transaction_hash: Hash32) -> Mined | None:
        found = [
            mined
            for grown in self._seen()
            for mined in grown.mined
            if mined.transaction_hash == transaction_hash
        ]
        return self._answer("mined", lambda: found[0] if found else None)

    def events(
        self,
        address: Address,
        topics: tuple[Hash32 | None, ...],
        first_block: int,
        last_block: int,
    ) -> tuple[Event, ...]:
        def fits(event: Event) -> bool:
            pairs = zip(topics, event.topics, strict=False)
            asked = all(wanted in (None, came) for wanted, came in pairs)
            return event.address == address and asked and len(event.topics) >= len(topics)

        span = self._seen()[first_block : last_block + 1]
        found = tuple(event for grown in span for event in grown.events if fits(event))
        return self._answer("events", lambda: found)

    def close(self) -> None:
        """Nothing is held."""


def _pays_more(sent: Sent, known: Sent) -> bool:
    """Tell whether a node takes a transaction in the place of another."""
    return all(
        1000 * ours >= _BUMP_PER_MILLE * theirs
        for ours, theirs in ((sent.max_fee, known.max_fee), (sent.priority, known.priority))
    )


def _apply(state: State, sent: Sent, block: Block) -> tuple[State, tuple[Told, ...], Mined]:
    """Run a transaction; a failed one counts its nonce and does nothing else."""
    contracts, told, made = dict(state.contracts), (), None
    gas, is_good = TRANSFER_GAS, True
    try:
        if sent.to is None:
            made = contract_of(sent.sender, sent.nonce)
            gas = DEPLOY_GAS
            assert sent.data == CREATION
            contracts[made] = StandIn(CHAIN_ID, made)
        elif sent.to in contracts:
            contracts[sent.to], told, gas = contracts[sent.to].do(sent.data)
        is_good = gas <= sent.gas
    except Reverted:
        is_good = False
    nonces = state.nonces | {sent.sender: sent.nonce + 1}
    after = State(nonces, contracts if is_good else state.contracts)
    price = min(sent.max_fee, block.base_fee_wei + sent.priority)
    used = min(gas, sent.gas)
    mined = Mined(sent.hash, block.number, block.block_hash, is_good, used, price, made, ())
    return after, told if is_good else (), mined
