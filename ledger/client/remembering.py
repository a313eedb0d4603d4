"""What a client remembers of a ledger: who it is, whose signature counts, and how far it had come.

A log that is seen once can say anything. Whoever remembers the last checkpoint finds out when the
same log tells another story later. What was not to be believed is kept beside it, as a *dispute*,
and while there is one nothing is believed any more: :meth:`Remembered.settle` ends it, and nothing
else does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ledger.answers.wire import to_wire
from ledger.checkpoint import Checkpoint, VerifierKey
from ledger.client.decoding import from_wire
from ledger.client.evidence import Evidence, checkpoint_in, write_evidence
from ledger.desk.forms import read_json
from ledger.errors import BadQuestion, Damaged, ProofError
from ledger.files import write_once, write_over
from ledger.records import Charter
from ledger.signing import read_signed
from ledger.values import NO_HASH, Hash32, to_hex


@dataclass(frozen=True, slots=True)
class Pin:
    """Which ledger is meant; what a user must have from somebody they trust.

    Attributes:
        ledger_id: the id of its Charter; a server can make up another ledger, but none of this id.
        log_keys: verifier keys that sign its checkpoints. Without them they are taken from the
            Charter that the server gives, which a trade ledger gives only to its parties.

    Raises:
        BadQuestion: a key is none.

    """

    ledger_id: Hash32
    log_keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in self.log_keys:
            VerifierKey.parse(key)

    @classmethod
    def of_charter(cls, envelope: bytes) -> Pin:
        """Take id and keys from a Charter that every governor has signed.

        Raises:
            Refused: it is no envelope.
            BadQuestion: it is no Charter, or a governor has not signed it.

        """
        signed = read_signed(envelope, NO_HASH)
        charter = signed.record
        if not isinstance(charter, Charter) or signed.signers != charter.who.governors:
            raise BadQuestion("charter", "a Charter that every governor in it has signed")
        return cls(Hash32(signed.record_id), charter.what.checkpoint_keys)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Something that was not believed, and where its evidence is kept."""

    evidence: Evidence
    place: str


@dataclass(frozen=True, slots=True)
class Trusted:
    """What is believed of one ledger.

    Attributes:
        ledger_id: the ledger.
        log_keys: the verifier keys of the charter in force, as far as it is known; none at first.
        charter_head: the last Charter or Amendment that they were taken from; zeros if they were
            pinned.
        note: the last checkpoint seen, signed; "" before the first.
        dispute: what nobody has settled yet.

    """

    ledger_id: Hash32
    log_keys: tuple[str, ...] = ()
    charter_head: Hash32 = NO_HASH
    note: str = ""
    dispute: Dispute | None = None

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint seen; it was verified before it was remembered."""
        return checkpoint_in(self.note) if self.note else None


class Remembered(ABC):
    """Where it is remembered: :class:`InFile`, or :class:`InMemory` for as long as a program runs.

    Several clients, in several threads and processes, may share one.
    """

    @abstractmethod
    def load(self) -> Trusted:
        """Return what is believed."""

    @abstractmethod
    def replace(self, before: Trusted, after: Trusted) -> bool:
        """Believe ``after``, if ``before`` is still what is believed; tell whether it was."""

    @abstractmethod
    def keep(self, evidence: Evidence) -> str:
        """Keep evidence; return where it is, in words."""

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint seen; None before the first."""
        return self.load().checkpoint

    def settle(self, believe: Literal["remembered", "served"]) -> None:
        """End the dispute: believe what was remembered, or what came. The evidence stays.

        Nothing but a person can tell which it should be: ask the ledger's operator and others that
        watch it which of the two they see.
        """
        while (before := self.load()).dispute is not None:
            evidence = before.dispute.evidence
            after = replace(before, dispute=None)
            if believe == "served":
                # Under whichever charter it was signed: that is found out again.
                keys = evidence.log_keys
                after = replace(after, note=evidence.served, log_keys=keys, charter_head=NO_HASH)
            self.replace(before, after)


class InMemory(Remembered):
    """Remembers for as long as the program runs.

    Attributes:
        evidence: what was kept.

    """

    def __init__(self, pin: Pin) -> None:
        self._trusted = Trusted(pin.ledger_id, pin.log_keys)
        self._lock = threading.Lock()
        self.evidence: list[Evidence] = []

    def load(self) -> Trusted:
        """Return what is believed."""
        return self._trusted

    def replace(self, before: Trusted, after: Trusted) -> bool:
        """Believe ``after``, if ``before`` is still what is believed; tell whether it was."""
        with self._lock:
            is_still = self._trusted == before
            if is_still:
                self._trusted = after
        return is_still

    def keep(self, evidence: Evidence) -> str:
        """Keep evidence in :attr:`evidence`."""
        self.evidence.append(evidence)
        return "memory"


class InFile(Remembered):
    """Remembers in a file, which is there whole or not at all; evidence lies beside it.

    Args:
        path: the file; a name beside it that ends in ``.lock`` keeps two processes apart.
        pin: which ledger is meant. The keys are used as long as there is no file.

    Raises:
        BadQuestion: the file is about another ledger.
        Damaged: the file is not what was written.

    """

    def __init__(self, path: Path, pin: Pin) -> None:
        self._path = path
        self._pin = pin
        self.load()

    def load(self) -> Trusted:
        """Return what is believed."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return Trusted(self._pin.ledger_id, self._pin.log_keys)
        try:
            trusted = from_wire(read_json(raw), Trusted)
            _ = trusted.checkpoint
        except (ValueError, ProofError):
            raise Damaged("altered", self._path.name, "no memory of a ledger") from None
        if trusted.ledger_id != self._pin.ledger_id:
            raise BadQuestion(self._path.name, f"a memory of {to_hex(self._pin.ledger_id)}")
        return trusted

    def replace(self, before: Trusted, after: Trusted) -> bool:
        """Believe ``after``, if ``before`` is still what is believed; tell whether it was."""
        with self._alone():
            is_still = self.load() == before
            if is_still:
                write_over(self._path, _text_of(after))
        return is_still

    def keep(self, evidence: Evidence) -> str:
        """Keep evidence in a file of its own, named by what is in it; return its path."""
        text = write_evidence(evidence)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._path.with_name(f"{self._path.name}.evidence-{digest}.json")
        with suppress(FileExistsError):  # the very same, seen twice at once
            write_once(path, text)
        return str(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._path.with_name(f"{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _text_of(trusted: Trusted) -> str:
    return json.dumps(to_wire(trusted), indent=2, ensure_ascii=False) + "\n"
