"""Envelopes as files: k of n governors sign one record, passing it round."""

import json
from pathlib import Path

import pytest

from ledger.cli.documents import DRAFTED, RECORDED
from tests.ledger.cli.town import PASSPHRASE
from tests.world import address_of

ADMIT = ("admit", "spare-1", "--role", "auditor", "--country", "CH")


def test_k_of_n_sign_by_passing_a_file_round(town):
    written = town.json(*ADMIT, "--as", "governor-3", "--out", "draft.json")
    assert tuple(written) == DRAFTED
    assert written["signers"] == ["0x" + address_of("governor-3").hex()]
    assert town.error("send", "draft.json", code=1)["rule"] == "governors"
    signed = town.json("cosign", "draft.json", "--as", "governor-1", "--yes")
    assert tuple(signed) == DRAFTED
    assert signed["recordId"] == written["recordId"]
    assert signed["signers"] == sorted(
        "0x" + address_of(name).hex() for name in ("governor-1", "governor-3")
    )
    sent = town.json("send", "draft.json")
    assert tuple(sent) == RECORDED
    assert sent["recordId"] == written["recordId"]
    again = town.json("send", "draft.json")
    assert again["again"]
    assert again["index"] == sent["index"]


def test_a_draft_by_a_partys_address_is_signed_elsewhere(town):
    author = "0x" + address_of("governor-1").hex()
    assert town.error(*ADMIT, "--as", author, code=2)["field"] == "--as"
    town.run(*ADMIT, "--as", author, "--out", "draft.json")
    assert json.loads(Path("draft.json").read_text())["signatures"] == []
    town.run("sign", "draft.json", "--as", "governor-1", "--yes")
    assert (
        town.error("sign", "draft.json", "--as", "governor-2", "--yes", code=2)["field"] == "file"
    )
    town.run("cosign", "draft.json", "--as", "governor-2", "--yes", "--out", "both.json")
    assert len(json.loads(Path("draft.json").read_text())["signatures"]) == 1
    town.run("send", "both.json")


def test_a_draft_is_shown_in_full_and_in_plain_words_before_it_is_signed(town):
    bag = town.register()
    town.run("handoff", bag, "--to", "trader-be", "--seal", "K-1", "--as", "miner-bw")
    words = ("receive", bag, "--weight", "11.2", "--stones", "2", "--short", "--as", "trader-be")
    written = town.json(*words, "--out", "short.json")
    said = town.run("cosign", "short.json", "--as", "miner-bw", "--yes")
    for word in (
        "accepts less than was offered",
        "11.200 ct",
        "trader-be 0x" + address_of("trader-be").hex(),
        "miner-bw 0x" + address_of("miner-bw").hex(),
        bag,
        written["recordId"],
        "signed by",
    ):
        assert word in said.err
    town.run("send", "short.json")
    assert town.json("show", bag)["weightMillicarats"] == 11_200


def test_labels_are_shown_as_they_will_be_signed(town):
    bag = town.register()
    town.run(
        *("split", bag, "--into", "2.5:1:Lot [red]7[/red]", "--into", "10:2", "--as", "miner-bw"),
        *("--out", "split.json"),
    )
    said = town.run("cosign", "split.json", "--as", "miner-bw", "--yes")
    assert "Lot [red]7[/red]" in said.err
    assert "2.500 ct" in said.err


def test_nobody_signs_without_being_asked(town):
    town.run(*ADMIT, "--as", "governor-3", "--out", "draft.json")
    before = Path("draft.json").read_bytes()
    error = town.error("cosign", "draft.json", "--as", "governor-1", code=2)
    assert error["field"] == "--yes"
    assert Path("draft.json").read_bytes() == before


def test_with_the_ledgers_id_a_draft_is_cosigned_where_there_is_no_ledger(town, tmp_path):
    ledger_id = town.json("status")["ledgerId"]
    town.run(*ADMIT, "--as", "governor-3", "--out", "draft.json")
    words = ("cosign", "draft.json", "--as", "governor-1", "--yes")
    town.run(*words, "--ledger", str(tmp_path / "nowhere"), "--ledger-id", ledger_id)
    town.run("send", "draft.json")


def test_a_signature_for_another_ledger_is_refused(town):
    town.run(*ADMIT, "--as", "governor-3", "--out", "draft.json")
    words = ("cosign", "draft.json", "--as", "governor-1", "--yes")
    town.run(*words, "--ledger-id", "0x" + "11" * 32)
    assert town.error("send", "draft.json", code=1)["rule"] in ("governors", "signature-order")


def test_another_ledger_than_the_pinned_one_is_spoken_to_no_further(town):
    size = town.size()
    words = ("--ledger-id", "0x" + "11" * 32, "register", "--weight", "5", "--as", "miner-bw")
    assert town.error(*words, code=2)["field"] == "--ledger-id"
    assert town.size() == size


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "json"),
        ("{", "json"),
        ("[]", "kind"),
        ('{"kind": "Handoff"}', "fields"),
        ('{"kind": "Handoff", "kind": "Receipt"}', "json"),
        ('{"kind": "Nonsense", "record": {}, "signatures": []}', "kind"),
        ("[" * 500, "depth"),
    ],
)
def test_what_is_no_envelope_is_badly_formed(town, text, rule):
    Path("draft.json").write_text(text)
    for command in ("sign", "cosign"):
        error = town.error(command, "draft.json", "--as", "governor-1", "--yes", code=2)
        assert error.get("rule") == rule
    assert town.error("send", "missing.json", code=2)["field"] == "file"


def test_several_envelopes_are_answered_line_by_line(town):
    bag, other = town.register(), town.register()
    for number, (parcel, to) in enumerate(
        ((bag, "trader-be"), (bag, "trader-ae"), (other, "trader-be"))
    ):
        town.run("handoff", parcel, "--to", to, "--as", "miner-bw", "--out", f"{number}.json")
    files = ("0.json", "1.json", "2.json")
    said = town.run("--json", "send", *files, "--atomic", code=1)
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [next(iter(line)) for line in lines] == ["kind"] * 3
    assert lines[0]["notDone"] == {"refusedLine": 2}
    assert lines[1]["refused"]["rule"] == "parcel-offered"
    assert town.json("show", other)["state"] == "held"
    said = town.run("--json", "send", *files, code=1)
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert tuple(lines[0]) == RECORDED
    assert lines[1]["refused"]["rule"] == "parcel-offered"
    assert tuple(lines[2]) == RECORDED
    told = town.run("send", *files, code=1).out
    assert told.count("\n") == 3
    assert "refused" in told


def test_envelopes_come_one_a_line_from_stdin(town):
    bags = [town.register() for _ in range(2)]
    lines = []
    for bag in bags:
        town.run("withdraw", bag, "--as", "miner-bw", "--out", "one.json", code=0)
        lines.append(Path("one.json").read_text().strip())
    said = town.run("send", "-", typed="\n".join(lines) + "\n\n", code=1)
    assert said.out.count("parcel-held") == 2


def test_a_file_never_holds_a_secret(town):
    town.run(*ADMIT, "--as", "governor-3", "--out", "draft.json")
    assert PASSPHRASE not in Path("draft.json").read_text()
