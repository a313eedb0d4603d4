"""Sessions: who has signed in. A token opens reading, and what a party keeps beside the log.

The rules of the room:

* A token is 256 random bits, shown once and remembered as its SHA-256 alone, in memory: a restart
  ends every session. It stands in the header ``Authorization: Bearer`` and nowhere else.
* What a token opens is found out anew at each use: a session whose key was changed, revoked or ran
  out ends there.
* A nonce proves itself (it bears its end and a code under a key of this process), so that strangers
  who ask for many fill nothing. Used ones are remembered until they end.
* Beside the log are private fields and links. Whoever writes into it shows a signed record, and no
  part of this room is asked about that.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from api.problems import ProblemError, problem
from ledger.access import OPERATOR, STRANGER, Reader
from ledger.answers import Answers, wall_clock_ms
from ledger.errors import BadQuestion, SignInRefused, Unavailable
from ledger.limits import LIMITS, SessionLimits
from ledger.signin import CHAIN_ID, Message, checked_signer, milliseconds_of, read_message
from ledger.signin.forms import AUTHORITY
from ledger.values import Address

TOKEN_BYTES: Final = 32
_TOKEN_CHARACTERS_MAX: Final = 128
_MAC_DIGITS: Final = 32
_RANDOM_BYTES: Final = 16
_END_DIGITS: Final = 10
_USUAL_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in: for whom, by which key, until when."""

    party: Address
    signer: Address
    ends_at_ms: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened: its token, shown this once, and the reader."""

    token: str
    reader: Reader
    ends_at_ms: int


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """An address under which clients reach this server: scheme and authority."""

    scheme: str
    authority: str

    @classmethod
    def parse(cls, text: str) -> PublicAddress:
        """Read an address such as ``https://ledger.example``, as browsers and wallets write it.

        Raises:
            BadQuestion: it is none, has a path, or is none that a message can name.

        """
        try:
            parts = urlsplit(text.rstrip("/"))
        except ValueError:
            parts = urlsplit("")
        # The host in small letters, without the port that goes without saying (RFC 3986 §6.2).
        authority = parts.netloc.lower().removesuffix(_USUAL_PORTS.get(parts.scheme, ":"))
        is_plain = not (parts.path or parts.query or parts.fragment)
        if parts.scheme not in _USUAL_PORTS or not AUTHORITY.fullmatch(authority) or not is_plain:
            raise BadQuestion("public_addresses", "addresses such as https://ledger.example")
        return cls(parts.scheme, authority)

    def is_meant_by(self, message: Message) -> bool:
        """Tell whether a message signs in at this address."""
        whole = f"{self.scheme}://{self.authority}"
        return (
            message.domain == self.authority
            and message.scheme in (None, self.scheme)
            and (message.uri == whole or message.uri.startswith(f"{whole}/"))
        )


@dataclass
class _Used:
    """Nonces that were used, by when they end, and how many of them are of each party.

    Attributes:
        forgotten_ms: nonces that end before are not remembered, so none of them is taken: not even
            where the clock went back since, or a message was being checked while its nonce ended.

    """

    ends: OrderedDict[str, tuple[int, Address]] = field(default_factory=OrderedDict)
    by_party: Counter[Address] = field(default_factory=Counter)
    forgotten_ms: int = 0

    def forget_before(self, now_ms: int) -> None:
        """Forget those that no message can bear any more."""
        self.forgotten_ms = max(self.forgotten_ms, now_ms)
        for nonce in [one for one, (ends_at, _) in self.ends.items() if ends_at < now_ms]:
            _, party = self.ends.pop(nonce)
            self.by_party[party] -= 1
        self.by_party += Counter()  # drops parties of which none is left

    def add(self, nonce: str, ends_at_ms: int, party: Address) -> None:
        """Remember one."""
        self.ends[nonce] = (ends_at_ms, party)
        self.by_party[party] += 1


class Sessions:
    """Who has signed in at one server; any thread, at any time.

    Args:
        answers: says which party a key belongs to now.
        addresses: the server's public addresses; nobody can sign in where there is none.
        limits: how long, and how many.
        clock: gives milliseconds since 1970-01-01 UTC.
        operator_token: opens everything to whoever can read the ledger's folder, where it lies;
            "" for none.

    """

    def __init__(
        self,
        answers: Answers,
        addresses: Collection[str] = (),
        limits: SessionLimits | None = None,
        clock: Callable[[], int] = wall_clock_ms,
        operator_token: str = "",
    ) -> None:
        self._answers = answers
        self._addresses = tuple(PublicAddress.parse(address) for address in addresses)
        self._limits = limits or SessionLimits()
        self._clock = clock
        self._operator = _hash(operator_token) if operator_token else None
        self._key = secrets.token_bytes(TOKEN_BYTES)
        self._lock = threading.Lock()
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._used = _Used()

    def __len__(self) -> int:
        """Return how many sessions are remembered."""
        with self._lock:
            return len(self._sessions)

    def address_of(self, request: Request) -> str:
        """Return under which address to name this server: its own, or the one that was asked."""
        if self._addresses:
            return f"{self._addresses[0].scheme}://{self._addresses[0].authority}"
        return f"{request.url.scheme}://{request.url.netloc}"

    # -- nonces ------------------------------------------------------------------------------

    def nonce(self) -> tuple[str, int]:
        """Return a fresh nonce, and when it ends (milliseconds)."""
        ends_at_s = self._clock() // 1000 + self._limits.nonce_seconds
        body = f"{ends_at_s:0{_END_DIGITS}d}{secrets.token_hex(_RANDOM_BYTES)}"
        return body + self._mac(body), ends_at_s * 1000

    def _mac(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()[:_MAC_DIGITS]

    def _end_of(self, nonce: str, now_ms: int) -> int:
        body, mac = nonce[:-_MAC_DIGITS], nonce[-_MAC_DIGITS:]
        is_ours = hmac.compare_digest(mac.encode(), self._mac(body).encode())
        ends_at_ms = int(body[:_END_DIGITS]) * 1000 if is_ours else 0
        if now_ms > ends_at_ms:
            raise problem("sign-in-nonce", expected="a nonce that this server gave just now")
        return ends_at_ms

    # -- signing in and out ------------------------------------------------------------------

    def open(self, text: str, signature: bytes) -> Opened:
        """Open a session for whoever signed a message.

        Raises:
            SignInRefused: the message or its signature is none, or no party's.
            ProblemError: ``sign-in-domain``, ``sign-in-time`` or ``sign-in-nonce``.
            Unavailable: too many have signed in.

        """
        now_ms = self._clock()
        message = read_message(text)
        self._check_place(message)
        message_ends_at = self._check_time(message, now_ms)
        nonce_ends_at = self._end_of(message.nonce, now_ms)
        checked_signer(text, message.address, signature)
        reader = self._answers.reader(message.address)
        if reader is None:
            expected = "a key in force of a party in a role, or of its agent"
            raise SignInRefused("party", expected)
        ends_at = min(now_ms + self._limits.session_seconds * 1000, message_ends_at)
        token = fresh_token()
        session = Session(reader.party, message.address, ends_at)
        with self._lock:
            self._use(message.nonce, nonce_ends_at, reader.party, now_ms)
            self._remember(_hash(token), session, now_ms)
        return Opened(token, reader, ends_at)

    def _check_place(self, message: Message) -> None:
        if message.chain_id != CHAIN_ID:
            raise SignInRefused("chain-id", f"chain id {CHAIN_ID}")
        if not any(address.is_meant_by(message) for address in self._addresses):
            raise problem("sign-in-domain", expected="the domain and the URI of this server")

    def _check_time(self, message: Message, now_ms: int) -> int:
        """Check that a message is of this time; return when it ends."""
        ahead = LIMITS.ahead_seconds_max * 1000
        issued_at = milliseconds_of("issued-at", message.issued_at)
        oldest = now_ms - self._limits.nonce_seconds * 1000 - ahead
        if not oldest <= issued_at <= now_ms + ahead:
            raise problem("sign-in-time", field="issued-at", expected="a message just written")
        begins = message.not_before or message.issued_at
        if milliseconds_of("not-before", begins) > now_ms + ahead:
            raise problem("sign-in-time", field="not-before", expected="a time that has come")
        if message.expiration_time is None:
            return now_ms + self._limits.session_seconds * 1000
        ends_at = milliseconds_of("expiration-time", message.expiration_time)
        if ends_at <= now_ms:
            raise problem("sign-in-time", field="expiration-time", expected="a time to come")
        return ends_at

    def _use(self, nonce: str, ends_at_ms: int, party: Address, now_ms: int) -> None:
        if nonce in self._used.ends or ends_at_ms < self._used.forgotten_ms:
            raise problem("sign-in-nonce", expected="a nonce that was not used before")
        most, most_a_party = self._limits.nonces_used_max, self._limits.nonces_used_a_party_max
        used = self._used
        if len(used.ends) >= most or used.by_party[party] >= most_a_party:
            used.forget_before(now_ms)
        if len(used.ends) >= most or used.by_party[party] >= most_a_party:
            raise Unavailable("too many sign-ins; try again later")
        used.add(nonce, ends_at_ms, party)

    def _remember(self, key: bytes, session: Session, now_ms: int) -> None:
        if len(self._sessions) >= self._limits.sessions_max:
            for old in [old for old, one in self._sessions.items() if one.ends_at_ms <= now_ms]:
                del self._sessions[old]
        own = [old for old, one in self._sessions.items() if one.party == session.party]
        if len(own) >= self._limits.sessions_a_party_max:
            del self._sessions[own[0]]
        if len(self._sessions) >= self._limits.sessions_max:
            raise Unavailable("too many have signed in; try again later")
        self._sessions[key] = session

    def close(self, request: Request) -> None:
        """End the session of a request's token; nothing, if it has none."""
        token = token_of(request)
        if token is not None:
            with self._lock:
                self._sessions.pop(_hash(token), None)

    # -- reading -----------------------------------------------------------------------------

    def party_of(self, request: Request) -> str | None:
        """Return which party's token a request bears, if it may open anything; reads no ledger."""
        try:
            token = token_of(request)
        except ProblemError:
            return None
        with self._lock:
            session = None if token is None else self._sessions.get(_hash(token))
        return None if session is None else session.party.hex()

    def reader(self, request: Request) -> Reader:
        """Return who asks: by its token now, or a stranger if it bears none.

        Raises:
            ProblemError: ``session-ended``; its token opens nothing, whatever it once was.

        """
        token = token_of(request)
        if token is None:
            return STRANGER
        key = _hash(token)
        if self._operator is not None and hmac.compare_digest(key, self._operator):
            return OPERATOR
        with self._lock:
            session = self._sessions.get(key)
        if session is not None and self._clock() < session.ends_at_ms:
            reader = self._answers.reader(session.signer)
            if reader is not None and reader.party == session.party:
                return reader
        with self._lock:
            self._sessions.pop(key, None)
        raise problem("session-ended")


def token_of(request: Request) -> str | None:
    """Return the token of a request's ``Authorization: Bearer`` header; None if it has none.

    Raises:
        ProblemError: ``session-ended``; the header is there, twice or of another form.

    """
    given = request.headers.getlist("authorization")
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    is_one = len(given) == 1 and scheme.lower() == "bearer"
    if not is_one or not token or len(token) > _TOKEN_CHARACTERS_MAX:
        raise problem("session-ended")
    return token


def fresh_token() -> str:
    """Return a token of 256 bits of the machine's randomness."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
