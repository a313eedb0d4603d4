"""A wallet signs by hand: typed data out, a signature back, and nothing believed on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from ledger.cli.documents import DRAFTED, TYPED
from ledger.signing.curve import ORDER
from tests.ledger.cli.town import Town
from tests.wallet import screen
from tests.world import address_of, secret_of

MINER = "0x" + address_of("miner-bw").hex()


def signed_by_wallet(data: dict, name: str = "miner-bw") -> str:
    """Sign typed data as a wallet does, that computes the digest itself."""
    return "0x" + Account.sign_typed_data(secret_of(name), full_message=data).signature.hex()


def a_draft(town: Town) -> dict:
    """Draft a registration by the miner's address; return what a wallet signs of it."""
    words = ("register", "--weight", "12.50", "--stones", "3", "--as", MINER)
    town.run(*words, "--out", "draft.json")
    return town.json("typed-data", "draft.json")


def test_a_party_signs_with_a_wallet_by_hand(town):
    data = a_draft(town)
    assert tuple(data) == TYPED
    kept = town.json("typed-data", "draft.json", "--descriptor")
    assert ("Weight", "12.5 ct") in screen(data, kept).lines
    written = town.json("add-signature", "draft.json", signed_by_wallet(data))
    assert tuple(written) == DRAFTED
    assert written["signers"] == [MINER]
    size = town.size()
    town.run("send", "draft.json")
    assert town.size() == size + 1


def test_what_is_to_be_signed_is_shown_in_words_beside_it(town):
    data = a_draft(town)
    said = town.run("typed-data", "draft.json")
    assert json.loads(said.out) == data
    assert "12.500 ct" in said.err
    told = town.run("add-signature", "draft.json", signed_by_wallet(data), "--by", "miner-bw")
    (line,) = [one for one in told.err.splitlines() if one.startswith("signed by")]
    assert line.split(maxsplit=2)[2] == f"miner-bw {MINER}"
    assert "draft.json has 1 signature" in told.out


def test_another_keys_signature_is_refused_with_both_names(town):
    data = a_draft(town)
    before = Path("draft.json").read_text()
    for more in ((), ("--by", "miner-bw"), ("--by", MINER)):
        forged = signed_by_wallet(data, "trader-be")
        error = town.error("add-signature", "draft.json", forged, *more, code=2)
        assert error["field"] == "signer-address"
        for named in (MINER, "0x" + address_of("trader-be").hex()):
            assert named in error["expected"]
    assert Path("draft.json").read_text() == before


def test_a_wallet_that_was_given_other_typed_data_is_found_out(town):
    data = a_draft(town)
    data["message"]["amounts"]["weightMillicarats"] = 125_000
    error = town.error("add-signature", "draft.json", signed_by_wallet(data), code=2)
    assert error["field"] == "signer-address"
    data = town.json("typed-data", "draft.json")
    data["domain"]["salt"] = "0x" + "07" * 32
    error = town.error("add-signature", "draft.json", signed_by_wallet(data), code=2)
    assert error["field"] == "signer-address"


def test_a_high_s_signature_is_refused_and_never_mended(town):
    raw = bytes.fromhex(signed_by_wallet(a_draft(town))[2:])
    s = ORDER - int.from_bytes(raw[32:64], "big")
    high = (raw[:32] + s.to_bytes(32, "big") + bytes((55 - raw[64],))).hex()
    error = town.error("add-signature", "draft.json", high, code=2)
    assert error["field"] == "signer-form"
    assert "high s" in error["expected"]
    assert town.error("add-signature", "draft.json", "0x", code=2)["field"] == "signature"


def test_a_governor_other_than_the_author_is_said(town):
    author = "0x" + address_of("governor-1").hex()
    words = ("admit", "spare-1", "--role", "auditor", "--country", "CH", "--as", author)
    town.run(*words, "--out", "draft.json")
    data = town.json("typed-data", "draft.json")
    second = signed_by_wallet(data, "governor-2")
    assert town.error("add-signature", "draft.json", second, code=2)["field"] == "signer-address"
    town.run("add-signature", "draft.json", second, "--by", "governor-2")
    town.run("add-signature", "draft.json", signed_by_wallet(data, "governor-1"))
    town.run("send", "draft.json")


def test_with_a_pinned_id_it_needs_no_ledger(town):
    data = a_draft(town)
    ledger_id = town.json("status")["ledgerId"]
    elsewhere = Town(town.path, "nowhere")
    pinned = ("--ledger-id", ledger_id, "--keys", str(town.keys))
    assert elsewhere.json("typed-data", "draft.json", *pinned) == data
    signature = signed_by_wallet(data)
    elsewhere.run("add-signature", "draft.json", signature, *pinned, "--out", "signed.json")
    assert town.json("send", "signed.json")["status"] == "checkpointed"


# -- sending what was signed elsewhere -----------------------------------------------------------


def envelope(signature: str) -> str:
    plain = json.loads(Path("draft.json").read_text())
    plain["signatures"] = [signature]
    text = json.dumps(plain, separators=(",", ":"))
    Path("signed.json").write_text(text + "\n")
    return "signed.json"


@pytest.mark.parametrize("fault", ["another key", "a stranger", "another digest"])
def test_nothing_is_sent_that_another_signed(town, fault, monkeypatch):
    data, size = a_draft(town), town.size()
    if fault == "another digest":
        data["message"]["amounts"]["stones"] = 4
    name = {"another key": "trader-be", "a stranger": "nobody"}.get(fault, "miner-bw")
    signature = signed_by_wallet(data, name)
    with monkeypatch.context() as kept:
        never(kept)
        error = town.error("send", envelope(signature), code=1)
    assert error["rule"] == "signer"
    assert MINER in error["expected"]
    assert data["domain"]["name"] == "Adamant"
    assert error["came"].startswith(("0x", "trader-be 0x"))
    assert town.size() == size


def test_nothing_is_sent_whose_signature_has_another_form(town, monkeypatch):
    raw = bytes.fromhex(signed_by_wallet(a_draft(town))[2:])
    s = ORDER - int.from_bytes(raw[32:64], "big")
    high = "0x" + (raw[:32] + s.to_bytes(32, "big") + bytes((55 - raw[64],))).hex()
    never(monkeypatch)
    assert town.error("send", envelope(high), code=1)["rule"] == "signature-form"
    # Nor beside others.
    Path("two.json").write_text(Path("draft.json").read_text() + Path("signed.json").read_text())
    assert town.error("send", "two.json", code=1)["rule"] in ("signature-form", "signature-count")


def never(monkeypatch) -> None:
    """Let nothing reach a desk."""
    from ledger.desk.local import LocalDesk

    def sent(*_words, **_more):
        raise AssertionError("it was sent")

    for name in ("hand_in", "hand_in_all"):
        monkeypatch.setattr(LocalDesk, name, sent)


def test_nothing_of_a_batch_is_sent_if_another_signed_one(town, monkeypatch):
    good = envelope_of(town)
    Path("good.json").write_text(good)
    forged = envelope_of(town, "trader-be")
    Path("two.json").write_text(good + forged)
    size = town.size()
    with monkeypatch.context() as kept:
        never(kept)
        for words in (("two.json",), ("two.json", "--atomic")):
            error = town.error("send", *words, code=1)
            assert error["rule"] == "signer"
            assert MINER in error["expected"]
    assert town.size() == size
    town.run("send", "good.json")


def envelope_of(town: Town, name: str = "miner-bw") -> str:
    return Path(envelope(signed_by_wallet(a_draft(town), name))).read_text()


def test_both_who_agree_on_a_short_weight_must_have_signed(town, monkeypatch):
    bag = town.register()
    town.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
    short = ("receive", bag, "--weight", "11.2", "--stones", "2", "--short", "--as", "trader-be")
    town.run(*short, "--out", "short.json")
    town.run("cosign", "short.json", "--yes", "--as", "trader-ae", "--out", "wrong.json")
    with monkeypatch.context() as kept:
        never(kept)
        error = town.error("send", "wrong.json", code=1)
    assert error["rule"] == "signer"
    assert error["came"].startswith("trader-ae 0x")
    town.run("cosign", "short.json", "--yes", "--as", "miner-bw")
    town.run("send", "short.json")


def test_an_agent_may_sign_in_the_batch_that_admits_it(town):
    words = ("admit", "spare-1", "--role", "agent", "--country", "BW", "--kind", "Registration")
    town.run(*words, "--as", "miner-bw", "--out", "admission.json")
    batch = Path("admission.json").read_text() + envelope_of(town, "spare-1")
    Path("batch.json").write_text(batch)
    size = town.size()
    town.run("send", "batch.json")
    assert town.size() == size + 2


def test_an_agents_signature_is_sent(town):
    town.run(
        *("admit", "spare-1", "--role", "agent", "--country", "BW", "--kind", "Registration"),
        *("--as", "miner-bw"),
    )
    data = a_draft(town)
    by_agent = signed_by_wallet(data, "spare-1")
    assert town.error("add-signature", "draft.json", by_agent, code=2)["field"] == "signer-address"
    town.run("add-signature", "draft.json", by_agent, "--by", "spare-1")
    town.run("send", "draft.json")
