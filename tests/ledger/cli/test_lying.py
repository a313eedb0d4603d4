"""Through a server that lies, nobody signs anything else than what was typed."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ledger.cli import session
from ledger.desk import Desk, open_desk
from tests.ledger.cli.town import Town


class Far(Desk):
    """A folder's desk, seen as a server: what it is asked and what it answers can be twisted."""

    is_remote = True

    def __init__(self, near: Desk, twist: "Twist") -> None:
        self._near = near
        self._twist = twist

    def ask(self, path, **given):
        return self._twist.answer(copy.deepcopy(self._near.ask(self._twist.path(path), **given)))

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        return self._near.append(envelopes, wait=wait, atomic=atomic)


class Twist:
    """What a server does to questions and answers; nothing, if a test does not say."""

    path: Callable[[str], str] = staticmethod(lambda path: path)
    answer: Callable[[dict], dict] = staticmethod(lambda answer: answer)

    def swap(self, one: str, other: str) -> None:
        """Ask about one thing whenever the other is asked about."""
        self.path = lambda path: (
            path.replace(one, other) if one in path else path.replace(other, one)
        )


@pytest.fixture
def twist(monkeypatch) -> Twist:
    """How every desk that a command opens is twisted."""
    made = Twist()

    @contextmanager
    def opened(ledger: str) -> Iterator[Desk]:
        with open_desk(ledger) as near:
            yield Far(near, made)

    monkeypatch.setattr(session, "open_desk", opened)
    return made


def test_a_server_that_swaps_two_parcels_gets_no_signature(town, twist):
    small, big = town.register("1"), town.register("900")
    size = town.size()
    twist.swap(small, big)
    error = town.error("handoff", small, "--to", "trader-be", "--as", "miner-bw", code=5)
    assert f"answered about another parcel: asked for {small}, came {big}" in error["said"]
    twist.path = lambda path: path
    assert town.size() == size
    assert town.json("show", big)["recipient"] is None


def test_a_short_id_whose_parcel_the_server_exchanges_gets_no_signature(town, twist):
    small, big = town.register("1"), town.register("900")
    twist.swap(small, big)
    error = town.error("handoff", small[:12], "--to", "trader-be", "--as", "miner-bw", code=5)
    assert "another parcel" in error["said"]


def test_a_token_whose_parcel_the_server_exchanges_gets_no_signature(town, twist):
    small, big = town.register("1"), town.register("900")
    twist.swap(small[2:34], big[2:34])
    error = town.error("handoff", small[2:34], "--to", "trader-be", "--as", "miner-bw", code=5)
    assert "another" in error["said"]


def test_a_server_that_swaps_two_recipients_gets_no_signature(town, twist):
    bag = town.register()
    one, other = (town.json("show", name)["address"] for name in ("trader-be", "trader-ae"))
    twist.swap(one, other)
    error = town.error("handoff", bag, "--to", "trader-be", "--as", "miner-bw", code=5)
    assert "another party" in error["said"]


def exchange(town: Town, twist: Twist) -> tuple[str, str]:
    """Have the server say that one trader's address is a key of the other's."""
    typed, named = (town.json("show", name)["address"] for name in ("trader-be", "trader-ae"))

    def answer(plain: dict) -> dict:
        if plain.get("address") == typed:
            return {**plain, "sort": "key", "party": named}
        return plain

    twist.answer = answer
    return typed, named


def test_a_recipient_that_the_server_names_instead_is_not_signed_unasked(town, twist):
    bag = town.register()
    typed, named = exchange(town, twist)
    words = ("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    said = town.run(*words, code=2)
    assert f"{typed} is a key or agent of trader-ae {named}" in said.err
    assert "the party itself" in said.err
    assert town.error(*words, code=2)["field"] == "--to"
    assert town.json("show", bag)["recipient"] is None


def test_with_yes_it_is_and_the_command_says_whom_it_names(town, twist):
    bag = town.register()
    _, named = exchange(town, twist)
    said = town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw", "--yes")
    assert "is a key or agent of trader-ae" in said.err
    assert town.json("show", bag)["recipient"] == named


def test_a_party_that_the_server_names_instead_is_not_recovered_or_revoked_unasked(town, twist):
    exchange(town, twist)
    governors = ("--as", "governor-1", "--as", "governor-2")
    words = ("keys", "recover", "trader-be", "--new", "spare-1", *governors)
    assert town.error(*words, code=2)["field"] == "PARTY"
    words = ("revoke", "trader-be", "--role", "trader", "--country", "BE", "--as", "governor-1")
    assert town.error(*words, code=2)["field"] == "PARTY"


def test_a_record_with_something_else_in_its_place_is_not_restated(town, twist):
    (site,) = town.json("show", "sites")["sites"]

    def answer(plain: dict) -> dict:
        if "envelope" in plain:
            plain["envelope"]["record"]["scene"]["place"] = "5GCJ0000+"
        return plain

    twist.answer = answer
    words = ("site", "close", site["siteId"], "--as", "authority-bw")
    assert "another record" in town.error(*words, code=5)["said"]


def test_through_a_server_the_draft_is_shown_in_plain_words_before_it_is_signed(town, twist):
    bag = town.register()
    said = town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    for shown in ("12.500 ct", bag, "trader-be", "Handoff sale", "for ledger", "pin it"):
        assert shown in said.err
    pinned = town.json("status")["ledgerId"]
    said = town.run("withdraw", bag, "--as", "miner-bw", "--ledger-id", pinned)
    assert pinned in said.err
    assert "pin it" not in said.err


def test_with_json_the_draft_is_one_line_on_stderr(town, twist):
    bag = town.register()
    said = town.run("--json", "handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    (line,) = said.err.splitlines()
    signing = json.loads(line)["signing"]
    assert signing["record"]["what"]["parcel"] == bag
    assert "miner-bw" in signing["said"]
    assert said.plain["kind"] == "Handoff"


def test_a_folder_of_ones_own_is_signed_for_without_showing_or_asking(town):
    bag = town.register()
    said = town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    assert "Handoff sale" not in said.err


def test_an_agents_command_says_for_whom_it_speaks(town, twist):
    words = ("admit", "spare-1", "--role", "agent", "--country", "BW", "--kind", "Registration")
    town.run(*words, "--as", "miner-bw")
    said = town.run("register", "--weight", "2", "--as", "spare-1")
    assert "speaks for miner-bw" in said.err
