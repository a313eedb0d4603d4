"""Private fields over HTTP: handed in, shown to whom their owner says, erased; never told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ledger import drafts
from ledger.canonical.private import join_private
from ledger.limits import LIMITS
from ledger.signing.private import private_to_plain, with_private
from ledger.values import to_hex
from tests.scene import Shown, jewel, shown
from tests.world import address_of

CANARY = "canary of a party's name"
JSON = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}
SUBJECT = "trader-ae"


@dataclass
class Told:
    """A trade ledger, a record with private fields that was sent, and its path."""

    made: Shown
    body: bytes
    path: str
    record: str

    def ask(self, method: str, path: str = "", by: str = "", **more: Any) -> Any:
        """Send a request as a named actor, or as a stranger."""
        headers = {**(self.made.sign_in(by) if by else {}), **more.pop("headers", {})}
        return self.made.client.request(method, self.path + path, headers=headers, **more)


def admission(made: Shown, value: str = CANARY) -> bytes:
    """Return an Admission with its name, as it is sent."""
    scene = made.scene
    record = drafts.admission(
        scene.speaker("governor-1"), scene.moment(), address_of(SUBJECT), "trader", "AE",
        previous=scene.head_of(address_of(SUBJECT)),
    )  # fmt: skip
    record, fields = with_private(record, {"name": value, "contact": "x@example"}, scene.salt)
    envelope = scene.sign(record, "governor-1")
    return join_private(envelope.raw, private_to_plain(fields))


@pytest.fixture
def told() -> Iterator[Told]:
    with shown(jewel("trade")) as made:
        made.desk.clock.now_ms = made.scene.now_ms
        body = admission(made)
        response = made.client.post("/v1/records", content=body, headers=JSON)
        assert response.status_code == 201, response.text
        record = response.json()["recordId"]
        yield Told(made, body, f"/v1/records/{record}/private", record)


def test_a_record_is_taken_with_its_fields_and_told_without_them(told: Told) -> None:
    again = told.made.client.post("/v1/records", content=told.body, headers=JSON)
    assert again.status_code == 200
    assert CANARY not in again.text
    path = f"/v1/records/{told.record}"
    own = told.made.client.get(path, headers=told.made.sign_in("governor-1"))
    assert own.status_code == 200
    assert CANARY not in json.dumps(own.json()["envelope"])
    others = told.made.client.get(path, headers=told.made.sign_in("cutter-in"))
    assert others.json()["envelope"] == own.json()["envelope"]
    assert CANARY not in others.text


def test_owners_see_what_they_sent(told: Told) -> None:
    sent = json.loads(told.body)["private"]
    for owner in ("governor-1", SUBJECT):
        response = told.ask("GET", by=owner)
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "private, no-store"
        shown_fields = {
            one["name"]: {part: one[part] for part in ("proof", "salt", "value")}
            for one in response.json()["fields"]
        }
        assert shown_fields == sent


def test_strangers_are_asked_to_sign_in_and_others_told_of_nothing(told: Told) -> None:
    nothing = "/v1/records/0x" + "7" * 64 + "/private"
    for path in (told.path, nothing):
        stranger = told.made.client.get(path)
        assert (stranger.status_code, stranger.json()["rule"]) == (401, "sign-in-needed")
        other = told.made.client.get(path, headers=told.made.sign_in("cutter-in"))
        assert (other.status_code, other.json()["rule"]) == (404, "unknown")
    assert told.ask("GET", headers={"authorization": "Bearer " + "x" * 43}).status_code == 401


def test_an_owner_grants_withdraws_and_erases(told: Told) -> None:
    to = to_hex(address_of("cutter-in"))
    granted = told.ask("POST", "/name/grants", by=SUBJECT, json={"party": to})
    assert (granted.status_code, granted.content) == (204, b"")
    assert [one["value"] for one in told.ask("GET", by="cutter-in").json()["fields"]] == [CANARY]
    assert told.ask("DELETE", f"/name/grants/{to}", by=SUBJECT).status_code == 204
    assert told.ask("GET", by="cutter-in").status_code == 404
    told.ask("POST", "/name/grants", by=SUBJECT, json={"party": "everyone"})
    assert [one["name"] for one in told.ask("GET").json()["fields"]] == ["name"]
    for _ in range(2):
        assert told.ask("DELETE", "/name", by=SUBJECT).status_code == 204
    assert told.ask("GET").status_code == 401
    left = told.ask("GET", by=SUBJECT)
    assert CANARY not in left.text
    assert [one["erasedAtMs"] is None for one in left.json()["fields"]] == [False, True]


@pytest.mark.parametrize("by", ["", "cutter-in", "governor-2"])
def test_nobody_else_disposes_of_a_field(told: Told, by: str) -> None:
    expected = 404 if by else 401
    party = {"party": to_hex(address_of("cutter-in"))}
    assert told.ask("POST", "/name/grants", by=by, json=party).status_code == expected
    assert told.ask("DELETE", "/name/grants/everyone", by=by).status_code == expected
    assert told.ask("DELETE", "/name", by=by).status_code == expected
    assert len(told.ask("GET", by=SUBJECT).json()["fields"]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 400), (b"{}", 400), (b'{"party":7}', 400), (b'{"party":"0x12"}', 400),
        (b'{"party":"everyone","more":1}', 400), (b"[" * 900, 400), (b"\xff", 400),
        (b"x" * 2_000, 413), (b'{"party":"0x' + b"77" * 20 + b'"}', 404),
    ],
)  # fmt: skip
def test_a_grant_to_nobody_is_told_so(told: Told, body: bytes, code: int) -> None:
    response = told.ask("POST", "/name/grants", by=SUBJECT, content=body, headers=JSON)
    assert response.status_code == code, response.text


def test_what_is_asked_in_another_form_is_told_so(told: Told) -> None:
    assert told.ask("GET", "?more=1").status_code == 400
    assert told.made.client.get("/v1/records/0x12/private").status_code == 400
    assert told.ask("DELETE", "/name/grants/0x12", by=SUBJECT).status_code == 400
    assert told.ask("POST", "/name/grants", by=SUBJECT, content=b"{}").status_code == 415


def test_a_problem_never_tells_a_value(told: Told) -> None:
    body = admission(told.made, "canary number two")
    spoils = (
        (b"canary number two", b"canary number xyz", "details"),
        (b'"contact":{', b'"canary number two":{', "fields"),
        (b'"canary number two"', b'["canary number two"]', "type"),
        (b'"salt":"0x', b'"salt":"0xcanary number two', "hex"),
        (b'"canary number two"', b'1.5,"canary number two"', "json"),
    )
    for old, new, rule in spoils:
        for path, headers in (("/v1/records", JSON), ("/v1/records/batch", LINES)):
            # Behind the end of the last line, so that all of it is read as a record.
            sent = body.replace(old, new, 1) + (b"\n" if headers is LINES else b"")
            response = told.made.client.post(path, content=sent, headers=headers)
            assert "canary" not in response.text, rule
            assert f"/problems/{rule}" in response.text


def test_a_batch_takes_fields_line_by_line(told: Told) -> None:
    first, second = admission(told.made), told.made.registrations(1)[0]
    response = told.made.client.post(
        "/v1/records/batch", content=first + b"\n" + second, headers=LINES
    )
    codes = [json.loads(line)["code"] for line in response.text.splitlines()]
    # The first one's chain has moved on since the fixture's.
    assert codes == [409, 201]


def test_the_largest_envelope_and_its_fields_are_read_and_more_is_not(told: Told) -> None:
    whole = b'{"kind":"Handoff","private":{"a":"' + b"x" * LIMITS.private_bytes_max + b'"},"record"'
    assert told.made.client.post("/v1/records", content=whole, headers=JSON).status_code == 413
    most = LIMITS.record_body_bytes_max
    assert LIMITS.envelope_bytes_max + LIMITS.private_bytes_max < most
    response = told.made.client.post("/v1/records", content=b"x" * (most + 1), headers=JSON)
    assert (response.status_code, response.json()["rule"]) == (413, "size")
