"""Load: several clients that send at once, and remember what they were told.

Each client sends its own messages in their order. What it was not told the end of it sends again,
the very same bytes, when there is a server again: so it goes on from wherever a kill left it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from ledger.canonical import Envelope
from ledger.values import to_hex
from tests.system.clients import Client, CutOff, Message, Told, client_of
from tests.system.crew import Crew

LINES_MAX = 24
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a client was promised: this record has this index and this time, and is that sure."""

    record_id: str
    index: int
    recorded_at_ms: int
    is_checkpointed: bool

    @classmethod
    def of(cls, told: Told) -> Acknowledgement:
        """Read it from an answer."""
        plain = told.plain
        status = plain["status"]
        return cls(
            plain["recordId"], plain["index"], plain["recordedAtMs"], status == "checkpointed"
        )


def messages(crew: Crew, lives: Iterator[Envelope], count: int) -> list[Message]:
    """Cut what is to be sent into single records and batches of every sort."""
    found = []
    for _ in range(count):
        wait = crew.random.choice(("sequenced", "checkpointed"))
        is_batch = crew.random.random() < 0.4
        size = crew.random.randint(1, LINES_MAX) if is_batch else 1
        atomic = is_batch and crew.random.random() < 0.5
        found.append(Message(tuple(islice(lives, size)), wait, is_batch, atomic))
    return found


class Sender:
    """One client: what it has still to send, and what it was told so far."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._lives = crew.lives()
        self.waiting: list[Message] = []  # the first may be on its way
        self.acknowledged: list[Acknowledgement] = []
        self.refused: list[Told] = []
        self.cut_offs = 0
        self.error: BaseException | None = None

    def prepare(self, count: int) -> None:
        """Sign ahead, so that sending costs no time."""
        self.waiting += messages(self._crew, self._lives, count - len(self.waiting))

    def run(self, url: str, is_over: threading.Event) -> None:
        """Send until there is no server, nothing left, or it is over."""
        try:
            with client_of(url) as client:
                while self.waiting and not is_over.is_set():
                    self._send(client)
        except CutOff:
            pass
        except BaseException as error:  # an error of this test: told in its own thread
            self.error = error

    def _send(self, client: Client) -> None:
        """Send the first message; it waits on until all of it is acknowledged."""
        message = self.waiting[0]
        try:
            told = client.send(message)
        except CutOff as cut:
            self.cut_offs += 1
            self._note(cut.told)
            raise
        if self._note(told) == len(message.envelopes):
            self.waiting.pop(0)

    def _note(self, told: Sequence[Told]) -> int:
        """Remember what was told; return how much of it was acknowledged."""
        acknowledged = [Acknowledgement.of(line) for line in told if line.is_acknowledged]
        self.acknowledged += acknowledged
        # Told to try later, it does; any other refusal is a fault of the server, or of this test.
        others = [line for line in told if not line.is_acknowledged and line.code != UNAVAILABLE]
        self.refused += others
        return len(acknowledged)


class Watcher:
    """A client that asks for the last checkpoint again and again, and remembers each."""

    def __init__(self) -> None:
        self.notes: dict[int, str] = {}
        self.error: BaseException | None = None

    def run(self, url: str, is_over: threading.Event) -> None:
        """Look until there is no server or it is over."""
        try:
            with client_of(url) as client:
                while not is_over.wait(0.003):
                    plain = client.ask("/v1/checkpoint")
                    self.notes[plain["size"]] = plain["note"]
        except CutOff:
            pass
        except BaseException as error:  # an error of this test: told in its own thread
            self.error = error


class Load:
    """Several senders and a watcher, over one server after the other of the same ledger."""

    def __init__(self, crew: Crew, senders: int) -> None:
        self.senders = [Sender(crew) for _ in range(senders)]
        self.watcher = Watcher()

    def prepare(self, count: int) -> None:
        """Let every sender have so many messages at hand."""
        for sender in self.senders:
            sender.prepare(count)

    @contextmanager
    def running(self, url: str) -> Iterator[None]:
        """Send, until the context ends and all is told, or the server is gone."""
        is_over = threading.Event()
        workers = [*self.senders, self.watcher]
        threads = [threading.Thread(target=w.run, args=(url, is_over)) for w in workers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
        for worker in workers:
            if worker.error is not None:
                raise worker.error

    @property
    def acknowledged(self) -> list[Acknowledgement]:
        """Everything that was ever promised to anybody."""
        return [ack for sender in self.senders for ack in sender.acknowledged]

    @property
    def refused(self) -> list[Told]:
        """What was told of records that were not taken: nothing, unless something is wrong."""
        return [told for sender in self.senders for told in sender.refused]

    @property
    def unanswered(self) -> Sequence[Message]:
        """What was on its way to each sender's last server and has not been answered whole."""
        return [sender.waiting[0] for sender in self.senders if sender.waiting]


def ids_of(crew: Crew, message: Message) -> list[str]:
    """Return the ids of a message's records, as they are written on the wire."""
    return [to_hex(crew.id_of(envelope)) for envelope in message.envelopes]
