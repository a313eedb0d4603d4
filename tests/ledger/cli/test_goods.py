"""Goods as they come into being and change hands, in the words that people read."""

import pytest


def test_a_record_of_a_mine_is_told_by_the_mines_name(town):
    said = town.run("register", "--weight", "5", "--as", "miner-bw").out
    assert "mined at Jwaneng 0x" in said


def test_where_no_site_is_open_to_a_miner_it_is_told_so(town):
    (site,) = town.json("show", "sites")["sites"]
    town.run("site", "close", site["siteId"], "--as", "authority-bw")
    error = town.error("register", "--weight", "5", "--as", "miner-bw", code=2)
    assert error["field"] == "--site"
    assert "none in BW is open to this miner" in error["expected"]
    assert "show sites" in error["expected"]


def test_a_weight_of_bad_form_is_told_before_a_missing_site(town):
    (site,) = town.json("show", "sites")["sites"]
    town.run("site", "close", site["siteId"], "--as", "authority-bw")
    error = town.error("register", "--weight", "abc", "--as", "miner-bw", code=2)
    assert error["field"] == "--weight"


@pytest.mark.parametrize(
    "words",
    [
        ("register", "--weight", "0"),
        ("receive", "BAG", "--weight", "0.000"),
        ("reweigh", "BAG", "--weight", "0"),
        ("split", "BAG", "--into", "0:1", "--into", "12.5:2"),
    ],
)
def test_goods_weigh_something(town, words):
    bag = town.register()
    typed = [bag if word == "BAG" else word for word in words]
    assert town.error(*typed, "--as", "miner-bw", code=2)["expected"] == "more than 0 ct"


@pytest.mark.parametrize(
    "words",
    [
        ("register", "--weight", "5", "--country", "Botswana"),
        ("handoff", "BAG", "--to", "trader-be", "--to-country", "Belgium"),
        ("admit", "spare-1", "--role", "trader", "--country", "it"),
        ("site", "open", "--licence", "L", "--country", "Italy"),
    ],
)
def test_a_country_is_two_capital_letters(town, words):
    typed = [town.register() if word == "BAG" else word for word in words]
    error = town.error(*typed, "--as", "miner-bw", code=2)
    assert error["expected"] == "a country as two capital letters, such as IT"


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("mix", "BAG"), 1, "a mix takes two or more"),
        (("reweigh", "BAG", "--weight", "13"), 1, "never up"),
        (("reweigh", "BAG", "--weight", "12", "--lost-stones", "4"), 1, "no more stones"),
        (("register", "--weight", "5", "--hs", "9999"), 2, "those that are expected"),
        (("split", "BAG", "--into", "6:1", "--into", "6:2"), 1, "--lose"),
        (("handoff", "0xabcdef12", "--to", "trader-be"), 3, "adamant show PARTY"),
    ],
)
def test_what_to_do_next_fits_what_was_typed(town, words, code, hint):
    typed = [town.register() if word == "BAG" else word for word in words]
    assert hint in town.error(*typed, "--as", "miner-bw", code=code)["next"]


def test_the_reasons_to_refuse_are_listed_without_an_empty_one(town):
    said = town.run("receive", "0x12", "--refuse", "x", "--as", "trader-be", code=2)
    assert "'weight'" in said.err
    assert "''" not in said.err


def test_whom_goods_are_returned_to_is_the_senders_word(town):
    bag = town.register()
    said = town.run("handoff", bag, "--to", "trader-be", "--purpose", "return", "--as", "miner-bw")
    assert "as a return to trader-be" in said.out


def test_rough_that_changed_hands_abroad_is_said_not_to_have_crossed_a_border(town):
    bag = town.register()
    town.hand_over(bag, "miner-bw", "trader-be")
    for command in ("show", "trace"):
        assert "BW, no border crossing is recorded" in town.run(command, bag).out


def test_goods_that_became_others_were_last_held_by_somebody(town):
    bag = town.register()
    town.work("split", bag, "--into", "6:1", "--into", "6.5:2", by="miner-bw")
    for command in ("show", "trace"):
        assert "last held by" in town.run(command, bag).out


def test_an_operator_that_is_no_miner_is_warned_of(town):
    words = ("site", "open", "--country", "BW", "--licence", "L2", "--as", "authority-bw")
    assert "no miner in BW" in town.run(*words, "--operator", "trader-be").err
    assert "no miner" not in town.run(*words, "--operator", "miner-bw").err
    for site in (one["siteId"] for one in town.json("show", "sites")["sites"]):
        assert "no miner" not in town.run("site", "close", site, "--as", "authority-bw").err
