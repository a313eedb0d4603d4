"""How much a client may ask and send, and how it is told when that is used up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import create_app
from api.conventions import Conventions
from api.problems import ProblemError
from api.rates import Budgets, Meter
from api.sessions import Sessions
from ledger.answers import Answers
from ledger.config import Settings
from ledger.limits import LIMITS, RateLimits
from tests.api.problem_check import problem_of
from tests.scene import ADDRESS, OPERATORS, Shown, signed_in_body

JSON = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}
FEW = RateLimits(reads_a_minute=5, records_a_minute=10, sign_ins_a_minute=4, keys_max=100)
FIELD = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


@contextmanager
def door(made: Shown, peer: str = "203.0.113.9", **more: Any) -> Iterator[TestClient]:
    """Open another door to the same ledger, at which clients are counted."""
    conventions = Conventions(**{"rates": FEW, **more})
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock, operator_token=OPERATORS)
    answers = Answers(made.book, made.desk.clock)
    app = create_app(made.book, answers, sessions=sessions, conventions=conventions)
    with TestClient(app, ADDRESS, client=(peer, 7)) as client:
        yield client


def left(response: Any) -> dict[str, int]:
    return {name: int(r) for name, r, _ in FIELD.findall(response.headers["ratelimit"])}


def test_who_asks_too_much_is_told_so_and_how_long_to_wait(jewel_shown: Shown) -> None:
    with door(jewel_shown) as client:
        for number in range(5):
            response = client.get("/v1/status")
            assert response.status_code == 200
            assert left(response) == {"reading": 4 - number}
            assert response.headers["ratelimit-policy"] == '"reading";q=5;w=60'
        refused = client.get("/v1/checkpoint")
        assert problem_of(refused)["rule"] == "rate-limited"
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert left(refused) == {"reading": 0}
        assert refused.headers["x-request-id"]
        assert refused.headers["cache-control"] == "no-cache"


def test_whether_the_server_lives_and_is_ready_may_always_be_asked(jewel_shown: Shown) -> None:
    with door(jewel_shown) as client:
        for _ in range(8):
            client.get("/v1/status")
        for path in ("/livez", "/readyz"):
            response = client.get(path)
            assert response.status_code == 200
            assert "ratelimit" not in response.headers


def test_each_sort_has_a_budget_of_its_own(fresh: Shown) -> None:
    with door(fresh) as client:
        for _ in range(6):
            client.get("/nothing")
        assert client.get("/v1/status").status_code == 429
        (raw,) = fresh.registrations(1)
        sent = client.post("/v1/records", content=raw, headers=JSON)
        assert (sent.status_code, left(sent)) == (201, {"writing": 9})
        for number in range(4):
            assert left(client.post("/v1/sign-in/nonce")) == {"sign-in": 3 - number}
        assert client.post("/v1/sign-in", json={}).status_code == 429
        assert client.get("/v1/status").status_code == 429


def test_a_batch_costs_its_records_and_one_refused_leaves_nothing_behind(fresh: Shown) -> None:
    raws = fresh.registrations(12)
    with door(fresh) as client:
        sent = client.post("/v1/records/batch", content=b"\n".join(raws[:7]), headers=LINES)
        assert (sent.status_code, left(sent)) == (200, {"writing": 3})
        size = fresh.desk.head().size
        refused = client.post("/v1/records/batch", content=b"\n".join(raws[7:]), headers=LINES)
        assert problem_of(refused)["rule"] == "rate-limited"
        assert left(refused) == {"writing": 3}
        assert fresh.desk.head().size == size
        sent = client.post("/v1/records/batch", content=b"\n".join(raws[7:10]), headers=LINES)
        assert [json.loads(line)["code"] for line in sent.text.splitlines()] == [201] * 3
        assert client.post("/v1/records", content=raws[10], headers=JSON).status_code == 429


def test_what_is_no_record_costs_as_any_request(fresh: Shown) -> None:
    none = f"/v1/records/0x{'7' * 64}/private/name/grants"
    with door(fresh) as client:
        for number, (path, headers) in enumerate(
            [
                (none, JSON),
                ("/v1/records/nothing", JSON),
                ("/v1/records", {}),
                ("/v1/records/batch", {}),
            ]
        ):
            response = client.post(path, content=b"{}", headers=headers)
            assert 400 <= response.status_code < 500
            assert left(response) == {"writing": 9 - number}, path
        for _ in range(6):
            client.post(none, content=b"{}", headers=JSON)
        for path in (none, "/v1/records"):
            assert client.post(path, content=b"{}", headers=JSON).status_code == 429


def test_a_record_refused_here_is_taken_from_elsewhere(fresh: Shown) -> None:
    raws = fresh.registrations(11)
    with door(fresh) as client:
        client.post("/v1/records/batch", content=b"\n".join(raws[:10]), headers=LINES)
        assert client.post("/v1/records", content=raws[10], headers=JSON).status_code == 429
    with door(fresh, peer="203.0.113.10") as client:
        assert client.post("/v1/records", content=raws[10], headers=JSON).status_code == 201


def test_a_client_is_not_another_by_what_it_says_of_itself(jewel_shown: Shown) -> None:
    with door(jewel_shown, peer="127.0.0.1") as client:
        codes = [
            client.get("/v1/status", headers={"x-forwarded-for": f"198.51.100.{number}"})
            for number in range(7)
        ]
        assert [one.status_code for one in codes] == [200] * 5 + [429] * 2


def test_behind_a_trusted_proxy_each_client_has_its_own(jewel_shown: Shown) -> None:
    with door(jewel_shown, peer="127.0.0.1", trusted_proxies=("127.0.0.1",)) as client:
        for number in range(7):
            fields = {"x-forwarded-for": f"198.51.100.{number}"}
            assert left(client.get("/v1/status", headers=fields)) == {"reading": 4}


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_this_machine_itself_is_counted_only_if_the_operator_says_so(
    jewel_shown: Shown, peer: str
) -> None:
    with door(jewel_shown, peer=peer) as client:
        codes = {client.get("/v1/status").status_code for _ in range(9)}
        assert codes == {200}
    with door(jewel_shown, peer=peer, counts_local=True) as client:
        codes = {client.get("/v1/status").status_code for _ in range(9)}
        assert codes == {200, 429}


def test_a_party_is_counted_wherever_it_asks_from_and_a_token_opens_no_further_budget(
    fresh: Shown,
) -> None:
    more = {"trusted_proxies": ("10.0.0.1",), "peer": "10.0.0.1"}
    with door(fresh, **more) as client:
        nonce = client.post("/v1/sign-in/nonce").json()["nonce"]
        body = signed_in_body("miner-bw", nonce, fresh.desk.clock.now_ms)
        token = client.post("/v1/sign-in", json=body).json()["token"]
        bearer = {"authorization": f"Bearer {token}"}
        for number in range(5):
            elsewhere = {**bearer, "x-forwarded-for": f"198.51.100.{number}"}
            response = client.get("/v1/sites", headers=elsewhere)
            assert left(response) == {"reading": 4, "reading-party": 4 - number}
        fields = {**bearer, "x-forwarded-for": "198.51.100.77"}
        assert client.get("/v1/sites", headers=fields).status_code == 429
        for _ in range(5):
            client.get("/v1/status", headers={"x-forwarded-for": "198.51.100.80"})
        fields = {"authorization": "Bearer made-up", "x-forwarded-for": "198.51.100.80"}
        assert client.get("/v1/status", headers=fields).status_code == 429


def test_signing_out_is_charged_as_signing_in_is(jewel_shown: Shown) -> None:
    with door(jewel_shown) as client:
        assert left(client.post("/v1/sign-in/nonce")) == {"sign-in": 3}
        assert left(client.post("/v1/sign-out")) == {"sign-in": 2}


def test_what_one_budget_refuses_is_taken_from_no_other() -> None:
    budgets = Budgets(FEW, lambda: 100.0)
    party = Meter(budgets, "writing", {"writing-party": "party"})
    party.take(8)
    both = Meter(budgets, "writing", {"writing": "client", "writing-party": "party"})
    with pytest.raises(ProblemError):
        both.take(3)
    assert budgets.left("writing", "client") == (10, 0)
    both.take(2)
    assert budgets.left("writing", "client")[0] == 8


def test_what_is_told_to_wait_for_is_what_is_asked() -> None:
    now = 100.0
    budgets = Budgets(FEW, lambda: now)
    meter = Meter(budgets, "writing", {"writing": "key"})
    for _ in range(10):
        meter.take()
        now += 3.0
    assert budgets.seconds_until("writing", "key", 1) == 30
    assert budgets.seconds_until("writing", "key", 4) == 39
    assert budgets.seconds_until("writing", "key", 1_000) == 57


def test_the_settings_leave_room_for_the_largest_batch() -> None:
    conventions = Conventions.of(Settings())
    assert conventions.rates is not None
    assert conventions.rates.records_a_minute >= LIMITS.batch_records_max
    assert not conventions.counts_local
    assert Conventions.of(Settings(rate_limits=False)).rates is None
