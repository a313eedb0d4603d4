"""The chain's commands, on a chain in the ledger's folder: set up, anchored, looked at, audited."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.anchor.artifacts import contract
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.local import LocalChain
from ledger.anchor.submitting import Fields, KeySubmitter
from ledger.cli.documents import ANCHOR, CHAIN_MADE, CHAIN_SHOWN, DEPLOYED
from ledger.config import LedgerFolder, read_chain_key, system_clock
from ledger.limits import DoorLimits
from ledger.signing import keccak
from ledger.signing.anchors import Anchor, sign_statement
from ledger.values import NO_HASH, Address, Hash32
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import GOVERNORS, Town

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def _anchored(_founded: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("anchored") / "town")
    shutil.copytree(_founded.path, town.path)
    town.run("chain", "start")
    town.run("chain", "deploy")
    return town


@pytest.fixture
def anchored(_anchored: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose ledger is open in a contract of its own chain; shared by the tests."""
    monkeypatch.chdir(_anchored.path)
    return _anchored


def test_a_ledger_without_a_chain_says_what_to_do(town: Town) -> None:
    assert "adamant chain start" in town.run("chain", "status").out
    assert not town.json("chain", "status")["isAnchored"]
    assert "no chain" in town.error("chain", "deploy", code=5)["said"]
    assert "no chain" in town.error("chain", "anchor", code=5)["said"]
    assert town.json("audit")["chain"] is None
    assert "no chain" in town.error("audit", "--chain", code=5)["said"]


def test_a_chain_is_made_once_and_named_in_the_settings(town: Town) -> None:
    made = town.json("chain", "start")
    assert tuple(made) == CHAIN_MADE
    assert (made["chain"], made["isNew"], made["block"]) == ("local", True, 0)
    assert int(made["balanceWei"]) > 0
    assert 'chain = "local"' in (Path(town.ledger) / "ledger.toml").read_text()
    again = town.json("chain", "start")
    assert again == {**made, "isNew": False}
    assert "adamant chain deploy" in town.error("chain", "anchor", code=5)["said"]


def test_a_second_deployment_makes_no_second_contract(anchored: Town) -> None:
    first = anchored.json("chain", "deploy")
    assert tuple(first) == DEPLOYED
    assert first["isOpen"]
    block = anchored.json("chain", "status")["headBlock"]
    assert anchored.json("chain", "deploy") == first
    assert anchored.json("chain", "status")["headBlock"] == block


def test_a_checkpoint_is_anchored_once(anchored: Town) -> None:
    anchored.register()
    told = anchored.json("chain", "anchor")
    assert tuple(told) == ANCHOR
    assert (told["state"], told["size"]) == ("finalized", anchored.size())
    status = anchored.json("chain", "status")
    assert tuple(status) == CHAIN_SHOWN
    assert status["anchoredSize"] == status["chainSize"] == anchored.size()
    assert status["last"] == told
    assert anchored.json("chain", "anchor") == told
    assert anchored.json("chain", "status")["headBlock"] == told["blockNumber"]
    assert anchored.json("audit", "--chain")["isClean"]


def test_a_record_can_wait_for_its_anchor(anchored: Town) -> None:
    parcel = anchored.register()
    words = ("handoff", parcel, "--to", "trader-be", "--as", "miner-bw")
    assert anchored.json(*words, "--wait", "anchored")["status"] == "anchored"
    traced = anchored.json("trace", parcel)
    assert traced["anchors"][-1]["state"] == "finalized"
    assert traced["anchors"][-1]["size"] > traced["steps"][-1]["index"]
    assert "anchor " in anchored.run("trace", parcel).out


def test_an_audit_names_what_the_chain_does_not_bear_out(anchored: Town, tmp_path: Path) -> None:
    anchored.register()
    anchored.run("chain", "anchor")
    report = anchored.json("audit", "--chain")
    assert (report["isClean"], report["chain"]["anchoredSize"]) == (True, anchored.size())
    # The same chain beside another history of the same ledger: what was anchored is not its log.
    other = Town(anchored.path, str(tmp_path / "other"))
    source = Path(anchored.ledger)
    shutil.copytree(source, other.ledger)
    anchored.register("3.00", 1)
    anchored.run("chain", "anchor")
    for name in ("chain.db", "anchors.db"):
        (Path(other.ledger) / name).write_bytes((source / name).read_bytes())
    shorter = other.json("audit", "--chain", code=1)
    assert {one["kind"] for one in shorter["faults"]} == {"truncated"}
    other.register("4.00", 1)
    forked = other.json("audit", "--chain", code=1)
    assert {one["kind"] for one in forked["faults"]} == {"altered"}
    said = other.run("chain", "status").err
    assert "another root" in said
    assert other.json("chain", "status")["condition"] == "diverged"
    assert "another root" in other.error("chain", "anchor", code=5)["said"]


def own_copy(anchored: Town, tmp_path: Path) -> Town:
    """Return the same ledger, chain and all, in a folder that a test may spoil."""
    target = Town(anchored.path, str(tmp_path / "own"))
    shutil.copytree(anchored.ledger, target.ledger)
    return target


def test_a_fork_that_was_reported_is_told_for_ever_after(anchored: Town, tmp_path: Path) -> None:
    own = own_copy(anchored, tmp_path)
    own.run("chain", "anchor")
    folder = LedgerFolder(Path(own.ledger))
    secret = read_chain_key(folder.anchor_key, "the key").secret
    payer = KeySubmitter(read_chain_key(folder.submitter_key, "the key").secret)
    shown = own.json("chain", "status")
    contract_at = Address(bytes.fromhex(shown["contract"][2:]))
    ledger_id = Hash32(bytes.fromhex(own.json("status")["ledgerId"][2:]))

    def signed(name: bytes) -> tuple[object, ...]:
        said = Anchor(ledger_id, shown["chainId"], contract_at, 7, keccak(name), 0, NO_HASH)
        place = (said.chain_id, said.contract)
        return (*place, said.size, said.root, 0, NO_HASH, sign_statement(said, secret))

    data = contract("CheckpointAnchor").call("reportFork", ledger_id, signed(b"a"), signed(b"b"))
    with closing(LocalChain(folder.local_chain, system_clock)) as chain:
        nonce, gas = (
            chain.nonce(payer.address),
            chain.estimate_gas(payer.address, contract_at, data),
        )
        fields = Fields(chain.chain_id, nonce, contract_at, data, gas, 10**9, 0)
        assert chain.mined(chain.send(payer.sign(fields))).succeeded  # type: ignore[union-attr]
    assert own.json("chain", "status")["isForked"]
    assert "two roots of one size" in own.run("chain", "status").out
    report = own.json("audit", "--chain", code=1)
    assert [(one["kind"], one["place"].split()[0]) for one in report["faults"]] == [
        ("forked", "contract")
    ]
    own.register()
    assert own.json("chain", "anchor")["state"] == "finalized"
    assert own.json("chain", "status")["isForked"]


def test_a_journal_that_says_more_than_the_chain_is_found_out(
    anchored: Town, tmp_path: Path
) -> None:
    own = own_copy(anchored, tmp_path)
    own.run("chain", "anchor")
    with closing(SqliteJournal(LedgerFolder(Path(own.ledger)).anchors)) as journal:
        place = journal.deployment().place  # type: ignore[union-attr]  # deployed above
        kept = journal.last(place)
        assert kept is not None
        assert kept.spot is not None
        elsewhere = replace(kept.spot, block_hash=keccak(b"another block"))
        more = replace(kept.statement, size=kept.size + 100)
        journal.keep(place, [replace(kept, spot=elsewhere), replace(kept, statement=more)])
    report = own.json("audit", "--chain", code=1)
    assert [(one["kind"], one["place"]) for one in report["faults"]] == [
        ("altered", f"anchor {kept.size}"),
        ("gap", f"anchor {kept.size + 100}"),
    ]


def test_the_manual_work_is_kept_from_a_folder_that_a_server_holds(anchored: Town) -> None:
    with server_of(anchored):
        assert "is in use by a server" in anchored.error("chain", "anchor", code=4)["said"]
        assert anchored.json("chain", "status")["isOpen"]


def test_a_server_anchors_by_itself(anchored: Town) -> None:
    with server_of(anchored):
        parcel = anchored.register()
        words = ("handoff", parcel, "--to", "trader-be", "--as", "miner-bw")
        assert anchored.json(*words, "--wait", "anchored")["status"] == "anchored"
    assert anchored.json("chain", "status")["anchoredSize"] == anchored.size()


def test_watching_anchors_what_is_due_and_prints_it(anchored: Town) -> None:
    anchored.register()
    told = anchored.run("--json", "chain", "watch", "--timeout", "8").out.splitlines()
    last = json.loads(told[-1])
    assert (last["size"], last["state"]) == (anchored.size(), "finalized")


def test_a_node_that_is_not_named_whole_is_not_asked(town: Town) -> None:
    said = town.error("chain", "start", code=2, ADAMANT_CHAIN="node")
    assert "chain_url, chain_id" in said["said"]


def test_a_node_that_is_down_is_said_to_be(town: Town) -> None:
    away = {
        "ADAMANT_CHAIN": "node",
        "ADAMANT_CHAIN_URL": "http://127.0.0.1:9/secret-key-in-path",
        "ADAMANT_CHAIN_ID": "31337",
    }
    said = town.error("chain", "start", code=4, **away)["said"]
    assert "secret-key-in-path" not in said


def test_a_node_that_is_down_bears_out_nothing_that_was_kept(anchored: Town) -> None:
    anchored.run("chain", "anchor")
    away = {
        "ADAMANT_CHAIN": "node",
        "ADAMANT_CHAIN_URL": "http://127.0.0.1:9",
        "ADAMANT_CHAIN_ID": "31337",
    }
    anchored.error("chain", "anchor", "--timeout", "0", code=4, **away)


def test_the_paying_account_is_none_of_the_ledgers_voices(anchored: Town) -> None:
    paying = anchored.json("chain", "start")["submitter"]
    charter = anchored.json("show", "charter")
    assert charter["anchorKey"]
    assert paying not in (charter["anchorKey"], *charter["governors"])
    assert len(GOVERNORS) == len(charter["governors"])


@pytest.mark.parametrize("name", ["chain.db", "anchors.db"])
def test_a_flipped_bit_of_its_files_is_named(anchored: Town, tmp_path: Path, name: str) -> None:
    target = own_copy(anchored, tmp_path)
    file = Path(target.ledger) / name
    raw = bytearray(file.read_bytes())
    raw[5_000] ^= 1
    file.write_bytes(raw)
    faults = target.json("audit", "--chain", code=1)["faults"]
    assert name in {one["place"].split()[0] for one in faults}


def test_a_chain_that_was_put_back_older_than_the_journal_is_no_word_for_an_anchor(
    anchored: Town, tmp_path: Path
) -> None:
    older = own_copy(anchored, tmp_path)
    anchored.register()
    size = anchored.json("chain", "anchor")["size"]
    for name in ("log.db", "checkpoints.db", "anchors.db"):
        (Path(older.ledger) / name).write_bytes((Path(anchored.ledger) / name).read_bytes())
    for words in (("anchor",), ("anchor", "--timeout", "1"), ("deploy",)):
        assert "lost blocks" in older.error("chain", *words, code=5)["said"]
    shown = older.json("chain", "status")
    assert (shown["condition"], shown["anchoredSize"], shown["last"]) == ("diverged", 0, None)
    faults = older.json("audit", "--chain", code=1)["faults"]
    assert ("gap", f"anchor {size}") in [(one["kind"], one["place"]) for one in faults]


def test_a_chain_that_was_lost_is_not_made_anew_beside_its_journal(
    anchored: Town, tmp_path: Path
) -> None:
    own = own_copy(anchored, tmp_path)
    own.run("chain", "anchor")
    folder = LedgerFolder(Path(own.ledger))
    folder.local_chain.unlink()
    assert "move anchors.db away" in own.error("chain", "start", code=5)["said"]
    aside = folder.anchors.rename(tmp_path / "anchors.db")
    assert own.json("chain", "start")["isNew"]
    aside.rename(folder.anchors)
    faults = own.json("audit", "--chain", code=1)["faults"]
    assert {one["kind"] for one in faults} == {"gap"}
    assert faults[0]["place"].startswith("contract ")


def test_a_ledger_that_was_rolled_back_whole_calls_nothing_anchored(
    anchored: Town, tmp_path: Path
) -> None:
    older = own_copy(anchored, tmp_path)
    parcel = older.register()
    anchored.register("3.00", 1)
    anchored.register("3.00", 1)
    anchored.run("chain", "anchor")
    newer = Path(anchored.ledger) / "anchors.db"
    (Path(older.ledger) / "anchors.db").write_bytes(newer.read_bytes())
    # No chain is asked here.
    assert older.json("trace", parcel)["anchors"] == []
    shown = older.json("chain", "status", ADAMANT_CHAIN="none")
    assert (shown["condition"], shown["anchoredSize"]) == ("diverged", 0)


def test_a_ledger_whose_charter_names_no_anchor_key_is_told_so_at_once(town: Town) -> None:
    other = Town(town.path, str(town.path / "other"))
    governors = [word for name in GOVERNORS for word in ("--governor", name)]
    other.run("init", *governors, "--threshold", "2", "--anchor-key", "none")
    for word in ("start", "deploy", "anchor"):
        env = {"ADAMANT_CHAIN": "local"} if word != "start" else {}
        assert "no anchor key" in other.error("chain", word, code=5, **env)["said"]
    assert not LedgerFolder(Path(other.ledger)).local_chain.exists()


def test_watching_begins_with_the_last_anchor_that_is_final(anchored: Town) -> None:
    anchored.register()
    first = anchored.json("chain", "anchor")["size"]
    anchored.register()
    last = anchored.json("chain", "anchor")["size"]
    told = anchored.run("--json", "chain", "watch", "--timeout", "2").out.splitlines()
    assert [json.loads(line)["size"] for line in told] == [last] != [first]


def test_a_contract_that_is_named_must_be_the_one_that_checks_the_log(
    anchored: Town, tmp_path: Path
) -> None:
    own = own_copy(anchored, tmp_path)
    last = own.json("chain", "anchor")
    folder = LedgerFolder(Path(own.ledger))
    folder.anchors.unlink()
    named = {"ADAMANT_ANCHOR_CONTRACT": last["contract"]}
    too_late = {**named, "ADAMANT_ANCHOR_FIRST_BLOCK": str(last["blockNumber"] + 1)}
    said = own.error("chain", "anchor", code=5, **too_late)["said"]
    assert f"not yet {last['blockNumber'] + 1}" in said
    folder.anchors.unlink()
    payer = KeySubmitter(read_chain_key(folder.submitter_key, "the key").secret)
    creation = bytes.fromhex("600180600b5f395ff3fe5b")  # its code is one JUMPDEST
    with closing(LocalChain(folder.local_chain, system_clock)) as chain:
        fields = Fields(
            chain.chain_id, chain.nonce(payer.address), None, creation, 100_000, 10**9, 0
        )
        mined = chain.mined(chain.send(payer.sign(fields)))
    assert mined is not None
    assert mined.contract is not None
    other = {"ADAMANT_ANCHOR_CONTRACT": f"0x{mined.contract.hex()}"}
    assert "is another" in own.error("chain", "anchor", "--timeout", "1", code=5, **other)["said"]
    assert own.json("chain", "anchor", **named) == last


def test_records_are_taken_whatever_is_wrong_with_the_chain(anchored: Town, tmp_path: Path) -> None:
    older = own_copy(anchored, tmp_path)
    parcels = [anchored.register("2.00", 1) for _ in range(2)]
    anchored.run("chain", "anchor")
    for name in ("log.db", "checkpoints.db", "anchors.db"):
        (Path(older.ledger) / name).write_bytes((Path(anchored.ledger) / name).read_bytes())

    def hand_over(parcel: str) -> str:
        words = ("handoff", parcel, "--to", "trader-be", "--as", "miner-bw", "--wait", "anchored")
        return str(older.json(*words)["status"])

    began = time.monotonic()
    assert hand_over(parcels[0]) == "checkpointed"  # the chain lost blocks: nobody waits for it
    assert time.monotonic() - began < DoorLimits().anchored_seconds_max / 2
    chain = Path(older.ledger) / "chain.db"
    raw = bytearray(chain.read_bytes())
    for at in range(4_096, len(raw), 99):
        raw[at] ^= 1
    chain.write_bytes(raw)
    assert hand_over(parcels[1]) == "checkpointed"
