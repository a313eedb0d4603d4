"""Any interleaving of faults, crashes and appends ends with one anchor a size, and none too soon.

The machine grows the log, mines, takes blocks back, forgets what waits, lets others use the
submitting key or submit what was signed, makes the node silent, slow, forgetful or a liar, and
kills the worker at any question or write, before or after it took effect. When faults stop,
everything that was signed is on the chain exactly once, and what is published is anchored.

What it never does: take back a final block, or lie about the contract's state as of one. Against
that only another node helps.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.anchor.protocol import Block, Event, Mined
from ledger.errors import ChainDown, ChainRefused
from tests.ledger.anchor.scripted import GWEI
from tests.ledger.anchor.stand_in import ANCHORED
from tests.ledger.anchor.yard import PAYER, STRANGER, Crash, Yard, charter
from tests.trials import trials
from tests.world import secret_of

STEPS = 40
QUESTIONS_MAX = 30
"""A step asks and writes about so often at most; a fuse may be longer and then does nothing."""


class Anchoring(RuleBasedStateMachine):
    """A worker on a chain on which everything goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.yard = Yard()
        self.chain = self.yard.chain
        self.claims_final = False

    # -- what goes on ------------------------------------------------------------------------

    @rule(entries=st.integers(1, 30))
    def append(self, entries: int) -> None:
        self.yard.log.append(entries)

    @rule()
    def ask(self) -> None:
        self.yard.worker.ask()

    @initialize(is_open=st.sampled_from((True, True, True, False)), depth=st.integers(2, 8))
    def begin(self, is_open: bool, depth: int) -> None:
        self.chain.final_depth = depth
        if is_open:
            self.yard.opened()
            self.chain.mine(depth)

    @rule()
    def step(self) -> None:
        self.yard.step()

    @rule(rounds=st.integers(1, 4), entries=st.integers(1, 20), seconds=st.sampled_from((5, 61)))
    def go(self, rounds: int, entries: int, seconds: int) -> None:
        self.yard.log.append(entries)
        self.yard.worker.ask()
        self.yard.go(rounds, seconds)

    @rule(blocks=st.integers(1, 4), is_empty=st.booleans())
    def mine(self, blocks: int, is_empty: bool) -> None:
        self.chain.mine(blocks, empty=is_empty)

    @rule(seconds=st.sampled_from((1, 30, 61, 181, 700)))
    def wait(self, seconds: int) -> None:
        self.yard.now += seconds

    # -- what goes wrong ---------------------------------------------------------------------

    @rule(at=st.integers(1, QUESTIONS_MAX), is_after=st.booleans())
    def crash(self, at: int, is_after: bool) -> None:
        self.yard.fuse.left, self.yard.fuse.is_after = at, is_after
        with suppress(Crash):
            self.yard.step()
        self.yard.reopened()

    @rule(depth=st.integers(1, 8), forget=st.booleans(), more=st.integers(0, 2))
    def reorganise(self, depth: int, forget: bool, more: int) -> None:
        self.chain.reorganise(depth, forget=forget, more=more)

    @rule()
    def drop(self) -> None:
        self.chain.pool.clear()

    @rule(gwei=st.sampled_from((1, 10, 60, 99, 150)))
    def charge(self, gwei: int) -> None:
        self.chain.base_fee = gwei * GWEI

    @rule()
    def use_the_key(self) -> None:
        self.chain.use_key(secret_of(PAYER))

    @precondition(lambda self: self.chain.pool)
    @rule(data=st.data())
    def submit_what_waits(self, data: st.DataObject) -> None:
        sent = data.draw(
            st.sampled_from(sorted(self.chain.pool.values(), key=lambda one: one.hash))
        )
        assume(sent.to is not None)
        self.chain.submit_as(secret_of(STRANGER), sent.to, sent.data)

    @precondition(lambda self: self.chain.sends)
    @rule(data=st.data())
    def submit_what_was_sent(self, data: st.DataObject) -> None:
        """Nodes gossip: whatever was ever sent may come back."""
        raw = data.draw(st.sampled_from(self.chain.sends))
        with suppress(ChainDown, ChainRefused):
            self.chain.send(raw)

    @rule(name=st.sampled_from(("block", "call", "events", "mined", "nonce", "send", "fees")))
    def fall_silent(self, name: str) -> None:
        def trouble(asked: str) -> None:
            if asked == name:
                raise ChainDown("silent")

        self.chain.trouble = trouble

    @rule(name=st.sampled_from(("send", "mined", "events")))
    def answer_wrongly(self, name: str) -> None:
        """Take what is sent and say that it was not; have no receipts; have no events."""

        def change(asked: str, answer: Any) -> Any:
            if asked != name:
                return answer
            if name == "send":
                raise ChainDown("no answer")
            return None if name == "mined" else ()

        self.chain.change = change

    @rule(dice=st.integers(0, 2**32), depth=st.integers(1, 4))
    def lag(self, dice: int, depth: int) -> None:
        """Be many nodes behind one address, some of them behind the others."""
        random = Random(dice)
        self.chain.lag = lambda: random.randint(0, depth)

    @precondition(lambda self: self.yard.journal.deployment() is not None)
    @rule(is_final=st.booleans())
    def lie(self, is_final: bool) -> None:
        """Claim receipts of all that waits, and events of what is not on the chain.

        Args:
            is_final: whether they are said to be in the final block, or in the last one.

        """
        self.yard.log.append(1)
        self.yard.worker.ask()
        self.yard.step()  # so that something may wait that is not on the chain
        self.claims_final = is_final
        self.chain.change = self._lies
        self.yard.step()

    @rule()
    def misplace(self) -> None:
        """Tell of events as if they were in blocks that are not on the chain."""

        def change(asked: str, answer: Any) -> Any:
            if asked != "events":
                return answer
            return tuple(replace(event, block_hash=b"\1" * 32) for event in answer)

        self.chain.change = change
        self.yard.step()

    @rule()
    def stop_the_trouble(self) -> None:
        self._end_faults()

    def _lies(self, asked: str, answer: Any) -> Any:
        block = self._claimed_block()
        if asked == "mined" and answer is None:
            waiting = list(self.chain.pool.values())
            claimed = waiting[0].hash if waiting else block.block_hash
            return Mined(claimed, block.number, block.block_hash, True, 1, 1, None, ())
        if asked == "events":
            return (*answer, *self._claimed(answer))
        return answer

    def _claimed_block(self) -> Block:
        return self.chain.grown[self.chain.final if self.claims_final else -1].block

    def _claimed(self, answer: tuple[Event, ...]) -> list[Event]:
        """Return an event of the last size that was signed, if the chain does not hold it."""
        rows = [row for row in self.yard.rows if row.size not in self.yard.on_chain()]
        block = self._claimed_block()
        if not rows or self.chain.lag():
            return []
        said = rows[-1].statement
        data = said.root + said.previous_size.to_bytes(32, "big") + said.previous_root
        topics = (ANCHORED, charter()[0], said.size.to_bytes(32, "big"))
        where = (block.number, block.block_hash, block.block_hash, len(answer))
        return [Event(said.contract, topics, data, *where)]

    # -- what always holds -------------------------------------------------------------------

    def _end_faults(self) -> None:
        self.chain.trouble = lambda _: None
        self.chain.change = lambda _, answer: answer
        self.chain.lag = lambda: 0

    @invariant()
    def what_was_said_to_be_final_is_on_the_chain_for_good(self) -> None:
        final = self.chain.grown[: self.chain.final + 1]
        held = {
            int.from_bytes(event.topics[2], "big"): (event.block_number, event.block_hash)
            for grown in final
            for event in grown.events
            if event.topics[0] == ANCHORED
        }
        deployment = self.yard.journal.deployment()
        rows = self.yard.rows if deployment is not None else []
        for kept in [*self.yard.told, *(row for row in rows if row.state == "finalized")]:
            spot = kept.spot
            assert spot is not None
            assert held.get(kept.size) == (spot.block_number, spot.block_hash), kept

    @invariant()
    def nobody_was_told_twice(self) -> None:
        sizes = [kept.size for kept in self.yard.told]
        assert sizes == sorted(set(sizes))

    def teardown(self) -> None:
        self._end_faults()
        self.chain.base_fee = 10 * GWEI
        self.yard.settled()
        rows = self.yard.rows
        assert {row.state for row in rows} == {"finalized"}
        assert self.yard.on_chain() == [row.size for row in rows], "one anchor a size, all known"
        for row in rows:
            assert row.statement.root == self.yard.log.root_at(row.size)


Anchoring.TestCase.settings = settings(
    max_examples=trials("anchor.machine_examples"),
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnchoring = Anchoring.TestCase
