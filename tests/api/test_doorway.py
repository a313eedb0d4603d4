"""What every response bears, and what becomes of a failure that nobody foresaw."""

from __future__ import annotations

import asyncio
import re
from collections.abc import MutableMapping
from typing import Any

import httpx2
import pytest

from tests.api.problem_check import problem_of
from tests.scene import Shown

PATHS = ["/v1/status", "/v1/checkpoint", "/nothing", "/livez", "/problems", "/stones/" + "0" * 32]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_bears_the_security_headers(jewel_shown: Shown, path: str) -> None:
    headers = jewel_shown.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-cache"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_a_browser_of_another_site_is_given_no_leave(jewel_shown: Shown) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = jewel_shown.client.options("/v1/records", headers=asked)
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_request_gets_an_id_of_its_own(jewel_shown: Shown) -> None:
    ids = {jewel_shown.client.get("/livez").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_an_id_that_came_along_is_kept_if_it_is_fit(jewel_shown: Shown) -> None:
    for given, is_kept in (
        ("trace-7.a_B", True),
        ("x" * 65, False),
        ("a b", False),
        ("<b>", False),
    ):
        response = jewel_shown.client.get("/livez", headers={"x-request-id": given})
        assert (response.headers["x-request-id"] == given) == is_kept


@pytest.mark.parametrize("path", ["/v1/status", "/v1/checkpoint", "/nothing", "/problems"])
def test_head_is_get_without_the_body(jewel_shown: Shown, path: str) -> None:
    head, get = jewel_shown.client.head(path), jewel_shown.client.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    for name in ("content-type", "content-length"):
        if path != "/nothing" or name != "content-length":
            assert head.headers[name] == get.headers[name]


def test_head_of_what_only_takes_records_is_no_method(jewel_shown: Shown) -> None:
    response = jewel_shown.client.head("/v1/records")
    assert response.status_code == 405
    assert response.headers["allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/status", "GET, HEAD, OPTIONS"), ("/v1/records", "OPTIONS, POST")]
)
def test_options_says_what_a_path_takes(jewel_shown: Shown, path: str, allowed: str) -> None:
    response = jewel_shown.client.options(path)
    assert (response.status_code, response.headers["allow"]) == (204, allowed)
    refused = jewel_shown.client.put(path)
    assert refused.headers["allow"] == allowed
    assert jewel_shown.client.options("/nothing").status_code == 404


def test_a_failure_that_nobody_foresaw_is_told_without_its_trace(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("a secret of the server")

    monkeypatch.setattr(fresh.answers, "status", fail)
    response = fresh.client.get("/v1/status")
    problem = problem_of(response)
    assert (problem["rule"], problem["status"]) == ("internal", 500)
    assert "secret" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "a secret of the server" in capsys.readouterr().out


def test_a_stones_link_is_not_logged(jewel_shown: Shown, capsys) -> None:
    jewel_shown.client.get(f"/stones/{jewel_shown.token('stone')}")
    logged = capsys.readouterr().out
    assert "/stones/{token}" in logged
    assert jewel_shown.token("stone") not in logged


def test_a_request_that_a_server_at_its_end_waits_for_no_longer_is_told_so(
    jewel_shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server cancels what is left when its patience ends."""
    told: list[MutableMapping[str, Any]] = []
    arrived = asyncio.Event()

    async def receive() -> dict[str, Any]:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    async def post_and_cancel() -> None:
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/v1/records", "raw_path": b"/v1/records", "root_path": "",
            "query_string": b"", "headers": [(b"content-type", b"application/json")],
            "server": ("here", 80), "client": ("there", 1),
        }  # fmt: skip
        task = asyncio.ensure_future(jewel_shown.client.app(scope, receive, send))
        await arrived.wait()
        task.cancel()
        await task

    asyncio.run(post_and_cancel())
    start, body = told
    response = httpx2.Response(start["status"], headers=start["headers"], content=body["body"])
    problem = problem_of(response)
    assert (problem["rule"], problem["status"]) == ("unavailable", 503)
    assert "stopping" in problem["detail"]
    logged = capsys.readouterr().out
    assert "status=503" in logged
    assert "Traceback" not in logged
