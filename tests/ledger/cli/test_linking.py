"""Links from the command line: minted, listed, followed and ended, on a folder and from afar."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ledger.cli import session
from ledger.desk import Desk, open_desk
from ledger.limits import LIMITS
from tests.ledger.cli.process import server_of
from tests.ledger.cli.test_lying import Far, Twist
from tests.ledger.cli.town import Town


def tokens(town: Town, parcel: str, *words: str) -> list[str]:
    """Return the tokens of the links that are listed."""
    return [one["token"] for one in town.json("link", "list", parcel, *words)["links"]]


def test_the_operator_mints_lists_and_ends_on_the_folder(town: Town) -> None:
    parcel = town.register()
    assert tokens(town, parcel) == []
    minted = town.json("link", "mint", parcel)
    assert minted["parcelId"] == parcel
    assert minted["path"] == f"/stones/{minted['token']}"
    said = town.run("link", "mint", parcel).out
    assert said.startswith("/stones/")
    assert tokens(town, parcel) == [minted["token"], said.strip().removeprefix("/stones/")]
    listed = town.run("link", "list", parcel).out
    assert minted["path"] in listed
    assert "you" in listed
    for _ in range(2):
        ended = town.json("link", "end", minted["token"])
        assert ended == {"token": minted["token"], "parcelId": parcel}
    assert minted["token"] not in tokens(town, parcel)
    error = town.error("show", minted["token"], code=3)
    assert "it was ended" in error["said"]


def test_a_folder_without_links_opens_and_links_outlive_rebuild_and_audit(town: Town) -> None:
    path = Path(town.ledger) / "links.db"
    parcel = town.register()
    town.run("audit")
    assert not path.exists(), "made with the first link"
    kept, ended = (town.json("link", "mint", parcel)["token"] for _ in range(2))
    town.run("link", "end", ended)
    before = path.read_bytes()
    town.run("rebuild")
    town.run("audit")
    assert path.read_bytes() == before
    assert tokens(town, parcel) == [kept]
    path.unlink()
    assert tokens(town, parcel) == []
    town.error("link", "end", kept, code=3)


def test_a_changed_byte_of_the_file_is_found_by_the_audit(town: Town) -> None:
    token = town.json("link", "mint", town.register())["token"]
    path = Path(town.ledger) / "links.db"
    raw = bytearray(path.read_bytes())
    raw[raw.index(bytes.fromhex(token))] ^= 1
    path.write_bytes(raw)
    said = town.run("audit", code=1)
    assert "links.db page" in said.out + said.err


def test_a_copy_without_the_logs_key_follows_links_and_mints_none(town: Town) -> None:
    parcel = town.register()
    kept, ended = (town.json("link", "mint", parcel)["token"] for _ in range(2))
    town.run("link", "end", ended)
    shutil.copytree(town.ledger, town.path / "copy")
    (town.path / "copy" / "log.key").unlink()
    copy = Town(town.path, str(town.path / "copy"))
    checkpoints = {"ADAMANT_CHECKPOINTS": str(town.path / "copy" / "checkpoints.db")}
    assert copy.json("show", kept, **checkpoints)["parcelId"] == parcel
    assert "ended" in copy.error("show", ended, code=3, **checkpoints)["said"]
    listed = copy.json("link", "list", parcel, **checkpoints)["links"]
    assert [one["token"] for one in listed] == [kept]
    copy.error("link", "mint", parcel, code=5, **checkpoints)
    copy.error("link", "end", kept, code=5, **checkpoints)


def test_what_is_typed_wrong_is_told_so(town: Town) -> None:
    parcel = town.register()
    for words in (
        ("mint", "bag 7"),
        ("list", parcel[:20]),
        ("end", "12"),
        ("end", parcel),
        ("end", "/stones/12"),
        ("end", "ab" * 16 + "/stones/"),
    ):
        assert town.error("link", *words, code=2)["sort"] == "wrong"
    town.error("link", "mint", "0x" + "7" * 64, code=3)
    error = town.error("link", "end", "7" * 32, code=3)
    assert "adamant link list" in error["next"]


def test_custodians_mint_from_afar_and_a_link_outlives_hand_over_and_restart(town: Town) -> None:
    parcel = town.register()
    with server_of(town) as server:
        there = Town(town.path, server.url)
        said = there.run("link", "mint", parcel[:10], "--reader", "miner-bw").out.strip()
        assert said.startswith(f"{server.url}/stones/")
        token = said[-32:]
        assert httpx2.get(said).status_code == 200
        error = there.error("link", "mint", parcel, "--reader", "trader-be", code=1)
        assert (error["rule"], error["next"] != "") == ("not-yours", True)
        stranger = there.error("link", "mint", parcel, code=1, ADAMANT_READER="")
        assert stranger["rule"] == "sign-in-needed"
        there.error("link", "end", token, "--reader", "trader-be", code=3)
        # Beside the server a command on the folder goes through it, as the operator.
        assert tokens(town, parcel) == [token]
        town.hand_over(parcel, "miner-bw", "trader-be")
        own = there.json("link", "mint", parcel[:10], "--reader", "trader-be")["token"]
        assert tokens(there, parcel, "--reader", "miner-bw") == [token]
        assert tokens(there, parcel, "--reader", "trader-be") == [token, own]
        assert "another" in there.run("link", "list", parcel, "--reader", "trader-be").out
        assert token not in server.said()
    with server_of(town) as server:
        there = Town(town.path, server.url)
        page = f"{server.url}/stones/"
        assert httpx2.get(page + token).status_code == 200
        there.run("link", "end", page + token, "--reader", "miner-bw")
        assert httpx2.get(page + token).status_code == 410
        there.error("link", "end", own, "--reader", "miner-bw", code=3)
        there.run("link", "end", own, "--reader", "trader-be")
    with server_of(town) as server:
        codes = [httpx2.get(f"{server.url}/stones/{one}").status_code for one in (token, own)]
        assert codes == [410, 410]


def test_an_agent_mints_by_the_first_digits_of_what_its_party_holds(town: Town) -> None:
    parcel = town.register()
    words = ("admit", "spare-1", "--role", "agent", "--country", "BW", "--kind", "Handoff")
    town.run(*words, "--as", "miner-bw")
    with server_of(town) as server:
        there = Town(town.path, server.url)
        minted = there.json("link", "mint", parcel[:12], "--reader", "spare-1")
        assert minted["parcelId"] == parcel
        assert tokens(there, parcel, "--reader", "miner-bw") == [minted["token"]]


def test_too_many_links_are_refused_by_their_bound(town: Town) -> None:
    parcel = town.register()
    for _ in range(LIMITS.links_live_max):
        last = town.json("link", "mint", parcel)["token"]
    error = town.error("link", "mint", parcel, code=2)
    assert f"at most {LIMITS.links_live_max} links" in json.dumps(error)
    town.run("link", "end", last)
    town.run("link", "mint", parcel)


def test_a_printed_link_leads_to_the_ledger_that_was_asked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = town.register()
    token = town.json("link", "mint", parcel)["token"]

    def elsewhere(plain: dict[str, Any]) -> dict[str, Any]:
        for one in plain.get("links", ()):
            one["path"] = f"@elsewhere.example/stones/{one['token']}"
        return plain

    @contextmanager
    def opened(ledger: str) -> Iterator[Desk]:
        with open_desk(ledger) as near:
            yield Far(near, twist)

    twist = Twist()
    twist.answer = elsewhere
    monkeypatch.setattr(session, "open_desk", opened)
    assert f"\n/stones/{token} " in town.run("link", "list", parcel).out
