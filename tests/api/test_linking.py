"""Links over HTTP: minted, followed, listed and ended; cached no longer then, and never logged."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from ledger.limits import LIMITS
from ledger.store.links import Link
from ledger.values import to_hex
from tests.api.problem_check import problem_of
from tests.api.test_metrics import door
from tests.scene import Shown, jewel, shown

HOLDER, AGENT, SELLER, OTHER = "jeweller-fr", "shop-assistant", "cutter-in", "trader-ae"
JSON = {"accept": "application/json"}
SECONDS = 60.0


@pytest.fixture
def made() -> Iterator[Shown]:
    """The stone's way on a trade ledger, where the jeweller has an agent."""
    scene = jewel("trade")
    scene.admit_agent(HOLDER, AGENT, "Handoff")
    with shown(scene) as found:
        yield found


def path_of(made: Shown) -> str:
    return f"/v1/parcels/{made.hex('stone')}/links"


def ask(made: Shown, method: str, path: str, by: str = "") -> Any:
    """Send a request as a named actor, or as a stranger."""
    return made.client.request(method, path, headers=made.sign_in(by) if by else {})


def mint(made: Shown, by: str = HOLDER) -> str:
    """Mint a link of the stone; return its token."""
    response = ask(made, "POST", path_of(made), by)
    assert response.status_code == 201, response.text
    token: str = response.json()["token"]
    return token


@pytest.mark.parametrize("by", [HOLDER, AGENT])
def test_a_custodian_and_its_agent_mint_a_link_that_anyone_can_follow(made: Shown, by: str) -> None:
    response = ask(made, "POST", path_of(made), by)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "private, no-store"
    plain = response.json()
    token = plain["token"]
    assert plain == {
        "token": token, "path": f"/stones/{token}", "parcelId": made.hex("stone"),
        "mintedAtMs": made.desk.clock.now_ms, "isOwn": True, "endedAtMs": None,
    }  # fmt: skip
    assert len(token) == 32
    page, data = (made.client.get(plain["path"] + ending) for ending in ("", ".json"))
    assert (page.status_code, data.status_code) == (200, 200)
    assert (data.json()["token"], data.json()["parcelId"]) == (token, None)
    assert f"/stones/{token}.json" in page.text
    listed = ask(made, "GET", path_of(made), by).json()
    assert listed == {"parcelId": made.hex("stone"), "links": [plain]}
    assert ask(made, "GET", f"/v1/links/{token}", by).json() == plain


def test_the_beginning_of_a_parcels_id_is_no_link(made: Shown) -> None:
    response = made.client.get(f"/stones/{made.hex('stone')[2:34]}", headers=JSON)
    assert problem_of(response)["rule"] == "unknown"


def test_a_stranger_is_asked_to_sign_in_and_others_told_of_no_parcel(made: Shown) -> None:
    token = mint(made)
    for path in (path_of(made), f"/v1/parcels/0x{'7' * 64}/links"):
        parcel = path.split("/")[3]
        for method, at in (("POST", path), ("GET", path), ("DELETE", f"{path}/{token}")):
            stranger = problem_of(ask(made, method, at))
            assert (stranger["status"], stranger["rule"]) == (401, "sign-in-needed")
            other = problem_of(ask(made, method, at, OTHER))
            assert (other["status"], other["detail"]) == (404, f"no parcel {parcel}")
    assert problem_of(ask(made, "GET", f"/v1/links/{token}"))["rule"] == "sign-in-needed"
    assert problem_of(ask(made, "GET", f"/v1/links/{token}", OTHER))["rule"] == "unknown"
    assert made.client.get(f"/stones/{token}").status_code == 200


def test_who_sees_the_goods_and_holds_them_no_longer_is_told_so(made: Shown) -> None:
    token = mint(made)
    told = problem_of(ask(made, "POST", path_of(made), SELLER))
    assert (told["status"], told["rule"]) == (403, "not-yours")
    assert ask(made, "GET", path_of(made), SELLER).json()["links"] == []
    ended = problem_of(ask(made, "DELETE", f"{path_of(made)}/{token}", SELLER))
    assert (ended["status"], ended["rule"]) == (404, "unknown")
    assert made.client.get(f"/stones/{token}").status_code == 200


def test_a_former_custodian_ends_what_it_minted_and_mints_no_more(made: Shown) -> None:
    token = mint(made)
    scene = made.scene
    scene.hand_over(scene.parcels["stone"], HOLDER, OTHER)
    made.catch_up()
    assert made.client.get(f"/stones/{token}").status_code == 200, "a hand-over ends no link"
    assert problem_of(ask(made, "POST", path_of(made), HOLDER))["rule"] == "not-yours"
    later = mint(made, OTHER)
    assert problem_of(ask(made, "DELETE", f"{path_of(made)}/{later}", HOLDER))["status"] == 404
    assert ask(made, "DELETE", f"{path_of(made)}/{token}", HOLDER).status_code == 204
    assert made.client.get(f"/stones/{token}").status_code == 410
    assert made.client.get(f"/stones/{later}").status_code == 200


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_ended_link_is_gone_also_for_whoever_kept_its_page(
    made: Shown, method: str, ending: str
) -> None:
    token = mint(made)
    path = f"/stones/{token}{ending}"
    kept = made.client.get(path)
    # No cache may use what it kept without asking again (RFC 9111 §5.2.2.4).
    assert kept.headers["cache-control"] == "no-cache"
    tags = {"if-none-match": kept.headers["etag"]}
    assert made.client.request(method, path, headers=tags).status_code == 304
    for _ in range(2):
        ended = ask(made, "DELETE", f"{path_of(made)}/{token}", HOLDER)
        assert (ended.status_code, ended.content) == (204, b"")
        for headers in ({}, tags, {"if-none-match": "*"}):
            response = made.client.request(method, path, headers=headers)
            assert response.status_code == 410
            assert response.headers["cache-control"] == "no-cache"
            assert "etag" not in response.headers
            assert token not in response.text


def test_an_ended_link_says_so_as_a_page_and_as_a_document(made: Shown) -> None:
    token = mint(made)
    ask(made, "DELETE", f"{path_of(made)}/{token}", HOLDER)
    page = made.client.get(f"/stones/{token}")
    assert page.headers["content-type"].startswith("text/html")
    assert "This link was ended" in page.text
    assert "No stone by this link" not in page.text
    for response in (
        made.client.get(f"/stones/{token}", headers=JSON), made.client.get(f"/stones/{token}.json"),
    ):  # fmt: skip
        problem = problem_of(response)
        assert (problem["status"], problem["rule"]) == (410, "link-ended")
    assert ask(made, "GET", path_of(made), HOLDER).json()["links"] == []
    assert ask(made, "GET", f"/v1/links/{token}", HOLDER).json()["endedAtMs"] is not None


def test_too_many_links_are_told_so(made: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.links.LIMITS", replace(LIMITS, links_live_max=2))
    for _ in range(2):
        mint(made)
    problem = problem_of(ask(made, "POST", path_of(made), HOLDER))
    assert (problem["status"], problem["rule"]) == (400, "bad-question")
    assert "at most 2 links" in problem["expected"]


def test_what_is_asked_in_another_form_is_told_so(made: Shown) -> None:
    for method, path in (
        ("POST", f"{path_of(made)}?for=me"), ("POST", "/v1/parcels/0x12/links"),
        ("DELETE", f"{path_of(made)}/12"), ("DELETE", f"{path_of(made)}/{'A' * 32}"),
        ("GET", "/v1/links/12"),
    ):  # fmt: skip
        assert problem_of(ask(made, method, path, HOLDER))["rule"] == "bad-question", path


def test_a_path_with_several_routes_tells_the_methods_of_all(made: Shown) -> None:
    response = made.client.put(path_of(made))
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert made.client.options(path_of(made)).headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_minting_and_ending_write_nothing_into_the_log(made: Shown) -> None:
    before = (made.desk.head(), made.desk.fingerprint())
    ask(made, "DELETE", f"{path_of(made)}/{mint(made)}", HOLDER)
    assert (made.desk.head(), made.desk.fingerprint()) == before
    assert made.desk.audit().faults == ()


def test_no_token_of_a_link_is_logged_or_counted(
    made: Shown, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with door(made) as client:
        paths = path_of(made)
        tokens = [mint(made), "ab" * 16, made.hex("stone")[2:34]]
        made.client = client
        headers = made.sign_in(HOLDER)
        for token in tokens:
            for _ in range(2):
                for path in (f"/stones/{token}", f"/stones/{token}.json", f"/v1/links/{token}"):
                    client.get(path, headers=headers)
                client.delete(f"{paths}/{token}", headers=headers)
                client.put(f"{paths}/{token}", headers=headers)
        counted = client.get("/metrics").text
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx2")]
    told = capsys.readouterr().out + "".join(ours) + counted
    for route in ("/stones/{token}", "/v1/parcels/{id}/links/{token}", "/v1/links/{token}"):
        assert route in told
    assert not [token for token in tokens if token in told]


def test_the_operator_ends_any_link() -> None:
    with shown(jewel()) as made:
        token = mint(made)
        assert made.client.delete(f"{path_of(made)}/{token}").status_code == 204
        assert made.client.get(f"/stones/{token}").status_code == 410
        own = made.client.post(path_of(made)).json()
        assert own["isOwn"]
        assert own["parcelId"] == to_hex(made.scene.parcels["stone"])


def test_who_may_ask_for_no_link_waits_for_no_turn(
    made: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, mint_one = mint(made), made.links.mint
    begun, may_end = threading.Event(), threading.Event()

    def slow_mint(link: Link) -> None:
        begun.set()
        assert may_end.wait(SECONDS)
        mint_one(link)

    monkeypatch.setattr(made.links, "mint", slow_mint)
    holder, nobody = made.sign_in(HOLDER), {"authorization": "Bearer " + "x" * 43}

    async def ask_all() -> None:
        transport = httpx2.ASGITransport(app=made.client.app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://here") as client,
            asyncio.timeout(SECONDS),
        ):
            minting = asyncio.create_task(client.post(path_of(made), headers=holder))
            try:
                while not begun.is_set():
                    await asyncio.sleep(0.001)
                for headers, rule in ((None, "sign-in-needed"), (nobody, "session-ended")):
                    for method, path in (("POST", ""), ("DELETE", f"/{token}")):
                        asked = await client.request(method, path_of(made) + path, headers=headers)
                        assert (asked.status_code, asked.json()["rule"]) == (401, rule)
                assert not minting.done()
            finally:
                may_end.set()
            assert (await minting).status_code == 201

    asyncio.run(ask_all())
