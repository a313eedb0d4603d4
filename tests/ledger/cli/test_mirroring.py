"""The mirror of hand-overs, as its commands and settings have it: who may, how far, what is out."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from ledger.cli.documents import CHAIN_SHOWN, DEPLOYED, LEFT_OUT
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import GOVERNORS, Town

pytestmark = pytest.mark.long
CONTRACT_DIGITS = 42
WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def _mirrored(_founded: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("mirrored") / "town")
    shutil.copytree(_founded.path, town.path)
    governors = [word for name in GOVERNORS[:2] for word in ("--as", name)]
    town.run("amend", "--mirror", "allowed", *governors)
    town.run("chain", "start")
    mirror_from_now_on(town)
    town.run("chain", "deploy")
    return town


@pytest.fixture
def mirrored(_mirrored: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose hand-overs are mirrored on a chain of its own; shared by the tests."""
    monkeypatch.chdir(_mirrored.path)
    return _mirrored


def mirror_from_now_on(town: Town) -> None:
    with (Path(town.ledger) / "ledger.toml").open("a") as settings:
        settings.write("mirror = true\n")


def test_a_charter_that_forbids_it_is_obeyed_on_any_ledger(town: Town) -> None:
    mirror_from_now_on(town)
    said = town.error("chain", "deploy", code=5)["said"]
    assert "chain" in said
    town.run("chain", "start")
    for words in (("chain", "deploy"), ("chain", "status"), ("serve", "--port", "0")):
        said = town.error(*words, code=5)["said"]
        assert "mirror = true in the settings" in said
        assert "the charter in force says mirror: forbidden" in said


@pytest.mark.parametrize("mode", ["open", "trade"])
def test_a_ledger_is_founded_with_what_its_charter_says_of_mirrors(
    town: Town, tmp_path: Path, mode: str
) -> None:
    governors = ("--governor", GOVERNORS[0], "--threshold", "1", "--mode", mode)
    for mirror, words in (("forbidden", ()), ("allowed", ("--mirror", "allowed"))):
        other = Town(town.path, str(tmp_path / mirror))
        assert other.json("init", *governors, *words)["mirror"] == mirror
        other.run("chain", "start")
        mirror_from_now_on(other)
        if mirror == "allowed":
            assert other.json("chain", "deploy")["mirrorContract"] is not None
        else:
            assert "forbidden" in other.error("chain", "deploy", code=5)["said"]


def test_one_command_makes_both_contracts_once(mirrored: Town) -> None:
    first = mirrored.json("chain", "deploy")
    assert tuple(first) == DEPLOYED
    assert len(first["mirrorContract"]) == CONTRACT_DIGITS
    assert first["mirrorContract"] != first["contract"]
    assert mirrored.json("chain", "deploy") == first


def test_hand_overs_are_mirrored_and_audited(mirrored: Town) -> None:
    mirrored.hand_over(mirrored.register(), "miner-bw", "trader-be")
    mirrored.run("chain", "anchor")
    status = mirrored.json("chain", "status")
    assert tuple(status) == CHAIN_SHOWN
    mirror = status["mirror"]
    assert (mirror["condition"], mirror["position"]) == ("waiting", mirrored.size())
    assert mirror["leftOut"] == 0
    assert "mirror of hand-overs" in mirrored.run("chain", "status").out
    report = mirrored.json("audit", "--chain")
    assert report["isClean"]
    told = report["chain"]["mirror"]
    assert (told["records"], told["leftOut"]) == (mirror["mirrored"], 0)
    assert told["position"] == mirrored.size()
    assert "mirror of hand-overs" in mirrored.run("audit", "--chain").out
    assert "none is left out" in mirrored.run("chain", "unmirrored").err


def test_a_server_mirrors_by_itself(mirrored: Town) -> None:
    parcel = mirrored.register()
    with server_of(mirrored):
        mirrored.run("handoff", parcel, "--to", "trader-be", "--as", "miner-bw")
        size, until = mirrored.size(), time.monotonic() + WAIT_SECONDS
        while mirrored.json("chain", "status")["mirror"]["position"] < size:
            assert time.monotonic() < until
            time.sleep(0.2)
    mirror = mirrored.json("chain", "status")["mirror"]
    assert (mirror["position"], mirror["leftOut"]) == (size, 0)


def test_what_is_left_out_is_listed_with_its_reason(mirrored: Town) -> None:
    parcel = mirrored.register()
    mirrored.run("report", "loss", parcel, "--as", "miner-bw")
    mirrored.run("report", "recovery", parcel, "--as", "miner-bw")
    mirrored.run("handoff", parcel, "--to", "trader-be", "--as", "miner-bw")
    mirrored.run("chain", "anchor")
    assert mirrored.json("chain", "status")["mirror"]["leftOut"] == 1
    (one,) = [mirrored.json("chain", "unmirrored")]
    assert tuple(one) == LEFT_OUT
    assert one["index"] == mirrored.size() - 1
    assert one["reason"].startswith("StalePrevious")
    assert mirrored.json("audit", "--chain")["isClean"]
