"""A ledger on the desk: stores in memory, a clock that the test sets, and a world that speaks.

``Desk.open`` gives a real book over real stores; the world's records go into it as envelopes. Other
stores, and stores that fail at a chosen step, are handed in by the test.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.audit import Report, audit
from ledger.book import Answer, Book, Line, found
from ledger.checkpoint import SignerKey
from ledger.custody import SiteState
from ledger.drafts import Output
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.private import MemoryPrivate, PrivateStore
from ledger.store.protocol import CheckpointStore, Head, Published, Store
from tests.world import ORIGIN, World, secret_of, usual_world

LOG_KEY = SignerKey(ORIGIN, secret_of("log"))


@dataclass
class Clock:
    """A clock that stands where the test puts it."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Desk:
    """A ledger's two stores, its clock and key, and the world whose records go in."""

    world: World
    store: Store = field(default_factory=MemoryStore)
    checkpoints: CheckpointStore = field(default_factory=MemoryCheckpoints)
    clock: Clock = field(init=False)
    private: PrivateStore = field(default_factory=MemoryPrivate)

    def __post_init__(self) -> None:
        self.clock = Clock(self.world.now_ms)

    def raws(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Return the envelopes that the world said, by index."""
        return [signed.envelope.raw for _, signed, _ in self.world.log[start:stop]]

    def found(self) -> Answer:
        """Found the ledger with the world's Charter."""
        return found(self.store, self.checkpoints, self.raws(0, 1)[0], [LOG_KEY], self.clock)

    def open(
        self,
        *,
        on_fatal: Callable[[Exception], None] | None = None,
        on_published: Callable[[Published], None] | None = None,
        signers: Sequence[SignerKey] = (LOG_KEY,),
    ) -> Book:
        """Open the book."""
        return Book.open(
            self.store,
            self.checkpoints,
            signers,
            self.clock,
            on_fatal=on_fatal,
            on_published=on_published,
            private=self.private,
        )

    def catch_up(self, book: Book, stop: int | None = None) -> tuple[Line, ...]:
        """Put into the book what the world said and the ledger does not hold yet."""
        self.clock.now_ms = self.world.now_ms
        return book.submit(self.raws(self.head().size, stop)).result(60)

    def fill(self, stop: int | None = None) -> Desk:
        """Found the ledger, and put in all that the world said."""
        self.found()
        with self.open() as book:
            lines = self.catch_up(book, stop)
        assert all(isinstance(line, Answer) for line in lines), lines
        return self

    def say_registrations(self, count: int) -> list[bytes]:
        """Let the miner register more parcels, none of them sent yet; return their envelopes."""
        items = (item for _, _, changes in self.world.log for item in changes.items)
        site = next(item.id for item in items if isinstance(item, SiteState))
        start = len(self.world.log)
        for number in range(count):
            self.world.register(site, 1_000 + number, 1)
        return self.raws(start)

    def head(self) -> Head:
        """Return the ledger's head."""
        with self.store.view() as view:
            return view.head()

    def fingerprint(self) -> bytes:
        """Return the fingerprint of the derived tables."""
        with self.store.view() as view:
            return view.fingerprint()

    def audit(self, **more: Any) -> Report:
        """Check everything again."""
        return audit(self.store, self.checkpoints, MemoryStore(), **more)


@functools.cache
def _journey() -> World:
    world = usual_world()
    site = world.open_site()
    world.later()
    bags = [world.register(site, weight, stones) for weight, stones in _BAGS]
    for bag in bags:
        world.hand_over(bag, "miner-bw", "trader-be")
    world.later()
    halves = world.transform(
        "trader-be", "split", [bags[0]], [Output(7_000, 2, "7102.31"), Output(5_500, 1, "7102.31")]
    )
    (mixed,) = world.transform(
        "trader-be", "mix", sorted([halves[0], bags[1]]), [Output(9_000, 3, "7102.31")]
    )
    world.hand_over(mixed, "trader-be", "cutter-in", weight_millicarats=8_996)
    world.later()
    return world


_BAGS = ((12_500, 3), (2_000, 1), (800, 0))


def journey() -> World:
    """Return a world in which goods were mined, handed over, split, mixed and received lighter."""
    return _journey().fork()


@functools.cache
def _long_journey() -> World:
    world = journey()
    items = (item for _, _, changes in world.log for item in changes.items)
    site = next(item.id for item in items if isinstance(item, SiteState))
    for number in range(520 - len(world.log)):
        world.later(1)
        world.register(site, 1_000 + number, 1)
    return world


def long_journey() -> World:
    """Return the journey with so many registrations that two tiles of the tree are full."""
    return _long_journey().fork()
