"""``kill -9`` at random moments, while a process opens the chain and while it sends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.anchor.calls import anchored_topics, read_anchored
from ledger.anchor.local import CHAIN, check_chain
from ledger.database import check_all
from ledger.values import Hash32, to_hex
from tests.ledger.anchor.local.grounds import made, opened
from tests.ledger.anchor.local.test_anchoring import anchoring, settle
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.tiny import word
from tests.ledger.anchor.yard import charter
from tests.tree import ROOT
from tests.trials import dice, seed, trials

SEND_SECONDS = 0.4
OPEN_SECONDS = 0.02

# Says when it begins to open, and prints the hash of each transaction once `send` has returned.
SENDER = """
import sys
from pathlib import Path
from ledger.values import to_hex
from tests.ledger.anchor.local.grounds import opened
from tests.ledger.anchor.tiny import word
from tests.ledger.anchor.yard import charter
contract = bytes.fromhex(sys.argv[2])
print("begins", flush=True)
with opened(Path(sys.argv[1])) as grounds:
    value = grounds.chain.nonce(grounds.address)
    while True:
        raw = grounds.sign(contract, word(value), gas=100_000)
        print(to_hex(grounds.chain.send(raw)), flush=True)
        value += 1
"""


# Anchors a log that grows, and prints its size once the worker says that this is anchored for good.
ANCHORER = """
import sys
from pathlib import Path
from tests.ledger.anchor.local.test_anchoring import anchoring, settle
from tests.ledger.anchor.logs import GrowingLog
log = GrowingLog(size=int(sys.argv[2]))
print("begins", flush=True)
with anchoring(Path(sys.argv[1]), log) as (worker, _):
    while True:
        log.append(3)
        settle(worker, log)
        print(log.published()[0], flush=True)
"""


def kill(program: str, path: Path, given: str, random: Random, *, is_opening: bool) -> list[str]:
    """Start a program on a path and kill it; return what it was told, line by line."""
    command = [sys.executable, "-c", program, str(path), given]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        try:
            told = [sender.stdout.readline(), *([] if is_opening else [sender.stdout.readline()])]
            time.sleep(random.uniform(0, OPEN_SECONDS if is_opening else SEND_SECONDS))
        finally:
            sender.kill()
        told += sender.stdout.read().splitlines(keepends=True)
    assert told[0] == "begins\n"
    # A line that was cut short was not told.
    return [line.strip() for line in told[1:] if line.endswith("\n")]


@pytest.mark.long
def test_whatever_was_acknowledged_is_there_after_a_kill(
    tmp_path: Path, record_property: Any
) -> None:
    random, counts = dice("anchor.local_kills"), Counter[str]()
    path = tmp_path / "chain.db"
    with made(path) as grounds:
        contract = grounds.make()
    height = 1
    for trial in range(trials("anchor.local_kills")):
        told = kill(SENDER, path, contract.hex(), random, is_opening=trial % 5 == 4)
        with opened(path) as grounds:
            for number, line in enumerate(told, start=height + 1):
                mined = grounds.chain.mined(Hash32(bytes.fromhex(line[2:])))
                assert mined is not None, "a transaction that was acknowledged is gone"
                assert (mined.succeeded, mined.block_number) == (True, number)
            head = grounds.chain.block("latest")
            assert head is not None
            # At most one block was committed and not told any more.
            assert head.number - height - len(told) in (0, 1)
            assert grounds.chain.nonce(grounds.address) == head.number
            counts["blocks not told"] += head.number - height - len(told)
            counts["transactions"] += len(told)
            counts["kills"] += 1
            height = grounds.do(contract, word(trial)).block_number
            assert height == head.number + 1
    with opened(path) as grounds:
        events = grounds.chain.events(contract, (), 0, height)
        assert [event.block_number for event in events] == list(range(2, height + 1))
        assert to_hex(events[-1].topics[0]) == to_hex(word(trials("anchor.local_kills") - 1))
    assert check_all(path, CHAIN) == []
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    record_property("figure", f"kill -9 of a chain with seed {seed()}: {told}")


@pytest.mark.long
def test_every_anchor_that_was_told_final_is_there_once_after_a_kill(
    tmp_path: Path, record_property: Any
) -> None:
    random, counts = dice("anchor.local_anchor_kills"), Counter[str]()
    size = 1
    for trial in range(trials("anchor.local_anchor_kills")):
        told = kill(ANCHORER, tmp_path, str(size), random, is_opening=trial % 5 == 4)
        # The log is durable before it is anchored: it is at least as long as when it was killed.
        log = GrowingLog(size=size + 3 * (len(told) + 1))
        with anchoring(tmp_path, log) as (worker, chain):
            settle(worker, log)
            (place,) = {kept.place for kept in worker.anchors()}
            found = chain.events(place.contract, anchored_topics(charter()[0]), 0, 2**32)
            sizes = [read_anchored(event).size for event in found]
            assert sizes == sorted(set(sizes)), "an anchor is there twice"
            assert {int(line) for line in told} <= set(sizes), "an anchor that was told is gone"
            finals = [kept.size for kept in worker.anchors(0, 10_000) if kept.state == "finalized"]
            assert finals == sizes
        counts["kills"] += 1
        counts["anchors told"] += len(told)
        counts["anchors"] = len(sizes)
        size = log.published()[0]
    assert check_chain(tmp_path / "chain.db") == []
    told_in_words = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    record_property("figure", f"kill -9 of anchoring with seed {seed()}: {told_in_words}")
