"""A worker with all that it needs: a log, a journal, a scripted chain, a clock, and its death."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from ledger.anchor.errands import Founding
from ledger.anchor.kept import Journal, KeptAnchor, Place
from ledger.anchor.memory import MemoryJournal
from ledger.anchor.submitting import KeySubmitter
from ledger.anchor.worker import Worker
from ledger.errors import AdamantError, ChainDown, ChainRefused, Diverged
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits
from ledger.records import Charter
from ledger.values import Hash32
from tests.ledger.anchor.logs import GrowingLog
from tests.ledger.anchor.scripted import GWEI, ScriptedChain, Sent
from tests.ledger.anchor.stand_in import ANCHORED, CODE, CREATION
from tests.world import World, address_of, secret_of

SPEAKER, PAYER, STRANGER = "anchor key", "submitting key", "stranger"
LIMITS = AnchorLimits(entries=10, seconds=600, fee_wei_max=100 * GWEI)
PATIENT = AnchorLimits(entries=1_000, seconds=10**9, fee_wei_max=100 * GWEI)


@cache
def charter() -> tuple[Hash32, Charter]:
    """Return a ledger id and the Charter that it is of, which names the anchor key."""
    signed = World().found(anchor_key=address_of(SPEAKER))
    assert isinstance(signed.record, Charter)
    return signed.record_id, signed.record


class Crash(BaseException):
    """The process was killed."""


@dataclass
class Fuse:
    """Kills the process at the n-th question or write, before or after it took effect."""

    left: int | None = None
    is_after: bool = False

    def burn(self, act: Callable[[], Any]) -> Any:
        if self.left is None:
            return act()
        self.left -= 1
        if self.left > 0:
            return act()
        self.left = None
        if self.is_after:
            act()
        raise Crash


class Mortal:
    """Whatever is behind it, with a fuse before each call."""

    def __init__(self, behind: Any, fuse: Fuse) -> None:
        self._behind = behind
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._fuse.burn(lambda: found(*given, **named))


@dataclass
class Yard:
    """A worker at work; ``told`` are the anchors that it said are final, in order."""

    chain: ScriptedChain = field(default_factory=ScriptedChain)
    journal: Journal = field(default_factory=MemoryJournal)
    log: GrowingLog = field(default_factory=lambda: GrowingLog(size=5))
    limits: AnchorLimits = LIMITS
    may_deploy: bool = True
    now: float = 1_700_000_000.0
    told: list[KeptAnchor] = field(default_factory=list)
    fuse: Fuse = field(default_factory=Fuse)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.worker = self.reopened()

    def reopened(self) -> Worker:
        """Start the process again."""
        self.fuse.left = None
        ledger_id, record = charter()
        founding = Founding(CREATION, CODE, record) if self.may_deploy else None
        usual: dict[str, Any] = {
            "anchor_signer": SecretSigner(secret_of(SPEAKER)),
            "submitter": KeySubmitter(secret_of(PAYER)),
            "founding": founding,
            "clock": lambda: self.now,
            "on_final": self.told.append,
            "dice": lambda: 0.0,
        }
        self.worker = Worker(
            Mortal(self.chain, self.fuse),
            Mortal(self.journal, self.fuse),
            self.log,
            ledger_id,
            limits=self.limits,
            **(usual | self.options),
        )
        return self.worker

    def step(self) -> AdamantError | None:
        """Step once; return why the chain could not be used, if so."""
        try:
            self.worker.step()
        except (ChainDown, ChainRefused) as error:
            return error
        return None

    def go(self, rounds: int = 1, seconds: float = 5.0) -> None:
        """Let time pass: step and mine in turns."""
        for _ in range(rounds):
            self.step()
            self.chain.mine()
            self.now += seconds

    def opened(self) -> Yard:
        """Deploy and open."""
        for _ in range(20):
            if self.worker.status().is_open:
                return self
            self.go()
        raise AssertionError(self.worker.status())

    def settled(self) -> Yard:
        """Go on until all that is published is anchored for good."""
        for _ in range(60 + 2 * self.chain.final_depth):
            if self.worker.anchored_size() == self.log.published()[0]:
                return self
            self.worker.ask()
            self.go(seconds=61)
        raise AssertionError(self.worker.status())

    @property
    def place(self) -> Place:
        deployment = self.journal.deployment()
        assert deployment is not None
        return deployment.place

    @property
    def rows(self) -> list[KeptAnchor]:
        return self.journal.anchors(self.place, 0, 1_000)

    @property
    def states(self) -> dict[int, str]:
        return {row.size: row.state for row in self.rows}

    def on_chain(self, last_block: int | None = None) -> list[int]:
        """Return the sizes that the chain has anchored, in the order of its blocks."""
        blocks = self.chain.grown if last_block is None else self.chain.grown[: last_block + 1]
        return [
            int.from_bytes(event.topics[2], "big")
            for grown in blocks
            for event in grown.events
            if event.topics[0] == ANCHORED
        ]

    def with_limits(self, **values: Any) -> Yard:
        """Change the worker's limits; it starts again."""
        self.limits = replace(self.limits, **values)
        self.reopened()
        return self


def anchored(depth: int = 3) -> Yard:
    """Return a worker whose contract is final and holds 5 entries; 10 are asked to be anchored."""
    yard = Yard(limits=PATIENT)
    yard.chain.final_depth = depth
    yard.opened()
    yard.chain.mine(depth)
    yard.settled()
    yard.log.append(5)
    yard.worker.ask()
    return yard


def waits(yard: Yard) -> list[Sent]:
    """Return what waits in the node's pool."""
    return list(yard.chain.pool.values())


def silent(name: str) -> Callable[[str], None]:
    """Return a trouble: a node that does not answer one question."""

    def trouble(asked: str) -> None:
        if asked == name:
            raise ChainDown(f"no answer to {name}")

    return trouble


def diverges(yard: Yard, words: str) -> None:
    """Expect that it stops, says why, and stays so; what was final until then stays as it was."""
    before, told = list(yard.chain.sends), list(yard.told)
    for _ in range(2):
        with pytest.raises(Diverged, match=words):
            yard.worker.step()
    status = yard.worker.status()
    assert status.condition == "diverged"
    assert status.anchored_size == 5
    assert yard.told == told
    assert yard.chain.sends == before
