"""Several people sign one record by passing a file round; none of them sees another's key."""

import json
from pathlib import Path

import pytest

from tests.ledger.cli.people import person
from tests.world import secret_of


@pytest.fixture
def three(town):
    """The three governors, each at a desk of their own."""
    return [person(town, f"governor-{number}") for number in (1, 2, 3)]


def test_two_of_three_governors_admit_an_authority_by_a_file_that_goes_round(town, three):
    first, second, third = three
    ledger_id = town.json("status")["ledgerId"]
    authority = person(town, "spare-1")
    # Nobody has a key but their own.
    for one in three:
        assert [key["name"] for key in one.json("keys", "list")["keys"]] == [one.name]

    # The first governor drafts and signs. One signature is not enough.
    words = ("admit", authority.address, "--role", "authority", "--country", "NA")
    written = first.json(*words, "--as", first.name, "--out", first.paper("admission.json"))
    assert (written["signers"], written["signaturesNeeded"]) == ([first.address], 2)
    assert first.refused("send", first.paper("admission.json")) == "governors"

    # The third gets the file, sees all of it in plain words, and signs where there is no ledger.
    paper = first.passes("admission.json", third)
    away = ("--ledger", third.paper("no-ledger-here"), "--ledger-id", ledger_id)
    shown = third.run(*away, "cosign", paper, "--as", third.name, "--yes").err
    for word in ("authority", "NA", authority.address, written["recordId"], first.address):
        assert word in shown
    # At this desk nobody can sign for another.
    said = third.run(*away, "cosign", paper, "--as", second.name, "--yes", code=3)
    assert f"no key {second.name}" in said.err

    # The file holds two signatures, and no secret of anybody.
    text = Path(paper).read_text()
    assert len(json.loads(text)["signatures"]) == 2
    for one in three:
        assert secret_of(one.name).hex() not in text
        assert one.passphrase not in text

    # Whoever sends it needs no key. It is recorded once, however often it is sent.
    third.passes("admission.json", authority)
    sent = authority.json("send", authority.paper("admission.json"), ADAMANT_KEYS="/nowhere")
    assert sent["recordId"] == written["recordId"]
    assert authority.json("send", authority.paper("admission.json"))["again"]
    (role,) = town.json("show", authority.address)["roles"]
    assert (role["role"], role["country"], role["isInForce"]) == ("authority", "NA", True)
    assert town.json("audit")["isClean"]


def test_governors_see_what_an_amendment_gives_up(town, three):
    first, second, _ = three
    words = ("amend", "--anchor-key", "none", "--tolerance", "0", "--tolerance-ppm", "0")
    first.run(*words, "--as", first.name, "--out", first.paper("amendment.json"))
    shown = second.run("cosign", first.passes("amendment.json", second), "--yes").err
    lines = (line for line in shown.splitlines() if line.startswith(("what.", "amounts.")))
    told = dict(line.split(maxsplit=1) for line in lines)
    assert told["what.anchorKey"] == "0x" + "00" * 20
    assert told["amounts.toleranceMillicarats"] == "0.000 ct"
    assert "amounts.tolerancePartsPerMillion" in told


def test_a_third_signature_is_one_too_many(town, three):
    first, second, third = three
    words = ("admit", "spare-1", "--role", "auditor", "--country", "CH", "--as", first.name)
    town.run(*words, "--out", first.paper("admission.json"))
    paper = first.passes("admission.json", second)
    second.run("cosign", paper, "--yes")
    paper = second.passes("admission.json", third)
    third.run("cosign", paper, "--yes")
    assert third.refused("send", paper) == "governors"


def test_what_is_changed_on_the_way_bears_nobodys_signature(town, three):
    first, second, _ = three
    words = ("admit", "spare-1", "--role", "auditor", "--country", "CH", "--as", first.name)
    town.run(*words, "--out", first.paper("admission.json"))
    paper = Path(first.passes("admission.json", second))
    paper.write_text(paper.read_text().replace('"auditor"', '"authority"'))
    second.run("cosign", str(paper), "--yes")
    assert second.refused("send", str(paper)) in ("governors", "signature-order")
    assert town.json("show", "authority-bw")["roles"][0]["role"] == "authority"


def test_buyer_and_seller_agree_on_a_short_weight_by_a_file(town):
    seller, buyer = person(town, "miner-bw"), person(town, "trader-be")
    bag = town.register()
    seller.run("handoff", bag, "--to", buyer.address)
    short = ("receive", bag, "--weight", "11.2", "--stones", "2", "--short")
    buyer.run(*short, "--out", buyer.paper("short.json"))
    paper = buyer.passes("short.json", seller)
    assert "11.200 ct" in seller.run("cosign", paper, "--yes").err
    seller.run("send", paper)
    assert town.json("show", bag)["custodian"] == buyer.address
    assert town.json("show", bag)["weightMillicarats"] == 11_200
