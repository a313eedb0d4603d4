"""Every question, asked by both clients of the real app; and what is taken for no answer."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json

import httpx2
import pytest

from ledger.answers.wire import to_wire
from ledger.client import AsyncClient, Client
from ledger.client.core import Core
from ledger.desk.answering import AnotherAnswer
from ledger.errors import BadQuestion, Damaged, Refused, Unavailable, Unknown
from ledger.keys import SecretSigner
from ledger.limits import LIMITS
from ledger.values import Hash32, to_hex
from tests.ledger.client.wire import LOG_KEY, Wire, pinned, rewriting
from tests.scene import ADDRESS, OPERATORS
from tests.world import address_of, secret_of

NOBODY = Hash32(bytes([1]) * 32)


def asked(made, path: str) -> dict:
    """Return the app's own answer."""
    response = made.client.get(path, headers={"accept": "application/json"})
    assert response.status_code == 200, response.text
    return response.json()


SINGLE = {
    "/v1/status": lambda client, _: client.status(),
    "/v1/charter": lambda client, _: client.charter(),
    "/v1/checkpoint": lambda client, _: client.checkpoint(),
    "/v1/parcels/{stone}": lambda client, made: client.parcel(made.scene.parcels["stone"]),
    "/v1/parties/{jeweller}": lambda client, _: client.party(address_of("jeweller-fr")),
    "/v1/sites/{home}": lambda client, made: client.site(made.scene.sites["home"]),
    "/stones/{token}.json": lambda client, made: client.stone(made.token("stone")),
    "/v1/parcels/{stone}/links": lambda client, made: client.links(made.scene.parcels["stone"]),
    "/v1/links/{token}": lambda client, made: client.link(made.token("stone")),
    "/v1/records/{record}": lambda client, made: client.record(made.scene.log[5][1].record_id),
    "/v1/proofs/inclusion?index=3": lambda client, _: client.inclusion(3),
    "/v1/proofs/inclusion?index=3&size=7": lambda client, _: client.inclusion(3, size=7),
    "/v1/proofs/consistency?from=4&to=9": lambda client, _: client.consistency(4, 9),
    "/v1/proofs/consistency?from=4": lambda client, _: client.consistency(4),
}
PAGED = {
    "/v1/parcels/{stone}/history": lambda c, m, n: c.history(m.scene.parcels["stone"], limit=n),
    "/v1/parcels/{stone}/story": lambda c, m, n: c.story(m.scene.parcels["stone"], limit=n),
    "/v1/parcels/{stone}/trace": lambda c, m, n: c.trace(m.scene.parcels["stone"], limit=n),
    "/v1/parcels/{first}/descendants": lambda c, m, n: c.descendants(
        m.scene.parcels["first"], limit=n
    ),
    "/v1/recalls?parcel={first}": lambda c, m, n: c.recalls(
        parcel=m.scene.parcels["first"], limit=n
    ),
    "/v1/recalls?country=BW&since=9": lambda c, _, n: c.recalls(country="BW", since=9, limit=n),
    "/v1/recalls/verdicts?site={home}&definition=kp-2003&compareDate=2020-01-01": (
        lambda c, m, n: c.rejudged(
            "kp-2003", compare_date="2020-01-01", site=m.scene.sites["home"], limit=n
        )
    ),
    "/v1/parties/{trader}": lambda c, _, n: c.holdings(address_of("trader-be"), limit=n),
    "/v1/sites": lambda c, _, n: c.sites(limit=n),
    "/v1/parties": lambda c, _, n: c.parties(limit=n),
    "/v1/entries": lambda c, _, n: c.entries(limit=n),
}


def path_of(made, path: str) -> str:
    """Put the ids of a scene into a path."""
    return path.format(
        stone=made.hex("stone"),
        first=made.hex("first"),
        home=made.site("home"),
        token=made.token("stone"),
        jeweller=to_hex(address_of("jeweller-fr")),
        trader=to_hex(address_of("trader-be")),
        record=to_hex(made.scene.log[5][1].record_id),
    )


@pytest.mark.parametrize("path", SINGLE)
def test_an_answer_is_the_apps_own_as_a_shape(both, told, path):
    client = both.client(Wire(told), pinned(told))
    answer = SINGLE[path](client, told)
    assert to_wire(answer) == asked(told, path_of(told, path))


@pytest.mark.parametrize("path", PAGED)
def test_pages_are_followed_to_their_end(both, told, path):
    client = both.client(Wire(told), pinned(told))
    pages = [to_wire(page) for page in PAGED[path](client, told, 1)]
    by_hand, place = [], path_of(told, path)
    cursor: object = ""
    while cursor is not None:
        by_hand.append(asked(told, f"{place}{'&' if '?' in place else '?'}limit=1{cursor}"))
        name = "start" if path == "/v1/entries" else "cursor"
        cursor = by_hand[-1]["nextStart" if path == "/v1/entries" else "cursor"]
        cursor = None if cursor is None else f"&{name}={cursor}"
    assert pages == by_hand
    assert len(pages) > 1 or path == "/v1/parties/{trader}"


def test_values_are_bytes_and_names_are_those_of_the_shapes(both, told):
    client = both.client(Wire(told), pinned(told))
    parcel = client.parcel(told.scene.parcels["stone"])
    assert parcel.parcel_id == told.scene.parcels["stone"]
    assert parcel.custodian == address_of("jeweller-fr")
    assert parcel.weight_millicarats == 1_850


def test_both_clients_have_the_same_methods_and_every_one_of_the_core():
    def public(sort):
        return {
            name for name, value in vars(sort).items()
            if callable(value) and not name.startswith("_")
        }  # fmt: skip

    assert public(Client) == public(AsyncClient)
    steps = {name for sort in (Core, *Core.__mro__[1:-1]) for name in public(sort)}
    assert public(Client) == steps | {"run", "close"}
    for name in steps:
        assert getattr(Client, name).__doc__ == getattr(Core, name).__doc__
        paged = "Pages" in str(inspect.signature(getattr(Core, name)).return_annotation)
        assert inspect.isasyncgenfunction(getattr(AsyncClient, name)) == paged
        assert inspect.isgeneratorfunction(getattr(Client, name)) == paged


def test_the_awaited_client_speaks_to_an_app_over_the_transport_of_its_kind(told):
    async def ask() -> None:
        transport = httpx2.ASGITransport(app=told.client.app)
        token = told.client.headers["authorization"].removeprefix("Bearer ")
        async with AsyncClient(
            ADDRESS, pinned(told), transport=transport, token=lambda: token
        ) as client:
            statuses = await asyncio.gather(*(client.status() for _ in range(5)))
            assert {status.ledger_id for status in statuses} == {told.scene.ledger_id}
            assert await anext(client.sites())
            await client.record(Hash32(told.scene.log[3][1].record_id))

    asyncio.run(ask())


# -- errors ----------------------------------------------------------------------------------


def test_problems_are_the_ledgers_errors(both, told):
    client = both.client(Wire(told), pinned(told))
    with pytest.raises(Unknown, match="parcel"):
        client.parcel(NOBODY)
    with pytest.raises(BadQuestion, match="limit"):
        list(client.sites(limit=0))
    with pytest.raises(BadQuestion):
        client.consistency(5, 4)


@pytest.mark.parametrize("token", ["", "../v1/status", "12", "0" * 31 + "G"])
def test_a_link_that_is_none_is_not_asked_for(both, told, token):
    wire = Wire(told)
    with pytest.raises(BadQuestion, match="token"):
        both.client(wire, pinned(told)).stone(token)
    assert not wire.sent


def test_an_answer_about_something_else_is_none(both, told):
    wire = Wire(told)
    client = both.client(wire, pinned(told))
    wire.rewrite("/v1/parcels", parcelId=to_hex(NOBODY))
    wire.rewrite("/v1/status", ledgerId=to_hex(NOBODY))
    with pytest.raises(AnotherAnswer):
        client.parcel(told.scene.parcels["stone"])
    with pytest.raises(AnotherAnswer):
        list(client.history(told.scene.parcels["stone"]))
    with pytest.raises(AnotherAnswer):
        client.status()


def cut(plain):
    """Return JSON that breaks off."""
    return json.dumps(plain).encode()[:-20]


@pytest.mark.parametrize(
    "spoil",
    [cut, lambda _: b"", lambda _: b"[]", lambda _: b"<html>", lambda _: b'{"a":' * 999,
     lambda plain: json.dumps({**plain, "size": "7"}).encode(),
     lambda plain: json.dumps({**plain, "root": plain["root"].upper()}).encode(),
     lambda plain: json.dumps({**plain, "mode": "\ud800"}).encode(),
     lambda plain: json.dumps({**plain, "size": float("inf")}).encode()],
)  # fmt: skip
def test_what_is_no_answer_is_unavailable(both, told, spoil):
    raw = spoil(asked(told, "/v1/status"))
    client = both.client(lambda _: httpx2.Response(200, content=raw), pinned(told))
    with pytest.raises(Unavailable, match="does not answer as a server"):
        client.status()


def paging(both, told, cursors):
    """Return a client of something that answers with the same page and these cursors."""
    sent = []

    def answer(request):
        sent.append(request)
        page = asked(told, "/v1/sites") | {"cursor": next(cursors)}
        return httpx2.Response(200, content=json.dumps(page).encode())

    return both.client(answer, pinned(told)), sent


def test_a_page_that_repeats_a_cursor_is_not_followed(both, told):
    client, sent = paging(both, told, itertools.cycle("ab"))
    with pytest.raises(Damaged, match="come to no end"):
        list(client.sites())
    assert [request.url.params.get("cursor") for request in sent] == [None, "a", "b"]


def test_pages_without_end_are_not_followed(both, told, monkeypatch):
    monkeypatch.setattr("ledger.client.pages.LIMITS", type(LIMITS)(answer_pages_max=20))
    client, sent = paging(both, told, map(str, itertools.count(1)))
    with pytest.raises(Damaged, match="come to no end"):
        list(client.sites())
    assert len(sent) == 21
    client, sent = paging(both, told, iter([*map(str, range(20)), None]))
    assert len(list(client.sites())) == 21


def test_lines_of_another_place_are_no_answer(both, told):
    wire = Wire(told)
    client = both.client(wire, pinned(told))
    wire.changes.append(
        rewriting("/v1/entries", lambda plain: plain | {"entries": plain["entries"][1:]})
    )
    with pytest.raises(AnotherAnswer):
        list(client.entries(2))


def test_an_answer_longer_than_any_is_not_read_to_its_end(both, told, monkeypatch):
    monkeypatch.setattr("ledger.client.connecting.LIMITS", type(LIMITS)(answer_bytes_max=1_000))
    sent = []

    def answer(request):
        sent.append(request)
        return httpx2.Response(200, content=b" " * 1_001)

    with pytest.raises(Unavailable, match="more than 1000 bytes"):
        both.client(answer, pinned(told)).status()
    assert len(sent) == 1


def test_a_compressed_answer_is_not_unpacked(both, told):
    def answer(_request):
        return httpx2.Response(200, content=b"{}", headers={"content-encoding": "unheard-of"})

    with pytest.raises(Unavailable, match="compressed"):
        both.client(answer, pinned(told)).status()


@pytest.mark.parametrize(
    "url", ["ledger.example", "ftp://ledger.example", "http://", "http://[::1"]
)
def test_an_address_that_is_none_is_a_bad_question(told, url):
    with pytest.raises(BadQuestion):
        Client(url, pinned(told))
    with pytest.raises(BadQuestion):
        AsyncClient(url, pinned(told))


# -- reading as a party ----------------------------------------------------------------------


def test_a_trade_ledger_answers_a_stranger_little_and_a_token_more(both, traded):
    wire = Wire(traded)
    stone = traded.scene.parcels["stone"]
    stranger = both.client(wire, pinned(traded, LOG_KEY))
    assert stranger.checkpoint().size == len(traded.scene.log)
    with pytest.raises(Refused, match="sign-in-needed"):
        stranger.parcel(stone)
    party = both.client(wire, pinned(traded), token=lambda: OPERATORS)
    assert party.parcel(stone).custodian == address_of("jeweller-fr")
    assert party.checkpoint().size == len(traded.scene.log)


def test_whoever_signs_in_is_answered_as_its_party(both, traded):
    client = both.client(Wire(traded), pinned(traded, LOG_KEY), clock=traded.desk.clock)
    assert client.sign_in(SecretSigner(secret_of("jeweller-fr"))) is None
    parcel = client.parcel(traded.scene.parcels["stone"])
    assert parcel.custodian == address_of("jeweller-fr")
    with pytest.raises(Refused, match="sign-in-party"):
        client.sign_in(SecretSigner(secret_of("nobody")))
