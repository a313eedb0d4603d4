"""Handing records in, so that each is in the ledger once, however often its answer is lost.

A record is known by its id, which follows from its bytes: the very same envelope, sent again, is
answered as it was the first time, and adds nothing. So what was lost is sent again, and what a rule
refused is not.

When trying is over and no answer settled it, :class:`OutcomeUnknown` says so: the record may be in
the ledger, or may still come in, or not. Keep the envelope, and send the very same one again later.
Do not sign another record in its place: if the first was taken, the two would exclude each other at
best, and both count at worst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from ledger.answers.shapes import Status
from ledger.book import NotDone
from ledger.checkpoint import Checkpoint
from ledger.client.asking import Asking, Manner
from ledger.client.exchange import Reply, Request, Steps, pause
from ledger.client.patience import RETRIED, Outcome, patiently
from ledger.client.trusting import Trusting
from ledger.desk.answering import about
from ledger.desk.problems import refusal_of
from ledger.desk.remote import UNKNOWN
from ledger.errors import BadQuestion, Refusal, Refused, Unavailable
from ledger.limits import LIMITS
from ledger.rules import touches
from ledger.signing import SignedRecord, read_signed
from ledger.values import Hash32, ParcelId, RecordId, to_hex

_KNOWN_ALREADY: Final = 200
_SUCCESS: Final = range(200, 300)
_LINES: Final = (("content-type", "application/x-ndjson"),)
_JSON: Final = (("content-type", "application/json"),)


class OutcomeUnknown(Unavailable):
    """Whether records were recorded is not known.

    Attributes:
        record_ids: theirs.

    """

    def __init__(self, why: str, record_ids: Sequence[RecordId]) -> None:
        super().__init__(f"{why}; {UNKNOWN}")
        self.record_ids = tuple(record_ids)


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that is in the ledger.

    Attributes:
        index: its position in the log.
        record_id: its id, computed here.
        recorded_at_ms: the ledger's own time for it.
        parcels: the parcels that it made or advanced, outputs last; computed here.
        status: how much of that is certain, by the server's word.
        again: whether it had been recorded before.
        checkpoint: the believed checkpoint that proves index and time; None where no proof was
            asked for, so that both are the server's word.

    """

    index: int
    record_id: RecordId
    recorded_at_ms: int
    parcels: tuple[ParcelId, ...]
    status: Status
    again: bool
    checkpoint: Checkpoint | None


Line: TypeAlias = Sent | Refusal | NotDone
"""What became of one record of a batch."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """The answer about a record that was accepted."""

    status: Literal["sequenced", "checkpointed"]
    index: int
    record_id: Hash32
    recorded_at_ms: int
    parcels: tuple[Hash32, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """What every line of the answer to a batch has."""

    line: int
    code: int


@dataclass(frozen=True, slots=True)
class _NotTaken(_Line):
    """The line about a record that was not accepted."""

    problem: Mapping[str, Any]


class Sending:
    """Hands records in.

    Args:
        manner: how often it is tried.
        asking: reads what comes.
        trusting: what is believed.

    """

    def __init__(self, manner: Manner, asking: Asking, trusting: Trusting) -> None:
        self._manner = manner
        self._asking = asking
        self._trusting = trusting

    def send(self, envelope: bytes, *, checked: bool) -> Steps[Sent]:
        """Hand one envelope in."""
        signed = read_signed(envelope, self._trusting.settled().ledger_id)
        request = Request("POST", "/v1/records", _wait(checked), _JSON, envelope)
        outcome = yield from patiently(request, self._manner.backoff())
        reply = self._answered(outcome, [signed])
        if reply.status not in _SUCCESS:
            raise self._asking.failure(reply)
        sent = self._sent(signed, self._told(reply.body, [signed]), reply.status)
        return (yield from self._proved(signed, sent)) if checked else sent

    def send_all(
        self, envelopes: Sequence[bytes], *, atomic: bool, checked: bool
    ) -> Steps[tuple[Line, ...]]:
        """Hand envelopes in; those that a busy server left undecided are sent again."""
        ledger_id = self._trusting.settled().ledger_id
        if len(envelopes) > LIMITS.batch_records_max:
            raise BadQuestion("batch", f"at most {LIMITS.batch_records_max} records")
        all_signed = [read_signed(envelope, ledger_id) for envelope in envelopes]
        decided: dict[int, Line] = {}
        waiting = list(range(len(all_signed)))
        backoff = self._manner.backoff()
        while waiting:
            signed = [all_signed[at] for at in waiting]
            outcome = yield from patiently(_batch(signed, atomic, checked), backoff)
            told = self._lines(self._answered(outcome, signed), signed)
            decided |= {waiting[at]: line for at, line in told.items()}
            waiting = [at for at in waiting if at not in decided]
            if waiting:
                yield from pause(self._again(backoff.next_pause_seconds(), all_signed, waiting))
        if checked:
            for at, line in decided.items():
                if isinstance(line, Sent):
                    decided[at] = yield from self._proved(all_signed[at], line)
        return tuple(decided[at] for at in range(len(all_signed)))

    def _proved(self, signed: SignedRecord, sent: Sent) -> Steps[Sent]:
        prove = self._trusting.prove(sent.index, signed.root, sent.recorded_at_ms)
        checkpoint = yield from prove
        told = (sent.index, sent.record_id, sent.recorded_at_ms, sent.parcels)
        return Sent(*told, "checkpointed", sent.again, checkpoint)

    # -- reading what came -------------------------------------------------------------------

    def _answered(self, outcome: Outcome, signed: Sequence[SignedRecord]) -> Reply:
        """Return a reply that settles what became of the records, or of some of them."""
        came = outcome.came
        if isinstance(came, Reply) and came.status in _SUCCESS:
            return came
        error = self._asking.failure(came)
        if isinstance(came, Reply) and isinstance(error, Refused):
            return came
        # What came is nothing that a ledger says of a record, or that the server failed.
        is_none = isinstance(came, Reply) and isinstance(error, Unavailable)
        is_settled = not is_none or (isinstance(came, Reply) and came.status in RETRIED)
        if is_settled and not outcome.is_unknown:
            raise error
        raise OutcomeUnknown(str(error), [one.record_id for one in signed])

    def _told(self, raw: bytes, signed: Sequence[SignedRecord]) -> Any:  # noqa: ANN401 - JSON
        try:
            return self._asking.read(raw)
        except Unavailable as error:
            raise OutcomeUnknown(str(error), [one.record_id for one in signed]) from None

    def _sent(self, signed: SignedRecord, plain: Any, code: int) -> Sent:  # noqa: ANN401 - JSON
        try:
            taken = self._asking.made(plain, _Taken)
        except Unavailable as error:
            raise OutcomeUnknown(str(error), [signed.record_id]) from None
        parcels = touches(signed.record, signed.record_id)
        named = [to_hex(parcel) for parcel in parcels]
        about(plain, "record", recordId=to_hex(signed.record_id), parcels=named)
        again = code == _KNOWN_ALREADY
        at_ms = taken.recorded_at_ms
        record_id = signed.record_id
        return Sent(taken.index, record_id, at_ms, parcels, taken.status, again, None)

    def _lines(self, reply: Reply, signed: Sequence[SignedRecord]) -> dict[int, Line]:
        """Return what is told of each record that is decided, by its place in the batch."""
        if reply.status not in _SUCCESS:
            return self._none_done(reply, signed)
        whole, _, _ = reply.body.rpartition(b"\n")  # a line that broke off tells nothing
        decided: dict[int, Line] = {}
        for at, raw in enumerate(whole.split(b"\n") if whole else ()):
            plain = self._told(raw, signed)
            line = self._line(plain, at, signed)
            if line is not None:
                decided[at] = line
        return decided

    def _line(self, plain: Any, at: int, signed: Sequence[SignedRecord]) -> Line | None:  # noqa: ANN401 - JSON
        unknown = [one.record_id for one in signed]
        is_taken = isinstance(plain, dict) and "problem" not in plain
        try:
            head = self._asking.made(plain, _Line if is_taken else _NotTaken)
            if head.line != at + 1 or at >= len(signed):
                raise self._asking.stranger()
        except Unavailable as error:
            raise OutcomeUnknown(str(error), unknown) from None
        if not isinstance(head, _NotTaken):
            return self._sent(signed[at], plain, head.code)
        if head.code in RETRIED:
            return None
        told = self._asking.problem(head.code, head.problem)
        if isinstance(told, Refused):
            return refusal_of(dict(head.problem))
        raise OutcomeUnknown(str(told), unknown)

    def _none_done(self, reply: Reply, signed: Sequence[SignedRecord]) -> dict[int, Line]:
        """Return the lines of an atomic batch that was refused whole."""
        problem = self._told(reply.body, signed)
        number = problem.get("line")
        if type(number) is not int or not 1 <= number <= len(signed):
            raise self._asking.failure(reply)
        lines: dict[int, Line] = {at: NotDone(number) for at in range(len(signed))}
        lines[number - 1] = refusal_of(problem)
        return lines

    def _again(
        self, seconds: float | None, signed: Sequence[SignedRecord], waiting: Sequence[int]
    ) -> float:
        if seconds is None:
            why = f"{self._manner.url} could not decide {len(waiting)} records"
            raise OutcomeUnknown(why, [signed[at].record_id for at in waiting])
        return seconds


def _wait(checked: bool) -> tuple[tuple[str, str], ...]:  # noqa: FBT001 - one of two words
    return (("wait", "checkpointed" if checked else "sequenced"),)


def _batch(signed: Sequence[SignedRecord], atomic: bool, checked: bool) -> Request:  # noqa: FBT001 - two choices of a query
    query = (*_wait(checked), ("atomic", "true" if atomic else "false"))
    body = b"".join(one.envelope.raw + b"\n" for one in signed)
    return Request("POST", "/v1/records/batch", query, _LINES, body)
