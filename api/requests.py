"""Reading requests strictly: queries, media types, bodies; and what a caller would rather have.

A body is counted while it arrives, so that one that is too large, declared or not, never fills the
memory; and it has a time to arrive in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

from api.problems import problem
from ledger.errors import BadQuestion

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
HTML: Final = "text/html"
PLAIN: Final = "text/plain"


def query_of(request: Request) -> dict[str, str]:
    """Return the parameters of a query, each of which may stand once.

    Raises:
        BadQuestion: one stands twice.

    """
    items = request.query_params.multi_items()
    if len({name for name, _ in items}) != len(items):
        raise BadQuestion("query", "each parameter once")
    return dict(items)


def check_names(given: dict[str, str], *known: str) -> None:
    """Check that a query has no other parameters than the known ones.

    Raises:
        BadQuestion: it has.

    """
    if given.keys() - set(known):
        names = " ".join(known)
        raise BadQuestion("query", f"no parameter but {names}" if known else "no parameter")


def choice_of(given: dict[str, str], name: str, *values: str) -> str:
    """Return which of a parameter's values is given; the first if none is.

    Raises:
        BadQuestion: it is none of them.

    """
    value = given.get(name, values[0])
    if value not in values:
        raise BadQuestion(name, "one of " + " ".join(values))
    return value


def check_media_type(request: Request, *accepted: str) -> None:
    """Check that a body is declared as one of the media types that are taken, and as it is.

    Raises:
        ProblemError: ``media-type``.

    """
    declared = request.headers.getlist("content-type")
    media_type, _, parameters = (declared[0] if len(declared) == 1 else "").partition(";")
    is_plain = parameters.strip().lower() in ("", "charset=utf-8")
    encoding = request.headers.get("content-encoding", "identity")
    if media_type.strip().lower() not in accepted or not is_plain:
        raise problem("media-type", field="content-type", expected=" or ".join(accepted))
    if encoding.strip().lower() != "identity":
        raise problem("media-type", field="content-encoding", expected="no encoding")


class TooLarge(Exception):
    """A body has more bytes than are taken."""


class Room:
    """Room in memory, for bodies that share it.

    Args:
        bytes_max: how many bytes fit.

    """

    def __init__(self, bytes_max: int) -> None:
        self._left = bytes_max

    @contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """Yield what takes a number of bytes of the room; at the end all of them are given back.

        Raises:
            ProblemError: ``unavailable``, by what is yielded, when there is no more room.

        """
        taken = 0

        def take(count: int) -> None:
            nonlocal taken
            if count > self._left:
                raise problem("unavailable", "too many batches arrive at once; try again later")
            self._left -= count
            taken += count

        try:
            yield take
        finally:
            self._left += taken


async def read_body(
    request: Request,
    bytes_max: int,
    seconds_max: float,
    take: Callable[[int], None] = lambda _count: None,
) -> bytes:
    """Read a body.

    Args:
        request: whose body.
        bytes_max: how long it may be.
        seconds_max: how long it may take to arrive.
        take: told how many more bytes are held, before they are; may refuse them.

    Raises:
        TooLarge: it has, or declares, more than ``bytes_max`` bytes.
        ProblemError: ``body-slow``.

    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > bytes_max:
        raise TooLarge
    chunks: list[bytes] = []
    left = bytes_max
    try:
        async with asyncio.timeout(seconds_max):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    raise TooLarge
                take(len(chunk))
                chunks.append(chunk)
    except (TimeoutError, ClientDisconnect):
        raise problem(
            "body-slow", expected=f"the whole body within {seconds_max:g} seconds"
        ) from None
    return b"".join(chunks)


def preferred(request: Request, *offered: str) -> str:
    """Return the media type that a caller would rather have; the first offered if all is one.

    Source: RFC 9110 §12.5.1. What cannot be understood has no weight.
    """
    weights: dict[str, float] = {}
    for part in ",".join(request.headers.getlist("accept")).split(","):
        media_range, *parameters = (text.strip().lower() for text in part.split(";"))
        weights[media_range] = _weight(parameters)
    if not any(weights):
        return offered[0]
    return max(offered, key=lambda media_type: _weight_of(media_type, weights))


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _weight_of(media_type: str, weights: dict[str, float]) -> float:
    family = media_type.partition("/")[0]
    for media_range in (media_type, f"{family}/*", "*/*"):
        if media_range in weights:
            return weights[media_range]
    return 0.0
