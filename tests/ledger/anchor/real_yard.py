"""A worker at work on a real node, and what the node says when it is asked past the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from ledger.anchor.artifacts import contract
from ledger.anchor.errands import Founding
from ledger.anchor.kept import Journal, KeptAnchor, Place
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.rpc import Node, RpcChain
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.errors import AdamantError, ChainDown, ChainRefused
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits, NodeLimits
from ledger.signing import keccak
from ledger.values import Address, Hash32, to_hex
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.stand_in import ANCHORED
from tests.ledger.anchor.yard import PAYER, SPEAKER, Fuse, Mortal, charter
from tests.nodes import DevNode
from tests.world import address_of, secret_of

GWEI = 10**9
FUNDS_WEI = 10**20
LIMITS = AnchorLimits(entries=1_000, seconds=10**9, fee_wei_max=100 * GWEI)
NODE_LIMITS = NodeLimits(connect_seconds=5.0, answer_seconds=2.0)
ROUNDS_MAX = 60


@dataclass
class Meddled:
    """A chain that calls somebody before and after the transaction of one errand is handed in.

    Attributes:
        errand_of: names the errand of a transaction.
        errand: at which errand; "" for any.
        before, after: who is called; once each.

    """

    chain: RpcChain
    errand_of: Callable[[bytes], str]
    errand: str = ""
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None
    raws: dict[str, bytes] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chain, name)

    def send(self, raw: bytes) -> Hash32:
        """Hand in a transaction."""
        self.raws[to_hex(keccak(raw))] = raw
        if self.errand and self.errand != self.errand_of(raw):
            return self.chain.send(raw)
        before, after, self.before, self.after = self.before, self.after, None, None
        if before is not None:
            before()
        sent = self.chain.send(raw)
        if after is not None:
            after()
        return sent


@dataclass
class RealYard:
    """A worker at work; ``told`` are the sizes that it said are anchored for good, in order."""

    node: DevNode
    final_after: int
    """How many blocks make the one before them final; 0 where the last block is."""
    journal: Journal = field(default_factory=MemoryJournal)
    log: GrowingLog = field(default_factory=lambda: GrowingLog(size=5))
    limits: AnchorLimits = LIMITS
    now: float = 1_700_000_000.0
    told: list[int] = field(default_factory=list)
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.node.fund(self.payer, FUNDS_WEI)
        self.disk: Any = None
        rpc = RpcChain(Node(self.node.url, self.node.chain_id, NODE_LIMITS))
        self.chain = Meddled(rpc, self._errand_of)
        self.worker = self.reopened()

    @property
    def payer(self) -> Address:
        return address_of(PAYER)

    def reopened(self) -> Worker:
        """Start our own process again."""
        ledger_id, record = charter()
        made = contract("CheckpointAnchor")
        self.worker = Worker(
            Mortal(self.chain, self.fuse),
            Mortal(self.journal, self.fuse),
            self.log,
            ledger_id,
            SecretSigner(secret_of(SPEAKER)),
            KeySubmitter(secret_of(PAYER)),
            self.limits,
            founding=Founding(made.bytecode, made.code, record),
            clock=lambda: self.now,
            on_final=self._is_told,
            dice=lambda: 0.0,
        )
        return self.worker

    def _errand_of(self, raw: bytes) -> str:
        names = ("deploy", "open", *(f"anchor {size}" for size in range(100)))
        for name in names:
            kept = self.journal.transactions(self.node.chain_id, self.payer, name)
            if raw in [one.raw for one in kept]:
                return name
        raise AssertionError("handed in before it was kept")

    def close(self) -> None:
        """Let go of the chain."""
        self.chain.close()

    def step(self) -> AdamantError | None:
        """Step once; return why the chain could not be used, if so. What it did is seen to."""
        try:
            self.worker.step()
        except (ChainDown, ChainRefused) as error:
            return error
        self.check()
        return None

    def go(self, rounds: int = 1, seconds: float = 61.0) -> None:
        """Let time pass: step and mine in turns."""
        for _ in range(rounds):
            self.step()
            self.node.mine()
            self.now += seconds

    def settled(self) -> RealYard:
        """Go on until all that is published is anchored for good."""
        for _ in range(ROUNDS_MAX):
            if self.worker.anchored_size() == self.log.published()[0]:
                self.check()
                return self
            self.worker.ask()
            self.go()
            self.node.mine(max(self.final_after, 1))
        raise AssertionError(self.worker.status())

    def kill(self) -> None:
        """Kill the node; its disk is kept."""
        self.disk = self.node.disk()
        self.node.kill()

    def restart(self, *, with_disk: bool) -> None:
        """Start the node again, with its chain as it was when it was killed, or with none."""
        disk = self.disk if with_disk else None
        self.node.restart({self.payer: FUNDS_WEI}, disk, self.chain.raws)

    # -- past the worker ---------------------------------------------------------------------

    @property
    def place(self) -> Place:
        deployment = self.journal.deployment()
        assert deployment is not None
        return deployment.place

    @property
    def states(self) -> dict[int, str]:
        return {row.size: row.state for row in self.journal.anchors(self.place, 0, 1_000)}

    def events(self) -> list[tuple[int, bytes, int]]:
        """Return what the chain has anchored, in order: size, root and block number."""
        if self.journal.deployment() is None:
            return []
        asked = {"fromBlock": "0x0", "toBlock": "latest", "address": to_hex(self.place.contract)}
        return [
            (
                int(log["topics"][2], 16),
                bytes.fromhex(log["data"][2:66]),
                int(log["blockNumber"], 16),
            )
            for log in self.node.rpc("eth_getLogs", asked)
            if log["topics"][0] == to_hex(ANCHORED)
        ]

    def on_chain(self) -> list[int]:
        """Return the sizes that the chain has anchored, in order."""
        return [size for size, _, _ in self.events()]

    def check(self) -> None:
        """See that the chain has each size once, with its root, and whatever was told for good."""
        try:
            events = self.events()
        except (OSError, HTTPException):
            return  # the node is down: nothing can have been told since
        sizes = [size for size, _, _ in events]
        assert sizes == sorted(set(sizes)), "one anchor for each size, and none smaller after it"
        for size, root, _ in events:
            assert root == self.log.root_at(size)
        assert self.told == sorted(set(self.told)), "told once each, in order"
        assert set(self.told) <= set(sizes)

    def _is_told(self, kept: KeptAnchor) -> None:
        """See that what is told is on the chain, below a block that the node calls final."""
        final = int(self.node.rpc("eth_getBlockByNumber", "finalized", False)["number"], 16)
        assert (kept.state, kept.statement.root) == ("finalized", self.log.root_at(kept.size))
        assert [size for size, _, at in self.events() if at <= final].count(kept.size) == 1
        self.told.append(kept.size)
