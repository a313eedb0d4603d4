"""What every route declares, and what no token does: who may ask, and that nobody writes by one."""

from __future__ import annotations

import json
from typing import Any

from starlette.routing import Route

from api.documentation import ACCESS_MEMBER
from ledger import drafts
from ledger.answers.questions import ACCESS
from ledger.drafts import Moment
from ledger.signing import sign_record
from ledger.values import to_hex
from tests.api.problem_check import problem_of
from tests.scene import OPERATORS, Shown, jewel, shown
from tests.world import GOVERNORS, address_of, secret_of

MADE_UP = to_hex(bytes(range(32)))


# -- routes --------------------------------------------------------------------------------------


def test_every_route_declares_who_may_ask_it(traded: Shown) -> None:
    routes = [route for route in traded.client.app.routes if isinstance(route, Route)]
    assert len(routes) == len(traded.client.app.routes) > 25
    for route in routes:
        declared = (getattr(route, "openapi_extra", None) or {}).get(ACCESS_MEMBER)
        assert declared in ACCESS, f"{route.path} declares no access rule"


def test_a_route_that_is_not_for_everyone_is_closed_to_strangers(traded: Shown) -> None:
    closed = 0
    for route in traded.client.app.routes:
        if route.openapi_extra[ACCESS_MEMBER] == "everyone":
            continue
        names = {
            "index": "0",
            "address": MADE_UP[:42],
            "party": MADE_UP[:42],
            "name": "name",
            "token": "0" * 32,
            "jurisdiction": "us",
        }
        path = route.path.format_map({"id": MADE_UP, **names})
        for method in route.methods:
            response = traded.client.request(method, path)
            # What is sent in may be refused for its form before anybody is asked who sends it.
            rules = {"sign-in-needed"} if method == "GET" else FORM | {"sign-in-needed"}
            assert problem_of(response)["rule"] in rules, (method, route.path)
            closed += 1
    assert closed >= 10


FORM = {"media-type", "bad-question", "body-size"}


# -- a token never grants a write ----------------------------------------------------------------


def test_what_is_accepted_depends_on_no_token() -> None:
    """The same records, sent under every sort of token, become the same ledger."""
    scene = jewel("trade")
    start = len(scene.log)
    for number in range(3):
        scene.register(scene.sites["home"], 1_000 + number, 1, zone="South")
    told = {}
    for sort in ("none", "party", "governor", "operator", "ended", "made up", "malformed"):
        with shown(jewel("trade")) as made:
            made.desk.clock.now_ms = scene.now_ms
            headers = token_of(made, sort)
            raws = [signed.envelope.raw for _, signed, _ in scene.log[start:]]
            forged = [raws[0].replace(b'"stones":1', b'"stones":2'), b"{}", unsigned(scene, start)]
            answers = [
                post(made, raw, headers) for raw in (*forged, raws[1], raws[0], raws[0], raws[2])
            ]
            told[sort] = (answers, made.client.get("/v1/checkpoint").text)
    assert {code for (code, _) in told["none"][0]} == {200, 201, 400, 422}
    for sort, ledger in told.items():
        assert ledger == told["none"], sort


def token_of(made: Shown, sort: str) -> dict[str, str]:
    if sort in ("party", "governor", "ended"):
        headers = made.sign_in({"governor": GOVERNORS[0]}.get(sort, "miner-bw"))
        if sort == "ended":
            made.client.post("/v1/sign-out", headers=headers)
        return headers
    tokens = {
        "none": None, "operator": f"Bearer {OPERATORS}", "made up": "Bearer " + "x" * 43,
        "malformed": "Basic Og==",
    }  # fmt: skip
    token = tokens[sort]
    return {} if token is None else {"authorization": token}


def post(made: Shown, raw: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    response = made.client.post(
        "/v1/records", content=raw, headers={**headers, "content-type": "application/json"}
    )
    plain = {name: value for name, value in response.json().items() if name != "requestId"}
    return response.status_code, plain


def unsigned(scene: Any, index: int) -> bytes:
    """Return a record that its author did not sign, but a key of nobody."""
    record = scene.log[index][1].record
    return sign_record(record, scene.ledger_id, [secret_of("nobody")]).raw


def test_a_governors_token_signs_nothing_for_a_governor() -> None:
    with shown(jewel("trade")) as made:
        headers = made.sign_in(GOVERNORS[0])
        size = made.client.get("/v1/status").json()["size"]
        record = drafts.admission(
            made.scene.speaker(GOVERNORS[0]),
            Moment(made.scene.now_s, made.scene.salt),
            address_of("stranger"),
            "trader",
            "BE",
        )
        wrong = sign_record(record, made.scene.ledger_id, [secret_of("stranger")]).raw
        bare = json.dumps({**json.loads(wrong), "signatures": []}, separators=(",", ":")).encode()
        for raw, rule in ((wrong, "governors"), (bare, "signature-count")):
            code, told = post(made, raw, headers)
            assert code in (400, 422)
            assert told["rule"] in (rule, "signer")
        assert made.client.get("/v1/status").json()["size"] == size
