"""Without the extra ``[evm]`` a ledger is whole; what needs a chain says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT

pytestmark = pytest.mark.long

EXTRA = ("eth", "trie", "eth_bloom", "cached_property", "web3", "aiohttp", "requests", "websockets")
"""What py-evm and web3 are, and what comes along with them alone."""

COMMAND = f"""
import sys

class Hiding:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRA!r}:
            return None
        return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
from ledger.cli import main
main()
"""


def adamant(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command where the extra is not installed."""
    variables = {**os.environ, "ADAMANT_PASSPHRASE": "x", "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_ledger_needs_no_chain(tmp_path: Path) -> None:
    for words in (
        ("demo", "--folder", "demo"),
        ("--ledger", "demo", "chain", "status"),
        ("--ledger", "demo", "audit"),
    ):
        done = adamant(tmp_path, *words)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (("demo", "--evm", "--folder", "other"), {}),
        (("chain", "start"), {}),
        (("chain", "start"), {"ADAMANT_CHAIN": "local"}),
        (
            ("chain", "start"),
            {
                "ADAMANT_CHAIN": "node",
                "ADAMANT_CHAIN_URL": "http://127.0.0.1:9",
                "ADAMANT_CHAIN_ID": "1",
            },
        ),
    ],
)
def test_a_chain_that_cannot_be_had_is_named_with_what_is_missing(
    tmp_path: Path, words: tuple[str, ...], env: dict[str, str]
) -> None:
    assert adamant(tmp_path, "init", "--governors", "1").returncode == 0
    done = adamant(tmp_path, *words, **env)
    assert done.returncode == 5, done.stdout + done.stderr
    assert "[evm]" in done.stderr
    assert not (tmp_path / "other").exists()
    assert not (tmp_path / "adamant-ledger" / "chain.db").exists()
