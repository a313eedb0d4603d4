"""The desk of a server: the same questions over HTTP, and its problems as the ledger's errors.

Nothing a server says is believed here; whoever needs to be sure checks it
(:mod:`ledger.desk.checking`). An answer that has not the form it must have is ``Unavailable``: what
answered is no server of a ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import httpx2

from ledger import __version__
from ledger.answers import find
from ledger.book import Answer, Line, NotDone, Reached
from ledger.desk.asking import Desk, Plain
from ledger.desk.forms import has_form
from ledger.desk.problems import error_of, refusal_of
from ledger.errors import AdamantError, Refused, Unavailable
from ledger.values import HASH_BYTES, Hash32, Milliseconds, RecordId, from_hex

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 120.0
UNKNOWN: Final = "whether it was recorded is unknown: send the very same envelope again"
_KNOWN_ALREADY: Final = 200
_NDJSON: Final = {"content-type": "application/x-ndjson"}


class RemoteDesk(Desk):
    """Asks a server, and hands in to it.

    Args:
        client: what speaks to the server; its base address is the server's.
        url: the server's address, for messages.

    """

    is_remote: ClassVar[bool] = True

    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url

    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API."""
        try:
            response = self._client.get(path, params=given)
        except httpx2.HTTPError as error:
            raise self._away(error) from None
        self._check(response)
        plain = self._read(response.content)
        question, _ = find(path)
        if not has_form(plain, question.shape):
            raise self._stranger()
        answer: Plain = plain
        return answer

    def append(
        self, envelopes: Sequence[bytes], *, wait: Reached = "checkpointed", atomic: bool = False
    ) -> list[Line]:
        """Hand envelopes in, all in one request."""
        query = {"wait": wait, "atomic": "true" if atomic else "false"}
        body = b"".join(envelope + b"\n" for envelope in envelopes)
        try:
            response = self._client.post(
                "/v1/records/batch", params=query, content=body, headers=_NDJSON
            )
        except httpx2.ConnectError as error:
            raise self._away(error) from None
        except httpx2.HTTPError as error:
            raise Unavailable(f"{self._away(error)}; {UNKNOWN}") from None
        try:
            self._check(response)
        except Refused as refused:
            return self._none_done(refused, response, len(envelopes))
        lines = [self._line(self._read(line)) for line in response.content.splitlines()]
        if len(lines) != len(envelopes):
            raise Unavailable(f"{self._url} broke off its answer; {UNKNOWN}")
        return lines

    # -- reading what came -------------------------------------------------------------------

    def _away(self, error: httpx2.HTTPError) -> Unavailable:
        return Unavailable(f"no answer from {self._url}: {str(error) or type(error).__name__}")

    def _stranger(self) -> Unavailable:
        return Unavailable(f"{self._url} does not answer as a server of a ledger does")

    def _read(self, raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise self._stranger() from None

    def _check(self, response: httpx2.Response) -> None:
        if not response.is_success:
            raise self._error(response.status_code, self._read(response.content))

    def _error(self, status: int, problem: object) -> AdamantError:
        return error_of(status, problem) or self._stranger()

    def _none_done(self, refused: Refused, response: httpx2.Response, count: int) -> list[Line]:
        """Return the lines of an atomic batch that was refused whole."""
        number = self._read(response.content).get("line")
        if type(number) is not int or not 1 <= number <= count:
            raise refused
        lines: list[Line] = [NotDone(number) for _ in range(count)]
        lines[number - 1] = refused.refusal
        return lines

    def _line(self, plain: Any) -> Line:  # noqa: ANN401 - any JSON value
        try:
            if "problem" in plain:
                return self._refusal(plain["code"], plain["problem"])
            return Answer(
                plain["status"],
                int(plain["index"]),
                RecordId(_hash(plain["recordId"])),
                Milliseconds(int(plain["recordedAtMs"])),
                tuple(_hash(parcel) for parcel in plain["parcels"]),
                again=plain["code"] == _KNOWN_ALREADY,
            )
        except (KeyError, TypeError, ValueError):
            raise self._stranger() from None

    def _refusal(self, status: int, problem: dict[str, Any]) -> Line:
        error = self._error(status, problem)
        if isinstance(error, Refused):
            return refusal_of(problem)
        raise Unavailable(f"{error}; {UNKNOWN}")


def _hash(text: str) -> Hash32:
    value = from_hex(text, HASH_BYTES)
    if value is None:
        raise ValueError("no hash")
    return Hash32(value)


@contextmanager
def remote_desk(url: str) -> Iterator[RemoteDesk]:
    """Open the desk of a server; nothing is sent before something is asked."""
    headers = {"accept": "application/json", "user-agent": f"adamant/{__version__}"}
    timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    base = url.rstrip("/")
    # A proxy of the environment is for the web, not for a ledger on this machine.
    is_here = httpx2.URL(base).host in ("127.0.0.1", "localhost", "::1")
    with httpx2.Client(
        base_url=base, headers=headers, timeout=timeout, trust_env=not is_here
    ) as client:
        yield RemoteDesk(client, base)
