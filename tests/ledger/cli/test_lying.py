"""Through a server that lies, nobody signs anything else than what was typed."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.book import Line
from ledger.cli import session
from ledger.desk import Desk, open_desk
from ledger.values import Hash32
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
        return self._twist.lines(self._near.append(envelopes, wait=wait, atomic=atomic))

    def mint_link(self, parcel):
        return self._near.mint_link(parcel)


class Twist:
    """What a server does to questions and answers; nothing, if a test does not say."""

    path: Callable[[str], str] = staticmethod(lambda path: path)
    answer: Callable[[dict], dict] = staticmethod(lambda answer: answer)
    lines: Callable[[list[Line]], list[Line]] = staticmethod(lambda lines: lines)

    def say(self, of: str, **lies: object) -> None:
        """Lie in every answer that has a member ``of``."""
        self.answer = lambda plain: {**plain, **lies} if of in plain else plain

    def be_honest(self) -> None:
        """Lie no more."""
        self.path, self.answer, self.lines = Twist.path, Twist.answer, Twist.lines

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
    link, other = (town.json("link", "mint", parcel)["token"] for parcel in (small, big))
    twist.swap(link, other)
    assert "another stone" in town.error("show", link, code=5)["said"]
    twist.answer = lambda plain: plain | {"token": link} if "mined" in plain else plain
    size = town.size()
    error = town.error("handoff", link, "--to", "trader-be", "--as", "miner-bw", code=2)
    assert error["field"] == "parcel"
    assert town.size() == size


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
    error = town.error(*words, code=5)
    assert "altered" in error["said"]
    assert "believe no server" in error["next"]


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


# -- what is restated ------------------------------------------------------------------------

GOVERNORS = ("--as", "governor-1", "--as", "governor-2")


def address(town: Town, name: str) -> str:
    """Return the address of a named party."""
    return town.json("show", name)["address"]


def head_of(town: Town, what: str) -> str:
    """Return the last record of what is shown by a name or an id."""
    return town.json("show", what)["head"]


def test_an_amendment_restates_what_governors_signed_whatever_the_server_says(town, twist):
    before = town.json("show", "charter")
    lies = {
        "governors": sorted(address(town, name) for name in ("trader-be", "trader-ae")),
        "threshold": 1,
        "checkpointKeys": [],
        "toleranceMillicarats": 5_000,
        "tolerancePartsPerMillion": 100_000,
        "recoveryDelaySeconds": 1,
        "mode": "trade",
    }
    twist.say("checkpointKeys", **lies)
    town.run("amend", "--recovery-days", "8", *GOVERNORS)
    twist.be_honest()
    after = town.json("show", "charter")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"recoveryDelaySeconds", "head", "headAt", "asOf"}


def test_a_charter_that_was_amended_since_is_refused_as_stale(town, twist):
    old = head_of(town, "charter")
    town.run("amend", "--tolerance", "0.010", *GOVERNORS)
    twist.say("checkpointKeys", head=old)
    words = ("amend", "--recovery-days", "8", *GOVERNORS)
    assert town.error(*words, code=1)["rule"] == "stale-previous"


def test_what_is_no_charter_is_not_restated(town, twist):
    twist.say("checkpointKeys", head=head_of(town, "miner-bw"))
    words = ("amend", "--recovery-days", "8", *GOVERNORS)
    assert "another charter" in town.error(*words, code=5)["said"]


def test_how_many_governors_sign_is_as_the_charter_says(town, twist):
    twist.say("checkpointKeys", threshold=1, governors=[])
    words = ("--out", "draft.json", "--as", "governor-1")
    assert town.json("amend", "--recovery-days", "8", *words)["signaturesNeeded"] == 2
    words = ("keys", "override", "miner-bw", "--new", "spare-1", *words)
    assert town.json(*words)["signaturesNeeded"] == 3


def test_a_site_is_restated_as_its_authority_signed_it(town, twist):
    (site,) = town.json("show", "sites")["sites"]
    before = town.json("show", site["siteId"])
    lies = {
        "operators": [address(town, "trader-be")],
        "licence": "MADE-UP",
        "siteType": "artisanal",
        "zone": "Elsewhere",
        "yearlyCapacityMillicarats": 1,
        "validUntil": 4_000_000_000,
    }
    twist.say("operators", **lies)
    town.run("site", "change", site["siteId"], "--label", "Another name", "--as", "authority-bw")
    twist.be_honest()
    after = town.json("show", site["siteId"])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"label", "head", "headAt", "last", "asOf"}


@pytest.mark.parametrize("words", [("close",), ("change", "--label", "Another name")])
def test_another_sites_record_is_not_restated(town, twist, words):
    opened = ("site", "open", "--country", "BW", "--licence", "ML-2", "--as", "authority-bw")
    first, second = town.json("show", "sites")["sites"][0]["siteId"], town.json(*opened)["siteId"]
    operation, *more = words
    for head in (head_of(town, second), head_of(town, "miner-bw")):
        twist.say("operators", head=head)
        error = town.error("site", operation, first, *more, "--as", "authority-bw", code=5)
        assert f"another site: asked for {first}" in error["said"]
        twist.be_honest()
    town.run("site", "change", second, "--label", "A name", "--as", "authority-bw")
    twist.say("operators", head=head_of(town, second))
    assert (
        "another site" in town.error("site", "close", first, "--as", "authority-bw", code=5)["said"]
    )


def test_a_site_that_was_changed_is_closed_as_it_stands(town, twist):
    (site,) = town.json("show", "sites")["sites"]
    town.run("site", "change", site["siteId"], "--label", "Another name", "--as", "authority-bw")
    town.run("site", "close", site["siteId"], "--as", "authority-bw")
    assert town.json("show", site["siteId"])["isClosed"]


def test_when_the_record_before_happened_is_as_its_author_signed_it(town, twist):
    bag = town.register()
    told = town.json("show", bag)["headAt"]
    twist.say("headAt", headAt=told + 200)
    town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    assert town.json("show", head_of(town, bag))["envelope"]["record"]["scene"]["occurredAt"] < (
        told + 200
    )


# -- what is shown ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "lie"),
    [
        ("weightMillicarats", 531_200_000),
        ("stones", 1),
        ("label", "Cullinan I"),
        ("hsCode", "7102.39"),
        ("form", "polished"),
        ("custodian", "0x" + "11" * 20),
    ],
)
def test_a_parcel_is_not_told_as_something_else_than_its_records_say(town, twist, member, lie):
    bag = town.register()
    assert member in town.json("trace", bag)["checked"]["agreed"]
    twist.say("isSeized", **{member: lie})
    checked = town.json("trace", bag, code=1)["checked"]
    assert [doubt["place"] for doubt in checked["doubts"]] == ["parcel"]
    assert f"{member} is said to be {lie}" in checked["doubts"][0]["said"]
    assert member not in checked["agreed"]
    assert f"DOES NOT HOLD  parcel: {member}" in town.run("trace", bag, code=1).out


def test_what_is_not_checked_is_called_the_ledgers_own_word(town):
    bag = town.register()
    assert "own word: the parcel's state and country" in town.run("trace", bag).out
    assert "own word, all of it" in town.run("trace", bag, "--down").out
    assert town.json("trace", bag, "--down")["isChecked"] is False


def test_a_step_whose_proof_fails_is_not_said_to_wait_for_a_checkpoint(town, twist):
    bag = town.register()
    last = town.size() - 1
    twist.answer = lambda plain: (
        {**plain, "proof": []} if "leafHash" in plain and plain["index"] == last else plain
    )
    told = town.run("trace", bag, code=1).out
    assert "its proof does not hold)" in told
    assert "no checkpoint yet" not in told


def test_a_record_made_up_is_not_shown(town, twist):
    record = head_of(town, town.register())

    def answer(plain: dict) -> dict:
        if "envelope" in plain:
            plain["envelope"]["record"]["amounts"]["weightMillicarats"] = 531_200_000
        return plain

    twist.answer = answer
    assert "altered" in town.error("show", record, code=5)["said"]


@pytest.mark.parametrize("member", ["signers", "recordedAtMs", "parcels"])
def test_what_stands_in_a_record_is_not_shown_otherwise(town, twist, member):
    record = head_of(town, town.register())
    twist.say("envelope", **{member: 0 if member == "recordedAtMs" else ["0x" + "11" * 20]})
    assert "another record" in town.error("show", record, code=5)["said"]


def test_the_record_of_another_index_is_not_shown(town, twist):
    town.register()
    last = town.size() - 1
    other = town.json("show", str(last - 1))["recordId"]
    twist.say("recordRoot", recordId=other)
    assert "another record: asked for" in town.error("show", str(last), code=5)["said"]


# -- what is handed in -----------------------------------------------------------------------


def test_an_answer_about_another_record_is_not_taken_for_ones_own(town, twist):
    twist.lines = lambda lines: [replace(line, record_id=Hash32(b"\x66" * 32)) for line in lines]
    said = town.run("register", "--weight", "2", "--as", "miner-bw", code=5)
    assert "another record" in said.err
    (kept,) = Path().glob("unsent-*.json")
    assert f"adamant send {kept}" in said.err
    assert "another record" in town.error("send", str(kept), code=5)["said"]
    assert "another record" in town.error("send", str(kept), str(kept), code=5)["said"]
    twist.be_honest()
    assert town.json("send", str(kept))["again"]


def test_what_a_record_made_follows_from_the_record(town, twist):
    twist.lines = lambda lines: [replace(line, parcels=(Hash32(b"\x77" * 32),)) for line in lines]
    told = town.json("register", "--weight", "2", "--as", "miner-bw")
    assert told["parcels"] == [one["parcelId"] for one in told["made"]]
