"""Names of parties over HTTP: beside addresses, to whom owners show them, and gone at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ledger.access import OPERATOR
from ledger.answers import find
from ledger.errors import AdamantError
from ledger.limits import LIMITS
from ledger.store.private import EVERYONE
from ledger.values import Hash32, to_hex
from tests.naming import HOSTILE, admit_by_name
from tests.readers import EVERYBODY, LAPSED, PARTIES, busy
from tests.scene import OPERATORS, Shown, jewel, shown
from tests.world import GOVERNORS, address_of

CALLED = {party: f"name of {party}, a canary" for party in EVERYBODY if party not in LAPSED}
SHOWN_TO = {
    "miner-bw": "everyone", "jeweller-fr": "everyone", "authority-in": "everyone",
    "trader-be": "cutter-key", "trader-ae": "trader-be", "miner-ca": "scribe",
}  # fmt: skip
"""To whom else names are shown: everyone, or the party of a key."""

NAMELESS = ("/v1/sites", "/v1/entries?limit=1000")
"""Questions whose answers hold no address."""

Headers = Mapping[str, str]


@dataclass
class Named:
    """A ledger whose parties were admitted by their names, and the records that did so."""

    made: Shown
    admissions: dict[str, Hash32]

    def grant(self, party: str, to: str) -> None:
        """Show a party's name to another, or to everyone."""
        grantee = EVERYONE if to == "everyone" else address_of(PARTIES[to])
        self.made.desk.private.grant(self.admissions[party], 0, grantee)

    def erase(self, party: str) -> None:
        """Erase a party's name."""
        self.made.desk.private.erase(self.admissions[party], 0, 1)


@pytest.fixture(scope="module")
def named() -> Iterator[Named]:
    """A busy trade ledger of parties with names; read only."""
    with shown(busy()) as made:
        found = Named(made, {who: admit_by_name(made, who, name) for who, name in CALLED.items()})
        for party, to in SHOWN_TO.items():
            found.grant(party, to)
        yield found


@pytest.fixture
def opened() -> Iterator[Named]:
    """The stone's way on an open ledger, of one's own; its jeweller shows its name to everyone."""
    with shown(jewel()) as made:
        found = Named(made, {"jeweller-fr": admit_by_name(made, "jeweller-fr", "Place & Vendôme")})
        found.grant("jeweller-fr", "everyone")
        yield found


def may_see(party: str, reader: str | None) -> bool:
    """Tell whose name a party, the operator or a stranger (None) may see, by the written rule."""
    to = SHOWN_TO.get(party)
    is_shown = to == "everyone" or (to is not None and PARTIES[to] == reader)
    return is_shown or reader in ("operator", party, GOVERNORS[0])


def questions(made: Shown) -> Iterator[str]:
    """Yield the path of every question about everything."""
    for parcel in made.scene.parcels.values():
        for part in ("", "/history", "/story", "/trace", "/descendants"):
            yield f"/v1/parcels/{to_hex(parcel)}{part}"
    for _, signed, _ in made.scene.log:
        yield f"/v1/records/{to_hex(signed.record_id)}"
    for name in (*EVERYBODY, *GOVERNORS, "scribe", "cutter-key"):
        yield f"/v1/parties/{to_hex(address_of(name))}"
    yield from (f"/v1/sites/{to_hex(site)}" for site in made.scene.sites.values())
    yield from (f"/v1/recalls?site={to_hex(site)}" for site in made.scene.sites.values())
    yield from ("/v1/charter", "/v1/sites", "/v1/parties?limit=1000", NAMELESS[1])
    for link in ("stone", "rest"):
        yield f"/stones/{made.token(link)}.json"
        yield f"/stones/{made.token(link)}"


def check_names(answer: dict[str, Any], reader: str | None) -> int:
    """Check the names of an answer against the addresses in it; return how many there are."""
    names = answer.pop("names")
    told = set(re.findall(r'"(0x[0-9a-f]{40})"', json.dumps(answer)))
    expected = {
        to_hex(address_of(party)): name for party, name in CALLED.items() if may_see(party, reader)
    }
    assert names == {address: name for address, name in expected.items() if address in told}
    return len(names)


def test_a_name_stands_only_beside_an_address_shown_to_whom_may_see_it(named: Named) -> None:
    readers: dict[str, tuple[str | None, Headers]] = {
        key: (party, named.made.sign_in(key)) for key, party in PARTIES.items()
    }
    readers["operator"] = ("operator", {"authorization": f"Bearer {OPERATORS}"})
    readers["stranger"] = (None, {})
    count, withheld = 0, 0
    for reader, headers in readers.values():
        unseen = [name for party, name in CALLED.items() if not may_see(party, reader)]
        for path in questions(named.made):
            response = named.made.client.get(path, headers=dict(headers))
            assert not [name for name in unseen if name in response.text], path
            if response.status_code == 200 and path.startswith("/v1/"):
                answer = response.json()
                assert ("names" in answer) == (path not in NAMELESS), path
                count += check_names(answer, reader) if "names" in answer else 0
            withheld += response.status_code == 404
    assert count > 500
    assert withheld > 100


def test_the_page_of_a_link_on_a_trade_ledger_names_no_party(named: Named) -> None:
    operator = {"authorization": f"Bearer {OPERATORS}"}
    for headers in ({}, named.made.sign_in("jeweller-fr"), operator):
        for ending in ("", ".json"):
            path = f"/stones/{named.made.token('stone')}{ending}"
            response = named.made.client.get(path, headers=headers)
            assert response.status_code == 200
            assert "a canary" not in response.text
    assert response.json()["names"] == {}


def test_every_party_is_listed_once_with_its_roles_in_force(named: Named) -> None:
    headers = named.made.sign_in("trader-ae")
    found: dict[str, Any] = {}
    cursor = ""
    while True:
        page = named.made.client.get(f"/v1/parties?limit=3{cursor}", headers=headers).json()
        assert 1 <= len(page["parties"]) <= 3
        assert page["names"].keys() <= {one["address"] for one in page["parties"]}
        found |= {one["address"]: one for one in page["parties"]}
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert list(found) == sorted(to_hex(address_of(one)) for one in {*EVERYBODY, *GOVERNORS})
    trader, gone = (found[to_hex(address_of(name))] for name in ("trader-be", "lab-be"))
    assert trader["roles"] == [{"role": "trader", "country": "BE"}]
    assert (gone["roles"], gone["isGovernor"]) == ([], False)
    assert found[to_hex(address_of(GOVERNORS[0]))]["isGovernor"]
    assert named.made.client.get("/v1/parties").status_code == 401
    assert named.made.client.get("/v1/parties?cursor=AAAA", headers=headers).status_code == 400


def test_a_page_of_parties_names_every_one_of_them() -> None:
    # Whoever looks a party up by its name must be told of every namesake.
    assert LIMITS.page_rows_max <= LIMITS.names_shown_max


def test_the_page_of_a_stone_says_whose_word_a_name_is(opened: Named) -> None:
    path = f"/stones/{opened.made.token('stone')}"
    page = opened.made.client.get(path).text
    address = to_hex(address_of("jeweller-fr"))
    beside = f"(<code>{address[:6]}…{address[-4:]}</code>)"
    assert f"<bdi>Place &amp; Vendôme</bdi> {beside}" in page
    assert "This page does not prove it" in page
    plain = opened.made.client.get(path + ".json").json()
    assert plain["names"] == {address: "Place & Vendôme"}
    opened.erase("jeweller-fr")
    page = opened.made.client.get(path).text
    assert "<bdi>" not in page
    assert "This page does not prove it" not in page


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize("end", ["erase", "withdraw"])
def test_a_name_is_gone_from_a_kept_page_at_the_next_request(
    opened: Named, ending: str, end: str
) -> None:
    made, path = opened.made, f"/stones/{opened.made.token('stone')}{ending}"
    first = made.client.get(path)
    assert "Vendôme" in first.text
    asked = {"if-none-match": first.headers["etag"]}
    assert made.client.get(path, headers=asked).status_code == 304
    admission = opened.admissions["jeweller-fr"]
    if end == "erase":
        opened.erase("jeweller-fr")
    else:
        made.desk.private.withdraw(admission, 0, EVERYONE)
    again = made.client.get(path, headers=asked)
    assert again.status_code == 200
    assert "Vendôme" not in again.text
    assert again.headers["etag"] != first.headers["etag"]
    assert again.headers["cache-control"] == "no-cache"


def test_who_asks_does_not_bear_on_the_page_that_everyone_gets(opened: Named) -> None:
    made = opened.made
    admit_by_name(made, "cutter-in", "name for few, a canary")
    path = f"/stones/{made.token('stone')}.json"
    question, given = find(path)
    headers = [{}, *map(made.sign_in, ("cutter-in", GOVERNORS[0], "trader-be"))]
    told = [
        made.answers.answer(question, given, OPERATOR),
        made.answers.ask(path),
        *(made.client.get(path, headers=one).json() for one in headers),
    ]
    assert [one["names"] for one in told] == [told[0]["names"]] * len(told)
    assert "a canary" not in json.dumps(told)
    whole = made.client.get(f"/v1/parcels/{made.hex('stone')}/story").json()
    assert "name for few, a canary" in whole["names"].values(), "the operator sees it elsewhere"


def test_a_hostile_name_is_text_on_the_page_and_short(opened: Named) -> None:
    made = opened.made
    name = HOSTILE + "x" * 500
    record = admit_by_name(made, "cutter-in", name)
    made.desk.private.grant(record, 0, EVERYONE)
    page = made.client.get(f"/stones/{made.token('stone')}")
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "x" * LIMITS.refusal_value_characters_max not in page.text
    plain = made.client.get(f"/stones/{made.token('stone')}.json").json()
    assert plain["names"][to_hex(address_of("cutter-in"))] == name


@pytest.mark.parametrize("name", ["a\u202eb", "a\x1b[2Jb", "a\nb", "a\u2066b", "a\x9bb"])
def test_a_name_that_turns_text_round_or_steers_a_terminal_is_never_kept(
    opened: Named, name: str
) -> None:
    with pytest.raises(AdamantError):
        admit_by_name(opened.made, "cutter-in", name)
