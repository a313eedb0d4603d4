"""Verdicts in a terminal: the matrix, the reasons, comparisons, and a definition of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.reference import shipped
from tests.ledger.cli.test_borders import admitted, certify
from tests.ledger.cli.town import Town


@pytest.fixture
def bag(town: Town) -> str:
    """A bag that went from Botswana to Belgium without a certificate."""
    found = town.register("2.5", 1)
    town.hand_over(found, "miner-bw", "trader-be")
    return found


def test_the_matrix_names_every_definition_and_why(town: Town, bag: str) -> None:
    told = town.run("verdict", bag).out
    answer = town.json("verdict", bag)
    assert len(answer["verdicts"]) >= 10
    for one in answer["verdicts"]:
        assert one["definition"]["id"] in told
    assert "kp-2003: cannot tell" in told
    assert "went from BW to BE" in told
    assert "without a certificate" in told
    assert "rests on entry" in told
    assert "not legal advice" in told
    assert "adopted by this ledger" in told


def test_goods_under_a_certificate_pass_where_others_fail(town: Town) -> None:
    admitted(town, "authority-be", "authority", "BE")
    sound = town.register("2.5", 1)
    certify(town, sound)
    town.run("clear", "BW20260001", "--as", "authority-be")
    one = town.json("verdict", sound, "--definition", "kp-2003")["verdicts"]
    assert [(row["definition"]["id"], row["value"]) for row in one] == [("kp-2003", "pass")]


def test_two_days_and_two_definitions_are_compared(town: Town, bag: str) -> None:
    days = ("--definition", "us-2024", "--as-of", "2020-01-01", "--compare-date", "2026-01-01")
    compared = town.json("verdict", bag, *days)["comparison"]
    assert compared["date"] == "2026-01-01"
    assert [one["definition"] for one in compared["differences"]] == ["us-2024"]
    pair = ("--definition", "us-2024", "--compare-definition", "kp-2003")
    (difference,) = town.json("verdict", bag, *pair)["comparison"]["differences"]
    assert (difference["value"], difference["otherValue"]) == ("pass", "cannot tell")
    assert difference["otherOnly"]
    told = town.run("verdict", bag, *pair).out
    assert "kp-2003" in told
    assert "alone: cannot tell" in told


def test_a_past_verdict_is_made_again_by_its_size(town: Town, bag: str) -> None:
    made = town.json("show", bag)["made"]["index"]
    then = town.json("verdict", bag, "--size", str(made + 1), "--definition", "kp-2003")
    assert (then["size"], then["verdicts"][0]["value"]) == (made + 1, "pass")
    assert town.error("verdict", bag, "--size", str(made), code=3)["sort"] == "unknown"


def test_a_definition_in_a_file_is_judged_by_on_a_folder(town: Town, bag: str) -> None:
    text = shipped()["definition-us-2024"].raw.decode()
    file = Path("mine.toml")
    file.write_text(text.replace('id = "us-2024"', 'id = "mine"'), "utf-8")
    (one,) = town.json("verdict", bag, "--file", "mine.toml")["verdicts"]
    assert (one["definition"]["id"], one["definition"]["isAdoptedHere"]) == ("mine", False)
    file.write_text("id = 3", "utf-8")
    assert town.error("verdict", bag, "--file", "mine.toml", code=2)["sort"] == "wrong"
    assert town.error("verdict", bag, "--file", "none.toml", code=2)["field"] == "--file"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--as-of", "2026-13-01"), 2),
        (("--as-of", "20260101"), 2),
        (("--definition", "none"), 3),
        (("--definition", "kp-2003", "--file", "mine.toml"), 2),
        (("--compare-definition", "kp-2003"), 2),
        (("--compare-date", "2025-01-01", "--compare-definition", "kp-2003"), 2),
    ],
)
def test_what_is_not_well_asked_is_refused(town: Town, bag: str, words, code) -> None:
    assert town.error("verdict", bag, *words, code=code)["exitCode"] == code


@pytest.mark.parametrize("option", ["--as-of", "--compare-date"])
def test_a_day_that_is_none_is_refused_by_its_option_and_value(town: Town, bag, option) -> None:
    error = town.error("verdict", bag, option, "tomorrow", code=2)
    assert error["field"] == option
    assert "a day such as 2025-03-01; came tomorrow" in error["said"]
