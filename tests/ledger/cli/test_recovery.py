"""A key is lost: governors announce another; the old key may object; time or all of them decide."""

import pytest

from tests.ledger.cli.people import days_later, person


@pytest.fixture
def governors(town):
    """The three governors, each at a desk of their own."""
    return [person(town, f"governor-{number}") for number in (1, 2, 3)]


def announced(town, governors, new):
    """Have two of the governors announce a key for the miner, by a file between their desks."""
    first, second, _ = governors
    miner = town.json("show", "miner-bw")["address"]
    words = ("keys", "recover", miner, "--new", new, "--as", first.name)
    first.run(*words, "--out", first.paper("recovery.json"))
    paper = first.passes("recovery.json", second)
    second.run("cosign", paper, "--yes")
    second.run("send", paper)


def test_a_lost_key_is_replaced_after_the_delay_and_the_goods_stay(town, governors, monkeypatch):
    miner, finder, new = (person(town, one) for one in ("miner-bw", "trader-be", "spare-1"))
    party = town.json("show", miner.address)
    bag, offered = town.register(), town.register("3.5", 1)
    miner.run("handoff", offered, "--to", finder.address)

    # The miner's laptop is gone. Two governors announce the key of its new one.
    announced(town, governors, new.address)
    shown = town.json("show", party["address"])
    assert (shown["signingKey"], shown["nextKey"]) == (miner.address, new.address)

    # Whoever found the laptop cannot carry anything away, nor can a thief of the new key yet.
    assert miner.refused("handoff", bag, "--to", finder.address) == "recovery-pending"
    assert miner.refused("keys", "rotate", "--new", finder.address, code=2) == "--new"
    assert new.refused("handoff", bag, "--to", finder.address) == "signer"

    # A week later the announced key is the party's, the old one is nobody's.
    days_later(monkeypatch, 8)
    assert town.json("show", party["address"])["signingKey"] == new.address
    assert miner.refused("handoff", bag, "--to", finder.address) == "signer"
    new.run("handoff", bag, "--to", finder.address)
    finder.run("receive", bag, "--weight", "12.5")

    # The party is who it was: its address, its role, its other goods.
    after = town.json("show", party["address"])
    assert (after["address"], after["roles"]) == (party["address"], party["roles"])
    assert town.json("show", offered)["custodian"] == party["address"]
    assert town.json("audit")["isClean"]


def test_an_owner_who_lost_nothing_objects_and_only_all_governors_override(
    town, governors, monkeypatch
):
    miner, trader, new = (person(town, one) for one in ("miner-bw", "trader-be", "spare-1"))
    bag = town.register()
    announced(town, governors, new.address)
    assert miner.refused("handoff", bag, "--to", trader.address) == "recovery-pending"

    # The miner still has its key, and says so. It works on, and time changes nothing any more.
    miner.run("keys", "object")
    assert town.json("show", miner.address)["nextKey"] is None
    miner.run("handoff", bag, "--to", trader.address)
    days_later(monkeypatch, 30)
    assert town.json("show", miner.address)["signingKey"] == miner.address
    assert new.refused("withdraw", bag) == "signer"

    # Two governors cannot try again; three can override, by a file that goes to every desk.
    first, second, third = governors
    again = ("keys", "recover", miner.address, "--new", person(town, "spare-2").address)
    both = ("--as", "governor-1", "--as", "governor-2")
    assert town.error(*again, *both, code=1)["rule"] == "recovery-objected"
    words = ("keys", "override", miner.address, "--new", new.address, "--as", first.name)
    drafted = first.json(*words, "--out", first.paper("override.json"))
    assert drafted["signaturesNeeded"] == 3
    paper = first.passes("override.json", second)
    second.run("cosign", paper, "--yes")
    assert second.refused("send", paper) == "governors"
    paper = second.passes("override.json", third)
    third.run("cosign", paper, "--yes")
    third.run("send", paper)
    assert town.json("show", miner.address)["signingKey"] == new.address
    new.run("withdraw", bag)
    assert town.json("audit")["isClean"]


def test_nobody_but_the_party_itself_objects_and_only_once_there_is_something(town, governors):
    miner, trader = person(town, "miner-bw"), person(town, "trader-be")
    assert miner.refused("keys", "object") == "recovery-none"
    announced(town, governors, person(town, "spare-1").address)
    assert trader.refused("keys", "object") == "recovery-none"
    miner.run("keys", "object")
    assert miner.refused("keys", "object") == "recovery-none"


def test_one_governor_announces_nothing(town, governors):
    first = governors[0]
    new = person(town, "spare-1").address
    miner = town.json("show", "miner-bw")["address"]
    assert first.refused("keys", "recover", miner, "--new", new) == "governors"
