"""64 clients race to spend the same parcel: one of them does, and the others are told so.

Each has its own connection, and waits at the start for all the others. Every record is signed by
who may sign it, and would be accepted if it came alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from ledger import drafts
from ledger.canonical import Envelope
from ledger.demo.scribe import Actor
from ledger.drafts import Goods, Loss, Output, Work
from ledger.limits import DoorLimits
from ledger.values import to_hex
from tests.system.auditing import under_audit
from tests.system.clients import Client, Message, Told, client_of
from tests.system.crew import Crew, found
from tests.system.serving import Server, serving
from tests.trials import dice, seed, trials

RACERS = 64
BUYERS = 24
BATCHES = DoorLimits().batches_at_once_max  # with more, some would be told to try later
WEIGHT = 64_000
LOST = {"parcel-offered", "parcel-spent", "parcel-held", "not-custodian", "stale-previous"}

pytestmark = pytest.mark.long


class Track:
    """A server, and the crew whose records race."""

    def __init__(self, crew: Crew, server: Server) -> None:
        self.crew = crew
        self.server = server
        self.url, self.token = server.url(), server.token()
        with client_of(self.url) as client:
            self.size = client.ask("/v1/status")["size"]  # grows with each record accepted
        self.buyers = [crew.actors[f"trader-{number}"] for number in range(BUYERS)]

    def prepare(self) -> Goods:
        """Have the miner register a parcel."""
        goods = self.crew.register(self.crew.actors["miner-bw"], self.crew.site, WEIGHT, 0, "")
        self.say(*self.crew.take())
        return goods

    def say(self, *envelopes: Envelope) -> None:
        """Send records that must be accepted."""
        with client_of(self.url) as client:
            told = client.send(Message(envelopes, is_batch=True, atomic=True))
        self.size += len(envelopes)
        assert [line.code for line in told] == [201] * len(envelopes)

    def race(self, messages: Sequence[Message]) -> list[list[Told]]:
        """Let a client for each message start at once; return what each was told."""
        barrier = Barrier(len(messages))

        def run(message: Message) -> list[Told]:
            with client_of(self.url) as client:
                client.connect()
                barrier.wait()
                return client.send(message)

        with ThreadPoolExecutor(len(messages)) as pool:
            told = list(pool.map(run, messages))
        self.size += sum(line.code == 201 for lines in told for line in lines)
        return told

    # -- what may be said of one parcel ------------------------------------------------------

    def ways_to_spend(self, goods: Goods) -> Iterator[Envelope]:
        """Yield offers to different parties, and different transformations, of a parcel held."""
        crew, miner = self.crew, self.crew.actors["miner-bw"]
        for buyer in self.buyers:
            yield self._offer(goods, miner, buyer)
        for number in range(RACERS - BUYERS):
            part = crew.random.randrange(1, WEIGHT)
            if number % 2:
                outputs, losses = [Output(part), Output(WEIGHT - part)], {}
                operation = "split"
            else:
                outputs = [Output(part, hs_code=goods.hs_code)]
                losses, operation = {"cleaning": Loss(WEIGHT - part)}, "reweigh"
            record = drafts.transformation(
                miner.speaker, crew.moment(), operation, [goods], Work(outputs, losses)
            )
            yield crew.sign(record, miner)

    def _offer(self, goods: Goods, sender: Actor, buyer: Actor) -> Envelope:
        speaker = buyer.speaker
        record = drafts.handoff(
            sender.speaker, self.crew.moment(), goods, speaker.author, speaker.country
        )
        return self.crew.sign(record, sender)

    def ways_to_settle(self, goods: Goods) -> Iterator[Envelope]:
        """Offer a parcel, then yield takings back, takings over and refusals of that offer."""
        crew, miner, buyer = self.crew, self.crew.actors["miner-bw"], self.buyers[0]
        offered = crew.offer(goods, miner, buyer, "sale")
        self.say(*crew.take())
        for number in range(RACERS):
            moment, sort = crew.moment(), number % 3
            if sort == 0:
                record = drafts.withdrawal(miner.speaker, moment, offered)
            else:
                record = drafts.receipt(
                    buyer.speaker, moment, offered, miner.address, weight_millicarats=WEIGHT,
                    **({} if sort == 1 else {"operation": "refuse", "reason": "goods"}),
                )  # fmt: skip
            yield crew.sign(record, miner if sort == 0 else buyer)

    def messages(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Make a message of each record; in some another one stands and falls with it."""
        crew = self.crew
        found = []
        batches = crew.random.sample(range(len(envelopes)), BATCHES)
        for at, envelope in enumerate(envelopes):
            wait = crew.random.choice(("sequenced", "checkpointed"))
            if at not in batches:
                found.append(Message((envelope,), wait))
            elif crew.random.random() < 0.3:
                found.append(Message((envelope,), wait, is_batch=True))
            else:
                crew.register(crew.actors["miner-bw"], crew.site, 1_000, 0, "")
                found.append(Message((*crew.take(), envelope), wait, is_batch=True, atomic=True))
        crew.random.shuffle(found)
        return found


@pytest.fixture
def track(tmp_path: Path) -> Iterator[Track]:
    crew = Crew(dice("system.races"))
    folder = found(tmp_path / "ledger", crew, more_traders=BUYERS)
    with serving(folder) as server:
        yield Track(crew, server)


def check_race(track: Track, goods: Goods, messages: Sequence[Message]) -> Counter[str]:
    """Run a race; one message is accepted whole, of the others nothing. Return the refusals."""
    told = track.race(messages)
    winners = [at for at, lines in enumerate(told) if lines[-1].is_acknowledged]
    assert len(winners) == 1, [[line.code for line in lines] for lines in told]
    won = told[winners[0]]
    assert [line.code for line in won] == [201] * len(messages[winners[0]].envelopes)
    refusals: Counter[str] = Counter()
    with client_of(track.url, track.token) as client:
        for at, (message, lines) in enumerate(zip(messages, told, strict=True)):
            if at != winners[0]:
                (line,) = lines  # an atomic batch is refused whole
                assert line.code in (409, 422), line
                assert line.rule in LOST, line
                refusals[line.rule] += 1
                if message.atomic:
                    check_is_absent(track, client, message)
        parcel = client.ask(f"/v1/parcels/{to_hex(goods.parcel)}")
    assert parcel["last"]["recordId"] == won[-1].plain["recordId"]
    return refusals


def check_is_absent(track: Track, client: Client, message: Message) -> None:
    for envelope in message.envelopes:
        path = f"/v1/records/{to_hex(track.crew.id_of(envelope))}"
        assert client.request("GET", path).status == 404


def check_audit(track: Track) -> None:
    """Stop the server; the audit finds no fault, and the log holds what was acknowledged alone."""
    assert track.server.stop() == 0
    with under_audit(track.server.folder) as (under, faults):
        assert faults == []
        assert under.log is not None
        with under.log.view() as view:
            assert view.head().size == track.size


def test_of_64_that_spend_a_parcel_at_once_one_wins(
    track: Track, record_property: pytest.RecordProperty
) -> None:
    refusals: Counter[str] = Counter()
    races = trials("system.races")
    for number in range(races):
        goods = track.prepare()
        is_settling = number % 4 == 3
        ways = track.ways_to_settle(goods) if is_settling else track.ways_to_spend(goods)
        messages = track.messages(list(ways))
        refusals += check_race(track, goods, messages)
    told = ", ".join(f"{count} {rule}" for rule, count in sorted(refusals.items()))
    record_property("figure", f"{races} races of {RACERS} with seed {seed()}: losers got {told}")
    check_audit(track)


def test_of_64_that_send_the_same_record_one_creates_it_and_all_get_its_answer(
    track: Track,
) -> None:
    for _ in range(max(1, trials("system.races") // 10)):
        crew = track.crew
        crew.register(crew.actors["miner-bw"], crew.site, WEIGHT, 0, "")
        (envelope,) = crew.take()
        messages = [
            Message((envelope,), crew.random.choice(("sequenced", "checkpointed")), at < BATCHES)
            for at in range(RACERS)
        ]
        told = [line for (line,) in track.race(messages)]
        assert Counter(line.code for line in told) == {201: 1, 200: RACERS - 1}
        names = ("index", "recordId", "recordedAtMs", "parcels")
        assert len({str([line.plain[name] for name in names]) for line in told}) == 1
    check_audit(track)
