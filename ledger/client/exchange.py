"""What is sent and what comes back, as plain values; and the steps in which a client works.

A piece of a client's work is a generator: it yields what it wants of the outside, a
:class:`Request` or a :class:`Pause`, is sent what came of that, and returns its result. It reaches
no network and no clock, so whoever drives it, in one thread or on an event loop, does the same.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """One request over HTTP.

    Attributes:
        method: GET, POST or DELETE.
        path: from the root of the server's address on.
        query: names and values, in their order.
        headers: those of this request alone.
        body: empty for none.

    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        status: the HTTP status.
        body: all of it.
        retry_after: the header of that name, or "".

    """

    status: int
    body: bytes
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came, or none that was taken.

    Attributes:
        said: why, in words.
        is_sent: whether the request, or a part of it, may have reached the server.
        is_worth_again: whether the same request may fare better.

    """

    said: str
    is_sent: bool = True
    is_worth_again: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait between two requests."""

    seconds: float


Came: TypeAlias = Reply | Lost
"""What became of a request."""

Steps: TypeAlias = Generator[Request | Pause, Came | None, T]
"""Work that yields what it wants, is sent what came (None after a pause), and returns a T."""


def exchange(request: Request) -> Steps[Came]:
    """Send one request, once."""
    came = yield request
    if came is None:
        raise TypeError("whoever drives the steps answers a request with a reply or a loss")
    return came


def pause(seconds: float) -> Steps[None]:
    """Wait."""
    yield Pause(seconds)
