"""Who is who: admitting, ending roles, sites, and the charter."""

import pytest

from ledger.cli.documents import RECORDED
from ledger.config import LedgerFolder, fresh_log_key
from tests.world import address_of

BOTH = ("--as", "governor-1", "--as", "governor-2")


def test_a_party_is_admitted_by_its_address_alone(town):
    stranger = "0x" + address_of("a stranger").hex()
    admitted = town.json(
        "admit", stranger, "--role", "lab", "--country", "BE", "--as", "governor-1"
    )
    assert tuple(admitted) == RECORDED
    (role,) = town.json("show", stranger)["roles"]
    assert (role["role"], role["country"], role["isInForce"]) == ("lab", "BE", True)


def test_a_role_ends_on_the_day_that_was_said(town):
    words = ("admit", "spare-1", "--role", "lab", "--country", "BE", "--as", "governor-1")
    error = town.error(*words, "--until", "2020-01-01", code=1)
    assert error["rule"] == "period"
    town.run(*words, "--until", "2100-01-01")
    (role,) = town.json("show", "spare-1")["roles"]
    assert role["validUntil"] == 4_102_531_199  # the last second of that day


def test_an_authority_admits_within_its_country_and_no_further(town):
    words = ("--role", "miner", "--as", "authority-bw", "--country")
    town.run("admit", "spare-1", *words, "BW")
    assert town.error("admit", "spare-2", *words, "NA", code=1)["rule"] == "role-for-kind"


def test_a_revoked_party_speaks_no_more_and_may_be_admitted_again(town):
    words = ("miner-bw", "--role", "miner", "--country", "BW", "--as", "authority-bw")
    town.run("revoke", *words, "--compromised-since", "3")
    error = town.error("register", "--weight", "5", "--as", "miner-bw", code=1)
    assert error["rule"] == "role-for-kind"
    assert town.json("show", "miner-bw")["suspicion"]["since"] == 3
    assert "suspect" in town.run("show", "miner-bw").out
    town.run("admit", *words)
    town.register()


@pytest.mark.long
def test_an_agent_signs_for_its_party_within_its_kinds(town):
    words = ("admit", "spare-1", "--role", "agent", "--country", "BW", "--as", "miner-bw")
    assert town.error(*words, code=2)["field"] == "--kind"
    town.run(*words, "--kind", "Registration")
    bag = town.json("register", "--weight", "5", "--as", "spare-1")["made"][0]["parcelId"]
    assert town.json("show", bag)["custodian"] == town.json("show", "miner-bw")["address"]
    error = town.error("handoff", bag, "--to", "trader-be", "--as", "spare-1", code=1)
    assert error["rule"] == "agent-scope"
    assert town.json("show", "spare-1")["sort"] == "agent"
    revoked = ("revoke", "spare-1", "--role", "agent", "--country", "BW", "--as", "miner-bw")
    town.run(*revoked)
    assert (
        town.error("register", "--weight", "5", "--as", "spare-1", code=1)["rule"] == "agent-scope"
    )


def test_of_several_roles_that_would_do_one_must_be_said(town):
    town.run("admit", "trader-be", "--role", "cutter", "--country", "IN", "--as", "governor-1")
    town.run("admit", "trader-be", "--role", "trader", "--country", "AE", "--as", "governor-1")
    bag = town.register()
    to = ("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    assert town.error(*to, code=2)["field"] == "--to-country"
    town.run(*to, "--to-country", "AE")
    town.run("receive", bag, "--weight", "12.5", "--as", "trader-be")  # as the offer says: in AE
    assert town.json("show", bag)["last"]["country"] == "AE"
    words = ("split", bag, "--into", "6:1", "--into", "6.5:2", "--as", "trader-be")
    error = town.error(*words, code=2)
    assert error["field"] == "--role, --country"
    assert "cutter IN" in error["expected"]
    town.run(*words, "--role", "trader", "--country", "BE")


def test_a_role_that_is_said_and_not_held_is_for_the_ledger_to_refuse(town):
    error = town.error("register", "--weight", "5", "--as", "trader-be", code=1)
    assert error["rule"] == "role-for-kind"
    assert error["came"] == "trader BE"
    words = ("register", "--weight", "5", "--as", "trader-be", "--role", "miner", "--country", "BW")
    site = town.json("show", "sites")["sites"][0]["siteId"]
    assert town.error(*words, "--site", site, code=1)["rule"] == "role"


def test_whoever_holds_no_custody_role_is_offered_nothing(town):
    bag = town.register()
    error = town.error("handoff", bag, "--to", "authority-bw", "--as", "miner-bw", code=1)
    assert error["rule"] == "recipient"


# -- sites -----------------------------------------------------------------------------------


def test_a_change_of_a_site_restates_all_that_was_not_changed(town):
    opened = town.json(
        *("site", "open", "--country", "BW", "--licence", "ML-2", "--label", "Orapa"),
        *("--type", "artisanal", "--zone", "Central", "--place", "5GCJ0000+", "--capacity", "10"),
        *("--operator", "miner-bw", "--until", "2090-12-31", "--as", "authority-bw"),
    )
    before = town.json("show", opened["siteId"])
    town.run("site", "change", opened["siteId"], "--capacity", "20.5", "--as", "authority-bw")
    after = town.json("show", opened["siteId"])
    assert after["yearlyCapacityMillicarats"] == 20_500
    same = ("label", "licence", "siteType", "zone", "country", "operators", "validUntil")
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    last = town.json("show", after["head"])["envelope"]["record"]
    assert last["scene"]["place"] == "5GCJ0000+"


def test_of_several_sites_one_must_be_named_and_a_closed_one_is_none(town):
    words = ("--country", "BW", "--licence", "ML-2", "--as", "authority-bw")
    site = town.json("site", "open", *words)["siteId"]
    register = ("register", "--weight", "5", "--as", "miner-bw")
    assert site in town.error(*register, code=2)["expected"]
    town.run(*register, "--site", site)
    town.run("site", "close", site, "--as", "authority-bw")
    assert town.error(*register, "--site", site, code=1)["rule"] == "site-closed"
    town.run(*register)
    assert "closed" in town.run("show", "sites").out


# -- the charter -----------------------------------------------------------------------------


def test_an_amendment_changes_what_was_said_and_restates_the_rest(town):
    before = town.json("show", "charter")
    town.run("amend", "--tolerance", "0.010", "--recovery-days", "3", *BOTH)
    after = town.json("show", "charter")
    assert after["toleranceMillicarats"] == 10
    assert after["recoveryDelaySeconds"] == 3 * 24 * 3600
    changed = {"toleranceMillicarats", "recoveryDelaySeconds", "head", "headAt", "asOf"}
    assert {name for name in before if before[name] != after[name]} == changed


def test_governors_change_and_the_threshold_with_them(town):
    governors = [word for one in ("governor-1", "spare-1") for word in ("--governor", one)]
    town.run("amend", *governors, "--threshold", "1", *BOTH)
    words = ("admit", "spare-2", "--role", "auditor", "--country", "CH", "--as")
    assert town.error(*words, "governor-3", code=1)["rule"] == "role-for-kind"
    town.run(*words, "spare-1")


def test_an_open_ledger_becomes_a_trade_ledger_and_never_the_other_way(town):
    town.run("amend", "--mode", "trade", *BOTH)
    assert town.json("status")["mode"] == "trade"
    assert town.error("amend", "--mode", "open", *BOTH, code=1)["rule"] == "charter-values"


def test_a_second_log_key_signs_from_the_amendment_on_that_names_it(town):
    folder = LedgerFolder(town.path / "ledger")
    old, key = folder.read_log_key(), fresh_log_key(folder.read_log_key().name)
    both = ("--checkpoint-key", str(old.verifier_key), "--checkpoint-key", str(key.verifier_key))
    assert "is not in" in town.run("amend", *both, *BOTH).err
    with folder.log_key.open("a", encoding="utf-8") as file:
        file.write(key.reveal_secret() + "\n")
    said = town.run("amend", "--checkpoint-key", str(key.verifier_key), *BOTH)
    assert "warning" not in said.err
    assert town.json("checkpoint")["note"].count("\u2014 ") == 1
    assert town.json("audit")["isClean"]


def test_an_amendment_that_would_stop_the_ledger_is_warned_of(town):
    stranger = fresh_log_key(LedgerFolder(town.path / "ledger").read_log_key().name)
    said = town.run("amend", "--checkpoint-key", str(stranger.verifier_key), *BOTH, code=4)
    assert "the ledger stops" in said.err


def test_one_governor_is_counted_as_one(town):
    error = town.error("amend", "--threshold", "1", "--as", "governor-1", code=1)
    assert (error["rule"], error["came"]) == ("governors", "1 governor among 1 signer")
    assert error["expected"] == "exactly 2 governors"
