"""Links by both clients: minted, listed, followed and ended."""

from __future__ import annotations

import pytest

from ledger.desk.answering import AnotherAnswer
from ledger.errors import BadQuestion, LinkEnded, Refused, Unavailable, Unknown
from ledger.keys import SecretSigner
from ledger.values import ParcelId, to_hex
from tests.ledger.client.wire import LOG_KEY, Wire, losing, pinned
from tests.scene import Shown, jewel, shown
from tests.world import secret_of

HOLDER, OTHER = "jeweller-fr", "trader-ae"
NOTHING = ParcelId(b"\x07" * 32)


@pytest.fixture
def trade():
    """The stone's way on a trade ledger, of one's own."""
    with shown(jewel("trade")) as made:
        yield made


def client_of(both, made: Shown, wire: Wire, name: str = ""):
    """Return a client of a named actor that has signed in, or of a stranger."""
    client = both.client(wire, pinned(made, LOG_KEY), clock=made.desk.clock)
    if name:
        client.sign_in(SecretSigner(secret_of(name)))
    return client


def test_a_custodian_mints_follows_lists_and_ends(both, trade):
    stone = trade.scene.parcels["stone"]
    wire = Wire(trade)
    client, anyone = client_of(both, trade, wire, HOLDER), client_of(both, trade, wire)
    minted = client.mint_link(stone)
    assert (minted.parcel_id, minted.path) == (stone, f"/stones/{minted.token}")
    assert anyone.stone(minted.token).token == minted.token
    assert client.links(stone).links == (minted,)
    assert client.link(minted.token) == minted
    for _ in range(2):
        assert client.end_link(stone, minted.token) is None
    with pytest.raises(LinkEnded):
        anyone.stone(minted.token)
    assert client.links(stone).links == ()
    assert client.link(minted.token).ended_at_ms == trade.desk.clock.now_ms


def test_others_are_told_as_the_ledger_tells_them(both, trade):
    stone = trade.scene.parcels["stone"]
    wire = Wire(trade)
    token = client_of(both, trade, wire, HOLDER).mint_link(stone).token
    stranger, other = client_of(both, trade, wire), client_of(both, trade, wire, OTHER)
    seller = client_of(both, trade, wire, "cutter-in")
    for ask in (
        lambda client: client.mint_link(stone),
        lambda client: client.links(stone),
        lambda client: client.link(token),
        lambda client: client.end_link(stone, token),
    ):
        with pytest.raises(Refused, match="sign-in-needed"):
            ask(stranger)
        with pytest.raises(Unknown):
            ask(other)
    with pytest.raises(Refused, match="not-yours"):
        seller.mint_link(stone)
    with pytest.raises(Unknown):
        client_of(both, trade, wire, HOLDER).mint_link(NOTHING)
    assert stranger.stone(token).weight_millicarats == 1_850


def test_minting_is_asked_for_once_and_a_lost_link_is_found_in_the_list(both, trade):
    stone = trade.scene.parcels["stone"]
    wire = Wire(trade)
    client = client_of(both, trade, wire, HOLDER)
    path = f"/v1/parcels/{to_hex(stone)}/links"
    wire.changes.append(losing(path, 1))
    with pytest.raises(Unavailable):
        client.mint_link(stone)
    assert wire.paths(path) == [path]
    (found,) = client.links(stone).links
    client.end_link(stone, found.token)


@pytest.mark.parametrize("token", ["", "../v1/status", "12", "0" * 31 + "G"])
def test_a_link_that_is_none_is_not_asked_about(both, trade, token):
    wire = Wire(trade)
    client = client_of(both, trade, wire)
    for ask in (client.link, lambda one: client.end_link(trade.scene.parcels["stone"], one)):
        with pytest.raises(BadQuestion, match="token"):
            ask(token)
    assert not wire.sent


def test_an_answer_about_something_else_is_none(both, trade):
    stone, wire = trade.scene.parcels["stone"], Wire(trade)
    client = client_of(both, trade, wire, HOLDER)
    token = client.mint_link(stone).token
    wire.rewrite("/v1/parcels", parcelId=to_hex(NOTHING))
    for start in ("/stones", "/v1/links"):
        wire.rewrite(start, token="0" * 32)
    for ask in (
        lambda: client.mint_link(stone),
        lambda: client.links(stone),
        lambda: client.link(token),
        lambda: client.stone(token),
    ):
        with pytest.raises(AnotherAnswer):
            ask()


def test_what_is_no_link_is_no_answer(both, trade):
    stone, wire = trade.scene.parcels["stone"], Wire(trade)
    client = client_of(both, trade, wire, HOLDER)
    wire.rewrite(f"/v1/parcels/{to_hex(stone)}/links", mintedAtMs="now")
    with pytest.raises(Unavailable, match="does not answer as a server"):
        client.mint_link(stone)
