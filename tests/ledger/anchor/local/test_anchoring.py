"""A worker on a local chain with the real contract: all the way, and across restarts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.anchor.artifacts import contract
from ledger.anchor.calls import anchored_topics, latest_call, read_latest
from ledger.anchor.errands import Founding
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.local import LocalChain, chain_id_of
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.errors import Diverged
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits
from tests.ledger.anchor.local.grounds import NOW_MS, now
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.yard import PAYER, SPEAKER, charter
from tests.world import address_of, secret_of

ANCHORS = contract("CheckpointAnchor")
LIMITS = AnchorLimits(entries=1, seconds=1, fee_wei_max=10**11)
STEPS_MAX = 12


@contextmanager
def anchoring(folder: Path, log: GrowingLog) -> Iterator[tuple[Worker, LocalChain]]:
    """Open chain, journal and worker; the chain is made at the first time."""
    ledger_id, record = charter()
    chain_id, path = chain_id_of(ledger_id), folder / "chain.db"
    if not path.exists():
        LocalChain.create(path, now, chain_id, address_of(PAYER)).close()
        SqliteJournal.create(folder / "anchors.db").close()
    chain, journal = LocalChain(path, now, chain_id=chain_id), SqliteJournal(folder / "anchors.db")
    worker = Worker(
        chain,
        journal,
        log,
        ledger_id,
        SecretSigner(secret_of(SPEAKER)),
        KeySubmitter(secret_of(PAYER)),
        LIMITS,
        founding=Founding(ANCHORS.bytecode, ANCHORS.code, record),
        clock=lambda: NOW_MS / 1000,
        dice=lambda: 0.0,
    )
    try:
        yield worker, chain
    finally:
        worker.close()
        journal.close()
        chain.close()


def settle(worker: Worker, log: GrowingLog) -> None:
    """Step until all that is published is anchored for good."""
    size, _ = log.published()
    for _ in range(STEPS_MAX):
        if worker.anchored_size() == size:
            return
        worker.ask()
        worker.step()
    pytest.fail(f"{worker.status()}")


def test_ten_checkpoints_are_anchored_each_once_across_restarts(tmp_path: Path) -> None:
    log, ledger_id = GrowingLog(size=1), charter()[0]
    sizes = []
    for turn in range(10):
        log.append(turn * turn)
        sizes.append(log.published()[0])
        with anchoring(tmp_path, log) as (worker, chain):
            settle(worker, log)
            place = worker.anchors()[0].place
            held = read_latest(chain.call(place.contract, latest_call(ledger_id)))
            assert (held.size, held.root) == log.published()
    sizes = sorted(set(sizes))
    with anchoring(tmp_path, log) as (worker, chain):
        assert [kept.size for kept in worker.anchors()] == sizes
        assert {kept.state for kept in worker.anchors()} == {"finalized"}
        head = chain.block("latest")
        assert head is not None
        assert head.number == 2 + len(sizes)  # deployed, opened, and one block for each
        events = chain.events(place.contract, anchored_topics(ledger_id), 0, head.number)
        assert [event.block_number for event in events] == list(range(3, head.number + 1))


def test_a_rewritten_log_is_not_anchored(tmp_path: Path) -> None:
    log = GrowingLog(size=7)
    with anchoring(tmp_path, log) as (worker, chain):
        settle(worker, log)
        before = chain.block("latest")
    other = GrowingLog("another past", size=9)
    with anchoring(tmp_path, other) as (worker, chain):
        with pytest.raises(Diverged):
            worker.step()
        assert chain.block("latest") == before
