"""A parcel's way, as `trace` tells it to people."""

import re

from tests.ledger.cli.test_borders import NUMBER, border, certify

__all__ = ["border"]


def test_a_country_of_the_story_that_the_goods_cannot_be_from_is_explained(town):
    """A stone of 5 ct is not of a bag of 1 ct, whatever it was mixed with."""
    governors = [word for one in ("governor-1", "governor-2") for word in ("--as", one)]
    town.run("admit", "spare-1", "--role", "authority", "--country", "CA", *governors)
    town.run("admit", "spare-2", "--role", "miner", "--country", "CA", "--as", "spare-1")
    town.run("site", "open", "--country", "CA", "--licence", "L", "--as", "spare-1")
    words = ("register", "--weight", "1", "--stones", "1", "--as", "spare-2")
    small = town.json(*words)["made"][0]["parcelId"]
    town.hand_over(small, "spare-2", "miner-bw")
    (mixed,) = town.work("mix", town.register(), small, by="miner-bw")
    stone, rest = town.work("split", mixed, "--into", "5:1", "--into", "8.5:3", by="miner-bw")
    told = town.run("trace", stone).out
    assert re.search("^not from +CA: goods from there were in the mix", told, re.MULTILINE)
    assert "not from" not in town.run("trace", rest).out


def test_certificates_and_statements_stand_in_the_way_of_the_goods(border):
    bag = border.register("12.5", 3)
    certify(border, bag)
    border.run("clear", NUMBER, "--as", "authority-be")
    told = border.run("trace", bag).out
    order = [told.index(words) for words in ("1. ", "Mined", "Certified", NUMBER, "Border cleared")]
    assert order == sorted(order), told
    assert "1 step back to the mines, 2 records that speak of these goods, 3 signatures " in told
    steps = border.json("trace", bag)["steps"]
    assert [(one["kind"], one["isMention"], one["isProved"]) for one in steps] == [
        ("Registration", False, True),
        ("Certificate", True, True),
        ("Clearance", True, True),
    ]
