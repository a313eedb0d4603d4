"""A process beside the book, for long work that asks nothing of the ledger's state.

One interpreter runs one thread of Python at a time, so a second core is of use to another process
alone. It computes the ids of records on their way in and recovers their signers, and checks lines
of the log that are read again; both depend on their arguments alone, so nothing that is decided
depends on whether there is a helper. Whoever asks and gets None does the work itself:
there is one core, the helper is not ready, is at work for another, or has failed, after which it is
asked no more.

It is started when it is first of use, hears no signals of the terminal, and ends when its pipe is
closed: by :meth:`Helper.close`, or by the end of the book's process, however that came about.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeAlias

from ledger.book.following import Last, Line, leaves_of
from ledger.errors import AdamantError
from ledger.signing import read_signed
from ledger.values import Address, Hash32

_log = logging.getLogger(__name__)

LEAST: Final = 100
"""Fewer records at once are done sooner than asked for."""

_CORES_LEAST: Final = 2
_AT_ONCE: Final = 64
_ON_THEIR_WAY_MAX: Final = 4
_ANSWER_SECONDS_MAX: Final = 30.0
_END_SECONDS_MAX: Final = 5.0
_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from ledger.book.helper import serve; serve(int(sys.argv[1]))"
)

Signed: TypeAlias = "tuple[Hash32, Hash32, tuple[Address, ...]] | None"
"""A record's id, its root for the log and who signed it; None where its envelope is refused."""


def signed_of(ledger_id: Hash32, raws: Sequence[bytes]) -> list[Signed]:
    """Read several envelopes: the id and the root of each record, and who signed it."""
    return [_signed_if_any(ledger_id, raw) for raw in raws]


def _signed_if_any(ledger_id: Hash32, raw: bytes) -> Signed:
    try:
        signed = read_signed(raw, ledger_id)
    except AdamantError:
        return None
    return signed.record_id, signed.root, signed.signers


def _leaves_if_sound(
    ledger_id: Hash32, following: tuple[Last, Sequence[Line]]
) -> list[Hash32] | list[None]:
    last, lines = following
    try:
        return leaves_of(ledger_id, last, lines)
    except AdamantError:
        return [None] * len(lines)


_ANSWERS: Final[dict[str, Callable[[Hash32, Any], Sequence[object]]]] = {
    "signed": signed_of,
    "leaves": _leaves_if_sound,
}


def serve(descriptor: int) -> None:
    """Do what is asked through a pipe until it is closed; runs in the helper's process."""
    connection = Connection(descriptor)
    try:
        connection.send("ready")
        while True:
            question, ledger_id, asked = connection.recv()
            connection.send(_ANSWERS[question](ledger_id, asked))
    except (EOFError, OSError):
        return


def _cores() -> int:
    ours = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(ours(0)) if ours else os.cpu_count() or 1


class Helper:
    """A helper's process, from the side of who asks it; any thread, one at a time.

    Args:
        cores: how many this process may use; as many as there are, if not said.

    Attributes:
        process: it, from its start to its end.

    """

    def __init__(self, cores: int | None = None) -> None:
        self._turn = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_ready = False
        self._is_over = (_cores() if cores is None else cores) < _CORES_LEAST

    def signed(self, ledger_id: Hash32, raws: Iterable[bytes], count: int) -> list[Signed] | None:
        """Read envelopes: ids and roots of their records, and who signed them.

        Args:
            ledger_id: the ledger they are meant for.
            raws: the envelopes, which are taken one by one while others are at work; not begun
                when None is returned at once.
            count: how many there are at most.

        """
        answers: list[Signed] | None = None
        with self._attempt(count) as connection:
            if connection is not None:
                answers = _passed_through(connection, ledger_id, raws)
        return answers

    def leaves(self, ledger_id: Hash32, last: Last, lines: Sequence[Line]) -> list[Hash32] | None:
        """Check lines that follow another; None where they are not in order, too."""
        answers: list[Hash32 | None] | None = None
        with self._attempt(len(lines)) as connection:
            if connection is not None:
                connection.send(("leaves", ledger_id, (last, lines)))
                answers = _receive(connection, len(lines))
        return None if answers is None or None in answers else answers  # type: ignore[return-value]  # no None

    @contextmanager
    def _attempt(self, count: int) -> Iterator[Connection | None]:
        """Lend the connection if it is free; a failure is the helper's last."""
        if count < LEAST or self._is_over or not self._turn.acquire(blocking=False):
            yield None
            return
        try:
            # Whoever held the turn before may have ended it.
            yield None if self._is_over else self._take_up()
        except (EOFError, OSError) as error:
            _log.warning("a helper failed, and is asked no more: %s", error or "it has ended")
            self._end()
        except BaseException:
            self._end()  # answers on their way would be taken for those to the next question
            raise
        finally:
            self._turn.release()

    def _take_up(self) -> Connection | None:
        if self._connection is None:
            self._start()
        elif not self._is_ready and self._connection.poll():
            self._is_ready = self._connection.recv() == "ready"
        return self._connection if self._is_ready else None

    def _start(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            path = [entry or str(Path.cwd()) for entry in sys.path]
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), *path],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        _bound_waiting(ours)
        self._connection = ours

    def _end(self) -> None:
        self._is_over = True
        was_ready, self._is_ready = self._is_ready, False
        connection, self._connection = self._connection, None
        process, self.process = self.process, None
        if connection is None or process is None:
            return
        connection.close()
        try:
            # One that has not come so far as to be ready has nothing to finish.
            process.wait(_END_SECONDS_MAX if was_ready else 0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the process, when it has answered who is asking; safe to call again."""
        with self._turn:
            self._end()


def _passed_through(
    connection: Connection, ledger_id: Hash32, raws: Iterable[bytes]
) -> list[Signed]:
    """Send envelopes by and by, and receive what is said of them, in order."""
    answers: list[Signed] = []
    on_their_way: deque[int] = deque()  # how many envelopes each question asks about
    left = iter(raws)
    while chunk := list(islice(left, _AT_ONCE)):
        connection.send(("signed", ledger_id, chunk))
        on_their_way.append(len(chunk))
        # Who only sends would find, at last, both ways full.
        if len(on_their_way) == _ON_THEIR_WAY_MAX:
            answers += _receive(connection, on_their_way.popleft())
    for count in on_their_way:
        answers += _receive(connection, count)
    return answers


def _receive(connection: Connection, count: int) -> list:  # type: ignore[type-arg]  # of what was asked for
    """Receive the answer to a question about ``count`` things.

    Raises:
        OSError: none came in time, or it is not of that length: it would be taken for another's.

    """
    if not connection.poll(_ANSWER_SECONDS_MAX):
        raise OSError(f"no answer for {_ANSWER_SECONDS_MAX:g} seconds")
    received = connection.recv()
    if not isinstance(received, list) or len(received) != count:
        raise OSError(f"an answer that is not about {count} things")
    return received


def _bound_waiting(connection: Connection) -> None:
    """Let no read or write of a pipe wait for ever: a process that is stopped does not end it."""
    seconds = struct.pack("ll", int(_ANSWER_SECONDS_MAX), 0)
    with socket.socket(fileno=os.dup(connection.fileno())) as pipe:
        pipe.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
        pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)
