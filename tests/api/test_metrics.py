"""What is measured, who is shown it, and that no request can name a series of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_app
from api.conventions import Conventions
from api.metrics import METHODS
from api.problems import PROBLEMS
from api.sessions import Sessions
from tests.api.problem_check import problem_of
from tests.scene import ADDRESS, OPERATORS, Shown
from tests.trials import dice

JSON = {"content-type": "application/json"}
SERIES = re.compile(r"^([a-z_]+)(?:\{(.*)\})? ([^ ]+)$", re.MULTILINE)
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')
CANARY = "canary7f"


@contextmanager
def door(made: Shown, peer: str = "127.0.0.1", **more: Any) -> Iterator[TestClient]:
    """Open another door to the same ledger, with metrics."""
    conventions = Conventions(**{"shows_metrics": True, **more})
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock, operator_token=OPERATORS)
    app = create_app(made.book, made.answers, sessions=sessions, conventions=conventions)
    with TestClient(app, ADDRESS, client=(peer, 7), raise_server_exceptions=False) as client:
        yield client


def read(client: TestClient) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert response.headers["cache-control"] == "no-store"
    return {
        f"{name}{{{labels}}}": float(value) for name, labels, value in SERIES.findall(response.text)
    }


def test_requests_records_and_the_state_of_the_book_are_counted(fresh: Shown) -> None:
    with door(fresh) as client:
        size = fresh.desk.head().size
        first, second = fresh.registrations(2)
        assert client.post("/v1/records", content=first, headers=JSON).status_code == 201
        assert client.post("/v1/records", content=first, headers=JSON).status_code == 200
        assert client.post("/v1/records", content=first[:-1], headers=JSON).status_code == 400
        lines = {"content-type": "application/x-ndjson"}
        client.post("/v1/records/batch", content=second + b"\n{}", headers=lines)
        for index in range(3):
            client.get(f"/v1/entries/{index}", headers={"authorization": f"Bearer {OPERATORS}"})
        client.get("/nothing")
        found = read(client)
    assert found['adamant_records_total{outcome="accepted"}'] == 2
    assert found['adamant_records_total{outcome="known"}'] == 1
    assert found['adamant_records_total{outcome="refused"}'] == 2
    assert found['adamant_records_refused_total{rule="json"}'] == 1
    assert found["adamant_log_size{}"] == found["adamant_checkpoint_size{}"] == size + 2
    assert found["adamant_publish_lag_records{}"] == found["adamant_publish_lag_seconds{}"] == 0
    assert found["adamant_queue_records{}"] == found["adamant_stopped{}"] == 0
    requests = 'adamant_http_requests_total{method="%s",route="%s",status="%s"}'
    assert found[requests % ("POST", "/v1/records", "2xx")] == 2
    assert found[requests % ("POST", "/v1/records", "4xx")] == 1
    assert found[requests % ("GET", "/v1/entries/{index}", "2xx")] == 3
    assert found[requests % ("GET", "-", "4xx")] == 1
    assert found['adamant_http_request_seconds_count{route="/v1/records"}'] == 3
    assert found['adamant_http_problems_total{problem="no-such-path"}'] == 1


def test_a_ledger_that_stopped_is_seen(fresh: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    with door(fresh) as client:
        monkeypatch.setattr(fresh.book, "_fault", RuntimeError("of the test"))
        assert read(client)["adamant_stopped{}"] == 1


@pytest.mark.parametrize(
    ("peer", "fields", "is_shown"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("10.0.0.5", {}, True),
        ("10.0.0.6", {}, False),
        ("203.0.113.9", {"authorization": f"Bearer {OPERATORS}"}, False),
        ("203.0.113.9", {"x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        ("testclient", {}, False),
    ],
)
def test_metrics_are_shown_to_this_machine_and_to_whom_the_settings_name(
    jewel_shown: Shown, peer: str, fields: dict[str, str], is_shown: bool
) -> None:
    with door(jewel_shown, peer, metrics_readers=("10.0.0.5",)) as client:
        response = client.get("/metrics", headers=fields)
        if is_shown:
            assert b"adamant_log_size" in response.content
        else:
            assert problem_of(response)["rule"] == "no-such-path"
            assert response.json() | {"requestId": ""} == client.get("/nothing").json() | {
                "requestId": ""
            }


def test_there_are_none_unless_the_operator_asks_for_them(jewel_shown: Shown) -> None:
    with door(jewel_shown, shows_metrics=False) as client:
        assert client.get("/metrics").status_code == 404
    assert jewel_shown.client.get("/metrics").status_code == 404


def hostile(number: int, made: Shown) -> tuple[str, str, dict[str, Any]]:
    """Return a request of which every part is made up, or is somebody's secret."""
    random = dice(f"metrics {number}")
    word = f"{CANARY}{random.randrange(10**9)}"
    paths = (
        f"/{word}", f"/v1/{word}", f"/v1/parcels/0x{word}", f"/v1/parcels/0x{word}/history",
        f"/stones/{made.token('stone')}", f"/stones/{word}.json", f"/v1/parties/{word}",
        f"/problems/{word}", f"/v1/records?{word}={word}", f"/v1/typed-data/{word}", "/v1/sign-in",
        f"/v1/entries/{word}", f"/v1/proofs/inclusion?record={made.hex('stone')}", "/metrics",
    )  # fmt: skip
    methods = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", word.upper())
    more = {
        "content": f'{{"kind":"{word}"}}',
        "headers": {
            "authorization": f"Bearer {word}", "x-request-id": word, "user-agent": word,
            "content-type": random.choice(("application/json", "application/x-ndjson", word)),
            "x-forwarded-for": word, "accept": word, "if-none-match": word, "host": word,
        },
    }  # fmt: skip
    return random.choice(methods), random.choice(paths), more


def test_every_method_of_a_route_is_named(jewel_shown: Shown) -> None:
    methods = {
        method
        for route in jewel_shown.client.app.routes  # type: ignore[attr-defined]  # an application's
        for method in route.methods
    }
    assert methods <= METHODS


def test_no_request_makes_a_label_of_its_own(fresh: Shown) -> None:
    with door(fresh) as client:
        routes = {route.path for route in client.app.routes} | {"-"}  # type: ignore[attr-defined]  # an application's
        for number in range(300):
            method, path, more = hostile(number, fresh)
            client.request(method, path, **more)
        text = client.get("/metrics").text
    allowed = {
        "route": routes,
        "method": {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "other"},
        "status": {"2xx", "3xx", "4xx", "5xx"},
        "problem": {*PROBLEMS, "other"},
        "rule": {*PROBLEMS, "other"},
        "outcome": {"accepted", "known", "refused", "not-done", "unknown"},
    }
    labels = {label for _, part, _ in SERIES.findall(text) for label in LABEL.findall(part)}
    assert len(labels) > 20
    for name, value in labels:
        assert name == "le" or value in allowed[name], (name, value)
    secrets = (CANARY, CANARY.upper(), fresh.token("stone"), fresh.hex("stone"), OPERATORS)
    assert not [secret for secret in secrets if secret in text]
