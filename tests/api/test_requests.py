"""Reading requests: what a caller would rather have, and bodies that never end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from api.problems import ProblemError
from api.requests import HTML, JSON, TooLarge, preferred, read_body


def request_with(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", HTML),
        ("*/*", HTML),
        ("text/html", HTML),
        ("application/json", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("application/json, text/plain, */*", HTML),
        ("application/json;q=0.9, text/html;q=0.1", JSON),
        ("application/*", JSON),
        ("text/*;q=0.2, application/json;q=0.3", JSON),
        ("text/html;q=0, application/json", JSON),
        ("application/json;q=high", HTML),
        ("image/png", HTML),
        (",;,;;=", HTML),
        ("APPLICATION/JSON", JSON),
    ],
)
def test_a_caller_gets_what_it_would_rather_have(accept: str, expected: str) -> None:
    assert preferred(request_with(accept=accept), HTML, JSON) == expected


def arriving(*chunks: bytes, ends: bool = True, declared: str | None = None) -> Request:
    """Return a request whose body arrives in chunks, and then ends, or never does."""
    messages: list[Any] = [
        {"type": "http.request", "body": one, "more_body": True} for one in chunks
    ]
    if ends:
        messages.append({"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(messages)

    async def receive() -> Any:
        for message in waiting:
            return message
        await asyncio.sleep(3_600)
        raise AssertionError

    headers = [] if declared is None else [(b"content-length", declared.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def read(request: Request, most: int = 10, seconds: float = 5.0) -> bytes:
    return asyncio.run(read_body(request, most, seconds))


def test_a_body_is_read_whole() -> None:
    assert read(arriving(b"12345", b"67890")) == b"1234567890"
    assert read(arriving()) == b""


@pytest.mark.parametrize("declared", [None, "10"])
def test_a_body_of_one_byte_too_many_is_too_large(declared: str | None) -> None:
    with pytest.raises(TooLarge):
        read(arriving(b"12345", b"678901", declared=declared))


@pytest.mark.parametrize("declared", ["11", "9" * 400, "-1", "1e1", "\u0665", ""])
def test_a_length_that_is_too_large_or_no_number_is_not_read(declared: str) -> None:
    request = arriving(b"", declared=None)
    request.scope["headers"] = [(b"content-length", declared.encode())]
    with pytest.raises(TooLarge):
        read(request)


def test_a_body_that_never_ends_is_given_up() -> None:
    with pytest.raises(ProblemError) as slow:
        read(arriving(b"12", ends=False), seconds=0.01)
    assert slow.value.problem.name == "body-slow"


def test_a_caller_that_goes_away_is_told_nothing_and_nothing_is_done() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    with pytest.raises(ProblemError) as gone:
        read(request)
    assert gone.value.problem.name == "body-slow"
