"""The desk of a server: the same questions over HTTP, and its problems as the ledger's errors.

Nothing a server says is believed here; whoever needs to be sure checks it
(:mod:`ledger.desk.checking`). An answer that has not the form it must have is ``Unavailable``: what
answered is no server of a ledger. So is one that has more bytes, or takes longer, than any answer
needs; none is taken compressed, so that its size is that of what was sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import httpx2

from ledger import __version__
from ledger.answers import find
from ledger.answers.shapes import LinkShown
from ledger.book import Answer, Line, NotDone, Status
from ledger.desk.answering import about
from ledger.desk.asking import Desk, Plain
from ledger.desk.forms import has_form, read_json
from ledger.desk.private import Act, check_shown, has_private_form, request_of
from ledger.desk.problems import error_of, refusal_of
from ledger.desk.reading import hash_of
from ledger.desk.signing_in import sign_in_body, token_in
from ledger.errors import AdamantError, BadQuestion, Refused, Unavailable
from ledger.keys import Signer
from ledger.limits import LIMITS
from ledger.values import Address, Hash32, Milliseconds, ParcelId, to_hex

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 120.0
TOO_SOON_SECONDS: Final = 120.0
TOO_SOON_TIMES: Final = 10
UNKNOWN: Final = "whether it was recorded is unknown: send the very same envelope again"
_KNOWN_ALREADY: Final = 200
_SIGN_IN: Final = 401
_TOO_SOON: Final = 429
_WAIT_DIGITS: Final = 4
_WAIT_SECONDS: Final = 5
_NDJSON: Final = {"content-type": "application/x-ndjson"}
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class _Taken:
    """The line of a batch's answer about a record that was accepted."""

    line: int
    code: int
    status: Status
    index: int
    record_id: Hash32
    recorded_at_ms: int
    parcels: tuple[Hash32, ...]


@dataclass(frozen=True, slots=True)
class _NotTaken:
    """The line about one that was not."""

    line: int
    code: int
    problem: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came over HTTP: the status, all of the body, and how long to wait if it was too soon."""

    status: int
    body: bytes
    wait_seconds: int = 0


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
        self._reader: Callable[[], Signer | None] | None = None
        self._signed_in_as: Address | None = None

    def read_by(self, signer: Callable[[], Signer | None]) -> None:
        """Sign in by a key when a question needs it; see :meth:`Desk.read_by`."""
        self._reader = signer

    @property
    def reader(self) -> Address | None:
        """The key that signed in; see :attr:`Desk.reader`."""
        return self._signed_in_as

    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API."""
        reply = self._get(path, given)
        if reply.status == _SIGN_IN and self._sign_in():
            reply = self._get(path, given)
        self._check(reply)
        plain = self._read(reply.body)
        question, _ = find(path)
        if not has_form(plain, question.shape):
            raise self._stranger()
        answer: Plain = plain
        return answer

    def _get(self, path: str, given: Mapping[str, str | int]) -> _Reply:
        try:
            return self._exchange("GET", path, params=given)
        except httpx2.HTTPError as error:
            raise self._away(error) from None

    def _sign_in(self) -> bool:
        """Sign in, if there is a key to do it by; each time that a question needs it, once.

        Raises:
            Refused: the key opens nothing there.
            Unavailable: the server does not let anyone sign in, or does not answer.

        """
        signer = None if self._reader is None else self._reader()
        if signer is None:
            return False
        nonce = self._post("/v1/sign-in/nonce", None).get("nonce")
        now_ms = time.time_ns() // 1_000_000
        token = token_in(self._post("/v1/sign-in", sign_in_body(self._url, nonce, signer, now_ms)))
        if token is None:
            raise self._stranger()
        self._client.headers["authorization"] = f"Bearer {token}"
        self._signed_in_as = signer.address
        return True

    def _post(self, path: str, body: Mapping[str, str] | None) -> dict[str, Any]:
        # A token that ended would only be refused again.
        self._client.headers.pop("authorization", None)
        try:
            reply = self._exchange("POST", path, **({} if body is None else {"json": body}))
        except httpx2.HTTPError as error:
            raise self._away(error) from None
        self._check(reply)
        plain = self._read(reply.body)
        if not isinstance(plain, dict):
            raise self._stranger()
        return plain

    def private(self, record_id: Hash32) -> Plain:
        """Ask for the private fields of a record; see :meth:`Desk.private`."""
        reply = self._signed_in("GET", f"/v1/records/{to_hex(record_id)}/private")
        plain = self._read(reply.body)
        if not has_private_form(plain):
            raise self._stranger()
        answer: Plain = plain
        check_shown(answer, record_id)
        return answer

    def dispose(self, record_id: Hash32, name: str, act: Act, party: str = "") -> None:
        """Show a private field to a party, or no longer; or erase it for ever."""
        method, path, body = request_of(record_id, name, act, party)
        self._signed_in(method, path, **({} if body is None else {"json": body}))

    def mint_link(self, parcel: ParcelId) -> Plain:
        """Mint a link to the page of a parcel that one holds; see :meth:`Desk.mint_link`."""
        named = to_hex(parcel)
        reply = self._signed_in("POST", f"/v1/parcels/{named}/links")
        plain = self._read(reply.body)
        if not has_form(plain, LinkShown):
            raise self._stranger()
        minted: Plain = plain
        about(minted, "parcel", parcelId=named)
        return minted

    def end_link(self, parcel: ParcelId, token: str) -> None:
        """End a link to a parcel's page."""
        self._signed_in("DELETE", f"/v1/parcels/{to_hex(parcel)}/links/{token}")

    def _signed_in(self, method: str, path: str, **more: Any) -> _Reply:  # noqa: ANN401 - httpx2's
        """Send a request that a server refuses before it does anything; sign in if it says so."""
        try:
            reply = self._exchange(method, path, **more)
            if reply.status == _SIGN_IN and self._sign_in():
                reply = self._exchange(method, path, **more)
        except httpx2.HTTPError as error:
            raise self._away(error) from None
        self._check(reply)
        return reply

    def append(
        self, envelopes: Sequence[bytes], *, wait: Status = "checkpointed", atomic: bool = False
    ) -> list[Line]:
        """Hand envelopes in, all in one request."""
        query = {"wait": wait, "atomic": "true" if atomic else "false"}
        body = b"".join(envelope + b"\n" for envelope in envelopes)
        try:
            reply = self._exchange(
                "POST", "/v1/records/batch", params=query, content=body, headers=_NDJSON
            )
        except httpx2.ConnectError as error:
            raise self._away(error) from None
        except httpx2.HTTPError as error:
            raise Unavailable(f"{self._away(error)}; {UNKNOWN}") from None
        except Unavailable as error:
            raise Unavailable(f"{error}; {UNKNOWN}") from None
        try:
            self._check(reply)
        except Refused as refused:
            return self._none_done(refused, reply, len(envelopes))
        told = enumerate(reply.body.splitlines(), start=1)
        lines = [self._line(number, self._read(line)) for number, line in told]
        if len(lines) != len(envelopes):
            raise Unavailable(f"{self._url} broke off its answer; {UNKNOWN}")
        return lines

    # -- reading what came -------------------------------------------------------------------

    def _exchange(self, method: str, path: str, **more: Any) -> _Reply:  # noqa: ANN401 - httpx2's
        """Send a request; wait a while, and send it again, when the server says it was too soon.

        Raises:
            httpx2.HTTPError: nothing came, or not all of it.
            Unavailable: the answer is compressed, too long or too slow.

        """
        until = time.monotonic() + TOO_SOON_SECONDS
        for _ in range(TOO_SOON_TIMES):
            reply = self._exchange_once(method, path, **more)
            if reply.status != _TOO_SOON or time.monotonic() + reply.wait_seconds > until:
                break
            time.sleep(reply.wait_seconds)
        return reply

    def _exchange_once(self, method: str, path: str, **more: Any) -> _Reply:  # noqa: ANN401 - too
        """Send a request and read the answer, as far as an answer may go.

        Raises:
            httpx2.HTTPError: nothing came, or not all of it.
            Unavailable: it is compressed, too long or too slow.

        """
        until = time.monotonic() + ANSWER_SECONDS
        body = bytearray()
        with self._client.stream(method, path, **more) as response:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise self._stranger()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LIMITS.answer_bytes_max:
                    raise Unavailable(
                        f"{self._url} answers with more than {LIMITS.answer_bytes_max} bytes"
                    )
                if time.monotonic() > until:
                    raise Unavailable(f"{self._url} took over {ANSWER_SECONDS:.0f} s to answer")
        wait = response.headers.get("retry-after", "")
        is_plain = wait.isascii() and wait.isdecimal() and len(wait) <= _WAIT_DIGITS
        return _Reply(response.status_code, bytes(body), int(wait) if is_plain else _WAIT_SECONDS)

    def _away(self, error: httpx2.HTTPError) -> Unavailable:
        return Unavailable(f"no answer from {self._url}: {str(error) or type(error).__name__}")

    def _stranger(self) -> Unavailable:
        return Unavailable(f"{self._url} does not answer as a server of a ledger does")

    def _read(self, raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
        try:
            return read_json(raw)
        except ValueError:
            raise self._stranger() from None

    def _check(self, reply: _Reply) -> None:
        if reply.status not in _SUCCESS:
            raise self._error(reply.status, self._read(reply.body))

    def _error(self, status: int, problem: object) -> AdamantError:
        return error_of(status, problem) or self._stranger()

    def _none_done(self, refused: Refused, reply: _Reply, count: int) -> list[Line]:
        """Return the lines of an atomic batch that was refused whole."""
        number = self._read(reply.body).get("line")
        if type(number) is not int or not 1 <= number <= count:
            raise refused
        lines: list[Line] = [NotDone(number) for _ in range(count)]
        lines[number - 1] = refused.refusal
        return lines

    def _line(self, number: int, plain: Any) -> Line:  # noqa: ANN401 - any JSON value
        is_taken, is_not_taken = has_form(plain, _Taken), has_form(plain, _NotTaken)
        if is_taken == is_not_taken or plain["line"] != number:
            raise self._stranger()
        if is_not_taken:
            return self._refusal(plain["code"], plain["problem"])
        return Answer(
            plain["status"],
            plain["index"],
            hash_of(plain["recordId"]),
            Milliseconds(plain["recordedAtMs"]),
            tuple(hash_of(parcel) for parcel in plain["parcels"]),
            again=plain["code"] == _KNOWN_ALREADY,
        )

    def _refusal(self, status: int, problem: dict[str, Any]) -> Line:
        error = self._error(status, problem)
        if isinstance(error, Refused):
            return refusal_of(problem)
        raise Unavailable(f"{error}; {UNKNOWN}")


@contextmanager
def remote_desk(url: str, token: str = "") -> Iterator[RemoteDesk]:
    """Open the desk of a server; nothing is sent before something is asked.

    Args:
        url: the server's address.
        token: opens reading there; "" to ask as a stranger.

    Raises:
        BadQuestion: the address is none.

    """
    headers = {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"adamant/{__version__}",
        **({"authorization": f"Bearer {token}"} if token else {}),
    }
    timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    base = _address_of(url)
    # A proxy of the environment is for the web, not for a ledger on this machine.
    is_here = base.host in ("127.0.0.1", "localhost", "::1")
    with httpx2.Client(
        base_url=base, headers=headers, timeout=timeout, trust_env=not is_here
    ) as client:
        yield RemoteDesk(client, url.rstrip("/"))


def _address_of(url: str) -> httpx2.URL:
    try:
        address = httpx2.URL(url.rstrip("/"))
        address.host.encode("idna")  # as the resolver will
    except (httpx2.InvalidURL, UnicodeError):
        address = None
    if address is None or not address.host:
        raise BadQuestion("--ledger", "the address of a server, such as https://ledger.example")
    return address
