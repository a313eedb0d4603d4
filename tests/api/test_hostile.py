"""Hostile bodies on every route that takes one: a 4xx problem by name, and nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import drafts
from ledger.limits import LIMITS
from tests.api.problem_check import check_document, problem_of
from tests.scene import Shown, jewel, shown
from tests.world import World

JSON, LINES = "application/json", "application/x-ndjson"
SECRET = "Kohinoor"  # stands in every body that cannot be read, and must not come back
SINGLE, BATCH, ATOMIC = "/v1/records", "/v1/records/batch", "/v1/records/batch?atomic=true"


@pytest.fixture(scope="module")
def made() -> Iterator[Shown]:
    with shown(jewel()) as found:
        yield found


@pytest.fixture(scope="module")
def good(made: Shown) -> bytes:
    """A record that would be taken as it is."""
    world = made.scene.fork()
    world.register(made.scene.sites["home"], 1_234, 1, zone="South", label=SECRET)
    return world.log[-1][1].envelope.raw


def with_member(raw: bytes, text: str) -> bytes:
    """Put one more member into a record's JSON, before all others."""
    return b"{" + text.encode() + b"," + raw[1:]


def changed(raw: bytes, path: str, value: Any) -> bytes:
    """Change one value of an envelope, keeping the rest canonical."""
    plain = json.loads(raw)
    *places, last = path.split(".")
    inner = plain
    for place in places:
        inner = inner[place]
    inner[last] = value
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def reordered(raw: bytes) -> bytes:
    """Write the members of an envelope in another order."""
    members = reversed(json.loads(raw).items())
    return json.dumps(dict(members), separators=(",", ":"), ensure_ascii=False).encode()


def malleated(raw: bytes) -> bytes:
    """Turn a signature (r, s, v) into its twin (r, n - s, v'), which recovers the same key."""
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    signature = bytes.fromhex(json.loads(raw)["signatures"][0][2:])
    s = order - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
    return changed(raw, "signatures", ["0x" + twin.hex()])


def hostile(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Return each hostile body with the name of the rule that refuses it."""
    signature = json.loads(good)["signatures"][0]
    label = "record.amounts.label"
    weight = "record.amounts.weightMillicarats"
    deep = b"[" * 500 + b"]" * 500
    return {
        "nothing": (b" ", "json"),
        "no JSON": (SECRET.encode(), "json"),
        "half of it": (good[: len(good) // 2], "json"),
        "more behind it": (good + good, "json"),
        "a duplicate key": (with_member(good, '"kind":"Handoff"'), "json"),
        "NaN": (changed(good, weight, 77_777).replace(b"77777", b"NaN"), "json"),
        "Infinity": (b'{"%s":Infinity}' % SECRET.encode(), "json"),
        "a float": (changed(good, weight, 1.5), "json"),
        "1e400": (changed(good, weight, 77_777).replace(b"77777", b"1e400"), "json"),
        "4000 digits": (changed(good, weight, 77_777).replace(b"77777", b"9" * 4_000), "integer"),
        "minus one": (changed(good, weight, -1), "integer"),
        "2^53": (changed(good, weight, 2**53), "integer"),
        "a lone surrogate": (changed(good, label, "@@").replace(b"@@", b"\\ud800"), "json"),
        "a raw surrogate": (changed(good, label, "\ud800"), "json"),
        "a byte order mark": (b"\xef\xbb\xbf" + good, "json"),
        "UTF-16": (good.decode().encode("utf-16"), "json"),
        "UTF-32": (good.decode().encode("utf-32-le"), "json"),
        "bad UTF-8": (good.replace(SECRET.encode(), b"\xff\xfe"), "json"),
        "500 levels": (deep, "depth"),
        "500 levels inside": (changed(good, label, "@").replace(b'"@"', deep), "depth"),
        "NUL": (changed(good, label, "a\x00b"), "text"),
        "a raw NUL": (good.replace(SECRET.encode(), b"a\x00b"), "json"),
        "a bidi control": (changed(good, label, "a\u202eb"), "text"),
        "not NFC": (changed(good, label, "e\u0301"), "text"),
        "unassigned": (changed(good, label, "\u0378"), "text"),
        "a long text": (changed(good, label, SECRET * 10), "text"),
        "full-width digits": (changed(good, "record.scene.zone", "\uff11\uff12"), "signer"),
        "full-width hex": (changed(good, "record.who.site", "0x" + "\uff11" * 64), "hex"),
        "an unknown field": (changed(good, "record.amounts.more", 1), "fields"),
        "an unknown member": (with_member(good, '"extra":1'), "fields"),
        "a missing field": (good.replace(b'"label":', b'"labels":'), "fields"),
        "null": (changed(good, label, None), "type"),
        "a list": (b"[]", "kind"),
        "a number": (b"7", "kind"),
        "true for a number": (changed(good, weight, True), "type"),
        "a text for a number": (changed(good, weight, "1"), "type"),
        "another kind": (changed(good, "kind", "Parcel"), "kind"),
        "upper-case hex": (changed(good, "record.who.author", "0x" + "AB" * 20), "hex"),
        "white space": (good.replace(b",", b", "), "canonical"),
        "another order": (reordered(good), "canonical"),
        "an escape too many": (good.replace(b"Kohinoor", b"\\u004bohinoor"), "canonical"),
        "no signature": (changed(good, "signatures", []), "signature-count"),
        "a signature twice": (changed(good, "signatures", [signature] * 2), "signature-count"),
        "a malleated signature": (malleated(good), "signature-form"),
        "v of 0": (changed(good, "signatures", [signature[:-2] + "00"]), "signature-form"),
        "a short signature": (changed(good, "signatures", ["0x00"]), "signature-form"),
        "600 signatures": (changed(good, "signatures", ["0x"] * 600), "list-size"),
        "too large": (changed(good, label, SECRET * 20_000), "size"),
    }


def checked(made: Shown, response: Any, rule: str, label: str) -> None:
    """Check that a response refuses by a rule, and does not give back what it was sent."""
    if response.headers["content-type"] == LINES:
        (line,) = [json.loads(line) for line in response.text.splitlines()]
        problem = line["problem"]
        check_document(problem)
        assert line["code"] == problem["status"]
    else:
        problem = problem_of(response)
    assert problem["rule"] == rule, label
    assert 400 <= problem["status"] < 500, label
    assert SECRET not in response.text, label
    assert SECRET not in str(response.headers), label


def test_every_hostile_body_is_refused_by_name_and_nothing_is_stored(made, good) -> None:
    head, state = made.desk.head(), made.desk.fingerprint()
    for label, (body, rule) in hostile(good).items():
        single = made.client.post(SINGLE, content=body, headers={"content-type": JSON})
        checked(made, single, rule, label)
        for path in (BATCH, ATOMIC):
            lines = made.client.post(path, content=body + b"\n", headers={"content-type": LINES})
            checked(made, lines, rule, label)
        assert made.desk.head() == head, label
    assert made.desk.fingerprint() == state
    assert made.client.get("/readyz").status_code == 200


def test_a_good_record_among_hostile_lines_is_taken_and_they_are_not(good) -> None:
    with shown(jewel()) as made:
        cases = [case for case in hostile(good).values() if b"\n" not in case[0]]
        body = b"".join(line + b"\n" for line, _ in cases) + good + b"\n"
        response = made.client.post(BATCH, content=body, headers={"content-type": LINES})
        lines = [json.loads(line) for line in response.text.splitlines()]
        assert [line["problem"]["rule"] for line in lines[:-1]] == [rule for _, rule in cases]
        assert lines[-1]["code"] == 201
        assert made.desk.head().size == len(made.scene.log) + 1


MEDIA_TYPES = [
    "", "text/plain", "application/json; charset=utf-16", "application/json; boundary=x",
    "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
    "application/json, application/json", "application/problem+json", "*/*", SECRET,
]  # fmt: skip


@pytest.mark.parametrize("path", [SINGLE, BATCH, ATOMIC])
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_another_media_type_is_415(made: Shown, good: bytes, path: str, media_type: str) -> None:
    head = made.desk.head()
    headers = {"content-type": media_type} if media_type else {}
    response = made.client.post(path, content=good + b"\n", headers=headers)
    checked(made, response, "media-type", media_type)
    assert made.desk.head() == head


@pytest.mark.parametrize(("path", "media_type"), [(SINGLE, LINES), (BATCH, JSON)])
def test_the_media_type_of_the_other_route_is_415(made, good, path, media_type) -> None:
    response = made.client.post(path, content=good, headers={"content-type": media_type})
    checked(made, response, "media-type", path)


@pytest.mark.parametrize("path", [SINGLE, BATCH])
def test_a_compressed_body_is_415(made: Shown, good: bytes, path: str) -> None:
    headers = {"content-type": JSON if path == SINGLE else LINES, "content-encoding": "gzip"}
    checked(made, made.client.post(path, content=good, headers=headers), "media-type", path)


def test_a_media_type_may_name_its_charset(good: bytes) -> None:
    with shown(jewel()) as made:
        headers = {"content-type": "Application/JSON; charset=UTF-8"}
        assert made.client.post(SINGLE, content=good, headers=headers).status_code == 201


@given(st.binary(max_size=300))
def test_any_bytes_are_answered_by_a_problem_and_nothing_is_stored(
    made: Shown, body: bytes
) -> None:
    head = made.desk.head()
    for path, media_type in ((SINGLE, JSON), (BATCH, LINES), (ATOMIC, LINES)):
        response = made.client.post(path, content=body, headers={"content-type": media_type})
        if response.headers["content-type"] == LINES:
            for line in response.text.splitlines():
                check_document(json.loads(line)["problem"])
        else:
            assert 400 <= problem_of(response)["status"] < 500
    assert made.desk.head() == head


@given(st.data())
def test_a_good_record_with_any_byte_changed_is_refused(made: Shown, good: bytes, data) -> None:
    at = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != good[at]))
    body = good[:at] + bytes([byte]) + good[at + 1 :]
    head = made.desk.head()
    response = made.client.post(SINGLE, content=body, headers={"content-type": JSON})
    assert 400 <= problem_of(response)["status"] < 500
    assert made.desk.head() == head


def in_chunks(total: int) -> Iterator[bytes]:
    for _ in range(total // 65_536 + 1):
        yield b"x" * 65_536


@pytest.mark.parametrize(
    ("path", "media_type", "most", "rule"),
    [
        (SINGLE, JSON, LIMITS.envelope_bytes_max, "size"),
        (BATCH, LINES, LIMITS.batch_bytes_max, "body-size"),
    ],
)
def test_a_body_is_counted_while_it_arrives(made, path, media_type, most, rule) -> None:
    headers = {"content-type": media_type}
    response = made.client.post(path, content=in_chunks(most), headers=headers)
    assert "content-length" not in response.request.headers
    checked(made, response, rule, path)


def test_a_body_that_says_that_it_is_too_large_is_not_read(made: Shown) -> None:
    headers = {"content-type": JSON, "content-length": "99999999999999999999999"}
    response = made.client.post(SINGLE, content=b"{}", headers=headers)
    checked(made, response, "size", "declared")


def test_the_record_of_another_ledger_is_refused(made: Shown) -> None:
    elsewhere = World(salts_given=7_000)
    elsewhere.found()
    foreign = elsewhere.admit("lab-be").envelope.raw
    again = elsewhere.log[0][1].envelope.raw
    for raw, rule in ((foreign, "signer"), (again, "charter-again")):
        response = made.client.post(SINGLE, content=raw, headers={"content-type": JSON})
        checked(made, response, rule, rule)


def test_signatures_in_another_order_are_refused(made: Shown) -> None:
    world = made.scene.fork()
    raw = world.admit("auditor-ch", country="DE").envelope.raw
    signatures = json.loads(raw)["signatures"]
    assert len(signatures) == 2
    body = changed(raw, "signatures", signatures[::-1])
    response = made.client.post(SINGLE, content=body, headers={"content-type": JSON})
    checked(made, response, "signature-order", "reordered")


def test_a_record_that_was_held_back_is_stale() -> None:
    with shown(jewel()) as own:
        held_back = own.scene.fork()
        held_back.offer(own.scene.parcels["stone"], "jeweller-fr", "trader-ae")
        own.scene.offer(own.scene.parcels["stone"], "jeweller-fr", "trader-be")
        goods = own.scene.goods(own.scene.parcels["stone"])
        own.scene.say(
            drafts.withdrawal(own.scene.speaker("jeweller-fr"), own.scene.moment(), goods),
            "jeweller-fr",
        )
        own.catch_up()
        raw = held_back.log[-1][1].envelope.raw
        response = own.client.post(SINGLE, content=raw, headers={"content-type": JSON})
        checked(own, response, "stale-previous", "stale")
        assert response.status_code == 409


def test_what_a_refusal_shows_of_a_text_is_escaped_and_at_most_80_characters() -> None:
    with shown(jewel()) as own:
        world, zone = own.scene, "\u00e9" * 24
        site = world.open_site(label="x", zone=zone)
        own.catch_up()
        miner, head = world.speaker("miner-bw"), own.desk.head()
        record = drafts.registration(miner, world.moment(), site, 1_000, stones=1, zone="A")
        raw = world.sign(record, "miner-bw").raw
        response = own.client.post(SINGLE, content=raw, headers={"content-type": JSON})
        problem = problem_of(response)
        assert (problem["rule"], problem["field"]) == ("site-zone", "scene.zone")
        told = problem["expected"].removeprefix("the site's zone, ")
        assert len(told) == 80
        assert told.startswith('"\\u00e9\\u00e9')
        assert told.endswith("\u2026")
        assert own.desk.head() == head
