"""The people of the system tests: their keys, a ledger founded by them, and what they say.

A :class:`Crew` signs in this process what clients then send to a server. Everything but the time
comes from the dice that the test hands in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from ledger.canonical import Envelope
from ledger.config import LedgerFolder, found_ledger, make_folder, open_ledger
from ledger.demo.scribe import GOVERNORS, Actor, Scribe
from ledger.drafts import Constitution, Moment, Output, SiteStatement
from ledger.signing import record_id
from ledger.values import NO_HASH, Hash32, SiteId
from tests.world import ORIGIN, secret_of

DAY = 24 * 3600
CAST = (
    ("miner-bw", "miner", "BW"),
    ("trader-be", "trader", "BE"),
    ("trader-ae", "trader", "AE"),
    ("cutter-in", "cutter", "IN"),
)


class Crew(Scribe):
    """Parties with keys of their own, one mine, and the records that they sign."""

    def __init__(self, random: Random) -> None:
        super().__init__(NO_HASH, int(time.time()) - DAY)
        self.random = random
        self.site: SiteId = NO_HASH
        for name in GOVERNORS:
            self.add(name, secret_of(name), "governor")

    def moment(self) -> Moment:
        """Return a moment of the last day, with salts from the dice."""
        return Moment(self.occurred_at, lambda: self.random.randbytes(32))

    def charter(self, folder: LedgerFolder) -> Envelope:
        """Sign the Charter of a folder's ledger, and belong to that ledger from here on."""
        governors = [self.actors[name] for name in GOVERNORS]
        key = str(folder.read_log_key().verifier_key)
        constitution = Constitution(tuple(g.address for g in governors), 2, (key,))
        record = constitution.charter(ORIGIN, self.moment())
        envelope = self.sign(record, *governors)
        self.ledger_id = record_id(record, NO_HASH)
        return envelope

    def introduce(self, more_traders: int = 0) -> list[Envelope]:
        """Admit the cast, and as many traders more, and open the mine."""
        governors = [self.actors[name] for name in GOVERNORS]
        authority = self.add("authority-bw", secret_of("authority-bw"), "authority", "BW")
        self.admit(authority, *governors[:2])
        others = [(f"trader-{number}", "trader", "BE") for number in range(more_traders)]
        for name, role, country in (*CAST, *others):
            actor = self.add(name, secret_of(name), role, country)
            self.admit(actor, authority if role == "miner" else governors[0])
        stated = SiteStatement(
            country="BW",
            licence="ML-1",
            label="Mine",
            operators=(self.actors["miner-bw"].address,),
            yearly_capacity_millicarats=10**9,
        )
        self.site = self.open_site(authority, stated)
        return self.take()

    def id_of(self, envelope: Envelope) -> Hash32:
        """Return the id of a record that the crew signed."""
        return record_id(envelope.record, self.ledger_id)

    def lives(self) -> Iterator[Envelope]:
        """Sign the lives of parcels, one after the other, without an end.

        A parcel is registered, sold, received, sometimes split and mixed again, and returned.
        """
        miner, trader = self.actors["miner-bw"], self.actors["trader-be"]
        while True:
            weight = self.random.randrange(1_000, 90_000)
            goods = self.register(miner, self.site, weight, 2, "bag")
            yield from self.take()
            goods = self.hand_over(goods, miner, trader)
            yield from self.take()
            if self.random.random() < 0.5:
                outputs = [Output(weight // 3, 1), Output(weight - weight // 3, 1)]
                halves = self.transform(trader, "split", [goods], outputs)
                (goods,) = self.transform(trader, "mix", halves, [Output(weight, 2)])
                yield from self.take()
            offered = self.offer(goods, trader, self._buyer(), "sale")
            self.refuse(offered, trader, self._buyer(), "goods")
            yield from self.take()

    def _buyer(self) -> Actor:
        return self.actors["cutter-in"]

    def later(self, seconds: int) -> None:
        """Stay within the last day: the server's clock is this machine's."""
        self.occurred_at += min(seconds, 1)


def found(path: Path, crew: Crew, more_traders: int = 0) -> LedgerFolder:
    """Make a ledger in a folder and introduce the crew to it."""
    folder = make_folder(path, ORIGIN)
    found_ledger(folder, crew.charter(folder).raw)
    append(folder, crew.introduce(more_traders))
    return folder


def append(folder: LedgerFolder, envelopes: Sequence[Envelope]) -> None:
    """Append to a ledger that no server works on; each record must be accepted."""
    with open_ledger(folder) as ledger:
        ledger.book.submit([envelope.raw for envelope in envelopes], atomic=True).result(60)
