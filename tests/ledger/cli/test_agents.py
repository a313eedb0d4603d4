"""Agents: a party lets somebody else's key speak for it, for some kinds and for some time."""

from datetime import UTC, datetime, timedelta

from tests.ledger.cli.people import days_later, person


def admit(owner, agent, *words):
    role = ("--role", "agent", "--country", "BW")
    owner.run("admit", agent.address, *role, *words)


def test_a_clerk_registers_for_the_mine_and_can_do_nothing_else(town):
    mine, clerk, trader = (person(town, one) for one in ("miner-bw", "spare-1", "trader-be"))
    admit(mine, clerk, "--kind", "Registration", "--kind", "Receipt")
    bag = clerk.json("register", "--weight", "5")["made"][0]["parcelId"]
    assert town.json("show", bag)["custodian"] == mine.address
    assert clerk.refused("handoff", bag, "--to", trader.address) == "agent-scope"
    assert clerk.refused("split", bag, "--into", "2:0", "--into", "3:0") == "agent-scope"
    # What is the key's alone no agent does: change it, or admit another agent.
    words = ("keys", "rotate", "--new", trader.address, "--out", clerk.paper("rotate.json"))
    clerk.run(*words)
    trader.run("cosign", clerk.passes("rotate.json", trader), "--yes")
    assert trader.refused("send", trader.paper("rotate.json")) in ("agent-scope", "key-seen")
    other = person(town, "spare-2")
    words = ("admit", other.address, "--role", "agent", "--country", "BW", "--kind", "Handoff")
    assert clerk.refused(*words) == "agent-scope"


def test_an_agents_time_ends_on_its_last_day(town, monkeypatch):
    mine, clerk = person(town, "miner-bw"), person(town, "spare-1")
    last = datetime.now(UTC).date() + timedelta(days=3)
    admit(mine, clerk, "--kind", "Registration", "--until", last.isoformat())
    clerk.run("register", "--weight", "5")
    days_later(monkeypatch, 5)
    assert clerk.refused("register", "--weight", "5") == "agent-scope"
    mine.run("register", "--weight", "5")


def test_an_agent_goes_on_after_its_partys_key_changed(town):
    mine, clerk, new = (person(town, one) for one in ("miner-bw", "spare-1", "spare-2"))
    admit(mine, clerk, "--kind", "Registration")
    mine.run("keys", "rotate", "--new", new.address, "--out", mine.paper("rotate.json"))
    new.run("cosign", mine.passes("rotate.json", new), "--yes")
    new.run("send", new.paper("rotate.json"))
    clerk.run("register", "--weight", "5")
    role = ("--role", "agent", "--country", "BW")
    new.run("revoke", clerk.address, *role)
    assert clerk.refused("register", "--weight", "5") == "agent-scope"
