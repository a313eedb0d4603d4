"""One flipped bit anywhere in the stored files, and the audit names where.

A ledger's folder is copied, one bit of one file of the copy is flipped, and ``adamant audit`` is
run on it. Two folders are used: one whose server was stopped, and one whose server was killed, with
its write-ahead logs as they lay there. ``-shm`` files are left out, which are made again from the
logs, and so is ``lock``, whose text is for people alone.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from ledger.cli.app import app
from ledger.config import LedgerFolder
from ledger.errors import RefusesToStart
from tests.system.auditing import copy_of
from tests.system.clients import client_of
from tests.system.crew import Crew, found
from tests.system.load import messages
from tests.system.serving import serving
from tests.trials import dice, seed, trials

MESSAGES = 50
FILES = ("log.db", "log.db-wal", "checkpoints.db", "checkpoints.db-wal", "log.key")
NAMED = re.compile(
    r"(log|checkpoints)\.db page \d+|(log|checkpoints)\.db-wal frame \d+|entry \d+|table |log\.key"
)

pytestmark = pytest.mark.long


def run_audit(folder: LedgerFolder) -> tuple[int, list[dict[str, Any]]]:
    """Run ``adamant audit``; return its exit code and the faults that it names."""
    ran = CliRunner().invoke(app, ["--ledger", str(folder.path), "--json", "audit"])
    assert isinstance(ran.exception, SystemExit | None), ran.output
    return ran.exit_code, json.loads(ran.stdout)["faults"]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> LedgerFolder:
    """A ledger of some hundred records whose server was stopped."""
    return _lived(tmp_path_factory.mktemp("stopped"), "stopped")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> LedgerFolder:
    """The same whose server was killed: all of its records lie in the write-ahead log."""
    return _lived(tmp_path_factory.mktemp("killed"), "killed")


def _lived(path: Path, end: str) -> LedgerFolder:
    crew = Crew(dice(f"system.bit_flips.{end}"))
    folder = found(path / "ledger", crew)
    with serving(folder) as server, client_of(server.url()) as client:
        for message in messages(crew, crew.lives(), MESSAGES):
            assert all(told.is_acknowledged for told in client.send(message))
        if end == "killed":
            server.kill()
        else:
            assert server.stop() == 0
    return folder


def flip_a_bit(folder: LedgerFolder, random: Random) -> tuple[str, int]:
    """Flip one bit: in half of the cases each file is as likely as another, else each byte."""
    paths = [folder.path / name for name in FILES if (folder.path / name).exists()]
    sizes = [path.stat().st_size for path in paths]
    weights = sizes if random.random() < 0.5 else [min(size, 1) for size in sizes]
    (path,) = random.choices(paths, weights)
    content = bytearray(path.read_bytes())
    at = random.randrange(len(content))
    content[at] ^= 1 << random.randrange(8)
    path.write_bytes(content)
    return path.name, at


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_every_flipped_bit_is_found_by_the_audit(
    end: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: pytest.RecordProperty,
) -> None:
    folder: LedgerFolder = request.getfixturevalue(end)
    live = {name for name in FILES if (folder.path / name).exists()}
    assert live == set(FILES if end == "killed" else FILES[::2])
    random, hit, unseen = dice(f"system.bit_flips.{end}.flips"), Counter[str](), []
    flips = trials("system.bit_flips") // 2
    for number in range(flips):
        copy = copy_of(folder, tmp_path / f"{number}")
        name, at = flip_a_bit(copy, random)
        code, faults = run_audit(copy)
        places = [str(fault["place"]) for fault in faults]
        if code != 1 or not any(NAMED.search(place) for place in places):
            unseen.append((name, at, code, places))
        hit[name] += 1
        shutil.rmtree(copy.path)
    assert unseen == []
    told = ", ".join(f"{count} in {name}" for name, count in sorted(hit.items()))
    record_property("figure", f"{flips} bits flipped with seed {seed()}, {end}: {told}; all found")


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_without_a_flipped_bit_the_audit_finds_nothing(
    end: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    copy = copy_of(request.getfixturevalue(end), tmp_path / "copy")
    assert run_audit(copy) == (0, [])
    assert run_audit(copy) == (0, [])  # and the first one has left nothing behind


def test_no_bit_of_the_key_of_the_log_flips_unseen(stopped: LedgerFolder, tmp_path: Path) -> None:
    copy = copy_of(stopped, tmp_path / "copy")
    assert copy.read_log_key() == stopped.read_log_key()
    content = copy.log_key.read_bytes()
    for bit in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        copy.log_key.write_bytes(flipped)
        with pytest.raises(RefusesToStart):
            copy.read_log_key()
