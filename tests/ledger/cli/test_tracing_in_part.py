"""`trace` and `show` at a trade ledger's server: what is told of records that are shown in part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.canonical import read_plain
from ledger.cli import session
from ledger.desk import Desk, open_desk
from ledger.entry import signatures_hash
from ledger.signing import sheet_hash
from ledger.values import to_hex
from tests.ledger.cli.process import server_of
from tests.ledger.cli.test_lying import Far, Twist
from tests.ledger.cli.town import Town

BY_JEWELLER = {"ADAMANT_READER": "jeweller-fr"}


@pytest.fixture
def afar(town: Town) -> Iterator[tuple[Town, str]]:
    """A town's ledger, become a trade ledger, seen through its server; and a stone's id."""
    governors = ("--as", "governor-1", "--as", "governor-2")
    town.run("amend", "--mode", "trade", *governors)
    bag = town.register()
    town.hand_over(bag, "miner-bw", "trader-be")
    stone, _ = town.work("split", bag, "--into", "5:1", "--into", "7.5:2", by="trader-be")
    town.hand_over(stone, "trader-be", "jeweller-fr")
    with server_of(town) as server:
        yield Town(town.path, server.url), stone


def test_a_way_shown_in_part_is_told_and_ends_well(afar: tuple[Town, str]) -> None:
    town, stone = afar
    told = " ".join(town.run("trace", stone, **BY_JEWELLER).out.split())
    assert "Mined" in told
    assert "withheld as miner in BW declares rough mined in BW" in told
    assert "declares a parcel split into parcels" in told
    assert "Shown in part: 4 records, of which authors, signatures and weights" in told
    assert "2 signatures (2 by the author's own first key" in told
    assert "the weights that are shown, and by them the parcel's weight, stones, form and" in told
    assert "DOES NOT HOLD" not in told
    document = town.json("trace", stone, **BY_JEWELLER)
    assert document["checked"]["isSound"]
    assert document["checked"]["inPart"] == 4
    hidden = [step for step in document["steps"] if step["withheld"]]
    assert {tuple(step["withheld"]) for step in hidden} == {("who", "amounts")}
    assert all(step["author"] is step["signers"] is None for step in hidden)
    assert all(step["record"]["who"].startswith("0x") for step in hidden)
    assert document["checked"]["proofs"] == len(document["steps"]) + 2  # Charter and amendment


def test_what_names_a_party_is_shown_it_whole(afar: tuple[Town, str]) -> None:
    town, stone = afar
    whole = town.json("trace", stone, ADAMANT_READER="trader-be")
    assert whole["checked"]["inPart"] == 1  # the registration, which the trader has no part in


def test_a_way_with_a_gap_is_told_as_far_as_it_goes_and_ends_badly(
    afar: tuple[Town, str],
) -> None:
    """The stone is still in Botswana by its records; what went on abroad concerns others."""
    town, stone = afar
    told = " ".join(town.run("trace", stone, code=1, ADAMANT_READER="authority-bw").out.split())
    assert "A trade ledger tells the whole way of goods to those alone" in told
    assert "the story lacks it, but a record names it" in told
    assert "back to the mines" not in told


def test_a_record_shown_in_part_is_shown_so(afar: tuple[Town, str]) -> None:
    town, stone = afar
    steps = town.json("trace", stone, **BY_JEWELLER)["steps"]
    (split,) = [step for step in steps if step["operation"] == "split"]
    shown = town.run("show", split["recordId"], **BY_JEWELLER).out
    assert "withheld as trader in BE" in shown
    assert "who" in shown
    assert "Checked here: its id" in " ".join(shown.split())
    answer = town.json("show", split["recordId"], **BY_JEWELLER)
    assert answer["withheld"] == ["who", "amounts"]
    whole = town.run("show", split["recordId"], ADAMANT_READER="trader-be").out
    assert "withheld" not in whole
    # What was said before the goods were the reader's is asked for by what they became.
    mined = steps[0]["recordId"]
    town.error("show", mined, code=3, **BY_JEWELLER)
    error = town.error("show", str(steps[0]["index"]), code=3, **BY_JEWELLER)
    assert (
        error["said"] == f"no record at index {steps[0]['index']} that this reader is shown by it"
    )
    assert "--for" in error["next"]
    assert (
        "declares rough mined in BW" in town.run("show", mined, "--for", stone, **BY_JEWELLER).out
    )


def test_a_record_of_which_an_open_ledger_keeps_a_part_back_is_not_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    record_id = town.json("show", str(town.size() - 1))["recordId"]
    twist = Twist()

    @contextmanager
    def opened(ledger: str) -> Iterator[Desk]:
        with open_desk(ledger) as near:
            yield Far(near, twist)

    def answer(plain: dict[str, Any]) -> dict[str, Any]:
        if "mode" in plain:
            plain["mode"] = "trade"
        if plain.get("recordId") == record_id and "envelope" in plain:
            record, signatures = read_plain(plain["envelope"])
            for place in ("who", "amounts"):
                plain["envelope"]["record"][place] = to_hex(sheet_hash(getattr(record, place)))
            plain["envelope"]["signatures"] = to_hex(signatures_hash(signatures))
            plain.update(signers=None, withheld=["who", "amounts"])
        return plain

    monkeypatch.setattr(session, "open_desk", opened)
    twist.answer = answer
    error = town.error("show", record_id, code=5)
    assert "which every party may read on this ledger" in error["said"]
    assert "believe no server" in error["next"]
