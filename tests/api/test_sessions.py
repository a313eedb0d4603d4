"""Signing in over HTTP: nonces, messages, tokens, and every way in which they end."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.signin import sign_message, time_text
from ledger.values import to_hex
from tests.api.problem_check import problem_of
from tests.scene import ADDRESS, OPERATORS, Shown, jewel, shown, signed_in_body
from tests.world import GOVERNORS, address_of, secret_of

WHO = "jeweller-fr"
MINUTE = 60_000


@pytest.fixture
def made() -> Iterator[Shown]:
    """The stone's way on a trade ledger, of one's own."""
    with shown(jewel("trade")) as made:
        yield made


def nonce(made: Shown) -> str:
    text: str = made.client.post("/v1/sign-in/nonce").json()["nonce"]
    return text


def body(made: Shown, name: str = WHO, **parts: Any) -> dict[str, str]:
    given = parts.pop("nonce", None) or nonce(made)
    return signed_in_body(name, given, made.desk.clock.now_ms, **parts)


def sign_in(made: Shown, plain: Any) -> Any:
    return made.client.post("/v1/sign-in", json=plain)


def refused(made: Shown, plain: Any) -> tuple[str, str]:
    problem = problem_of(sign_in(made, plain))
    assert made.client.get("/v1/charter").status_code == 401
    return problem["rule"], problem["field"]


def reads(made: Shown, headers: dict[str, str]) -> str:
    """Return "yes", or the rule by which reading is refused."""
    response = made.client.get("/v1/charter", headers=headers)
    return "yes" if response.status_code == 200 else str(problem_of(response)["rule"])


def test_a_party_that_signs_in_reads_until_its_token_ends(made: Shown) -> None:
    headers = made.sign_in(WHO)
    assert reads(made, headers) == "yes"
    made.desk.clock.now_ms += 15 * MINUTE - 1
    assert reads(made, headers) == "yes"
    made.desk.clock.now_ms += 1
    assert reads(made, headers) == "session-ended"
    made.desk.clock.now_ms -= 2
    assert reads(made, headers) == "session-ended"  # what has ended does not begin again


def test_the_answer_says_who_reads_and_is_kept_by_nobody(made: Shown) -> None:
    response = sign_in(made, body(made))
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {
        "token": response.json()["token"],
        "endsAtMs": made.desk.clock.now_ms + 15 * MINUTE,
        "party": to_hex(address_of(WHO)),
        "signer": to_hex(address_of(WHO)),
        "isAgent": False,
        "roles": [{"role": "jeweller", "country": "FR"}],
    }
    assert len(response.json()["token"]) == 43
    given = made.client.post("/v1/sign-in/nonce")
    assert given.headers["cache-control"] == "no-store"
    assert given.json()["endsAtMs"] == made.desk.clock.now_ms // 1000 * 1000 + 5 * MINUTE


def test_a_governor_and_an_agent_sign_in(made: Shown) -> None:
    assert reads(made, made.sign_in(GOVERNORS[0])) == "yes"
    made.scene.admit_agent("trader-be", "scribe", "Handoff")
    made.catch_up()
    told = sign_in(made, body(made, "scribe")).json()
    assert (told["party"], told["isAgent"]) == (to_hex(address_of("trader-be")), True)


def test_whoever_signs_out_reads_no_more(made: Shown) -> None:
    headers, others = made.sign_in(WHO), made.sign_in(WHO)
    for _ in range(2):
        assert made.client.post("/v1/sign-out", headers=headers).status_code == 204
        assert reads(made, headers) == "session-ended"
    assert reads(made, others) == "yes"
    assert made.client.post("/v1/sign-out").status_code == 204


# -- what does not open reading ------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another domain": ({"domain": "evil.example"}, "sign-in-domain"),
    "another port": ({"domain": "testserver:81"}, "sign-in-domain"),
    "another URI": ({"uri": "http://evil.example"}, "sign-in-domain"),
    "a URI that begins like it": ({"uri": "http://testserver.evil.example"}, "sign-in-domain"),
    "a URI with a user": ({"uri": "http://testserver@evil.example"}, "sign-in-domain"),
    "another scheme of the URI": ({"uri": "https://testserver"}, "sign-in-domain"),
    "another scheme": ({"scheme": "https"}, "sign-in-domain"),
    "another chain": ({"chain_id": 137}, "sign-in-message"),
    "a nonce of one's own": ({"nonce": "a1" * 37}, "sign-in-nonce"),
    "a short nonce": ({"nonce": "12345678"}, "sign-in-nonce"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_message_for_another_place_or_of_another_nonce_opens_nothing(made, name: str) -> None:
    parts, rule = WRONG[name]
    assert refused(made, body(made, **parts))[0] == rule


@pytest.mark.parametrize("parts", [{"scheme": "http"}, {"uri": f"{ADDRESS}/v1/sign-in"}])
def test_a_message_may_say_the_same_place_in_more_words(made: Shown, parts) -> None:
    assert sign_in(made, body(made, **parts)).status_code == 200


@pytest.mark.parametrize(
    ("part", "minutes", "rule"),
    [
        ("issued_at", 6, "sign-in-time"), ("issued_at", 4, ""), ("issued_at", -9, ""),
        ("issued_at", -11, "sign-in-time"), ("expiration_time", 0, "sign-in-time"),
        ("expiration_time", -1, "sign-in-time"), ("expiration_time", 1, ""),
        ("not_before", 6, "sign-in-time"), ("not_before", 4, ""), ("not_before", -60, ""),
    ],
)  # fmt: skip
def test_a_message_must_be_of_this_time(made: Shown, part: str, minutes: int, rule: str) -> None:
    moment = time_text(made.desk.clock.now_ms + minutes * MINUTE)
    plain = body(made, **{part: moment})
    if rule:
        assert refused(made, plain) == (rule, part.replace("_", "-").replace("time", "time"))
    else:
        assert sign_in(made, plain).status_code == 200


def test_a_session_ends_with_its_message_if_that_is_sooner(made: Shown) -> None:
    ends_at = time_text(made.desk.clock.now_ms + MINUTE)
    token = sign_in(made, body(made, expiration_time=ends_at)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    assert reads(made, headers) == "yes"
    made.desk.clock.now_ms += MINUTE
    assert reads(made, headers) == "session-ended"


def test_a_nonce_is_used_once_and_soon(made: Shown) -> None:
    given = nonce(made)
    plain = body(made, nonce=given)
    assert sign_in(made, plain).status_code == 200
    assert refused(made, plain)[0] == "sign-in-nonce"
    assert refused(made, body(made, "trader-be", nonce=given))[0] == "sign-in-nonce"
    late = nonce(made)
    made.desk.clock.now_ms += 5 * MINUTE + 1
    assert refused(made, body(made, nonce=late))[0] == "sign-in-nonce"


def test_a_nonce_is_not_used_up_by_a_sign_in_that_fails(made: Shown) -> None:
    given = nonce(made)
    assert refused(made, body(made, "nobody", nonce=given))[0] == "sign-in-party"
    assert sign_in(made, body(made, nonce=given)).status_code == 200


def test_a_nonce_of_another_server_opens_nothing(made: Shown) -> None:
    with shown(jewel("trade")) as other:
        assert refused(made, body(made, nonce=nonce(other)))[0] == "sign-in-nonce"


def test_a_nonce_that_is_changed_is_none(made: Shown) -> None:
    given = nonce(made)
    for place in range(0, len(given), 3):
        other = "0" if given[place] != "0" else "1"
        changed = given[:place] + other + given[place + 1 :]
        assert refused(made, body(made, nonce=changed))[0] == "sign-in-nonce"


def test_of_many_who_bring_one_message_at_once_one_is_let_in(made: Shown) -> None:
    plain = body(made)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: sign_in(made, plain).status_code, range(16)))
    assert sorted(set(codes)) == [200, 403]
    assert codes.count(200) == 1


def test_a_signature_by_another_key_opens_nothing(made: Shown) -> None:
    plain = body(made)
    forged = to_hex(sign_message(plain["message"], secret_of("trader-be")))
    assert refused(made, {**plain, "signature": forged}) == ("sign-in-signature", "signer")
    high_v = plain["signature"][:-2] + "00"
    assert refused(made, {**plain, "signature": high_v})[0] == "sign-in-signature"
    assert refused(made, {**plain, "signature": "0x12"})[0] == "sign-in-signature"
    assert sign_in(made, plain).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b'"text"', b"{", b"\xff", b"[" * 5_000,
        b'{"message": "a", "signature": 1}', b'{"message": null, "signature": "0x"}',
        b'{"message": "a", "signature": "0x", "more": 1}',
        b'{"message": "a", "message": "a", "signature": "0x"}',
        b'{"message": "\\ud800", "signature": "0x' + b"11" * 65 + b'"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_sign_in_is_refused(made: Shown, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    problem = problem_of(made.client.post("/v1/sign-in", content=content, headers=headers))
    assert problem["rule"] in ("bad-question", "sign-in-message")


def test_a_body_that_is_too_large_or_of_another_sort_is_refused(made: Shown) -> None:
    headers = {"content-type": "application/json"}
    large = made.client.post("/v1/sign-in", content=b" " * 20_000, headers=headers)
    assert problem_of(large)["rule"] == "body-size"
    other = made.client.post("/v1/sign-in", content=b"{}", headers={"content-type": "text/plain"})
    assert problem_of(other)["rule"] == "media-type"


# -- who may sign in, and until when -------------------------------------------------------------

ENDS: dict[str, tuple[str, Callable[[Shown], object]]] = {
    "the key was changed": ("cutter-in", lambda made: made.scene.change_key(
        "rotate", "cutter-in", "fresh")),
    "the role was revoked": ("lab-be", lambda made: made.scene.revoke("lab-be")),
    "the agent was revoked": ("scribe", lambda made: made.scene.say(
        _revoking_an_agent(made), "trader-be")),
    "the agent's party was revoked": ("scribe", lambda made: made.scene.revoke("trader-be")),
}  # fmt: skip


def _revoking_an_agent(made: Shown) -> Any:
    from ledger import drafts

    return drafts.revocation(
        made.scene.speaker("trader-be"), made.scene.moment(), address_of("scribe"), "agent", "BE",
        previous=made.scene.head_of(address_of("scribe")),
    )  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_a_session_ends_when(made: Shown, name: str) -> None:
    who, end = ENDS[name]
    made.scene.admit_agent("trader-be", "scribe", "Handoff")
    made.catch_up()
    headers = made.sign_in(who)
    assert reads(made, headers) == "yes"
    end(made)
    made.catch_up()
    assert reads(made, headers) == "session-ended"
    assert refused(made, body(made, who))[0] == "sign-in-party"


def test_a_session_ends_when_the_role_runs_out(made: Shown) -> None:
    made.scene.revoke("lab-be")
    made.scene.admit("lab-be", valid_until=made.scene.now_s + 60)
    made.catch_up()
    headers = made.sign_in("lab-be")
    made.desk.clock.now_ms = (made.scene.now_s + 60) * 1000
    assert reads(made, headers) == "yes"
    made.desk.clock.now_ms += 1000
    assert reads(made, headers) == "session-ended"


def test_a_recovered_key_opens_reading_from_when_it_is_in_force(made: Shown) -> None:
    made.scene.change_key("recover", WHO, "fresh")
    made.catch_up()
    headers = made.sign_in(WHO)
    assert refused(made, body(made, "fresh"))[0] == "sign-in-party"
    made.desk.clock.now_ms += made.scene.charter().recovery_delay_seconds * 1000
    assert reads(made, headers) == "session-ended"
    assert sign_in(made, body(made, "fresh")).status_code == 200


@pytest.mark.parametrize("name", ["nobody", "log"])
def test_who_is_no_party_does_not_sign_in(made: Shown, name: str) -> None:
    assert refused(made, body(made, name)) == ("sign-in-party", "party")


# -- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["Bearer", "Bearer ", "Basic Og==", "bearer x y", "Bearer " + "x" * 43, "Bearer " + "x" * 4000],
)
def test_what_is_no_token_opens_nothing_and_says_so(made: Shown, value: str) -> None:
    assert reads(made, {"authorization": value}) == "session-ended"


def test_a_token_stands_in_one_header_and_nowhere_else(made: Shown) -> None:
    token = made.sign_in(WHO)["authorization"].partition(" ")[2]
    for query in (f"?token={token}", f"?access_token={token}"):
        assert problem_of(made.client.get(f"/v1/charter{query}"))["rule"] == "sign-in-needed"
    for header in ("cookie", "x-api-key", "proxy-authorization"):
        assert reads(made, {header: f"token={token}"}) == "sign-in-needed"
    twice = [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")]
    assert problem_of(made.client.get("/v1/charter", headers=twice))["rule"] == "session-ended"


def test_what_is_for_everyone_is_answered_whatever_the_token(made: Shown) -> None:
    for value in ("Bearer " + "x" * 43, "Basic Og=="):
        assert made.client.get("/v1/status", headers={"authorization": value}).status_code == 200


def test_the_operators_token_reads_everything_and_no_part_of_it_does(made: Shown) -> None:
    assert reads(made, {"authorization": f"Bearer {OPERATORS}"}) == "yes"
    assert reads(made, {"authorization": f"Bearer {OPERATORS[:-1]}"}) == "session-ended"
    made.desk.clock.now_ms += 1_000 * MINUTE
    assert reads(made, {"authorization": f"Bearer {OPERATORS}"}) == "yes"


def test_no_token_nonce_or_message_is_logged_or_kept(made: Shown, capsys) -> None:
    plain = body(made)
    token = sign_in(made, plain).json()["token"]
    made.client.get("/v1/charter", headers={"authorization": f"Bearer {token}"})
    made.client.get(f"/v1/charter?token={token}")
    refused(made, plain)
    logged = "".join(capsys.readouterr())
    assert "/v1/sign-in" in logged
    for secret in (token, plain["signature"], plain["message"].partition("Nonce: ")[2][:74]):
        assert secret not in logged
