"""The routes that write: one record, or a batch of them, one to a line.

The bytes go to the book as they came; what is said of them here is only how many there may be. A
batch is read to its end before the first of it is done, so that one that is too long, or breaks
off, leaves nothing behind.

Few batches are worked on at a time. A batch has its turn from when all of it is there until every
line is decided and told in memory; neither sending it slowly, nor waiting for an anchor, nor
leaving its answer unread keeps the turn from another. Of single records the short ones are
gathered, and few long ones are read at a time: the others wait, and take no thread.

What arrives, batches and single records alike, has a bounded room in memory, in which the largest
gives way to smaller ones. A long record gives way also while it waits for its turn, and keeps its
share until it was read. A short one gives its share back when all of it is there, since there is
one for each connection at most. A batch gets its turn then, or is let go.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.anchoring import Waited, waited
from api.bodies import Room, Share, TooLarge, read_body
from api.gathering import Gathering
from api.metrics import Metrics
from api.problems import Problem, ProblemError, of_error, of_refusal, problem
from api.rates import charge_records
from api.requests import (
    JSON,
    LINES,
    check_media_type,
    check_names,
    choice_of,
    query_of,
)
from api.responses import as_json, json_response
from ledger.anchor.waiting import Anchored
from ledger.answers.wire import to_wire
from ledger.book import Answer, Book, Line, NotDone, Reached
from ledger.errors import AdamantError, Refusal, Refused, Unavailable
from ledger.limits import LIMITS, DoorLimits

LINES_TAKEN: Final = (LINES, "application/jsonl")
STOPPED: Final = "the ledger has stopped; its operator must look"
CREATED: Final = 201
KNOWN: Final = 200


def answer_shown(answer: Answer) -> dict[str, Any]:
    """Show an answer of the book; the same again for the same record, but for how sure it is."""
    return {
        "status": answer.status,
        "index": answer.index,
        "recordId": to_wire(answer.record_id),
        "recordedAtMs": answer.recorded_at_ms,
        "parcels": to_wire(answer.parcels),
    }


def code_of(answer: Answer) -> int:
    """Return the HTTP status of an answer: created, or known already."""
    return KNOWN if answer.again else CREATED


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line of a batch: its number, from 1, and its bytes."""

    line: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Decided:
    """What became of some lines of a batch, which is told later; the records are let go."""

    numbers: Sequence[int]
    lines: Sequence[Line]


_Step: TypeAlias = bytes | _Decided
"""What is told of some lines of a batch, or will be."""


class Sending:
    """Endpoints that bring records.

    Args:
        book: takes them.
        limits: how much at once.
        metrics: counts what becomes of records, if anything is counted.
        anchored: how far the log is anchored, if it is.

    """

    def __init__(
        self,
        book: Book,
        limits: DoorLimits,
        metrics: Metrics | None = None,
        anchored: Anchored | None = None,
    ) -> None:
        self._book = book
        self._anchored = anchored
        self._metrics = metrics
        self._limits = limits
        self._batches = 0
        self._room = Room(limits.arriving_bytes_max)
        self._gathering = Gathering(self._hand_over, limits.gathered_records_max)
        # What waits in one loop cannot be woken in another.
        self._long_records: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    async def record(self, request: Request) -> Response:
        """Take one record."""
        query = query_of(request)
        check_names(query, "wait")
        wait = self._waited(query)
        check_media_type(request, JSON)
        decided = [await (await self._take(request, wait.of_book))]
        await wait.reach(decided)
        (line,) = wait.reached(decided)
        if not isinstance(line, Answer):
            raise ProblemError(_problem_of(line))
        location = {"location": f"/v1/records/{to_wire(line.record_id)}"}
        return json_response(answer_shown(line), code_of(line), location)

    def _waited(self, query: dict[str, str]) -> Waited:
        return waited(query, self._anchored, self._limits.anchored_seconds_max)

    async def _take(self, request: Request, wait: Reached) -> Awaitable[Line]:
        """Read a record; return what gives its line when awaited, and holds no long one's bytes."""
        with self._room.share() as share:
            raw = await self._body(request, share)
            charge_records(request, 1)
            if len(raw) > self._limits.gathered_record_bytes_max:
                async with self._turn_of_long(share):
                    return _only_line(await self._hand_over([raw], wait))
        return self._gathering.submit(raw, wait)

    async def _body(self, request: Request, share: Share) -> bytes:
        most = LIMITS.record_body_bytes_max
        try:
            return await read_body(request, most, self._limits.body_seconds_max, share)
        except TooLarge:
            expected = f"at most {LIMITS.envelope_bytes_max} bytes"
            raise Refused(Refusal("size", "", expected, "more")) from None

    @asynccontextmanager
    async def _turn_of_long(self, share: Share) -> AsyncIterator[None]:
        """Wait for one of the few turns at reading a long record, and hold it.

        Raises:
            ProblemError: ``unavailable``; the record had to give way before its turn came.

        """
        turns = self._long_records.setdefault(
            asyncio.get_running_loop(), asyncio.Semaphore(self._limits.long_records_at_once_max)
        )
        await _acquire(turns, share)
        try:
            yield
        finally:
            turns.release()

    async def batch(self, request: Request) -> Response:
        """Take many records; answer with one line for each, in their order."""
        query = query_of(request)
        check_names(query, "wait", "atomic")
        wait = self._waited(query)
        is_atomic = choice_of(query, "atomic", "false", "true") == "true"
        check_media_type(request, *LINES_TAKEN)
        with self._room.share() as share:
            body = await self._batch_body(request, share)
        with self._turn():
            envelopes = await run_in_threadpool(lines_of, body)
            del body
            charge_records(request, len(envelopes))
            work = self._all_or_none if is_atomic else self._each
            steps = await work(envelopes, wait)
            del envelopes
        return Response(await _told_once_reached(steps, wait), media_type=LINES)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._batches >= self._limits.batches_at_once_max:
            raise problem("unavailable", "too many batches at once; try again later")
        self._batches += 1
        try:
            yield
        finally:
            self._batches -= 1

    async def _batch_body(self, request: Request, share: Share) -> bytes:
        most = LIMITS.batch_bytes_max
        try:
            return await read_body(request, most, self._limits.body_seconds_max, share)
        except TooLarge:
            expected = f"at most {most} bytes"
            raise problem("body-size", field="body", expected=expected) from None

    async def _hand_over(
        self,
        raws: Sequence[bytes],
        wait: Reached,
        *,
        atomic: bool = False,
        caller: Hashable = None,
    ) -> Future[tuple[Line, ...]]:
        # In a thread: reading envelopes and checking signatures takes its time.
        try:
            promised = await run_in_threadpool(
                self._book.submit, raws, atomic=atomic, wait=wait, caller=caller
            )
        except Unavailable:
            if self._book.fault is None:
                raise
            # Why it stopped is for its operator.
            raise Unavailable(STOPPED) from None
        if self._metrics is not None:
            self._metrics.count_records(promised, len(raws))
        return promised

    async def _all_or_none(self, envelopes: Sequence[Envelope], wait: Waited) -> list[_Step]:
        promised = await self._hand_over(_raws_of(envelopes), wait.of_book, atomic=True)
        lines = await asyncio.wrap_future(promised)
        for envelope, line in zip(envelopes, lines, strict=True):
            if isinstance(line, Refusal):
                raise ProblemError(of_refusal(line, line=envelope.line))
        return [await _step(envelopes, lines, wait)]

    async def _each(self, envelopes: Sequence[Envelope], wait: Waited) -> list[_Step]:
        """Hand a batch over step by step, one step ahead of the answers, and tell each line."""
        step = self._limits.batch_step_records
        steps = [envelopes[at : at + step] for at in range(0, len(envelopes), step)]
        # The steps of one batch stay in order, and take turns with the records of others.
        caller = object()
        told: list[_Step] = []
        ahead: Future[tuple[Line, ...]] | None = None
        failed: Problem | None = None
        for number in range(len(steps) + 1):
            following: Future[tuple[Line, ...]] | None = None
            if number < len(steps) and failed is None:
                try:
                    raws = _raws_of(steps[number])
                    following = await self._hand_over(raws, wait.of_book, caller=caller)
                except AdamantError as error:
                    failed = of_error(error)
            if number:
                told.append(await _answered(steps[number - 1], ahead, failed, wait))
            ahead = following
        return told


async def _answered(
    envelopes: Sequence[Envelope],
    promised: Future[tuple[Line, ...]] | None,
    failed: Problem | None,
    wait: Waited,
) -> _Step:
    """Tell the lines of one step, or of each that its outcome is not known or it was not done."""
    if promised is not None:
        try:
            lines = await asyncio.wrap_future(promised)
        except AdamantError as error:
            failed = of_error(error)
        else:
            return await _step(envelopes, lines, wait)
    return await run_in_threadpool(_told_all, envelopes, failed or Problem("internal"))


async def _step(envelopes: Sequence[Envelope], lines: Sequence[Line], wait: Waited) -> _Step:
    """Tell lines at once, or keep what became of them until what is waited for is reached."""
    numbers = [envelope.line for envelope in envelopes]
    if wait.is_for_anchor:
        return _Decided(numbers, lines)
    return await run_in_threadpool(_told, numbers, lines)


async def _told_once_reached(steps: Sequence[_Step], wait: Waited) -> bytes:
    await wait.reach(line for step in steps if isinstance(step, _Decided) for line in step.lines)

    def told() -> bytes:
        return b"".join(
            _told(step.numbers, wait.reached(step.lines)) if isinstance(step, _Decided) else step
            for step in steps
        )

    return await run_in_threadpool(told)


async def _acquire(turns: asyncio.Semaphore, share: Share) -> None:
    """Wait for a turn; as long as there is none, the share may have to give way to smaller ones."""
    why: list[ProblemError] = []
    waiting = asyncio.timeout(None)

    def give_up(told: ProblemError) -> None:
        why.append(told)
        waiting.reschedule(0)

    try:
        async with waiting:
            with share.arriving(give_up):
                await turns.acquire()
    except TimeoutError:
        raise why[0] from None


async def _only_line(promised: Future[tuple[Line, ...]]) -> Line:
    (line,) = await asyncio.wrap_future(promised)
    return line


def _raws_of(envelopes: Sequence[Envelope]) -> list[bytes]:
    return [envelope.raw for envelope in envelopes]


def _told(numbers: Sequence[int], lines: Sequence[Line]) -> bytes:
    return b"".join(_told_line(*pair) for pair in zip(numbers, lines, strict=True))


def _told_all(envelopes: Sequence[Envelope], told: Problem) -> bytes:
    return b"".join(_told_problem(envelope.line, told) for envelope in envelopes)


def _told_line(number: int, line: Line) -> bytes:
    if isinstance(line, Answer):
        plain = {"line": number, "code": code_of(line), **answer_shown(line)}
        return as_json(plain) + b"\n"
    return _told_problem(number, _problem_of(line))


def _told_problem(number: int, told: Problem) -> bytes:
    document = told.document()
    plain = {"line": number, "code": document["status"], "problem": document}
    return as_json(plain) + b"\n"


def _problem_of(line: Refusal | NotDone) -> Problem:
    if isinstance(line, Refusal):
        return of_refusal(line)
    return Problem("not-done", f"line {line.refused_line} was refused")


def lines_of(body: bytes) -> list[Envelope]:
    """Cut the body of a batch into its lines; empty ones are counted, and get no answer.

    The last line may lack its end, but must then be whole JSON.

    Raises:
        ProblemError: ``batch-records``, ``batch-truncated`` or ``batch-empty``.

    """
    if body.count(b"\n") > LIMITS.batch_records_max:
        expected = f"at most {LIMITS.batch_records_max} lines"
        raise problem("batch-records", field="body", expected=expected)
    lines = body.split(b"\n")
    envelopes = [Envelope(number, raw) for number, raw in enumerate(lines, start=1) if raw]
    if not envelopes:
        raise problem("batch-empty", field="body", expected="a record on each line")
    if lines[-1] and not _is_whole(lines[-1]):
        raise problem("batch-truncated", field="body", expected="a last line that is whole JSON")
    return envelopes


def _is_whole(raw: bytes) -> bool:
    """Tell whether a last line is JSON to its end; whether it is a record is for the book to say.

    What is longer or deeper than any record is not looked through, and counts as broken off.
    """
    if len(raw) > LIMITS.record_body_bytes_max:
        return False
    try:
        json.loads(raw.decode(), parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True
