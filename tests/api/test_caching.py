"""Entity tags, 304, and how long an answer may be kept."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import StreamingResponse
from starlette.types import Message, Scope

from api.caching import Conditional, matches, tag_of
from tests.scene import Shown

FOR_EVER = "public, max-age=31536000, immutable"
TAG = '"abc"'


@pytest.mark.parametrize(
    ("field", "is_named"),
    [
        ("*", True),
        (" * ", True),
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"other", {TAG}', True),
        (f'"a,b" ,\t{TAG}', True),
        (f",, {TAG} ,", True),
        ("", False),
        ('"other"', False),
        ('"ABC"', False),
        ("abc", False),
        (f"w/{TAG}", False),
        (f"{TAG} {TAG}", False),
        (f"{TAG}, abc", False),
        (f"{TAG}, *", False),
        (f'"x{TAG}x"', False),
        ('"other', False),
    ],
)
def test_a_tag_is_named_by_a_list_by_a_weak_tag_and_by_a_star(field: str, is_named: bool) -> None:
    assert matches(field, TAG) is is_named


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=5), st.binary(max_size=8))
def test_a_list_names_exactly_the_bodies_whose_tags_are_in_it(
    bodies: list[bytes], other: bytes
) -> None:
    field = ", ".join(map(tag_of, bodies))
    assert all(matches(field, tag_of(body)) for body in bodies)
    assert matches(field, tag_of(other)) is (other in bodies)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_whatever_is_sent_as_a_list_of_tags_is_read_without_an_error(field: str) -> None:
    assert matches(field, tag_of(b"nothing that a list could name")) in (field.strip(" \t") == "*",)


PATHS = ["/v1/status", "/v1/checkpoint", "/v1/proofs/inclusion?index=3&size=9", "/problems",
         "/openapi.json", "/v1/sites", "/livez"]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PATHS)
def test_what_is_there_already_is_not_sent_again(
    jewel_shown: Shown, path: str, method: str
) -> None:
    client = jewel_shown.client
    first = client.get(path)
    assert first.headers["etag"] == tag_of(first.content)
    asked = client.request(method, path, headers={"if-none-match": f'"x", W/{tag_of(b"")}'})
    assert (asked.status_code, asked.headers["etag"]) == (200, first.headers["etag"])
    again = client.request(method, path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-length" not in again.headers
    assert "content-type" not in again.headers
    for name in ("etag", "cache-control", "vary"):
        assert again.headers.get(name) == first.headers.get(name), name


def test_a_list_of_tags_may_come_in_several_lines(jewel_shown: Shown) -> None:
    client = jewel_shown.client
    tag = client.get("/v1/status").headers["etag"]
    fields = [("if-none-match", '"x"'), ("if-none-match", tag)]
    assert client.get("/v1/status", headers=fields).status_code == 304


def test_the_note_and_its_json_twin_have_tags_of_their_own(jewel_shown: Shown) -> None:
    client = jewel_shown.client
    note = client.get("/v1/checkpoint", headers={"accept": "text/plain"})
    asked = {"accept": "application/json", "if-none-match": note.headers["etag"]}
    twin = client.get("/v1/checkpoint", headers=asked)
    assert twin.status_code == 200
    assert twin.headers["etag"] != note.headers["etag"]
    assert twin.headers["vary"] == note.headers["vary"] == "accept"


def test_another_record_is_another_tag(fresh: Shown) -> None:
    tag = fresh.client.get("/v1/status").headers["etag"]
    (raw,) = fresh.registrations(1)
    fresh.client.post("/v1/records", content=raw, headers={"content-type": "application/json"})
    assert fresh.client.get("/v1/status", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/v1/entries?start=x", "/v1/parcels/0x00"])
def test_a_problem_has_no_tag_and_is_told_every_time(jewel_shown: Shown, path: str) -> None:
    response = jewel_shown.client.get(path, headers={"if-none-match": "*"})
    assert response.status_code >= 400
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-cache"


def test_what_is_sent_is_never_answered_by_304(fresh: Shown) -> None:
    (raw,) = fresh.registrations(1)
    headers = {"content-type": "application/json", "if-none-match": "*"}
    response = fresh.client.post("/v1/records", content=raw, headers=headers)
    assert response.status_code == 201
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/v1/proofs/inclusion?index=3&size=9", FOR_EVER),
        ("/v1/proofs/consistency?from=3&to=9", FOR_EVER),
        ("/v1/proofs/inclusion?index=3", "no-cache"),
        ("/v1/proofs/consistency?from=3", "no-cache"),
        ("/v1/status", "no-cache"),
        ("/v1/typed-data/Registration", "no-cache"),
        ("/problems/balance", "no-cache"),
        ("/v1/entries", "private, no-store"),
        ("/v1/entries/3", "private, no-store"),
        ("/v1/sites", "private, no-store"),
    ],
)
def test_only_what_never_changes_and_is_for_everyone_is_kept(
    jewel_shown: Shown, path: str, policy: str
) -> None:
    headers = jewel_shown.client.get(path).headers
    assert headers["cache-control"] == policy
    assert ("authorization" in headers.get("vary", "")) is policy.startswith("private")


def test_what_is_kept_for_ever_is_the_same_later_and_for_a_stranger(fresh: Shown) -> None:
    paths = ["/v1/proofs/inclusion?index=3&size=9", "/v1/proofs/consistency?from=3&to=9"]
    before = [fresh.client.get(path).content for path in paths]
    (raw,) = fresh.registrations(1)
    fresh.client.post("/v1/records", content=raw, headers={"content-type": "application/json"})
    del fresh.client.headers["authorization"]
    assert [fresh.client.get(path).content for path in paths] == before


def test_what_is_streamed_goes_out_as_it_comes_and_has_no_tag() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        await StreamingResponse(iter([b"a", b"b"]))(scope, receive, send)  # type: ignore[arg-type]  # as given

    async def receive() -> Message:
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"if-none-match", b"*")]}
    asyncio.run(Conditional(app)(scope, receive, send))
    assert sent[0]["status"] == 200
    assert b"etag" not in dict(sent[0]["headers"])
    assert [message["body"] for message in sent[1:]] == [b"a", b"b", b""]
