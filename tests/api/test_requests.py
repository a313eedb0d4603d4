"""Reading requests: what a caller would rather have."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from api.requests import HTML, JSON, preferred


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
