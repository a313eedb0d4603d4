"""Founding a ledger: with all governors' keys at hand, or with governors elsewhere."""

import json
import signal
import stat
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from eth_account import Account

from ledger.cli.documents import FOUNDED
from ledger.config import LedgerFolder, read_chain_key
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from ledger.reference import shipped
from ledger.values import to_hex
from tests.ledger.cli.process import environment
from tests.ledger.cli.town import GOVERNORS, PASSPHRASE, Town
from tests.world import address_of, secret_of

ELSEWHERE = "0x" + "ab" * 20
ALGORITHM_AND_SEED_BYTES = 1 + 32


def keyring_of(folder: Path, *names: str) -> str:
    """Make a folder of named keys."""
    for name in names:
        Keyring(folder).add(name, secret_of(name), PASSPHRASE, DEMO_SCRYPT_COST)
    return str(folder)


@pytest.fixture
def land(tmp_path, monkeypatch) -> Town:
    """A place with the governors' keys, and no ledger yet."""
    monkeypatch.chdir(tmp_path)
    keyring_of(tmp_path / "keys", *GOVERNORS)
    return Town(tmp_path)


def named(*governors: str) -> list[str]:
    """Return the options that name governors."""
    return [word for one in governors for word in ("--governor", one)]


def test_one_command_founds_a_ledger_whose_governors_keys_are_here(land):
    founded = land.json("init", "--origin", "land.example/main", *named(*GOVERNORS))
    assert tuple(founded) == FOUNDED
    assert founded["isFounded"]
    assert founded["threshold"] == 2
    assert [one["key"] for one in founded["governors"]] == sorted(
        GOVERNORS, key=lambda name: address_of(name)
    )
    assert founded["logKey"].startswith("land.example/main+")
    assert land.json("status")["ledgerId"] == founded["ledgerId"]
    assert land.json("audit")["isClean"]
    key = Path(land.ledger) / "log.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_logs_secret_is_printed_nowhere(land):
    said = land.run("init", *named(*GOVERNORS))
    written = (Path(land.ledger) / "log.key").read_text().strip()
    # PRIVATE+KEY+name+hash+secret, and base64 may hold a "+" of its own.
    secret = written.split("+", 4)[4]
    assert len(b64decode(secret)) == ALGORITHM_AND_SEED_BYTES
    assert secret not in said.out + said.err
    assert b64decode(secret)[1:].hex() not in said.out + said.err
    assert "PRIVATE" not in said.out + said.err


def test_the_charter_names_an_anchor_key_that_is_kept_in_the_folder(land):
    founded = land.json("init", *named(*GOVERNORS))
    file = Path(land.ledger) / "anchor.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = Account.from_key(file.read_text().strip())
    assert founded["anchorKey"] == key.address.lower()
    assert land.json("show", "charter")["anchorKey"] == founded["anchorKey"]


@pytest.mark.parametrize(("said", "named_key"), [("none", None), (ELSEWHERE, ELSEWHERE)])
def test_an_anchor_key_that_is_kept_elsewhere_or_nowhere_leaves_no_file(land, said, named_key):
    founded = land.json("init", *named(*GOVERNORS), "--anchor-key", said)
    assert founded["anchorKey"] == named_key
    assert not (Path(land.ledger) / "anchor.key").exists()


def test_the_charter_says_what_was_asked(land):
    land.run(
        *("init", *named(*GOVERNORS), "--threshold", "3", "--mode", "trade"),
        *("--tolerance", "0.010", "--tolerance-ppm", "500", "--recovery-days", "14"),
        *("--checkpoints", "second.db"),
    )
    charter = land.json("show", "charter")
    assert charter["threshold"] == 3
    assert charter["mode"] == "trade"
    assert charter["toleranceMillicarats"] == 10
    assert charter["tolerancePartsPerMillion"] == 500
    assert charter["recoveryDelaySeconds"] == 14 * 24 * 3600
    assert Path("second.db").exists()


def test_governors_elsewhere_cosign_the_charter_and_then_it_founds_the_ledger(land, tmp_path):
    there = [keyring_of(tmp_path / f"there-{name}", name) for name in GOVERNORS[1:]]
    here = keyring_of(tmp_path / "here", GOVERNORS[0])
    away = ["0x" + address_of(name).hex() for name in GOVERNORS[1:]]
    drafted = land.json("init", *named(GOVERNORS[0], *away), "--keys", here)
    assert tuple(drafted) == FOUNDED
    assert not drafted["isFounded"]
    file = drafted["charterFile"]
    early = land.error("init", "--charter", file, code=1)
    assert early["rule"] == "governors"
    for keys, name in zip(there, GOVERNORS[1:], strict=True):
        land.run("cosign", file, "--keys", keys, "--as", name, "--yes")
    founded = land.json("init", "--charter", file)
    assert founded["isFounded"]
    assert founded["ledgerId"] == drafted["ledgerId"]
    assert not Path(file).exists()
    assert land.json("status")["ledgerId"] == founded["ledgerId"]
    assert land.error("init", "--charter", "any", code=2)["field"] == "file"


def test_a_folder_that_has_a_ledger_is_not_founded_again(land):
    land.run("init", *named(*GOVERNORS))
    before = land.json("status")
    error = land.error("init", *named(*GOVERNORS), code=2)
    assert "already" in error["said"]
    assert land.json("status") == before


KILLED = """
import importlib, os, signal, sys
from ledger.cli.app import app
place, name, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
module, _, owner = place.partition(":")
holder = importlib.import_module(module)
holder = getattr(holder, owner) if owner else holder
real = getattr(holder, name)
def die(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)
setattr(holder, name, die)
app(sys.argv[4:])
"""
STAGES = {
    "before the settings": ("ledger.config.folder", "write_fresh", 1),
    "before the draft": ("ledger.config.folder", "write_over", 1),
    "before the log key": ("ledger.config.folder", "write_once", 1),
    "before the anchor key": ("ledger.config.folder", "write_chain_key", 1),
    "while the anchor key is written": ("os", "link", 2),
    "while the log key is written": ("os", "link", 3),
    "before the lock": ("ledger.cli.founding", "found_ledger", 1),
    "before the log": ("ledger.config.opening", "_log", 1),
    "before the second store": ("ledger.config.opening", "_checkpoints", 1),
    "before the empty log is claimed": ("ledger.store.checkpoints:SqliteCheckpoints", "claim", 1),
    "before the empty log is signed": ("ledger.store.checkpoints:SqliteCheckpoints", "keep", 1),
    "before the Charter": ("ledger.store.sqlite.store:SqliteWriter", "commit", 1),
    "before the Charter is claimed": ("ledger.store.checkpoints:SqliteCheckpoints", "claim", 2),
    "before the Charter is signed": ("ledger.store.checkpoints:SqliteCheckpoints", "keep", 2),
    "before the draft is gone": ("ledger.lock:FolderLock", "release", 2),
}


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_a_founding_that_was_killed_is_done_again_or_goes_on_as_it_says(land, stage):
    folder = LedgerFolder(Path(land.ledger))
    variables = environment(
        ADAMANT_LEDGER=land.ledger, ADAMANT_KEYS=str(land.keys), ADAMANT_PASSPHRASE=PASSPHRASE
    )
    words = (*map(str, STAGES[stage]), "init", *named(*GOVERNORS))
    done = subprocess.run([sys.executable, "-c", KILLED, *words], env=variables, check=False)
    assert done.returncode == -signal.SIGKILL
    if folder.log_key.exists():
        said = land.error("init", *named(*GOVERNORS), code=2)["said"]
        assert said.endswith(f"it waits for `adamant init --charter {folder.charter_draft}`")
        founded = land.json("init", "--charter", str(folder.charter_draft))
    else:
        founded = land.json("init", *named(*GOVERNORS))
    assert founded["isFounded"]
    assert land.json("status")["ledgerId"] == founded["ledgerId"]
    assert land.json("audit")["isClean"]
    assert to_hex(read_chain_key(folder.anchor_key, "it").address) == founded["anchorKey"]
    assert sorted(path.name for path in folder.path.iterdir()) == [
        *("anchor.key", "checkpoints.db", "clock.json", "ledger.toml", "lock", "log.db", "log.key"),
        "tables",
    ]


def test_a_folder_that_waits_for_its_charter_says_so_and_keeps_the_tables_that_it_names(land):
    land.run("init", *named(GOVERNORS[0], "0x" + "12" * 20))
    assert len(list(LedgerFolder(Path(land.ledger)).tables.iterdir())) == len(shipped())
    error = land.error("init", *named(*GOVERNORS), code=2)
    assert "adamant init --charter" in error["said"]
    assert land.error("status", code=5)["sort"] == "damaged"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--origin", "two words"), "signer key"),
        (("--tolerance", "0.0001"), "--tolerance"),
        (("--governor", "0x12"), "--governor"),
    ],
)
def test_what_cannot_be_founded_leaves_nothing_behind(land, words, field):
    assert land.error("init", *named(GOVERNORS[0]), *words, code=2)["field"] == field
    assert not Path(land.ledger).exists()


def test_more_governors_to_decide_than_there_are_is_refused_by_the_rules(land):
    error = land.error("init", *named(*GOVERNORS), "--threshold", "4", code=1)
    assert error["rule"] == "charter-values"
    assert not Path(land.ledger).exists()
    land.run("init", *named(*GOVERNORS))


def test_a_governor_named_twice_is_badly_formed_and_leaves_nothing_behind(land):
    twice = named(GOVERNORS[0], GOVERNORS[0])
    assert land.error("init", *twice, code=2)["rule"] == "list-order"
    assert not Path(land.ledger).exists()


def test_only_a_charter_founds_a_ledger(land):
    land.run("init", *named(GOVERNORS[0], "0x" + "12" * 20))
    Path("draft.json").write_text(json.dumps({"kind": "Handoff"}))
    assert land.error("init", "--charter", "draft.json", code=2)["rule"] == "fields"


@pytest.mark.long
def test_without_named_governors_their_keys_are_made_beside_the_ledger(land, tmp_path):
    founded = land.json("init", "--governors", "2", ADAMANT_KEYS=str(tmp_path / "fresh"))
    assert [one["key"] for one in founded["governors"]] != [None, None]
    assert founded["threshold"] == 2
    assert sorted(one.name for one in (tmp_path / "fresh").iterdir()) == [
        "governor-1.json",
        "governor-2.json",
    ]
