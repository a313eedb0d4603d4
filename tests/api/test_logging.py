"""What the door writes into the log of each request, and what it never does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from starlette.testclient import TestClient

from api import create_app
from api.conventions import Conventions
from api.sessions import Sessions
from tests.api.test_metrics import CANARY, hostile
from tests.scene import ADDRESS, OPERATORS, Shown


@contextmanager
def door(made: Shown, **more: bool) -> Iterator[TestClient]:
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock, operator_token=OPERATORS)
    conventions = Conventions(**more)  # type: ignore[arg-type]  # by name
    app = create_app(made.book, made.answers, sessions=sessions, conventions=conventions)
    with TestClient(
        app, ADDRESS, client=("198.51.100.7", 7), raise_server_exceptions=False
    ) as client:
        yield client


def test_whatever_is_logged_on_the_way_bears_the_requests_id(
    jewel_shown: Shown, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = structlog.get_logger("of the ledger")

    def fail() -> None:
        log.warning("in a thread")
        raise RuntimeError("of the test")

    with door(jewel_shown) as client:
        monkeypatch.setattr(jewel_shown.answers, "status", fail)
        assert client.get("/v1/status", headers={"x-request-id": "id-7"}).status_code == 500
        assert client.get("/livez", headers={"x-request-id": "id-8"}).status_code == 200
    lines = capsys.readouterr().out.splitlines()
    for event in ("in a thread", "failed"):
        (line,) = [line for line in lines if f"] {event} " in line]
        assert "request_id=id-7" in line, line
    requests = [line for line in lines if "milliseconds" in line]
    assert len(requests) == 2
    for line, number, status in zip(requests, (7, 8), (500, 200), strict=True):
        assert f"request_id=id-{number}" in line
        assert f"status={status}" in line


def test_nothing_that_a_client_sent_is_logged_but_a_fit_id(
    fresh: Shown, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with door(fresh) as client:
        for number in range(150):
            method, path, more = hostile(number, fresh)
            more["headers"]["x-request-id"] = "fit"
            client.request(method if CANARY.upper() not in method else "PUT", path, **more)
    out = capsys.readouterr()
    # What the test's own client logs of its requests is not the door's.
    text = (
        out.out
        + out.err
        + "".join(one.getMessage() for one in caplog.records if not one.name.startswith("http"))
    )
    assert text.count("milliseconds=") == 150
    secrets = (CANARY, fresh.token("stone"), fresh.hex("stone"), OPERATORS, "198.51.100.7")
    assert not [secret for secret in secrets if secret in text]


def test_a_clients_address_is_logged_only_if_the_operator_says_so(
    jewel_shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    for logs, is_named in ((True, True), (False, False)):
        with door(jewel_shown, logs_addresses=logs) as client:
            client.get("/livez")
        assert ("client=198.51.100.7" in capsys.readouterr().out) is is_named
