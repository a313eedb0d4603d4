"""A desk that reads at a server by a key: when it signs in, and what it signs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ledger.desk import RemoteDesk
from ledger.desk.checking import check_story
from ledger.desk.signing_in import sign_in_body, token_in
from ledger.errors import Refused, Unavailable, Unknown
from ledger.keys.signers import SecretSigner
from ledger.signin import read_message, signer_of
from tests.readers import busy
from tests.scene import ADDRESS, Shown, shown
from tests.world import address_of, secret_of


@pytest.fixture
def trade() -> Iterator[Shown]:
    """A busy trade ledger whose clock is that of this machine, as a desk's is."""
    scene = busy()
    with shown(scene) as made:
        made.client.headers["accept"] = "application/json"
        made.desk.clock.now_ms = time.time_ns() // 1_000_000
        yield made


def signer_for(name: str) -> SecretSigner:
    return SecretSigner(secret_of(name))


def desk_of(made: Shown, name: str | None) -> RemoteDesk:
    desk = RemoteDesk(made.client, ADDRESS)
    if name is not None:
        desk.read_by(lambda: signer_for(name))
    return desk


def test_a_desk_signs_in_when_a_question_needs_it_and_not_before(trade: Shown) -> None:
    asked: list[str] = []

    def secret() -> SecretSigner:
        asked.append("key")
        return signer_for("jeweller-fr")

    desk = RemoteDesk(trade.client, ADDRESS)
    desk.read_by(secret)
    assert desk.status()["mode"] == "trade"
    assert asked == []
    stone = trade.scene.parcels["stone"]
    assert desk.parcel(stone)["weightMillicarats"] == 1850
    assert desk.charter()["mode"] == "trade"
    assert asked == ["key"]
    trade.desk.clock.now_ms += 15 * 60_000  # the session ends; the desk's own time goes on
    with pytest.raises(Refused) as caught:
        desk.parcel(stone)
    assert caught.value.refusal.rule == "sign-in-time"
    assert asked == ["key", "key"]


def test_a_desk_without_a_key_is_told_that_it_needs_one(trade: Shown) -> None:
    for name in (None, "nobody"):
        with pytest.raises(Refused) as caught:
            desk_of(trade, name).charter()
        rule = "sign-in-needed" if name is None else "sign-in-party"
        assert caught.value.refusal.rule == rule


def test_what_a_desk_signs_is_for_the_server_it_was_told_of() -> None:
    for url, domain, uri in (
        ("https://ledger.example/", "ledger.example", "https://ledger.example"),
        ("http://127.0.0.1:8420", "127.0.0.1:8420", "http://127.0.0.1:8420"),
        ("https://ledger.example/a/", "ledger.example", "https://ledger.example/a"),
    ):
        body = sign_in_body(url, "a1" * 20, signer_for("miner-bw"), 0)
        message = read_message(body["message"])
        assert (message.domain, message.uri) == (domain, uri)
        assert message.issued_at == "1970-01-01T00:00:00Z"
        signature = bytes.fromhex(body["signature"][2:])
        assert signer_of(body["message"], signature) == address_of("miner-bw")


@pytest.mark.parametrize("nonce", [None, 7, "", "short", "abcdefgh\nURI: https://evil.example"])
def test_a_server_that_gives_no_nonce_gets_no_signature(nonce: object) -> None:
    with pytest.raises(Unavailable):
        sign_in_body("https://ledger.example", nonce, signer_for("miner-bw"), 0)


@pytest.mark.parametrize(
    "plain", [None, [], {}, {"token": None}, {"token": ""}, {"token": "x" * 20 + "\r\nx: y"}]
)
def test_what_is_no_token_is_sent_in_no_header(plain: object) -> None:
    assert token_in(plain) is None


def test_a_record_of_which_a_part_is_withheld_is_not_taken_for_a_whole_one(trade: Shown) -> None:
    desk = desk_of(trade, "jeweller-fr")
    first = next(one for _, one, _ in trade.scene.log if one.record.KIND.name == "Registration")
    with pytest.raises(Unknown):
        desk.read(first.record_id, trade.scene.ledger_id)
    with pytest.raises(Refused) as caught:
        desk.read(first.record_id, trade.scene.ledger_id, trade.scene.parcels["stone"])
    assert caught.value.refusal.rule == "withheld"
    assert "who and amounts" in caught.value.refusal.came


def test_a_story_of_which_a_part_is_withheld_is_checked_as_far_as_it_is_shown(
    trade: Shown,
) -> None:
    stone = trade.scene.parcels["stone"]
    whole = check_story(desk_of(trade, "auditor-ch"), stone, trade.scene.ledger_id)
    trade.client.headers.pop("authorization")
    part = check_story(desk_of(trade, "jeweller-fr"), stone, trade.scene.ledger_id)
    assert whole.is_sound
    assert part.is_sound
    assert [step.record_id for step in part.steps] == [step.record_id for step in whole.steps]
    assert 0 < part.in_part < len(part.steps)
    assert whole.in_part == 0
