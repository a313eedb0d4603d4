"""Names of parties at the command line: beside addresses, told as what they are, harmless."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ledger.values import to_hex
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import Town
from tests.naming import HOSTILE
from tests.world import address_of

NAME = "Antwerp Trading & Søns"
UNPROVEN = "Names of parties are those that a private field of their Admission gives"


def call(town: Town, party: str, name: str) -> str:
    """Have a trader admitted again by a name; return the record's id."""
    words = ("admit", party, "--role", "trader", "--country", "BE", "--as", "governor-1")
    record: str = town.json(*words, "--private", f"name={name}")["recordId"]
    return record


def bought(town: Town) -> str:
    """Return a parcel that a trader took over from the mine."""
    parcel = town.register()
    town.hand_over(parcel, "miner-bw", "trader-be")
    return parcel


def address(party: str) -> str:
    return to_hex(address_of(party))


def test_show_and_trace_print_a_name_before_the_address(town: Town) -> None:
    parcel = bought(town)
    before = town.run("show", parcel).out
    assert f"trader-be {address('trader-be')}" in before
    assert UNPROVEN not in before
    record = call(town, "trader-be", NAME)
    trader = address("trader-be")
    for words in (("show", parcel), ("trace", parcel), ("show", trader), ("show", record)):
        said = town.run(*words).out
        assert f"trader-be {NAME} ({address('trader-be')})" in said
        assert UNPROVEN in said or "of parties (which a private field of their Admission" in said
        elsewhere = town.run("--keys", str(town.path / "none"), *words).out
        assert f" {NAME} ({address('trader-be')})" in elsewhere.replace("\n", "\n ")
        assert town.json(*words)["names"] == {address("trader-be"): NAME}
    assert town.json("trace", parcel, "--down")["names"] == {address("trader-be"): NAME}
    town.run("private", "erase", record, "name", "--yes")
    assert NAME not in town.run("show", parcel).out + town.run("trace", parcel).out


def test_parties_are_listed_with_their_names_and_roles(town: Town) -> None:
    call(town, "trader-be", NAME)
    said = town.run("show", "parties").out
    lines = {line.split("  ")[0]: line.rsplit("  ")[-1] for line in said.splitlines()}
    assert lines[f"trader-be {NAME} ({address('trader-be')})"] == "trader BE"
    assert lines[f"governor-1 {address('governor-1')}"] == "governor"
    assert UNPROVEN in said
    plain = town.json("show", "parties")
    assert len(plain["parties"]) == 9
    assert plain["names"] == {address("trader-be"): NAME}


def test_a_copy_has_no_names_and_a_server_gives_them_as_its_word(
    town: Town, tmp_path: Path
) -> None:
    parcel = bought(town)
    call(town, "trader-be", NAME)
    shutil.copytree(town.ledger, tmp_path / "copy")
    (tmp_path / "copy" / "log.key").unlink()
    copied = town.run("--ledger", str(tmp_path / "copy"), "show", parcel).out
    assert address("trader-be") in copied
    assert NAME not in copied
    with server_of(town) as server:
        remote = Town(town.path, server.url)
        said = remote.run("show", parcel).out
        assert f"{NAME} ({address('trader-be')})" in said
        assert f"{UNPROVEN}, as the server says; nothing here proves them." in said
        assert NAME in remote.run("trace", parcel).out
        other = remote.run("show", parcel, ADAMANT_READER="jeweller-fr").out
        assert NAME not in other, "it is shown to its owners alone"


def test_a_hostile_name_steers_no_terminal_and_pushes_no_address_away(town: Town) -> None:
    parcel = bought(town)
    call(town, "trader-be", HOSTILE + "x" * 500)
    for words in (("show", parcel), ("trace", parcel), ("show", "parties")):
        said = town.run(*words).out
        assert "\\u200b\\u2028" in said
        assert all(one.isprintable() for one in said.replace("\n", ""))
        assert "x" * 80 not in said
        assert f"… ({address('trader-be')})" in said or f"… ({address('trader-be')}" in said


# -- recipients of a spreadsheet -----------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return where the spreadsheet lies."""
    return tmp_path / "sales.csv"


def write(table: Path, *rows: tuple[str, str]) -> None:
    """Write a spreadsheet of parcels and their recipients."""
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("Parcel", "To", "To country"), *((*row, "BE") for row in rows)]
        )


def test_a_recipient_may_be_called_by_its_name(town: Town, table: Path) -> None:
    call(town, "trader-be", NAME)
    parcel = town.register()
    write(table, (parcel, f" {NAME} "))
    said = town.run("import", str(table), "--as", "miner-bw").out
    assert f"{NAME} ({address('trader-be')})" in said
    assert UNPROVEN in said
    assert town.json("show", parcel)["recipient"] == address("trader-be")


def test_a_name_of_nobody_or_of_several_is_a_bad_row(town: Town, table: Path) -> None:
    formula = "=cmd|'/c calc'!A1"
    for party in ("trader-be", "trader-ae"):
        call(town, party, formula)
    parcel, other = town.register(), town.register("1.5", 1)
    write(table, (parcel, formula), (other, "Nobody & Sons"))
    done = town.json("import", str(table), "--as", "miner-bw", code=1)
    assert (done["bad"], done["recorded"]) == (2, 0)
    (several,), (none,) = (row["faults"] for row in done["results"])
    assert several["column"] == none["column"] == "To"
    for party in ("trader-be", "trader-ae"):
        assert address(party) in several["reason"]
    assert "no name of a key or of a party" in none["reason"]
    with table.with_name("sales.csv.result.csv").open(newline="", encoding="utf-8") as file:
        came = [row["came"] for row in csv.DictReader(file)]
    assert came == [f"'{formula}", "Nobody & Sons"]


def test_goods_go_where_a_server_says_only_if_somebody_agrees(town: Town, table: Path) -> None:
    record = call(town, "trader-be", NAME)
    parcel = town.register()
    write(table, (parcel, NAME))
    with server_of(town) as server:
        remote = Town(town.path, server.url)
        words = ("import", str(table), "--as", "miner-bw")
        reader: dict[str, Any] = {"ADAMANT_READER": "miner-bw"}
        assert remote.json(*words, "--dry-run", code=1, **reader)["bad"] == 1, "not shown to it"
        town.run("private", "grant", record, "name", "--to", "miner-bw")
        assert remote.json(*words, "--dry-run", **reader)["bad"] == 0
        error = remote.error(*words, code=2, **reader)
        assert "whose names are the server's word" in json.dumps(error)
        assert remote.json(*words, "--yes", **reader)["recorded"] == 1
        assert remote.json("show", parcel, **reader)["recipient"] == address("trader-be")


def damage(path: Path, text: bytes) -> None:
    """Change a byte of a text where it stands in a file, as a failing disk may."""
    raw = bytearray(path.read_bytes())
    raw[raw.index(text)] ^= 1
    path.write_bytes(raw)


def test_damaged_private_fields_cost_names_and_no_answer(town: Town) -> None:
    parcel = bought(town)
    call(town, "trader-be", NAME)
    trader = address("trader-be")
    questions = (("show", parcel), ("show", trader), ("show", "charter"))
    whole = [town.json(*words) for words in questions]
    damage(town.path / "ledger" / "private.db", NAME.encode())
    told = [town.json(*words) for words in questions]
    assert told == [{**plain, "names": {}} for plain in whole]
    for words in (("show", parcel), ("trace", parcel)):
        said = town.run(*words).out
        assert f"trader-be {trader}" in said
        assert NAME not in said
    # Whoever looks a party up by its name must not take what failed for nobody.
    assert "private.db" in town.run("show", "parties", code=5).err
