"""(h) How long an anchor takes, from being asked for to being in a block, on each chain at hand.

The same worker, journal and contract each time: the chain in the process (py-evm), a Hardhat node
and, where it is installed, anvil. Both nodes mine as soon as they are asked to, so what is measured
is software and its sockets, not the waiting for a block; the journal is a file, flushed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figures import Figure
from ledger.anchor.artifacts import contract
from ledger.anchor.errands import Founding
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.local import LocalChain, chain_id_of
from ledger.anchor.protocol import Chain
from ledger.anchor.rpc import Node, RpcChain
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.config import system_clock
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.yard import PAYER, SPEAKER, charter
from tests.nodes import ANVIL, DevNode, anvil, hardhat
from tests.world import address_of, secret_of

ANCHORS: Final = 30
ENTRIES: Final = 1_000
"""How many entries lie between one anchor and the next."""

_WEI: Final = 10**21
_BLOCKS_TO_FINAL: Final = 80
_STEPS_MAX: Final = 50
_RESTFUL: Final = AnchorLimits(entries=10**9, seconds=10**9, fee_wei_max=10**12)


@dataclass(frozen=True, slots=True)
class _Bench:
    name: str
    chain: Chain
    mine: Callable[[], object]
    bound_by: str


def chains(folder: Path) -> Iterator[Figure]:
    """Measure anchors on each chain."""
    for opening in (_in_process, _on_hardhat, *((_on_anvil,) if ANVIL.exists() else ())):
        with opening(folder) as bench:
            spent = _time(bench, folder)
            name = f"time-per-anchor-{bench.name}"
            yield Figure(name, median(spent) * 1000, "ms", None, "less", bench.bound_by)


def _time(bench: _Bench, folder: Path) -> list[float]:
    ledger_id, record = charter()
    made = contract("CheckpointAnchor")
    log = GrowingLog(size=ENTRIES)
    with closing(SqliteJournal.create(folder / f"{bench.name}.db")) as journal:
        worker = Worker(
            bench.chain,
            journal,
            log,
            ledger_id,
            SecretSigner(secret_of(SPEAKER)),
            KeySubmitter(secret_of(PAYER)),
            _RESTFUL,
            founding=Founding(made.bytecode, made.code, record),
        )
        for _ in range(_STEPS_MAX):
            worker.step()
            if worker.status().is_open:
                break
            bench.mine()
        bench.mine()
        return [_anchor(worker, log) for _ in range(ANCHORS)]


def _anchor(worker: Worker, log: GrowingLog) -> float:
    """Anchor what was appended, until the worker sees it in a block; return the seconds."""
    log.append(ENTRIES)
    size, _ = log.published()
    begin = time.perf_counter()
    worker.ask()
    for _ in range(_STEPS_MAX):
        worker.step()
        if worker.status().chain_size == size:
            return time.perf_counter() - begin
    raise RuntimeError(f"not anchored: {worker.status()}")


@contextmanager
def _in_process(folder: Path) -> Iterator[_Bench]:
    ledger_id, _ = charter()
    path, payer = folder / "chain.db", address_of(PAYER)
    made = LocalChain.create(path, system_clock, chain_id_of(ledger_id), payer)
    with closing(made) as chain:
        yield _Bench("py-evm", chain, lambda: None, "an EVM in Python: an estimate, then the block")


@contextmanager
def _on_hardhat(_: Path) -> Iterator[_Bench]:
    with hardhat() as node:
        yield from _asked(node, "hardhat-node")


@contextmanager
def _on_anvil(_: Path) -> Iterator[_Bench]:
    with anvil() as node:
        yield from _asked(node, "anvil")


def _asked(node: DevNode, name: str) -> Iterator[_Bench]:
    node.fund(address_of(PAYER), _WEI)
    with closing(RpcChain(Node(node.url, node.chain_id))) as chain:
        yield _Bench(
            name,
            chain,
            lambda: node.mine(_BLOCKS_TO_FINAL),
            "questions over a socket, one after the other",
        )
