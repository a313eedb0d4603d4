"""Calling goods back, for people and as lines."""

from __future__ import annotations

import json

from ledger.cli.recalls import _Sum


def test_a_recall_tells_what_goods_went_into_and_who_holds_it(town):
    bag = town.register()
    stone, rest = town.work("split", bag, "--into", "5:1", "--into", "7.5:2", by="miner-bw")
    town.hand_over(stone, "miner-bw", "trader-be")
    told = town.run("recall", "--parcel", bag).out
    assert told.index(bag) < told.index(stone) < told.index(rest)
    assert "starts here" in told
    assert "held, held by trader-be" in told
    assert "3 parcels in the log's first" in told
    assert "2 of them live and possibly affected, held by 2 parties." in told
    assert "at least 12.500 ct, at most 12.500 ct" in told
    assert "%" not in told


def test_a_recall_as_lines_is_one_document_a_line(town):
    bag = town.register()
    halves = town.work("split", bag, "--into", "5:1", "--into", "7.5:2", by="miner-bw")
    lines = [
        json.loads(line)
        for line in town.run("--json", "recall", "--parcel", bag).out.split("\n")
        if line
    ]
    assert [line["line"] for line in lines] == ["recall", *["parcel"] * 3, "end"]
    assert [line["parcelId"] for line in lines[1:-1]] == [bag, *halves]
    assert lines[0]["subject"] == bag
    assert lines[-1]["parcels"] == 3


def test_a_recall_of_a_party_names_it_by_its_key_here(town):
    bag = town.register()
    lines = town.run("--json", "recall", "--party", "miner-bw").out.split("\n")
    assert any(bag in line for line in lines)
    assert "It went into nothing" in town.run("recall", "--party", "trader-ae").out
    late = town.run("recall", "--party", "miner-bw", "--since", "100000").out
    assert "It went into nothing" in late


def test_a_parcel_that_is_told_twice_is_counted_once():
    row = {
        "parcelId": "0x1", "state": "held", "affected": "part", "custodian": "0x2", "pieceId": None,
        "leastMillicarats": 3, "mostMillicarats": 7,
    }  # fmt: skip
    for is_of_party in (True, False):
        total = _Sum()
        total.add(row, is_of_party=is_of_party)
        total.add({**row, "parcelId": "0x3", "custodian": None}, is_of_party=is_of_party)
        again = {**row, "affected": "all", "leastMillicarats": 9, "mostMillicarats": 9}
        if is_of_party:
            total.add(again, is_of_party=True)
            assert total.live == {"part": 1, "all": 1}
            assert (total.least, total.most) == (12, 16)
        assert (total.parcels, total.withheld, total.holders) == (2, 1, {"0x2"})


def test_a_recall_begins_with_something(town):
    said = town.run("recall", code=2).err
    assert "--parcel" in said
    town.run("recall", "--country", "XX", code=3)
    town.run("recall", "--country", "x", code=2)


def test_verdicts_that_are_others_are_told_with_what_decides(town):
    bag = town.register()
    words = ("recall", "--parcel", bag, "--verdicts", "adpa-2025", "--compare-date", "2020-01-01")
    said = town.run(*words).out
    assert "1 parcel judged by" in said
    assert "not legal advice" in said
    first, *told, last = map(json.loads, town.run("--json", *words).out.splitlines())
    assert first["definition"]["id"] == "adpa-2025"
    assert last["flips"] == len(told)
    assert said.count("->") == len(told)
    if told:
        assert told[0]["parcel"]["parcelId"] == bag


def test_a_comparison_names_its_definition(town):
    said = town.run("recall", "--country", "BW", "--compare-date", "2020-01-01", code=2).err
    assert "--verdicts" in said
