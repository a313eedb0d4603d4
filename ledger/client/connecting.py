"""What both clients share of HTTP: the address, the headers, and how much of an answer is taken."""

from __future__ import annotations

import time
from typing import Any, Final

import httpx2

from ledger import __version__
from ledger.client.exchange import Lost, Reply
from ledger.errors import BadQuestion
from ledger.limits import LIMITS, ClientLimits

_HERE: Final = ("127.0.0.1", "localhost", "::1")
_NOT_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Unfit(Exception):
    """An answer that is not read to its end; never leaves this room."""


def connection(url: str, limits: ClientLimits) -> dict[str, Any]:
    """Return what a client of the HTTP library is made with.

    Raises:
        BadQuestion: the address is none.

    """
    try:
        address = httpx2.URL(url.rstrip("/"))
        address.host.encode("idna")  # as the resolver will
    except (httpx2.InvalidURL, UnicodeError):
        address = httpx2.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise BadQuestion("url", "the address of a server, such as https://ledger.example")
    return {
        "base_url": address,
        "headers": {
            "accept": "application/json",
            # Nothing compressed, so that the size of an answer is that of what is sent.
            "accept-encoding": "identity",
            "user-agent": f"adamant/{__version__}",
        },
        "timeout": httpx2.Timeout(limits.answer_seconds, connect=limits.connect_seconds),
        # A proxy of the environment is for the web, not for a ledger on this machine.
        "trust_env": address.host not in _HERE,
    }


class Gathering:
    """One answer, gathered as far as an answer may go.

    Args:
        limits: how long it may take.

    """

    def __init__(self, limits: ClientLimits) -> None:
        self._until = time.monotonic() + limits.answer_seconds
        self._body = bytearray()

    def begin(self, response: httpx2.Response) -> None:
        """Look at the head of the answer.

        Raises:
            Unfit: it is compressed.

        """
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unfit("the answer is compressed, which was not asked for")

    def add(self, chunk: bytes) -> None:
        """Take a part of the body.

        Raises:
            Unfit: there is too much of it, or it is too slow.

        """
        self._body += chunk
        if len(self._body) > LIMITS.answer_bytes_max:
            raise Unfit(f"the answer has more than {LIMITS.answer_bytes_max} bytes")
        if time.monotonic() > self._until:
            raise Unfit("the answer takes too long")

    def reply(self, response: httpx2.Response) -> Reply:
        """Return the whole."""
        retry_after = response.headers.get("retry-after", "")
        return Reply(response.status_code, bytes(self._body), retry_after)


def loss_of(error: httpx2.HTTPError | Unfit) -> Lost:
    """Tell what it means that no answer came."""
    said = str(error) or type(error).__name__
    if isinstance(error, Unfit):
        return Lost(said, is_worth_again=False)
    return Lost(said, is_sent=not isinstance(error, _NOT_SENT))
