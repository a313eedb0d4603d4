"""While the chain is down nothing is refused; when it is back, everything is anchored."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import Any

from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.book import Answer, Book
from ledger.config.anchoring import BookLog
from ledger.errors import ChainDown
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits
from tests.desk import Desk
from tests.ledger.anchor.scripted import GWEI, ScriptedChain
from tests.ledger.anchor.yard import PAYER, SPEAKER, Yard, charter
from tests.trials import trials
from tests.world import CAST, World, address_of, secret_of

RESTLESS = AnchorLimits(
    entries=1,
    seconds=1,
    fee_wei_max=100 * GWEI,
    poll_seconds=0.001,
    retry_seconds=0.001,
    retry_seconds_max=0.002,
)
SECONDS = 120.0


class Switched:
    """A chain that can be switched off; each question then takes a moment, and fails."""

    def __init__(self, chain: ScriptedChain) -> None:
        self._chain = chain
        self.is_on = True
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        if not self.is_on:
            self.asked += 1
            time.sleep(0.002)
            raise ChainDown("it is switched off")
        return getattr(self._chain, name)


def worker_of(yard: Yard, chain: Switched, book: Book) -> Worker:
    """Return a worker that anchors a book where a yard's anchored its log."""
    return Worker(
        chain,
        yard.journal,
        BookLog(book),
        charter()[0],
        SecretSigner(secret_of(SPEAKER)),
        KeySubmitter(secret_of(PAYER)),
        RESTLESS,
    )


def world_with_an_anchor_key() -> World:
    """Return a world whose Charter names the key that anchors, with a miner and a site."""
    world = World()
    world.found(anchor_key=address_of(SPEAKER))
    for name in CAST:
        world.admit(name)
    world.open_site()
    return world


def test_while_the_chain_is_down_no_record_is_refused_and_then_all_are_anchored() -> None:
    desk = Desk(world_with_an_anchor_key())
    yard = Yard(limits=replace(RESTLESS, entries=10**9, seconds=10**9))
    yard.log.cut(0)
    yard.opened()
    yard.chain.mine(3)
    chain = Switched(yard.chain)
    chain.is_on = False
    desk.fill()
    raws = desk.say_registrations(trials("anchor.offline_records"))
    desk.clock.now_ms = desk.world.now_ms
    with desk.open() as book, closing(worker_of(yard, chain, book)) as worker:
        assert book.ledger_id == charter()[0]
        worker.start()
        lines = [line for raw in raws for line in book.submit([raw]).result(SECONDS)]
        assert all(isinstance(line, Answer) for line in lines)
        assert [line.index for line in lines] == list(range(lines[0].index, desk.head().size))
        assert chain.asked > 0
        assert worker.status().condition == "down"
        assert worker.anchored_size() == 0
        chain.is_on = True
        end = time.monotonic() + SECONDS
        while worker.anchored_size() < desk.head().size:
            assert time.monotonic() < end
            yard.chain.mine()
            time.sleep(0.005)
    assert yard.on_chain()[-1] == desk.head().size
    assert not [one for one in threading.enumerate() if one.name == "anchoring"]
